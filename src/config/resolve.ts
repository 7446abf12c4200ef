/** Checked files to the Configuration: defaults that depend on the state directory, absolute paths, rows of this environment only. */
import { join } from 'node:path';
import type { LocalisedText } from '../core/locale.ts';
import type { FederationRules } from '../parties/model.ts';
import type { FileValues } from './files.ts';
import type { CardListener, Configuration, DirectorySettings, IssuerSettings, KeyReference, MachineListener, MethodSettings, ProxyListener, RedisSettings, RootSettings, StoreSettings, TlsFiles } from './model.ts';
import { absolute, type FileLook } from './references.ts';
import { credentialOf, isActive } from './rules.ts';
import { Secret } from './secret.ts';
import type { KeyPairFile, StoreFile } from './schema/broker.ts';

/** REDIS_URL taken apart; credentials apart from the address. */
export interface RedisAddress { readonly url: string; readonly username: string | null; readonly password: Secret | null }
/** Null when it is no address of a Redis server. */
export const parseRedisUrl = (value: string): RedisAddress | null => {
  const url = URL.parse(value);
  if (url === null || !['redis:', 'rediss:', 'unix:'].includes(url.protocol)) return null;
  const { username, password } = url;
  url.username = '';
  url.password = '';
  return { url: url.href, username: username === '' ? null : decodeURIComponent(username), password: password === '' ? null : new Secret(decodeURIComponent(password)) };
};

export interface ResolveContext { readonly root: string; readonly state: string; readonly hardened: boolean; readonly redis: RedisAddress | null; readonly look: FileLook }
type Broker = FileValues['broker'];

/** Called after the rules on files held: what cannot be read has been reported. */
const secretAt = (path: string, { root, look }: ResolveContext): Secret => new Secret(look.secret(absolute(root, path)) ?? '');
const tlsAt = (tls: { certificateFile: string; keyFile: string }, { root }: ResolveContext): TlsFiles => ({ certificateFile: absolute(root, tls.certificateFile), keyFile: absolute(root, tls.keyFile) });

const keyAt = (pair: KeyPairFile, context: ResolveContext): KeyReference => {
  const certificateFile = absolute(context.root, pair.certificateFile);
  if (pair.pkcs11 === undefined) return { kind: 'file', certificateFile, keyFile: absolute(context.root, pair.keyFile ?? '') };
  const { module, token, label, pinFile } = pair.pkcs11;
  return { kind: 'pkcs11', certificateFile, module: absolute(context.root, module), token, label, pin: secretAt(pinFile, context) };
};

const cardOf = ({ listeners: { card } }: Broker, context: ResolveContext): CardListener | null =>
  card === undefined ? null : { hosts: card.hosts, address: card.address, port: card.port, tls: tlsAt(card.tls, context) };
const proxyOf = ({ listeners: { proxy } }: Broker, context: ResolveContext): ProxyListener | null => {
  if (proxy === undefined) return null;
  const { mutualTls: mutual } = proxy;
  return {
    hosts: proxy.hosts,
    listen: proxy.socket === undefined ? { kind: 'tcp', address: proxy.address ?? '127.0.0.1', port: proxy.port ?? 0 } : { kind: 'socket', path: absolute(context.root, proxy.socket), group: proxy.socketGroup ?? null },
    form: proxy.form,
    secrets: proxy.secretFiles.map((file) => secretAt(file, context)),
    mutualTls: mutual === undefined ? null : { ...tlsAt(mutual, context), authorityFiles: mutual.authorityFiles.map((file) => absolute(context.root, file)), fingerprints: mutual.fingerprints },
  };
};

const machineOf = ({ listeners: { machine } }: Broker, issuers: readonly IssuerSettings[], context: ResolveContext): MachineListener | null => {
  if (machine === undefined) return null;
  const functions = issuers.filter(({ credentialType }) => credentialType === 'function').map(({ id }) => id);
  return { url: machine.url, address: machine.address, port: machine.port, tls: tlsAt(machine.tls, context), issuers: machine.issuers.length === 0 ? functions : machine.issuers };
};

type RedisFile = Extract<StoreFile, { kind: 'redis' }>;
const redisOf = (store: RedisFile, context: ResolveContext): RedisSettings => {
  const { url, sentinel, cluster, tls } = store;
  const fromEnvironment = url === undefined && sentinel === undefined && cluster === undefined ? context.redis : null;
  const at = (path: string | undefined): string | null => (path === undefined ? null : absolute(context.root, path));
  return {
    kind: 'redis',
    servers: sentinel !== undefined ? { kind: 'sentinel', ...sentinel } : cluster !== undefined ? { kind: 'cluster', ...cluster } : { kind: 'single', url: url ?? fromEnvironment?.url ?? '' },
    username: store.username ?? fromEnvironment?.username ?? null,
    password: store.passwordFile === undefined ? (fromEnvironment?.password ?? null) : secretAt(store.passwordFile, context),
    tls: { authorityFile: at(tls?.authorityFile), certificateFile: at(tls?.certificateFile), keyFile: at(tls?.keyFile), serverName: tls?.serverName ?? null },
    keyPrefix: store.keyPrefix,
  };
};
/** Without a word in the file: Redis where REDIS_URL is set, else the embedded store. */
const storeOf = (store: StoreFile | undefined, context: ResolveContext): StoreSettings => {
  if (store?.kind === 'redis') return redisOf(store, context);
  if (store === undefined && context.redis !== null) return redisOf({ kind: 'redis', keyPrefix: 'bryggan' }, context);
  return { kind: 'sqlite', file: store?.file === undefined ? join(context.state, 'bryggan.sqlite') : absolute(context.root, store.file) };
};

const trustOf = ({ issuers: file, broker }: FileValues, context: ResolveContext): { readonly roots: readonly RootSettings[]; readonly issuers: readonly IssuerSettings[] } => {
  const active = <R extends FileValues['issuers']['roots'][number]>(rows: readonly R[]): readonly R[] => rows.filter((row) => isActive(row, broker.environment, context.hardened));
  const common = (row: FileValues['issuers']['roots'][number]): Omit<RootSettings, 'kind'> => ({
    id: row.id, name: row.name, environment: row.environments.includes('development') ? 'development' : broker.environment,
    certificateFile: absolute(context.root, row.certificateFile), crlUrls: row.crlUrls, ...(row.ocspUrl === undefined ? {} : { ocspUrl: row.ocspUrl }), revocation: row.revocation,
  });
  return {
    roots: active(file.roots).map((row) => ({ kind: 'root', ...common(row) })),
    issuers: active(file.issuers).map((row) => ({
      ...common(row), root: row.root, credentialType: row.credentialType, identifierType: row.identifierType, level: row.level,
      policies: (row.policyTable === undefined ? [] : (file.policyTables[row.policyTable] ?? [])).map(({ oid, level }) => ({ oid, level })),
    })),
  };
};
const methodsOf = ({ methods: { methods } }: FileValues, issuers: readonly IssuerSettings[], root: string): readonly MethodSettings[] =>
  methods.filter(({ enabled }) => enabled).map((method): MethodSettings => {
    if (method.kind === 'upstream') return { kind: 'upstream', id: method.id, names: method.names ?? null, byDefault: method.byDefault };
    const credential = credentialOf[method.kind];
    const accepted = issuers.filter((row) => (method.issuers.length === 0 ? row.credentialType === credential : method.issuers.includes(row.id))).map((row) => row.id);
    const common = { names: method.names ?? null, issuers: accepted };
    if (method.kind === 'certificate') return { ...method, ...common, byDefault: true };
    const { freja } = method;
    return { ...method, ...common, ...(freja === undefined ? {} : { freja: { ...freja, keyFiles: freja.keyFiles.map((file) => absolute(root, file)) } }), authorityFile: absolute(root, method.authorityFile), certificateFile: absolute(root, method.certificateFile), keyFile: absolute(root, method.keyFile) };
  });
const feedsOf = ({ federation: { feeds } }: FileValues): Configuration['feeds'] => {
  const row = ({ enabled, validityHours }: { readonly enabled: boolean; readonly validityHours: number }) => ({ enabled, validitySeconds: validityHours * 3600 });
  return { 'local-idps': row(feeds['local-idps']), 'sambi': { ...row(feeds.sambi), approvedLevels: feeds.sambi.approvedLevels, approvedParties: feeds.sambi.approvedParties, exported: feeds.sambi.export ?? null }, 'applications': row(feeds.applications) };
};
const federationsOf = ({ federation: { federations }, broker }: FileValues): readonly FederationRules[] =>
  federations.map(({ clockSkewSeconds, sessionSeconds, assurance, ...rest }) => ({
    ...rest, clockSkew: clockSkewSeconds ?? broker.clockSkewSeconds, sessionLifetime: sessionSeconds,
    assurance: { issue: Object.fromEntries(Object.entries(assurance.issue)), accept: assurance.accept },
  }));

const directoryOf = ({ directory: { sources, layers } }: FileValues, root: string): DirectorySettings => ({
  layers,
  sources: Object.entries(sources).map(([name, source]) => {
    const files = Object.entries(source).filter(([key]) => key === 'path' || key.endsWith('File')).map(([key, path]) => [key, absolute(root, path as string)]);
    return { name, source: { ...source, ...Object.fromEntries(files) as object } };
  }),
});

export const resolveConfiguration = (values: FileValues, context: ResolveContext): Configuration => {
  const { broker, release } = values;
  const { root, state, hardened } = context;
  const trust = trustOf(values, context);
  const text = ({ sv, en }: LocalisedText): LocalisedText => ({ sv, en });
  return {
    root, state, hardened,
    environment: broker.environment, publicUrl: broker.publicUrl, entityId: broker.entityId, upstreamSaml: { entityId: broker.upstreamSaml.entityId ?? `${broker.publicUrl}/upstream/saml/metadata` }, serviceName: text(broker.serviceName),
    operator: { ...broker.operator, contacts: broker.operator.contacts.map((contact) => ({ ...contact, phone: contact.phone ?? null })) },
    listeners: {
      public: { address: broker.listeners.public.address, port: broker.listeners.public.port, tls: broker.listeners.public.tls === undefined ? null : tlsAt(broker.listeners.public.tls, context) },
      card: cardOf(broker, context),
      proxy: proxyOf(broker, context),
      machine: machineOf(broker, trust.issuers, context),
      management: broker.listeners.management,
    },
    keys: {
      samlSigning: broker.keys.samlSigning.map((pair) => keyAt(pair, context)),
      samlMetadata: keyAt(broker.keys.samlMetadata, context),
      audit: { keyFile: broker.keys.audit === undefined ? join(state, 'keys', 'audit.key.pem') : absolute(root, broker.keys.audit.keyFile) },
      sealing: { directory: broker.keys.sealing === undefined ? join(state, 'keys', 'sealing') : absolute(root, broker.keys.sealing.directory) },
      oidc: { directory: broker.keys.oidc === undefined ? join(state, 'keys', 'oidc') : absolute(root, broker.keys.oidc.directory) },
      pseudonyms: { secretFile: broker.keys.pseudonyms === undefined ? join(state, 'keys', 'pseudonyms.secret') : absolute(root, broker.keys.pseudonyms.secretFile) },
    },
    store: storeOf(broker.store, context),
    session: broker.session, login: broker.login, clockSkewSeconds: broker.clockSkewSeconds, trustedProxies: broker.trustedProxies, networks: broker.networks,
    outbound: { allowedNetworks: broker.outbound.allowedNetworks, authorityFile: broker.outbound.authorityFile === undefined ? null : absolute(context.root, broker.outbound.authorityFile) },
    audit: { ...broker.audit, directory: broker.audit.directory === undefined ? join(state, 'audit') : absolute(root, broker.audit.directory) },
    tracing: broker.tracing ?? null, log: broker.log, drainSeconds: broker.drainSeconds, reload: broker.reload, secondPerson: broker.secondPerson, lookAlikes: broker.lookAlikes,
    demo: broker.demo === undefined ? null : { cardReader: broker.demo.cardReader ?? null },
    methods: methodsOf(values, trust.issuers, root), roots: trust.roots, issuers: trust.issuers,
    directory: directoryOf(values, root),
    release,
    federations: federationsOf(values), feeds: feedsOf(values),
    sources: values.federation.sources.map(({ certificateFiles, longestValidityDays, parties, ...rest }) => ({ ...rest, parties: parties ?? null, longestValiditySeconds: longestValidityDays * 86_400, certificateFiles: certificateFiles.map((file) => absolute(root, file)) })),
  };
};
