/** The database under the embedded store: its one file, its statements, and what every port of it shares. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { fail, isBrygganError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { Versioned } from '../ports.ts';
import type { Sealer } from '../seal.ts';

export interface SqliteOptions { readonly file: string; readonly sealer: Sealer; readonly clock: Clock }
/** Expired rows are swept out at most this often. */
const SWEEP_MILLISECONDS = 60_000;

const schema = `
CREATE TABLE IF NOT EXISTS entry (name TEXT PRIMARY KEY, value BLOB NOT NULL, version INTEGER NOT NULL, expires INTEGER NOT NULL, latest INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS field (name TEXT NOT NULL, field TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (name, field)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, count INTEGER NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (name TEXT PRIMARY KEY, value BLOB NOT NULL, expires INTEGER NOT NULL, consumed INTEGER, grant_name TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lease (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS record_expires ON record (expires);
CREATE INDEX IF NOT EXISTS record_grant ON record (grant_name) WHERE grant_name IS NOT NULL;
CREATE INDEX IF NOT EXISTS entry_expires ON entry (expires);
CREATE INDEX IF NOT EXISTS counter_expires ON counter (expires);`;

const openDatabase = (file: string): Database.Database => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Ours alone from the first byte; the files beside it take its mode.
  closeSync(openSync(file, 'a', 0o600));
  const database = new Database(file, { timeout: 0 });
  try {
    // One process only: a second one would believe that it alone guards against replay.
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.exec(schema);
  } catch (error) {
    database.close();
    return fail('store.configuration', 'the embedded store is in use by another process, or its file cannot be written; several nodes need Redis', { file }, error);
  }
  return database;
};

export interface RecordRow { readonly value: Buffer; readonly consumed: number | null }
export interface Field { readonly field: string; readonly value: Buffer }
export interface Row { readonly value: Buffer; readonly version: number }
const prepare = (database: Database.Database) => ({
  insert: database.prepare('INSERT OR IGNORE INTO entry (name, value, version, expires, latest) VALUES (?, ?, 1, ?, ?)'),
  find: database.prepare<[string, number], Row>('SELECT value, version FROM entry WHERE name = ? AND expires > ?'),
  replace: database.prepare('UPDATE entry SET value = ?, version = version + 1 WHERE name = ? AND version = ? AND expires > ?'),
  touch: database.prepare('UPDATE entry SET expires = min(?, latest) WHERE name = ? AND expires > ?'),
  put: database.prepare('INSERT OR REPLACE INTO entry (name, value, version, expires, latest) VALUES (?, ?, 1, ?, ?)'),
  remove: database.prepare('DELETE FROM entry WHERE name = ? AND expires > ?'),
  drop: database.prepare('DELETE FROM entry WHERE name = ? AND expires <= ?'),
  addField: database.prepare('INSERT OR REPLACE INTO field (name, field, value) SELECT ?, ?, ? WHERE EXISTS (SELECT 1 FROM entry WHERE name = ? AND expires > ?)'),
  fields: database.prepare<[string], Field>('SELECT field, value FROM field WHERE name = ? ORDER BY field'),
  removeField: database.prepare('DELETE FROM field WHERE name = ? AND field = ?'),
  sessions: database.prepare<[number], { name: string; value: Buffer }>("SELECT name, value FROM entry WHERE name >= 'session:' AND name < 'session;' AND expires > ?"),
  removeFields: database.prepare('DELETE FROM field WHERE name = ?'),
  count: database.prepare<[string, number, number, number, number], { count: number }>('INSERT INTO counter (name, count, expires) VALUES (?, 1, ?) ON CONFLICT (name) DO UPDATE SET count = CASE WHEN expires <= ? THEN 1 ELSE count + 1 END, expires = CASE WHEN expires <= ? THEN ? ELSE expires END RETURNING count'),
  sweepEntries: database.prepare('DELETE FROM entry WHERE expires <= ?'),
  sweepFields: database.prepare('DELETE FROM field WHERE name NOT IN (SELECT name FROM entry)'),
  putRecord: database.prepare('INSERT INTO record (name, value, expires, grant_name) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value, consumed = CASE WHEN expires <= ? THEN NULL ELSE consumed END, expires = excluded.expires, grant_name = excluded.grant_name'),
  findRecord: database.prepare<[string, number], RecordRow>('SELECT value, consumed FROM record WHERE name = ? AND expires > ?'),
  consumeRecord: database.prepare('UPDATE record SET consumed = ? WHERE name = ? AND consumed IS NULL AND expires > ?'),
  removeRecord: database.prepare('DELETE FROM record WHERE name = ?'),
  removeGrant: database.prepare('DELETE FROM record WHERE grant_name = ?'),
  lease: database.prepare('INSERT INTO lease (name, holder, until) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE until <= ? OR holder = excluded.holder'),
  giveBack: database.prepare('UPDATE lease SET holder = \'\', until = ? WHERE name = ? AND holder = ?'),
  write: database.prepare('UPDATE entry SET value = ?, version = version + 1 WHERE name = ? AND expires > ?'),
  removeLease: database.prepare('DELETE FROM lease WHERE name = ?'),
  sweepRecords: database.prepare('DELETE FROM record WHERE expires <= ?'),
  sweepLeases: database.prepare('DELETE FROM lease WHERE name NOT IN (SELECT name FROM entry)'),
  sweepCounters: database.prepare('DELETE FROM counter WHERE expires <= ?'),
});

/** Several statements that happen together or not at all. */
const together = (database: Database.Database, run: ReturnType<typeof prepare>) => ({
  sweep: database.transaction((now: number) => {
    run.sweepEntries.run(now);
    run.sweepFields.run();
    run.sweepRecords.run(now);
    run.sweepLeases.run();
    run.sweepCounters.run(now);
  }),
  claim: database.transaction((name: string, value: Buffer, expires: number, now: number): Row | undefined => {
    run.drop.run(name, now);
    return run.insert.run(name, value, expires, expires).changes === 1 ? undefined : run.find.get(name, now);
  }),
  addField: database.transaction((name: string, field: string, value: Buffer, now: number, until: number): boolean => {
    run.touch.run(until, name, now);
    return run.addField.run(name, field, value, name, now).changes === 1;
  }),
  end: database.transaction((name: string, now: number): Field[] | undefined => {
    if (run.remove.run(name, now).changes === 0) return undefined;
    const fields = run.fields.all(name);
    run.removeFields.run(name);
    return fields;
  }),
  putRecord: database.transaction((record: { name: string; value: Buffer; until: number; grant: string | null; alias: { name: string; value: Buffer } | null }, now: number): boolean => {
    const { name, value, until, grant, alias } = record;
    // A removed grant leaves its own name behind for a while.
    if (grant !== null && run.find.get(grant, now) !== undefined) return false;
    run.putRecord.run(name, value, until, grant, now);
    if (alias !== null) run.put.run(alias.name, alias.value, until, until);
    return true;
  }),
  createSession: database.transaction((name: string, value: Buffer, until: number, latest: number) => {
    run.removeFields.run(name);
    run.put.run(name, value, until, latest);
  }),
  create: database.transaction((name: string, value: Buffer, until: number) => {
    run.removeLease.run(name);
    run.put.run(name, value, until, until);
  }),
  removeGrant: database.transaction((grant: string, mark: Buffer, until: number) => {
    run.put.run(grant, mark, until, until);
    run.removeGrant.run(grant);
  }),
  take: database.transaction((name: string, now: number): Row | undefined => {
    const row = run.find.get(name, now);
    run.remove.run(name, now);
    run.removeLease.run(name);
    return row;
  }),
  lease: database.transaction((name: string, holder: string, until: number, now: number): (Row & { granted: boolean }) | undefined => {
    const row = run.find.get(name, now);
    return row === undefined ? undefined : { ...row, granted: run.lease.run(name, holder, until, now).changes === 1 };
  }),
  settle: database.transaction((name: string, holder: string, value: Buffer, free: number, now: number): boolean =>
    run.giveBack.run(free, name, holder).changes === 1 && run.write.run(value, name, now).changes === 1),
});

/** What the ports below share. `at` runs every call: the medium's own errors become ours, and old rows go out now and then. */
export const openMedium = ({ file, sealer, clock }: SqliteOptions) => {
  const database = openDatabase(file);
  const run = prepare(database);
  const atomic = together(database, run);
  let sweptAt = clock.now();
  const at = <T>(work: (now: number) => T): Promise<T> => {
    try {
      const now = clock.now();
      if (now - sweptAt > SWEEP_MILLISECONDS) {
        sweptAt = now;
        atomic.sweep(now);
      }
      return Promise.resolve(work(now));
    } catch (error) {
      return Promise.reject(isBrygganError(error) ? error : asUnavailable(error));
    }
  };
  const versioned = <T>(name: string, row: Row | undefined): Versioned<T> | undefined => (row === undefined ? undefined : { value: sealer.open(name, row.value) as T, version: row.version });
  return { database, run, atomic, sealer, at, versioned };
};
export type Medium = ReturnType<typeof openMedium>;
const asUnavailable = (error: unknown): Error => {
  try {
    return fail('store.unavailable', `the embedded store failed: ${error instanceof Error ? error.message : String(error)}`, {}, error);
  } catch (coded) {
    return coded as Error;
  }
};
