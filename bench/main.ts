/**
 * `npm run bench -- [--json|--markdown] [row…]`: cost of the hot paths as multiples of one RSA-2048 signature measured in the same run,
 * so that figures from different machines can be compared. CPU time of the process that does the work, warm, median of rounds.
 */
import { generateKeyPairSync, sign } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { BenchRow } from './row.ts';
import { table } from './table.ts';

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** R: one synchronous RSA-2048 PKCS#1 v1.5 signature over 300 bytes with a parsed key, in CPU milliseconds. */
const measureUnit = (): number => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const data = Buffer.alloc(300, 7);
  const round = (count: number): number => {
    const before = process.cpuUsage();
    for (let i = 0; i < count; i += 1) sign('sha256', data, privateKey);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / count;
  };
  round(1000);
  return median(Array.from({ length: 15 }, () => round(100)));
};

const args = process.argv.slice(2);
const markdown = args.includes('--markdown');
const json = args.includes('--json') || markdown;
const wanted = args.filter((arg) => !arg.startsWith('--'));
const rows: BenchRow[] = [];
for (const file of readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts') && !['main.ts', 'row.ts', 'table.ts', 'server.ts', 'bare.ts'].includes(name)).toSorted()) {
  const module = (await import(`./${file}`)) as { rows?: readonly BenchRow[] };
  rows.push(...(module.rows ?? []).filter((row) => wanted.length === 0 || wanted.includes(row.id)));
}
const unknown = wanted.filter((id) => !rows.some((row) => row.id === id));
if (unknown.length > 0) {
  console.error(`No such row: ${unknown.join(' ')}`);
  process.exit(2);
}

const rsa2048SignMs = measureUnit();
if (!json) console.log(`R = one RSA-2048 signature = ${rsa2048SignMs.toFixed(3)} CPU-ms here\n`);
const results: Record<string, unknown>[] = [];
for (const row of rows) {
  if (!json) process.stderr.write(`measuring ${row.id} …\r`);
  const result = await row.measure({ rsa2048SignMs }).catch((error: unknown) => ({ reason: error instanceof Error ? error.message : String(error) }));
  results.push({ id: row.id, budget: row.budget, budgetUnit: row.unit, ...result });
  if (json) continue;
  if ('reason' in result) console.log(`${row.id.padEnd(24)} not measured: ${result.reason}`);
  else {
    const value = row.unit === 'R' ? result.ratio : result.seconds;
    const verdict = value !== undefined && value <= row.budget ? 'within' : 'OVER';
    const more = Object.entries(result as Readonly<Record<string, unknown>>).filter(([key]) => !['ratio', 'seconds', 'peers'].includes(key)).map(([key, figure]) => `${key} ${typeof figure === 'number' ? figure.toFixed(3) : JSON.stringify(figure) ?? ''}`);
    const peers = Object.entries(result.peers ?? {}).map(([name, figure]) => `${name} ${figure.toFixed(2)}`);
    console.log(`${row.id.padEnd(24)} ${(value ?? Number.NaN).toFixed(2).padStart(8)} ${row.unit}  budget ${row.budget} ${row.unit}: ${verdict}  ${[...more, ...peers].join(', ')}`);
  }
}
if (markdown) console.log(table(rsa2048SignMs, results));
else if (json) console.log(JSON.stringify({ unit: { rsa2048SignMs }, rows: results }));
process.exit(0);
