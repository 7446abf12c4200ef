/**
 * The lists of one authority: taken from disk at start, fetched again in good time, never exchanged for an older one. A login only reads
 * what is here.
 */
import { fail, toBrygganError, type BrygganError } from '../../core/errors.ts';
import type { Clock, Instant, Log, Random } from '../../core/ports.ts';
import type { Certificate } from '../certificate.ts';
import type { Authority } from '../trust-store.ts';
import type { KeptKind, KeptLists } from './kept-lists.ts';
import type { RevocationList } from './list.ts';
import { isDeltaOf } from './lists.ts';
import { loadRevocationList } from './load.ts';

export interface ListPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly kept: KeptLists;
  /** Certificates whose keys may sign the authority’s lists: its own, and others of its name below the same root (a renewed key). */
  readonly signers: readonly Certificate[];
  /** Bounded in time and size by whoever provides it. */
  readonly fetchBytes: (url: string) => Promise<Uint8Array>;
}
export interface HeldLists {
  readonly complete: RevocationList | null;
  readonly delta: RevocationList | null;
  /** Complete list and the delta that belongs to it. */
  all(): readonly RevocationList[];
  readonly state: FetchState;
  /** Fetches when it is time. Never throws. */
  refresh(): Promise<void>;
}
export interface FetchState {
  readonly source: 'disk' | 'network' | null;
  readonly lastFetch: Instant | null;
  readonly lastError: string | null;
  readonly failures: number;
  readonly nextTry: Instant;
}

const SECOND = 1000;
const DEFAULT_REFRESH = 300;
const FIRST_BACKOFF = 15 * SECOND;
const MAX_BACKOFF = 300 * SECOND;
/** Clocks of others may be this much ahead (facts: credentials §6 rule 3). */
export const MAX_SKEW = 300 * SECOND;

/** Why `next` may not take the place of `current`, or null: neither number nor date goes back (threats H09). */
const stepsBack = (current: RevocationList | null, next: RevocationList): string | null => {
  if (current === null) return null;
  if (next.number < current.number) return `its number ${next.number} is lower than that of the list at hand, ${current.number}`;
  return next.thisUpdate < current.thisUpdate ? 'it is older than the list at hand' : null;
};
const hostOf = (url: string): string | null => URL.parse(url)?.host ?? null;

/** The two places that lists are taken into: the complete one and its delta. */
const createShelf = ({ row, certificate }: Authority, { clock, kept, log, signers }: ListPorts) => {
  const held: { complete: RevocationList | null; delta: RevocationList | null } = { complete: null, delta: null };
  /** Takes a verified list or says why not. Errors: `pki.crl`. */
  const put = (kind: KeptKind, list: RevocationList): void => {
    const slot = kind === 'list' ? 'complete' : 'delta';
    if ((list.baseNumber === null) !== (kind === 'list')) fail('pki.crl', kind === 'list' ? 'a delta where a complete list belongs' : 'a complete list where a delta belongs');
    if (list.thisUpdate > clock.now() + MAX_SKEW) fail('pki.crl', 'the list is from the future');
    const why = stepsBack(held[slot], list);
    if (why !== null) fail('pki.crl', `the list is not taken: ${why}`);
    held[slot] = list;
  };
  const keep = async (kind: KeptKind, der: Uint8Array): Promise<void> => {
    try {
      await kept.keep(row.id, kind, der);
    } catch (error) {
      log.error({ authority: row.id, reason: toBrygganError(error).detail }, 'a revocation list could not be kept on disk');
    }
  };
  return {
    held,
    take: async (kind: KeptKind, bytes: Uint8Array): Promise<RevocationList> => {
      const { list, der } = await loadRevocationList(bytes, certificate, signers);
      put(kind, list);
      await keep(kind, der);
      return list;
    },
    /** True when something was found on disk. */
    readBack: async (): Promise<boolean> => {
      for (const kind of ['list', 'delta'] as const) {
        try {
          const bytes = await kept.read(row.id, kind);
          if (bytes !== null) put(kind, (await loadRevocationList(bytes, certificate, signers)).list);
        } catch (error) {
          log.warn({ authority: row.id, reason: toBrygganError(error).detail }, 'a kept revocation list cannot be used and is ignored');
        }
      }
      return held.complete !== null;
    },
  };
};

export const createHeldLists = (authority: Authority, ports: ListPorts): HeldLists => {
  const { row } = authority;
  const { clock, log, fetchBytes } = ports;
  const { held, take, readBack } = createShelf(authority, ports);
  let state: FetchState = { source: null, lastFetch: null, lastError: null, failures: 0, nextTry: 0 };
  let readKept = false;

  /** The addresses in their order, until one serves a list that is in time. */
  const fetchComplete = async (): Promise<BrygganError | null> => {
    let error: BrygganError | null = null;
    for (const url of row.crlUrls) {
      try {
        const list = await take('list', await fetchBytes(url));
        if (list.nextUpdate > clock.now()) return null;
        fail('pki.crl', 'the list that is served has passed its nextUpdate');
      } catch (thrown) {
        error = toBrygganError(thrown);
        log.warn({ authority: row.id, host: hostOf(url), reason: error.detail }, 'a revocation list was not taken');
      }
    }
    return error;
  };
  /** Addresses inside a verified list, but only on hosts that the row names as well (threats H12). A delta that fails costs freshness, nothing else. */
  const fetchDelta = async (): Promise<void> => {
    const hosts = new Set(row.crlUrls.map(hostOf));
    for (const url of held.complete?.deltaUrls.filter((candidate) => hosts.has(hostOf(candidate))) ?? []) {
      try {
        await take('delta', await fetchBytes(url));
        return;
      } catch (thrown) {
        log.warn({ authority: row.id, host: hostOf(url), reason: toBrygganError(thrown).detail }, 'a delta list was not taken');
      }
    }
  };
  /** Between 90 and 100 percent of `milliseconds`, so that nodes do not ask in step. */
  const jittered = (milliseconds: number): number => Math.floor(milliseconds * (0.9 + (ports.random.bytes(1)[0] ?? 0) / 2550));
  const afterSuccess = (now: Instant): Instant => {
    const interval = (row.revocation.refreshSeconds ?? DEFAULT_REFRESH) * SECOND;
    const left = (held.complete?.nextUpdate ?? now) - now;
    return now + jittered(Math.max(FIRST_BACKOFF, Math.min(interval, left / 2)));
  };
  const afterFailure = (now: Instant, failures: number): Instant => now + jittered(Math.min(MAX_BACKOFF, FIRST_BACKOFF * 2 ** Math.min(failures, 8)));

  return {
    get complete() { return held.complete; },
    get delta() { return held.delta; },
    get state() { return state; },
    all: () => {
      const { complete, delta } = held;
      if (complete === null) return [];
      return delta !== null && isDeltaOf(delta, complete) ? [complete, delta] : [complete];
    },
    refresh: async () => {
      if (!readKept) {
        readKept = true;
        if (await readBack()) state = { ...state, source: 'disk' };
      }
      const now = clock.now();
      if (row.crlUrls.length === 0 || now < state.nextTry) return;
      const error = await fetchComplete();
      if (error === null) await fetchDelta();
      state = error === null
        ? { source: 'network', lastFetch: now, lastError: null, failures: 0, nextTry: afterSuccess(now) }
        : { ...state, lastError: error.detail, failures: state.failures + 1, nextTry: afterFailure(now, state.failures) };
    },
  };
};
