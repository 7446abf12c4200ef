/**
 * A demo application: somebody else's service. It speaks SAML through @node-saml/node-saml, an implementation
 * independent of ours, and shows what it received as a page, or as JSON for `Accept: application/json`.
 */
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import { SAML, ValidateInResponseTo, type IdpCertCallback, type Profile } from '@node-saml/node-saml';
import { html, type SafeHtml } from '../ui/html.ts';
import { demoPage } from './page.ts';

export interface ApplicationSettings {
  readonly id: string;
  readonly party: string;
  readonly partyName: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly entityId: string;
  /** `certificate`: one that is held by hand, or whatever Bryggan publishes when an answer is judged. */
  readonly idp: { readonly ssoUrl: string; readonly entityId: string; readonly certificate: string | IdpCertCallback };
  readonly key: string;
  readonly certificate: string;
  readonly levels: readonly string[];
  readonly tls: { readonly key: string; readonly cert: string };
  readonly neighbour: { readonly name: string; readonly url: string } | null;
  /** entityID of the application that it asks for, where it stands in front of others. */
  readonly behind?: string;
}
interface Received { readonly nameId: string; readonly nameIdFormat: string; readonly assurance: string | null; readonly sessionIndex: string | null; readonly attributes: Readonly<Record<string, unknown>> }

export const acsPath = '/saml/acs';
export const sloPath = '/saml/slo';
export const logoPath = '/logo.svg';
const MAX_BODY = 512 * 1024;

const samlOf = (settings: ApplicationSettings): SAML => new SAML({
  callbackUrl: `${settings.baseUrl}${acsPath}`,
  issuer: settings.entityId,
  audience: settings.entityId,
  entryPoint: settings.idp.ssoUrl,
  logoutUrl: new URL('/saml/slo', settings.idp.ssoUrl).href,
  idpCert: settings.idp.certificate,
  idpIssuer: settings.idp.entityId,
  privateKey: settings.key,
  signatureAlgorithm: 'sha256',
  digestAlgorithm: 'sha256',
  identifierFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
  authnContext: [...settings.levels],
  disableRequestedAuthnContext: settings.levels.length === 0,
  racComparison: 'exact',
  validateInResponseTo: ValidateInResponseTo.always,
  wantAssertionsSigned: true,
  wantAuthnResponseSigned: true,
  acceptedClockSkewMs: 5_000,
  requestIdExpirationPeriodMs: 1_800_000,
  ...(settings.behind === undefined ? {} : { scoping: { requesterId: [settings.behind] } }),
});

const received = (profile: Profile): Received => {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  const assertion = profile.getAssertion?.() as { Assertion?: { AuthnStatement?: readonly { AuthnContext?: readonly { AuthnContextClassRef?: readonly { _?: string }[] }[] }[] } } | undefined;
  const attributes = profile['attributes'];
  return {
    nameId: profile.nameID, nameIdFormat: profile.nameIDFormat,
    assurance: text(assertion?.Assertion?.AuthnStatement?.[0]?.AuthnContext?.[0]?.AuthnContextClassRef?.[0]?._),
    sessionIndex: profile.sessionIndex ?? null,
    attributes: typeof attributes === 'object' && attributes !== null ? (attributes as Record<string, unknown>) : {},
  };
};

const bodyOf = async (request: IncomingMessage): Promise<URLSearchParams> => {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > MAX_BODY) throw new Error('body too large');
  }
  return new URLSearchParams(body);
};

export const createApplication = (settings: ApplicationSettings): Server => {
  const saml = samlOf(settings);
  const sessions = new Map<string, Received>();
  const cookieName = `__Host-demo-${settings.id}`;
  const sessionOf = (request: IncomingMessage): Received | undefined => {
    const cookie = (request.headers.cookie ?? '').split('; ').find((pair) => pair.startsWith(`${cookieName}=`));
    return cookie === undefined ? undefined : sessions.get(cookie.slice(cookieName.length + 1));
  };
  const send = (response: ServerResponse, status: number, content: SafeHtml): void => {
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'; style-src 'self'" });
    response.end(demoPage(settings.name, settings.partyName, content));
  };
  const startLogin = async (response: ServerResponse): Promise<void> => {
    response.writeHead(303, { location: await saml.getAuthorizeUrlAsync('', undefined, {}), 'cache-control': 'no-store' }).end();
  };
  const consume = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const fields = await bodyOf(request);
    try {
      const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: fields.get('SAMLResponse') ?? '' });
      if (profile === null) throw new Error('no profile in the response');
      const id = randomBytes(24).toString('base64url');
      sessions.set(id, received(profile));
      response.writeHead(303, { location: '/', 'set-cookie': `${cookieName}=${id}; Path=/; Secure; HttpOnly; SameSite=Lax` }).end();
    } catch (error) {
      send(response, 403, html`<h1>Not logged in</h1><p>The login service answered without logging anybody in:</p><p><b data-error>${error instanceof Error ? error.message : String(error)}</b></p><p><a class="button" href="/login">Try again</a> <a href="/">Start page</a></p>`);
    }
  };
  const forget = { 'set-cookie': `${cookieName}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0` };
  /** Out of here first, then everywhere: Bryggan tells the others and comes back to the same address. */
  const logOut = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const session = sessionOf(request);
    for (const [id, one] of sessions) if (one === session) sessions.delete(id);
    const location = session === undefined ? '/' : await saml.getLogoutUrlAsync({ nameID: session.nameId, nameIDFormat: session.nameIdFormat, ...(session.sessionIndex === null ? {} : { sessionIndex: session.sessionIndex }), issuer: settings.idp.entityId }, '', {});
    response.writeHead(303, { location, ...forget }).end();
  };
  /** A demand of Bryggan's, answered; or its answer to ours. Both signed. */
  const singleLogout = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', settings.baseUrl);
    const fields = Object.fromEntries(url.searchParams);
    const { profile, loggedOut } = await saml.validateRedirectAsync(fields, url.search.slice(1));
    const asked = 'SAMLRequest' in fields && loggedOut ? profile : null;
    for (const [id, one] of sessions) if (asked !== null && one.nameId === asked.nameID) sessions.delete(id);
    const location = asked === null ? '/' : await saml.getLogoutResponseUrlAsync(asked, fields['RelayState'] ?? '', {}, true);
    response.writeHead(303, { location, ...forget }).end();
  };
  const home = (request: IncomingMessage, response: ServerResponse): void => {
    const session = sessionOf(request);
    if ((request.headers.accept ?? '').includes('application/json')) {
      response.writeHead(session === undefined ? 401 : 200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify(session === undefined ? { loggedIn: false } : { loggedIn: true, application: settings.id, ...session }));
      return;
    }
    send(response, 200, session === undefined ? welcome(settings) : facts(settings, session));
  };
  return createServer(settings.tls, (request, response) => {
    const path = new URL(request.url ?? '/', settings.baseUrl).pathname;
    const route = async (): Promise<void> => {
      if (request.method === 'POST' && path === acsPath) return consume(request, response);
      if (path === '/login') return startLogin(response);
      if (path === '/logout') return logOut(request, response);
      if (path === sloPath) return singleLogout(request, response);
      if (path === '/style.css') return void response.writeHead(200, { 'content-type': 'text/css' }).end(demoStyle);
      if (path === logoPath) return void response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(logo);
      if (path === '/') return home(request, response);
      return send(response, 404, html`<h1>No such page</h1><p><a href="/">Start page</a></p>`);
    };
    route().catch((error: unknown) => send(response, 500, html`<h1>The demo application failed</h1><p>${String(error)}</p>`));
  });
};

const welcome = (settings: ApplicationSettings): SafeHtml => html`
  <h1>${settings.name}</h1>
  <p>An invented application of ${settings.partyName}. It knows nobody yet and asks Bryggan who you are.</p>
  <p><a class="button" href="/login" data-action="login">Log in</a></p>
  ${settings.neighbour === null ? '' : html`<p class="soft">The other application: <a href="${settings.neighbour.url}">${settings.neighbour.name}</a></p>`}`;

const valueText = (value: unknown): string => (Array.isArray(value) ? value.map(String).join('\n') : String(value));
const facts = (settings: ApplicationSettings, session: Received): SafeHtml => html`
  <h1>Welcome</h1>
  <p>This is all that ${settings.name} was told.</p>
  <table data-received>
    <tr><th>NameID</th><td>${session.nameId}</td></tr>
    <tr><th>Level</th><td>${session.assurance ?? ''}</td></tr>
    ${Object.entries(session.attributes).map(([name, value]) => html`<tr><th>${name.split('/').at(-1) ?? name}</th><td data-attribute="${name}">${valueText(value)}</td></tr>`)}
  </table>
  <p>${settings.neighbour === null ? '' : html`<a class="button" href="${settings.neighbour.url}/login" data-action="neighbour">On to ${settings.neighbour.name}</a> `}<a href="/logout" data-action="logout">Log out</a></p>`;

const logo = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64"><rect width="64" height="64" rx="12" fill="#34507a"/><path d="M16 34h32M32 18v32" stroke="#fff" stroke-width="6" stroke-linecap="round"/></svg>';
const demoStyle = `
:root{color-scheme:light dark;--paper:#eef1f4;--ink:#1c2733;--soft:#52606d;--line:#c5ced6;--accent:#34507a}
@media(prefers-color-scheme:dark){:root{--paper:#161c23;--ink:#e8edf2;--soft:#a9b5c0;--line:#3a4754;--accent:#9dbbe8}}
body{margin:0;font:17px/1.5 system-ui,sans-serif;background:var(--paper);color:var(--ink)}
header{padding:12px 24px;border-bottom:3px solid var(--accent);display:flex;gap:16px;justify-content:space-between}
main{max-width:46rem;margin:0 auto;padding:32px 24px}
table{width:100%;border-collapse:collapse;margin:24px 0}th{font-weight:600;width:14rem}th,td{text-align:left;vertical-align:top;padding:8px;border-bottom:1px solid var(--line);white-space:pre-wrap;overflow-wrap:anywhere}
.button{display:inline-block;padding:12px 24px;border:2px solid var(--accent);border-radius:6px;text-decoration:none;font-weight:600;color:var(--accent)}
.soft{color:var(--soft)}a{color:var(--accent)}
ul.people{list-style:none;padding:0;display:grid;gap:8px}ul.people button{width:100%;text-align:left;font:inherit;padding:12px 16px;border:1px solid var(--line);border-radius:6px;background:transparent;color:inherit;cursor:pointer}
ul.people button:hover,ul.people button:focus-visible{border-color:var(--accent);outline:2px solid var(--accent)}ul.people small{display:block;color:var(--soft)}
@media(max-width:30rem){th{width:auto}}
`;
export { demoStyle };
