/** Where a federation demands it, people see what is sent: once for each service and set of facts, and each of them for themselves. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { askingService, goOn, logIn, receivedFrom, type AskingService } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { isBack, testClient } from '../fixtures/oidc-client.ts';
import type { UserAgent } from '../fixtures/user-agent.ts';

const first = askingService({ name: 'first' });
const second = askingService({ name: 'second' });
const client = testClient({ name: 'client' });
let bryggan: Bryggan;
beforeAll(async () => {
  bryggan = await startBryggan({
    services: [first.files, second.files, client.files],
    prepare: ({ root }) => {
      const path = join(root, 'config', 'federation.yaml');
      const document = parseDocument(readFileSync(path, 'utf8'));
      const rows = document.toJS() as { federations: { id: string }[] };
      document.setIn(['federations', rows.federations.findIndex(({ id }) => id === 'inera'), 'showRelease'], true);
      writeFileSync(path, String(document));
    },
  });
});
afterAll(() => bryggan.stop());

const stepAt = async (agent: UserAgent, service: AskingService): Promise<string | null> => (await logIn(agent, bryggan, service)).step;
const agree = async (agent: UserAgent, service: AskingService): Promise<void> => {
  const page = await logIn(agent, bryggan, service);
  expect(page.step).toBe('what-is-sent');
  expect(receivedFrom(await goOn(agent, await agent.submit(page, { button: ({ value }) => value === 'yes' }))).status).toEqual(['Success']);
};
const shared = () => {
  let card = 'anna-berglund';
  return { agent: bryggan.agentFor(() => card), insert: (next: string) => { card = next; } };
};

it('what somebody agreed to is not shown to them again at that service, and is at another', async () => {
  const { agent } = shared();
  await agree(agent, first);
  expect(receivedFrom(await logIn(agent, bryggan, first)).status).toEqual(['Success']);
  expect(await stepAt(agent, second)).toBe('what-is-sent');
});
it('not agreed is not remembered', async () => {
  const { agent } = shared();
  const page = await logIn(agent, bryggan, first);
  await agent.submit(page, { button: ({ value }) => value === 'no' });
  expect(await stepAt(agent, first)).toBe('what-is-sent');
});
it('a colleague at the same browser sees it for themselves', async () => {
  const { agent, insert } = shared();
  await agree(agent, first);
  insert('lars-ohman');
  expect((await logIn(agent, bryggan, first, { attributes: { ForceAuthn: 'true' } })).step).toBe('what-is-sent');
});
it('a service that asks for other facts than before shows them; prompt=consent shows them always', async () => {
  const agent = bryggan.agentFor('anna-berglund');
  const at = async (parameters: Readonly<Record<string, string>>) => (await client.begin(agent, bryggan, parameters)).visit;
  const page = await at({ scope: 'openid profile' });
  expect(page.step).toBe('what-is-sent');
  expect(isBack(await agent.settle(await agent.submit(page, { button: ({ value }) => value === 'yes' }), isBack))).toBe(true);
  expect(isBack(await at({ scope: 'openid profile' }))).toBe(true);
  expect((await at({ scope: 'openid profile employee' })).step).toBe('what-is-sent');
  expect((await at({ scope: 'openid profile', prompt: 'consent' })).step).toBe('what-is-sent');
  // A request that may show nothing is answered too, now that there is nothing to show.
  expect((await at({ scope: 'openid profile', prompt: 'none' })).url.searchParams.get('code')).not.toBeNull();
});
