/** I06: how many orders one address may begin, where it is no party's; and how many one login may, where the address is many people's. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { askingService } from '../fixtures/asking-service.ts';
import { startPhoneStage, type PhoneStage } from './phone-stage.ts';

const simple = askingService({ name: 'simple', party: 'joint' });
const PACE = 4;
const stages: PhoneStage[] = [];
beforeAll(async () => {
  stages.push(
    await startPhoneStage({ services: [simple.files], broker: (broker) => { broker.setIn(['login', 'startsPerMinute'], PACE); } }),
    await startPhoneStage({
      services: [simple.files], broker: (broker) => { broker.setIn(['login', 'startsPerMinute'], PACE); },
      prepare: ({ root }) => {
        const path = join(root, 'config', 'parties', 'ale.yaml');
        const party = parseDocument(readFileSync(path, 'utf8'));
        party.set('networks', ['127.0.0.0/8']);
        writeFileSync(path, String(party));
      },
    }),
  );
});
afterAll(async () => { for (const stage of stages) await stage.stop(); });

/** Starts again and again in one login, within the running minute; how many orders the service saw. */
const insist = async (stage: PhoneStage, times: number): Promise<number> => {
  const agent = stage.bryggan.agentFor(null);
  let start = await stage.open(agent, simple);
  for (let count = 0; count < times; count += 1) {
    const page = await agent.submit(start, { button: ({ value }) => value === 'other' });
    if (page.step !== 'phone') return stage.service.orders.length;
    start = await agent.submit(page, { form: ({ action }) => action.includes('/phone/') && action.endsWith('/cancel') });
  }
  return stage.service.orders.length;
};
it('outside the parties’ networks: as many as logins', async () => { expect(await insist(stages[0]!, PACE + 1)).toBe(PACE); });
it('within them: ten in one login', async () => { expect(await insist(stages[1]!, 11)).toBe(10); });
