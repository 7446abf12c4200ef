/** Parts of the composition that read files: keys, trust, stores. Used by app.ts alone. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from './core/errors.ts';
import { systemClock, systemRandom, type Log } from './core/ports.ts';
import { sealingKeys } from './config/state.ts';
import type { Configuration, IssuerSettings, KeyReference, RootSettings } from './config/model.ts';
import { createOutboundClient, type OutboundClient } from './http/outbound.ts';
import type { Tracing } from './observability/tracing.ts';
import { createTrustStore, type AuthorityRow, type TrustStore } from './pki/index.ts';
import { openRedisStores, type RedisTarget } from './sessions/redis/stores.ts';
import { openSqliteStores } from './sessions/sqlite/stores.ts';
import { createSealer, sealingKey } from './sessions/seal.ts';
import type { Stores } from './sessions/ports.ts';
import { signerFor, tokenSignerFor, type Signer } from './saml/xml/index.ts';

export const readPem = (path: string): string => readFileSync(path, 'utf8');
/** DER of the first certificate in a PEM or DER file. */
export const readCertificate = (path: string): Buffer => Buffer.from(new X509Certificate(readFileSync(path)).raw);

/** A key and certificate that do not belong together are found at start, not at the first login. */
export const loadSigner = async (reference: KeyReference): Promise<Signer> => {
  if (reference.kind === 'pkcs11') return tokenSignerFor({ module: reference.module, token: reference.token, label: reference.label, pin: reference.pin.reveal(), certificate: readCertificate(reference.certificateFile).toString('base64') });
  const key = createPrivateKey(readFileSync(reference.keyFile));
  const certificate = new X509Certificate(readFileSync(reference.certificateFile));
  if (!certificate.checkPrivateKey(key)) return fail('key.invalid', `${reference.keyFile} and ${reference.certificateFile} do not belong together`);
  return signerFor(key, certificate.raw.toString('base64'));
};

const authority = (row: RootSettings | IssuerSettings): AuthorityRow => ({
  id: row.id, name: row.name, certificateDer: readCertificate(row.certificateFile), crlUrls: row.crlUrls, ocspUrl: row.ocspUrl ?? null, revocation: row.revocation,
});
export const loadTrust = (configuration: Configuration): TrustStore =>
  createTrustStore(
    configuration.roots.map(authority),
    configuration.issuers.map((row) => ({ ...authority(row), root: row.root, credentialType: row.credentialType, identifierType: row.identifierType, level: row.level, policies: new Map(row.policies.map(({ oid, level }) => [oid, level])) })),
    { hardened: configuration.hardened },
  );

const node = (address: string): { host: string; port: number } => {
  const url = new URL(address);
  return { host: url.hostname, port: Number(url.port === '' ? 6379 : url.port) };
};
const redisTarget = (store: Extract<Configuration['store'], { kind: 'redis' }>): RedisTarget => {
  const { servers, tls } = store;
  const file = (path: string | null): string | undefined => (path === null ? undefined : readPem(path));
  const [ca, cert, key] = [file(tls.authorityFile), file(tls.certificateFile), file(tls.keyFile)];
  const addresses = servers.kind === 'single' ? [servers.url] : servers.nodes;
  const secure = ca !== undefined || cert !== undefined || tls.serverName !== null || addresses.some((address) => address?.startsWith('rediss:'));
  return {
    keyPrefix: store.keyPrefix,
    ...(servers.kind === 'single' ? { url: servers.url } : servers.kind === 'sentinel' ? { sentinel: { name: servers.name, nodes: servers.nodes.map(node) } } : { cluster: servers.nodes.map(node) }),
    ...(store.username === null ? {} : { username: store.username }),
    ...(store.password === null ? {} : { password: store.password.reveal() }),
    ...(secure ? { tls: { ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }), ...(tls.serverName === null ? {} : { servername: tls.serverName }) } } : {}),
  };
};
export const openStores = async (configuration: Configuration, log: Log): Promise<Stores> => {
  const sealer = createSealer(sealingKeys(configuration.keys.sealing.directory, systemRandom).map(sealingKey), systemRandom);
  const { store } = configuration;
  return store.kind === 'sqlite' ? openSqliteStores({ file: store.file, sealer, clock: systemClock }) : openRedisStores({ target: redisTarget(store), sealer, clock: systemClock, log, inspect: configuration.hardened });
};

/** Name of this node in the audit trail: made at the first start, different for every state directory. Operations may choose it beforehand. */
export const nodeName = (state: string): string => {
  const path = join(state, 'node-name');
  if (!existsSync(path)) writeFileSync(path, `node-${systemRandom.bytes(4).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  const name = readFileSync(path, 'utf8').trim();
  return /^[a-z0-9-]{1,30}$/.test(name) ? name : fail('config.invalid', `${path} must hold lower-case letters, digits and hyphens`);
};

/** Loaded only where traces are wanted. */
export const openTracing = async ({ tracing, state }: Configuration): Promise<Tracing | null> =>
  tracing === null ? null : (await import('./observability/tracing.ts')).createTracing({ ...tracing, node: nodeName(state) });
export const traced = <T extends object>(tracing: Tracing | null, name: string, port: T): T => tracing?.wrap(name, port) ?? port;

/** On a developer's machine the services are on it too. */
export const openOutbound = ({ hardened, outbound: { allowedNetworks, authorityFile } }: Configuration): OutboundClient =>
  createOutboundClient({ allowedNetworks: hardened ? allowedNetworks : [...allowedNetworks, '127.0.0.0/8', '::1/128'], ...(authorityFile === null ? {} : { ca: readPem(authorityFile) }) });
