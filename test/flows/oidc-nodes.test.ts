/** Two processes on one Redis: what one began the other goes on with, and a code is redeemed once over both. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentSet, readFilePem } from '../../certs-dev/set.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { testClient, userinfoOf, type Login } from '../fixtures/oidc-client.ts';
import { startRedis, type RedisServer } from '../fixtures/redis.ts';

const client = testClient({ name: 'two-nodes', authentication: 'client_secret_basic', oidc: { refreshTokens: true } });
let redis: RedisServer;
let [one, two]: Bryggan[] = [];
const agent = new Agent({ connect: { ca: readFilePem(developmentSet().index.tlsAuthority.certFile) } });
beforeAll(async () => {
  redis = await startRedis();
  const first = await startBryggan({ services: [client.files], redisUrl: redis.url });
  one = first;
  // The same secrets and the same name, as behind one load balancer.
  two = await startBryggan({ services: [client.files], redisUrl: redis.url, broker: (broker) => { broker.set('publicUrl', first.baseUrl); broker.set('entityId', first.entityId); }, prepare: ({ state }) => { cpSync(join(first.state, 'keys'), join(state, 'keys'), { recursive: true }); } });
});
afterAll(async () => { await agent.close(); await one?.stop(); await two?.stop(); await redis.stop(); });

const nodes = (): readonly [Bryggan, Bryggan] => {
  if (one === undefined || two === undefined) throw new Error('not started');
  return [one, two];
};
const redeemAt = async (node: Bryggan, login: Login): Promise<{ readonly status: number; readonly body: Record<string, string> }> => {
  const [first] = nodes();
  const body = new URLSearchParams({ grant_type: 'authorization_code', code: login.visit.url.searchParams.get('code') ?? '', redirect_uri: client.redirectUri, code_verifier: login.verifier });
  const response = await request(`${node.baseUrl}/oidc/token`, {
    method: 'POST', body: body.toString(), dispatcher: agent,
    headers: { 'host': new URL(first.baseUrl).host, 'content-type': 'application/x-www-form-urlencoded', 'authorization': `Basic ${Buffer.from(`${encodeURIComponent(client.clientId)}:${encodeURIComponent(client.secret)}`).toString('base64')}` },
  });
  return { status: response.statusCode, body: await response.body.json() as Record<string, string> };
};

describe('two nodes', () => {
  it('a code of one is redeemed at the other', async () => {
    const [first, second] = nodes();
    const login = await client.begin(first.agentFor('anna-berglund'), first);
    const { status, body } = await redeemAt(second, login);
    expect([status, body['token_type']]).toEqual([200, 'Bearer']);
    await userinfoOf(first, body['access_token'] ?? '');
  });
  it('of fifty tries at both at once one succeeds, and what it got is dead (threats G04)', async () => {
    const [first, second] = nodes();
    const login = await client.begin(first.agentFor('anna-berglund'), first);
    const results = await Promise.all(Array.from({ length: 50 }, (_, index) => redeemAt(index % 2 === 0 ? first : second, login)));
    const won = results.filter(({ status }) => status === 200);
    expect([won.length, results.filter(({ body }) => body['error'] === 'invalid_grant').length]).toEqual([1, 49]);
    await expect(userinfoOf(first, won[0]?.body['access_token'] ?? '')).rejects.toThrow();
  });
  it('both sign with the same keys', async () => {
    const [first, second] = nodes();
    const keysAt = async (node: Bryggan): Promise<unknown> => (await request(`${node.baseUrl}/oidc/jwks`, { dispatcher: agent, headers: { host: new URL(first.baseUrl).host } })).body.json();
    expect(await keysAt(second)).toEqual(await keysAt(first));
  });
  it('a Redis that is away is said so, and it goes on when it is back', async () => {
    const [first] = nodes();
    const login = await client.begin(first.agentFor('anna-berglund'), first);
    await redis.halt();
    expect(await redeemAt(first, login)).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } });
    await redis.start();
    let answer = await redeemAt(first, login);
    for (let tries = 0; tries < 20 && answer.status === 503; tries += 1) {
      await new Promise((done) => { setTimeout(done, 200); });
      answer = await redeemAt(first, login);
    }
    expect(answer.status).toBe(200);
  });
});
