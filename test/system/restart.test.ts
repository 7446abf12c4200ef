/** The process dies or is stopped, and the store goes away, in the middle of a login: the person goes on. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { askingService, isAnswer, logIn, newRequestId, pickCommission, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';
import { startRedis, type RedisServer } from '../fixtures/redis.ts';
import { verifyTrail } from '../../src/audit/verify.ts';

const journal = askingService({ name: 'journal', wants: ['employeeHsaId!', 'commissionHsaId!'] });
const simple = askingService({ name: 'simple' });
const services = [journal.files, simple.files];

/** kill -9 while the commission page is on the screen (between step 3 and step 4), start again, press the button. */
const diesAndGoesOn = async (bryggan: Bryggan): Promise<void> => {
  const agent = bryggan.agentFor('erik-sandstrom');
  const id = newRequestId();
  const page = await logIn(agent, bryggan, journal, { id, relayState: 'over the crash' });
  expect(page.step).toBe('choose-commission');
  const before = bryggan.pid();
  await bryggan.kill9();
  await bryggan.restart();
  expect(bryggan.pid()).not.toBe(before);
  expect(receivedFrom(await pickCommission(agent, page, 2))).toMatchObject({ status: ['Success'], inResponseTo: id, relayState: 'over the crash', acs: journal.acs });
  expect(isAnswer(await simple.start(agent, bryggan))).toBe(true);
  expect(verifyTrail({ directory: bryggan.auditDirectory(), publicKeys: bryggan.auditKeys() }).findings).toEqual([]);
};

describe('with the embedded store', () => {
  let bryggan: Bryggan;
  beforeAll(async () => { bryggan = await startBryggan({ services, broker: (document) => { document.set('drainSeconds', 1); } }); });
  afterAll(() => bryggan.stop());
  it('kill -9 between step 3 and step 4, restart: the login finishes, the session holds, the trail verifies', () => diesAndGoesOn(bryggan));
  it('kill -9 while the card page is on the screen: the card is read, the login finishes', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const page = await agent.settle(await simple.start(agent, bryggan), ({ step }) => step === 'card');
    await bryggan.kill9();
    await bryggan.restart();
    expect(receivedFrom(await agent.settle(page, isAnswer)).status).toEqual(['Success']);
  });
  it('SIGTERM drains: requests under way are answered, the exit code is 0, the trail says that the service stopped', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    receivedFrom(await logIn(agent, bryggan, simple));
    const under = Array.from({ length: 20 }, () => simple.start(agent, bryggan));
    const first = await Promise.race(under);
    const ended = bryggan.terminate();
    // A balancer has time to notice.
    await until('readiness says draining', async () => (await fetch(`${bryggan.managementUrl}/health/ready`)).status === 503);
    const answers = await Promise.allSettled(under);
    expect(receivedFrom(first).status).toEqual(['Success']);
    // A connection that came too late is refused by the socket, never answered by half.
    for (const answer of answers) if (answer.status === 'fulfilled') expect(isAnswer(answer.value) || answer.value.status === 503).toBe(true);
    expect(await ended).toBe(0);
    expect(bryggan.audit().at(-1)?.type).toMatch(/service\.stopped|trail\.checkpoint/);
    expect(bryggan.audit().some(({ type }) => type === 'service.stopped')).toBe(true);
    await bryggan.restart();
    expect(isAnswer(await simple.start(agent, bryggan))).toBe(true);
  });
});

describe('with Redis', () => {
  let redis: RedisServer;
  let bryggan: Bryggan;
  beforeAll(async () => { redis = await startRedis(); bryggan = await startBryggan({ services, redisUrl: redis.url }); });
  afterAll(async () => { await bryggan.stop(); await redis.stop(); });
  it('kill -9 between step 3 and step 4, restart: the login finishes', () => diesAndGoesOn(bryggan));
  it('Redis goes away while the commission page is on the screen: a clear page with Retry-After, and when Redis is back the login goes on', async () => {
    const agent = bryggan.agentFor('erik-sandstrom');
    const page = await logIn(agent, bryggan, journal);
    expect(page.step).toBe('choose-commission');
    await redis.halt();
    const away = await agent.submit(page, { button: ({ data }) => data['commission'] === '0' });
    expect([away.status, isAnswer(away)]).toEqual([503, false]);
    expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(away.text.length).toBeGreaterThan(50);
    const fresh = await simple.start(bryggan.agentFor('anna-berglund'), bryggan);
    expect(fresh.status).toBe(503);
    expect((await fetch(`${bryggan.managementUrl}/health/ready`)).status).toBe(200);
    await redis.start();
    await until('the store is used again', async () => (await agent.go(page.url.href)).step === 'choose-commission');
    expect(receivedFrom(await pickCommission(agent, page, 1)).status).toEqual(['Success']);
  });
  it('Redis answers nothing at all: the page comes all the same, nothing hangs', async () => {
    const agent = bryggan.agentFor('erik-sandstrom');
    const page = await logIn(agent, bryggan, journal);
    redis.freeze();
    onTestFinished(() => redis.thaw());
    const away = await agent.submit(page, { button: ({ data }) => data['commission'] === '0' });
    expect([away.status, isAnswer(away)]).toEqual([503, false]);
    redis.thaw();
    await until('the store is used again', async () => (await agent.go(page.url.href)).status === 200);
    const now = await agent.go(page.url.href);
    if (now.step === 'choose-commission') expect(receivedFrom(await pickCommission(agent, now, 1)).status).toEqual(['Success']);
    else expect(now.step).toBe('already-logged-in');
  });
});
