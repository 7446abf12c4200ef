/** One IdP: its metadata and its settings file to the IdP as the login sees it. */
import type { Finding } from '../core/findings.ts';
import type { IdentityProviderSource, RegistrySettings, Report } from './content.ts';
import type { IdentityProvider, OidcIssuer, Party, SamlIdentityProvider, UpstreamTrust } from './model.ts';
import { logoFrom, namesFrom } from './presentation.ts';
import { hsaIdPrefix, isNeverBrought } from './upstream-trust.ts';

const trustOf = ({ value: { trust } }: IdentityProviderSource, party: Party): UpstreamTrust => Object.freeze({
  levels: new Map(Object.entries(trust.levels)), highestLevel: trust.highestLevel, hsaIdPrefixes: trust.hsaIdPrefixes.map(hsaIdPrefix), personalNumbers: trust.personalNumbers,
  scopes: [...new Set([party.domain, ...trust.scopes])], organisations: trust.organisations.length > 0 ? trust.organisations : [party.number, ...party.affiliates.map(({ number }) => number)],
  attributes: trust.attributes, directory: trust.directory,
});
const samlOf = ({ value, description }: IdentityProviderSource & { readonly description: NonNullable<IdentityProviderSource['description']> }): SamlIdentityProvider => ({
  protocol: 'saml', ...description.wire, personAttribute: { name: value.person.attribute, kind: value.person.kind }, attributeNames: new Map(Object.entries(value.attributeNames)),
  ...(value.leaveOut.length === 0 ? {} : { leaveOut: value.leaveOut }), unsolicited: false,
});
const issuerOf = ({ value }: IdentityProviderSource, oidc: NonNullable<IdentityProviderSource['value']['oidc']>): OidcIssuer => ({
  protocol: 'oidc', issuer: oidc.issuer, clientId: oidc.clientId, authentication: oidc.authentication, secretFile: oidc.secretFile,
  discoveryUrl: oidc.discoveryUrl ?? `${oidc.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
  claims: {
    person: { name: oidc.person.claim, kind: oidc.person.kind }, tenant: oidc.tenant === undefined ? null : { name: oidc.tenant.claim, value: oidc.tenant.value },
    groups: oidc.groups === undefined ? null : { name: oidc.groups.claim, anyOf: oidc.groups.anyOf }, attributes: new Map(Object.entries(value.attributeNames)),
  },
  scopes: oidc.scopes, acrValues: oidc.acrValues, logout: oidc.logout,
});

type Say = (path: readonly (string | number)[], rule: string, message: string, fix: string, severity?: Finding['severity']) => void;
const check = ({ value, description }: IdentityProviderSource, settings: RegistrySettings, say: Say): void => {
  const { trust } = value;
  if (Object.keys(trust.levels).length === 0) say(['trust', 'levels'], 'upstream-levels', 'agrees on no level, so that no login there is believed', 'write its context classes or acr values with the level that each stands for');
  if (trust.hsaIdPrefixes.length === 0 && !trust.personalNumbers) say(['trust'], 'upstream-nobody', 'lets the IdP name nobody', 'write hsaIdPrefixes, or personalNumbers: true');
  if (trust.directory === 'stands' && trust.attributes.length === 0) say(['trust', 'attributes'], 'upstream-brings-nothing', 'is empty, though what the IdP brings is all there is', 'write the attributes that it brings, or directory: ask');
  trust.attributes.forEach((attribute, index) => { if (isNeverBrought(attribute)) say(['trust', 'attributes', index], 'upstream-unbounded', 'is a list that cannot be held against the limits of the IdP', 'remove it'); });
  const numberBrought = trust.attributes.findIndex((attribute) => attribute === 'personalIdentityNumber');
  if (numberBrought >= 0 && !trust.personalNumbers) say(['trust', 'attributes', numberBrought], 'upstream-person', 'may be brought, though personalNumbers is false', 'write personalNumbers: true, or remove it');
  trust.attributes.forEach((attribute, index) => { if (settings.attributes?.has(attribute) === false) say(['trust', 'attributes', index], 'attribute-unknown', 'is no attribute of the catalogue', 'write an id of docs/attributes.md'); });
  for (const [name, attribute] of Object.entries(value.attributeNames)) if (settings.attributes?.has(attribute) === false) say(['attributeNames', name], 'attribute-unknown', 'is no attribute of the catalogue', 'write an id of docs/attributes.md');
  const kind = value.oidc?.person.kind ?? value.person.kind;
  if (kind === 'personal-identity-number' && !trust.personalNumbers) say(['trust', 'personalNumbers'], 'upstream-person', 'is false, though the IdP names people by personal identity number', 'write true, or let it name them by HSA-id');
  if (kind === 'hsa-id' && trust.hsaIdPrefixes.length === 0) say(['trust', 'hsaIdPrefixes'], 'upstream-person', 'is empty, though the IdP names people by HSA-id', 'write the beginnings of its people’s HSA-ids');
  for (const note of description?.notes ?? []) say([], 'metadata-note', note, 'ask the IdP’s owner', 'warning');
};

/** Null when it cannot be made; the reason is reported. */
export const resolveIdentityProvider = (source: IdentityProviderSource, party: Party, settings: RegistrySettings, report: Report): IdentityProvider | null => {
  const { value, description } = source;
  const say: Say = (path, rule, message, fix, severity = 'error') => report(source.source.finding(path, rule, message, fix, severity));
  check(source, settings, say);
  const wire = value.oidc !== undefined ? issuerOf(source, value.oidc) : description === null ? null : samlOf({ ...source, description });
  if (wire === null) return null;
  return Object.freeze({
    id: source.id, party: party.id, enabled: value.enabled, names: namesFrom(value.names, description?.names ?? {}, party.displayName), logo: logoFrom(value.logo, description?.logos ?? []),
    domains: value.domains.length > 0 ? value.domains : [party.domain], trust: trustOf(source, party), wire,
  });
};
