/** What each partner's clock says beside ours, from its signed requests: the youngest of the last few, for a request can be late but never early. */
import type { ServiceId } from '../../core/ids.ts';
import type { Instant } from '../../core/ports.ts';

export interface ClockRow { readonly service: ServiceId; /** Positive: their clock is behind ours, or their requests always late. Negative: ahead. */ readonly milliseconds: number; readonly seen: Instant }
export interface ClockBook { readonly note: (service: ServiceId, issued: Instant, now: Instant) => void; readonly rows: () => readonly ClockRow[] }
const KEPT = 16;
/** Skew worth telling of: half of what the strictest federation allows. */
export const NOTABLE_MILLISECONDS = 30_000;

export const createClockBook = (): ClockBook => {
  const ages = new Map<ServiceId, { readonly last: readonly number[]; readonly seen: Instant }>();
  return {
    note: (service, issued, now) => { ages.set(service, { last: [...(ages.get(service)?.last ?? []), now - issued].slice(-KEPT), seen: now }); },
    rows: () => [...ages].map(([service, { last, seen }]) => ({ service, milliseconds: Math.min(...last), seen })),
  };
};

/** As many services at least, heard within the hour: fewer are their own fault sooner than ours. */
const WITNESSES = 3;
const RECENT = 3_600_000;
/** The default allowance between a peer's clock and ours: beyond it logins fail. */
const WRONG_MILLISECONDS = 60_000;
/**
 * Whole seconds by which our own clock is ahead (negative: behind) of what most services say; null when most agree with it, or too few
 * speak (threats M05). An alarm and no more: an old request that somebody sends again makes its service look behind.
 */
export const ownClockOff = (rows: readonly ClockRow[], now: Instant): number | null => {
  const said = rows.filter(({ seen }) => now - seen < RECENT).map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  if (said.length < WITNESSES) return null;
  const isWrong = (milliseconds: number): boolean => Math.abs(milliseconds) > WRONG_MILLISECONDS;
  const [lower = 0, upper = 0] = [said[Math.floor((said.length - 1) / 2)], said[Math.floor(said.length / 2)]];
  // Of an even number the two in the middle must say the same.
  const agree = isWrong(lower) && isWrong(upper) && Math.sign(lower) === Math.sign(upper);
  return agree ? Math.round((lower + upper) / 2000) : null;
};
