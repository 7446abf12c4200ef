/** Which days of the trail are over their retention, as far as the clock that says so can be believed (threats M02, M05). */

const DAY = 86_400_000;
/** A trail that was silent for longer is back after a pause, or its clock has leapt: nothing is deleted until it has gone on for as many days. */
const MONTH = 31;

const isLeap = (before: string, after: string): boolean => Date.parse(after) - Date.parse(before) > MONTH * DAY;
/** `days` and `today` as 2026-11-30, days in order. The first day that stays; `leapt`: the clock is not believed and every day stays. */
export const keptFrom = (days: readonly string[], today: string, retentionDays: number): { readonly day: string; readonly leapt: boolean } => {
  const limit = new Date(Date.parse(today) - retentionDays * DAY).toISOString().slice(0, 10);
  const all = [...new Set([...days, today])].toSorted();
  const leap = all.findLastIndex((day, at) => at > 0 && isLeap(all[at - 1] ?? day, day));
  const [oldest = today] = days;
  const leapt = leap > 0 && all.length - leap < MONTH && oldest < limit;
  return { day: leapt ? oldest : limit, leapt };
};
