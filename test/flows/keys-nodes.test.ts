/** Two nodes on one store: no step is taken that one of them could not follow, and what one is ordered the other does (threats F11). */
import { cpSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KeysView } from '../../src/keys/view.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { certificatesIn, readFrom } from '../fixtures/metadata-reader.ts';
import { until } from '../fixtures/ports.ts';
import { startRedis, type RedisServer } from '../fixtures/redis.ts';

let redis: RedisServer;
let [one, two]: Bryggan[] = [];
beforeAll(async () => {
  redis = await startRedis();
  const first = await startBryggan({ redisUrl: redis.url });
  one = first;
  two = await startBryggan({ redisUrl: redis.url, prepare: ({ state }) => { cpSync(join(first.state, 'keys'), join(state, 'keys'), { recursive: true }); } });
});
afterAll(async () => { await one?.stop(); await two?.stop(); await redis.stop(); });
const nodes = (): readonly [Bryggan, Bryggan] => {
  if (one === undefined || two === undefined) throw new Error('not started');
  return [one, two];
};
const order = ({ state }: Bryggan, action: string, input: Readonly<Record<string, unknown>> = {}): Promise<string> => new Promise((resolve, reject) => {
  request({ socketPath: join(state, 'control.sock'), path: '/control', method: 'POST' }, (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (chunk: string) => { body += chunk; }).on('end', () => resolve(body));
  }).on('error', reject).end(JSON.stringify({ action, input }));
});
const rolesAt = async (node: Bryggan): Promise<readonly string[]> => (JSON.parse(await order(node, 'keys')) as KeysView).uses.find(({ use }) => use === 'saml-signing')?.keys.map(({ role }) => role) ?? [];
const publishedBy = async (node: Bryggan): Promise<readonly string[]> => certificatesIn((await readFrom(node, '/saml/metadata')).text);

it('a key that one node lacks is not announced; copied there, both publish it, and a step at one is a step at both', async () => {
  const [first, second] = nodes();
  await until('both are known', async () => (JSON.parse(await order(first, 'keys')) as KeysView).nodes.length === 2);
  for (const step of ['switch', 'retire']) {
    await order(first, 'keys-step', { use: 'saml-signing', step, anyway: true });
    await until(`the other node follows: ${step}`, async () => (await rolesAt(second)).includes(step === 'switch' ? 'previous' : 'retired'));
  }
  await order(first, 'keys-new', { use: 'saml-signing' });
  await until('the other node knows', async () => (JSON.parse(await order(second, 'keys')) as KeysView).nodes.every(({ upToDate }) => upToDate));
  expect(await order(first, 'keys-step', { use: 'saml-signing', step: 'announce' })).toMatch(/node node-\w+ does not have the key: copy its files there/);
  cpSync(join(first.state, 'keys', 'saml-signing'), join(second.state, 'keys', 'saml-signing'), { recursive: true });
  // Ordered at the other node, as soon as it says that it has it.
  await until('the key is announced', async () => (await order(second, 'keys-step', { use: 'saml-signing', step: 'announce' })).includes('"revision"'));
  const wanted = await publishedBy(second);
  expect(wanted).toHaveLength(2);
  await until('the first publishes it too', async () => (await publishedBy(first)).join() === wanted.join());
});
it('of two orders at once one is taken, and a store that forgot is told again', async () => {
  const [first, second] = nodes();
  const switched = { use: 'saml-signing', step: 'switch', anyway: true };
  const answers = await Promise.all([order(first, 'keys-step', switched), order(second, 'keys-step', switched)]);
  expect(answers.filter((answer) => answer.includes('"revision"'))).toHaveLength(1);
  await until('both have it', async () => (await publishedBy(first)).join() === (await publishedBy(second)).join() && (await rolesAt(first)).join() === (await rolesAt(second)).join());
  const roles = await rolesAt(first);
  const store = new Redis(redis.url);
  await store.flushall();
  await store.quit();
  await until('told again', async () => (JSON.parse(await order(second, 'keys')) as KeysView).nodes.length === 2);
  expect([await rolesAt(first), await rolesAt(second)]).toEqual([roles, roles]);
});
