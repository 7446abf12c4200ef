/** The embedded store as a stage. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openSqliteStores } from '../../../src/sessions/sqlite/stores.ts';
import { firstKey, MovingClock, sealerOf, type Lying, type StoreStage } from './store-stage.ts';

const tables = { entry: 'name', field: 'field', record: 'name' } as const;
export const sqliteStage = (): Promise<StoreStage> => {
  const directory = mkdtempSync(join(tmpdir(), 'bryggan-sqlite-'));
  const file = join(directory, 'store.db');
  const clock = new MovingClock();
  let keys: readonly Buffer[] = [firstKey];
  const open = () => openSqliteStores({ file, sealer: sealerOf(keys), clock });
  let stores = open();
  /** The file is held by its process alone: closed, looked into, opened again. */
  const inside = async <T>(work: (database: Database.Database) => T): Promise<T> => {
    await stores.close();
    const database = new Database(file);
    const result = work(database);
    database.close();
    stores = open();
    return result;
  };
  const reopen = async (): Promise<void> => { await stores.close(); stores = open(); };
  return Promise.resolve({
    nodes: () => [stores, stores] as const, now: () => clock.now(),
    lying: () => inside((database) => Object.entries(tables).flatMap(([table, slot]) => (database.prepare(`SELECT name, ${slot} AS slot, value FROM ${table}`).all() as { name: string; slot: string; value: Buffer }[]).map(({ name, slot: at, value }): Lying => ({ key: name, slot: at === name ? '' : at, value })))),
    put: ({ key, slot, value }) => inside((database) => {
      if (slot !== '') database.prepare('UPDATE field SET value = ? WHERE name = ? AND field = ?').run(value, key, slot);
      else for (const table of ['entry', 'record']) database.prepare(`UPDATE ${table} SET value = ? WHERE name = ?`).run(value, key);
    }),
    dump: () => Promise.resolve(readdirSync(directory).map((name) => readFileSync(join(directory, name), 'latin1')).join('\n')),
    pass: (milliseconds) => { clock.pass(milliseconds); return Promise.resolve(); },
    restart: reopen,
    reopen: (next) => { keys = next; return reopen(); },
    goAway: () => stores.close(),
    comeBack: () => { stores = open(); return Promise.resolve(); },
    close: async () => { await stores.close(); rmSync(directory, { recursive: true, force: true }); },
  });
};
