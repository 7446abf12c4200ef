/** How often, by whom and how: counts from the trail. Numbers alone leave here; people are counted, never named. */
import { actorOf, type Actor, type ErrorCode } from '../core/error-catalogue.ts';
import type { RecordedEvent } from './model.ts';

export const groupings = ['day', 'hour', 'service', 'service-party', 'person-party', 'method', 'level'] as const;
export type Grouping = (typeof groupings)[number];
export interface Counts {
  /** Answers to services. */
  readonly logins: number;
  /** Those of them by single sign-on: nobody had to show anything. */
  readonly reused: number;
  /** Different people who were answered for. */
  readonly people: number;
  /** Logins that ended in a refusal; a card that failed before another try succeeded is not one. */
  readonly refused: number;
  readonly cancelled: number;
}
export interface CountedRow extends Counts { readonly of: string }
export interface CountedRefusal { readonly code: ErrorCode; readonly count: number; /** Null: a code of an earlier version, which the catalogue no longer has. */ readonly whoMustAct: Actor | null }
export interface Statistics { readonly by: Grouping; readonly total: Counts; readonly rows: readonly CountedRow[]; /** The commonest first: ended logins, and single tries with cards, phones and at IdPs. */ readonly refusals: readonly CountedRefusal[] }

const NONE = '–';
const textOf = (value: unknown): string => (typeof value === 'string' ? value : NONE);
/** Of an event, its row; days and hours are UTC, as in the trail. */
const keyOf: Readonly<Record<Grouping, (event: RecordedEvent) => string>> = {
  'day': ({ at }) => new Date(at).toISOString().slice(0, 10),
  'hour': ({ at }) => `${new Date(at).toISOString().slice(11, 13)}–`,
  'service': ({ service }) => service ?? NONE,
  'service-party': ({ serviceParty }) => serviceParty ?? NONE,
  'person-party': ({ personParty }) => personParty ?? NONE,
  'method': ({ facts }) => textOf(facts['method']),
  'level': ({ facts }) => textOf(facts['level']),
};
const refusing: ReadonlySet<string> = new Set(['login.refused', 'card.refused', 'phone.refused', 'upstream.refused', 'request.refused']);

class Tally {
  #logins = 0;
  #reused = 0;
  #refused = 0;
  #cancelled = 0;
  readonly #people = new Set<string>();
  add({ type, person, facts }: RecordedEvent): void {
    if (type === 'login.refused') this.#refused += 1;
    if (type === 'login.cancelled') this.#cancelled += 1;
    if (type !== 'login.succeeded') return;
    this.#logins += 1;
    if (facts['reused'] === true) this.#reused += 1;
    if (person !== null) this.#people.add(person);
  }
  counts(): Counts {
    return { logins: this.#logins, reused: this.#reused, people: this.#people.size, refused: this.#refused, cancelled: this.#cancelled };
  }
}
const counting: ReadonlySet<string> = new Set(['login.succeeded', 'login.refused', 'login.cancelled']);
const inOrder = (by: Grouping) => (a: CountedRow, b: CountedRow): number => (by === 'day' || by === 'hour' ? a.of.localeCompare(b.of) : b.logins - a.logins || b.refused - a.refused || a.of.localeCompare(b.of));

/** `party`: only what its services asked for, and what its people did. One pass; memory grows with the number of different people. */
export const statisticsOf = (events: Iterable<RecordedEvent>, by: Grouping, party?: string): Statistics => {
  const total = new Tally();
  const rows = new Map<string, Tally>();
  const refusals = new Map<ErrorCode, number>();
  for (const event of events) {
    if (party !== undefined && event.serviceParty !== party && event.personParty !== party) continue;
    if (refusing.has(event.type) && event.code !== null) refusals.set(event.code, (refusals.get(event.code) ?? 0) + 1);
    if (!counting.has(event.type)) continue;
    total.add(event);
    const of = keyOf[by](event);
    const row = rows.get(of) ?? new Tally();
    rows.set(of, row);
    row.add(event);
  }
  return {
    by, total: total.counts(),
    rows: [...rows].map(([of, tally]) => ({ of, ...tally.counts() })).toSorted(inOrder(by)),
    refusals: [...refusals].map(([code, count]) => ({ code, count, whoMustAct: actorOf(code) })).toSorted((a, b) => b.count - a.count || a.code.localeCompare(b.code)),
  };
};
