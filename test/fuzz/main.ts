/**
 * `npm run fuzz -- [--seed n] [--minutes n] [--count n] [target…]`: changes good documents, requests and responses in ways that know XML,
 * and prints what was found, smallest first, with the seed that makes it again. Bounded by time (default one minute) and count of
 * inputs (default none). Ends with 1 when there was a find.
 */
import fc from 'fast-check';
import { parseArgs } from 'node:util';
import { targets, type Target } from './targets.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { seed: { type: 'string' }, minutes: { type: 'string', default: '1' }, count: { type: 'string' } } });
const number = (text: string | undefined, other: number): number => {
  const value = text === undefined ? other : Number(text);
  if (!Number.isFinite(value) || value < 0) { console.error(`Not a number: ${String(text)}`); process.exit(2); }
  return value;
};
const minutes = number(values.minutes, 1);
const most = number(values.count, Number.MAX_SAFE_INTEGER);
let seed = Math.floor(number(values.seed, Date.now() % 2 ** 31));
const chosen = positionals.length === 0 ? targets : targets.filter(({ name }) => positionals.includes(name));
if (chosen.length === 0) { console.error(`No such target; there are: ${targets.map(({ name }) => name).join(' ')}`); process.exit(2); }

const ROUND = Math.min(2000, Math.max(1, Math.floor(most / chosen.length)));
const counts = new Map<string, number>();
const finds = new Map<string, number>();
const shown = (input: Buffer): string => (input.toString('utf8').includes('\uFFFD') ? `base64 ${input.toString('base64')}` : JSON.stringify(input.toString('utf8')));
/** One round of one target; a find ends it after it was made small. */
const round = ({ name, inputs, check }: Target, runs: number): void => {
  const details = fc.check(fc.property(inputs, check), { seed, numRuns: runs });
  counts.set(name, (counts.get(name) ?? 0) + details.numRuns);
  if (!details.failed) return;
  finds.set(name, (finds.get(name) ?? 0) + 1);
  const [input] = details.counterexample ?? [];
  console.log(`\nFOUND by ${name}, seed ${details.seed}, path ${details.counterexamplePath ?? ''}\n  ${input === undefined ? '' : shown(input)}\n  ${details.errorInstance instanceof Error ? details.errorInstance.stack?.split('\n').slice(0, 8).join('\n  ') ?? '' : String(details.errorInstance)}`);
};

console.log(`seed ${seed}, at most ${minutes} minutes`);
const end = Date.now() + minutes * 60_000;
let done = 0;
while (Date.now() < end && done < most) {
  for (const target of chosen) {
    const runs = Math.min(ROUND, most - done);
    if (Date.now() >= end || runs <= 0) break;
    round(target, runs);
    done += runs;
  }
  seed += 1;
}
for (const { name } of chosen) console.log(`${name.padEnd(20)} ${String(counts.get(name) ?? 0).padStart(10)} inputs  ${finds.get(name) ?? 0} finds`);
process.exit(finds.size > 0 ? 1 : 0);
