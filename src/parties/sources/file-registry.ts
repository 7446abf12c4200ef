/** What the registry from files is given and what it can be asked: files.ts is the one implementation. */
import type { AuditTrail } from '../../audit/model.ts';
import type { Change } from '../../federation/review/changes.ts';
import type { Finding } from '../../core/findings.ts';
import type { Clock, Instant, Log } from '../../core/ports.ts';
import type { PartyRegistry, Registry } from '../model.ts';
import type { LoadOptions } from './load.ts';
import type { Overlay } from './overlay.ts';
import type { Tree } from './tree.ts';

/** Waiting, handed in so that tests decide when time passes. Rejects when `signal` aborts. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
export interface RegistryAlarm {
  /** `rejected`: the files do not validate, the last good registry serves. `held`: they validate and wait for `apply`. */
  readonly kind: 'rejected' | 'held';
  readonly version: string;
  readonly at: Instant;
  readonly findings: readonly Finding[];
}
export interface FileRegistryOptions extends LoadOptions {
  readonly root: string;
  /** Where the last good content is kept; null = in memory only. */
  readonly state: string | null;
  readonly reload: 'auto' | 'review';
  readonly clock: Clock;
  readonly log: Log;
  readonly audit: Pick<AuditTrail, 'record'>;
  /** Called when something needs a person, and with null when it no longer does. */
  readonly onAlarm: (alarm: RegistryAlarm | null) => void;
  /** Risky changes are taken when two people have said so; default: one is enough. */
  readonly secondPerson?: boolean;
  /** Metadata that sources publish, for files that say `metadataFrom`. */
  readonly overlay?: Overlay;
  readonly sleep?: Sleep;
  readonly pollMilliseconds?: number;
}
export type PollOutcome = 'unchanged' | 'unsettled' | 'applied' | 'held' | 'rejected';
export interface RegistryStatus { readonly version: string; readonly appliedAt: Instant; readonly parties: number; readonly services: number; readonly warnings: readonly Finding[]; readonly alarm: RegistryAlarm | null }
export interface Approved { readonly outcome: 'applied' | 'needs-another-person'; readonly version: string; readonly changes: readonly Change[] }
export interface FileRegistry extends PartyRegistry {
  /** One look at the files; what the timer does, and what tests call. Never throws. */
  poll(): Promise<PollOutcome>;
  /** Takes what is held; undefined when nothing is. Errors: `audit.unavailable`. */
  apply(by?: string): Promise<Registry | undefined>;
  /**
   * One person's word for what is held, by the version that they saw. Where a second person is demanded, a risky change is taken at the
   * word of another. Errors: `command.usage` when nothing is held or the files changed since; `audit.unavailable`.
   */
  approve(order: { readonly by: string; readonly version: string | null }): Promise<Approved>;
  /** Back to what was applied before, or to an entry of the history; the files wait until they change. Errors: `command.usage`, `config.invalid`. */
  rollBack(order: { readonly by: string; readonly to: string | null }): Promise<Approved>;
  /** What waits for a person, and what it would do. */
  held(): { readonly version: string; readonly changes: readonly Change[] } | null;
  status(): RegistryStatus;
  /** The files that the serving registry was built from. */
  files(): Tree;
  /** Begins to look by itself. `stop` waits for a look under way. */
  start(): void;
  stop(): Promise<void>;
}
