/** HSA's services under load: a thousand people whom nobody has asked for before, and ten thousand questions about them afterwards. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { silentLog } from '../src/core/ports.ts';
import { openSoapDirectory } from '../src/directory/hsa-soap/directory.ts';
import { layerDirectories, layersSchema } from '../src/directory/layers.ts';
import type { PersonKey } from '../src/directory/model.ts';
import { organisationsOf, soapSettings } from '../test/contracts/stages/soap.ts';
import { hsaId, person, post } from '../test/directory/people.ts';
import { LOGICAL_ADDRESS, startHsaSoap } from '../test/fakes/hsa-soap/simulator.ts';
import { askingService, isAnswer, logIn } from '../test/fixtures/asking-service.ts';
import { OwnPki, startProduction } from '../test/fixtures/production.ts';
import type { BenchResult, BenchRow } from './row.ts';

const PEOPLE = 1_000;
const WARM = 10_000;
const CONNECTIONS = 8;
const keyOf = (index: number): PersonKey => ({ kind: 'hsa-id', hsaId: hsaId(`M${String(index % PEOPLE)}`) });

const measure = async (warm: boolean): Promise<BenchResult> => {
  const people = Array.from({ length: PEOPLE }, (_, index) => person({ personalIdentityNumber: null, employments: [post({ hsaId: hsaId(`M${String(index)}`), authorizationScopes: [] })] }));
  const simulator = await startHsaSoap(people);
  const settings = soapSettings([simulator.url], people, Date.now(), { maxConnections: CONNECTIONS, timeout: 60_000, hedgeAfter: 60_000 });
  const source = openSoapDirectory(settings);
  const directory = layerDirectories({ sources: new Map([['hsa', source]]), settings: layersSchema.parse({}), feigned: 'keep', clock: settings.clock, log: silentLog });
  let begun = performance.now();
  await Promise.all(Array.from({ length: PEOPLE }, (_, index) => directory.find(keyOf(index))));
  const cold = (performance.now() - begun) / 1000;
  const calls = simulator.asked.length;
  begun = performance.now();
  if (warm) for (let index = 0; index < WARM; index += 1) await directory.find(keyOf(index));
  const seconds = warm ? (performance.now() - begun) / 1000 : cold;
  const note = warm ? `${String(WARM)} questions, ${String(simulator.asked.length - calls)} calls` : `${String(PEOPLE)} people, ${String(calls)} calls, at most ${String(simulator.mostConnections())} of ${String(CONNECTIONS)} connections`;
  source.close();
  await simulator.stop();
  return { seconds, note };
};

/** A thousand people in a minute, evenly, whom nobody has asked for before; HSA as quick as it promises; our defaults. */
const measureArrivals = async (): Promise<BenchResult> => {
  const people = Array.from({ length: PEOPLE }, (_, index) => person({ personalIdentityNumber: null, employments: [post({ hsaId: hsaId(`M${String(index)}`), authorizationScopes: [] })] }));
  const simulator = await startHsaSoap(people);
  simulator.slow(150);
  const defaults = { maxConnections: 16, timeout: 5_000, hedgeAfter: 1_000 };
  const settings = soapSettings([simulator.url], people, Date.now(), defaults);
  const source = openSoapDirectory(settings);
  const directory = layerDirectories({ sources: new Map([['hsa', source]]), settings: layersSchema.parse({}), feigned: 'keep', clock: settings.clock, log: silentLog });
  const begun = performance.now();
  const answers = await Promise.all(Array.from({ length: PEOPLE }, async (_, index) => {
    await pause(index * (60_000 / PEOPLE));
    const asked = performance.now();
    const found = await directory.find(keyOf(index)).catch(() => undefined);
    return { milliseconds: performance.now() - asked, found: found !== undefined };
  }));
  const seconds = (performance.now() - begun) / 1000;
  const waits = answers.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  const note = `${String(PEOPLE)} people over 60 s, ${String(answers.filter(({ found }) => !found).length)} without answer, at most ${String(simulator.mostConnections())} of ${String(defaults.maxConnections)} connections, median wait ${String(Math.round(waits[PEOPLE / 2] ?? 0))} ms, longest ${String(Math.round(waits.at(-1) ?? 0))} ms`;
  source.close();
  await simulator.stop();
  return { seconds, note };
};

/** Whole logins at a real, hardened process: one with the card, then ten thousand from its session, eight at a time. */
const measureLogins = async (): Promise<BenchResult> => {
  const pki = new OwnPki();
  const [service, client] = [pki.functionPair('directory', 'serverAuth'), pki.functionPair('bryggan', 'clientAuth')];
  const authorityFile = pki.authorityFile(pki.function, 'function-ca');
  const [cert, key, ca] = [service.certificateFile, service.keyFile, authorityFile].map((file) => readFileSync(file, 'utf8')) as [string, string, string];
  const people = [person()];
  const simulator = await startHsaSoap(people, { cert, key, ca });
  const application = askingService({ name: 'journal', wants: ['employeeHsaId!', 'commissionHsaId!'] });
  const production = await startProduction(pki, { sources: { hsa: { kind: 'soap', endpoints: [simulator.url], logicalAddress: LOGICAL_ADDRESS, authorityFile, ...client, organisations: organisationsOf(people) } } }, [application.files]);
  const { bryggan } = production;
  const agent = bryggan.agentFor(production.card('hsa-id', hsaId('POST1')));
  await logIn(agent, bryggan, application);
  const calls = simulator.asked.length;
  let left = WARM;
  const begun = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    for (; left > 0; left -= 1) if (!isAnswer(await application.start(agent, bryggan))) throw new Error('a login was not answered');
  }));
  const seconds = (performance.now() - begun) / 1000;
  const note = `${String(WARM)} logins, ${String(simulator.asked.length - calls)} calls`;
  await production.stop();
  await simulator.stop();
  pki.remove();
  return { seconds, note };
};

export const rows: readonly BenchRow[] = [
  { id: 'directory-cold', budget: 60, unit: 's', measure: () => measure(false) },
  { id: 'directory-arrivals', budget: 65, unit: 's', measure: measureArrivals },
  { id: 'directory-warm', budget: 1, unit: 's', measure: () => measure(true) },
  { id: 'directory-warm-logins', budget: 300, unit: 's', measure: measureLogins },
];
