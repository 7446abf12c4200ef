/** Rules between keys and files, one row each. A row returns the places where it does not hold. */
import { attributeRow } from '../attributes/catalogue.ts';
import type { DocumentPath } from '../core/yaml-file.ts';
import { factKinds } from '../directory/cache.ts';
import type { FileName, FileValues } from './files.ts';
import type { DirectorySource } from './schema/directory.ts';
import type { CertificateMethodFile, MobileMethodFile } from './schema/methods.ts';

export interface Fault { readonly file: FileName; readonly path: DocumentPath; readonly message: string; readonly fix: string; readonly severity?: 'error' | 'warning' }
export interface RuleContext { readonly values: FileValues; readonly hardened: boolean; readonly redisUrl: boolean }
export interface CrossRule { readonly id: string; readonly says: string; readonly faults: (context: RuleContext) => readonly Fault[] }

const repeated = (file: FileName, list: readonly { readonly id: string }[], path: (index: number) => DocumentPath): Fault[] =>
  list.flatMap(({ id }, index) => (list.findIndex((other) => other.id === id) < index ? [{ file, path: path(index), message: 'is an id that stands here already', fix: 'give every row its own id' }] : []));
const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';
const cardHosts = ({ listeners }: FileValues['broker']): readonly string[] => [...(listeners.card?.hosts ?? []), ...(listeners.proxy?.hosts ?? [])];
type Placed<Method> = { readonly method: Method; readonly index: number };
const enabledMethods = ({ methods }: FileValues): readonly Placed<FileValues['methods']['methods'][number]>[] =>
  methods.methods.map((method, index) => ({ method, index })).filter(({ method }) => method.enabled);
const enabledCards = (values: FileValues): readonly Placed<CertificateMethodFile>[] =>
  enabledMethods(values).flatMap(({ method, index }) => (method.kind === 'certificate' ? [{ method, index }] : []));
/** Certificates of issuers that a kind of method takes when it names none. */
export const credentialOf = { certificate: 'card', mobile: 'mobile' } as const;
/** Rows of the environment that runs; development rows belong to `test` on machines that are not hardened. */
export const isActive = (row: FileValues['issuers']['roots'][number], environment: FileValues['broker']['environment'], hardened: boolean): boolean =>
  row.enabled && (row.environments.includes(environment) || (row.environments.includes('development') && environment === 'test' && !hardened));

/** Methods that rest on certificates. */
const withIssuers = ({ methods }: FileValues): readonly Placed<CertificateMethodFile | MobileMethodFile>[] =>
  methods.methods.flatMap((method, index) => (method.kind === 'upstream' ? [] : [{ method, index }]));

const methodRules: readonly CrossRule[] = [
  {
    id: 'method-twice', says: 'method ids are different',
    faults: ({ values }) => repeated('methods', values.methods.methods, (index) => ['methods', index, 'id']),
  },
  {
    id: 'card-url-own-origin', says: 'the card host is another origin than the public one',
    faults: ({ values }) => enabledCards(values).filter(({ method }) => method.cardUrl === values.broker.publicUrl)
      .map(({ index }) => ({ file: 'methods', path: ['methods', index, 'cardUrl'], message: 'is the public address itself, which never asks for a certificate', fix: 'write the address of the card listener' })),
  },
  {
    id: 'card-listener', says: 'a certificate method has a listener that answers to its host',
    faults: ({ values }) => enabledCards(values).flatMap(({ method, index }): Fault[] => {
      const host = URL.parse(method.cardUrl)?.hostname ?? '';
      const hosts = cardHosts(values.broker);
      if (!hosts.includes(host)) return [{ file: 'methods', path: ['methods', index, 'cardUrl'], message: 'names a host that no card or proxy listener answers to', fix: 'add the host under listeners.card.hosts or listeners.proxy.hosts in config/broker.yaml' }];
      return method.freshHostNames && !hosts.includes(`*.${host}`) ? [{ file: 'methods', path: ['methods', index, 'freshHostNames'], message: 'needs a listener for names below the card host', fix: `add '*.${host}' to the listener’s hosts, with a certificate for it` }] : [];
    }),
  },
  {
    id: 'method-organisation', says: 'there is one row for the logins of organisations: which one is chosen on its page',
    faults: ({ values }) => enabledMethods(values).filter(({ method }) => method.kind === 'upstream').slice(1).map(({ index }) => ({ file: 'methods', path: ['methods', index], message: 'is the second row of the kind upstream', fix: 'keep one of them' })),
  },
  {
    id: 'method-issuer', says: 'a method names issuers that exist',
    faults: ({ values }) => withIssuers(values).flatMap(({ method, index }) => method.issuers.flatMap((id, place): Fault[] =>
      values.issuers.issuers.some((row) => row.id === id) ? [] : [{ file: 'methods', path: ['methods', index, 'issuers', place], message: 'is no row of config/issuers.yaml', fix: 'write the id of an issuer' }])),
  },
  {
    id: 'method-without-issuer', says: 'an enabled method has at least one enabled issuer in the environment',
    faults: ({ values, hardened }) => withIssuers(values).filter(({ method }) => method.enabled && !values.issuers.issuers.some((row) =>
      isActive(row, values.broker.environment, hardened) && (method.issuers.length === 0 ? row.credentialType === credentialOf[method.kind] : method.issuers.includes(row.id))))
      .map(({ index }) => ({ file: 'methods', path: ['methods', index], message: `accepts no issuer that is enabled in the environment ${values.broker.environment}`, fix: 'put the authorities’ certificates in place and enable their rows in config/issuers.yaml' })),
  },
];
const mobileRules: readonly CrossRule[] = [
  {
    id: 'mobile-issuer', says: 'a phone’s method accepts issuers of phones alone, and a card’s method those of cards alone',
    faults: ({ values }) => withIssuers(values).flatMap(({ method, index }) => method.issuers.flatMap((id, place): Fault[] => {
      const row = values.issuers.issuers.find((one) => one.id === id);
      return row === undefined || row.credentialType === credentialOf[method.kind] ? [] : [{ file: 'methods', path: ['methods', index, 'issuers', place], message: `is an issuer of the type ${row.credentialType}, which this method cannot take`, fix: `name issuers with credentialType: ${credentialOf[method.kind]}` }];
    })),
  },
  {
    id: 'mobile-name', says: 'several methods with a phone have names of their own, by which people tell them apart',
    faults: ({ values }) => {
      const phones = enabledMethods(values).filter(({ method }) => method.kind === 'mobile');
      return phones.length < 2 ? [] : phones.filter(({ method }) => method.names === undefined).map(({ index }) => ({ file: 'methods', path: ['methods', index], message: 'has no name of its own beside another method with a phone', fix: 'write names' }));
    },
  },
  {
    id: 'mobile-wire', says: 'a service that speaks JSON is told how it calls its things, no other is',
    faults: ({ values }) => enabledMethods(values).flatMap(({ method, index }): Fault[] => (method.kind === 'mobile' && (method.wire !== undefined) !== (method.service === 'siths')
      ? [{ file: 'methods', path: ['methods', index, 'wire'], message: method.wire === undefined ? 'is missing' : 'has no meaning for this service', fix: method.wire === undefined ? 'write it from the service’s guide: docs/mobile.md' : 'remove it' }] : [])),
  },
  {
    id: 'mobile-freja', says: 'Freja’s outcomes are believed by its key alone, and keys of services stand with their own service',
    faults: ({ values }) => enabledMethods(values).flatMap(({ method, index }): Fault[] => {
      if (method.kind !== 'mobile') return [];
      if (method.service === 'freja' && method.freja === undefined) return [{ file: 'methods', path: ['methods', index, 'freja'], message: 'is missing', fix: 'write freja.keyFiles: docs/mobile.md' }];
      return (['bankid', 'freja'] as const).flatMap((key): Fault[] => (method[key] !== undefined && method.service !== key ? [{ file: 'methods', path: ['methods', index, key], message: 'has no meaning for this service', fix: 'remove it' }] : []));
    }),
  },
  {
    id: 'mobile-lifetime', says: 'an order on a phone ends before the login that waits for it',
    faults: ({ values }) => enabledMethods(values).flatMap(({ method, index }): Fault[] => (method.kind === 'mobile' && method.lifetimeSeconds > values.broker.login.transactionSeconds
      ? [{ file: 'methods', path: ['methods', index, 'lifetimeSeconds'], message: 'is longer than login.transactionSeconds of config/broker.yaml', fix: 'write less' }] : [])),
  },
];
const issuerRules: readonly CrossRule[] = [
  {
    id: 'issuer-twice', says: 'ids of roots and issuers are different',
    faults: ({ values: { issuers } }) => [...repeated('issuers', issuers.roots, (index) => ['roots', index, 'id']), ...repeated('issuers', issuers.issuers, (index) => ['issuers', index, 'id'])],
  },
  {
    id: 'issuer-root', says: 'an issuer hangs below a root that is trusted wherever it is',
    faults: ({ values: { issuers } }) => issuers.issuers.flatMap((row, index): Fault[] => {
      const root = issuers.roots.find(({ id }) => id === row.root);
      if (root === undefined) return [{ file: 'issuers', path: ['issuers', index, 'root'], message: 'is no root of this file', fix: 'write the id of a row under roots' }];
      if (row.enabled && (!root.enabled || row.environments.some((environment) => !root.environments.includes(environment)))) return [{ file: 'issuers', path: ['issuers', index, 'root'], message: 'is not enabled in all environments of this issuer', fix: 'enable the root there, or narrow the issuer’s environments' }];
      return [];
    }),
  },
  {
    id: 'issuer-policy-table', says: 'a policy table that is named exists',
    faults: ({ values: { issuers } }) => issuers.issuers.flatMap(({ policyTable }, index): Fault[] =>
      policyTable === undefined || Object.hasOwn(issuers.policyTables, policyTable) ? [] : [{ file: 'issuers', path: ['issuers', index, 'policyTable'], message: 'is no table of this file', fix: 'write the name of a table under policyTables' }]),
  },
  {
    id: 'issuer-environments', says: 'what is trusted in production is trusted nowhere else',
    faults: ({ values: { issuers } }) => (['roots', 'issuers'] as const).flatMap((list) => issuers[list].flatMap(({ environments }, index): Fault[] =>
      environments.includes('production') && environments.length > 1 ? [{ file: 'issuers', path: [list, index, 'environments'], message: 'mixes production with another environment', fix: 'write two rows with different certificates' }] : [])),
  },
];
const federationRules: readonly CrossRule[] = [
  {
    id: 'federation-twice', says: 'federation ids are different',
    faults: ({ values }) => repeated('federation', values.federation.federations, (index) => ['federations', index, 'id']),
  },
  {
    id: 'federation-local', says: 'there is a federation `local` for services that name none',
    faults: ({ values }) => (values.federation.federations.some(({ id }) => id === 'local') ? [] : [{ file: 'federation', path: ['federations'], message: 'has no row local, which services without a federation follow', fix: 'add it' }]),
  },
  {
    id: 'federation-must', says: 'a federation keeps its own must-rules',
    faults: ({ values }) => values.federation.federations.flatMap((row, index): Fault[] => {
      const kept = { 'sign-response': row.sign.response, 'sign-assertion': row.sign.assertion, encrypt: row.encryption === 'require' };
      return row.must.filter((must) => !kept[must]).map((must) => ({ file: 'federation', path: ['federations', index, 'must'], message: `demands ${must}, but the row itself does not do it`, fix: 'turn it on, or take it off the list' }));
    }),
  },
  {
    id: 'federation-signs', says: 'at least response or assertion is signed',
    faults: ({ values }) => values.federation.federations.flatMap(({ sign }, index): Fault[] => (sign.response || sign.assertion ? [] : [{ file: 'federation', path: ['federations', index, 'sign'], message: 'leaves everything unsigned', fix: 'sign at least one of them' }])),
  },
  {
    id: 'federation-levels', says: 'a URI that is issued is understood in a request as the same level',
    faults: ({ values }) => values.federation.federations.flatMap(({ assurance }, index) => Object.entries(assurance.issue).flatMap(([level, uri]): Fault[] =>
      assurance.accept[uri] === level ? [] : [{ file: 'federation', path: ['federations', index, 'assurance', 'issue', level], message: 'is not understood in a request as the same level', fix: 'add it under accept' }])),
  },
  {
    id: 'federation-session', says: 'a federation’s session limit is not longer than ours',
    faults: ({ values }) => values.federation.federations.flatMap(({ sessionSeconds }, index): Fault[] =>
      sessionSeconds <= values.broker.session.absoluteSeconds ? [] : [{ file: 'federation', path: ['federations', index, 'sessionSeconds'], message: 'is longer than session.absoluteSeconds of config/broker.yaml, which ends the session before', fix: 'write the same or less' }]),
  },
];
const listenerRules: readonly CrossRule[] = [
  {
    id: 'listener-port', says: 'every listener has its own address and port',
    faults: ({ values: { broker: { listeners } } }) => {
      const taken = Object.entries(listeners).flatMap(([name, listener]) => (listener?.port === undefined || listener.port === 0 ? [] : [{ name, at: `${listener.address ?? '127.0.0.1'} ${listener.port}` }]));
      return taken.flatMap(({ name, at }, index): Fault[] => (taken.findIndex((other) => other.at === at) < index ? [{ file: 'broker', path: ['listeners', name, 'port'], message: 'is another listener’s too', fix: 'give it its own port or its own address' }] : []));
    },
  },
  {
    id: 'machine-host', says: 'the machine listener has a host name of its own: browsers that meet the public host are never asked for a certificate, and no connection of one is taken for the other',
    faults: ({ values: { broker } }) => {
      const { machine } = broker.listeners;
      const host = machine === undefined ? null : URL.parse(machine.url)?.hostname;
      const taken = host === URL.parse(broker.publicUrl)?.hostname || cardHosts(broker).includes(host ?? '');
      return machine !== undefined && taken ? [{ file: 'broker', path: ['listeners', 'machine', 'url'], message: 'names a host that is also the public or the card host', fix: 'give it a host name of its own' }] : [];
    },
  },
  {
    id: 'machine-issuer', says: 'clients prove themselves by certificates of function CAs',
    faults: ({ values: { broker, issuers } }) => (broker.listeners.machine?.issuers ?? []).flatMap((id, place): Fault[] => {
      const row = issuers.issuers.find((one) => one.id === id);
      return row?.credentialType === 'function' ? [] : [{ file: 'broker', path: ['listeners', 'machine', 'issuers', place], message: row === undefined ? 'is no row of config/issuers.yaml' : `is an issuer of the type ${row.credentialType}`, fix: 'name issuers with credentialType: function' }];
    }),
  },
  {
    id: 'plain-http', says: 'plain HTTP is for a proxy on this machine, or for one that is named',
    faults: ({ values: { broker } }) => (broker.listeners.public.behindProxy && !isLoopback(broker.listeners.public.address) && broker.trustedProxies.length === 0
      ? [{ file: 'broker', path: ['listeners', 'public', 'behindProxy'], message: 'opens plain HTTP to everybody', fix: 'listen on 127.0.0.1, or write the proxies under trustedProxies' }] : []),
  },
  {
    id: 'proxy-trust', says: 'a forwarded certificate is believed over a Unix socket, loopback or mutual TLS only',
    faults: ({ values: { broker: { listeners: { proxy } } } }) => (proxy?.port !== undefined && !isLoopback(proxy.address ?? '127.0.0.1') && proxy.mutualTls === undefined
      ? [{ file: 'broker', path: ['listeners', 'proxy'], message: 'would believe certificates from the network', fix: 'use socket, listen on 127.0.0.1, or write mutualTls' }] : []),
  },
  {
    id: 'session-limits', says: 'a session that is not used ends before it ends in any case',
    faults: ({ values: { broker: { session } } }) => (session.idleSeconds <= session.absoluteSeconds ? [] : [{ file: 'broker', path: ['session', 'idleSeconds'], message: 'is longer than absoluteSeconds', fix: 'write the same or less' }]),
  },
  {
    id: 'metadata-key', says: 'metadata and answers are signed with different keys',
    faults: ({ values: { broker: { keys } } }) => (keys.samlSigning.some((pair) => pair.certificateFile === keys.samlMetadata.certificateFile || (pair.keyFile !== undefined && pair.keyFile === keys.samlMetadata.keyFile))
      ? [{ file: 'broker', path: ['keys', 'samlMetadata'], message: 'is a key that also signs answers', fix: 'make another key for metadata' }] : []),
  },
  {
    id: 'store-address', says: 'Redis has an address, here or in REDIS_URL',
    faults: ({ values: { broker: { store } }, redisUrl }) => (store?.kind === 'redis' && store.url === undefined && store.sentinel === undefined && store.cluster === undefined && !redisUrl
      ? [{ file: 'broker', path: ['store'], message: 'has no address', fix: 'write url, sentinel or cluster, or set REDIS_URL' }] : []),
  },
  {
    id: 'store-tls-unused', says: 'TLS settings of Redis go with rediss://',
    faults: ({ values: { broker: { store } } }) => (store?.kind === 'redis' && store.tls !== undefined && ![store.url, ...(store.sentinel?.nodes ?? []), ...(store.cluster?.nodes ?? [])].some((url) => url?.startsWith('rediss:') === true)
      ? [{ file: 'broker', path: ['store', 'tls'], message: 'has no effect: no address begins with rediss://', fix: 'write rediss://, or remove it' }] : []),
  },
];
const releaseRules: readonly CrossRule[] = [
  {
    id: 'release-twice', says: 'ids of release rules are different',
    faults: ({ values }) => repeated('release', values.release.rules, (index) => ['rules', index, 'id']),
  },
  {
    id: 'release-attribute', says: 'release rules name attributes of the catalogue',
    faults: ({ values }) => values.release.rules.flatMap((row, index) => (['allow', 'deny'] as const).flatMap((list) => (row[list] ?? []).flatMap((attribute, place): Fault[] =>
      attribute === '*' || attributeRow(attribute) !== undefined ? [] : [{ file: 'release', path: ['rules', index, list, place], message: 'is no attribute of the catalogue', fix: 'write an id of docs/attributes.md' }]))),
  },
  {
    id: 'release-federation', says: 'release rules name federations that exist',
    faults: ({ values }) => values.release.rules.flatMap(({ when }, index) => (when.federations ?? []).flatMap((id, place): Fault[] =>
      values.federation.federations.some((row) => row.id === id) ? [] : [{ file: 'release', path: ['rules', index, 'when', 'federations', place], message: 'is no row of config/federation.yaml', fix: 'write the id of a federation' }])),
  },
];
const inDirectory = (path: DocumentPath, message: string, fix: string): Fault => ({ file: 'directory', path, message, fix });
const sourcesOf = ({ values }: RuleContext): readonly (readonly [name: string, source: DirectorySource])[] => Object.entries(values.directory.sources);
const inProduction = (context: RuleContext, judge: (name: string, source: DirectorySource) => readonly Fault[]): readonly Fault[] =>
  (context.values.broker.environment === 'production' ? sourcesOf(context).flatMap(([name, source]) => judge(name, source)) : []);

const directoryRules: readonly CrossRule[] = [
  {
    id: 'directory-empty', says: 'there is at least one source of people',
    faults: (context) => (sourcesOf(context).length === 0 ? [inDirectory(['sources'], 'is empty', 'connect a directory: docs/hsa.md')] : []),
  },
  {
    id: 'directory-precedence', says: 'several directories have an order of precedence, and it names sources that exist',
    faults: (context) => {
      const { layers: { precedence }, sources } = context.values.directory;
      if (precedence === undefined) return sourcesOf(context).length > 1 ? [inDirectory(['layers', 'precedence'], 'is missing beside several sources', 'name the sources of each kind of fact, most trusted first')] : [];
      return factKinds.flatMap((kind) => precedence[kind].flatMap((name, index) => (Object.hasOwn(sources, name) ? [] : [inDirectory(['layers', 'precedence', kind, index], 'is no source of this file', 'write a name that stands under sources')])));
    },
  },
  {
    id: 'directory-unused', says: 'every source is used',
    faults: (context) => {
      const { precedence } = context.values.directory.layers;
      return precedence === undefined ? [] : sourcesOf(context).flatMap(([name]) => (Object.values(precedence).some((names) => names.includes(name)) ? [] : [inDirectory(['sources', name], 'is in no order of precedence and never asked', 'add it under layers.precedence, or remove it')]));
    },
  },
  {
    id: 'directory-invented', says: 'real people do not come from a file',
    faults: (context) => inProduction(context, (name, { kind }) => (kind === 'file' ? [inDirectory(['sources', name, 'kind'], 'is file, which holds invented people', 'connect a directory')] : [])),
  },
  {
    id: 'directory-ldaps', says: 'in production a catalogue is spoken to by TLS from the first octet',
    faults: (context) => inProduction(context, (name, source) => (source.kind === 'ldap' && !source.url.startsWith('ldaps:') ? [inDirectory(['sources', name, 'url'], 'is not ldaps', 'write ldaps://, port 636; StartTLS is for test catalogues')] : [])),
  },
];
const sourceRules: readonly CrossRule[] = [
  { id: 'source-twice', says: 'ids of metadata sources are different', faults: ({ values }) => repeated('federation', values.federation.sources, (index) => ['sources', index, 'id']) },
  {
    id: 'source-key', says: 'a metadata source has a pinned certificate, or is one entity that is reviewed',
    faults: ({ values }) => values.federation.sources.flatMap(({ certificateFiles, unsigned, kind }, index): Fault[] => {
      const at = (key: string, message: string, fix: string): Fault[] => [{ file: 'federation', path: ['sources', index, key], message, fix }];
      if (!unsigned) return certificateFiles.length > 0 ? [] : at('certificateFiles', 'is missing: nothing that the source says could be verified', 'get its certificate by another way than its address and name the file');
      if (certificateFiles.length > 0) return at('unsigned', 'stands beside certificateFiles', 'keep one of them');
      if (kind !== 'entity') return at('unsigned', 'is for kind entity alone', 'name the certificate of its publisher in certificateFiles');
      return values.broker.reload === 'review' ? [] : at('unsigned', 'needs `reload: review` in config/broker.yaml: a person looks at every new key', 'set it, or have the document signed');
    }),
  },
];

export const crossRules: readonly CrossRule[] = [...sourceRules, ...methodRules, ...mobileRules, ...issuerRules, ...federationRules, ...listenerRules, ...releaseRules, ...directoryRules];
