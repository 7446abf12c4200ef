/** Revocation lists: one of 25,000 entries parsed, verified and indexed; one of 200,000 in a worker, while the event loop is watched. */
import { generateKeyPairSync } from 'node:crypto';
import { readRevocationList } from '../src/pki/index.ts';
import { loadRevocationList } from '../src/pki/revocation/load.ts';
import { makeAuthority } from '../test/pki/authority.ts';
import type { BenchRow } from './row.ts';

const ROUNDS = 15;
const LOOK_MILLISECONDS = 2;
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
/** Serial numbers of sixteen octets, as SITHS writes them, spread like random ones. */
const serialOf = (index: number): string => `5${(BigInt(index) * 0x9e3779b97f4a7c15f39cc0605cedc835n & ((1n << 124n) - 1n)).toString(16).padStart(31, '0')}`;
const listOf = (entries: number) => {
  const authority = makeAuthority('Bench CA', { key: generateKeyPairSync('rsa', { modulusLength: 4096 }).privateKey });
  return { authority: authority.certificate, bytes: authority.list({ entries: Array.from({ length: entries }, (_, index) => ({ serial: serialOf(index), reason: 1 })) }) };
};

const inline: BenchRow = {
  id: 'crl-25k', budget: 50, unit: 'R',
  measure: ({ rsa2048SignMs }) => {
    const { authority, bytes } = listOf(25_000);
    const round = (): number => {
      const before = process.cpuUsage();
      readRevocationList(bytes, authority);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    for (let warm = 0; warm < ROUNDS; warm += 1) round();
    const cpuMs = median(Array.from({ length: ROUNDS }, round));
    return Promise.resolve({ cpuMs, ratio: cpuMs / rsa2048SignMs, note: `${bytes.length} bytes, signed with RSA-4096` });
  },
};

/** Longest time for which a timer of two milliseconds was kept waiting. */
const whileWatched = async (work: () => Promise<unknown>): Promise<{ readonly seconds: number; readonly lagMs: number }> => {
  let worst = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    worst = Math.max(worst, now - last - LOOK_MILLISECONDS);
    last = now;
  }, LOOK_MILLISECONDS);
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  worst = Math.max(worst, performance.now() - last - LOOK_MILLISECONDS);
  clearInterval(timer);
  return { seconds, lagMs: worst };
};
const background: BenchRow = {
  id: 'crl-200k', budget: 2, unit: 's',
  measure: async () => {
    const { authority, bytes } = listOf(200_000);
    const runs: { readonly seconds: number; readonly lagMs: number }[] = [];
    for (let run = 0; run < 5; run += 1) runs.push(await whileWatched(() => loadRevocationList(Uint8Array.from(bytes), authority)));
    return { seconds: median(runs.map(({ seconds }) => seconds)), lagMs: Math.min(...runs.map(({ lagMs }) => lagMs)), note: `${bytes.length} bytes; the event loop may be held up for 50 ms` };
  },
};
export const rows: readonly BenchRow[] = [inline, background];
