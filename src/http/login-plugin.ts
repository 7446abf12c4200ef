/** Routes of the login itself: /login/<id>/…, /me, /logout, /card-test, /language. Thin: a route reads, calls one door, and replies. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fail } from '../core/errors.ts';
import { isLocale } from '../core/locale.ts';
import type { FlowReply, LoginPorts } from '../login/context.ts';
import { begin, returned, show, showMethods, startMethod } from '../login/login.ts';
import { cancelForm, chooseActingForm, chooseMethodForm, confirmSessionForm, releaseForm, type Form } from '../login/forms.ts';
import { cancelPhone, phonePicture, phoneStatus, showPhone, startPhone } from '../login/phone.ts';
import { carryOn, confirmLogout, finishLogout, showProgress, skipService } from '../login/logout.ts';
import { chooseOrganisationForm, showOrganisations } from '../login/organisation.ts';
import { changeCommission, leaveOne, logOut, showCommissions, showLogout, showMe } from '../login/account.ts';
import { showCardTest, startCardTest } from '../login/card-test.ts';
import { browserOf, localeOf } from './browser.ts';
import { setLanguage } from './cookies.ts';
import { onlyParameter, parseFields, rawQueryOf, type Fields } from './form.ts';
import { sendFlow, type ReplyTools } from './reply-page.ts';

/** [threats K07] Beside the token: a browser that says where the post comes from must say "from here". */
const checkSameOrigin = (request: FastifyRequest, publicUrl: string): void => {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') fail('web.form-foreign', 'form posted from another site');
  const { origin } = request.headers;
  // A `no-referrer`-like chain gives "null"; then the token and Sec-Fetch-Site decide.
  if (origin !== undefined && origin !== 'null' && origin !== new URL(publicUrl).origin) fail('web.form-foreign', 'form posted from another origin');
};

const formOf = (request: FastifyRequest, publicUrl: string): Form => {
  checkSameOrigin(request, publicUrl);
  const fields: Fields = typeof request.body === 'string' ? parseFields(request.body) : new Map<string, string>();
  return { token: fields.get('token') ?? '', field: (name) => fields.get(name) ?? '' };
};

export const registerLogin = (server: FastifyInstance, ports: LoginPorts, tools: ReplyTools): void => {
  type Id = { Params: { id: string } };
  const send = async (request: FastifyRequest, reply: FastifyReply, flow: Promise<FlowReply>): Promise<FastifyReply> => sendFlow(request, reply, await flow, tools);
  const code = (request: FastifyRequest): string => onlyParameter(rawQueryOf(request.url), 'code') ?? '';
  const { publicUrl } = ports.settings;

  server.get<Id>('/login/:id/begin', (request, reply) => send(request, reply, begin(request.params.id, code(request), browserOf(request), ports)));
  server.get<Id>('/login/:id/return', (request, reply) => send(request, reply, returned(request.params.id, code(request), browserOf(request), ports)));
  server.get<Id>('/login/:id/', (request, reply) => send(request, reply, show(request.params.id, browserOf(request), ports)));
  server.get<Id>('/login/:id/method', (request, reply) => send(request, reply, showMethods(request.params.id, browserOf(request), ports)));
  server.get<{ Params: { id: string; method: string } }>('/login/:id/method/:method', (request, reply) =>
    send(request, reply, startMethod(request.params.id, request.params.method, browserOf(request), ports)));

  server.get<Id>('/login/:id/organisation', (request, reply) => send(request, reply, showOrganisations(request.params.id, onlyParameter(rawQueryOf(request.url), 'q') ?? '', browserOf(request), ports)));

  type Phone = { Params: { id: string; method: string } };
  server.get<Phone>('/login/:id/phone/:method', (request, reply) => send(request, reply, showPhone(request.params.id, request.params.method, browserOf(request), ports)));
  server.post<Phone>('/login/:id/phone/:method/start', async (request, reply) => send(request, reply, startPhone(request.params.id, request.params.method, formOf(request, publicUrl), browserOf(request), ports)));
  server.post<Phone>('/login/:id/phone/:method/cancel', async (request, reply) => send(request, reply, cancelPhone(request.params.id, request.params.method, formOf(request, publicUrl), browserOf(request), ports)));
  server.get<Phone>('/login/:id/phone/:method/status', async (request, reply) => reply.header('cache-control', 'no-store').send(await phoneStatus(request.params.id, request.params.method, browserOf(request), ports)));
  server.get<Phone>('/login/:id/phone/:method/picture', async (request, reply) => {
    const text = await phonePicture(request.params.id, request.params.method, browserOf(request), ports);
    return text === null ? fail('web.not-found', 'there is no picture to show') : reply.header('cache-control', 'no-store').header('content-security-policy', "default-src 'none'").type('image/svg+xml').send(tools.ui.picture(text));
  });

  const forms = { method: chooseMethodForm, confirm: confirmSessionForm, employee: chooseActingForm, commission: chooseActingForm, organisation: chooseOrganisationForm, release: releaseForm, cancel: cancelForm };
  for (const [name, door] of Object.entries(forms)) {
    server.post<Id>(`/login/:id/${name}`, async (request, reply) => send(request, reply, door(request.params.id, formOf(request, publicUrl), browserOf(request), ports)));
    // Back and the language switch come to a form's address by GET: the login's own page is the way on.
    if (name !== 'method' && name !== 'organisation') server.get<Id>(`/login/:id/${name}`, (request, reply) => reply.code(303).header('location', `/login/${encodeURIComponent(request.params.id)}/`).send());
  }

  type Party = { Params: { party: string; method: string } };
  server.get<Party>('/card-test/:party', async (request, reply) => sendFlow(request, reply, showCardTest(request.params.party, ports), tools));
  server.get<Party>('/card-test/:party/:method', async (request, reply) =>
    reply.code(303).header('cache-control', 'no-store').header('location', await startCardTest(request.params.party, request.params.method, { address: request.ip, locale: localeOf(request) }, ports)).send());

  server.get('/me', (request, reply) => send(request, reply, showMe(browserOf(request), ports)));
  server.get('/me/commission', (request, reply) => send(request, reply, showCommissions(browserOf(request), ports)));
  server.post('/me/commission', async (request, reply) => {
    const form = formOf(request, publicUrl);
    return send(request, reply, changeCommission(form.token, form.field('choice'), browserOf(request), ports));
  });
  server.post('/me/leave', async (request, reply) => {
    const form = formOf(request, publicUrl);
    return send(request, reply, leaveOne(form.token, form.field('service'), browserOf(request), ports));
  });
  server.get('/me/leave', (_request, reply) => reply.code(303).header('location', '/me').send());
  server.post('/me/cancel', (_request, reply) => reply.code(303).header('location', '/me').send());
  server.get('/logout', (request, reply) => send(request, reply, showLogout(browserOf(request), ports)));
  server.post('/logout', async (request, reply) => send(request, reply, logOut(formOf(request, publicUrl).token, browserOf(request), ports)));
  server.get<Id>('/logout/:id/', (request, reply) => send(request, reply, showProgress(request.params.id, browserOf(request), ports)));
  server.get<Id>('/logout/:id/next', (request, reply) => send(request, reply, carryOn(request.params.id, ports)));
  server.get<Id>('/logout/:id/skip', (request, reply) => send(request, reply, skipService(request.params.id, onlyParameter(rawQueryOf(request.url), 'step') ?? '', ports)));
  server.post<Id>('/logout/:id/logout', async (request, reply) => send(request, reply, confirmLogout(request.params.id, formOf(request, publicUrl).token, browserOf(request), ports)));
  server.get<Id>('/logout/:id/logout', (request, reply) => reply.code(303).header('location', `/logout/${encodeURIComponent(request.params.id)}/`).send());
  server.get<Id>('/logout/:id/done', (request, reply) => send(request, reply, finishLogout(request.params.id, ports)));
  server.get('/', (_request, reply) => reply.code(303).header('location', '/me').send());

  server.get<{ Params: { locale: string } }>('/language/:locale', (request, reply) => {
    const { locale } = request.params;
    if (!isLocale(locale)) return fail('web.not-found', 'no such language');
    // Only our own pages are gone back to (threats K14).
    const from = request.headers.referer ?? '';
    const back = from.startsWith(`${publicUrl}/`) ? from.slice(publicUrl.length) : '/me';
    return reply.code(303).header('set-cookie', setLanguage(locale)).header('cache-control', 'no-store').header('location', back.startsWith('//') ? '/me' : back).send();
  });
};
