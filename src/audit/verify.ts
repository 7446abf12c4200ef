/**
 * `audit verify`: is every line there, unchanged and in its place? Files alone show edits, gaps, and whatever a signed checkpoint
 * covers; with the head from the store a tail cut behind the last checkpoint shows too.
 */
import type { KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointHolds, GENESIS, holdsTogether, parseCheckpoint, parseLine, type Checkpoint } from './chain.ts';
import { checkpointFile, dayFile, daysOf, nodesOf } from './files.ts';
import type { RecordedEvent } from './model.ts';

export type TrailProblem = 'changed' | 'removed-or-reordered' | 'unreadable' | 'cut-tail' | 'forged-checkpoint' | 'checkpoint-mismatch' | 'unsigned';
export interface TrailFinding { readonly node: string; readonly file: string; readonly line: number | null; readonly problem: TrailProblem; readonly message: string }
export interface TrailReport { readonly nodes: readonly { readonly node: string; readonly days: number; readonly lines: number; readonly checkpoints: number; readonly from: string | null; readonly to: string | null }[]; readonly findings: readonly TrailFinding[] }
export interface VerifyOptions {
  readonly directory: string;
  readonly publicKeys: readonly KeyObject[];
  /** Node → "sequence hash" as last kept in the store. Read them before the files: the trail may be growing. */
  readonly heads?: ReadonlyMap<string, string>;
  /** First day that retention must have left in place, as 2026-11-30. */
  readonly keptFrom?: string;
}
/** A process that runs signs every minute: lines that wait longer were written by somebody else, or their checkpoints were taken away. */
const LONGEST_UNSIGNED = 600_000;
interface Place { readonly file: string; readonly line: number | null }
interface Walk { readonly lines: ReadonlyMap<number, RecordedEvent>; readonly last: number; readonly first: number | null }

class NodeVerifier {
  readonly findings: TrailFinding[] = [];
  readonly signed = new Map<number, Checkpoint>();
  readonly #node: string;
  readonly #options: VerifyOptions;
  constructor(node: string, options: VerifyOptions) {
    this.#node = node;
    this.#options = options;
  }
  #found({ file, line }: Place, problem: TrailProblem, message: string): void {
    this.findings.push({ node: this.#node, file, line, problem, message });
  }

  #readCheckpoints(): void {
    const file = checkpointFile(this.#node);
    const path = join(this.#options.directory, file);
    const texts = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter((text) => text !== '') : [];
    texts.forEach((text, index) => {
      const checkpoint = parseCheckpoint(text);
      if (checkpoint !== undefined && this.#options.publicKeys.some((key) => checkpointHolds(key, this.#node, checkpoint))) this.signed.set(checkpoint.sequence, checkpoint);
      else this.#found({ file, line: index + 1 }, 'forged-checkpoint', 'the signature of a checkpoint does not verify');
    });
  }

  #walk(): Walk {
    const { directory } = this.#options;
    const lines = new Map<number, RecordedEvent>();
    let expected: { sequence: number; previous: string } | null = null;
    let first: number | null = null;
    for (const day of daysOf(directory, this.#node)) {
      const file = dayFile(this.#node, day);
      const texts = readFileSync(join(directory, file), 'utf8').split('\n');
      if (texts.at(-1) === '') texts.pop();
      texts.forEach((text, index) => {
        const at = { file, line: index + 1 };
        const line = parseLine(text);
        if (line === undefined) return this.#found(at, 'unreadable', 'not an audit line');
        if (!holdsTogether(line, text)) this.#found(at, 'changed', `line ${line.sequence} was changed after it was written`);
        const before = expected ?? this.#before(line, day);
        if (line.sequence !== before.sequence + 1 || line.previous !== before.previous) this.#found(at, 'removed-or-reordered', `line ${line.sequence} does not follow line ${before.sequence}`);
        this.#readRecovery(line, at);
        first ??= line.sequence;
        lines.set(line.sequence, line);
        expected = { sequence: line.sequence, previous: line.hash };
      });
    }
    return { lines, last: (expected as { sequence: number } | null)?.sequence ?? 0, first };
  }
  /** Where retention deleted the days before, the first line must hang on the signed last line of an earlier day. */
  #before({ sequence }: RecordedEvent, day: string): { sequence: number; previous: string } {
    if (sequence === 1) return { sequence: 0, previous: GENESIS };
    const checkpoint = this.signed.get(sequence - 1);
    return { sequence: sequence - 1, previous: checkpoint !== undefined && checkpoint.day < day ? checkpoint.hash : 'no checkpoint' };
  }
  /** What the node itself noticed when it started. */
  #readRecovery({ type, facts }: RecordedEvent, at: Place): void {
    if (type !== 'trail.recovered') return;
    if (Number(facts['missingLines'] ?? 0) > 0) this.#found(at, 'cut-tail', `when the node started, ${Number(facts['missingLines'])} lines that the store remembered were not on the disk`);
    if (facts['otherHead'] !== undefined) this.#found(at, 'checkpoint-mismatch', 'when the node started, the last line was another than the store remembered');
  }

  #compareCheckpoints({ lines, last, first }: Walk): void {
    const place = { file: checkpointFile(this.#node), line: null };
    for (const [sequence, { hash, day }] of this.signed) {
      const line = lines.get(sequence);
      if (sequence > last) this.#found(place, 'cut-tail', `a checkpoint was signed at line ${sequence}, the trail ends at ${last}`);
      else if (line !== undefined && line.hash !== hash) this.#found(place, 'checkpoint-mismatch', `line ${sequence} is another than the one that was signed`);
      const { keptFrom } = this.#options;
      if (first !== null && sequence < first && keptFrom !== undefined && day >= keptFrom) {
        this.#found(place, 'removed-or-reordered', `line ${sequence} of ${day} is gone before its time`);
      }
    }
    const newest = Math.max(0, ...this.signed.keys());
    const unsigned = [...lines.values()].filter(({ sequence }) => sequence > newest);
    const [oldest] = unsigned;
    const waited = (unsigned.at(-1)?.at ?? 0) - (oldest?.at ?? 0);
    if (oldest !== undefined && waited > LONGEST_UNSIGNED) this.#found(place, 'unsigned', `no checkpoint was signed after line ${newest}, although lines were written for ${Math.round(waited / 60_000)} minutes`);
  }

  #compareHead({ lines, last }: Walk): void {
    const [text = '0', hash = ''] = this.#options.heads?.get(this.#node)?.split(' ') ?? [];
    const sequence = Number(text);
    const place = { file: dayFile(this.#node, daysOf(this.#options.directory, this.#node).at(-1) ?? 'none'), line: null };
    if (sequence > last) this.#found(place, 'cut-tail', `the store remembers line ${sequence}, the trail ends at ${last}`);
    else if (lines.has(sequence) && lines.get(sequence)?.hash !== hash) this.#found(place, 'checkpoint-mismatch', `line ${sequence} is another than the store remembers`);
  }

  run(): number {
    this.#readCheckpoints();
    const walk = this.#walk();
    this.#compareCheckpoints(walk);
    this.#compareHead(walk);
    return walk.lines.size;
  }
}

export const verifyTrail = (options: VerifyOptions): TrailReport => {
  const nodes = [...new Set([...nodesOf(options.directory), ...(options.heads?.keys() ?? [])])].toSorted();
  const reports = nodes.map((node) => {
    const verifier = new NodeVerifier(node, options);
    const days = daysOf(options.directory, node);
    return { findings: verifier.findings, row: { node, lines: verifier.run(), days: days.length, checkpoints: verifier.signed.size, from: days[0] ?? null, to: days.at(-1) ?? null } };
  });
  return { nodes: reports.map(({ row }) => row), findings: reports.flatMap(({ findings }) => findings) };
};
