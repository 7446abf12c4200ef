/**
 * sessions: one small port per need, two adapters (redis/, sqlite/), one contract suite (test/contracts).
 * Owns what is remembered between two requests. Does not own: what a session means (login/single-sign-on.ts).
 * Every value is sealed (seal.ts) before it reaches an adapter's medium. All ports fail with `store.unavailable`
 * within a bounded time, never hang, and with `store.sealed-value` when a value was altered or moved.
 */
import type { PartyId, ServiceId, SessionId, TransactionId } from '../core/ids.ts';
import type { JsonValue } from '../core/json.ts';
import type { Instant } from '../core/ports.ts';
import type { ActingChoice, LoginTransaction, VerifiedIdentity } from '../login/transaction.ts';

/** Who, how, when, at which level, under which commission. */
export interface SsoSession {
  readonly id: SessionId;
  readonly identity: VerifiedIdentity;
  readonly acting: ActingChoice;
  readonly createdAt: Instant;
  /** Absolute end, whatever the use. */
  readonly expiresAt: Instant;
}
/** A service the session answered: what logout needs later. `key` names the field: adding the same service again renews it. */
export interface ServiceEntry {
  readonly key: string;
  readonly service: ServiceId;
  readonly party: PartyId;
  readonly protocol: 'saml' | 'oidc';
  readonly answeredAt: Instant;
  /** The face's own memory (NameID, SessionIndex, sid …). */
  readonly faceState: { readonly [key: string]: JsonValue };
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
  /** Ends the session; returns the services it had answered, to exactly one caller. */
  end(id: SessionId): Promise<readonly ServiceEntry[] | undefined>;
}
export interface TransactionStore {
  create(transaction: LoginTransaction): Promise<void>;
  find(id: TransactionId): Promise<Versioned<LoginTransaction> | undefined>;
  /** The only way a stored transaction changes. False when another tab or node was first. */
  replace(transaction: LoginTransaction, expectedVersion: number): Promise<boolean>;
}
export interface ReplayGuard {
  /** Set-if-absent: undefined to exactly one caller, to all others the note that the first one left. `scope` and `key` are hashed before use. */
  claim(scope: string, key: string, note: string, seconds: number): Promise<string | undefined>;
}
/** Counters for limits: how often `key` was seen in the running window. */
export interface RateCounter { increment(scope: string, key: string, windowSeconds: number): Promise<number> }

export interface Stores {
  readonly sessions: SessionStore;
  readonly transactions: TransactionStore;
  readonly replay: ReplayGuard;
  readonly rates: RateCounter;
  /** Small durable values shared by nodes (audit head, registry version). */
  readonly shared: { get(name: string): Promise<string | undefined>; set(name: string, value: string): Promise<void> };
  /** `up`, or why not, without waiting longer than a second. */
  health(): Promise<'up' | 'away'>;
  close(): Promise<void>;
}
