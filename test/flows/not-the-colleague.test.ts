/** Person, service and wishes change around a login: the switch of person, what is switched off, ForceAuthn, IsPassive, levels. */
import { createServer, type Server } from 'node:https';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFilePem } from '../../certs-dev/set.ts';
import { askingService, goOn, isAnswer, LOA, logIn, pickCommission, receivedFrom, type AskingService } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';
import { attributeValue, deep, textIn, treeOf } from '../fixtures/saml-answers.ts';
import { namespaces } from '../../src/saml/names.ts';

let bryggan: Bryggan;
let logoutServer: Server;
const logouts: { readonly nameId: string; readonly sessionIndex: string; readonly xml: string }[] = [];
let told: AskingService;
const [simple, other, doomed] = [askingService({ name: 'simple' }), askingService({ name: 'other', party: 'goteborg' }), askingService({ name: 'doomed', wants: ['employeeHsaId!', 'commissionHsaId!'] })];
const doomedParty = askingService({ name: 'doomedparty', party: 'boras', wants: ['employeeHsaId!', 'commissionHsaId!'] });
const careful = askingService({ name: 'careful', yaml: 'sso: confirm\n' });
const demanding = askingService({ name: 'demanding', yaml: 'minimumLevel: loa3\n' });

const answerLogout = (entityId: string): Server => createServer({ key: readFilePem('tls/application.key.pem'), cert: readFilePem('tls/application.crt.pem') }, (request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => { body += String(chunk); });
  request.on('end', () => {
    const tree = treeOf(body);
    const [message] = deep(tree, 'LogoutRequest', namespaces.samlp);
    logouts.push({ nameId: textIn(deep(tree, 'NameID')[0]), sessionIndex: textIn(deep(tree, 'SessionIndex', namespaces.samlp)[0]), xml: body });
    response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' });
    response.end(`<soap:Envelope xmlns:soap="${namespaces.soap}"><soap:Body><samlp:LogoutResponse xmlns:samlp="${namespaces.samlp}" xmlns:saml="${namespaces.saml}" ID="_${String(logouts.length)}answer" Version="2.0" IssueInstant="${new Date().toISOString()}" InResponseTo="${attributeValue(message, 'ID') ?? ''}"><saml:Issuer>${entityId}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status></samlp:LogoutResponse></soap:Body></soap:Envelope>`);
  });
});
beforeAll(async () => {
  logoutServer = answerLogout('https://told.service.example/saml');
  await new Promise<void>((resolve) => { logoutServer.listen(0, '127.0.0.1', resolve); });
  told = askingService({ name: 'told', logoutUrl: `https://127.0.0.1:${String((logoutServer.address() as AddressInfo).port)}/slo` });
  bryggan = await startBryggan({ services: [simple, other, doomed, doomedParty, careful, demanding, told].map(({ files }) => files) });
});
afterAll(async () => { await bryggan.stop(); logoutServer.close(); });

describe('the switch of person', () => {
  it('a card of somebody else ends the earlier session and logs it out of its services by SOAP, with the name each of them knows', async () => {
    let card = 'anna-berglund';
    const agent = bryggan.agentFor(() => card);
    const anna = receivedFrom(await logIn(agent, bryggan, told));
    card = 'zeinab-said';
    const before = logouts.length;
    const zeinab = receivedFrom(await logIn(agent, bryggan, other, { attributes: { ForceAuthn: 'true' } }));
    expect(zeinab.attributes['employeeHsaId']).toEqual(['SE2321000131-DEV1030']);
    expect(logouts.slice(before)).toMatchObject([{ nameId: anna.nameId, sessionIndex: /SessionIndex="([^"]+)"/.exec(anna.xml)?.[1] }]);
    expect(logouts.at(-1)?.xml).toContain('SignatureValue');
    expect(bryggan.audit().findLast(({ type }) => type === 'session.ended')).toMatchObject({ person: 'SE2321000131-DEV1001', facts: { reason: 'other-person', services: [{ service: 'vgr/told', result: 'logged-out' }] } });
    expect(receivedFrom(await told.start(agent, bryggan)).attributes['employeeHsaId']).toEqual(['SE2321000131-DEV1030']);
  });
  it('the same person again: nobody is logged out, the services stay known', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    receivedFrom(await logIn(agent, bryggan, told));
    const before = logouts.length;
    receivedFrom(await logIn(agent, bryggan, other, { attributes: { ForceAuthn: 'true' } }));
    expect(logouts).toHaveLength(before);
    const page = await agent.go(`${bryggan.baseUrl}/logout`);
    await agent.submit(page, { form: ({ action, method }) => method === 'post' && action.includes('logout') });
    expect(logouts).toHaveLength(before + 1);
  });
  it('a protected person is not named on the question whether to go on as them', async () => {
    const agent = bryggan.agentFor('nils-hallman');
    receivedFrom(await logIn(agent, bryggan, simple));
    const asked = await careful.start(agent, bryggan);
    expect(asked.step).toBe('confirm-session');
    expect(`${asked.text} ${asked.title}`).not.toMatch(/Nils|Hallman/);
  });
});

describe('wishes of the service', () => {
  it('ForceAuthn asks for the card although there is a session', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    receivedFrom(await logIn(agent, bryggan, simple));
    const page = await agent.settle(await simple.start(agent, bryggan, { attributes: { ForceAuthn: 'true' } }), ({ step }) => step === 'card');
    expect(page.step).toBe('card');
    expect(isAnswer(await simple.start(agent, bryggan, { attributes: { ForceAuthn: 'false' } }))).toBe(true);
  });
  it('IsPassive without a session: NoPassive at once, no page; with one: an answer', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const none = await simple.start(agent, bryggan, { attributes: { IsPassive: 'true' } });
    expect([none.trail.length, receivedFrom(none).status]).toEqual([1, ['Responder', 'NoPassive']]);
    receivedFrom(await logIn(agent, bryggan, simple));
    expect(receivedFrom(await other.start(agent, bryggan, { attributes: { IsPassive: 'true' } })).status).toEqual(['Success']);
  });
  it('IsPassive where a commission must be chosen: NoPassive; after the choice: an answer', async () => {
    const agent = bryggan.agentFor('erik-sandstrom');
    receivedFrom(await logIn(agent, bryggan, simple));
    expect(receivedFrom(await doomed.start(agent, bryggan, { attributes: { IsPassive: 'true' } })).status).toEqual(['Responder', 'NoPassive']);
    receivedFrom(await pickCommission(agent, await logIn(agent, bryggan, doomed)));
    expect(receivedFrom(await doomed.start(agent, bryggan, { attributes: { IsPassive: 'true' } })).status).toEqual(['Success']);
  });
});

describe('levels of assurance', () => {
  const [high, low] = ['anna-berglund', 'gustav-bjork'];
  const matrix: readonly (readonly [person: string, levels: readonly string[], comparison: string, answer: string | null])[] = [
    [high, [], 'exact', LOA.three], [low, [], 'exact', LOA.two],
    [high, [LOA.three], 'exact', LOA.three], [low, [LOA.two], 'exact', LOA.two],
    [high, [LOA.two], 'exact', null], [low, [LOA.three], 'exact', null],
    [high, [LOA.two, LOA.three], 'exact', LOA.three], [low, [LOA.three, LOA.two], 'exact', LOA.two],
    [high, [LOA.two], 'minimum', LOA.three], [low, [LOA.three], 'minimum', null], [low, [LOA.two], 'minimum', LOA.two],
    [high, [LOA.two], 'better', LOA.three], [low, [LOA.two], 'better', null],
    [high, [LOA.two], 'maximum', null], [low, [LOA.three], 'maximum', LOA.two],
  ];
  it.each(matrix)('%s, asked for %s (%s): %s, freshly and from a session', async (person, levels, comparison, answer) => {
    const fresh = await logIn(bryggan.agentFor(person), bryggan, simple, { levels, comparison });
    const agent = bryggan.agentFor(person);
    receivedFrom(await logIn(agent, bryggan, other));
    const reused = await simple.start(agent, bryggan, { levels, comparison });
    if (answer === null) {
      expect([isAnswer(fresh), isAnswer(reused)]).toEqual([false, false]);
      expect(fresh.step).toBe('card-failed');
      expect(bryggan.audit().some(({ type, code }) => type === 'login.refused' && code === 'saml.authn-context')).toBe(true);
    } else {
      expect([receivedFrom(fresh).level, receivedFrom(reused).level]).toEqual([answer, answer]);
    }
  });
  it('a level that nobody issues is told to the service without asking for a card', async () => {
    const page = await logIn(bryggan.agentFor(high), bryggan, simple, { levels: ['http://id.sambi.se/loa/loa4'] });
    expect(receivedFrom(page).status.at(-1)).toBe('NoAuthnContext');
    expect(page.trail.some((address) => address.includes('card.localhost'))).toBe(false);
  });
  it('the operator’s least level counts also when the service asks for nothing', async () => {
    expect(receivedFrom(await logIn(bryggan.agentFor(high), bryggan, demanding)).level).toBe(LOA.three);
    const agent = bryggan.agentFor(low);
    const fresh = await logIn(agent, bryggan, demanding);
    expect([fresh.step, isAnswer(fresh)]).toEqual(['card-failed', false]);
    receivedFrom(await logIn(agent, bryggan, simple));
    expect(isAnswer(await demanding.start(agent, bryggan))).toBe(false);
  });
});

describe('rule 6: switched off in the middle of a login', () => {
  // Said when it serves; the trail has it a moment before.
  const applied = (): number => bryggan.log().split('registry applied').length;
  const changed = async (path: string, change: (text: string) => string): Promise<void> => {
    const before = applied();
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    await until('the changed file is taken', () => applied() > before, () => bryggan.log().slice(-2000));
  };
  const cases: readonly (readonly [what: string, code: string, service: AskingService, file: string])[] = [
    ['the service', 'service.disabled', doomed, 'metadata/services/vgr/doomed.yaml'],
    ['its party', 'party.disabled', doomedParty, 'config/parties/boras.yaml'],
  ];
  it.each(cases)('%s: %s, no answer; switched on again: the same login is answered', async (_what, code, service, file) => {
    const path = join(bryggan.root, file);
    const original = readFileSync(path, 'utf8');
    const agent = bryggan.agentFor('erik-sandstrom');
    const page = await logIn(agent, bryggan, service);
    expect(page.step).toBe('choose-commission');
    await changed(path, (text) => `${text.replace(/^enabled:.*$/m, '')}\nenabled: false\n`);
    const refused = await agent.submit(page, { button: ({ data }) => data['commission'] === '0' });
    expect(refused.step).toBe('error');
    expect(isAnswer(refused) && receivedFrom(refused).status[0] === 'Success').toBe(false);
    expect(bryggan.audit().findLast(({ type }) => type === 'login.refused' || type === 'request.refused')).toMatchObject({ code });
    expect((await service.start(bryggan.agentFor(null), bryggan)).status).toBe(403);
    await changed(path, () => original);
    // The choice was kept; what was missing is only the answer.
    expect(receivedFrom(await goOn(agent, await agent.go(page.url.href))).status).toEqual(['Success']);
  });
});
