/**
 * A demo application that speaks OpenID Connect through openid-client, an implementation independent of ours. It shows what it
 * received as a page, or as JSON for `Accept: application/json`.
 */
import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { Agent, fetch } from 'undici';
import { stringify } from 'yaml';
import { html, type SafeHtml } from '../ui/html.ts';
import { demoStyle } from './application.ts';
import { demoPage } from './page.ts';

export interface OidcApplication {
  readonly id: string;
  readonly party: string;
  readonly partyName: string;
  readonly names: { readonly sv: string; readonly en: string };
  readonly baseUrl: string;
  readonly clientId: string;
  readonly scope: string;
}
export interface OidcApplicationSettings extends OidcApplication {
  readonly issuer: string;
  /** PEM of the authority behind the issuer's certificate. */
  readonly ca: string;
  readonly key: KeyObject;
  readonly tls: { readonly key: string; readonly cert: string };
  readonly neighbour: { readonly name: string; readonly url: string } | null;
}
export const callbackPath = '/oidc/callback';
export const backchannelPath = '/oidc/logout';
const KEY_ID = 'demo';

export const demoOidcApplication = (baseUrl: string): OidcApplication => ({
  id: 'schema', party: 'vgr', partyName: 'Västra Götalandsregionen', names: { sv: 'Arbetsschemat', en: 'Rota' }, baseUrl, clientId: `${baseUrl}/`, scope: 'openid profile employee commission',
});
/** The supplier's key, and the operator's file that names its public half. */
export const writeClientFile = (root: string, application: OidcApplication): KeyObject => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const folder = join(root, 'metadata', 'services', application.party);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${application.id}.yaml`), stringify({
    names: application.names, federation: 'inera', homeUrl: application.clientId, release: { allow: ['*'] },
    oidc: { clientId: application.clientId, redirectUris: [`${application.baseUrl}${callbackPath}`], postLogoutRedirectUris: [`${application.baseUrl}/`], backchannelLogoutUri: `${application.baseUrl}${backchannelPath}`, authentication: 'private_key_jwt', jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, use: 'sig' }] }, refreshTokens: true },
  }));
  return privateKey;
};

interface Pending { readonly verifier: string; readonly nonce: string }
interface Received { readonly idToken: string; readonly sub: string; readonly assurance: string | null; readonly sid: string | null; readonly claims: Readonly<Record<string, unknown>> }
const trusting = (ca: string): oidc.CustomFetch => {
  const dispatcher = new Agent({ connect: { ca } });
  return (url, options) => fetch(url, { ...options, dispatcher } as Parameters<typeof fetch>[1]) as unknown as Promise<Response>;
};
const configurationOf = async ({ issuer, clientId, ca, key }: OidcApplicationSettings): Promise<oidc.Configuration> => {
  const imported = await crypto.subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  return oidc.discovery(new URL(issuer), clientId, undefined, oidc.PrivateKeyJwt({ key: imported, kid: KEY_ID }), { [oidc.customFetch]: trusting(ca) });
};

export const createOidcApplication = (settings: OidcApplicationSettings): Server => {
  const pending = new Map<string, Pending>();
  const sessions = new Map<string, Received>();
  const cookieName = `__Host-demo-${settings.id}`;
  let known: Promise<oidc.Configuration> | undefined;
  // Read when it is first needed: the application may be up before Bryggan is.
  const configuration = (): Promise<oidc.Configuration> => {
    known ??= configurationOf(settings).catch((error: unknown) => { known = undefined; throw error; });
    return known;
  };
  const sessionOf = (request: IncomingMessage): Received | undefined => {
    const cookie = (request.headers.cookie ?? '').split('; ').find((pair) => pair.startsWith(`${cookieName}=`));
    return cookie === undefined ? undefined : sessions.get(cookie.slice(cookieName.length + 1));
  };
  const send = (response: ServerResponse, status: number, content: SafeHtml): void => {
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'; style-src 'self'" });
    response.end(demoPage(settings.names.en, settings.partyName, content));
  };
  const startLogin = async (response: ServerResponse): Promise<void> => {
    const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
    pending.set(state, { verifier, nonce });
    const url = oidc.buildAuthorizationUrl(await configuration(), {
      redirect_uri: `${settings.baseUrl}${callbackPath}`, scope: settings.scope, state, nonce, code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
    });
    response.writeHead(303, { location: url.href, 'cache-control': 'no-store' }).end();
  };
  const finishLogin = async (url: URL, response: ServerResponse): Promise<void> => {
    const state = url.searchParams.get('state') ?? '';
    const begun = pending.get(state);
    pending.delete(state);
    try {
      if (begun === undefined) throw new Error('this login was not begun here');
      const tokens = await oidc.authorizationCodeGrant(await configuration(), url, { pkceCodeVerifier: begun.verifier, expectedState: state, expectedNonce: begun.nonce, idTokenExpected: true });
      const idToken = tokens.claims();
      const userinfo = await oidc.fetchUserInfo(await configuration(), tokens.access_token, idToken?.sub ?? '');
      const id = randomBytes(24).toString('base64url');
      const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
      sessions.set(id, { idToken: tokens.id_token ?? '', sub: userinfo.sub, assurance: text(idToken?.['acr']), sid: text(idToken?.['sid']), claims: userinfo });
      response.writeHead(303, { location: '/', 'set-cookie': `${cookieName}=${id}; Path=/; Secure; HttpOnly; SameSite=Lax` }).end();
    } catch (error) {
      send(response, 403, html`<h1>Not logged in</h1><p>The login service answered without logging anybody in:</p><p><b data-error>${error instanceof Error ? error.message : String(error)}</b></p><p><a class="button" href="/login">Try again</a> <a href="/">Start page</a></p>`);
    }
  };
  const forget = { 'set-cookie': `${cookieName}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0` };
  const logOut = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const session = sessionOf(request);
    for (const [id, one] of sessions) if (one === session) sessions.delete(id);
    const location = session === undefined ? '/' : oidc.buildEndSessionUrl(await configuration(), { id_token_hint: session.idToken, post_logout_redirect_uri: `${settings.baseUrl}/` }).href;
    response.writeHead(303, { location, ...forget }).end();
  };
  /** Told by Bryggan, server to server [OIDC-BCL §2.6]. */
  const hearLogout = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const metadata = (await configuration()).serverMetadata();
    const keys = createRemoteJWKSet(new URL(metadata.jwks_uri ?? ''), { [customFetch]: trusting(settings.ca) as never });
    const { payload } = await jwtVerify(new URLSearchParams(body).get('logout_token') ?? '', keys, { issuer: metadata.issuer, audience: settings.clientId, typ: 'logout+jwt' });
    for (const [id, one] of sessions) if (one.sid === payload['sid']) sessions.delete(id);
    response.writeHead(200).end();
  };
  const home = (request: IncomingMessage, response: ServerResponse): void => {
    const session = sessionOf(request);
    if ((request.headers.accept ?? '').includes('application/json')) {
      response.writeHead(session === undefined ? 401 : 200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify(session === undefined ? { loggedIn: false } : { loggedIn: true, application: settings.id, ...session, idToken: undefined }));
      return;
    }
    send(response, 200, session === undefined ? welcome(settings) : facts(settings, session));
  };
  return createServer(settings.tls, (request, response) => {
    const url = new URL(request.url ?? '/', settings.baseUrl);
    const route = async (): Promise<void> => {
      switch (url.pathname) {
        case '/login': return startLogin(response);
        case callbackPath: return finishLogin(url, response);
        case '/logout': return logOut(request, response);
        case backchannelPath: return hearLogout(request, response);
        case '/style.css': return void response.writeHead(200, { 'content-type': 'text/css' }).end(demoStyle);
        case '/': return home(request, response);
        default: return send(response, 404, html`<h1>No such page</h1><p><a href="/">Start page</a></p>`);
      }
    };
    route().catch((error: unknown) => send(response, 500, html`<h1>The demo application failed</h1><p>${String(error)}</p>`));
  });
};

const welcome = ({ names, partyName, neighbour }: OidcApplicationSettings): SafeHtml => html`
  <h1>${names.en}</h1>
  <p>An invented application of ${partyName}. It speaks OpenID Connect, knows nobody yet and asks Bryggan who you are.</p>
  <p><a class="button" href="/login" data-action="login">Log in</a></p>
  ${neighbour === null ? '' : html`<p class="soft">Another application: <a href="${neighbour.url}">${neighbour.name}</a></p>`}`;
const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 1));
const facts = ({ names, neighbour }: OidcApplicationSettings, session: Received): SafeHtml => html`
  <h1>Welcome</h1>
  <p>This is all that ${names.en} was told.</p>
  <table data-received>
    <tr><th>Level</th><td>${session.assurance ?? ''}</td></tr>
    ${Object.entries(session.claims).map(([name, value]) => html`<tr><th>${name}</th><td data-claim="${name}">${shown(value)}</td></tr>`)}
  </table>
  <p>${neighbour === null ? '' : html`<a class="button" href="${neighbour.url}/login" data-action="neighbour">On to ${neighbour.name}</a> `}<a href="/logout" data-action="logout">Log out</a></p>`;
