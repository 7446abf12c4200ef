/** Rows whose product does not exist yet; each says so instead of a figure. */
import type { BenchRow } from './row.ts';

const notYet = (id: string, budget: number, reason: string): BenchRow => ({ id, budget, unit: 'R', measure: () => Promise.resolve({ reason }) });
export const rows: readonly BenchRow[] = [
  notYet('broker-login', 5, 'upstream identity providers do not exist yet'),
];
