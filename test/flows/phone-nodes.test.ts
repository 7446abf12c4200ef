/** Two processes on one real Redis: one order, one poll in flight; COMPLETE while Redis is away for two seconds; a node that dies. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentSet, readFilePem } from '../../certs-dev/set.ts';
import { addPhoneMethod } from '../../src/demo/net-id-demo.ts';
import { askingService, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';
import { startRedis, type RedisServer } from '../fixtures/redis.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';
import { startPhoneStage, type PhoneStage, type PhoneStatus } from './phone-stage.ts';

const simple = askingService({ name: 'simple', party: 'joint' });
let redis: RedisServer;
let stage: PhoneStage;
let second: Bryggan;
beforeAll(async () => {
  redis = await startRedis();
  stage = await startPhoneStage({ services: [simple.files], redisUrl: redis.url });
  const { bryggan: first } = stage;
  second = await startBryggan({
    services: [simple.files], redisUrl: redis.url, broker: (broker) => { broker.set('publicUrl', first.baseUrl); broker.set('entityId', first.entityId); },
    prepare: ({ root, state }) => {
      cpSync(join(first.state, 'keys'), join(state, 'keys'), { recursive: true });
      addPhoneMethod(root, stage.service.url);
    },
  });
});
afterAll(async () => { await dispatcher.close(); await second.stop(); await stage.stop(); await redis.stop(); });

const dispatcher = new Agent({ connect: { ca: readFilePem(developmentSet().index.tlsAuthority.certFile) } });
/** As a load balancer would hand the same browser's question to the other node. */
const atSecond = async (agent: UserAgent, page: Visit): Promise<PhoneStatus> => {
  const cookie = await agent.jar.getCookieString(page.url.href);
  const { body } = await request(`${second.baseUrl}${page.url.pathname}/status`, { dispatcher, headers: { host: page.url.host, cookie, 'sec-fetch-site': 'same-origin' } });
  return await body.json() as PhoneStatus;
};
const begin = async (): Promise<{ readonly agent: UserAgent; readonly page: Visit; readonly order: Awaited<ReturnType<PhoneStage['begin']>>['order'] }> => {
  const agent = stage.bryggan.agentFor(null);
  return { agent, ...(await stage.begin(agent, simple)) };
};

describe('two nodes on one Redis', () => {
  it('asked in turn by the browser they poll the order once a round, and the second hands out the outcome', async () => {
    const { agent, page, order } = await begin();
    for (let round = 0; round < 30; round += 1) {
      const said = await Promise.all([stage.status(agent, page), atSecond(agent, page), atSecond(agent, page)]);
      expect(new Set(said.map(({ kind }) => kind))).toEqual(new Set(['pending']));
    }
    await until('it was polled', () => order.polls >= 2);
    expect(stage.service.inFlight()).toBe(1);
    stage.service.approve(order, stage.key('anna-berglund'));
    await until('the second node knows', async () => (await atSecond(agent, page)).kind === 'next');
    expect(receivedFrom(await stage.finish(agent, page)).status).toEqual(['Success']);
  });
  it('COMPLETE comes while Redis is away for two seconds: the login finishes when it is back', async () => {
    const { agent, page, order } = await begin();
    await until('it was polled', () => order.polls >= 1);
    await redis.halt();
    stage.service.approve(order, stage.key('anna-berglund'));
    await until('the service handed it out', () => order.collected);
    const away = await agent.once(`${page.url.href}/status`, { from: page.url });
    expect(away.status).toBe(503);
    await new Promise((done) => { setTimeout(done, 2000); });
    await redis.start();
    expect(receivedFrom(await stage.finish(agent, page)).status).toEqual(['Success']);
    expect(stage.service.inFlight()).toBe(1);
  });
  it('the node that holds the order dies: started again it goes on, and the browser never hangs', async () => {
    const { agent, page, order } = await begin();
    await stage.bryggan.kill9();
    expect((await atSecond(agent, page)).kind).toBe('pending');
    stage.service.approve(order, stage.key('anna-berglund'));
    await stage.bryggan.restart();
    expect(receivedFrom(await stage.finish(agent, page)).status).toEqual(['Success']);
  });
});
