/**
 * The embedded default: SQLite in WAL mode, durable, one process. Every statement is prepared once and short; calls are synchronous
 * inside and answer at once. Does not own: sealing (../seal.ts), what values mean.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { fail, isBrygganError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { LoginTransaction } from '../../login/transaction.ts';
import { fieldName, keyName } from '../names.ts';
import type { ServiceEntry, SessionStore, SsoSession, Stores, TransactionStore, Versioned } from '../ports.ts';
import type { Sealer } from '../seal.ts';

export interface SqliteOptions { readonly file: string; readonly sealer: Sealer; readonly clock: Clock }
/** Expired rows are swept out at most this often. */
const SWEEP_MILLISECONDS = 60_000;
/** The last instant a Date can hold. */
const FOREVER = 8_640_000_000_000_000;

const schema = `
CREATE TABLE IF NOT EXISTS entry (name TEXT PRIMARY KEY, value BLOB NOT NULL, version INTEGER NOT NULL, expires INTEGER NOT NULL, latest INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS field (name TEXT NOT NULL, field TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (name, field)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, count INTEGER NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entry_expires ON entry (expires);
CREATE INDEX IF NOT EXISTS counter_expires ON counter (expires);`;

const openDatabase = (file: string): Database.Database => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const database = new Database(file);
  try {
    // One process only: a second one would believe that it alone guards against replay.
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('busy_timeout = 0');
    database.exec(schema);
  } catch (error) {
    database.close();
    return fail('store.configuration', 'the embedded store is in use by another process, or its file cannot be written; several nodes need Redis', { file }, error);
  }
  return database;
};

interface Field { readonly field: string; readonly value: Buffer }
interface Row { readonly value: Buffer; readonly version: number }
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
  removeFields: database.prepare('DELETE FROM field WHERE name = ?'),
  count: database.prepare<[string, number, number, number, number], { count: number }>('INSERT INTO counter (name, count, expires) VALUES (?, 1, ?) ON CONFLICT (name) DO UPDATE SET count = CASE WHEN expires <= ? THEN 1 ELSE count + 1 END, expires = CASE WHEN expires <= ? THEN ? ELSE expires END RETURNING count'),
  sweepEntries: database.prepare('DELETE FROM entry WHERE expires <= ?'),
  sweepFields: database.prepare('DELETE FROM field WHERE name NOT IN (SELECT name FROM entry)'),
  sweepCounters: database.prepare('DELETE FROM counter WHERE expires <= ?'),
});

/** Several statements that happen together or not at all. */
const together = (database: Database.Database, run: ReturnType<typeof prepare>) => ({
  sweep: database.transaction((now: number) => {
    run.sweepEntries.run(now);
    run.sweepFields.run();
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
});

/** What the ports below share. `at` runs every call: the medium's own errors become ours, and old rows go out now and then. */
const openMedium = ({ file, sealer, clock }: SqliteOptions) => {
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
type Medium = ReturnType<typeof openMedium>;

const sessionStore = ({ run, atomic, sealer, at, versioned }: Medium): SessionStore => {
  const entryOf = (name: string, row: Field): ServiceEntry => sealer.open(fieldName(name, row.field), row.value) as ServiceEntry;
  const nameOf = (id: string): string => keyName('session', id);
  return {
    create: (session, idleSeconds) => at((now) => {
      const name = nameOf(session.id);
      run.put.run(name, sealer.seal(name, session), Math.min(now + idleSeconds * 1000, session.expiresAt), session.expiresAt);
    }),
    find: (id) => at((now) => versioned<SsoSession>(nameOf(id), run.find.get(nameOf(id), now))),
    replace: (session, version) => at((now) => {
      const name = nameOf(session.id);
      return run.replace.run(sealer.seal(name, session), name, version, now).changes === 1;
    }),
    addService: (id, entry, idleSeconds) => at((now) => {
      const name = nameOf(id);
      const field = keyName('session', entry.key);
      return atomic.addField(name, field, sealer.seal(fieldName(name, field), entry), now, now + idleSeconds * 1000);
    }),
    services: (id) => at((now) => {
      const name = nameOf(id);
      return run.find.get(name, now) === undefined ? [] : run.fields.all(name).map((row) => entryOf(name, row));
    }),
    end: (id) => at((now) => atomic.end(nameOf(id), now)?.map((row) => entryOf(nameOf(id), row))),
  };
};

const transactionStore = ({ run, sealer, at, versioned }: Medium): TransactionStore => ({
  create: (transaction) => at(() => {
    const name = keyName('transaction', transaction.id);
    run.put.run(name, sealer.seal(name, transaction), transaction.expiresAt, transaction.expiresAt);
  }),
  find: (id) => at((now) => versioned<LoginTransaction>(keyName('transaction', id), run.find.get(keyName('transaction', id), now))),
  replace: (transaction, version) => at((now) => {
    const name = keyName('transaction', transaction.id);
    return run.replace.run(sealer.seal(name, transaction), name, version, now).changes === 1;
  }),
});

export const openSqliteStores = (options: SqliteOptions): Stores => {
  const medium = openMedium(options);
  const { database, run, atomic, sealer, at, versioned } = medium;
  return {
    sessions: sessionStore(medium),
    transactions: transactionStore(medium),
    replay: {
      claim: (scope, key, note, seconds) => at((now) => {
        const name = keyName('replay', scope, key);
        const row = atomic.claim(name, sealer.seal(name, note), now + seconds * 1000, now);
        return row === undefined ? undefined : (sealer.open(name, row.value) as string);
      }),
    },
    rates: { increment: (scope, key, windowSeconds) => at((now) => run.count.get(keyName('rate', scope, key), now + windowSeconds * 1000, now, now, now + windowSeconds * 1000)?.count ?? 0) },
    shared: {
      get: (name) => at((now) => versioned<string>(keyName('shared', name), run.find.get(keyName('shared', name), now))?.value),
      set: (name, value) => at(() => {
        const key = keyName('shared', name);
        run.put.run(key, sealer.seal(key, value), FOREVER, FOREVER);
      }),
    },
    health: () => Promise.resolve(database.open ? 'up' : 'away'),
    close: () => {
      database.close();
      return Promise.resolve();
    },
  };
};
const asUnavailable = (error: unknown): Error => {
  try {
    return fail('store.unavailable', `the embedded store failed: ${error instanceof Error ? error.message : String(error)}`, {}, error);
  } catch (coded) {
    return coded as Error;
  }
};
