/** The OpenID Connect face put together: its provider, the routes on the public listener. Used by app.ts and app-public.ts alone. */
import { createHash, hkdfSync, type KeyObject } from 'node:crypto';
import type { Configuration } from './config/model.ts';
import type { Clock, Log, Random } from './core/ports.ts';
import { browserOf } from './http/browser.ts';
import type { OutboundClient } from './http/outbound.ts';
import { sendFlow, type ReplyTools } from './http/reply-page.ts';
import { lineOf } from './login/audit-lines.ts';
import { recordStranger } from './login/stranger-line.ts';
import { noCookies, type LoginPorts } from './login/context.ts';
import { bareFrame } from './login/frame.ts';
import { arrive } from './login/login.ts';
import { askedLogout, offerLogout, postedLogout } from './login/logout.ts';
import type { LogoutFace, ProtocolFace } from './login/ports.ts';
import { acceptEndSession, type EndSession } from './protocols/oidc-op/end-session.ts';
import { createOidcLogoutFace } from './protocols/oidc-op/logout-face.ts';
import type { PartyRegistry } from './parties/model.ts';
import { createProvider, paths, type ProviderSettings } from './protocols/oidc-op/provider.ts';
import { mutualTlsAliases, registerOidc, type OidcRefusal } from './protocols/oidc-op/plugin.ts';
import { createOidcFace } from './protocols/oidc-op/respond.ts';
import type { Follower, Reading } from './app-keys.ts';
import { enabledClient } from './protocols/oidc-op/snapshot.ts';
import type { Stores } from './sessions/ports.ts';

const KEY_SET_LIMITS = { milliseconds: 4000, bytes: 100_000 };
/** A person waits for it. */
const LOGOUT_LIMITS = { milliseconds: 3000, bytes: 1, anySuccess: true };

export interface OidcMade { readonly configuration: Configuration; readonly secret: string; readonly log: Log; readonly stores: Stores; readonly registry: PartyRegistry; readonly outbound: OutboundClient; readonly clock: Clock; readonly random: Random; readonly recheck: ProviderSettings['recheck']; /** The current one of each kind first. */ readonly keys: readonly KeyObject[] }
export interface OidcParts { readonly face: ProtocolFace; readonly handle: ReturnType<ReturnType<typeof createProvider>['callback']>; readonly logoutFace: LogoutFace; readonly endSession: (text: string) => Promise<EndSession>; readonly follow: Follower }

const partsWith = ({ configuration, secret, log, stores, registry, outbound, clock, random, recheck, keys: published }: OidcMade): Omit<OidcParts, 'follow'> => {
  const issuer = configuration.publicUrl;
  const provider = createProvider({
    issuer, clock, log, stores, registry, recheck, replay: stores.replay, releasePolicy: () => configuration.release,
    keys: published,
    nonceSecret: Buffer.from(hkdfSync('sha256', secret, '', 'oidc dpop nonce', 32)),
    fetchBytes: (url) => outbound.get(url, KEY_SET_LIMITS),
    acrValues: [...new Set(configuration.federations.flatMap(({ assurance }) => Object.values(assurance.issue)))],
    refreshSeconds: configuration.session.absoluteSeconds, machineUrl: configuration.listeners.machine?.url ?? null,
    discovery: { ...(configuration.listeners.machine === null ? {} : { mtls_endpoint_aliases: mutualTlsAliases(configuration.listeners.machine.url) }), end_session_endpoint: `${issuer}${paths.endSession}`, backchannel_logout_supported: true, backchannel_logout_session_supported: true, frontchannel_logout_supported: true, frontchannel_logout_session_supported: true },
  });
  return {
    face: createOidcFace({ provider, issuer, clock, random, subjectSecret: secret, stores, grantSeconds: configuration.session.absoluteSeconds }),
    handle: provider.callback(),
    logoutFace: createOidcLogoutFace({ issuer, keys: published, clock, random, log, registry, post: (url, body) => outbound.post(url, body, 'application/x-www-form-urlencoded', LOGOUT_LIMITS), later: (milliseconds, work) => { setTimeout(work, milliseconds).unref(); } }),
    endSession: (text) => acceptEndSession(text, { issuer, registry, keys: published }),
  };
};

/** The face, with keys that may change while it serves: what was begun with one set ends with it. */
export const openOidc = (made: OidcMade): OidcParts => {
  let parts = partsWith(made);
  const nameOf = (keys: readonly KeyObject[]): string => keys.map((key) => createHash('sha256').update(key.export({ type: 'pkcs8', format: 'der' })).digest('hex')).join();
  let name = nameOf(made.keys);
  return {
    face: { protocol: 'oidc', respond: (...given) => parts.face.respond(...given), refuse: (...given) => parts.face.refuse(...given) },
    handle: (request, response) => parts.handle(request, response),
    get logoutFace() { return parts.logoutFace; },
    endSession: (text) => parts.endSession(text),
    follow: ({ oidc: keys }) => {
      const wanted = nameOf(keys);
      const next = wanted === name ? parts : partsWith({ ...made, keys });
      return Promise.resolve(() => { parts = next; name = wanted; });
    },
  };
};

const describe = (error: Error): string => {
  const { error_detail: detail, error_description: description } = error as { readonly error_detail?: string; readonly error_description?: string };
  return (detail ?? description ?? error.message).slice(0, 300);
};

/** A refusal that oidc-provider made by itself, for the trail. */
export const noteOidcRefusal = async (error: Error, { client, endpoint, address }: OidcRefusal, ports: LoginPorts): Promise<void> => {
  const service = client === null ? undefined : enabledClient(client, ports.registry);
  ports.log.info({ endpoint, error: error.message, client: createHash('sha256').update(client ?? '').digest('hex').slice(0, 16) }, 'an OpenID Connect request was refused');
  await recordStranger(lineOf('request.refused', { ...(service === undefined ? {} : { slip: { service: service.id, party: service.party } }), code: endpoint === 'token' ? 'oidc.grant' : 'oidc.request', facts: { endpoint, error: error.message, detail: describe(error) } }), address, ports);
};

export const routeOidc = (server: Parameters<typeof registerOidc>[0], { handle, endSession }: OidcParts, ports: LoginPorts, { observe, ...tools }: ReplyTools & { readonly observe: (request: Reading) => void }): void => {
  registerOidc(server, {
    handle, observe, peerOf: () => Promise.resolve(null),
    endSession: async (text, transport, request) => {
      const asked = await endSession(text);
      const posted = transport === 'cross-site-post';
      if (asked.kind === 'ask') return offerLogout(asked.asker, posted ? null : browserOf(request), ports);
      return posted ? postedLogout(asked.wish, ports) : askedLogout(asked.wish, browserOf(request), ports);
    },
    arrive: (arrival, transport, request) => {
      const browser = browserOf(request);
      return arrive(arrival, transport, transport === 'cross-site-post' ? noCookies(browser) : browser, ports);
    },
    send: (request, reply, flow) => sendFlow(request, reply, flow, tools),
    sendForm: (request, reply, form) => sendFlow(request, reply, { content: { kind: 'answer', answer: form }, frame: bareFrame(ports), cookies: [] }, tools),
    noteRefusal: (error, refusal) => noteOidcRefusal(error, refusal, ports),
  });
};
