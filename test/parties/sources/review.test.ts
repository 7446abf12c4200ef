/** Wanted and applied: what waits for a person, what does not, two persons, the way back, and that a restart is no way around. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { AuditEvent } from '../../../src/audit/model.ts';
import { toServiceId } from '../../../src/core/ids.ts';
import { silentLog } from '../../../src/core/ports.ts';
import type { FileRegistry, FileRegistryOptions } from '../../../src/parties/sources/file-registry.ts';
import { openFileRegistry } from '../../../src/parties/sources/files.ts';
import { readHistory } from '../../../src/parties/sources/history.ts';
import { rejectedWith } from '../../fixtures/refused.ts';
import { goodFiles, readServiceMetadata, serviceXml, settingsFor, type Files } from '../tree.ts';

const made: string[] = [];
afterAll(() => { for (const path of made) rmSync(path, { recursive: true, force: true }); });
const journal = toServiceId('ale/journal');
const added = toServiceId('hjo/added');
const harmless: Files = { 'metadata/services/ale/journal.yaml': `${goodFiles['metadata/services/ale/journal.yaml'] ?? ''}names: { sv: Journalen, en: Records }\n` };
const risky: Files = { 'metadata/services/hjo/added.xml': serviceXml('https://added.example.se'), 'metadata/services/hjo/added.yaml': 'enabled: true\n' };

const world = () => {
  const root = mkdtempSync(join(tmpdir(), 'bryggan-review-'));
  made.push(root);
  const state = join(root, 'state');
  const events: AuditEvent[] = [];
  let now = 1000;
  const put = (some: Files): void => {
    for (const [path, text] of Object.entries(some)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };
  const open = (options: Partial<FileRegistryOptions> = {}): Promise<FileRegistry> => openFileRegistry({
    root, state, settings: settingsFor(), readServiceMetadata, reload: 'review', clock: { now: () => { now += 1000; return now; } }, log: silentLog,
    audit: { record: (event) => Promise.resolve(void events.push(event)) }, onAlarm: () => undefined, sleep: () => Promise.resolve(), ...options,
  });
  put(goodFiles);
  return { root, state, events, put, open };
};
const nameOf = (registry: FileRegistry): string | undefined => registry.current().services.get(journal)?.names.sv;

describe('under review', () => {
  test('a change of low risk is taken by itself', async () => {
    const { put, open, events } = world();
    const registry = await open();
    put(harmless);
    expect(await registry.poll()).toBe('applied');
    expect(nameOf(registry)).toBe('Journalen');
    expect(events.at(-1)).toMatchObject({ type: 'registry.applied', facts: { by: 'by itself', changes: ['· ale/journal: is called Journalen (was Tjänsten)'] } });
  });
  test('what is harmless does not wait for what is risky', async () => {
    const { put, open } = world();
    const registry = await open();
    put({ ...harmless, ...risky });
    expect(await registry.poll()).toBe('held');
    expect(nameOf(registry)).toBe('Journalen');
    expect(registry.current().services.has(added)).toBe(false);
    expect(registry.held()?.changes).toMatchObject([{ kind: 'service-added', risk: 'high' }]);
    expect(await registry.approve({ by: 'anna', version: registry.held()?.version ?? '' })).toMatchObject({ outcome: 'applied' });
    expect(registry.current().services.has(added)).toBe(true);
  });
  test('a restart is no way around: what served serves, and the change still waits', async () => {
    const { put, open } = world();
    await open();
    put(risky);
    const registry = await open();
    expect(registry.current().services.has(added)).toBe(false);
    expect(registry.held()).not.toBeNull();
    await registry.approve({ by: 'anna', version: null });
    expect((await open()).current().services.has(added)).toBe(true);
  });
  test('what was planned is what is applied: files that changed since are refused', async () => {
    const { put, open } = world();
    const registry = await open();
    put(risky);
    await registry.poll();
    const planned = registry.held()?.version ?? '';
    put({ 'metadata/services/hjo/added.yaml': 'enabled: true\nsso: silent\n' });
    await registry.poll();
    await rejectedWith('command.usage', registry.approve({ by: 'anna', version: planned }));
    expect(registry.current().services.has(added)).toBe(false);
  });
});

describe('two persons', () => {
  test('one cannot do it alone, however often; another can; both are on record (threats F06)', async () => {
    const { put, open, events } = world();
    const registry = await open({ secondPerson: true });
    put(risky);
    await registry.poll();
    for (let times = 0; times < 2; times += 1) expect(await registry.approve({ by: 'anna', version: null })).toMatchObject({ outcome: 'needs-another-person' });
    expect(registry.current().services.has(added)).toBe(false);
    expect(await registry.approve({ by: 'erik', version: null })).toMatchObject({ outcome: 'applied' });
    expect(registry.current().services.has(added)).toBe(true);
    expect(events.map(({ type }) => type)).toEqual(['registry.applied', 'registry.held', 'registry.approved', 'registry.approved', 'registry.applied']);
    expect(events.at(-1)?.facts['by']).toBe('anna and erik');
  });
  test('a yes to one content is no yes to another, and it survives a restart', async () => {
    const { put, open } = world();
    const registry = await open({ secondPerson: true });
    put(risky);
    await registry.poll();
    await registry.approve({ by: 'anna', version: null });
    const after = await open({ secondPerson: true });
    put({ 'metadata/services/hjo/added.yaml': 'enabled: true\nsso: silent\n' });
    await after.poll();
    expect(await after.approve({ by: 'erik', version: null })).toMatchObject({ outcome: 'needs-another-person' });
    expect(await after.approve({ by: 'anna', version: null })).toMatchObject({ outcome: 'applied' });
  });
});

describe('the way back', () => {
  test.each(['auto', 'review'] as const)('reload: %s: what was applied before serves, the files wait until they change, over a restart too', async (reload) => {
    const { put, open, events } = world();
    const registry = await open({ reload });
    put(risky);
    await registry.poll();
    await registry.apply('anna');
    expect(registry.current().services.has(added)).toBe(true);
    expect(await registry.rollBack({ by: 'erik', to: null })).toMatchObject({ outcome: 'applied', changes: [{ kind: 'service-removed' }] });
    expect(registry.current().services.has(added)).toBe(false);
    expect(events.at(-1)).toMatchObject({ type: 'registry.rolled-back', facts: { by: 'erik' } });
    expect(await registry.poll()).toBe('held');
    const restarted = await open({ reload });
    expect(restarted.current().services.has(added)).toBe(false);
    put({ 'metadata/services/hjo/added.yaml': 'enabled: true\nsso: silent\n' });
    expect(await restarted.poll()).toBe(reload === 'auto' ? 'applied' : 'held');
  });
  test('the history says what, when and by whom, and any entry can be gone back to', async () => {
    const { put, open, state } = world();
    const registry = await open({ reload: 'auto' });
    put(harmless);
    await registry.poll();
    put(risky);
    await registry.poll();
    const history = await readHistory(state);
    expect(history.map(({ by, changes }) => [by, changes.length])).toEqual([['by itself', 1], ['by itself', 1], ['by itself', 0]]);
    await registry.rollBack({ by: 'anna', to: history.at(-1)?.id ?? '' });
    expect(nameOf(registry)).toBe('Tjänsten');
    await rejectedWith('command.usage', registry.rollBack({ by: 'anna', to: 'nothing' }));
  });
  test('there is nothing to go back to at the first start', async () => {
    const { open } = world();
    await rejectedWith('command.usage', (await open()).rollBack({ by: 'anna', to: null }));
  });
});
