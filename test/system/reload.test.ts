/** Files change under a running Bryggan: what validates is taken whole, what does not leaves the last good registry serving, and `check` says file, line and fix. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { askingService, isAnswer, logIn, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';
import type { UserAgent } from '../fixtures/user-agent.ts';

const [standing, later, companion] = [askingService({ name: 'standing' }), askingService({ name: 'later', party: 'ale' }), askingService({ name: 'companion', party: 'boras' })];
let bryggan: Bryggan;
let anna: UserAgent;
const place = (party: string, name: string): string => join(bryggan.root, 'metadata', 'services', party, name);
const count = (type: string): number => bryggan.audit().filter((event) => event.type === type).length;
/** Said when it serves; the trail has it a moment before. */
const applied = (): number => bryggan.log().split('registry applied').length;
const taken = async (work: () => void): Promise<void> => {
  const before = applied();
  work();
  await until('the change is taken', () => applied() > before, () => bryggan.log().slice(-2000));
};
const rejected = async (work: () => void): Promise<void> => {
  const before = count('registry.rejected');
  work();
  await until('the change is refused', () => count('registry.rejected') > before, () => bryggan.log().slice(-2000));
};
const serves = async (service: typeof standing): Promise<boolean> => isAnswer(await service.start(anna, bryggan));
const alarm = async (): Promise<string | undefined> => /^bryggan_registry_alarm (\d)$/m.exec(await (await fetch(`${bryggan.managementUrl}/metrics`)).text())?.[1];

beforeAll(async () => {
  bryggan = await startBryggan({ services: [standing.files] });
  anna = bryggan.agentFor('anna-berglund');
  expect(receivedFrom(await logIn(anna, bryggan, standing)).status).toEqual(['Success']);
});
afterAll(() => bryggan.stop());

describe('a running Bryggan', () => {
  it('takes a new service without a restart', async () => {
    const pid = bryggan.pid();
    expect(await serves(later)).toBe(false);
    await taken(() => bryggan.writeService(later.files));
    expect([await serves(later), bryggan.pid()]).toEqual([true, pid]);
  });

  const faults: readonly (readonly [what: string, file: 'later.xml' | 'later.yaml', broken: (text: string) => string, line: number | null, says: RegExp])[] = [
    ['a half-written file', 'later.xml', (text) => text.slice(0, text.length >> 1), null, /later\.xml/],
    ['a DOCTYPE', 'later.xml', (text) => `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>${text}`, 1, /document type/],
    ['an unknown setting', 'later.yaml', (text) => `${text}signatures: all\n`, null, /signatures/],
    ['an empty file', 'later.xml', () => '', null, /later\.xml/],
  ];
  it.each(faults)('%s: `check` names file, line and fix; everybody is served as before; mended, it is taken', async (_what, file, broken, line, says) => {
    const path = place('ale', file);
    const original = readFileSync(path, 'utf8');
    onTestFinished(() => writeFileSync(path, original));
    await rejected(() => writeFileSync(path, broken(original)));
    expect([await serves(standing), await serves(later), await alarm()]).toEqual([true, true, '1']);
    const checked = await bryggan.command(['check', '--json']);
    expect(checked.code).not.toBe(0);
    const told = await bryggan.command(['check']);
    expect(told.output).toMatch(says);
    expect(told.output).toMatch(new RegExp(`metadata/services/ale/${file.replace('.', '\\.')}:${line === null ? '\\d+' : String(line)}`));
    writeFileSync(path, original);
    await until('the alarm is over', async () => (await alarm()) === '0');
    expect((await bryggan.command(['check'])).code).toBe(0);
    expect(await serves(later)).toBe(true);
  });

  it('all or nothing: a good file beside a broken one waits for it', async () => {
    const path = place('ale', 'later.xml');
    const original = readFileSync(path, 'utf8');
    onTestFinished(() => writeFileSync(path, original));
    await rejected(() => { writeFileSync(path, '<half'); bryggan.writeService(companion.files); });
    expect([await serves(companion), await serves(later)]).toEqual([false, true]);
    await taken(() => writeFileSync(path, original));
    expect([await serves(companion), await serves(later)]).toEqual([true, true]);
  });

  it('a restart on broken files serves the last good registry', async () => {
    const path = place('ale', 'later.xml');
    const original = readFileSync(path, 'utf8');
    onTestFinished(() => writeFileSync(path, original));
    await rejected(() => writeFileSync(path, '<half'));
    await bryggan.kill9();
    await bryggan.restart();
    expect([await serves(standing), await serves(later)]).toEqual([true, true]);
    writeFileSync(path, original);
    await until('the alarm is over', async () => (await alarm()) === '0');
  });

  it('a removed service is unknown; the others are served', async () => {
    await taken(() => { for (const ending of ['xml', 'yaml']) rmSync(place('ale', `later.${ending}`)); });
    const refused = await later.start(anna, bryggan);
    expect([refused.status, isAnswer(refused)]).toEqual([404, false]);
    expect([await serves(standing), await serves(companion)]).toEqual([true, true]);
  });
});
