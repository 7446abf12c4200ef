/** The public listener with everything that answers on it. Used by app.ts alone. */
import { attributeByWireName } from './attributes/catalogue.ts';
import { forwardedCertificateHeaders } from './authenticators/certificate/card-endpoint.ts';
import type { Configuration } from './config/model.ts';
import { browserOf } from './http/browser.ts';
import { registerDiscovery } from './http/discovery-plugin.ts';
import { registerLogin } from './http/login-plugin.ts';
import { sendFlow, sendPage, type ReplyTools } from './http/reply-page.ts';
import { createPublicServer, publicTlsOptions } from './http/server.ts';
import { noCookies, type LoginPorts } from './login/context.ts';
import { arrive } from './login/login.ts';
import type { createMetrics } from './observability/metrics.ts';
import type { Tracing } from './observability/tracing.ts';
import { askedLogout, directLogout, logoutAnswered, postedLogout } from './login/logout.ts';
import { acceptAuthnRequest, type AcceptContext } from './protocols/saml-idp/accept.ts';
import { acceptLogout, acceptSoapLogout, type LogoutContext } from './protocols/saml-idp/accept-logout.ts';
import type { LogoutWish } from './login/logout-record.ts';
import type { LogoutEnd } from './login/ports.ts';
import type { PublishedMetadata } from './protocols/saml-idp/metadata.ts';
import { registerSaml } from './protocols/saml-idp/plugin.ts';
import { registerFeeds } from './federation/publish/plugin.ts';
import type { Feeds } from './app-feeds.ts';
import type { Reading } from './app-keys.ts';
import type { Fetched } from './keys/fetches.ts';
import { bareFrame } from './login/frame.ts';
import { routeOidc, type OidcParts } from './app-oidc.ts';
import { methodIdOf } from './login/upstream-session.ts';
import { routeUpstreams, type Upstreams } from './app-upstreams.ts';
import { readPair, type TlsFollower } from './app-tls.ts';
import { formFields } from './saml/bindings/post.ts';
import { assets } from './ui/assets.ts';
import { ui } from './ui/render.ts';

const BODY_LIMIT = 256 * 1024;

export interface SamlParts { readonly metadata: () => PublishedMetadata; readonly feeds: Feeds; readonly urls: SamlUrls; readonly soapAnswer: (wish: LogoutWish, end: LogoutEnd) => Promise<string> }
export interface SamlUrls { readonly sso: string; readonly slo: string; readonly sloSoap: string }

const FROZEN = '/metadata/sambi-frozen.xml';
const routeFeeds = (server: ReturnType<typeof createPublicServer>, feeds: Feeds, ports: LoginPorts, tools: ReplyTools, { metrics, fetched }: Watchers): void => registerFeeds(server, {
  publisher: feeds.publisher, frozen: feeds.frozen, beside: feeds.beside,
  observe: (feed, what, request, by) => {
    metrics.feedFetched(feed, what);
    // The frozen export holds what it held when it was made.
    if (feed !== 'sambi-frozen') fetched(by === undefined ? 'feed' : `${by}-feed`, request);
  },
  page: (request, reply) => {
    const frozen = feeds.frozen();
    return sendPage(request, reply, { page: { kind: 'metadata-feeds', certificate: feeds.fingerprint, feeds: feeds.lines(), frozen: frozen === undefined ? null : { path: FROZEN, sha1: frozen.sha1, sha256: frozen.sha256 } }, status: 200, context: bareFrame(ports) }, tools);
  },
});
export interface Watchers { readonly metrics: ReturnType<typeof createMetrics>; readonly tracing: Tracing | null; readonly fetched: (what: Fetched, request: Reading) => void; readonly clockSeen: NonNullable<AcceptContext['clockSeen']>; readonly tls: TlsFollower }

/** entityIDs of the IdPs that a login may be sent to. */
const upstreamIds = (ports: LoginPorts): readonly string[] => [...ports.registry.current().identityProviders.values()].filter(({ id }) => ports.upstreams?.(methodIdOf(id)) !== undefined).map(({ wire }) => (wire.protocol === 'saml' ? wire.entityId : wire.issuer));
export const createPublic = (configuration: Configuration, ports: LoginPorts, watchers: Watchers, saml: SamlParts & { readonly upstreams: Upstreams }, oidc: OidcParts) => {
  const { metrics, tracing, fetched, clockSeen, tls } = watchers;
  const tools: ReplyTools = { ui, environment: configuration.environment, transactionSeconds: configuration.login.transactionSeconds };
  const { tls: files } = configuration.listeners.public;
  const server = createPublicServer({ tls: files === null ? null : readPair(files), trustedProxies: configuration.trustedProxies, bodyLimit: BODY_LIMIT }, ports, tools);
  if (files !== null) tls.follow({ name: 'public', files, server: server.server, optionsFor: publicTlsOptions });
  if (tracing !== null) {
    server.addHook('onRequest', (request, _reply, done) => tracing.begin(request.raw, { method: request.method, route: request.routeOptions.url ?? 'none', headers: request.headers }, done));
    server.addHook('onResponse', (request, reply, done) => {
      tracing.answered(request.raw, reply.statusCode);
      done();
    });
  }
  server.addHook('onRequest', (request, _reply, done) => {
    // Believed on the proxy listener alone; here somebody is trying (threats H01).
    const claimed = forwardedCertificateHeaders(request.raw);
    if (claimed.length > 0) ports.log.warn({ headers: claimed }, 'a client sent headers that only a proxy may send; they were ignored');
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    metrics.request(request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
  const context = (): AcceptContext => ({ registry: ports.registry.current(), now: ports.clock.now(), ssoUrls: [saml.urls.sso], providerIds: [configuration.entityId, ...upstreamIds(ports)], ownProviderId: configuration.entityId, wantSigned: false, attributeByWireName, clockSeen });
  const logoutContext = (): LogoutContext => ({ registry: ports.registry.current(), now: ports.clock.now(), sloUrls: [saml.urls.slo, saml.urls.sloSoap] });
  registerSaml(server, {
    acceptRedirect: (rawQuery) => acceptAuthnRequest({ binding: 'redirect', rawQuery }, context()),
    acceptPost: (body, rawQuery) => acceptAuthnRequest({ binding: 'post', fields: formFields(body), rawQuery }, context()),
    metadata: saml.metadata,
    observe: (request) => fetched('metadata', request),
    acceptLogoutRedirect: (rawQuery) => acceptLogout({ binding: 'redirect', rawQuery }, logoutContext()),
    acceptLogoutPost: (body, rawQuery) => acceptLogout({ binding: 'post', fields: formFields(body), rawQuery }, logoutContext()),
    deliverLogout: async (accepted, transport, request, reply) => {
      const said = accepted.kind === 'answer' ? logoutAnswered(accepted.mark, accepted.service, accepted.succeeded, ports)
        : transport === 'cross-site-post' ? postedLogout(accepted.wish, ports) : askedLogout(accepted.wish, browserOf(request), ports);
      return sendFlow(request, reply, await said, tools);
    },
    soapLogout: async (body) => {
      const wish = acceptSoapLogout(body, logoutContext());
      return saml.soapAnswer(wish, await directLogout(wish, ports));
    },
    deliver: async (arrival, transport, request, reply) => {
      const browser = browserOf(request);
      return sendFlow(request, reply, await arrive(arrival, transport, transport === 'cross-site-post' ? noCookies(browser) : browser, ports), tools);
    },
  });
  routeUpstreams(server, saml.upstreams, ports, tools, (request) => fetched('upstream-metadata', request));
  routeFeeds(server, saml.feeds, ports, tools, watchers);
  routeOidc(server, oidc, ports, { ...tools, observe: (request) => fetched('jwks', request) });
  registerDiscovery(server, ports, tools, configuration.entityId);
  registerLogin(server, ports, tools);
  for (const asset of assets.values()) server.get(asset.path, (_request, reply) => reply.headers(asset.headers).type(asset.contentType).send(asset.bytes));
  return server;
};
