/** A trail in a temporary folder with a clock that the test moves, and ways to tamper with its files. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { dayFile, checkpointFile, daysOf, type TrailSink } from '../../src/audit/files.ts';
import type { AuditEvent, RecordedEvent } from '../../src/audit/model.ts';
import { openFileSink } from '../../src/audit/sinks/file.ts';
import { openTrail, type RunningTrail, type TrailOptions } from '../../src/audit/trail.ts';
import { verifyTrail, type TrailProblem } from '../../src/audit/verify.ts';
import type { PartyId, ReferenceId, ServiceId } from '../../src/core/ids.ts';
import { silentLog } from '../../src/core/ports.ts';

export const { privateKey, publicKey } = generateKeyPairSync('ed25519');
export const MINUTE = 60_000;
export const DAY = 86_400_000;
export const START = Date.UTC(2026, 10, 23, 12);
export const event = (number: number, changes: Partial<AuditEvent> = {}): AuditEvent => ({
  type: 'login.succeeded', reference: 'ABC-DEF-GHJ' as ReferenceId, serviceParty: 'ale' as PartyId, service: 'ale/journal' as ServiceId, personParty: 'vgr' as PartyId,
  person: 'SE2321000131-DEV1001', code: null, facts: { number }, ...changes,
});

export class TrailStage {
  now = START;
  head: string | undefined;
  readonly node: string;
  readonly directory: string;
  constructor(node = 'node-1', directory = mkdtempSync(join(tmpdir(), 'bryggan-audit-'))) {
    this.node = node;
    this.directory = directory;
    onTestFinished(() => { rmSync(directory, { recursive: true, force: true }); });
  }
  /** A process starts. */
  async open(changes: Partial<TrailOptions> = {}, wrap: (sink: TrailSink) => TrailSink = (sink) => sink): Promise<RunningTrail> {
    return openTrail({
      sink: wrap(openFileSink(this.directory, this.node)), node: this.node, key: privateKey, clock: { now: () => this.now }, log: silentLog, retentionDays: 30, minFreeMegabytes: 1,
      keepHead: (head) => { this.head = head; return Promise.resolve(); }, keptHead: this.head, ...changes,
    });
  }
  /** Three days of ten lines, each line a minute after the other, a checkpoint after each; then the process stops. */
  async filled(): Promise<this> {
    const trail = await this.open();
    for (let day = 0; day < 3; day += 1) {
      this.now = START + day * DAY;
      for (let line = 0; line < 10; line += 1) {
        await trail.record(event(day * 10 + line));
        await trail.checkpoint();
        this.now += MINUTE;
      }
    }
    await trail.close();
    return this;
  }
  days(): readonly string[] { return daysOf(this.directory, this.node); }
  path(day: number): string { return join(this.directory, dayFile(this.node, this.days()[day] ?? '')); }
  checkpointPath(): string { return join(this.directory, checkpointFile(this.node)); }
  lines(day: number): string[] { return readFileSync(this.path(day), 'utf8').split('\n').filter((line) => line !== ''); }
  events(): RecordedEvent[] { return this.days().flatMap((_name, day) => this.lines(day).map((line) => JSON.parse(line) as RecordedEvent)); }
  edit(path: string, change: (lines: string[]) => readonly string[]): void {
    const lines = readFileSync(path, 'utf8').split('\n').filter((line) => line !== '');
    writeFileSync(path, change(lines).map((line) => `${line}\n`).join(''));
  }
  /** What `audit verify` says, as kinds of problems. */
  problems({ withHead = true, keptFrom }: { readonly withHead?: boolean; readonly keptFrom?: string } = {}): readonly TrailProblem[] {
    const { findings } = verifyTrail({ directory: this.directory, publicKeys: [publicKey], ...(withHead && this.head !== undefined ? { heads: new Map([[this.node, this.head]]) } : {}), ...(keptFrom === undefined ? {} : { keptFrom }) });
    return [...new Set(findings.map(({ problem }) => problem))];
  }
}
