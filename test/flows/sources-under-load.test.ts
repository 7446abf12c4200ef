/** A federation's long list is fetched, verified and taken while people log in: each login is answered, and answers come in between. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { entity, list, publisher, signed, startPublisher, type Publisher } from '../federation/sources/stage.ts';
import { askingService, isAnswer, logIn } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';

const ENTITIES = 1500;
const DAY = 86_400_000;
const service = askingService({ name: 'remiss', party: 'ale' });
/** Each newer than the one before, so that every fetch is a whole one. */
const feedOf = (days: number): string => signed(list(Array.from({ length: ENTITIES }, (_none, at) => entity(`s${String(at)}`)), Date.now() + days * DAY));
let feed: Publisher;
let bryggan: Bryggan;
beforeAll(async () => {
  feed = await startPublisher();
  bryggan = await startBryggan({
    services: [service.files],
    prepare: ({ root }) => {
      writeFileSync(join(root, 'publisher.crt'), `-----BEGIN CERTIFICATE-----\n${publisher.certificate.match(/.{1,64}/g)?.join('\n') ?? ''}\n-----END CERTIFICATE-----\n`);
      const path = join(root, 'config', 'federation.yaml');
      const document = parseDocument(readFileSync(path, 'utf8'));
      document.set('sources', document.createNode([{ id: 'feed', kind: 'aggregate', url: `${feed.base}/all.xml`, certificateFiles: ['publisher.crt'] }]));
      writeFileSync(path, String(document));
    },
  });
});
afterAll(async () => {
  await bryggan.stop();
  await feed.stop();
});

it('nobody who logs in while a list is refreshed notices', async () => {
  const feeds = [10, 11, 12].map(feedOf);
  const agent = bryggan.agentFor('anna-berglund');
  const failures: string[] = [];
  const during: number[] = [];
  let [running, answered] = [true, 0];
  expect(isAnswer(await logIn(agent, bryggan, service))).toBe(true);
  const people = Promise.all([bryggan.agentFor('anna-berglund'), bryggan.agentFor('anna-berglund')].map(async (person) => {
    while (running) {
      const visit = await logIn(person, bryggan, service);
      if (isAnswer(visit)) answered += 1;
      else failures.push(visit.text.slice(0, 300));
    }
  }));
  for (const text of feeds) {
    feed.serve('/all.xml', text);
    const before = answered;
    const { code, output } = await bryggan.command(['metadata', 'fetch', 'feed']);
    expect([code, new RegExp(`feed +ok +${String(ENTITIES)}`).test(output)], output).toEqual([0, true]);
    during.push(answered - before);
  }
  running = false;
  await people;
  expect(failures).toEqual([]);
  expect(Math.min(...during)).toBeGreaterThan(0);
});
