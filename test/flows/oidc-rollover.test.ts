/** Keys are rolled without a failed login: what was signed before is known after, and sessions and tokens live through a restart. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { testClient, trustingFetch, userinfoOf } from '../fixtures/oidc-client.ts';

const client = testClient({ name: 'rollover' });
let bryggan: Bryggan;
beforeAll(async () => { bryggan = await startBryggan({ services: [client.files] }); });
afterAll(() => bryggan.stop());

const kidOf = (jwt: string): string => (JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()) as { readonly kid: string }).kid;
const published = async (): Promise<readonly string[]> => (await (await trustingFetch(`${bryggan.baseUrl}/oidc/jwks`, { method: 'GET' } as never)).json() as { readonly keys: readonly { readonly kid: string }[] }).keys.map(({ kid }) => kid);

it('the next key was published before it signs, the one before it after', async () => {
  const agent = bryggan.agentFor('anna-berglund');
  const before = await client.logIn(agent, bryggan);
  const known = await published();
  writeFileSync(join(bryggan.state, 'keys', 'oidc', '0003.rsa.pem'), generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  await bryggan.terminate();
  await bryggan.restart();
  const after = await client.redeem(bryggan, await client.begin(agent, bryggan, { prompt: 'none', id_token_hint: before.id_token ?? '' }));
  expect(kidOf(after.id_token ?? '')).not.toBe(kidOf(before.id_token ?? ''));
  // A client with yesterday's key set verifies today's tokens, and one with today's the ones of yesterday.
  expect(known).toContain(kidOf(after.id_token ?? ''));
  expect(await published()).toContain(kidOf(before.id_token ?? ''));
  expect(await userinfoOf(bryggan, before.access_token)).toMatchObject({ sub: after.claims()?.sub });
});
