/**
 * The composition root: the only file that creates adapters and connects them. Reads a Configuration, returns what can be listened
 * on and stopped. Holds no logic of its own.
 */
import type { Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { attributeByWireName, friendlyNameOf, serialise } from './attributes/catalogue.ts';
import { createCardListener } from './authenticators/certificate/card-listener.ts';
import { createProxyListener } from './authenticators/certificate/proxy-listener.ts';
import { authenticateCertificate, createCertificateMethod, type CertificateMethodPorts, type CertificateMethodSettings } from './authenticators/certificate/authenticate.ts';
import type { CardEndpointPorts, PresentedCertificate } from './authenticators/certificate/card-endpoint.ts';
import { openFileSink } from './audit/sinks/file.ts';
import { openTrail, type RunningTrail } from './audit/trail.ts';
import { isBrygganError } from './core/errors.ts';
import { errorCatalogue } from './core/error-catalogue.ts';
import { newId, systemClock as clock, systemRandom as random, type Log } from './core/ports.ts';
import { referenceOf } from './core/secrets.ts';
import { auditKey, openState, pseudonymSecret } from './config/state.ts';
import { registrySettings } from './config/load.ts';
import type { Configuration } from './config/model.ts';
import { openFileDirectory } from './directory/hsa-file/directory.ts';
import { createOutboundClient } from './http/outbound.ts';
import { createManagementServer } from './http/management.ts';
import { registerLogin } from './http/login-plugin.ts';
import { parseFields } from './http/form.ts';
import { browserOf } from './http/browser.ts';
import { sendFlow } from './http/reply-page.ts';
import { createPublicServer } from './http/server.ts';
import { park } from './login/3-authenticate.ts';
import { lineOf } from './login/audit-lines.ts';
import { noCookies, type LoginPorts } from './login/context.ts';
import { bareFrame } from './login/frame.ts';
import { arrive } from './login/login.ts';
import type { PageFrame } from './login/pages.ts';
import { createLogger } from './observability/logger.ts';
import { createMetrics } from './observability/metrics.ts';
import { readinessOf } from './observability/health.ts';
import { openFileRegistry } from './parties/sources/files.ts';
import { createRevocationChecker } from './pki/index.ts';
import { acceptAuthnRequest, type AcceptContext } from './protocols/saml-idp/accept.ts';
import { describeIdentityProvider } from './app-metadata.ts';
import { publishMetadata } from './protocols/saml-idp/metadata.ts';
import { createSamlNotifier } from './protocols/saml-idp/notify.ts';
import { registerSaml } from './protocols/saml-idp/plugin.ts';
import { createSamlFace } from './protocols/saml-idp/respond.ts';
import { readServiceMetadata } from './saml/metadata/read-service.ts';
import { assets } from './ui/assets.ts';
import { ui } from './ui/render.ts';
import { loadSigner, loadTrust, nodeName, openStores, readPem } from './app-parts.ts';

export interface AppOptions {
  /** Demo only: where a browser without a certificate is sent instead of being told so. `serve` never sets it. */
  readonly withoutCertificate?: (handle: string) => string;
}
export interface App {
  readonly publicServer: FastifyInstance;
  readonly cardServer: Server | null;
  readonly proxyServer: Server | null;
  readonly management: Server;
  readonly control: Server;
  readonly log: Log;
  /** From now on not ready; then everything is closed once requests under way have ended. */
  drain(): void;
  close(): Promise<void>;
}

const LIST_LIMITS = { milliseconds: 20_000, bytes: 50_000_000 };
const SOAP_LIMITS = { milliseconds: 4000, bytes: 200_000 };
const CHECKPOINT_MILLISECONDS = 60_000;
const LOOK_MILLISECONDS = 500;

export const createApp = async (configuration: Configuration, options: AppOptions = {}): Promise<App> => {
  openState(configuration.state);
  const secret = pseudonymSecret(configuration.keys.pseudonyms.secretFile, random);
  const log = createLogger({ level: configuration.log.level, pseudonymKey: secret });
  const metrics = createMetrics();
  const stores = await openStores(configuration, log);
  const trail = await openAuditTrail(configuration, stores, log);
  const outbound = createOutboundClient({ allowedNetworks: configuration.hardened ? configuration.networks : [...configuration.networks, '127.0.0.0/8', '::1/128'] });

  const trust = loadTrust(configuration);
  const revocation = createRevocationChecker({ store: trust, directory: `${configuration.state}/revocation`, clock, log, fetchBytes: (url) => outbound.get(url, LIST_LIMITS) });
  const registry = await openFileRegistry({
    root: configuration.root, state: configuration.state, reload: configuration.reload, clock, log, audit: trail,
    onAlarm: (alarm) => { if (alarm !== null) log.error({ kind: alarm.kind, version: alarm.version, findings: alarm.findings.length }, 'changed files of parties and services were not taken'); },
    settings: registrySettings(configuration), readServiceMetadata,
  });
  const directory = await openFileDirectory({
    folder: configuration.directory.path, shownAs: 'directory', feigned: configuration.environment === 'production' ? 'drop' : 'keep', clock,
    onReload: (version, findings) => (findings === null ? log.info({ version }, 'directory files taken') : log.error({ version, findings: findings.length }, 'changed directory files were not taken')),
  });

  const certificatePorts: CertificateMethodPorts = {
    trust, revocation, clock, freshLabel: () => random.bytes(8).toString('hex'),
    onDisagreement: (issuer, disagreement) => void trail.record(lineOf('card.level-disagreement', { facts: { authority: issuer, byPolicy: disagreement.policy, byIssuer: disagreement.issuer } })).catch(() => undefined),
  };
  const methodSettings = configuration.methods.map((method): CertificateMethodSettings => ({
    id: method.id, cardUrl: method.cardUrl, freshHostNames: method.freshHostNames, issuers: method.issuers, highestLevel: method.highestLevel,
    hsaIdFormat: configuration.environment === 'production' ? 'production' : 'tolerant',
  }));

  const signers = configuration.keys.samlSigning.map(loadSigner);
  const [signer] = signers;
  if (signer === undefined) throw new Error('no SAML signing key');
  const ssoUrl = `${configuration.publicUrl}/saml/sso`;
  const metadata = await publishMetadata(describeIdentityProvider(configuration, registry.current(), signers.map(({ certificate }) => certificate), ssoUrl), loadSigner(configuration.keys.samlMetadata));
  const face = createSamlFace({
    entityId: configuration.entityId, signer, clock, random, subjectSecret: secret, friendlyName: friendlyNameOf,
    serialise: (attribute, value, service) => serialise(attribute, value, { dialect: service.federation.attributeDialect, commissionRight: service.release.commissionRight }),
  });

  const ports: LoginPorts = {
    clock, random, log, registry, stores, directory, audit: trail, faces: { saml: face },
    releasePolicy: () => configuration.release,
    methods: new Map(methodSettings.map((settings) => [settings.id, createCertificateMethod(settings, certificatePorts)])),
    services: createSamlNotifier({ entityId: configuration.entityId, signer, clock, random, log, registry, post: (url, body) => outbound.post(url, body, 'text/xml; charset=utf-8', SOAP_LIMITS) }),
    settings: {
      publicUrl: configuration.publicUrl, environment: configuration.environment, transactionSeconds: configuration.login.transactionSeconds,
      idleSeconds: configuration.session.idleSeconds, absoluteSeconds: configuration.session.absoluteSeconds, startsPerMinute: configuration.login.startsPerMinute, secret,
    },
    operatorSupport: configuration.operator.support,
    observe: ({ party, service, method, result }) => metrics.login({ party, service, method, result }),
  };
  const tools = { ui, environment: configuration.environment, transactionSeconds: configuration.login.transactionSeconds };

  const publicServer = createPublicServer({
    tls: configuration.listeners.public.tls === null ? null : { key: readPem(configuration.listeners.public.tls.keyFile), cert: readPem(configuration.listeners.public.tls.certificateFile) },
    trustedProxies: configuration.trustedProxies, bodyLimit: 256 * 1024,
  }, ports, tools);
  const acceptContext = (): AcceptContext => ({ registry: registry.current(), now: clock.now(), ssoUrls: [ssoUrl], providerIds: [configuration.entityId], wantSigned: false, attributeByWireName });
  registerSaml(publicServer, {
    acceptRedirect: (rawQuery) => acceptAuthnRequest({ binding: 'redirect', rawQuery }, acceptContext()),
    acceptPost: (body, rawQuery) => acceptAuthnRequest({ binding: 'post', fields: Object.fromEntries(parseFields(body)), rawQuery }, acceptContext()),
    metadata: () => metadata,
    deliver: async (arrival, transport, request, reply) => {
      const browser = browserOf(request);
      return sendFlow(request, reply, await arrive(arrival, transport, transport === 'cross-site-post' ? noCookies(browser) : browser, ports), tools);
    },
  });
  registerLogin(publicServer, ports, tools);
  for (const asset of assets.values()) publicServer.get(asset.path, (_request, reply) => reply.headers(asset.headers).type(asset.contentType).send(asset.bytes));
  publicServer.addHook('onResponse', (request, reply, done) => {
    metrics.request(request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000);
    done();
  });

  const cardPorts = createCardPorts(ports, methodSettings, certificatePorts, options);
  const { card, proxy } = configuration.listeners;
  const hints = trust.hints.map((der) => `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`);
  const cardServer = card === null ? null : createCardListener({ key: readPem(card.tls.keyFile), certificate: readPem(card.tls.certificateFile), hints, hosts: card.hosts }, cardPorts);
  const proxyServer = proxy === null ? null : createProxyListener({
    form: proxy.form, hosts: proxy.hosts, secrets: proxy.secrets.map((one) => one.reveal()),
    mutualTls: proxy.mutualTls === null ? null : { key: readPem(proxy.mutualTls.keyFile), certificate: readPem(proxy.mutualTls.certificateFile), authorities: proxy.mutualTls.authorityFiles.map(readPem), fingerprints: proxy.mutualTls.fingerprints },
  }, cardPorts);

  let draining = false;
  const readiness = async () => readinessOf({ draining, auditHealthy: trail.status().healthy, issuersWithoutRevocation: revocation.missing(), store: await stores.health() });
  metrics.addReading(() => [
    { name: 'bryggan_revocation_next_update_seconds', help: 'End of validity of each revocation list, Unix time', values: revocation.freshness().flatMap((row) => (row.nextUpdate === null ? [] : [{ labels: { issuer: row.issuer }, value: row.nextUpdate / 1000 }])) },
    { name: 'bryggan_revocation_entries', help: 'Entries of each revocation list', values: revocation.freshness().map((row) => ({ labels: { issuer: row.issuer }, value: row.entries })) },
    { name: 'bryggan_audit_sequence', help: 'Last line of the audit trail', values: [{ labels: {}, value: trail.status().sequence }] },
    { name: 'bryggan_registry_services', help: 'Services in the registry', values: [{ labels: {}, value: registry.status().services }] },
  ]);
  metrics.addReading(async () => [{ name: 'bryggan_store_up', help: '1 when the store answers', values: [{ labels: {}, value: (await stores.health()) === 'up' ? 1 : 0 }] }]);
  const view = {
    live: () => true, ready: readiness, metrics: () => metrics.render(),
    status: async () => ({ readiness: await readiness(), registry: registry.status(), audit: trail.status(), revocation: revocation.freshness(), store: await stores.health(), environment: configuration.environment, entityId: configuration.entityId }),
  };

  await revocation.refresh();
  revocation.start();
  registry.start();
  const timers = [
    setInterval(() => void trail.checkpoint().catch((error: unknown) => log.error({ reason: String(error) }, 'audit checkpoint failed')), CHECKPOINT_MILLISECONDS),
    setInterval(() => void directory.look(), LOOK_MILLISECONDS),
  ];
  await trail.record(lineOf('service.started', { facts: { registry: registry.current().version, environment: configuration.environment } }));
  const management = createManagementServer(view, false);
  const control = createManagementServer(view, true);
  return {
    publicServer, cardServer, proxyServer, management, control, log,
    drain: () => { draining = true; },
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      revocation.stop();
      await Promise.all([publicServer.close(), ...[cardServer, proxyServer, management, control].flatMap((server) => (server === null ? [] : [closeServer(server)]))]);
      await registry.stop();
      await trail.record(lineOf('service.stopped', {}));
      await trail.close();
      await stores.close();
    },
  };
};

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    if (!server.listening) return resolve();
    server.close(() => resolve());
    server.closeIdleConnections();
  });

const openAuditTrail = (configuration: Configuration, stores: LoginPorts['stores'], log: Log): Promise<RunningTrail> => {
  const node = nodeName(configuration.state);
  return openTrail({
    sink: openFileSink(configuration.audit.directory, node), node, key: auditKey(configuration.keys.audit.keyFile).privateKey, clock, log,
    retentionDays: configuration.audit.retentionDays, minFreeMegabytes: configuration.audit.minFreeMegabytes, keepHead: (head) => stores.shared.set(`audit-head:${node}`, head),
  });
};

/** What both card listeners do with what they read: park the outcome under its login. */
const createCardPorts = (ports: LoginPorts, methods: readonly CertificateMethodSettings[], certificatePorts: CertificateMethodPorts, options: AppOptions): CardEndpointPorts => ({
  log: ports.log,
  onCard: async (handle, peer: PresentedCertificate | null, facts) => {
    if (peer === null && facts.via === 'tls' && options.withoutCertificate !== undefined) return { redirectTo: options.withoutCertificate(handle) };
    const [settings] = methods;
    const redirectTo = await park(handle, () => {
      try {
        if (settings === undefined) throw new Error('no certificate method');
        return Promise.resolve({ ok: true, identity: authenticateCertificate(peer, settings, certificatePorts) } as const);
      } catch (error) {
        if (!isBrygganError(error)) throw error;
        ports.log.info({ code: error.code, detail: error.detail, via: facts.via }, 'card refused');
        return Promise.resolve({ ok: false, code: error.code, facts: { ...error.facts, detail: error.detail } } as const);
      }
    }, ports);
    return { redirectTo };
  },
  failurePage: async (error, facts) => {
    const reference = referenceOf(ports.settings.secret, 'card', error.code, facts.remoteAddress ?? '', newId(ports.random, 128));
    if (errorCatalogue[error.code].audited) await ports.audit.record(lineOf(error.code === 'card.proxy' ? 'card.proxy-refused' : 'request.refused', { reference, code: error.code, facts: { ...error.facts, via: facts.via, detail: error.detail } }));
    const locale = facts.acceptLanguage?.toLowerCase().startsWith('en') === true ? 'en' : 'sv';
    const frame: PageFrame = { ...bareFrame(ports), reference, locale, environment: ports.settings.environment, otherLanguageUrl: `${ports.settings.publicUrl}/language/${locale === 'sv' ? 'en' : 'sv'}` };
    return { status: errorCatalogue[error.code].http, html: ui.render({ kind: 'error', code: error.code, answer: null, retry: null }, frame) };
  },
});
