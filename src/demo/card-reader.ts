/**
 * A simulated card reader: a page where one "inserts" a test person's card. It hands the certificate over through the
 * proxy listener, exactly as a terminating proxy would, so that a newcomer needs no certificate in the browser.
 */
import { createServer, type Server } from 'node:https';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { html, type SafeHtml } from '../ui/html.ts';
import { demoStyle } from './application.ts';
import { demoPage } from './page.ts';

export interface ReaderPerson { readonly id: string; readonly name: string; readonly employer: string; readonly note: string; readonly certificateDer: Buffer; readonly chainDer: readonly Buffer[] }
export interface ReaderSettings {
  readonly people: readonly ReaderPerson[];
  readonly tls: { readonly key: string; readonly cert: string };
  readonly proxy: { readonly socketPath: string; readonly secret: string; readonly host: string };
}

const structured = (der: Buffer): string => `:${der.toString('base64')}:`;

/** Hands one certificate to the proxy listener [RFC 9440]; what it answers goes to the browser as it is. */
const handOver = (handle: string, person: ReaderPerson | null, proxy: ReaderSettings['proxy']): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const headers: Record<string, string> = { 'x-bryggan-proxy-secret': proxy.secret, 'x-ssl-session-reused': '.', 'x-ssl-client-verify': person === null ? 'NONE' : 'SUCCESS', host: proxy.host };
    if (person !== null) {
      headers['client-cert'] = structured(person.certificateDer);
      headers['client-cert-chain'] = person.chainDer.map(structured).join(', ');
    }
    httpRequest({ socketPath: proxy.socketPath, path: `/card/${handle}`, method: 'GET', headers }, resolve).on('error', reject).end();
  });

const chooser = (settings: ReaderSettings): SafeHtml => html`
  <h1>Insert a card</h1>
  <p>There is no certificate in this browser, so here is a drawer of invented people's cards. A real browser with a real card never sees this page.</p>
  <form method="post"><ul class="people">
  ${settings.people.map((person) => html`<li><button name="person" value="${person.id}" data-person="${person.id}">${person.name}<small>${person.employer}${person.note === '' ? '' : ` · ${person.note}`}</small></button></li>`)}
  <li><button name="person" value="" data-person="none">No card at all<small>what happens when nobody chooses a certificate</small></button></li>
  </ul></form>`;

export const createCardReader = (settings: ReaderSettings): Server => {
  const send = (response: ServerResponse, status: number, content: SafeHtml): void => {
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'; style-src 'self'" });
    response.end(demoPage('Simulated card reader', 'Not part of Bryggan', content));
  };
  const insert = async (request: IncomingMessage, response: ServerResponse, handle: string): Promise<void> => {
    let body = '';
    for await (const chunk of request) body = (body + String(chunk)).slice(0, 1000);
    const id = new URLSearchParams(body).get('person') ?? '';
    const person = settings.people.find((candidate) => candidate.id === id) ?? null;
    const answer = await handOver(handle, person, settings.proxy);
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  };
  return createServer(settings.tls, (request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const handle = /^\/card\/([A-Za-z0-9_.-]{1,100})$/.exec(path)?.[1];
    if (path === '/style.css') response.writeHead(200, { 'content-type': 'text/css' }).end(demoStyle);
    else if (handle === undefined) send(response, 404, html`<h1>No card is asked for</h1><p>Start at one of the demo applications.</p>`);
    else if (request.method === 'POST') insert(request, response, handle).catch((error: unknown) => send(response, 502, html`<h1>The reader failed</h1><p>${String(error)}</p>`));
    else send(response, 200, chooser(settings));
  });
};
