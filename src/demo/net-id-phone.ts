/**
 * A simulated phone with the mobile Efos app, as a page: choose whose phone it is, then approve, refuse, let time run out, or lose the
 * network. `/open` is where the app's start address leads in the demo; `/phone/<person>` is a phone that lies on the table.
 */
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { html, type SafeHtml } from '../ui/html.ts';
import { demoStyle } from './application.ts';
import type { PhoneKey } from './net-id-keys.ts';
import type { NetIdOrder, NetIdService } from './net-id-service.ts';
import { demoPage } from './page.ts';

export interface PhonePageSettings { readonly holders: readonly PhoneKey[]; readonly service: NetIdService; readonly tls: { readonly key: string; readonly cert: string } }

const acts: Readonly<Record<string, (order: NetIdOrder, holder: PhoneKey, service: NetIdService) => void>> = {
  prompt: (order) => { order.status = 'USER_SIGN'; },
  approve: (order, holder, service) => { service.approve(order, holder); },
  refuse: (order) => { order.status = 'USER_CANCEL'; },
  expire: (order) => { order.status = 'EXPIRED_TRANSACTION'; },
  offline: (order) => { order.status = 'NO_CLIENT'; },
};
const label: Readonly<Record<string, readonly [string, string]>> = {
  approve: ['Enter the PIN and approve', 'the login goes on by itself'], prompt: ['Open the app', 'it asks for the PIN'],
  refuse: ['Refuse', 'I did not ask for this'], expire: ['Let the time run out', 'nobody takes the phone up'], offline: ['No network', 'the app is not reached'],
};
/** The reference in a start address, whether it was read from a picture or followed as a link. */
export const tokenIn = (address: string): string | null => /[?&]autostarttoken=([A-Za-z0-9_-]{8,200})/.exec(address)?.[1] ?? null;

const chooser = (holders: readonly PhoneKey[], token: string | null): SafeHtml => html`
  <h1>Whose phone is this?</h1>
  <p>A phone with an invented person's mobile Efos in it. A real phone never shows this page.</p>
  <form method="get" action="/phone"><input type="hidden" name="token" value="${token ?? ''}"><ul class="people">
  ${holders.map((holder) => html`<li><button name="person" value="${holder.id}" data-person="${holder.id}">${holder.name}<small>${holder.story}</small></button></li>`)}
  </ul></form>`;
const phone = (holder: PhoneKey, order: NetIdOrder | undefined, token: string | null): SafeHtml => html`
  <h1>${holder.name}s phone</h1>
  ${order === undefined
    ? html`<p data-waiting="false">Nothing waits. Start a login, then look again.</p>
      <form method="get" action="/phone"><input type="hidden" name="person" value="${holder.id}"><p><label>Read a picture: the address in it <input name="token" value="" autocomplete="off"></label></p><p><button>Look again</button></p></form>`
    : html`<p data-waiting="true">A login waits: <b>${order.status}</b></p>
      <form method="post"><input type="hidden" name="person" value="${holder.id}"><input type="hidden" name="token" value="${token ?? order.reference}"><ul class="people">
      ${Object.entries(label).map(([act, [name, hint]]) => html`<li><button name="act" value="${act}" data-act="${act}">${name}<small>${hint}</small></button></li>`)}</ul></form>`}`;
const done = (act: string): SafeHtml => html`<h1>Done</h1><p data-done="${act}">${label[act]?.[0] ?? act}. Go back to the browser.</p>`;

export const createPhonePage = ({ holders, service, tls }: PhonePageSettings): Server => {
  const send = (response: ServerResponse, status: number, content: SafeHtml): void => {
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'; style-src 'self'" });
    response.end(demoPage('Simulated phone', 'Not part of Bryggan', content));
  };
  const act = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body = (body + String(chunk)).slice(0, 2000);
    const fields = new URLSearchParams(body);
    const holder = holders.find(({ id }) => id === fields.get('person'));
    const order = holder === undefined ? undefined : service.waitingFor(holder, fields.get('token') ?? '');
    const name = fields.get('act') ?? '';
    if (holder === undefined || order === undefined || acts[name] === undefined) return send(response, 409, html`<h1>Too late</h1><p>That login does not wait any more.</p>`);
    acts[name](order, holder, service);
    send(response, 200, done(name));
  };
  return createServer(tls, (request, response) => {
    const url = new URL(request.url ?? '/', 'https://phone.invalid');
    // A picture holds the whole address, a link the token alone.
    const given = url.searchParams.get('token') ?? url.searchParams.get('autostarttoken') ?? '';
    const token = given === '' ? null : (tokenIn(given) ?? given);
    const holder = holders.find(({ id }) => id === url.searchParams.get('person'));
    if (url.pathname === '/style.css') return void response.writeHead(200, { 'content-type': 'text/css' }).end(demoStyle);
    if (request.method === 'POST') return void act(request, response).catch((error: unknown) => send(response, 500, html`<h1>The phone failed</h1><p>${String(error)}</p>`));
    if (url.pathname === '/phone' && holder !== undefined) return send(response, 200, phone(holder, service.waitingFor(holder, token ?? undefined), token));
    return url.pathname === '/' || url.pathname === '/open' || url.pathname === '/phone' ? send(response, 200, chooser(holders, token)) : send(response, 404, html`<h1>No such page</h1>`);
  });
};
