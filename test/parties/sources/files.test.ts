import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { AuditEvent } from '../../../src/audit/model.ts';
import { findingsOf } from '../../../src/config/load.ts';
import { fail } from '../../../src/core/errors.ts';
import { toServiceId } from '../../../src/core/ids.ts';
import { silentLog } from '../../../src/core/ports.ts';
import type { FileRegistry, FileRegistryOptions, RegistryAlarm } from '../../../src/parties/sources/file-registry.ts';
import { openFileRegistry } from '../../../src/parties/sources/files.ts';
import { rejectedWith } from '../../fixtures/refused.ts';
import { goodFiles, readServiceMetadata, serviceXml, settingsFor, type Files } from '../tree.ts';

const made: string[] = [];
afterAll(() => { for (const path of made) rmSync(path, { recursive: true, force: true }); });
const journal = toServiceId('ale/journal');
const added = toServiceId('hjo/added');
const addition: Files = { 'metadata/services/hjo/added.xml': serviceXml('https://added.example.se'), 'metadata/services/hjo/added.yaml': 'enabled: true\n' };
const broken: Files = { 'metadata/services/ale/journal.yaml': 'federation: sambo\n' };

interface World {
  readonly root: string;
  readonly state: string;
  readonly events: AuditEvent[];
  readonly alarms: (RegistryAlarm | null)[];
  /** Runs while the source waits between its two reads. */
  whileWaiting: () => void;
  auditAway: boolean;
  now: number;
  readonly put: (files: Files) => void;
  readonly open: (options?: Partial<FileRegistryOptions>) => Promise<FileRegistry>;
}
const world = (files: Files = goodFiles): World => {
  const root = mkdtempSync(join(tmpdir(), 'bryggan-parties-'));
  made.push(root);
  const here: World = {
    root, state: join(root, 'state'), events: [], alarms: [], whileWaiting: () => undefined, auditAway: false, now: 1000,
    put: (some) => {
      for (const [path, text] of Object.entries(some)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
    },
    open: (options) => openFileRegistry({
      root, state: here.state, settings: settingsFor(), readServiceMetadata, reload: 'auto', clock: { now: () => here.now }, log: silentLog,
      audit: { record: (event) => Promise.resolve().then(() => { if (here.auditAway) fail('audit.unavailable', 'the disk is full'); here.events.push(event); }) },
      onAlarm: (alarm) => { here.alarms.push(alarm); },
      sleep: (milliseconds) => Promise.resolve().then(() => { expect(milliseconds).toBe(500); here.whileWaiting(); }),
      ...options,
    }),
  };
  here.put(files);
  return here;
};

describe('a change of the files', () => {
  test('is taken while running, and put on record', async () => {
    const { put, open, events, alarms } = world();
    const registry = await open();
    const before = registry.current();
    expect(await registry.poll()).toBe('unchanged');
    put(addition);
    expect(await registry.poll()).toBe('applied');
    expect(registry.current().services.has(added)).toBe(true);
    expect(before.services.has(added)).toBe(false);
    expect(events.map(({ type }) => type)).toEqual(['registry.applied', 'registry.applied']);
    expect(events[1]?.facts).toMatchObject({ version: registry.current().version, previous: before.version, services: 4, parties: 3, added: ['hjo/added'], removed: [] });
    expect(alarms).toEqual([]);
    expect(await registry.poll()).toBe('unchanged');
  });
  test('that removes a service is taken too', async () => {
    const { root, open, events } = world();
    const registry = await open();
    rmSync(join(root, 'metadata/services/ale/journal.xml'));
    rmSync(join(root, 'metadata/services/ale/journal.yaml'));
    expect(await registry.poll()).toBe('applied');
    expect(registry.current().services.has(journal)).toBe(false);
    expect(events[1]?.facts).toMatchObject({ added: [], removed: ['ale/journal'] });
  });
  test('that is still being written is not a change yet', async () => {
    const here = world();
    const registry = await here.open();
    const { version } = registry.current();
    here.put({ 'metadata/services/hjo/added.xml': serviceXml('https://added.example.se').slice(0, 300) });
    here.whileWaiting = () => here.put(addition);
    expect(await registry.poll()).toBe('unsettled');
    expect(registry.current().version).toBe(version);
    here.whileWaiting = () => undefined;
    expect(await registry.poll()).toBe('applied');
    expect(registry.current().services.has(added)).toBe(true);
    expect(here.alarms).toEqual([]);
  });
  test('that only touches a file changes nothing', async () => {
    const here = world();
    const registry = await here.open();
    here.put(goodFiles);
    expect(await registry.poll()).toBe('unchanged');
    expect(here.events).toHaveLength(1);
  });
  test('by renaming a prepared directory into place is seen', async () => {
    const here = world();
    const registry = await here.open();
    here.put({ 'prepared/added.xml': addition['metadata/services/hjo/added.xml']! });
    renameSync(join(here.root, 'prepared'), join(here.root, 'metadata/services/vgr'));
    expect(await registry.poll()).toBe('rejected');
    renameSync(join(here.root, 'metadata/services/vgr'), join(here.root, 'metadata/services/ale2'));
    rmSync(join(here.root, 'metadata/services/ale2'), { recursive: true });
    expect(await registry.poll()).toBe('unchanged');
  });
});

describe('files that do not validate', () => {
  test('leave the last good registry serving, all or nothing, with an alarm and a record', async () => {
    const here = world();
    const registry = await here.open();
    const good = registry.current();
    here.put({ ...addition, ...broken });
    here.now = 2000;
    expect(await registry.poll()).toBe('rejected');
    expect(registry.current()).toBe(good);
    expect(here.alarms).toMatchObject([{ kind: 'rejected', at: 2000, findings: [{ file: 'metadata/services/ale/journal.yaml', line: 1, rule: 'federation-unknown' }] }]);
    expect(here.events.at(-1)).toMatchObject({ type: 'registry.rejected', code: 'config.invalid', facts: { serving: good.version, faults: 1 } });
    expect(registry.status().alarm?.kind).toBe('rejected');
  });
  test('alarm once, not at every look', async () => {
    const here = world();
    const registry = await here.open();
    here.put(broken);
    await registry.poll();
    expect(await registry.poll()).toBe('unchanged');
    here.put(broken);
    expect(await registry.poll()).toBe('rejected');
    expect(here.alarms).toHaveLength(1);
    expect(here.events.filter(({ type }) => type === 'registry.rejected')).toHaveLength(1);
  });
  test('that are mended are taken, and the alarm ends', async () => {
    const here = world();
    const registry = await here.open();
    here.put({ ...addition, ...broken });
    await registry.poll();
    here.put(goodFiles);
    expect(await registry.poll()).toBe('applied');
    expect(registry.current().services.has(added)).toBe(true);
    expect(here.alarms.at(-1)).toBeNull();
    expect(registry.status().alarm).toBeNull();
  });
  test('that are put back as they were end the alarm without a new version', async () => {
    const here = world();
    const registry = await here.open();
    const { version } = registry.current();
    here.put(broken);
    await registry.poll();
    here.put(goodFiles);
    expect(await registry.poll()).toBe('unchanged');
    expect(registry.current().version).toBe(version);
    expect(here.alarms.at(-1)).toBeNull();
  });
  test('include no files at all: a directory that went away empties nothing', async () => {
    const here = world();
    const registry = await here.open();
    rmSync(join(here.root, 'config'), { recursive: true });
    rmSync(join(here.root, 'metadata'), { recursive: true });
    expect(await registry.poll()).toBe('rejected');
    expect(registry.current().services.size).toBe(3);
  });
  test('include files that cannot be read', async () => {
    const here = world();
    const registry = await here.open();
    const directory = join(here.root, 'metadata/services/hjo');
    rmSync(directory, { recursive: true });
    symlinkSync(directory, directory);
    expect(await registry.poll()).toBe('rejected');
    expect(await registry.poll()).toBe('rejected');
    expect(registry.current().services.size).toBe(3);
    expect(here.alarms).toMatchObject([{ kind: 'rejected', findings: [{ rule: 'file' }] }]);
    rmSync(directory);
    here.put(goodFiles);
    expect(await registry.poll()).toBe('unchanged');
    expect(here.alarms.at(-1)).toBeNull();
    rmSync(directory, { recursive: true });
    symlinkSync(directory, directory);
    // The twin at start has a last good content to serve; without one it is refused.
    expect((await here.open()).status().alarm?.kind).toBe('rejected');
    await rejectedWith('config.invalid', here.open({ state: null }));
  });
});

describe('the record', () => {
  test('comes first: what cannot be put on record does not serve, and is tried again', async () => {
    const here = world();
    const registry = await here.open();
    here.auditAway = true;
    here.put(addition);
    expect(await registry.poll()).toBe('unsettled');
    expect(registry.current().services.has(added)).toBe(false);
    here.auditAway = false;
    expect(await registry.poll()).toBe('applied');
  });
  test('is needed at start', async () => {
    const here = world();
    here.auditAway = true;
    await rejectedWith('audit.unavailable', here.open());
  });
});

describe('a start', () => {
  test('on files that do not validate is refused, with every fault', async () => {
    const error = await rejectedWith('config.invalid', world({ ...goodFiles, ...broken, 'config/parties/hjo.yaml': 'name: Hjo\n' }).open());
    expect(findingsOf(error).map(({ file }) => file)).toEqual(expect.arrayContaining(['metadata/services/ale/journal.yaml', 'config/parties/hjo.yaml']));
  });
  test('after a good one serves what was served before, and says so', async () => {
    const here = world();
    const { version } = (await here.open()).current();
    here.put(broken);
    here.now = 5000;
    const registry = await here.open();
    expect(registry.current().version).toBe(version);
    expect(registry.current().services.get(journal)?.federation.id).toBe('sambi');
    expect(registry.status()).toMatchObject({ appliedAt: 1000, alarm: { kind: 'rejected', at: 5000 } });
    expect(here.events.map(({ type }) => type)).toEqual(['registry.applied', 'registry.rejected']);
    here.put(goodFiles);
    expect(await registry.poll()).toBe('unchanged');
    expect(registry.status().alarm).toBeNull();
  });
  test('does not trust a last good content that the configuration no longer permits', async () => {
    const here = world();
    await here.open();
    here.put(broken);
    await rejectedWith('config.invalid', here.open({ settings: settingsFor({ methods: ['phone'], federations: new Map([['local', settingsFor().federations.get('local')!]]) }) }));
  });
  test('survives a last good file that is no such thing', async () => {
    const here = world();
    await here.open();
    writeFileSync(join(here.state, 'registry/last-good.json'), '{"version":1}');
    expect((await here.open()).current().services.size).toBe(3);
    here.put(broken);
    writeFileSync(join(here.state, 'registry/last-good.json'), 'torn');
    await rejectedWith('config.invalid', here.open());
  });
  test('keeps the last good content for its own user alone', async () => {
    const here = world();
    const registry = await here.open();
    const path = join(here.state, 'registry/last-good.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version).toBe(registry.current().version);
    expect(existsSync(`${path}.new`)).toBe(false);
  });
  test('needs no state directory', async () => expect((await world().open({ state: null })).current().services.size).toBe(3));
});

describe('reload: review', () => {
  test('holds a change until it is applied', async () => {
    const here = world();
    const registry = await here.open({ reload: 'review' });
    here.put(addition);
    expect(await registry.poll()).toBe('held');
    expect(registry.current().services.has(added)).toBe(false);
    expect(here.alarms).toMatchObject([{ kind: 'held' }]);
    expect(await registry.poll()).toBe('unchanged');
    expect((await registry.apply())?.services.has(added)).toBe(true);
    expect(registry.current().services.has(added)).toBe(true);
    expect(here.alarms.at(-1)).toBeNull();
    expect(here.events.map(({ type }) => type)).toEqual(['registry.applied', 'registry.held', 'registry.applied']);
  });
  test('has nothing to apply when nothing is held, or when what is held was broken afterwards', async () => {
    const here = world();
    const registry = await here.open({ reload: 'review' });
    expect(await registry.apply()).toBeUndefined();
    here.put(addition);
    await registry.poll();
    here.put(broken);
    expect(await registry.poll()).toBe('rejected');
    expect(await registry.apply()).toBeUndefined();
  });
});

test('looking by itself goes on until it is stopped', async () => {
  const here = world();
  let rounds = 0;
  const third = Promise.withResolvers<undefined>();
  const registry = await here.open({
    sleep: (_milliseconds, signal) => {
      rounds += 1;
      if (rounds < 3) return Promise.resolve();
      third.resolve(undefined);
      return new Promise((_resolve, reject) => { signal.addEventListener('abort', () => { reject(new Error('stopped')); }); });
    },
  });
  registry.start();
  await third.promise;
  await registry.stop();
  expect(rounds).toBe(3);
});
