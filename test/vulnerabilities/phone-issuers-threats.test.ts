/** Threats I01 to I12 against logins with BankID and with Freja, each beside the unbroken twin that succeeds. What the clients themselves refuse: test/authenticators/mobile-eid. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addPhoneMethod } from '../../src/demo/net-id-demo.ts';
import { phoneKeyOf, type PhoneKey } from '../../src/demo/net-id-keys.ts';
import { ocspAbout, startBankId, type BankIdSimulator } from '../fakes/bankid/simulator.ts';
import { FREJA_SIGNER, startFreja, type FrejaSimulator } from '../fakes/freja/simulator.ts';
import { askingService, goOn, isAnswer, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';

const asker = askingService({ name: 'threatened', party: 'partille', yaml: 'methods: [bankid, freja, siths-card]\n' });
const sofia = phoneKeyOf('sofia-grann');
let bankId: BankIdSimulator;
let freja: FrejaSimulator;
let bryggan: Bryggan;
beforeAll(async () => {
  [bankId, freja] = await Promise.all([startBankId(), startFreja()]);
  bryggan = await startBryggan({
    services: [asker.files],
    prepare: ({ root }) => {
      const common = { byDefault: false, startsByPicture: false, addresses: 'same', timeoutMilliseconds: 4000 };
      addPhoneMethod(root, bankId.url, { ...common, id: 'bankid', names: { sv: 'BankID', en: 'BankID' }, service: 'bankid', issuers: ['dev-efos-mobile'] });
      addPhoneMethod(root, freja.url, { ...common, id: 'freja', names: { sv: 'Freja', en: 'Freja' }, service: 'freja', freja: { keyFiles: [`certs-dev/keys/${FREJA_SIGNER}.crt.pem`] } });
    },
  });
});
beforeEach(() => { bankId.instead = null; freja.instead = null; });
afterAll(async () => { await bryggan.stop(); await Promise.all([bankId.close(), freja.close()]); });

const METHODS = ['bankid', 'freja'] as const;
type Method = (typeof METHODS)[number];
const serviceOf = (method: Method): BankIdSimulator | FrejaSimulator => (method === 'bankid' ? bankId : freja);
const asked = (method: Method) => serviceOf(method).orders.at(-1)?.asked ?? {};
const approve = async (method: Method, holder: PhoneKey = sofia): Promise<void> => {
  if (method === 'bankid') bankId.approve(bankId.orders.at(-1)!, holder);
  else await freja.approve(freja.orders.at(-1)!, holder.number);
};
const browser = (): UserAgent => bryggan.agentFor(null);
const offered = async (agent: UserAgent, method: Method): Promise<Visit> => {
  const chooser = await goOn(agent, await asker.start(agent, bryggan));
  return agent.submit(chooser, { button: ({ value }) => value === method });
};
const begin = async (method: Method, device: 'same' | 'other' = 'other', agent = browser()): Promise<{ readonly agent: UserAgent; readonly page: Visit }> =>
  ({ agent, page: await agent.submit(await offered(agent, method), { button: ({ value }) => value === device }) });
const kindOf = async (agent: UserAgent, page: Visit): Promise<string> => (await (await agent.once(`${page.url.origin}${page.url.pathname}/status`, { from: page.url })).json() as { kind: string }).kind;
const decided = (agent: UserAgent, page: Visit): Promise<unknown> => until('the order is decided', async () => (await kindOf(agent, page)) === 'next');
const succeeds = async (agent: UserAgent, page: Visit): Promise<void> => {
  await decided(agent, page);
  expect(receivedFrom(await goOn(agent, await agent.go(page.url.href))).status).toEqual(['Success']);
};
const nobody = async (agent: UserAgent): Promise<boolean> => (await agent.go(`${bryggan.baseUrl}/me`)).step === 'nobody';
const refused = async (agent: UserAgent, page: Visit, code: string): Promise<void> => {
  await decided(agent, page);
  const end = await goOn(agent, await agent.go(page.url.href));
  expect([isAnswer(end), end.step, await nobody(agent)]).toEqual([false, 'phone-start', true]);
  expect(bryggan.audit().findLast(({ type }) => type === 'phone.refused')?.code).toBe(code);
};

describe.each(METHODS)('%s', (method) => {
  it('I01: nobody is named at the start, whatever a form says; the twin of all of these succeeds', async () => {
    const agent = browser();
    const page = await agent.submit(await offered(agent, method), { button: ({ value }) => value === 'other', fields: { person: sofia.number } });
    expect(JSON.stringify(asked(method))).not.toContain(sofia.number);
    await approve(method);
    await succeeds(agent, page);
  });
  it('I03: another browser learns nothing of the order and sees no picture', async () => {
    const { agent, page } = await begin(method);
    const thief = browser();
    await approve(method);
    expect([await kindOf(thief, page), (await thief.go(`${page.url.href}/picture`)).status]).toEqual(['unknown', 404]);
    await succeeds(agent, page);
  });
  it('I04: the way back logs nobody in in another browser, and takes nothing from the one that began', async () => {
    const { agent, page } = await begin(method, 'same');
    await approve(method);
    await decided(agent, page);
    const other = browser();
    const strange = await other.go(page.url.href);
    expect([strange.status, strange.step, await nobody(other)]).toEqual([403, 'start-again', true]);
    await succeeds(agent, page);
  });
  it('I06: the eleventh start in one login is refused, and the service is not asked', async () => {
    const agent = browser();
    let start = await offered(agent, method);
    const before = serviceOf(method).orders.length;
    for (let count = 0; count < 10; count += 1) {
      const page = await agent.submit(start, { button: ({ value }) => value === 'other' });
      start = await agent.submit(page, { form: ({ action }) => action.includes('/phone/') && action.endsWith('/cancel') });
    }
    expect(serviceOf(method).orders.slice(before).every(({ cancelled }) => cancelled)).toBe(true);
    expect([(await agent.submit(start, { button: ({ value }) => value === 'other' })).step, serviceOf(method).orders.length - before]).toEqual(['phone-start', 10]);
    const twin = await begin(method);
    await approve(method);
    await succeeds(twin.agent, twin.page);
  });
  it('I09: twenty requests at once end in one session', async () => {
    const { agent, page } = await begin(method);
    await approve(method);
    await decided(agent, page);
    const replies = await Promise.all(Array.from({ length: 20 }, () => agent.once(page.url.href, { from: page.url })));
    expect(replies.filter(({ headers }) => headers.getSetCookie().some((line) => line.startsWith('__Host-bryggan=')))).toHaveLength(1);
    expect(receivedFrom(await goOn(agent, await agent.go(page.url.href))).status).toEqual(['Success']);
  });
  it('I10: references, tokens and numbers stand in no log line and no audit line; the way back is made by us', async () => {
    const { agent, page } = await begin(method, 'same', bryggan.agentFor(null, { headers: { 'x-forwarded-host': 'evil.example', 'forwarded': 'host=evil.example' } }));
    const link = page.links.find(({ href }) => href.startsWith(`${method}:`) || href.startsWith('frejaeid:'))?.href ?? '';
    expect(link).not.toBe('');
    expect(decodeURIComponent(link)).not.toContain('evil.example');
    await approve(method);
    await succeeds(agent, page);
    const order = serviceOf(method).orders.at(-1)!;
    const secrets = 'orderRef' in order ? [order.orderRef, order.autoStartToken, order.qrStartToken, order.qrStartSecret] : [order.authRef];
    for (const secret of secrets) expect([bryggan.log().includes(secret), JSON.stringify(bryggan.audit()).includes(secret)]).toEqual([false, false]);
    expect(bryggan.log()).not.toContain(sofia.number);
  });
  it('I12: a service that never answers: its login says so, a card still logs in, and it works again afterwards', async () => {
    const agent = browser();
    const start = await offered(agent, method);
    serviceOf(method).instead = 'silence';
    const hanging = agent.submit(start, { button: ({ value }) => value === 'other' });
    const card = bryggan.agentFor('anna-berglund');
    const chooser = await goOn(card, await asker.start(card, bryggan));
    expect(receivedFrom(await goOn(card, await card.submit(chooser, { button: ({ value }) => value === 'siths-card' }))).status).toEqual(['Success']);
    const away = await hanging;
    expect([away.step, away.text.includes('svarar inte')]).toEqual(['phone-start', true]);
    serviceOf(method).instead = null;
    const page = await agent.submit(away, { button: ({ value }) => value === 'other' });
    await approve(method);
    await succeeds(agent, page);
  });
});

describe('BankID alone', () => {
  it('I02: each second another picture, whose secret stands in no answer to the browser; one that is old is not taken', async () => {
    const { agent, page } = await begin('bankid');
    const order = bankId.orders.at(-1)!;
    const pictures = new Set<string>();
    await until('the picture changed', async () => {
      const { body } = await agent.go(`${page.url.href}/picture`, { from: page.url });
      expect(body).not.toContain(order.qrStartSecret);
      return pictures.add(body).size > 1;
    });
    expect(page.body).not.toContain(order.qrStartSecret);
    bankId.approve(order, sofia);
    await succeeds(agent, page);
  });
  it('I05: what the browser says about its address is not passed on', async () => {
    await begin('bankid', 'other', bryggan.agentFor(null, { headers: { 'x-forwarded-for': '198.51.100.7' } }));
    expect(asked('bankid')['endUserIp']).toBe('127.0.0.1');
  });
  it.each([['same', '198.51.100.7', false], ['other', '198.51.100.7', true], ['same', '127.0.0.1', true]] as const)('I05: the app on the %s device answers from %s: logged in %s', async (device, deviceAddress, good) => {
    const { agent, page } = await begin('bankid', device);
    bankId.approve(bankId.orders.at(-1)!, sofia, { deviceAddress });
    if (!good) return refused(agent, page, 'mobile.elsewhere');
    await succeeds(agent, page);
    expect((await agent.go(`${bryggan.baseUrl}/me`)).text).toContain(`från ${deviceAddress}`);
  });
  const elsewhere = Buffer.from(Buffer.alloc(32, 9).toString('base64')).toString('base64');
  it.each<readonly [string, () => Parameters<BankIdSimulator['approve']>[2]]>([
    ['I07: a signature for another login', () => ({ challenge: elsewhere })],
    ['I07: a signature by another key', () => ({ signer: phoneKeyOf('anna-berglund') })],
    ['I07: a changed signature', () => ({ change: (xml) => xml.replace('cn=Test', 'cn=Best') })],
    ['I07: no OCSP answer', () => ({ ocsp: null })],
    ['I07: an OCSP answer about another certificate', () => ({ ocsp: ocspAbout(phoneKeyOf('anna-berglund')) })],
    ['I07: an OCSP answer of last week', () => ({ ocsp: ocspAbout(sofia, { at: Date.now() - 7 * 86_400_000 }) })],
    ['I07: garbage as OCSP answer', () => ({ ocsp: Buffer.from('3003', 'hex') })],
    ['I08: a person beside the signature that is not in it', () => ({ number: phoneKeyOf('anna-berglund').number })],
  ])('%s', async (_what, attack) => {
    const { agent, page } = await begin('bankid');
    bankId.approve(bankId.orders.at(-1)!, sofia, attack());
    await refused(agent, page, 'mobile.credential');
  });
  it.each<readonly [string, () => PhoneKey]>([
    ['of an issuer of another environment', () => phoneKeyOf('sofia-grann', { authority: 'siths-mobile' })],
    ['of an issuer on no list', () => phoneKeyOf('sofia-grann', { authority: 'siths-unlisted' })],
    ['that is expired', () => phoneKeyOf('sofia-grann', { validFrom: Date.now() - 10_000_000, validHours: 1 })],
  ])('I08: a certificate %s', async (_what, holder) => {
    const { agent, page } = await begin('bankid');
    bankId.approve(bankId.orders.at(-1)!, holder());
    await refused(agent, page, 'mobile.credential');
  });
  it('I07: an OCSP answer that says revoked', async () => {
    const holder = phoneKeyOf('sofia-grann');
    const { agent, page } = await begin('bankid');
    bankId.approve(bankId.orders.at(-1)!, holder, { ocsp: ocspAbout(holder, { revoked: true }) });
    await refused(agent, page, 'mobile.credential');
  });
  it('I11: the app says one line of ours, and who asks', () => {
    expect(Buffer.from(String(asked('bankid')['userVisibleData']), 'base64').toString()).toBe('Logga in i Tjänsten threatened');
    expect(asked('bankid')['userVisibleDataFormat']).toBeUndefined();
  });
});
describe('Freja alone', () => {
  it.each<readonly [string, Parameters<FrejaSimulator['approve']>[2]]>([
    ['I07: signed by another key', { machine: 'demo-3' }],
    ['I07: about another order', { claims: { authRef: 'another', status: 'APPROVED', requestedAttributes: { ssn: { ssn: sofia.number } } } }],
    ['I08: names somebody by what is no number', { claims: { authRef: '', status: 'APPROVED', requestedAttributes: { ssn: { ssn: '189201099837' } } } }],
  ])('%s', async (what, attack) => {
    const { agent, page } = await begin('freja');
    const order = freja.orders.at(-1)!;
    const claims = what.startsWith('I08') ? { ...attack?.claims, authRef: order.authRef } : attack?.claims;
    await freja.approve(order, sofia.number, { ...attack, ...(claims === undefined ? {} : { claims }) });
    await refused(agent, page, 'mobile.credential');
  });
  it('I08: only the registration that the method’s level stands for is asked for', () => { expect(asked('freja')['minRegistrationLevel']).toBe('PLUS'); });
});
