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

const gauge = async ({ managementUrl }: Bryggan, name: string): Promise<readonly string[]> => [...(await (await fetch(`${managementUrl}/metrics`)).text()).matchAll(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'gm'))].map(([, value]) => value ?? '');

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
  expect(await gauge(first, 'bryggan_key_nodes_behind')).toEqual(['0']);
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
it('a leaked key is taken away from the node that can; the one that lacks the other key is behind, for metrics and doctor of both, until it has it', async () => {
  const [first, second] = nodes();
  await order(first, 'keys-new', { use: 'saml-signing' });
  const leaked = (JSON.parse(await order(first, 'keys')) as KeysView).uses.find(({ use }) => use === 'saml-signing')?.keys.find(({ role }) => role === 'current')?.id ?? '';
  // The others are taken back first, so that the key which only one node has must sign.
  for (const { id, role } of (JSON.parse(await order(first, 'keys')) as KeysView).uses.find(({ use }) => use === 'saml-signing')?.keys ?? []) if (role !== 'current' && role !== 'made' && role !== 'withdrawn') await order(first, 'keys-step', { use: 'saml-signing', step: 'withdraw', key: id });
  await until('both are in step', async () => (await gauge(second, 'bryggan_key_nodes_behind'))[0] === '0' && (await gauge(first, 'bryggan_key_nodes_behind'))[0] === '0');
  expect((await second.command(['doctor'])).output).not.toContain('keys: node');
  expect(await order(first, 'keys-step', { use: 'saml-signing', step: 'withdraw', key: leaked })).toContain('"revision"');
  for (const node of [first, second]) {
    await until('one is behind', async () => (await gauge(node, 'bryggan_key_nodes_behind'))[0] === '1');
    const { code, output } = await node.command(['doctor']);
    expect([code, /^bad +keys: node node-\w+ +has not taken the last step of a rollover/m.test(output)], output).toEqual([1, true]);
  }
  cpSync(join(first.state, 'keys', 'saml-signing'), join(second.state, 'keys', 'saml-signing'), { recursive: true });
  await until('nobody is behind', async () => (await gauge(second, 'bryggan_key_nodes_behind'))[0] === '0');
  expect((await rolesAt(second)).join()).toBe((await rolesAt(first)).join());
});
