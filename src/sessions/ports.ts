/**
 * sessions: one small port per need, two adapters (redis/, sqlite/), one contract suite (test/contracts).
 * Owns what is remembered between two requests. Does not own: what a session means (login/single-sign-on.ts).
 * Every value is sealed (seal.ts) before it reaches an adapter's medium. All ports fail with `store.unavailable`
 * within a bounded time, never hang, and with `store.sealed-value` when a value was altered or moved.
 */
import type { SessionId, TransactionId } from '../core/ids.ts';
import type { JsonValue } from '../core/json.ts';
import type { Instant } from '../core/ports.ts';
import type { LogoutRecord } from '../login/logout-record.ts';
import type { ActingChoice, LoginTransaction, VerifiedIdentity } from '../login/transaction.ts';
import type { ServiceEntry } from './service-entry.ts';

export type { ServiceEntry } from './service-entry.ts';

/** Who, how, when, at which level, under which commission. */
export interface SsoSession {
  readonly id: SessionId;
  readonly identity: VerifiedIdentity;
  readonly acting: ActingChoice;
  readonly createdAt: Instant;
  /** Absolute end, whatever the use. */
  readonly expiresAt: Instant;
}
export interface Versioned<T> { readonly value: T; readonly version: number }

export interface SessionStore {
  /** `idleSeconds`: gone when not used for so long, and never later than `expiresAt`. */
  create(session: SsoSession, idleSeconds: number): Promise<void>;
  find(id: SessionId): Promise<Versioned<SsoSession> | undefined>;
  /** Compare-and-set; false when somebody else changed or ended it first. Keeps the services. */
  replace(session: SsoSession, expectedVersion: number): Promise<boolean>;
  /**
   * Adds one sealed field without reading or rewriting others: fifty tabs lose nothing. Answering a service is use: the idle time
   * begins anew, never past `expiresAt`. False when the session is gone.
   */
  addService(id: SessionId, entry: ServiceEntry, idleSeconds: number): Promise<boolean>;
  services(id: SessionId): Promise<readonly ServiceEntry[]>;
  /** Forgets one service by its entry's key; true to exactly one caller. */
  removeService(id: SessionId, key: string): Promise<boolean>;
  /** Every living session, in no order; for operations, never for a login. One that cannot be opened is passed over. */
  all(): AsyncIterable<SsoSession>;
  /** Ends the session; returns the services it had answered, to exactly one caller. */
  end(id: SessionId): Promise<readonly ServiceEntry[] | undefined>;
}
export interface TransactionStore {
  create(transaction: LoginTransaction): Promise<void>;
  find(id: TransactionId): Promise<Versioned<LoginTransaction> | undefined>;
  /** The only way a stored transaction changes. False when another tab or node was first. */
  replace(transaction: LoginTransaction, expectedVersion: number): Promise<boolean>;
}
/** Values that live for a while under an id; they change by compare-and-set and are not prolonged by it. */
export interface Records<T> {
  create(id: string, value: T, seconds: number): Promise<void>;
  find(id: string): Promise<Versioned<T> | undefined>;
  /** False when another tab or node was first, or the time is over. */
  replace(id: string, value: T, expectedVersion: number): Promise<boolean>;
}
export interface ReplayGuard {
  /** Set-if-absent: undefined to exactly one caller, to all others the note that the first one left. `scope` and `key` are hashed before use. */
  claim(scope: string, key: string, note: string, seconds: number): Promise<string | undefined>;
}
export type JsonRecord = { readonly [key: string]: JsonValue };
/** One record of the OpenID Connect face: a code, a token, a grant, its own session. */
export interface OidcRecord { readonly value: JsonRecord; /** When `consume` used it up; null: not yet. */ readonly consumedAt: Instant | null }
export interface OidcRecordStore {
  /**
   * Writes or overwrites; a record that was consumed stays consumed. `grant`: goes with that grant; `alias`: a second name to find
   * it by. False when the grant was removed before: nothing is kept then.
   */
  put(model: string, id: string, record: { readonly value: JsonRecord; readonly seconds: number; readonly grant?: string; readonly alias?: string }): Promise<boolean>;
  find(model: string, id: string): Promise<OidcRecord | undefined>;
  /** The record last put under this alias; `id` comes with it. */
  findByAlias(model: string, alias: string): Promise<(OidcRecord & { readonly id: string }) | undefined>;
  /** True to exactly one caller over all nodes; the record stays until its time, marked, so that a second use shows. */
  consume(model: string, id: string): Promise<boolean>;
  remove(model: string, id: string): Promise<void>;
  /** Every record of the grant is gone, and none can be added to it any more. May be repeated after a failure. */
  removeGrant(grant: string): Promise<void>;
}
/** How long a removed grant refuses records of requests that were under way. */
export const GRANT_MARK_MILLISECONDS = 3_600_000;
/** Records that one holder at a time works on, over all nodes: orders on a phone, of which one poll is in flight. */
export interface LeasedRecords<T> extends Records<T> {
  /** Gone, and handed to exactly one caller. */
  take(id: string): Promise<T | undefined>;
  /**
   * The right to work on it, for at most `milliseconds` (its node may die). Not granted: the value as it stands. `holder` is a fresh
   * random id for every call.
   */
  lease(id: string, holder: string, milliseconds: number): Promise<(Versioned<T> & { readonly granted: boolean }) | undefined>;
  /** Writes what the holder found out and gives the right back; nobody gets it for `pauseMilliseconds`. False: another holder has it by now, nothing is written. */
  settle(id: string, holder: string, value: T, pauseMilliseconds: number): Promise<boolean>;
}
/** Counters for limits: how often `key` was seen in the running window. */
export interface RateCounter { increment(scope: string, key: string, windowSeconds: number): Promise<number> }

export interface Stores {
  readonly sessions: SessionStore;
  readonly transactions: TransactionStore;
  /** Logouts that a browser carries from service to service. */
  readonly logouts: Records<LogoutRecord>;
  /** Ids of sessions that went on under a new id after a fresh login, so that a logout that names the old one arrives. */
  readonly movedSessions: Records<SessionId>;
  readonly replay: ReplayGuard;
  readonly rates: RateCounter;
  readonly oidc: OidcRecordStore;
  /** Orders at the services behind mobile e-identification; the method that made one knows its shape. */
  readonly orders: LeasedRecords<JsonRecord>;
  /** Small durable values shared by nodes (audit head, registry version). */
  readonly shared: { get(name: string): Promise<string | undefined>; set(name: string, value: string): Promise<void> };
  /** `up`, or why not, without waiting longer than a second. */
  health(): Promise<'up' | 'away'>;
  close(): Promise<void>;
}
