/** Names of the trail's files, and the port that writes them: one append-only file per node and day, checkpoints beside them. */
import { existsSync, readdirSync } from 'node:fs';

export interface TrailSink {
  /** Appends whole lines and returns when they are on disk. When it fails nothing of them is left, as far as the disk allows. */
  append(day: string, text: string): Promise<void>;
  appendCheckpoint(text: string): void;
  /** Days that have a file, oldest first. */
  days(): readonly string[];
  /** The last part of a day's file: whole lines, and how many bytes of an unfinished line stand behind them. */
  tail(day: string): { readonly lines: readonly string[]; readonly torn: number };
  /** Cuts the unfinished line off. */
  cut(day: string, torn: number): void;
  checkpoints(): readonly string[];
  freeMegabytes(): number;
  /** Deletes whole days before `day`; returns them. */
  deleteBefore(day: string): readonly string[];
  close(): void;
}

export const dayFile = (node: string, day: string): string => `audit-${node}-${day}.jsonl`;
export const checkpointFile = (node: string): string => `checkpoints-${node}.jsonl`;
const namesIn = (directory: string): readonly string[] => (existsSync(directory) ? readdirSync(directory) : []);
const dayName = /^audit-([a-z0-9-]{1,30})-(\d{4}-\d\d-\d\d)\.jsonl$/;
export const daysOf = (directory: string, node: string): readonly string[] =>
  namesIn(directory).flatMap((name) => {
    const parts = dayName.exec(name);
    return parts?.[1] === node && parts[2] !== undefined ? [parts[2]] : [];
  }).toSorted();
/** Nodes that have written here, days or checkpoints. */
export const nodesOf = (directory: string): readonly string[] =>
  [...new Set(namesIn(directory).flatMap((name) => dayName.exec(name)?.[1] ?? /^checkpoints-([a-z0-9-]{1,30})\.jsonl$/.exec(name)?.[1] ?? []))].toSorted();
