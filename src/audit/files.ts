/** Names of the trail's files, and the port that writes them: one append-only file per node and day, checkpoints beside them. */
import { existsSync, readdirSync } from 'node:fs';

export interface TrailSink {
  /** Appends whole lines and returns when they are on disk. */
  append(day: string, text: string): Promise<void>;
  appendCheckpoint(text: string): void;
  /** Text of the newest day's file, or null at the very beginning. */
  newest(): { readonly day: string; readonly text: string } | null;
  /** Cuts bytes of a line that a crash left unfinished. */
  truncate(day: string, length: number): void;
  freeMegabytes(): number;
  /** Deletes whole days before `day`; returns them. */
  deleteBefore(day: string): readonly string[];
  close(): void;
}

export const dayFile = (node: string, day: string): string => `audit-${node}-${day}.jsonl`;
export const checkpointFile = (node: string): string => `checkpoints-${node}.jsonl`;
export const daysOf = (directory: string, node: string): readonly string[] =>
  (existsSync(directory) ? readdirSync(directory) : []).flatMap((name) => (name.startsWith(`audit-${node}-`) && name.endsWith('.jsonl') ? [name.slice(-16, -6)] : [])).toSorted();
/** Nodes that have written here. */
export const nodesOf = (directory: string): readonly string[] =>
  [...new Set((existsSync(directory) ? readdirSync(directory) : []).flatMap((name) => /^audit-([a-z0-9-]+)-\d{4}-\d\d-\d\d\.jsonl$/.exec(name)?.[1] ?? []))].toSorted();
