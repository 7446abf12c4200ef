/** Who has read what we publish: counted per consumer and kind, with the revision of the keys that the last answer held. */
import type { Clock, Instant } from '../core/ports.ts';

export type Fetched = 'metadata' | 'feed' | 'next-feed' | 'previous-feed' | 'jwks' | 'upstream-metadata';
export interface FetchRow {
  /** `service <id>` or `party <id>` as it names itself or by its network; else `address <ip>`. */
  readonly consumer: string;
  readonly what: Fetched;
  /** Product that asked, as it says itself. */
  readonly agent: string;
  readonly count: number;
  readonly first: Instant;
  readonly last: Instant;
  readonly revision: number;
}
export interface FetchBook {
  note(consumer: string, what: Fetched, agent: string, revision: number): void;
  rows(): readonly FetchRow[];
  /** What an earlier process of this node noted. */
  load(rows: readonly FetchRow[]): void;
  /** Changes with every note. */
  readonly version: number;
}
/** Anybody may ask: the book does not grow with them. */
const MAX_ROWS = 2000;
const keyOf = ({ consumer, what }: Pick<FetchRow, 'consumer' | 'what'>): string => `${what} ${consumer}`;

export const createFetchBook = (clock: Clock, limit = MAX_ROWS): FetchBook => {
  const rows = new Map<string, FetchRow>();
  let version = 0;
  const put = (row: FetchRow): void => {
    const key = keyOf(row);
    rows.delete(key);
    rows.set(key, row);
    if (rows.size <= limit) return;
    // Whoever names nobody of ours goes first, the longest silent before the others.
    const victim = [...rows].find(([, { consumer }]) => consumer.startsWith('address '))?.[0] ?? rows.keys().next().value;
    if (victim !== undefined) rows.delete(victim);
  };
  return {
    note: (consumer, what, agent, revision) => {
      const now = clock.now();
      const before = rows.get(keyOf({ consumer, what }));
      put({ consumer, what, agent, count: (before?.count ?? 0) + 1, first: before?.first ?? now, last: now, revision });
      version += 1;
    },
    rows: () => [...rows.values()],
    load: (known) => { for (const row of known.toSorted((a, b) => a.last - b.last)) put(row); },
    get version() { return version; },
  };
};
/** Rows of several nodes as one. */
export const mergeFetches = (books: readonly (readonly FetchRow[])[]): readonly FetchRow[] => {
  const merged = new Map<string, FetchRow>();
  for (const row of books.flat()) {
    const before = merged.get(keyOf(row));
    const later = before === undefined || row.last >= before.last ? row : before;
    merged.set(keyOf(row), before === undefined ? row : { ...later, count: before.count + row.count, first: Math.min(before.first, row.first), revision: Math.max(before.revision, row.revision) });
  }
  return [...merged.values()].toSorted((a, b) => (a.consumer < b.consumer ? -1 : 1));
};
