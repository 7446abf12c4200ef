/** The results as a table of Markdown, for documents. */
import { cpus } from 'node:os';

const figure = (value: unknown): string => (typeof value === 'number' ? (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)) : '');
type Row = Readonly<Record<string, unknown>>;
const own = ['peakMb', 'lagMs', 'loopCpuMs', 'cpuSeconds', 'cpuMs', 'redisCommands', 'redisRoundTrips'];
const names: Readonly<Record<string, string>> = { peakMb: 'MB peak', lagMs: 'ms lag of the event loop', loopCpuMs: 'ms of it in CPU of its own', cpuSeconds: 's of CPU', cpuMs: 'CPU-ms', redisCommands: 'Redis commands', redisRoundTrips: 'Redis round trips' };
const line = (row: Row): string => {
  const unit = String(row['budgetUnit']);
  const value = unit === 'R' ? row['ratio'] : row['seconds'];
  const more = own.filter((name) => typeof row[name] === 'number').map((name) => `${figure(row[name])} ${names[name] ?? name}`);
  const peers = Object.entries((row['peers'] ?? {}) as Readonly<Record<string, number>>).map(([name, cost]) => `${name} ${figure(cost)}`);
  const cost = typeof row['reason'] === 'string' ? `not measured: ${row['reason']}` : `${figure(value)} ${unit}`;
  return `| ${String(row['id'])} | ${figure(row['budget'])} ${unit} | ${cost} | ${[...more, ...(typeof row['note'] === 'string' ? [row['note']] : [])].join(', ')} | ${peers.join(', ')} |`;
};
export const table = (rsa2048SignMs: number, rows: readonly Row[]): string =>
  [`R = ${rsa2048SignMs.toFixed(3)} CPU-ms, ${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node ${process.version}.`, '', '| row | budget | Bryggan | beside it | peers, same input and unit |', '|---|---:|---:|---|---|', ...rows.map(line)].join('\n');
