/**
 * The trail: lines are chained in the order of `record`, written in groups, and each `record` resolves when its group is on disk. A
 * line that a crash cut is closed by a recovery line. Checkpoints are signed every minute and at midnight; the head goes to the store too.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { BrygganError } from '../core/errors.ts';
import type { Clock, Log } from '../core/ports.ts';
import { chainEvent, checkpointHolds, GENESIS, parseCheckpoint, parseLine, signCheckpoint } from './chain.ts';
import type { AuditEvent, AuditTrail } from './model.ts';
import type { TrailSink } from './files.ts';
import { keptFrom } from './retention.ts';

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
  /** The head as kept when the node last ran; undefined when there is none or the store is away. */
  readonly keptHead?: string | undefined;
}
export interface RunningTrail extends AuditTrail {
  /** Signs where the chain stands, deletes what is over its time, looks at free space, tries an unhealthy disk again. The timer calls it; so do tests. */
  checkpoint(): Promise<void>;
  status(): { readonly sequence: number; readonly pending: number; readonly healthy: boolean; readonly freeMegabytes: number };
  close(): Promise<void>;
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
interface Waiting { readonly event: AuditEvent; readonly resolve: () => void; readonly reject: (error: Error) => void }
interface Standing { readonly sequence: number; readonly hash: string; readonly day: string | null }
const recovery = (facts: AuditEvent['facts']): AuditEvent => ({ type: 'trail.recovered', reference: null, serviceParty: null, service: null, personParty: null, person: null, code: null, facts });

export const openTrail = async (options: TrailOptions): Promise<RunningTrail> => {
  const trail = new Trail(options);
  await trail.open();
  return trail;
};

class Trail implements RunningTrail {
  readonly #options: TrailOptions;
  #standing: Standing = { sequence: 0, hash: GENESIS, day: null };
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #checkpointed = 0;
  #healthy = true;
  /** Day on which the clock's leap was last told of. */
  #leapt: string | null = null;
  constructor(options: TrailOptions) {
    this.#options = options;
  }

  /** Finds where the chain stands. A torn last line, or lines that the store remembers and the disk does not, are said in the trail itself. */
  async open(): Promise<void> {
    const torn = this.#find();
    const [keptSequence = '', keptHash = ''] = this.#options.keptHead?.split(' ') ?? [];
    const missing = Number(keptSequence) - this.#standing.sequence;
    const isAnother = missing === 0 && Number(keptSequence) > 0 && keptHash !== this.#standing.hash;
    if (missing > 0 || isAnother) this.#options.log.error({ missingLines: missing }, 'the trail on this disk is not the one that the store remembers: run `audit verify`');
    if (torn > 0 || missing > 0 || isAnother) await this.record(recovery({ tornBytes: torn, missingLines: Math.max(0, missing), ...(isAnother ? { otherHead: keptHash } : {}) }));
  }

  /** Reads the newest line, over empty days back to the last checkpoint. Returns the bytes of an unfinished line, which is cut. */
  #find(): number {
    const { key, node, sink } = this.#options;
    let torn = 0;
    for (const day of sink.days().toReversed()) {
      const tail = sink.tail(day);
      if (tail.torn > 0) sink.cut(day, tail.torn);
      torn += tail.torn;
      const text = tail.lines.at(-1);
      if (text === undefined) continue;
      const last = parseLine(text);
      if (last === undefined) throw new BrygganError('audit.broken', 'the last line of the trail is not an audit line: run `audit verify`', { day });
      this.#stand({ sequence: last.sequence, hash: last.hash, day });
      return torn;
    }
    const publicKey = createPublicKey(key);
    const checkpoint = parseCheckpoint(sink.checkpoints().at(-1) ?? '');
    if (checkpoint !== undefined && checkpointHolds(publicKey, node, checkpoint)) this.#stand({ sequence: checkpoint.sequence, hash: checkpoint.hash, day: checkpoint.day });
    return torn;
  }
  /** Never back: what was once acknowledged stays counted, so that its loss shows as a gap. */
  #stand(found: Standing): void {
    if (found.sequence > this.#standing.sequence) this.#standing = found;
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
    const { clock, log, sink } = this.#options;
    try {
      // What reached the disk of a group that failed is unknown: find out before the next line.
      if (!this.#healthy) this.#find();
      const at = clock.now();
      const { day: before } = this.#standing;
      // A clock that was put back does not write into a day that is over.
      const day = before !== null && before > dayOf(at) ? before : dayOf(at);
      if (before !== null && day > before) this.#signCheckpoint(at);
      let { sequence, hash } = this.#standing;
      let text = '';
      for (const { event } of group) {
        sequence += 1;
        const line = chainEvent(event, at, sequence, hash);
        hash = line.hash;
        text += `${JSON.stringify(line)}\n`;
      }
      await sink.append(day, text);
      this.#standing = { sequence, hash, day };
      this.#healthy = true;
      for (const waiting of group) waiting.resolve();
    } catch (error) {
      if (this.#healthy) log.error({ reason: String(error) }, 'the audit trail cannot be written: no audit, no login');
      this.#healthy = false;
      const failure = new BrygganError('audit.unavailable', `the trail cannot be written: ${error instanceof Error ? error.message : String(error)}`, {}, error);
      for (const waiting of group) waiting.reject(failure);
    }
  }

  #signCheckpoint(at: number): void {
    const { sequence, hash, day } = this.#standing;
    if (sequence === this.#checkpointed || day === null) return;
    const { key, node, sink } = this.#options;
    const head = { at, day, sequence, hash };
    sink.appendCheckpoint(`${JSON.stringify({ ...head, signature: signCheckpoint(key, node, head) })}\n`);
    this.#checkpointed = sequence;
  }

  async checkpoint(): Promise<void> {
    const { clock, log, sink, retentionDays, minFreeMegabytes, keepHead } = this.#options;
    await this.#writing;
    // A node that is not ready is sent no logins: nobody else would try the disk.
    if (!this.#healthy) await this.record(recovery({ tornBytes: 0, missingLines: 0 })).catch(() => undefined);
    if (!this.#healthy) return;
    const now = clock.now();
    this.#signCheckpoint(now);
    const { day: first, leapt } = keptFrom(sink.days(), dayOf(now), retentionDays);
    if (leapt && this.#leapt !== dayOf(now)) log.error({ today: dayOf(now) }, 'audit days would be over their retention by a clock that has leapt by more than a month: none is deleted before it has gone on for as long');
    this.#leapt = leapt ? dayOf(now) : null;
    const deleted = sink.deleteBefore(first);
    if (deleted.length > 0) log.info({ days: deleted.length, until: deleted.at(-1) ?? '' }, 'audit days over their retention were deleted; their checkpoints stay');
    const free = sink.freeMegabytes();
    if (free < minFreeMegabytes) log.error({ freeMegabytes: Math.round(free), minFreeMegabytes }, 'the audit disk is nearly full: no audit, no login');
    const { sequence, hash } = this.#standing;
    if (sequence > 0) await keepHead(`${sequence} ${hash}`).catch(() => log.warn({}, 'the head of the trail could not be kept in the store'));
  }

  status() {
    let freeMegabytes = 0;
    try {
      freeMegabytes = this.#options.sink.freeMegabytes();
    } catch {
      // A directory that is gone has no space.
    }
    return { sequence: this.#standing.sequence, pending: this.#waiting.length, healthy: this.#healthy, freeMegabytes };
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.checkpoint();
    this.#options.sink.close();
  }
}
