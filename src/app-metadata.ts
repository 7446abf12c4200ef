/** What we publish about ourselves as identity provider, and which entities stand in which feed, from configuration and registry. */
import { catalogue, friendlyNameOf, wireNames, type Dialect } from './attributes/catalogue.ts';
import type { SamlUrls } from './app-public.ts';
import type { Configuration } from './config/model.ts';
import type { EntityId } from './core/ids.ts';
import type { FeedContent, FeedEntity } from './federation/publish/model.ts';
import { serviceEntity, type VouchedContact } from './federation/publish/service-entity.ts';
import { isSamlParty, type Registry, type SamlParty } from './parties/model.ts';
import { identityProviderNode, type IdentityProviderContact, type IdentityProviderDescription } from './saml/metadata/write-identity-provider.ts';
import { nameIdFormats } from './saml/names.ts';

const published: readonly Dialect[] = ['sambi', 'inera', 'sweden-connect'];
const contactTypes: Readonly<Record<string, IdentityProviderContact['type']>> = { technical: 'technical', support: 'support', administrative: 'administrative', security: 'other' };

/** How far we describe ourselves to one audience. */
export interface Audience { readonly dialects: readonly Dialect[]; readonly assuranceUris: readonly string[]; /** Whose scopes stand; null: every party's. */ readonly parties?: readonly string[] | null }
const everybody = (configuration: Configuration): Audience => ({ dialects: published, assuranceUris: [...new Set(configuration.federations.flatMap(({ assurance }) => Object.values(assurance.issue)))] });

export const describeIdentityProvider = (configuration: Configuration, registry: Registry, signingCertificates: readonly string[], urls: SamlUrls, { dialects, assuranceUris, parties: members = null }: Audience = everybody(configuration)): IdentityProviderDescription => {
  const names = new Map(catalogue.flatMap(({ id }) => dialects.flatMap((dialect) => wireNames(id, dialect).map((name): [string, string | null] => [name, friendlyNameOf(id)]))));
  const parties = [...registry.parties.values()].filter(({ id, enabled, domain }) => enabled && domain !== '' && (members?.includes(id) ?? true));
  const { operator, serviceName } = configuration;
  return {
    entityId: configuration.entityId, signingCertificates, encryptionCertificates: [], wantAuthnRequestsSigned: false,
    singleSignOn: [{ binding: 'redirect', url: urls.sso }, { binding: 'post', url: urls.sso }],
    singleLogout: [{ binding: 'redirect', url: urls.slo }, { binding: 'post', url: urls.slo }, { binding: 'soap', url: urls.sloSoap }],
    nameIdFormats: [nameIdFormats.transient, nameIdFormats.persistent],
    attributes: [...names].map(([name, friendlyName]) => ({ name, friendlyName })),
    assuranceUris,
    entityCategories: [], otherEntityAttributes: [],
    scopes: parties.flatMap(({ number, domain }) => [number, domain]).toSorted(),
    principalSelection: [],
    ui: { names: serviceName, descriptions: { sv: `Inloggning för ${operator.displayNames.sv} och anslutna kommuner`, en: `Login for ${operator.displayNames.en} and connected municipalities` }, informationUrls: null, privacyStatementUrls: null, logo: null },
    organisation: operator,
    contacts: operator.contacts.map(({ kind, name, email, phone }) => ({ type: contactTypes[kind] ?? 'other', company: operator.names.sv, givenName: name, surname: null, email, telephone: phone })),
    errorUrl: null, validUntil: null,
  };
};

/** What the feeds are made of. `files`: what the serving registry was built from, by path. */
export interface FeedSources { readonly configuration: Configuration; readonly registry: Registry; readonly files: ReadonlyMap<string, Buffer>; readonly certificates: readonly string[]; readonly urls: SamlUrls }

const ourselves = ({ configuration, registry, certificates, urls }: FeedSources, audience?: Audience): FeedEntity => {
  const description = describeIdentityProvider(configuration, registry, certificates, urls, audience);
  return { entityId: configuration.entityId as EntityId, kind: 'identity-provider', names: configuration.serviceName, organisation: configuration.operator.displayNames.sv, validUntil: null, node: (attributes) => identityProviderNode(description, attributes) };
};
/** A service exported under its own party's name, with what we vouch for and nothing that it claims. */
const exported = (service: SamlParty, { configuration: { operator, feeds }, registry, files }: FeedSources): readonly FeedEntity[] => {
  const bytes = files.get(`metadata/services/${service.id}.xml`);
  const party = registry.parties.get(service.party);
  if (bytes === undefined || party === undefined) return [];
  const technical = operator.contacts.find(({ kind }) => kind === 'technical');
  const contacts: readonly VouchedContact[] = [
    ...(technical === undefined ? [] : [{ type: 'technical' as const, company: operator.names.sv, email: technical.email, telephone: technical.phone }]),
    { type: 'support', company: party.name, email: party.support.email, telephone: party.support.phone },
  ];
  const node = serviceEntity(bytes, { entityCategories: service.wire.entityCategories, assurance: feeds.sambi.approvedParties[party.id] ?? [], names: service.names, contacts, organisation: { name: party.name, displayName: party.displayName, url: `https://${party.domain}/` } });
  return [{ entityId: service.wire.entityId, kind: 'service', names: service.names, organisation: party.displayName, validUntil: service.wire.validUntil, node }];
};

/** Our identity provider in every feed, as its audience should see it; in SAMBI's also the parties' services that belong to SAMBI. */
export const feedContents = (sources: FeedSources): readonly FeedContent[] => {
  const { configuration: { feeds }, registry } = sources;
  const members = [...registry.services.values()].filter(isSamlParty).filter(({ enabled, federation, party }) =>
    enabled && federation.id === 'sambi' && registry.parties.get(party)?.enabled === true && (feeds.sambi.exported?.includes(party) ?? true));
  return [
    { id: 'local-idps', entities: [ourselves(sources, { dialects: ['sambi', 'inera'], assuranceUris: [...new Set(sources.configuration.federations.filter(({ attributeDialect }) => attributeDialect !== 'sweden-connect').flatMap(({ assurance }) => Object.values(assurance.issue)))] })] },
    { id: 'sambi', entities: [ourselves(sources, { dialects: ['sambi'], assuranceUris: feeds.sambi.approvedLevels, parties: feeds.sambi.exported }), ...members.toSorted((a, b) => (a.id < b.id ? -1 : 1)).flatMap((service) => exported(service, sources))] },
    { id: 'applications', entities: [ourselves(sources)] },
  ];
};
