/** Logging out on a running Bryggan: asked by services in every binding, by the person; every other service told, and the truth said of each. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bindings, nameIdFormats, namespaces } from '../../src/saml/names.ts';
import { askingService, logIn, receivedFrom, type AskingService, type Received } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { answerUrl, demandEnvelope, demandForm, demandUrl, indexOf, keyOf, messageIn, messageOn, type Demand } from '../fixtures/logout.ts';
import { testKey } from '../fixtures/saml.ts';
import { treeOf, deep, attributeValue } from '../fixtures/saml-answers.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';

const slo = (name: string, binding: string = bindings.redirect): string => `<md:SingleLogoutService Binding="${binding}" Location="https://${name}.service.example/slo" ResponseLocation="https://${name}.service.example/slo/answer"/>`;
const redirecting = (name: string, party = 'vgr'): AskingService => askingService({ name, party, logoutXml: slo(name) });
const [alfa, beta, gamma] = [redirecting('alfa'), redirecting('beta', 'goteborg'), redirecting('gamma', 'boras')];
const posting = askingService({ name: 'posting', logoutXml: slo('posting', bindings.post) });
const mute = askingService({ name: 'mute' });
let bryggan: Bryggan;
beforeAll(async () => { bryggan = await startBryggan({ services: [alfa, beta, gamma, posting, mute].map(({ files }) => files) }); });
afterAll(() => bryggan.stop());

const loggedIn = async (agent: UserAgent, ...services: readonly AskingService[]): Promise<readonly Received[]> => {
  const answers: Received[] = [];
  for (const service of services) answers.push(receivedFrom(await logIn(agent, bryggan, service)));
  return answers;
};
const isLoggedIn = async (agent: UserAgent): Promise<boolean> => (await agent.go(`${bryggan.baseUrl}/me`)).step === 'me';
/** Where the browser would go, when that is away from us. */
const awayFrom = async (agent: UserAgent, target: string): Promise<string> => {
  let address = target;
  for (let hops = 0; hops < 5; hops += 1) {
    const response = await agent.once(address);
    const location = response.headers.get('location');
    await response.arrayBuffer();
    if (location === null) throw new Error(`stays at ${address} with ${String(response.status)}`);
    address = new URL(location, address).href;
    if (!address.startsWith(bryggan.baseUrl)) return address;
  }
  throw new Error('never left');
};
const results = (visit: Visit): readonly string[] => [...visit.body.matchAll(/data-result="([a-z-]+)"/g)].map(([, result]) => result ?? '');
/** Where a window without script goes on to. */
const next = (visit: Visit): string => new URL(/<noscript><meta http-equiv="refresh" content="0;url=([^"]+)"/.exec(visit.body)?.[1] ?? '', visit.url).href;

describe('asked by a service', () => {
  it('the only service of the session: it is answered at once, and nobody is logged in any more', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const [answer] = await loggedIn(agent, alfa);
    const told = messageIn(await awayFrom(agent, demandUrl(alfa, bryggan, answer as Received, { id: '_asked', relayState: 'back here' })));
    expect(told).toMatchObject({ kind: 'LogoutResponse', to: 'https://alfa.service.example/slo/answer', inResponseTo: '_asked', status: ['Success'], relayState: 'back here', signed: true });
    expect(await isLoggedIn(agent)).toBe(false);
    expect(bryggan.audit().findLast(({ type }) => type === 'session.ended')).toMatchObject({ facts: { reason: 'logged-out', askedBy: 'vgr/alfa', services: [] } });
  });
  it('several services: the browser is taken to each, named as each knows the person, and the asker hears the end', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const [first, second, third] = await loggedIn(agent, alfa, beta, gamma) as [Received, Received, Received];
    const started = await agent.go(demandUrl(alfa, bryggan, first, { id: '_several' }));
    expect(started.step).toBe('logging-out');
    expect(results(started)).toEqual(['waiting', 'waiting']);
    const toBeta = messageIn(await awayFrom(agent, next(started)));
    const asked = [toBeta];
    expect(toBeta).toMatchObject({ kind: 'LogoutRequest', signed: true });
    const afterBeta = await agent.go(answerUrl(toBeta.to.includes('beta') ? beta : gamma, bryggan, toBeta));
    expect(results(afterBeta).toSorted()).toEqual(['logged-out', 'waiting']);
    const toGamma = messageIn(await awayFrom(agent, next(afterBeta)));
    asked.push(toGamma);
    expect(asked.map(({ to, nameId, sessionIndex }) => ({ to, nameId, sessionIndex })).toSorted((a, b) => (a.to < b.to ? -1 : 1))).toEqual([
      { to: 'https://beta.service.example/slo', nameId: second.nameId, sessionIndex: indexOf(second) },
      { to: 'https://gamma.service.example/slo', nameId: third.nameId, sessionIndex: indexOf(third) },
    ]);
    // Nothing is left to tell the person, and the service waits.
    expect(messageIn(await awayFrom(agent, answerUrl(toGamma.to.includes('beta') ? beta : gamma, bryggan, toGamma)))).toMatchObject({ kind: 'LogoutResponse', inResponseTo: '_several', status: ['Success'] });
  });
  it('a service that does not come back, one that says no, and one without any way: the page says it of each, the asker gets PartialLogout', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const [first] = await loggedIn(agent, alfa, beta, gamma, mute);
    const started = await agent.go(demandUrl(alfa, bryggan, first as Received));
    const lost = messageIn(await awayFrom(agent, next(started)));
    const again = await agent.go(`${bryggan.baseUrl}${started.url.pathname}`);
    const refusing = messageIn(await awayFrom(agent, next(again)));
    const done = await agent.go(answerUrl(refusing.to.includes('beta') ? beta : gamma, bryggan, refusing, { status: 'Responder', second: 'RequestDenied' }));
    expect(lost.to).not.toBe(refusing.to);
    expect(results(done).toSorted()).toEqual(['asked', 'cannot', 'unreachable']);
    const back = done.links.find(({ text }) => text.includes('alfa'));
    expect(messageIn(await awayFrom(agent, new URL(back?.href ?? '', done.url).href))).toMatchObject({ status: ['Success', 'PartialLogout'] });
  });
  it('a service that the browser finds away is passed over, once, and named', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const [first] = await loggedIn(agent, alfa, beta);
    const started = await agent.go(demandUrl(alfa, bryggan, first as Received));
    const skip = new URL(/data-skip="([^"]+)"/.exec(started.body)?.[1] ?? '', started.url).href;
    expect([/data-probe="([^"]+)"/.exec(started.body)?.[1], started.headers.get('content-security-policy')?.includes('; connect-src https://beta.service.example')]).toEqual(['https://beta.service.example/slo', true]);
    for (const wrong of ['9', '-1', 'x', '']) expect(results(await agent.go(skip.replace(/step=.*/, `step=${wrong}`)))).toEqual(['waiting']);
    expect(results(await agent.go(skip))).toEqual(['unreachable']);
    expect(results(await agent.go(skip))).toEqual(['unreachable']);
  });
  it('by POST: no cookie is read there; the GET after it knows the browser', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const [answer] = await loggedIn(agent, posting);
    const answered = await agent.go(`${bryggan.baseUrl}/saml/slo`, { method: 'POST', body: demandForm(posting, bryggan, answer as Received, { id: '_posted', relayState: 'r' }), from: new URL('https://posting.service.example') });
    expect(messageOn(answered)).toMatchObject({ kind: 'LogoutResponse', to: 'https://posting.service.example/slo/answer', inResponseTo: '_posted', status: ['Success'], relayState: 'r', signed: true });
    expect(await isLoggedIn(agent)).toBe(false);
  });
  it.each([['Redirect', demandUrl] as const])('without SessionIndex by %s: the session of this browser ends', async (_binding, demand) => {
    const agent = bryggan.agentFor('anna-berglund');
    const [answer] = await loggedIn(agent, alfa);
    expect(messageIn(await awayFrom(agent, demand(alfa, bryggan, answer as Received, { sessionIndex: null }))).status).toEqual(['Success']);
    expect(await isLoggedIn(agent)).toBe(false);
  });
  it('by POST without SessionIndex: the same', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const [answer] = await loggedIn(agent, posting);
    await agent.go(`${bryggan.baseUrl}/saml/slo`, { method: 'POST', body: demandForm(posting, bryggan, answer as Received, { sessionIndex: null }), from: new URL('https://posting.service.example') });
    expect(await isLoggedIn(agent)).toBe(false);
  });
  it('asynchronously: the service is left without an answer and the person with a page', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const [answer] = await loggedIn(agent, alfa);
    const page = await agent.go(demandUrl(alfa, bryggan, answer as Received, { extensions: '<aslo:Asynchronous xmlns:aslo="urn:oasis:names:tc:SAML:2.0:protocol:ext:async-slo"></aslo:Asynchronous>' }));
    expect(page.step).toBe('logged-out');
  });
  it('a session that is over already is a success', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const [answer] = await loggedIn(agent, alfa);
    await awayFrom(agent, demandUrl(alfa, bryggan, answer as Received));
    expect(messageIn(await awayFrom(agent, demandUrl(alfa, bryggan, answer as Received))).status).toEqual(['Success']);
  });
  it.each([1, 2, 7])('after fresh logins of the same person (%i) the old index still ends the session (threats L11)', async (logins) => {
    const agent = bryggan.agentFor('anna-berglund');
    const [before] = await loggedIn(agent, alfa);
    for (let at = 0; at < logins; at += 1) receivedFrom(await logIn(agent, bryggan, beta, { attributes: { ForceAuthn: 'true' } }));
    await agent.go(demandUrl(alfa, bryggan, before as Received));
    expect(await isLoggedIn(agent)).toBe(false);
  });
  it('of several indexes one that is over hides none that lives', async () => {
    const [over, living] = [bryggan.agentFor('anna-berglund'), bryggan.agentFor('anna-berglund')];
    const [first] = await loggedIn(over, alfa) as [Received];
    await awayFrom(over, demandUrl(alfa, bryggan, first));
    const [second] = await loggedIn(living, alfa) as [Received];
    await awayFrom(living, demandUrl(alfa, bryggan, second, { sessionIndex: `${indexOf(first)}</samlp:SessionIndex><samlp:SessionIndex>${indexOf(second)}` }));
    expect(await isLoggedIn(living)).toBe(false);
  });
});

const soap = async (body: string): Promise<{ readonly status: number; readonly codes: readonly string[] }> => {
  const response = await bryggan.agentFor('anna-berglund').once(`${bryggan.baseUrl}/saml/slo/soap`, { method: 'POST', body, headers: { 'content-type': 'text/xml' } });
  const text = await response.text();
  return { status: response.status, codes: response.status === 200 ? deep(treeOf(text), 'StatusCode', namespaces.samlp).map((code) => (attributeValue(code, 'Value') ?? '').split(':').at(-1) ?? '') : [] };
};
/** Two browsers of one person, known to the service by one persistent name. */
const twoBrowsers = async (): Promise<{ readonly agents: readonly [UserAgent, UserAgent]; readonly answer: Received; readonly both: Demand }> => {
  const agents = [bryggan.agentFor('anna-berglund'), bryggan.agentFor('anna-berglund')] as const;
  const persistent = { children: `<samlp:NameIDPolicy Format="${nameIdFormats.persistent}" AllowCreate="true"></samlp:NameIDPolicy>` };
  const answers = [receivedFrom(await logIn(agents[0], bryggan, alfa, persistent)), receivedFrom(await logIn(agents[1], bryggan, alfa, persistent))] as const;
  const [nameIdXml = ''] = /<saml:NameID [^]*?<\/saml:NameID>/.exec(answers[0].xml) ?? [];
  return { agents, answer: answers[0], both: { nameIdXml, sessionIndex: answers.map(indexOf).join('</samlp:SessionIndex><samlp:SessionIndex>') } };
};
const livingAt = async (agents: readonly UserAgent[]): Promise<readonly boolean[]> => Promise.all(agents.map(isLoggedIn));
describe('a demand that names several sessions [SAMLCore §3.7.3.2]', () => {
  it('by SOAP ends each; one that names one ends one', async () => {
    const { agents, answer, both } = await twoBrowsers();
    expect(await soap(demandEnvelope(alfa, bryggan, answer, { ...both, sessionIndex: indexOf(answer) }))).toEqual({ status: 200, codes: ['Success'] });
    expect(await livingAt(agents)).toEqual([false, true]);
    const again = await twoBrowsers();
    expect(await soap(demandEnvelope(alfa, bryggan, again.answer, again.both))).toEqual({ status: 200, codes: ['Success'] });
    expect(await livingAt(again.agents)).toEqual([false, false]);
  });
  it('brought by one of the browsers ends the other’s too', async () => {
    const { agents, answer, both } = await twoBrowsers();
    expect(messageIn(await awayFrom(agents[0], demandUrl(alfa, bryggan, answer, both)))).toMatchObject({ kind: 'LogoutResponse', status: ['Success'] });
    expect(await livingAt(agents)).toEqual([false, false]);
  });
  it('and what a service of the other browser did not hear is told too', async () => {
    const { agents, answer, both } = await twoBrowsers();
    await loggedIn(agents[1], mute);
    const page = await agents[0].go(demandUrl(alfa, bryggan, answer, both));
    expect([page.step, results(page)]).toEqual(['logged-out', ['cannot']]);
    expect(messageIn(await awayFrom(agents[0], `${page.url.href.replace(/\/$/, '')}/done`))).toMatchObject({ kind: 'LogoutResponse', status: ['Success', 'PartialLogout'] });
    expect(await livingAt(agents)).toEqual([false, false]);
  });
});
describe('asked by SOAP, without a browser', () => {
  it('the session ends; services that only a browser reaches make it partial', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const [answer] = await loggedIn(agent, alfa);
    expect(await soap(demandEnvelope(alfa, bryggan, answer as Received))).toEqual({ status: 200, codes: ['Success'] });
    expect(await isLoggedIn(agent)).toBe(false);
    const [first] = await loggedIn(agent, alfa, beta);
    expect(await soap(demandEnvelope(alfa, bryggan, first as Received))).toEqual({ status: 200, codes: ['Success', 'PartialLogout'] });
  });
  it('unsigned: refused, the session lives', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const [answer] = await loggedIn(agent, alfa);
    expect((await soap(demandEnvelope(alfa, bryggan, answer as Received, { key: null }))).status).toBe(400);
    expect(await isLoggedIn(agent)).toBe(true);
  });
});

describe('E08: forged demands end nothing', () => {
  let agent: UserAgent;
  let answers: readonly Received[];
  beforeAll(async () => {
    agent = bryggan.agentFor('anna-berglund');
    answers = await loggedIn(agent, alfa, beta);
  });
  const refusedByPage: readonly (readonly [string, Demand])[] = [
    ['unsigned', { key: null }], ['signed by another key', { key: testKey('somebody else') }], ['for another address', { destination: 'https://elsewhere.example/slo' }],
    ['too old', { issueInstant: Date.now() - 900_000 }], ['NotOnOrAfter has passed', { notOnOrAfter: Date.now() - 600_000 }], ['of an unknown sender', { issuer: 'https://nobody.example/saml' }],
  ];
  it.each(refusedByPage)('%s', async (_name, change) => {
    const page = await agent.go(demandUrl(alfa, bryggan, answers[0] as Received, change));
    expect([page.step, page.status >= 400 && page.status < 500]).toEqual(['error', true]);
    expect(await isLoggedIn(agent)).toBe(true);
  });
  it("another person's name, and another service's index: UnknownPrincipal", async () => {
    for (const change of [{ nameId: '_somebody' }, { sessionIndex: indexOf(answers[1] as Received) }, { sessionIndex: 'made-up' }]) {
      expect(messageIn(await awayFrom(agent, demandUrl(alfa, bryggan, answers[0] as Received, change))).status).toEqual(['Requester', 'UnknownPrincipal']);
      expect(await isLoggedIn(agent)).toBe(true);
    }
  });
  it('a service that never was answered in this session', async () => {
    expect(messageIn(await awayFrom(agent, demandUrl(gamma, bryggan, answers[0] as Received, { sessionIndex: null }))).status).toEqual(['Requester', 'UnknownPrincipal']);
    expect(await isLoggedIn(agent)).toBe(true);
  });
  it('an answer of another service, an unsigned one, one to nothing: the step stays unanswered', async () => {
    const started = await agent.go(demandUrl(alfa, bryggan, answers[0] as Received));
    const asked = messageIn(await awayFrom(agent, next(started)));
    const foreign = await agent.go(answerUrl(gamma, bryggan, asked));
    expect(results(foreign)).toEqual(['asked']);
    expect((await agent.go(answerUrl(beta, bryggan, asked, { key: null }))).status).toBe(400);
    expect((await agent.go(answerUrl(beta, bryggan, asked, { inResponseTo: '_nothing-0' }))).step).toBe('nobody');
    expect(messageIn(await awayFrom(agent, answerUrl(beta, bryggan, asked, { key: keyOf(beta) }))).status).toEqual(['Success']);
  });
});

describe('asked by the person', () => {
  it('at /logout: the browser is taken to the services, and the page says the truth', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    await loggedIn(agent, alfa, mute);
    const started = await agent.submit(await agent.go(`${bryggan.baseUrl}/logout`));
    expect(started.step).toBe('logging-out');
    const asked = messageIn(await awayFrom(agent, next(started)));
    const done = await agent.go(answerUrl(alfa, bryggan, asked));
    expect([done.step, done.refresh]).toEqual(['logged-out', null]);
    expect(results(done).toSorted()).toEqual(['cannot', 'logged-out']);
    expect(done.text).toContain('Tjänsten mute');
    expect(await isLoggedIn(agent)).toBe(false);
  });
  it('nothing of the person stands in the address', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    await loggedIn(agent, alfa);
    const started = await agent.submit(await agent.go(`${bryggan.baseUrl}/logout`));
    expect(started.url.pathname).toMatch(/^\/logout\/[A-Za-z0-9_-]{43}\/$/);
  });
});

describe('leaving one service at /me', () => {
  it('tells that one, keeps the session and the others', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    await loggedIn(agent, mute, alfa);
    const page = await agent.submit(await agent.go(`${bryggan.baseUrl}/me`), { button: ({ value }) => value === 'saml:vgr/mute' });
    expect([page.step, ...results(page)]).toEqual(['me', 'cannot']);
    const after = await agent.go(`${bryggan.baseUrl}/me`);
    expect(after.forms.flatMap(({ buttons }) => buttons.map(({ value }) => value))).toEqual(expect.arrayContaining(['saml:vgr/alfa']));
    expect(after.text).not.toContain('Tjänsten mute');
    expect(bryggan.audit().findLast(({ type }) => type === 'session.service-left')).toMatchObject({ service: 'vgr/mute', facts: { result: 'cannot' } });
  });
  it('K07: not with another form token', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    await loggedIn(agent, mute);
    const page = await agent.submit(await agent.go(`${bryggan.baseUrl}/me`), { button: ({ value }) => value === 'saml:vgr/mute', fields: { token: 'x' } });
    expect([page.step, page.status]).toEqual(['error', 403]);
    expect((await agent.go(`${bryggan.baseUrl}/me`)).text).toContain('Tjänsten mute');
  });
});

describe('L11: ended by operations', () => {
  it('session list finds a person, revoke ends it everywhere at once, and the trail says who ordered it', async () => {
    const agent = bryggan.agentFor('zeinab-said');
    await loggedIn(agent, mute);
    const listed = JSON.parse((await bryggan.command(['session', 'list', '--person', 'SE2321000131-DEV1030', '--json'])).output) as readonly { handle: string; services: readonly string[] }[];
    expect(listed.map(({ services }) => services)).toEqual([['vgr/mute']]);
    const shown = await bryggan.command(['session', 'show', listed[0]?.handle ?? '']);
    expect(shown.output).toContain('loa3');
    const revoked = await bryggan.command(['session', 'revoke', listed[0]?.handle ?? '', '--json']);
    expect(JSON.parse(revoked.output)).toEqual([{ handle: listed[0]?.handle, services: [{ service: 'vgr/mute', result: 'cannot' }] }]);
    expect(await isLoggedIn(agent)).toBe(false);
    expect(bryggan.audit().findLast(({ type }) => type === 'session.ended')).toMatchObject({ person: 'SE2321000131-DEV1030', facts: { reason: 'administrator' } });
  });
  it('also while a file of a service is faulty: the commands of an incident look at what serves', async () => {
    const broken = join(bryggan.root, 'metadata', 'services', 'vgr', 'broken.yaml');
    writeFileSync(broken, 'federation: [\n');
    const outputs = await Promise.all([['session', 'list'], ['service', 'list'], ['audit', 'verify'], ['doctor']].map((args) => bryggan.command(args)));
    rmSync(broken);
    const [sessions, services, verified, doctor] = outputs;
    expect([sessions?.code, services?.code, verified?.code]).toEqual([0, 0, 0]);
    expect(services?.output).toContain('vgr/mute');
    expect(doctor).toMatchObject({ code: 1, output: expect.stringMatching(/bad\s+files[\s\S]*good\s+revocation: dev-siths-hsa-id-3/) as unknown });
  });
  it('names somebody, or nobody is ended', async () => {
    const refused = await bryggan.command(['session', 'revoke']);
    expect([refused.code, refused.output]).toEqual([2, expect.stringContaining('command.usage')]);
  });
});
