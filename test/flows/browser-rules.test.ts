/** The seven browser rules (DESIGN §1) on a real Bryggan: what tabs, Back, Refresh, lost cookies and strangers can and cannot do. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askingService, goOn, isAnswer, logIn, newRequestId, pickCommission, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';

const journal = askingService({ name: 'journal', wants: ['employeeHsaId!', 'commissionHsaId!'] });
const services = Array.from({ length: 10 }, (_, index) => askingService({ name: `tab${String(index)}`, party: index % 2 === 0 ? 'vgr' : 'boras' }));
const careful = askingService({ name: 'careful', yaml: 'sso: confirm\n' });
const strict = askingService({ name: 'strict', yaml: 'sso: never\n' });
const simple = askingService({ name: 'simple' });
let bryggan: Bryggan;
beforeAll(async () => { bryggan = await startBryggan({ services: [journal, careful, strict, simple, ...services].map(({ files }) => files) }); });
afterAll(() => bryggan.stop());

const loginId = (visit: Visit): string => /\/login\/([A-Za-z0-9_-]{22})/.exec(visit.url.pathname)?.[1] ?? '';
/** Up to the card page, where the browser would leave for the card host. */
const toCard = async (agent: UserAgent, service = simple): Promise<Visit> => agent.settle(await service.start(agent, bryggan), ({ step }) => step === 'card');
/** What the card host answers: the address on the public listener, not followed. */
const atCardHost = async (agent: UserAgent, page: Visit): Promise<string> => {
  const answer = await agent.once(page.refresh ?? '', { from: page.url });
  await answer.arrayBuffer();
  return answer.headers.get('location') ?? '';
};
const toCommission = async (agent: UserAgent): Promise<Visit> => {
  const page = await logIn(agent, bryggan, journal);
  expect(page.step).toBe('choose-commission');
  return page;
};
const succeededWith = (reference: string | null) => bryggan.audit().filter((line) => line.type === 'login.succeeded' && line.reference === reference);

describe('rule 3: one cookie per transaction', () => {
  it('fifty interleaved tabs, started with no cookie at all, each end at their own service with their own RelayState', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const asks = Array.from({ length: 50 }, (_, index) => ({ service: services[index % services.length] ?? simple, id: newRequestId(), relayState: `tab-${String(index)}` }));
    const cardPages = await Promise.all(asks.map(async ({ service, id, relayState }) => agent.settle(await service.start(agent, bryggan, { id, relayState }), ({ step }) => step === 'card')));
    const answers = await Promise.all(cardPages.toReversed().map((page) => goOn(agent, page)));
    answers.toReversed().forEach((answer, index) => {
      expect(receivedFrom(answer)).toMatchObject({ acs: asks[index]?.service.acs, relayState: asks[index]?.relayState, inResponseTo: asks[index]?.id, status: ['Success'] });
    });
  });
  it('fifty by POST, started at once without a cookie', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const asks = Array.from({ length: 50 }, (_, index) => ({ service: services[index % services.length] ?? simple, id: newRequestId(), relayState: `post-${String(index)}` }));
    const answers = await Promise.all(asks.map(async ({ service, id, relayState }) => goOn(agent, await service.post(agent, bryggan, { id, relayState }))));
    answers.forEach((answer, index) => {
      expect(receivedFrom(answer)).toMatchObject({ acs: asks[index]?.service.acs, relayState: asks[index]?.relayState, inResponseTo: asks[index]?.id, status: ['Success'] });
    });
  });
  it('fifty with a session are answered in one request each', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    receivedFrom(await logIn(agent, bryggan, simple));
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => (services[index % services.length] ?? simple).start(agent, bryggan, { relayState: `s-${String(index)}` })));
    answers.forEach((answer, index) => { expect(receivedFrom(answer)).toMatchObject({ relayState: `s-${String(index)}`, status: ['Success'] }); expect(answer.trail).toHaveLength(1); });
  });
  it('every cookie is Secure, HttpOnly and SameSite=Lax; the transaction’s is bound to its path, the session’s to the host', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    receivedFrom(await logIn(agent, bryggan, simple));
    const cookies = (await agent.jar.serialize())?.cookies ?? [];
    expect(cookies.length).toBeGreaterThanOrEqual(2);
    for (const cookie of cookies) {
      expect(cookie, cookie.key).toMatchObject({ secure: true, httpOnly: true, sameSite: 'lax' });
      expect(cookie.key).toMatch(/^__(Host|Secure)-/);
      if (String(cookie.key).startsWith('__Secure-')) expect(cookie['path']).toMatch(/^\/login\/[A-Za-z0-9_-]{22}$/);
    }
    expect(cookies.some(({ domain, path }) => String(domain).startsWith('card.') || String(path).startsWith('/card'))).toBe(false);
  });
});

describe('rule 4: a result obtained elsewhere is parked', () => {
  it('the code works in the browser that started', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    expect(receivedFrom(await goOn(agent, await agent.go(await atCardHost(agent, await toCard(agent))))).status).toEqual(['Success']);
  });
  it('in another browser it logs nobody in, and is burnt for the first browser too', async () => {
    const [mine, other] = [bryggan.agentFor('anna-berglund'), bryggan.agentFor(null)];
    const back = await atCardHost(mine, await toCard(mine));
    const stranger = await other.go(back);
    expect([stranger.status, isAnswer(stranger), stranger.step]).toEqual([403, false, 'start-again']);
    const [cookies] = [(await other.jar.serialize())?.cookies ?? []];
    expect(cookies.some(({ key }) => String(key).includes('session'))).toBe(false);
    const late = await mine.go(back);
    expect(isAnswer(late)).toBe(false);
    expect(bryggan.audit().some(({ code }) => code === 'login.other-browser')).toBe(true);
    expect(receivedFrom(await goOn(mine, late)).status).toEqual(['Success']);
  });
  it('a card link sent to somebody else: the victim’s card logs neither in', async () => {
    const [attacker, victim] = [bryggan.agentFor(null), bryggan.agentFor('anna-berglund')];
    const link = (await toCard(attacker)).refresh ?? '';
    const end = await victim.go(link);
    expect([end.status, end.step]).toEqual([403, 'start-again']);
    const sender = await attacker.go(`${bryggan.baseUrl}/login/${/card\/([A-Za-z0-9_-]{22})/.exec(link)?.[1] ?? ''}/`);
    expect(isAnswer(sender)).toBe(false);
    expect((await attacker.go(`${bryggan.baseUrl}/me`)).text).not.toContain('Anna');
  });
  it('the code is used once: a second use goes on with the login as it stands, without a second answer', async () => {
    const agent = bryggan.agentFor('erik-sandstrom');
    const page = await agent.settle(await journal.start(agent, bryggan), ({ step }) => step === 'card');
    const back = await atCardHost(agent, page);
    const first = await agent.go(back);
    const second = await agent.go(back);
    expect([first.step, second.step]).toEqual(['choose-commission', 'choose-commission']);
    expect(second.url.search).toBe('');
    expect(receivedFrom(await pickCommission(agent, second)).status).toEqual(['Success']);
    expect(isAnswer(await agent.go(back))).toBe(false);
  });
  it('a link of the card host is used once', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const page = await toCard(agent);
    const back = await atCardHost(agent, page);
    expect(back).toContain('/return?code=');
    expect(await atCardHost(agent, page)).not.toContain('code=');
    expect(receivedFrom(await goOn(agent, await agent.go(back))).status).toEqual(['Success']);
  });
  it('a transaction succeeds once under twenty parallel tries', async () => {
    const agent = bryggan.agentFor('erik-sandstrom');
    const page = await toCommission(agent);
    const reference = bryggan.audit().findLast(({ type, person }) => type === 'login.authenticated' && person === 'SE2321000131-DEV1002')?.reference ?? null;
    const tries = await Promise.all(Array.from({ length: 20 }, () => agent.submit(page, { button: ({ data }) => data['commission'] === '1' })));
    expect(tries.filter(isAnswer)).toHaveLength(1);
    expect(tries.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    expect(succeededWith(reference)).toHaveLength(1);
  });
});

describe('rule 5: no dead ends', () => {
  it('refresh of every page of a login shows the page again', async () => {
    const agent = bryggan.agentFor('erik-sandstrom');
    const card = await toCard(agent, journal);
    expect((await agent.go(card.url.href)).step).toBe('card');
    const commission = await toCommission(agent);
    expect((await agent.go(commission.url.href)).step).toBe('choose-commission');
    const chooser = await agent.go(`${bryggan.baseUrl}/login/${loginId(card)}/method`);
    expect(chooser.status).toBe(200);
  });
  it('refresh of the last page, when the answer has left: already logged in, with the way to the service', async () => {
    const agent = bryggan.agentFor('erik-sandstrom');
    const page = await toCommission(agent);
    receivedFrom(await pickCommission(agent, page));
    const again = await agent.go(page.url.href);
    expect(again.step).toBe('already-logged-in');
    expect(again.links.map(({ href }) => href)).toContain('https://journal.service.example/');
  });
  it('a double click on a choice: the second one meets a page, not a fault', async () => {
    const agent = bryggan.agentFor('erik-sandstrom');
    const page = await toCommission(agent);
    receivedFrom(await pickCommission(agent, page));
    const second = await agent.submit(page, { button: ({ data }) => data['commission'] === '0' });
    expect([second.status, second.step]).toEqual([200, 'already-logged-in']);
  });
  it('Back to the application’s redirect: in this browser the login goes on, elsewhere the request is spent', async () => {
    const [agent, other] = [bryggan.agentFor('anna-berglund'), bryggan.agentFor('anna-berglund')];
    const url = simple.startUrl(bryggan);
    const first = await agent.settle(await agent.go(url), ({ step }) => step === 'card');
    const again = await agent.settle(await agent.go(url), ({ step }) => step === 'card');
    expect(loginId(again)).toBe(loginId(first));
    const elsewhere = await other.go(url);
    expect(isAnswer(elsewhere)).toBe(false);
    expect(elsewhere.status).toBeGreaterThanOrEqual(400);
    expect(receivedFrom(await goOn(agent, again)).status).toEqual(['Success']);
    expect(isAnswer(await agent.go(url))).toBe(false);
  });
  it('the cookie is lost: start again at the application', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const page = await toCard(agent);
    await agent.jar.removeAllCookies();
    const lost = await agent.go(page.url.href);
    expect([lost.status, lost.step]).toEqual([403, 'start-again']);
    expect(lost.links.map(({ href }) => href)).toContain('https://simple.service.example/');
  });
  it('an old tab, and a bookmark of a login that never was', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const never = await agent.go(`${bryggan.baseUrl}/login/AAAAAAAAAAAAAAAAAAAAAA/`);
    expect([never.status, never.step]).toEqual([410, 'start-again']);
    receivedFrom(await logIn(agent, bryggan, simple));
    const old = await agent.go(`${bryggan.baseUrl}/login/AAAAAAAAAAAAAAAAAAAAAA/`);
    expect([old.status, old.step]).toEqual([200, 'already-logged-in']);
  });
  it('a form that another site posts is refused; the person’s own press is not', async () => {
    const agent = bryggan.agentFor('erik-sandstrom');
    const page = await toCommission(agent);
    const foreign = await agent.submit(page, { button: ({ data }) => data['commission'] === '0', headers: { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' } });
    expect([foreign.status, isAnswer(foreign)]).toEqual([403, false]);
    const noToken = await agent.submit(page, { button: ({ data }) => data['commission'] === '0', fields: { token: 'x' } });
    expect([noToken.status, isAnswer(noToken)]).toEqual([403, false]);
    expect(receivedFrom(await pickCommission(agent, page)).status).toEqual(['Success']);
  });
});

describe('rule 7: not the colleague', () => {
  it('sso confirm: the session’s owner is named and asked; yes answers, no asks for a card', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    receivedFrom(await logIn(agent, bryggan, simple));
    const asked = await careful.start(agent, bryggan);
    expect(asked.step).toBe('confirm-session');
    expect(asked.text).toContain('Anna');
    expect(receivedFrom(await goOn(agent, await agent.submit(asked, { button: ({ data }) => data['answer'] === 'yes' }))).status).toEqual(['Success']);
    const no = await agent.submit(await careful.start(agent, bryggan), { button: ({ data }) => data['answer'] === 'no' });
    expect(no.step).toBe('card');
  });
  it('sso never: a card each time; silent: none', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    receivedFrom(await logIn(agent, bryggan, simple));
    expect((await agent.settle(await strict.start(agent, bryggan), ({ step }) => step === 'card')).step).toBe('card');
    expect(isAnswer(await simple.start(agent, bryggan))).toBe(true);
  });
});
