/** What nodes tell each other through the shared store: which rings they serve, which keys they have, who has read what from them. */
import type { Clock, Instant } from '../core/ports.ts';
import { createFetchBook, mergeFetches, type FetchBook, type FetchRow } from './fetches.ts';

export interface NodeRow { readonly node: string; readonly revision: number; readonly holds: readonly string[]; readonly seenAt: Instant }
/** Small durable values that all nodes see. */
export interface Shared { get(name: string): Promise<string | undefined>; set(name: string, value: string): Promise<void> }
export interface Nodes {
  readonly book: FetchBook;
  /** This node's row, and its book when that changed. A row lost between two writers comes back with the next word. */
  say(revision: number, holds: readonly string[]): Promise<void>;
  /** Those that were heard lately: who must follow a step. */
  live(): Promise<readonly NodeRow[]>;
  readonly fetches: () => Promise<readonly FetchRow[]>;
}

const NAME = 'key-nodes';
const SILENT_MILLISECONDS = 60_000;
/** What has not changed is said again so often, and what was read is written down so often: the store has other work. */
const AGAIN_MILLISECONDS = 15_000;
const FORGOTTEN_MILLISECONDS = 90 * 86_400_000;
export const parseShared = <T>(text: string | undefined, otherwise: T): T => {
  try {
    return text === undefined ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
};

export const createNodes = (node: string, shared: Shared, clock: Clock): Nodes => {
  const book = createFetchBook(clock);
  let told = { version: -1, at: 0 };
  let said = { text: '', at: 0 };
  let loaded = false;
  const rows = async (): Promise<readonly NodeRow[]> => parseShared<readonly NodeRow[]>(await shared.get(NAME), []);
  const fetchesOf = async (name: string): Promise<readonly FetchRow[]> => parseShared<readonly FetchRow[]>(await shared.get(`key-fetches:${name}`), []);
  return {
    book,
    say: async (revision, holds) => {
      const now = clock.now();
      const text = JSON.stringify([revision, holds]);
      if (text === said.text && now - said.at < AGAIN_MILLISECONDS) return;
      const others = (await rows()).filter((row) => row.node !== node && now - row.seenAt < FORGOTTEN_MILLISECONDS);
      await shared.set(NAME, JSON.stringify([...others, { node, revision, holds, seenAt: now } satisfies NodeRow]));
      said = { text, at: now };
      if (!loaded) book.load(await fetchesOf(node));
      loaded = true;
      const { version } = book;
      if (told.version === version || now - told.at < AGAIN_MILLISECONDS) return;
      await shared.set(`key-fetches:${node}`, JSON.stringify(book.rows()));
      told = { version, at: now };
    },
    live: async () => (await rows()).filter(({ seenAt }) => clock.now() - seenAt < SILENT_MILLISECONDS),
    fetches: async () => mergeFetches([book.rows(), ...(await Promise.all((await rows()).filter((row) => row.node !== node).map((row) => fetchesOf(row.node))))]),
  };
};
