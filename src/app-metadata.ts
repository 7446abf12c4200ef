/** What we publish about ourselves as identity provider, from configuration and registry. */
import { catalogue, friendlyNameOf, wireNames, type Dialect } from './attributes/catalogue.ts';
import type { SamlUrls } from './app-public.ts';
import type { Configuration } from './config/model.ts';
import type { Registry } from './parties/model.ts';
import type { IdentityProviderContact, IdentityProviderDescription } from './saml/metadata/write-identity-provider.ts';
import { nameIdFormats } from './saml/names.ts';

const published: readonly Dialect[] = ['sambi', 'inera', 'sweden-connect'];
const contactTypes: Readonly<Record<string, IdentityProviderContact['type']>> = { technical: 'technical', support: 'support', administrative: 'administrative', security: 'other' };

export const describeIdentityProvider = (configuration: Configuration, registry: Registry, signingCertificates: readonly string[], urls: SamlUrls): IdentityProviderDescription => {
  const names = new Map(catalogue.flatMap(({ id }) => published.flatMap((dialect) => wireNames(id, dialect).map((name): [string, string | null] => [name, friendlyNameOf(id)]))));
  const parties = [...registry.parties.values()].filter(({ enabled, domain }) => enabled && domain !== '');
  const { operator, serviceName } = configuration;
  return {
    entityId: configuration.entityId, signingCertificates, encryptionCertificates: [], wantAuthnRequestsSigned: false,
    singleSignOn: [{ binding: 'redirect', url: urls.sso }, { binding: 'post', url: urls.sso }],
    singleLogout: [{ binding: 'redirect', url: urls.slo }, { binding: 'post', url: urls.slo }, { binding: 'soap', url: urls.sloSoap }],
    nameIdFormats: [nameIdFormats.transient, nameIdFormats.persistent],
    attributes: [...names].map(([name, friendlyName]) => ({ name, friendlyName })),
    assuranceUris: [...new Set(configuration.federations.flatMap(({ assurance }) => Object.values(assurance.issue)))],
    entityCategories: [], otherEntityAttributes: [],
    scopes: parties.flatMap(({ number, domain }) => [number, domain]).toSorted(),
    principalSelection: [],
    ui: { names: serviceName, descriptions: { sv: `Inloggning för ${operator.displayNames.sv} och anslutna kommuner`, en: `Login for ${operator.displayNames.en} and connected municipalities` }, informationUrls: null, privacyStatementUrls: null, logo: null },
    organisation: operator,
    contacts: operator.contacts.map(({ kind, name, email, phone }) => ({ type: contactTypes[kind] ?? 'other', company: operator.names.sv, givenName: name, surname: null, email, telephone: phone })),
    errorUrl: null, validUntil: null,
  };
};
