/**
 * The trail: lines are chained in the order of `record`, written in groups, and each `record` resolves when its group is on disk. A
 * line that a crash cut is closed by a recovery line. Checkpoints are signed every minute and at midnight; the head goes to the store too.
 */
import type { KeyObject } from 'node:crypto';
import { BrygganError } from '../core/errors.ts';
import type { Clock, Log } from '../core/ports.ts';
import { chainEvent, GENESIS, parseLine, signCheckpoint } from './chain.ts';
import type { AuditEvent, AuditTrail } from './model.ts';
import type { TrailSink } from './files.ts';

export interface TrailOptions {
  readonly sink: TrailSink;
  /** Name of this node in file names: lower-case letters, digits, hyphens. */
  readonly node: string;
  /** Ed25519. */
  readonly key: KeyObject;
  readonly clock: Clock;
  readonly log: Log;
  readonly retentionDays: number;
  readonly minFreeMegabytes: number;
  /** Keeps the head outside this disk, so that a cut tail shows. */
  readonly keepHead: (head: string) => Promise<void>;
}
export interface RunningTrail extends AuditTrail {
  /** Signs where the chain stands, deletes what is over its time, looks at free space. The timer calls it; so do tests. */
  checkpoint(): Promise<void>;
  status(): { readonly sequence: number; readonly pending: number; readonly healthy: boolean; readonly freeMegabytes: number };
  close(): Promise<void>;
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const DAY = 86_400_000;
interface Waiting { readonly event: AuditEvent; readonly resolve: () => void; readonly reject: (error: Error) => void }

export const openTrail = async (options: TrailOptions): Promise<RunningTrail> => {
  const trail = new Trail(options);
  await trail.recover();
  return trail;
};

class Trail implements RunningTrail {
  readonly #options: TrailOptions;
  #sequence = 0;
  #previous = GENESIS;
  #day: string | null = null;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #checkpointed = 0;
  #healthy = true;
  constructor(options: TrailOptions) {
    this.#options = options;
  }

  /** Finds where the chain stands; a torn last line is cut and a line says so. */
  async recover(): Promise<void> {
    const { sink } = this.#options;
    const newest = sink.newest();
    if (newest === null) return;
    const complete = newest.text.slice(0, newest.text.lastIndexOf('\n') + 1);
    const torn = Buffer.byteLength(newest.text) - Buffer.byteLength(complete);
    const last = parseLine(complete.trimEnd().split('\n').at(-1) ?? '');
    if (last === undefined && complete !== '') throw new BrygganError('audit.broken', 'the last line of the trail is not an audit line: run `audit verify`', { day: newest.day });
    this.#day = newest.day;
    this.#sequence = last?.sequence ?? 0;
    this.#previous = last?.hash ?? GENESIS;
    if (torn === 0) return;
    sink.truncate(newest.day, Buffer.byteLength(complete));
    await this.record({ type: 'trail.recovered', reference: null, serviceParty: null, service: null, personParty: null, person: null, code: null, facts: { tornBytes: torn } });
  }

  record(event: AuditEvent): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event, resolve, reject });
      this.#writing ??= this.#write();
    });
  }

  /** One group after another: everything that arrived while the disk was busy shares the next sync. */
  async #write(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      await this.#writeGroup(group);
    }
    this.#writing = null;
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    const { clock, sink } = this.#options;
    const at = clock.now();
    const day = dayOf(at);
    if (this.#day !== null && day > this.#day) this.#signCheckpoint(at);
    let sequence = this.#sequence;
    let previous = this.#previous;
    let text = '';
    for (const { event } of group) {
      sequence += 1;
      const line = chainEvent(event, at, sequence, previous);
      previous = line.hash;
      text += `${JSON.stringify(line)}\n`;
    }
    try {
      await sink.append(day, text);
      this.#sequence = sequence;
      this.#previous = previous;
      this.#day = day;
      this.#healthy = true;
      for (const waiting of group) waiting.resolve();
    } catch (error) {
      this.#healthy = false;
      // What reached the disk of this group is unknown: find out before the next line.
      await this.recover().catch(() => undefined);
      const failure = new BrygganError('audit.unavailable', `the trail cannot be written: ${error instanceof Error ? error.message : String(error)}`, {}, error);
      for (const waiting of group) waiting.reject(failure);
    }
  }

  #signCheckpoint(at: number): void {
    if (this.#sequence === this.#checkpointed) return;
    const { key, node, sink } = this.#options;
    sink.appendCheckpoint(`${JSON.stringify({ at, sequence: this.#sequence, hash: this.#previous, signature: signCheckpoint(key, node, this.#sequence, this.#previous) })}\n`);
    this.#checkpointed = this.#sequence;
  }

  async checkpoint(): Promise<void> {
    const { clock, log, sink, retentionDays, minFreeMegabytes, keepHead } = this.#options;
    await this.#writing;
    const now = clock.now();
    this.#signCheckpoint(now);
    const deleted = sink.deleteBefore(dayOf(now - retentionDays * DAY));
    if (deleted.length > 0) log.info({ days: deleted.length, until: deleted.at(-1) ?? '' }, 'audit days over their retention were deleted; their checkpoints stay');
    const free = sink.freeMegabytes();
    if (free < minFreeMegabytes) log.error({ freeMegabytes: Math.round(free), minFreeMegabytes }, 'the audit disk is nearly full: no audit, no login');
    await keepHead(`${this.#sequence} ${this.#previous}`).catch(() => log.warn({}, 'the head of the trail could not be kept in the store'));
  }

  status() {
    const freeMegabytes = this.#options.sink.freeMegabytes();
    return { sequence: this.#sequence, pending: this.#waiting.length, healthy: this.#healthy, freeMegabytes };
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.checkpoint();
    this.#options.sink.close();
  }
}
