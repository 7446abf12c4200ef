/**
 * The embedded default: SQLite in WAL mode, durable, one process. Every statement is prepared once and short; calls are synchronous
 * inside and answer at once. Does not own: sealing (../seal.ts), what values mean.
 */
import type { Clock } from '../../core/ports.ts';
import type { LoginTransaction } from '../../login/transaction.ts';
import { fieldName, keyName } from '../names.ts';
import type { ServiceEntry, SessionStore, SsoSession, Stores, TransactionStore } from '../ports.ts';
import { openOrSkip } from '../seal.ts';
import { openMedium, type Field, type Medium, type SqliteOptions } from './medium.ts';
import { oidcRecords } from './oidc-records.ts';
import { leasedRecords, records } from './records.ts';

/** The last instant a Date can hold. */
const FOREVER = 8_640_000_000_000_000;

const sessionStore = ({ run, atomic, sealer, at, versioned }: Medium): SessionStore => {
  const entryOf = (name: string, row: Field): ServiceEntry => sealer.open(fieldName(name, row.field), row.value) as ServiceEntry;
  const nameOf = (id: string): string => keyName('session', id);
  return {
    create: (session, idleSeconds) => at((now) => {
      const name = nameOf(session.id);
      atomic.createSession(name, sealer.seal(name, session), Math.min(now + idleSeconds * 1000, session.expiresAt), session.expiresAt);
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
    removeService: (id, key) => at(() => run.removeField.run(nameOf(id), keyName('session', key)).changes === 1),
    all: async function* () {
      for (const { name, value } of await at((now) => run.sessions.all(now))) {
        const session = openOrSkip(sealer, name, value) as SsoSession | undefined;
        if (session !== undefined) yield session;
      }
    },
    end: (id) => at((now) => atomic.end(nameOf(id), now)?.map((row) => entryOf(nameOf(id), row))),
  };
};

const transactionStore = (medium: Medium, clock: Clock): TransactionStore => {
  const kept = records<LoginTransaction>('transaction', medium);
  return {
    create: (transaction) => kept.create(transaction.id, transaction, (transaction.expiresAt - clock.now()) / 1000),
    find: (id) => kept.find(id),
    replace: (transaction, version) => kept.replace(transaction.id, transaction, version),
  };
};

export const openSqliteStores = (options: SqliteOptions): Stores => {
  const medium = openMedium(options);
  const { database, run, atomic, sealer, at, versioned } = medium;
  return {
    sessions: sessionStore(medium),
    transactions: transactionStore(medium, options.clock),
    logouts: records('logout', medium),
    movedSessions: records('moved', medium),
    replay: {
      claim: (scope, key, note, seconds) => at((now) => {
        const name = keyName('replay', scope, key);
        const row = atomic.claim(name, sealer.seal(name, note), now + seconds * 1000, now);
        return row === undefined ? undefined : (sealer.open(name, row.value) as string);
      }),
    },
    rates: { increment: (scope, key, windowSeconds) => at((now) => run.count.get(keyName('rate', scope, key), now + windowSeconds * 1000, now, now, now + windowSeconds * 1000)?.count ?? 0) },
    oidc: oidcRecords(medium),
    orders: leasedRecords('order', medium),
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
