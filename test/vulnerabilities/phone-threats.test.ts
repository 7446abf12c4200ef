/** Threats I01 to I12 against a login with a phone, each beside the unbroken twin that succeeds. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPrivateKey } from 'node:crypto';
import { appText } from '../../src/login/phone.ts';
import { phoneKeyOf } from '../../src/demo/net-id-keys.ts';
import { developmentSet, readDer, readFilePem } from '../../certs-dev/set.ts';
import { askingService, goOn, logIn, receivedFrom } from '../fixtures/asking-service.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';
import { startPhoneStage, type PhoneStage } from '../flows/phone-stage.ts';

const simple = askingService({ name: 'simple', party: 'joint' });
const phoneOnly = askingService({ name: 'phone-only', party: 'joint', yaml: 'methods: [mobile-efos]\n' });
let stage: PhoneStage;
beforeAll(async () => { stage = await startPhoneStage({ services: [simple.files, phoneOnly.files], method: { timeoutMilliseconds: 800, addresses: 'same', issuers: ['dev-efos-mobile'] } }); });
afterAll(() => stage.stop());
beforeEach(() => { Object.assign(stage.service.faults, { slow: 0, unavailable: false, signature: 'right', certificate: 'right', deviceAddress: '127.0.0.1' }); });

const browser = (): UserAgent => stage.bryggan.agentFor(null);
const nobody = async (agent: UserAgent): Promise<boolean> => (await agent.go(`${stage.bryggan.baseUrl}/me`)).step === 'nobody';
const orderBegun = async (how: Parameters<PhoneStage['begin']>[2] = {}) => {
  const agent = browser();
  return { agent, ...(await stage.begin(agent, simple, how)) };
};
const succeeds = async (agent: UserAgent, page: Visit): Promise<void> => { expect(receivedFrom(await stage.finish(agent, page)).status).toEqual(['Success']); };
const refused = async (agent: UserAgent, page: Visit): Promise<void> => {
  expect((await stage.finish(agent, page)).step).toBe('phone-start');
  expect(await nobody(agent)).toBe(true);
};

describe('I01: a login begun for somebody else', () => {
  it('where the service has a picture nobody can be named: a typed person is not sent', async () => {
    const agent = browser();
    const start = await stage.open(agent, simple);
    const before = stage.service.orders.length;
    await agent.submit(start, { button: ({ value }) => value === 'other', fields: { person: stage.key('anna-berglund').number } });
    expect(stage.service.orders.slice(before).map(({ person }) => person)).toEqual(['']);
  });
  it('where it must be typed the page warns; a device that is neither is another one', async () => {
    const agent = browser();
    const start = await stage.open(agent, simple, 'efos-by-number');
    expect(start.text).toContain('Godkänn bara när du själv sitter här');
    const before = stage.service.orders.length;
    await agent.submit(start, { button: ({ value }) => value === 'same', fields: { device: 'nearby' } });
    expect(stage.service.orders).toHaveLength(before);
  });
});

describe('I03: another browser asks about the order', () => {
  it.each([['no cookie', null], ['a cookie of another login', 'other']])('%s: nothing is said, and no picture shown', async (_, kind) => {
    const { agent, page, order } = await orderBegun();
    const thief = browser();
    if (kind !== null) {
      const cookie = (await (await orderBegun()).agent.jar.getCookies(page.url.href))[0];
      await thief.jar.setCookie(`__Secure-bryggan-login=${cookie?.value ?? 'a'.repeat(22)}; Path=/; Secure`, page.url.href);
    }
    expect(await stage.status(thief, page)).toEqual({ kind: 'unknown' });
    expect((await thief.go(`${page.url.href}/picture`)).status).toBe(404);
    stage.service.approve(order, stage.key('anna-berglund'));
    expect(await stage.status(thief, page)).toEqual({ kind: 'unknown' });
    await succeeds(agent, page);
  });
});

describe('I04: the way back is opened in another browser', () => {
  it('logs nobody in there and takes nothing from the browser that began', async () => {
    const { agent, page, order } = await orderBegun({ device: 'same' });
    stage.service.approve(order, stage.key('anna-berglund'));
    await expect.poll(async () => (await stage.status(agent, page)).kind, { timeout: 8000 }).toBe('next');
    const other = browser();
    const strange = await other.go(page.url.href);
    expect([strange.status, strange.step]).toEqual([403, 'start-again']);
    expect(await nobody(other)).toBe(true);
    await succeeds(agent, page);
  });
  it('cancelling or starting from elsewhere does nothing: the form’s token and cookie are asked for', async () => {
    const { agent, page, order } = await orderBegun();
    const other = browser();
    expect((await other.submit(page, { form: ({ action }) => action.endsWith('/cancel') && action.includes('/phone/') })).status).toBe(403);
    expect((await agent.submit(page, { form: ({ action }) => action.includes('/phone/') && action.endsWith('/cancel'), fields: { token: 'x' } })).status).toBe(403);
    stage.service.approve(order, stage.key('anna-berglund'));
    await succeeds(agent, page);
  });
});

describe('I05: addresses', () => {
  it('a header that claims another address is not believed; browser and phone both stand on record', async () => {
    const agent = stage.bryggan.agentFor(null, { headers: { 'x-forwarded-for': '198.51.100.7' } });
    const { page, order } = await stage.begin(agent, simple);
    stage.service.approve(order, stage.key('anna-berglund'));
    await succeeds(agent, page);
    expect(stage.bryggan.audit().findLast(({ type }) => type === 'login.authenticated')?.facts).toMatchObject({ browserAddress: '127.0.0.1', phoneAddress: '127.0.0.1', method: 'mobile-efos' });
  });
});

describe('I05: where addresses must agree', () => {
  it.each([['same', '198.51.100.7', 'phone-start'], ['other', '198.51.100.7', 'answer'], ['same', '127.0.0.1', 'answer'], ['same', 'unknown', 'answer']] as const)('the app on the %s device answers from %s: %s', async (device, address, end) => {
    const { agent, page, order } = await orderBegun({ device });
    stage.service.faults.deviceAddress = address;
    stage.service.approve(order, stage.key('anna-berglund'));
    if (end === 'answer') return succeeds(agent, page);
    await refused(agent, page);
    expect(stage.bryggan.audit().findLast(({ type }) => type === 'phone.refused')?.code).toBe('mobile.elsewhere');
  });
});

describe('I06: a phone that rings and rings', () => {
  it('the eleventh start for one person in a minute is refused, from whatever browser; another person’s is not', async () => {
    const { number } = stage.key('sofia-grann');
    for (let count = 0; count < 10; count += 1) await orderBegun({ method: 'efos-by-number', person: number });
    const before = stage.service.orders.length;
    const agent = browser();
    const eleventh = await agent.submit(await stage.open(agent, simple, 'efos-by-number'), { form: ({ hidden }) => hidden.some(({ value }) => value === 'other'), fields: { person: number } });
    expect([eleventh.step, stage.service.orders.length]).toEqual(['phone-start', before]);
    expect((await orderBegun({ method: 'efos-by-number', person: stage.key('john-asplund').number })).page.step).toBe('phone');
  });
  it('a newer order of the same person replaces the one that waits, and the older page says so', async () => {
    const { number } = stage.key('anna-berglund');
    const first = await orderBegun({ method: 'efos-by-number', person: number });
    const second = await orderBegun({ method: 'efos-by-number', person: number });
    await refused(first.agent, first.page);
    stage.service.approve(second.order, stage.key('anna-berglund'));
    await succeeds(second.agent, second.page);
  });
});

describe('I07: a result that belongs to something else', () => {
  it('a signature over another challenge', async () => {
    const { agent, page, order } = await orderBegun();
    stage.service.faults.signature = 'other-challenge';
    stage.service.approve(order, stage.key('anna-berglund'));
    await refused(agent, page);
  });
  it('no signature at all', async () => {
    const { agent, page, order } = await orderBegun();
    stage.service.faults.signature = 'missing';
    stage.service.approve(order, stage.key('anna-berglund'));
    await refused(agent, page);
  });
  it('another person’s certificate beside the signature', async () => {
    const { agent, page, order } = await orderBegun();
    stage.service.faults.certificate = stage.key('erik-sandstrom');
    stage.service.approve(order, stage.key('anna-berglund'));
    await refused(agent, page);
  });
  it('the unbroken twin of the three', async () => {
    const { agent, page, order } = await orderBegun();
    stage.service.approve(order, stage.key('anna-berglund'));
    await succeeds(agent, page);
  });
});

describe('I08: a certificate that counts elsewhere', () => {
  const card = developmentSet().certificate('anna-berglund');
  it.each([
    ['of another issuer of phones, which this method does not take', () => phoneKeyOf('anna-berglund', { authority: 'siths-mobile' })],
    ['of an issuer of cards', () => phoneKeyOf('anna-berglund', { authority: 'efos-person-id' })],
    ['of an issuer on no list', () => phoneKeyOf('anna-berglund', { authority: 'siths-unlisted' })],
    ['a card’s own', () => ({ ...stage.key('anna-berglund'), certificate: readDer(card.certFile), key: createPrivateKey(readFilePem(card.keyFile)) })],
    ['expired', () => phoneKeyOf('anna-berglund', { validFrom: Date.now() - 10_000_000, validHours: 1 })],
    ['with a number that is none', () => phoneKeyOf('anna-berglund', { number: '189003129808' })],
  ])('%s', async (_, holder) => {
    const { agent, page, order } = await orderBegun();
    stage.service.approve(order, holder());
    await refused(agent, page);
  });
  it('the unbroken twin', async () => {
    const { agent, page, order } = await orderBegun();
    stage.service.approve(order, phoneKeyOf('anna-berglund'));
    await succeeds(agent, page);
  });
});

describe('I09: the outcome is taken up twice', () => {
  it('twenty requests at once end in one session', async () => {
    const { agent, page, order } = await orderBegun();
    stage.service.approve(order, stage.key('anna-berglund'));
    await expect.poll(async () => (await stage.status(agent, page)).kind, { timeout: 8000 }).toBe('next');
    const replies = await Promise.all(Array.from({ length: 20 }, () => agent.once(page.url.href, { from: page.url })));
    expect(replies.filter(({ headers }) => headers.getSetCookie().some((line) => line.startsWith('__Host-bryggan=')))).toHaveLength(1);
    expect(receivedFrom(await goOn(agent, await agent.go(page.url.href))).status).toEqual(['Success']);
    expect(await nobody(agent)).toBe(false);
  });
});

describe('I10: tokens', () => {
  it('the order’s reference stands in no log line and no audit line, and on no page but the one that opens the app', async () => {
    const here = await orderBegun({ device: 'same' });
    const there = await orderBegun({ device: 'other' });
    expect(here.page.body).toContain(here.order.reference);
    expect(there.page.body).not.toContain(there.order.reference);
    for (const { agent, page, order } of [here, there]) {
      stage.service.approve(order, stage.key('anna-berglund'));
      await succeeds(agent, page);
    }
    for (const { order } of [here, there]) {
      expect(stage.bryggan.log()).not.toContain(order.reference);
      expect(JSON.stringify(stage.bryggan.audit())).not.toContain(order.reference);
    }
    expect(stage.bryggan.log()).not.toContain(stage.key('anna-berglund').number);
  });
  it('the way back is made by us: what the browser says about hosts changes nothing', async () => {
    const agent = stage.bryggan.agentFor(null, { headers: { 'user-agent': 'iPhone', 'x-forwarded-host': 'evil.example', 'forwarded': 'host=evil.example' } });
    const { page } = await stage.begin(agent, simple, { device: 'same' });
    const link = page.links.find(({ href }) => href.startsWith('netid:'))?.href ?? '';
    expect(decodeURIComponent(link)).toContain(`redirect=${stage.bryggan.baseUrl}/login/`);
  });
});

describe('I11: what the app says', () => {
  it.each([
    ['Journalsystemet', 'Logga in i Journalsystemet'],
    ['**Bank**\n[x](javascript:1)', 'Logga in i Bank x (javascript 1)'],
    ['a\u202eb\u2066c\u200fd', 'Logga in i a b c d'],
    ['<b>&amp;</b>', 'Logga in i b &amp /b'],
    ['\n\r\t', 'Logga in i tjänsten'],
    ['x'.repeat(500), `Logga in i ${'x'.repeat(60)}`],
  ])('%j', (name, text) => { expect(appText(name)).toBe(text); });
});

describe('I12: the service hangs', () => {
  it('its own login says so in bounded time, and a card still logs in meanwhile', async () => {
    stage.service.faults.slow = 60_000;
    const agent = browser();
    const start = await stage.open(agent, simple);
    const hanging = Array.from({ length: 10 }, () => agent.submit(start, { button: ({ value }) => value === 'other' }));
    const card = stage.bryggan.agentFor('anna-berglund');
    const chooser = await goOn(card, await simple.start(card, stage.bryggan));
    expect(receivedFrom(await goOn(card, await card.submit(chooser, { button: ({ value }) => value === 'siths-card' }))).status).toEqual(['Success']);
    for (const visit of await Promise.all(hanging)) expect([visit.step, visit.text.includes('svarar inte')]).toEqual(['phone-start', true]);
    stage.service.faults.slow = 0;
    const again = await orderBegun();
    stage.service.approve(again.order, stage.key('anna-berglund'));
    await succeeds(again.agent, again.page);
  });
});

describe('who may use it', () => {
  it('a service that offers the phone alone shows no chooser, and a card is not offered', async () => {
    const visit = await logIn(stage.bryggan.agentFor('anna-berglund'), stage.bryggan, phoneOnly);
    expect(visit.step).toBe('phone-start');
    expect((await browser().go(`${visit.url.origin}${visit.url.pathname.replace(/phone\/.*$/, 'method/siths-card')}`)).status).toBe(403);
  });
});
