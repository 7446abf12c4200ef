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
