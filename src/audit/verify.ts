/** `audit verify`: is every line there, unchanged and in its place? Works on files alone; with the head from the store also a cut tail shows. */
import type { KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointHolds, GENESIS, holdsTogether, parseLine, type Checkpoint } from './chain.ts';
import { checkpointFile, dayFile, daysOf, nodesOf } from './files.ts';

export interface TrailFinding { readonly node: string; readonly file: string; readonly line: number | null; readonly problem: 'changed' | 'removed-or-reordered' | 'unreadable' | 'cut-tail' | 'forged-checkpoint' | 'checkpoint-mismatch'; readonly message: string }
export interface TrailReport { readonly nodes: readonly { readonly node: string; readonly days: number; readonly lines: number; readonly checkpoints: number; readonly from: string | null; readonly to: string | null }[]; readonly findings: readonly TrailFinding[] }
/** `heads`: node → "sequence hash" as last kept in the store. */
export interface VerifyOptions { readonly directory: string; readonly publicKeys: readonly KeyObject[]; readonly heads?: ReadonlyMap<string, string> }

const checkpointsOf = (directory: string, node: string): readonly (Checkpoint | undefined)[] => {
  const path = join(directory, checkpointFile(node));
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8').split('\n').filter((text) => text !== '').map((text) => {
    try {
      return JSON.parse(text) as Checkpoint;
    } catch {
      return undefined;
    }
  });
};

const verifyNode = (node: string, options: VerifyOptions): { findings: TrailFinding[]; lines: number; checkpoints: number } => {
  const { directory, publicKeys, heads } = options;
  const findings: TrailFinding[] = [];
  const hashes = new Map<number, string>();
  const signed = new Map<number, Checkpoint>();
  checkpointsOf(directory, node).forEach((checkpoint, index) => {
    const good = checkpoint !== undefined && publicKeys.some((key) => checkpointHolds(key, node, checkpoint.sequence, checkpoint.hash, checkpoint.signature));
    if (good) signed.set(checkpoint.sequence, checkpoint);
    else findings.push({ node, file: checkpointFile(node), line: index + 1, problem: 'forged-checkpoint', message: 'the signature of a checkpoint does not verify' });
  });
  let expected: { sequence: number; previous: string } | null = null;
  for (const day of daysOf(directory, node)) {
    const file = dayFile(node, day);
    const lines = readFileSync(join(directory, file), 'utf8').split('\n');
    if (lines.at(-1) === '') lines.pop();
    lines.forEach((text, index) => {
      const line = parseLine(text);
      const at = { node, file, line: index + 1 };
      if (line === undefined) return void findings.push({ ...at, problem: 'unreadable', message: 'not an audit line' });
      if (!holdsTogether(line)) findings.push({ ...at, problem: 'changed', message: `line ${line.sequence} was changed after it was written` });
      // Where retention deleted the days before, the first line must hang on a signed checkpoint.
      const before = expected ?? (line.sequence === 1 ? { sequence: 0, previous: GENESIS } : { sequence: line.sequence - 1, previous: signed.get(line.sequence - 1)?.hash ?? 'no checkpoint' });
      if (line.sequence !== before.sequence + 1 || line.previous !== before.previous) findings.push({ ...at, problem: 'removed-or-reordered', message: `line ${line.sequence} does not follow line ${before.sequence}` });
      hashes.set(line.sequence, line.hash);
      expected = { sequence: line.sequence, previous: line.hash };
    });
  }
  const last = (expected as { sequence: number; previous: string } | null)?.sequence ?? 0;
  for (const [sequence, checkpoint] of signed) {
    if (sequence > last) findings.push({ node, file: checkpointFile(node), line: null, problem: 'cut-tail', message: `a checkpoint was signed at line ${sequence}, the trail ends at ${last}` });
    else if (hashes.size > 0 && hashes.has(sequence) && hashes.get(sequence) !== checkpoint.hash) findings.push({ node, file: checkpointFile(node), line: null, problem: 'checkpoint-mismatch', message: `line ${sequence} is another than the one that was signed` });
  }
  const [headSequence = '0', headHash = ''] = heads?.get(node)?.split(' ') ?? [];
  if (Number(headSequence) > last) findings.push({ node, file: dayFile(node, daysOf(directory, node).at(-1) ?? ''), line: null, problem: 'cut-tail', message: `the store remembers line ${headSequence}, the trail ends at ${last}` });
  else if (hashes.has(Number(headSequence)) && hashes.get(Number(headSequence)) !== headHash) findings.push({ node, file: '', line: null, problem: 'checkpoint-mismatch', message: `line ${headSequence} is another than the store remembers` });
  return { findings, lines: hashes.size, checkpoints: signed.size };
};

export const verifyTrail = (options: VerifyOptions): TrailReport => {
  const reports = nodesOf(options.directory).map((node) => ({ node, days: daysOf(options.directory, node), ...verifyNode(node, options) }));
  return {
    nodes: reports.map(({ node, days, lines, checkpoints }) => ({ node, days: days.length, lines, checkpoints, from: days[0] ?? null, to: days.at(-1) ?? null })),
    findings: reports.flatMap(({ findings }) => findings),
  };
};
