/**
 * Remembers what one source said: every person is asked for once at a time and once per lifetime, and while the source is away
 * older facts may serve, marked as stale, for as long as policy allows at the login's level of assurance. Lives in this
 * process's memory only. What is remembered is filtered by date again on every use (answer.ts).
 */
import { assuranceLevels, type AssuranceLevel } from '../core/assurance.ts';
import { isBrygganError } from '../core/errors.ts';
import type { Clock, Instant } from '../core/ports.ts';
import { answerFor, keyText, type FeignedObjects } from './answer.ts';
import type { DirectoryPerson, FindOptions, PersonDirectory, PersonKey } from './model.ts';

/** Kinds of facts, as far as they age differently. */
export const factKinds = ['post', 'commissions', 'professional', 'roles'] as const;
export type FactKind = (typeof factKinds)[number];
/** Seconds. HSA itself is at most ten minutes behind its sources [HSA-TKB]. */
export type Lifetimes = Readonly<Record<FactKind, number>>;
export const defaultLifetimes: Lifetimes = { post: 600, commissions: 300, professional: 3600, roles: 300 };

export interface CacheSettings {
  /** Kinds taken from this source: all are fetched together, so the shortest lifetime among them rules. */
  readonly kinds: readonly FactKind[];
  readonly lifetimes: Lifetimes;
  /** How long "no such person" is believed. */
  readonly absenceSeconds: number;
  /** Greatest age of facts that may serve while the source is away; 0 = never. */
  readonly staleSeconds: Readonly<Record<AssuranceLevel, number>>;
  /** The longest unused go first. */
  readonly maxPeople: number;
  readonly feigned: FeignedObjects;
  readonly clock: Clock;
  /** Counted, never named. */
  readonly observe?: (event: 'hit' | 'miss' | 'joined' | 'stale') => void;
}
export interface CachedDirectory extends PersonDirectory {
  /** Somebody was blocked or changed: the next question goes to the source (threats J07). */
  forget(key: PersonKey): void;
}
interface Entry { readonly person: DirectoryPerson | undefined; readonly fetchedAt: Instant }

export const withCache = (source: PersonDirectory, settings: CacheSettings): CachedDirectory => {
  const { clock, feigned, maxPeople, observe } = settings;
  const entries = new Map<string, Entry>();
  const flights = new Map<string, { readonly ticket: object; readonly answer: Promise<Entry> }>();
  const lifetime = Math.min(...settings.kinds.map((kind) => settings.lifetimes[kind])) * 1000;
  const strictest = Math.min(...assuranceLevels.map((level) => settings.staleSeconds[level]));

  const remember = (text: string, entry: Entry): void => {
    entries.delete(text);
    entries.set(text, entry);
    const [oldest] = entries.keys();
    if (entries.size > maxPeople && oldest !== undefined) entries.delete(oldest);
  };
  const isFresh = ({ person, fetchedAt }: Entry, now: Instant): boolean => now - fetchedAt < (person === undefined ? settings.absenceSeconds * 1000 : lifetime);
  const answer = (key: PersonKey, { person, fetchedAt }: Entry, stale: boolean): DirectoryPerson | undefined =>
    answerFor(key, person === undefined ? undefined : { ...person, asOf: Math.min(person.asOf, fetchedAt), stale: person.stale || stale }, clock.now(), feigned);

  const fetch = async (key: PersonKey, text: string, options: FindOptions | undefined, ticket: object): Promise<Entry> => {
    const entry: Entry = { person: await source.find(key, options), fetchedAt: clock.now() };
    // Forgotten while under way: the answer serves whoever waits for it, and is not remembered.
    if (flights.get(text)?.ticket === ticket) remember(text, entry);
    return entry;
  };
  /** Everybody who asks for the same person while the question is under way gets the one answer. */
  const single = async (key: PersonKey, text: string, options: FindOptions | undefined): Promise<Entry> => {
    const under = flights.get(text);
    observe?.(under === undefined ? 'miss' : 'joined');
    if (under !== undefined) return under.answer;
    const ticket = {};
    const flight = { ticket, answer: fetch(key, text, options, ticket) };
    flights.set(text, flight);
    try {
      return await flight.answer;
    } finally {
      if (flights.get(text) === flight) flights.delete(text);
    }
  };
  const maySpeak = (entry: Entry | undefined, options: FindOptions | undefined): entry is Entry =>
    entry?.person !== undefined && clock.now() - entry.fetchedAt < (options?.level === undefined ? strictest : settings.staleSeconds[options.level]) * 1000;

  return {
    find: async (key, options) => {
      const text = keyText(key);
      const entry = entries.get(text);
      if (entry !== undefined && isFresh(entry, clock.now())) {
        observe?.('hit');
        remember(text, entry);
        return answer(key, entry, false);
      }
      try {
        return answer(key, await single(key, text, options), false);
      } catch (error) {
        // Only silence is bridged; an answer that was refused is never papered over with an older one.
        if (!isBrygganError(error) || error.code !== 'directory.unavailable' || !maySpeak(entry, options)) throw error;
        observe?.('stale');
        return answer(key, entry, true);
      }
    },
    forget: (key) => {
      entries.delete(keyText(key));
      flights.delete(keyText(key));
    },
  };
};
