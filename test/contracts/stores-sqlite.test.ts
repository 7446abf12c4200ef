/** What only the embedded store can do wrong: two processes on one file, a process that dies (threats K05). */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqliteStores } from '../../src/sessions/sqlite/stores.ts';
import { systemClock } from '../../src/core/ports.ts';
import { until } from '../fixtures/ports.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { firstKey, MovingClock, sealerOf } from './stages/store-stage.ts';
import { entry, newSession } from './stages/store-values.ts';

const place = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'bryggan-sqlite-'));
  onTestFinished(() => { rmSync(directory, { recursive: true, force: true }); });
  return join(directory, 'deep', 'store.db');
};
const open = (file: string, clock = systemClock) => openSqliteStores({ file, sealer: sealerOf([firstKey]), clock });
const startWriter = (file: string) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'stages/sqlite-writer.ts'), file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => { said += text; });
  const ended = new Promise((resolve) => { child.once('close', resolve); });
  onTestFinished(async () => { child.kill('SIGKILL'); await ended; });
  return { said: () => said.slice(0, said.lastIndexOf('\n')).split('\n').filter((line) => line !== '').map(Number), kill9: async () => { child.kill('SIGKILL'); await ended; } };
};

describe('the embedded store', () => {
  it('is held by one process: a second one is refused and told why; when the first is gone it gets in', async () => {
    const file = place();
    const writer = startWriter(file);
    await until('the first process has written', () => writer.said().length > 0);
    expect(refusedWith('store.configuration', () => open(file)).detail).toContain('in use by another process');
    await writer.kill9();
    const stores = open(file);
    expect(await stores.health()).toBe('up');
    await stores.close();
  });
  it('has every replay note that was claimed before kill -9', async () => {
    const file = place();
    const writer = startWriter(file);
    await until('it has written much', () => writer.said().length > 200);
    await writer.kill9();
    const stores = open(file);
    for (const number of writer.said()) expect(await stores.replay.claim('request', String(number), 'again', 3600)).toBe(`note ${String(number)}`);
    expect(await stores.replay.claim('request', 'never', 'first', 3600)).toBeUndefined();
    await stores.close();
  });
  it('sweeps out what is over, with everything that hung on it, and keeps the rest', async () => {
    const clock = new MovingClock();
    const stores = open(place(), clock);
    onTestFinished(() => stores.close());
    const [short, long] = [newSession(clock.now(), { minutes: 5 }), newSession(clock.now(), { minutes: 500 })];
    for (const session of [short, long]) {
      await stores.sessions.create(session, 30_000);
      await stores.sessions.addService(session.id, entry('a'), 30_000);
    }
    await stores.oidc.put('AccessToken', 'x', { value: {}, seconds: 60 });
    await stores.orders.create('x', {}, 60);
    await stores.orders.lease('x', 'holder', 60_000);
    clock.pass(600_000);
    expect(await stores.sessions.find(short.id)).toBeUndefined();
    expect(await stores.sessions.services(long.id)).toEqual([entry('a')]);
    // The same ids anew start from nothing.
    await stores.sessions.create({ ...short, expiresAt: clock.now() + 60_000 }, 60);
    expect(await stores.sessions.services(short.id)).toEqual([]);
    await stores.orders.create('x', {}, 60);
    expect((await stores.orders.lease('x', 'other', 1000))?.granted).toBe(true);
  });
});
