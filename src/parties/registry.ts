/**
 * Builds the registry from the files' parsed content: one immutable snapshot, or every fault that stands in its way.
 * Pure: reading files, watching and keeping the last good one is sources/files.ts.
 */
import type { Finding } from '../core/findings.ts';
import { isError } from '../core/findings.ts';
import type { EntityId, OrganisationNumber, PartyId, ServiceId } from '../core/ids.ts';
import type { SourceFile } from '../core/yaml-file.ts';
import type { IdentityProviderSource, PartySource, RegistryContent, RegistryResult, RegistrySettings, Report } from './content.ts';
import { lookAlikeKey } from './look-alike.ts';
import type { IdentityProvider, Party, Registry, ServiceParty } from './model.ts';
import { checkIdentityProvider } from './identity-provider-rules.ts';
import { resolveIdentityProvider } from './resolve-identity-provider.ts';
import { resolveParty } from './resolve-party.ts';
import { resolveService } from './resolve-service.ts';

const claimOrganisations = (sources: readonly PartySource[], parties: ReadonlyMap<PartyId, Party>, report: Report): Map<OrganisationNumber, Party> => {
  const owners = new Map<OrganisationNumber, Party>();
  const claim = (number: OrganisationNumber, party: Party, source: SourceFile, path: readonly (string | number)[]): void => {
    const other = owners.get(number);
    if (other !== undefined) report(source.finding(path, 'organisation-twice', `is claimed by the party ${other.id} too`, 'let one party claim the organisation: people’s party is found by its number'));
    else owners.set(number, party);
  };
  for (const { id, value, source } of sources) {
    const party = parties.get(id);
    if (party === undefined) continue;
    if (value.organisationNumber !== undefined) claim(value.organisationNumber, party, source, ['organisationNumber']);
    value.affiliates.forEach((affiliate, index) => claim(affiliate.organisationNumber, party, source, ['affiliates', index, 'organisationNumber']));
  }
  return owners;
};

const claimEntityIds = (services: readonly { readonly service: ServiceParty; readonly file: string }[], settings: RegistrySettings, report: Report): Map<EntityId, ServiceParty> => {
  const exact = new Map<EntityId, ServiceParty>();
  const alike = new Map<string, { readonly entityId: string; readonly party: PartyId | null; readonly file: string }>(
    settings.ownEntityIds.map((entityId) => [lookAlikeKey(entityId), { entityId, party: null, file: 'config/broker.yaml' }]),
  );
  const approved = (a: string, b: string): boolean => settings.approvedLookAlikes.some((pair) => pair.includes(a) && pair.includes(b));
  const say = (file: string, severity: Finding['severity'], rule: string, message: string, fix: string): void => report({ file, line: null, column: null, path: file.endsWith('.yaml') ? 'oidc.clientId' : 'entityID', severity, rule, message, fix });
  for (const { file, service } of services) {
    const { entityId } = service.wire;
    const twin = exact.get(entityId);
    const key = lookAlikeKey(entityId);
    const like = alike.get(key);
    if (twin !== undefined) say(file, 'error', 'entity-id-twice', `belongs to the service ${twin.id} already`, 'remove one of the files: an entityID has one owner');
    else if (like?.entityId === entityId) say(file, 'error', 'entity-id-ours', 'is our own', 'save the metadata of the service, not ours');
    else if (like !== undefined && !approved(like.entityId, entityId)) {
      const sameOwner = like.party === service.party;
      say(file, sameOwner ? 'warning' : 'error', 'entity-id-look-alike', `looks like the one of ${like.file}`, `choose another entityID${sameOwner ? '' : ', or let the operator approve the pair under lookAlikes in config/broker.yaml'}`);
    }
    if (twin === undefined) exact.set(entityId, service);
    if (like === undefined) alike.set(key, { entityId, party: service.party, file });
  }
  return exact;
};

const resolveProviders = (sources: readonly IdentityProviderSource[], parties: ReadonlyMap<PartyId, Party>, known: ReadonlyMap<PartyId, PartySource>, settings: RegistrySettings, report: Report) =>
  sources.toSorted((a, b) => (a.id < b.id ? -1 : 1)).flatMap((source) => {
    const party = parties.get(source.party);
    if (party === undefined) {
      if (!known.has(source.party)) report({ file: source.file, line: null, column: null, path: '', severity: 'error', rule: 'party-unknown', message: `lies below ${source.party}, which is no party`, fix: `add config/parties/${source.party}.yaml or move the file` });
      return [];
    }
    const provider = resolveIdentityProvider(source, party, settings, report);
    return provider === null ? [] : [{ provider, file: source.file }];
  });
const nameOf = ({ wire }: IdentityProvider): string => (wire.protocol === 'saml' ? wire.entityId : `${wire.issuer} ${wire.clientId}`);
/** An IdP's name is its own: no other IdP's, not ours, and not the entityID of another party's service (a party's IdP may be a service too). */
const claimProviderIds = (providers: readonly { readonly provider: IdentityProvider; readonly file: string }[], services: ReadonlyMap<EntityId, ServiceParty>, settings: RegistrySettings, report: Report): void => {
  const taken = new Map<string, string>();
  for (const { provider, file } of providers) {
    const name = nameOf(provider);
    const say = (rule: string, message: string, fix: string): void => report({ file, line: null, column: null, path: 'entityID', severity: 'error', rule, message, fix });
    const twin = taken.get(name);
    const service = services.get(name as EntityId);
    if (twin !== undefined) say('entity-id-twice', `belongs to the identity provider ${twin} already`, 'remove one of the files: an entityID has one owner');
    if (settings.ownEntityIds.includes(name)) say('entity-id-ours', 'is our own', 'save the metadata of the identity provider, not ours');
    if (service !== undefined && service.party !== provider.party) say('entity-id-twice', `belongs to the service ${service.id} of another party`, 'let the party that owns the entityID have both files');
    taken.set(name, provider.id);
  }
};

/**
 * The snapshot, or null when there is an error among the findings: all or nothing. Warnings do not hold it back.
 * Order of the content does not matter; the maps are ordered by id.
 */
export const buildRegistry = (content: RegistryContent, settings: RegistrySettings): RegistryResult => {
  const findings: Finding[] = [];
  const report: Report = (finding) => { findings.push(finding); };
  const sources = content.parties.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const byId = new Map(sources.map((source) => [source.id, source]));
  const parties = new Map<PartyId, Party>();
  for (const source of sources) {
    const party = resolveParty(source, byId, settings, report);
    if (party !== null) parties.set(source.id, party);
  }
  const organisations = claimOrganisations(sources, parties, report);
  const resolved = content.services
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((service) => {
      const party = parties.get(service.party);
      const settled = byId.get(service.party)?.value;
      if (party === undefined || settled === undefined) {
        if (!byId.has(service.party)) report({ file: service.file, line: null, column: null, path: '', severity: 'error', rule: 'party-unknown', message: `lies below ${service.party}, which is no party`, fix: `add config/parties/${service.party}.yaml or move the file` });
        return [];
      }
      const result = resolveService(service, { party, sso: settled.sso }, settings, report);
      return result === null ? [] : [{ service: result, file: service.file }];
    });
  const entities = claimEntityIds(resolved, settings, report);
  const providers = resolveProviders(content.identityProviders, parties, byId, settings, report);
  claimProviderIds(providers, entities, settings, report);
  for (const source of content.identityProviders) checkIdentityProvider(source, { parties, organisations, settings }, report);
  if (findings.some(isError)) return { registry: null, findings };
  const services = new Map<ServiceId, ServiceParty>([...entities.values()].map((service) => [service.id, service]));
  return { registry: Object.freeze({ version: content.version, parties, services, servicesByEntityId: entities, partiesByOrganisation: organisations, identityProviders: new Map(providers.map(({ provider }) => [provider.id, provider])) }), findings };
};

/** The party whose number, or whose affiliate's number, this is; disabled parties too: the flow refuses those by name. */
export const partyOfOrganisation = (registry: Registry, number: OrganisationNumber): Party | undefined => registry.partiesByOrganisation.get(number);
