/** One service: its metadata and its settings file to the service as the flow sees it. */
import type { Finding } from '../core/findings.ts';
import type { RegistrySettings, Report, ServiceSource } from './content.ts';
import type { FederationRules, OidcClient, Party, ProxyingService, SamlService, ServiceParty } from './model.ts';
import { clientFaults, loopbackOfWeb } from './client-file.ts';
import { logoFrom, namesFrom } from './presentation.ts';

interface Owner { readonly party: Party; readonly sso: ServiceParty['sso'] }
/** Reports at the place in the settings file, or at the metadata file where there is none. */
type Say = (path: readonly (string | number)[], rule: string, message: string, fix: string, severity?: Finding['severity']) => void;

/** The federation's must-rules bind its services; what is only its custom may be changed by the settings file. */
const checkMust = (service: ServiceParty, rules: FederationRules, say: Say): void => {
  const demand = (rule: FederationRules['must'][number], holds: boolean, path: readonly string[], message: string, fix: string): void => {
    if (rules.must.includes(rule) && !holds) say(path, `federation-${rule}`, message, fix);
  };
  demand('sign-response', service.sign.response, ['signing', 'response'], `is off, but ${rules.id} demands a signed response`, 'remove it');
  demand('sign-assertion', service.sign.assertion, ['signing', 'assertion'], `is off, but ${rules.id} demands a signed assertion`, 'remove it');
  demand('encrypt', service.encryption === 'require', ['encryption'], `is not require, but ${rules.id} demands encryption`, 'remove it');
  if (!service.sign.response && !service.sign.assertion) say(['signing'], 'nothing-signed', 'leaves both response and assertion unsigned', 'sign at least one of them');
};
const checkService = (service: ServiceParty, source: ServiceSource, settings: RegistrySettings, say: Say): void => {
  const { wire, party } = { wire: service.wire, party: source.party };
  source.value.methods.forEach((method, index) => {
    if (!settings.methods.includes(method)) say(['methods', index], 'method-unknown', 'is no method of config/methods.yaml', `write one of ${settings.methods.join(', ')}`);
  });
  for (const list of ['allow', 'deny'] as const) {
    source.value.release[list].forEach((attribute, index) => {
      if (settings.attributes?.has(attribute) === false) say(['release', list, index], 'attribute-unknown', 'is no attribute of the catalogue', 'write an id of docs/attributes.md');
    });
  }
  if (wire.protocol === 'oidc') return checkClient(source, settings, say);
  if (service.encryption === 'require' && wire.encryptionKeys.length === 0) say(['encryption'], 'encryption-key-missing', 'is require, but the metadata has no key to encrypt for', 'let the service publish an encryption key, or choose if-key where the federation permits it');
  if (wire.authnRequestsSigned && wire.signingKeys.length === 0) say(['requestsSigned'], 'signing-key-missing', 'is demanded, but the metadata has no key to check signatures with', 'let the service publish a signing key');
  // Categories and levels are worth what our operator or a federation says, never what an upload says of itself (threats F09).
  const claimed = source.description.wire.entityCategories.filter((category) => !source.value.entityCategories.includes(category));
  if (claimed.length > 0) say(['entityCategories'], 'category-self-asserted', `lacks ${claimed.length} of the categories that the metadata claims for itself; those do not count`, `write those of ${party} that you vouch for`, 'warning');
};

const checkClient = ({ value }: ServiceSource, { environment, machineListener }: RegistrySettings, say: Say): void => {
  if (value.oidc === undefined) return;
  for (const { path, rule, message, fix } of clientFaults(value.oidc, machineListener === true)) say(path, rule, message, fix);
  if (environment === 'production') for (const index of loopbackOfWeb(value.oidc)) say(['oidc', 'redirectUris', index], 'client-redirect', 'is plain http to this machine', 'write an https address, or application: native');
  if (value.names === undefined) say(['names'], 'client-name', 'is missing: people are shown the file’s name', 'write names.sv and names.en', 'warning');
};

const proxyingOf = ({ requesters, others }: NonNullable<ServiceSource['value']['proxying']>, source: ServiceSource): ProxyingService => ({
  others, requesters: new Map(requesters.map(({ entityId, names, allow }) => [entityId, { names: names === undefined ? null : namesFrom(names, source.description.names, entityId), allow }])),
});
const checkProxying = ({ value, description }: ServiceSource, settings: RegistrySettings, say: Say): void => {
  const { proxying } = value;
  if (proxying === undefined) return;
  if (description.wire.protocol === 'oidc') say(['proxying'], 'proxying-protocol', 'is for SAML services', 'remove it: OpenID Connect has no word for the application behind a client');
  const unknown = (attribute: string): boolean => attribute !== '*' && settings.attributes?.has(attribute) === false;
  proxying.requesters.forEach(({ entityId, allow }, index) => {
    if (proxying.requesters.findIndex((other) => other.entityId === entityId) < index) say(['proxying', 'requesters', index, 'entityId'], 'requester-twice', 'stands twice', 'remove one of them');
    allow.forEach((attribute, position) => { if (unknown(attribute)) say(['proxying', 'requesters', index, 'allow', position], 'attribute-unknown', 'is no attribute of the catalogue', 'write an id of docs/attributes.md'); });
  });
  proxying.others.forEach((attribute, index) => { if (unknown(attribute)) say(['proxying', 'others', index], 'attribute-unknown', 'is no attribute of the catalogue', 'write an id of docs/attributes.md'); });
};

/** What the federation decides for every service in it, put where the faces look. */
const wireOf = (source: ServiceSource, rules: FederationRules): SamlService | OidcClient => {
  const { wire } = source.description;
  if (wire.protocol === 'oidc') return wire;
  return {
    ...wire,
    authnRequestsSigned: wire.authnRequestsSigned || source.value.proxying !== undefined || (source.value.requestsSigned ?? rules.requestsSigned),
    entityCategories: source.value.entityCategories,
    // A service that names no cipher gets the federation's, in its order (facts: federation §1).
    encryptionKeys: wire.encryptionKeys.map((key) => (key.methods.length > 0 ? key : { ...key, methods: rules.ciphers })),
  };
};

/** Null when the service cannot be made; the reason is reported. */
export const resolveService = (source: ServiceSource, owner: Owner, settings: RegistrySettings, report: Report): ServiceParty | null => {
  const { value } = source;
  const say: Say = (path, rule, message, fix, severity = 'error') =>
    report(source.source === null ? { file: source.file, line: null, column: null, path: path.join('.'), severity, rule, message, fix } : source.source.finding(path, rule, message, fix, severity));
  if (source.source === null) report({ file: source.file, line: null, column: null, path: '', severity: 'warning', rule: 'settings-missing', message: 'has no settings file beside it: defaults are used and no attribute leaves', fix: `write ${source.file.replace(/\.xml$/, '.yaml')}` });
  source.description.notes.forEach((note) => report({ file: source.file, line: null, column: null, path: '', severity: 'warning', rule: 'metadata-note', message: note.replace(/\.$/, ''), fix: 'tell the service’s owner' }));
  const rules = settings.federations.get(value.federation);
  if (rules === undefined) {
    say(['federation'], 'federation-unknown', 'is no row of config/federation.yaml', `write one of ${[...settings.federations.keys()].join(', ')}`);
    return null;
  }
  const service: ServiceParty = {
    id: source.id,
    party: source.party,
    enabled: value.enabled,
    names: namesFrom(source.value.names, source.description.names, source.id.slice(source.id.indexOf('/') + 1)),
    logo: logoFrom(source.value.logo, source.description.logos),
    homeUrl: value.homeUrl ?? null,
    federation: rules,
    sso: value.sso ?? owner.sso,
    sign: { response: value.signing.response ?? rules.sign.response, assertion: value.signing.assertion ?? rules.sign.assertion },
    encryption: value.encryption ?? rules.encryption,
    methods: value.methods,
    minimumLevel: value.minimumLevel,
    release: value.release,
    ...(value.proxying === undefined ? {} : { proxying: proxyingOf(value.proxying, source) }),
    wire: wireOf(source, rules),
  };
  if (service.wire.protocol === 'saml') checkMust(service, rules, say);
  checkService(service, source, settings, say);
  checkProxying(source, settings, say);
  return Object.freeze(service);
};
