/**
 * The composition root: with its parts (app-*.ts) the only place that creates adapters and connects them. Reads a Configuration,
 * returns what can be listened on and stopped. Holds no logic of its own.
 */
import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { friendlyNameOf, serialise } from './attributes/catalogue.ts';
import { createCertificateMethod, type CertificateMethodPorts, type CertificateMethodSettings } from './authenticators/certificate/authenticate.ts';
import { openFileSink } from './audit/sinks/file.ts';
import { openTrail, type RunningTrail } from './audit/trail.ts';
import { fail } from './core/errors.ts';
import { systemClock as clock, systemRandom as random, type Log } from './core/ports.ts';
import { auditKey, openState, pseudonymSecret } from './config/state.ts';
import { registrySettings } from './config/load.ts';
import type { Configuration } from './config/model.ts';
import type { OutboundClient } from './http/outbound.ts';
import { drainable } from './http/drain.ts';
import { createManagementServer } from './http/management.ts';
import { lineOf } from './login/audit-lines.ts';
import type { LoginPorts } from './login/context.ts';
import { createPace } from './login/pace.ts';
import type { AuthenticationMethod } from './login/ports.ts';
import { methodOf } from './login/upstream.ts';
import { createUpstreamLogoutFace } from './login/upstream-session.ts';
import { createLogger } from './observability/logger.ts';
import { createMetrics } from './observability/metrics.ts';
import type { FileRegistry } from './parties/sources/file-registry.ts';
import { openFileRegistry } from './parties/sources/files.ts';
import { createRevocationChecker, type RevocationChecker } from './pki/index.ts';
import { publishMetadata } from './protocols/saml-idp/metadata.ts';
import { createLogoutFace, soapAnswer } from './protocols/saml-idp/logout-face.ts';
import { createSamlFace } from './protocols/saml-idp/respond.ts';
import { readServiceMetadata } from './saml/metadata/read-service.ts';
import type { Signer } from './saml/xml/index.ts';
import type { Stores } from './sessions/ports.ts';
import { createCardServers } from './app-card.ts';
import { openDirectory, type OpenedDirectory } from './app-directory.ts';
import { describeIdentityProvider, feedContents } from './app-metadata.ts';
import { openFeeds } from './app-feeds.ts';
import { openMetadataSources } from './app-sources.ts';
import type { MetadataSources } from './federation/sources/sources.ts';
import { disagreeing, exchangeVersions, type NodeVersion } from './federation/review/nodes.ts';
import { fetchedBy, keyActions, openKeyring, openKeys, type Keys } from './app-keys.ts';
import { loadTrust, nodeName, openOutbound, openStores, openTracing, traced } from './app-parts.ts';
import { openOidc, type OidcParts } from './app-oidc.ts';
import { openPhones } from './app-phone.ts';
import { remindOfCertificates, watchedCertificates } from './app-certificates.ts';
import { createMachine } from './app-machine.ts';
import { createTlsFollower } from './app-tls.ts';
import { openUpstreams, type Upstreams } from './app-upstreams.ts';
import { createPublic, type SamlParts } from './app-public.ts';
import { measureRadar } from './app-radar.ts';
import { createClockBook } from './federation/radar/clocks.ts';
import { createActions, createView } from './app-watch.ts';

export interface AppOptions {
  /** Demo only: where a browser without a certificate is sent instead of being told so. `serve` never sets it. */
  readonly withoutCertificate?: (handle: string) => string;
}
export interface App {
  readonly publicServer: ReturnType<typeof createPublic>;
  readonly cardServer: Server | null;
  readonly proxyServer: Server | null;
  readonly machineServer: ReturnType<typeof createMachine> | null;
  readonly management: Server;
  readonly control: Server;
  readonly log: Log;
  /** From now on not ready; requests under way go on. */
  drain(): void;
  close(): Promise<void>;
}

const LIST_LIMITS = { milliseconds: 20_000, bytes: 50_000_000 };
const OCSP_BYTES = 100_000;
const SOAP_LIMITS = { milliseconds: 4000, bytes: 200_000 };
const CHECKPOINT_MILLISECONDS = 60_000;
const LOOK_MILLISECONDS = 500;
const NODES_MILLISECONDS = 15_000;

export const createApp = async (configuration: Configuration, options: AppOptions = {}): Promise<App> => {
  openState(configuration.state);
  const secret = pseudonymSecret(configuration.keys.pseudonyms.secretFile, random);
  const log = createLogger({ level: configuration.log.level, pseudonymKey: secret });
  const metrics = createMetrics();
  const tracing = await openTracing(configuration);
  const stores = traced(tracing, 'store', await openStores(configuration, log));
  const trail = traced(tracing, 'audit', await openAuditTrail(configuration, stores, log));
  const outbound = openOutbound(configuration);
  const trust = loadTrust(configuration);
  const revocation = createRevocationChecker({ store: trust, directory: `${configuration.state}/revocation`, clock, log, fetchBytes: (url) => outbound.get(url, LIST_LIMITS), postOcsp: (url, body, milliseconds) => outbound.post(url, Uint8Array.from(body), 'application/ocsp-request', { milliseconds, bytes: OCSP_BYTES }) });
  const sources = openMetadataSources(configuration, outbound, log);
  const registry = await openRegistry(configuration, trail, sources, log);
  const directory = traced(tracing, 'directory', await openDirectory(configuration, { clock, log, observe: (source, event) => metrics.directory(source, event) }));
  const certificatePorts: CertificateMethodPorts = {
    trust, revocation, clock, freshLabel: () => random.bytes(8).toString('hex'),
    onDisagreement: (issuer, { policy, issuer: byIssuer }) => note(trail, 'card.level-disagreement', { authority: issuer, byPolicy: policy, byIssuer }),
    onStaleList: (issuer, asOf) => note(trail, 'card.stale-list', { authority: issuer, asOf: new Date(asOf).toISOString() }),
  };
  const methods = configuration.methods.flatMap((method): CertificateMethodSettings[] => (method.kind === 'certificate' ? [{ ...method, hsaIdFormat: configuration.environment === 'production' ? 'production' : 'tolerant' }] : []));
  const phones = openPhones(configuration, { trust, revocation, clock, random, log, store: stores.orders, node: nodeName(configuration.state), pause: (milliseconds) => wait(milliseconds, undefined, { ref: false }), onDisagreement: certificatePorts.onDisagreement });
  const keys = await openKeys(configuration, log);
  const keyring = openKeyring(keys, { configuration, log, stores, registry, audit: trail });
  await keyring.exchange().catch((error: unknown) => log.warn({ reason: String(error) }, 'keys could not be compared with the other nodes'));
  const upstreams = await openUpstreams({ configuration, stores, registry, keys, outbound });
  keys.follow(upstreams.follow);
  const oidc = openOidc({ configuration, secret, log, stores, registry, outbound, clock, random, keys: keys.serving().oidc, recheck: (identity) => (methodOf(identity.method, ports) ?? fail('card.revoked', 'the method of the login is gone', { method: identity.method })).recheck(identity) });
  const ports = loginPorts({ configuration, secret, log, metrics, stores, trail, registry, directory, outbound, keys, oidc, upstreams }, inOrder(configuration, [...methods.map((settings) => createCertificateMethod(settings, certificatePorts)), ...phones.methods, ...upstreams.rows]));

  const saml = await samlParts(configuration, registry, keys, log);
  keys.follow(oidc.follow);
  const clocks = createClockBook();
  measureRadar(metrics, registry, clocks);
  const tls = createTlsFollower({ clock, log });
  const publicServer = createPublic(configuration, ports, { metrics, tracing, fetched: fetchedBy(keys, keyring, registry), clockSeen: clocks.note, tls }, { ...saml, upstreams }, oidc);
  const { card, proxy } = createCardServers(configuration.listeners, { ports, methods, certificatePorts, ...options }, tls);
  const machine = configuration.listeners.machine === null ? null : createMachine(configuration.listeners.machine, oidc, ports, { trust, revocation, clock, log }, tls);
  let draining = false;
  const watching: (() => readonly NodeVersion[])[] = [];
  const certificates = () => watchedCertificates(configuration, log);
  const reminders = remindOfCertificates(certificates, { clock, log });
  reminders.look();
  const view = createView({ configuration, metrics, trail, stores, revocation, registry, feeds: saml.feeds, sources, disagreeing: () => watching.flatMap((read) => read()), draining: () => draining, certificates, clocks, keyring });
  const management = createManagementServer(view, null);
  const control = createManagementServer(view, new Map([...createActions(ports, { feeds: saml.feeds, sources, trail, registry }), ...keyActions(keyring, certificates)]));

  await revocation.refresh();
  const stop = startTimers({ revocation, registry, trail, directory, log });
  saml.feeds.start();
  sources.start();
  keyring.start();
  const nodes = watchNodes(configuration, registry, { stores, sources, log });
  watching.push(() => nodes.read());
  await trail.record(lineOf('service.started', { facts: { registry: registry.current().version, environment: configuration.environment } }));
  const publicDraining = drainable(publicServer.server);
  const closing = [() => publicDraining.close(() => publicServer.close()), ...(machine === null ? [] : [() => machine.close()]), ...[card, proxy, management, control].flatMap((server) => (server === null ? [] : [drainable(server)])).map((one) => () => one.close())];
  return {
    publicServer, machineServer: machine, cardServer: card, proxyServer: proxy, management, control, log,
    drain: () => { draining = true; },
    close: async () => {
      saml.feeds.stop();
      sources.stop();
      keyring.stop();
      nodes.stop();
      reminders.stop();
      tls.stop();
      await Promise.all(closing.map((end) => end()));
      await stop();
      await directory.close();
      phones.close();
      await trail.record(lineOf('service.stopped', {}));
      await trail.close();
      await stores.close();
      await tracing?.close();
    },
  };
};

/** What the public listener says about itself in SAML, and how it answers on the back channel. */
const samlParts = async (configuration: Configuration, registry: FileRegistry, keys: Keys, log: Log): Promise<SamlParts> => {
  const { publicUrl, entityId } = configuration;
  const urls = { sso: `${publicUrl}/saml/sso`, slo: `${publicUrl}/saml/slo`, sloSoap: `${publicUrl}/saml/slo/soap` };
  const publish = ({ certificates, metadata: { current } }: ReturnType<Keys['serving']>) => publishMetadata(describeIdentityProvider(configuration, registry.current(), certificates, urls), current);
  let metadata = await publish(keys.serving());
  const feeds = openFeeds({
    configuration, keys: keys.serving(), clock, log, version: () => registry.current().version,
    contents: (certificates) => feedContents({ configuration, registry: registry.current(), files: registry.files(), certificates, urls }),
  });
  keys.follow(async (wanted) => {
    const [published, putFeeds] = await Promise.all([publish(wanted), feeds.follow(wanted)]);
    return () => {
      metadata = published;
      putFeeds();
    };
  });
  return { metadata: () => metadata, feeds, urls, soapAnswer: (wish, end) => soapAnswer(wish, end, { entityId, signer: keys.serving().signerFor(null), signerFor: keys.serving().signerFor, clock, random }) };
};

/** The key that signs now, for everybody and for each service. */
const signerOf = (keys: Keys): { readonly signer: Signer; readonly signerFor: (service: string) => Signer } => ({ get signer() { return keys.serving().signerFor(null); }, signerFor: (service) => keys.serving().signerFor(service) });
interface Made {
  readonly configuration: Configuration; readonly secret: string; readonly log: Log; readonly metrics: ReturnType<typeof createMetrics>; readonly stores: Stores;
  readonly trail: RunningTrail; readonly registry: FileRegistry; readonly directory: OpenedDirectory; readonly outbound: OutboundClient; readonly keys: Keys; readonly oidc: OidcParts; readonly upstreams: Upstreams;
}
const inOrder = ({ methods: rows }: Configuration, methods: readonly AuthenticationMethod[]): LoginPorts['methods'] =>
  new Map(rows.flatMap(({ id }) => methods.filter((method) => method.id === id).map((method) => [id, method])));
const loginPorts = (made: Made, methods: LoginPorts['methods']): LoginPorts => {
  const { configuration, secret, log, metrics, registry, outbound, keys } = made;
  const signing = signerOf(keys);
  const { entityId, login, session } = configuration;
  return {
    clock, random, log, registry, stores: made.stores, directory: made.directory, audit: made.trail,
    faces: {
      saml: createSamlFace({
        entityId, signer: signing.signer, signerFor: signing.signerFor, clock, random, subjectSecret: secret, friendlyName: friendlyNameOf,
        serialise: (attribute, value, service) => serialise(attribute, value, { dialect: service.federation.attributeDialect, commissionRight: service.release.commissionRight }),
      }),
      oidc: made.oidc.face,
    },
    releasePolicy: () => configuration.release,
    methods,
    upstreams: made.upstreams.methodFor,
    logoutFaces: { upstream: createUpstreamLogoutFace(made.upstreams.methodFor), saml: createLogoutFace({ entityId, signer: signing.signer, signerFor: signing.signerFor, clock, random, log, registry, post: (url, body) => outbound.post(url, body, 'text/xml; charset=utf-8', SOAP_LIMITS) }), get oidc() { return made.oidc.logoutFace; } },
    pace: createPace(clock, login),
    settings: { publicUrl: configuration.publicUrl, environment: configuration.environment, ...login, ...session, secret },
    operatorSupport: configuration.operator.support,
    observe: ({ stale, ...outcome }) => {
      metrics.login(outcome);
      if (stale === true) metrics.staleLogin(outcome.party, outcome.service);
    },
  };
};

/** Warnings for the trail that no login waits for. */
const note = (trail: RunningTrail, type: 'card.level-disagreement' | 'card.stale-list', facts: Readonly<Record<string, string>>): void => {
  trail.record(lineOf(type, { facts })).catch(() => undefined);
};

const openRegistry = (configuration: Configuration, audit: RunningTrail, overlay: MetadataSources, log: Log): Promise<FileRegistry> =>
  openFileRegistry({
    root: configuration.root, state: configuration.state, reload: configuration.reload, secondPerson: configuration.secondPerson, clock, log, audit, settings: registrySettings(configuration), readServiceMetadata, overlay,
    onAlarm: (alarm) => { if (alarm !== null) log.error({ kind: alarm.kind, version: alarm.version, findings: alarm.findings.length }, 'changed files of parties and services were not taken'); },
  });

const openAuditTrail = async (configuration: Configuration, stores: Stores, log: Log): Promise<RunningTrail> => {
  const node = nodeName(configuration.state);
  return openTrail({
    keptHead: await stores.shared.get(`audit-head:${node}`).catch(() => undefined),
    sink: openFileSink(configuration.audit.directory, node), node, key: auditKey(configuration.keys.audit.keyFile).privateKey, clock, log,
    retentionDays: configuration.audit.retentionDays, minFreeMegabytes: configuration.audit.minFreeMegabytes, keepHead: (head) => stores.shared.set(`audit-head:${node}`, head),
  });
};

/** Tells the other nodes what this one serves, and hears them. */
const watchNodes = (configuration: Configuration, registry: FileRegistry, { stores, sources, log }: { readonly stores: Stores; readonly sources: MetadataSources; readonly log: Log }): { read(): readonly NodeVersion[]; stop(): void } => {
  const node = nodeName(configuration.state);
  let known: readonly NodeVersion[] = [];
  let told = '';
  let hurried = '';
  const exchange = async (): Promise<void> => {
    const { version } = registry.current();
    known = await exchangeVersions(node, version, stores.shared, clock);
    // A source may have told another node something new: asked once for each new version.
    const seen = known.map((one) => one.version).filter((other) => other !== version).join();
    if (seen !== '' && seen !== hurried) void sources.refresh(null);
    hurried = seen;
    const others = disagreeing(known, node, clock.now()).map((one) => one.node);
    if (others.join() !== told && others.length > 0) log.error({ nodes: others }, 'other nodes serve other versions of the parties and services');
    told = others.join();
  };
  const attempt = (): void => { exchange().catch((error: unknown) => log.warn({ reason: String(error) }, 'the nodes could not be compared')); };
  attempt();
  const timer = setInterval(attempt, NODES_MILLISECONDS);
  return { read: () => disagreeing(known, node, clock.now()), stop: () => clearInterval(timer) };
};

/** What runs beside requests; returns how it is stopped. */
const startTimers = ({ revocation, registry, trail, directory, log }: { revocation: RevocationChecker; registry: FileRegistry; trail: RunningTrail; directory: OpenedDirectory; log: Log }): (() => Promise<void>) => {
  revocation.start();
  registry.start();
  const checkpoint = (): void => { trail.checkpoint().catch((error: unknown) => log.error({ reason: String(error) }, 'audit checkpoint failed')); };
  const timers = [setInterval(checkpoint, CHECKPOINT_MILLISECONDS), setInterval(() => void directory.look(), LOOK_MILLISECONDS)];
  return async () => {
    for (const timer of timers) clearInterval(timer);
    revocation.stop();
    await registry.stop();
  };
};
