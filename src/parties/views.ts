/** What `party list|show` and `service list|show` print: plain data, made for `--json`. Times are milliseconds since 1970. */
import { createHash } from 'node:crypto';
import type { PartyId, ServiceId } from '../core/ids.ts';
import type { JsonValue } from '../core/json.ts';
import type { OidcClient, PeerKey, Party, Registry, SamlService, ServiceParty } from './model.ts';

export interface PartyRow { readonly id: string; readonly name: string; readonly organisationNumber: string; readonly domain: string; readonly enabled: boolean; readonly services: number; readonly affiliates: number }
export interface ServiceRow { readonly id: string; readonly name: string; readonly entityId: string; readonly federation: string; readonly enabled: boolean; readonly protocol: 'saml' | 'oidc' }

const servicesOf = (registry: Registry, party: PartyId): readonly ServiceParty[] => [...registry.services.values()].filter((service) => service.party === party);
const partyRow = (registry: Registry, party: Party): PartyRow => ({
  id: party.id, name: party.displayName, organisationNumber: party.number, domain: party.domain, enabled: party.enabled, services: servicesOf(registry, party.id).length, affiliates: party.affiliates.length,
});
const serviceRow = (service: ServiceParty): ServiceRow => ({ id: service.id, name: service.names.sv, entityId: service.wire.entityId, federation: service.federation.id, enabled: service.enabled, protocol: service.wire.protocol });

/** By id. */
export const partyRows = (registry: Registry): readonly PartyRow[] => [...registry.parties.values()].map((party) => partyRow(registry, party));
/** By id; those of one party when it is given. */
export const serviceRows = (registry: Registry, party?: PartyId): readonly ServiceRow[] => [...registry.services.values()].filter((service) => party === undefined || service.party === party).map(serviceRow);

export const partyView = (registry: Registry, id: PartyId): JsonValue | undefined => {
  const party = registry.parties.get(id);
  if (party === undefined) return undefined;
  const { name, support, networks, methods, affiliates } = party;
  return {
    ...partyRow(registry, party), officialName: name, support: { ...support, hours: { ...support.hours } }, networks, methods,
    affiliates: affiliates.map((affiliate) => ({ name: affiliate.name, organisationNumber: affiliate.number })),
    services: servicesOf(registry, id).map((service) => service.id),
  };
};

const keyView = ({ key, certificate, notAfter }: PeerKey): JsonValue => ({
  type: key.asymmetricKeyType ?? 'unknown', bits: key.asymmetricKeyDetails?.modulusLength ?? null, curve: key.asymmetricKeyDetails?.namedCurve ?? null,
  certificateSha256: createHash('sha256').update(Buffer.from(certificate, 'base64')).digest('hex'), certificateNotAfter: new Date(notAfter).toISOString(),
});
const samlView = (wire: SamlService): JsonValue => ({
  validUntil: wire.validUntil, requestsSigned: wire.authnRequestsSigned, wantAssertionsSigned: wire.wantAssertionsSigned, nameIdFormats: wire.nameIdFormats, entityCategories: wire.entityCategories,
  signingKeys: wire.signingKeys.map(keyView), encryptionKeys: wire.encryptionKeys.map(keyView),
  assertionConsumerServices: wire.assertionConsumerServices.map((endpoint) => ({ ...endpoint })),
  singleLogoutServices: wire.singleLogoutServices.map((endpoint) => ({ ...endpoint })),
  requestedAttributes: wire.attributeConsumingServices.flatMap(({ index, attributes }) => attributes.map(({ name, required }) => ({ set: index, name, required }))),
});
const clientView = ({ entityId, application, redirectUris, authentication, keys, subject, sector, refreshTokens, scopeClaims, idTokenAlgorithm, signedUserinfo, pushedRequests, signedRequests, bound, profile, resources, entityCategories }: OidcClient): JsonValue => ({
  clientId: entityId, application, redirectUris, authentication, keys: keys.kind === 'uri' ? keys.uri : keys.kind, subject, sector, refreshTokens, scopeClaims, idTokenAlgorithm, signedUserinfo, pushedRequests, signedRequests, bound, profile,
  resources: resources.map(({ uri, scopes }) => ({ uri, scopes })), entityCategories,
});
/** Everything that is settled about a service, defaults filled in, so that nobody has to guess where a value comes from. */
export const serviceView = (registry: Registry, id: ServiceId): JsonValue | undefined => {
  const service = registry.services.get(id);
  if (service === undefined) return undefined;
  const { wire } = service;
  const party = registry.parties.get(service.party);
  return {
    ...serviceRow(service), party: service.party, partyEnabled: party?.enabled ?? false, names: { ...service.names }, hasLogo: service.logo !== null, homeUrl: service.homeUrl, sso: service.sso,
    sign: { ...service.sign }, encryption: service.encryption, methods: service.methods.length > 0 ? service.methods : (party?.methods ?? []), minimumLevel: service.minimumLevel,
    release: { allow: service.release.allow, deny: service.release.deny, commissionRight: service.release.commissionRight },
    ...(service.proxying === undefined ? {} : { proxying: { others: service.proxying.others, requesters: [...service.proxying.requesters].map(([entityId, { names, allow }]) => ({ entityId, names: names === null ? null : { ...names }, allow })) } }),
    ...(wire.protocol === 'saml' ? { metadata: samlView(wire) } : { client: clientView(wire) }),
  };
};
