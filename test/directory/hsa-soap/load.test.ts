/** Many people at once: a cold cache stays within its connections, a warm one asks nobody. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../../src/core/ports.ts';
import type { DirectoryPerson, PersonDirectory, PersonKey } from '../../../src/directory/model.ts';
import { openSoapDirectory, type SoapDirectory } from '../../../src/directory/hsa-soap/directory.ts';
import { layerDirectories, layersSchema } from '../../../src/directory/layers.ts';
import { soapSettings } from '../../contracts/stages/soap.ts';
import { startHsaSoap, type Simulator } from '../../fakes/hsa-soap/simulator.ts';
import { hsaId, person, post } from '../people.ts';

const NOW = Date.UTC(2026, 5, 1);
const PEOPLE = 1_000;
const CONNECTIONS = 8;
const people: readonly DirectoryPerson[] = Array.from({ length: PEOPLE }, (_, index) => person({ personalIdentityNumber: null, employments: [post({ hsaId: hsaId(`M${index}`), authorizationScopes: [] })] }));
const keyOf = (index: number): PersonKey => ({ kind: 'hsa-id', hsaId: hsaId(`M${index % PEOPLE}`) });
let simulator: Simulator;
let source: SoapDirectory;
let directory: PersonDirectory;
beforeAll(async () => {
  simulator = await startHsaSoap(people);
  const settings = soapSettings([simulator.url], people, NOW, { maxConnections: CONNECTIONS, timeout: 60_000, hedgeAfter: 60_000 });
  source = openSoapDirectory(settings);
  directory = layerDirectories({ sources: new Map([['hsa', source]]), settings: layersSchema.parse({}), feigned: 'keep', clock: settings.clock, log: silentLog });
});
afterAll(async () => {
  source.close();
  await simulator.stop();
});

it('a thousand people with a cold cache, all at once, use no more connections than configured', { timeout: 120_000 }, async () => {
  const found = await Promise.all(Array.from({ length: PEOPLE }, (_, index) => directory.find(keyOf(index))));
  expect(found.filter((each) => each?.employments.length === 1)).toHaveLength(PEOPLE);
  expect([simulator.mostConnections(), simulator.connections(), simulator.asked.length]).toEqual([CONNECTIONS, CONNECTIONS, 3 * PEOPLE]);
});
it('ten thousand logins with a warm cache make no call', async () => {
  const before = simulator.asked.length;
  for (let index = 0; index < 10_000; index += 1) expect(await directory.find(keyOf(index))).toBeDefined();
  expect(simulator.asked.length).toBe(before);
});
