/** Logging in with mobile Efos through a real Bryggan and a simulated Net iD Access Server, real sockets throughout. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askingService, goOn, receivedFrom } from '../fixtures/asking-service.ts';
import { startPhoneStage, type PhoneStage } from './phone-stage.ts';

const simple = askingService({ name: 'simple', party: 'joint' });
const municipality = askingService({ name: 'home-care', party: 'partille' });
const commissions = askingService({ name: 'journal', wants: ['employeeHsaId!', 'commissionHsaId!'] });
let stage: PhoneStage;
beforeAll(async () => { stage = await startPhoneStage({ services: [simple.files, municipality.files, commissions.files] }); });
afterAll(async () => {
  expect(stage.service.complaints).toEqual([]);
  expect(stage.service.inFlight()).toBe(1);
  await stage.stop();
});
beforeEach(() => { Object.assign(stage.service.faults, { slow: 0, unavailable: false, malformed: null, loseComplete: false, textInside: false, faultsAsStatus: false, refuseStart: null, signature: 'right', certificate: 'right' }); });

describe('a login with the app', () => {
  it('on another device: the picture is read, the phone approves, the browser goes on by itself; one login for a joint service and a municipality’s', async () => {
    const agent = stage.bryggan.agentFor(null);
    const { page, order } = await stage.begin(agent, simple);
    expect([page.step, order.person]).toEqual(['phone', '']);
    // Without script the page loads itself again.
    expect(page.body).toContain('<noscript><meta http-equiv="refresh" content="4"></noscript>');
    const picture = await agent.go(`${page.url.href}/picture`, { from: page.url });
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    expect(await stage.status(agent, page)).toMatchObject({ kind: 'pending', hint: 'start-app' });
    order.status = 'USER_SIGN';
    await expect.poll(async () => (await stage.status(agent, page)).hint, { timeout: 8000 }).toBe('user-sign');
    expect((await agent.go(`${page.url.href}/picture`, { from: page.url })).status).toBe(404);
    stage.service.approve(order, stage.key('anna-berglund'));
    const answer = receivedFrom(await stage.finish(agent, page));
    expect(answer.status).toEqual(['Success']);
    expect(answer.level).toBe('http://id.sambi.se/loa/loa3');
    expect(answer.attributes['employeeHsaId']).toHaveLength(1);
    const mine = await agent.go(`${stage.bryggan.baseUrl}/me`);
    expect(mine.text).toContain('Telefonsimulatedfrån 127.0.0.1Webbläsarefrån 127.0.0.1');
    const second = receivedFrom(await goOn(agent, await municipality.start(agent, stage.bryggan)));
    expect([second.status, second.attributes['employeeHsaId']]).toEqual([['Success'], answer.attributes['employeeHsaId']]);
  });
  it('on this device: the page opens the app with the order and the way back, which a new tab follows; the old tab says so', async () => {
    const agent = stage.bryggan.agentFor(null, { headers: { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1' } });
    const { page, order } = await stage.begin(agent, simple, { device: 'same' });
    const link = page.links.find(({ href }) => href.startsWith('netid:'))?.href ?? '';
    expect(link).toBe(`netid:///?autostarttoken=${order.reference}&redirect=${encodeURIComponent(page.url.href)}`);
    stage.service.approve(order, stage.key('anna-berglund'));
    await expect.poll(async () => (await stage.status(agent, page)).kind, { timeout: 8000 }).toBe('next');
    expect(receivedFrom(await goOn(agent, await agent.go(page.url.href))).status).toEqual(['Success']);
    expect(await stage.status(agent, page)).toMatchObject({ kind: 'moved' });
  });
  it('several commissions: chosen after the phone, found by personal identity number in the directory', async () => {
    const agent = stage.bryggan.agentFor(null);
    const { page, order } = await stage.begin(agent, commissions);
    stage.service.approve(order, stage.key('erik-sandstrom'));
    expect((await stage.finish(agent, page)).step).toBe('choose-commission');
  });
  it('several employments lead to a choice, since the certificate names the person alone', async () => {
    const agent = stage.bryggan.agentFor(null);
    const { page, order } = await stage.begin(agent, simple);
    stage.service.approve(order, stage.key('elin-skog'));
    expect((await stage.finish(agent, page)).step).toBe('choose-employee');
  });
  it('by typing who one is, where the service has no picture: blanks and a hyphen do not matter, and another person’s phone is refused', async () => {
    const [agent, other] = [stage.bryggan.agentFor(null), stage.bryggan.agentFor(null)];
    const { number } = stage.key('anna-berglund');
    const first = await stage.begin(agent, simple, { method: 'efos-by-number', person: ` ${number.slice(0, 8)}-${number.slice(8)} ` });
    expect(first.order.person).toBe(number);
    stage.service.approve(first.order, stage.key('anna-berglund'));
    expect(receivedFrom(await stage.finish(agent, first.page)).status).toEqual(['Success']);
    const second = await stage.begin(other, simple, { method: 'efos-by-number', person: number });
    stage.service.approve(second.order, stage.key('erik-sandstrom'));
    const refused = await stage.finish(other, second.page);
    expect([refused.step, (await other.go(`${stage.bryggan.baseUrl}/me`)).step]).toEqual(['phone-start', 'nobody']);
  });
  it('what cannot be somebody is asked for again without troubling the service', async () => {
    const agent = stage.bryggan.agentFor(null);
    const start = await stage.open(agent, simple, 'efos-by-number');
    const before = stage.service.orders.length;
    for (const person of ['', 'anna', '191212121213', 'SE2321000131-DEV1001']) {
      const again = await agent.submit(start, { form: ({ hidden }) => hidden.some(({ value }) => value === 'other'), fields: { person } });
      expect(again.step).toBe('phone-start');
    }
    expect(stage.service.orders).toHaveLength(before);
  });
  it('the method is remembered and comes first the next time, with the others still there', async () => {
    const agent = stage.bryggan.agentFor(null);
    await stage.begin(agent, simple, { method: 'efos-by-number', person: stage.key('john-asplund').number });
    const chooser = await agent.settle(await municipality.start(agent, stage.bryggan));
    expect(chooser.step).toBe('choose-method');
    const names = chooser.forms.flatMap(({ buttons }) => buttons.map(({ value }) => value)).filter((value) => value !== '');
    expect(names[0]).toBe('efos-by-number');
    expect(names).toContain('siths-card');
  });
});

describe('an order that ends without a login says why, and a new try succeeds', () => {
  const words: Readonly<Record<string, string>> = {
    USER_CANCEL: 'mobile.cancelled', CANCELLED: 'mobile.replaced', EXPIRED_TRANSACTION: 'mobile.expired', START_FAILED: 'mobile.expired', CERTIFICATE_ERR: 'mobile.credential', USER_BLOCKED: 'mobile.credential', CLIENT_ERR: 'mobile.app', INVALID_DEVICESW: 'mobile.app',
    ALREADY_COLLECTED: 'mobile.unavailable', INTERNAL_ERROR: 'mobile.unavailable', ACCESS_DENIED_RP: 'mobile.unavailable', RETRY: 'mobile.unavailable', INVALID_PARAMETERS: 'mobile.unavailable', FAILED: 'mobile.unavailable', A_NEW_WORD: 'mobile.unavailable',
  };
  it.each([false, true])('every word of Collect (as a status: %s)', async (faultsAsStatus) => {
    stage.service.faults.faultsAsStatus = faultsAsStatus;
    const begun = [];
    for (const word of Object.keys(words)) {
      const agent = stage.bryggan.agentFor(null);
      const { page, order } = await stage.begin(agent, simple);
      order.status = word;
      begun.push({ word, agent, page });
    }
    for (const { word, agent, page } of begun) {
      const over = await stage.finish(agent, page);
      expect([word, over.step, over.body.includes('class="note')]).toEqual([word, 'phone-start', true]);
      expect((await agent.submit(over, { button: ({ value }) => value === 'other' })).step).toBe('phone');
      const line = stage.bryggan.audit().findLast(({ type }) => type === 'phone.refused');
      expect([word, line?.code]).toEqual([word, words[word]]);
    }
  });
  it.each(['UNKNOWN_USER', 'ALREADY_IN_PROGRESS', 'USER_BLOCKED', 'RETRY', 'INVALID_PARAMETERS', 'ACCESS_DENIED_RP', 'SIGN_VALIDATION_FAILED', 'INTERNAL_ERROR'])('%s at the start', async (word) => {
    const agent = stage.bryggan.agentFor(null);
    const start = await stage.open(agent, simple);
    stage.service.faults.refuseStart = word;
    const refused = await agent.submit(start, { button: ({ value }) => value === 'other' });
    expect(refused.step).toBe('phone-start');
    stage.service.faults.refuseStart = null;
    expect((await agent.submit(refused, { button: ({ value }) => value === 'other' })).step).toBe('phone');
  });
});

describe('the service misbehaves', () => {
  it('XML text inside the result is read as the same answer', async () => {
    stage.service.faults.textInside = true;
    const agent = stage.bryggan.agentFor(null);
    const { page, order } = await stage.begin(agent, simple);
    stage.service.approve(order, stage.key('anna-berglund'));
    expect(receivedFrom(await stage.finish(agent, page)).status).toEqual(['Success']);
  });
  it.each(['<a', '<a/>', '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body/></soap:Envelope>', 'not xml'])('answers %j: the start says so, and while an order waits it is asked again', async (malformed) => {
    const agent = stage.bryggan.agentFor(null);
    const start = await stage.open(agent, simple);
    stage.service.faults.malformed = malformed;
    const away = await agent.submit(start, { button: ({ value }) => value === 'other' });
    expect([away.step, away.text.includes('Tjänsten för mobil legitimering svarar inte'), away.links.some(({ href }) => href.endsWith('/method'))]).toEqual(['phone-start', true, true]);
    stage.service.faults.malformed = null;
    const { page, order } = await stage.begin(agent, simple);
    stage.service.faults.malformed = malformed;
    const polls = order.polls;
    await expect.poll(() => order.polls, { timeout: 8000 }).toBeGreaterThan(polls + 1);
    expect(await stage.status(agent, page)).toMatchObject({ kind: 'pending' });
    stage.service.faults.malformed = null;
    stage.service.approve(order, stage.key('anna-berglund'));
    expect(receivedFrom(await stage.finish(agent, page)).status).toEqual(['Success']);
  });
  it('503 while the order waits: asked again until it answers', async () => {
    const agent = stage.bryggan.agentFor(null);
    const { page, order } = await stage.begin(agent, simple);
    stage.service.faults.unavailable = true;
    stage.service.approve(order, stage.key('anna-berglund'));
    expect(await stage.status(agent, page)).toMatchObject({ kind: 'pending' });
    stage.service.faults.unavailable = false;
    expect(receivedFrom(await stage.finish(agent, page)).status).toEqual(['Success']);
  });
  it('COMPLETE is lost on its way: the login says that it ended, and never hangs', async () => {
    const agent = stage.bryggan.agentFor(null);
    const { page, order } = await stage.begin(agent, simple);
    stage.service.faults.loseComplete = true;
    stage.service.approve(order, stage.key('anna-berglund'));
    expect((await stage.finish(agent, page)).step).toBe('phone-start');
    expect((await agent.go(`${stage.bryggan.baseUrl}/me`)).step).toBe('nobody');
  });
  it('the process dies in mid-order: the next one goes on with it', async () => {
    const agent = stage.bryggan.agentFor(null);
    const { page, order } = await stage.begin(agent, simple);
    await stage.bryggan.kill9();
    stage.service.approve(order, stage.key('anna-berglund'));
    await stage.bryggan.restart();
    expect(receivedFrom(await stage.finish(agent, page)).status).toEqual(['Success']);
    expect(order.polls).toBeGreaterThan(0);
  });
});
