/**
 * federation/radar: what ends soon, whose it is, and who is to be told, before a login fails of it. Owns the reminders' days and the list.
 * Does not own: our own certificates (handed in), sending mail (a text is made ready), refusing anything (an end refuses by itself).
 */
import type { PartyId } from '../../core/ids.ts';
import type { Instant } from '../../core/ports.ts';
import { isSamlParty, isSamlProvider, type Registry } from '../../parties/model.ts';
import type { SourceStatus } from '../sources/model.ts';
import { NOTABLE_MILLISECONDS, type ClockRow } from './clocks.ts';

const DAY = 86_400_000;
/** Days before an end at which people are told. */
export const REMINDERS = [90, 30, 14, 7, 1] as const;
/** The nearest reminder that is due, or null while there is time: what has 20 days left is past its 30. */
export const reminderFor = (end: Instant, now: Instant): number | null => REMINDERS.toReversed().find((days) => end - now <= days * DAY) ?? null;

/** `key`: its certificate ends, and the key goes on counting here; `metadata`: validUntil, from when it is refused; `clock`: no end. */
export type MarkKind = 'signing-certificate' | 'encryption-certificate' | 'metadata' | 'clock' | 'reading' | 'source' | 'our-certificate';
export interface Mark {
  readonly kind: MarkKind;
  /** Null: ours. */
  readonly party: PartyId | null;
  /** `service <id>`, `idp <id>`, or the name of a certificate of ours. */
  readonly what: string;
  readonly end: Instant | null;
  /** Whole days left; negative: days since. Null: nothing ends. */
  readonly days: number | null;
  readonly reminder: number | null;
  /** Seconds of skew, for clocks. */
  readonly seconds: number | null;
}
export interface OwnEnd { readonly what: string; readonly notAfter: Instant }
/** Who read a feed of ours last, as `keys list` knows. */
export interface ReadingRow { readonly consumer: string; readonly what: string; readonly last: Instant }
export interface RadarView { readonly registry: Registry; readonly own: readonly OwnEnd[]; readonly clocks: readonly ClockRow[]; readonly readings: readonly ReadingRow[]; /** How long a copy of a feed is good. */ readonly feedValidity: number; /** Metadata that we fetch. */ readonly sources: readonly Pick<SourceStatus, 'id' | 'alarm' | 'validUntil'>[]; /** `<party>/<name>` of services and IdPs whose metadata comes from there: its end moves on by itself. */ readonly fetched: ReadonlySet<string>; readonly now: Instant }

type Dated = Pick<Mark, 'kind' | 'party' | 'what'> & { readonly end: Instant };
const ended = (mark: Dated, now: Instant): Mark => ({ ...mark, days: Math.floor((mark.end - now) / DAY), reminder: reminderFor(mark.end, now), seconds: null });
/** Of several keys of one use the last to end counts: a next one is there already. */
const lastOf = (keys: readonly { readonly notAfter: Instant }[]): readonly Instant[] => (keys.length === 0 ? [] : [Math.max(...keys.map(({ notAfter }) => notAfter))]);

export const endsOf = ({ registry, own, fetched, now }: Pick<RadarView, 'registry' | 'own' | 'fetched' | 'now'>): readonly Mark[] => {
  const services = [...registry.services.values()].filter(({ enabled }) => enabled).filter(isSamlParty).flatMap(({ id, party, wire }): Dated[] => [
    ...lastOf(wire.signingKeys).map((end) => ({ kind: 'signing-certificate' as const, party, what: `service ${id}`, end })),
    ...lastOf(wire.encryptionKeys).map((end) => ({ kind: 'encryption-certificate' as const, party, what: `service ${id}`, end })),
    ...(wire.validUntil === null || fetched.has(id) ? [] : [{ kind: 'metadata' as const, party, what: `service ${id}`, end: wire.validUntil }]),
  ]);
  const providers = [...registry.identityProviders.values()].filter(({ enabled }) => enabled).filter(isSamlProvider).flatMap(({ id, party, wire }): Dated[] => [
    ...lastOf(wire.signingKeys).map((end) => ({ kind: 'signing-certificate' as const, party, what: `idp ${id}`, end })),
    ...(wire.validUntil === null || fetched.has(id) ? [] : [{ kind: 'metadata' as const, party, what: `idp ${id}`, end: wire.validUntil }]),
  ]);
  return [...own.map(({ what, notAfter }): Dated => ({ kind: 'our-certificate', party: null, what, end: notAfter })), ...services, ...providers].map((mark) => ended(mark, now));
};
const clocksOf = ({ clocks, registry }: RadarView): readonly Mark[] => clocks.filter(({ milliseconds }) => Math.abs(milliseconds) >= NOTABLE_MILLISECONDS)
  .map(({ service, milliseconds }) => ({ kind: 'clock', party: registry.services.get(service)?.party ?? null, what: `service ${service}`, end: null, days: null, reminder: null, seconds: Math.round(milliseconds / 1000) }));
/** A reader that has stopped: its copy ends when it was read last plus what a copy is good for. */
const readingsOf = ({ readings, registry, feedValidity, now }: RadarView): readonly Mark[] => readings.filter(({ what }) => what === 'feed').flatMap(({ consumer, last }): Mark[] => {
  const [kind, id = ''] = consumer.split(' ');
  const party = kind === 'service' ? [...registry.services.values()].find((service) => service.id === id)?.party : kind === 'party' ? [...registry.parties.keys()].find((one) => one === id) : undefined;
  // Half of a copy's life without a reading is more than any reader's habit.
  return party === undefined || now - last < feedValidity / 2 ? [] : [ended({ kind: 'reading', party, what: consumer, end: last + feedValidity }, now)];
});
/** Ours to chase, whoever publishes it: not fetched for too long, or nothing good left. */
const sourcesOf = ({ sources, now }: RadarView): readonly Mark[] => sources.filter(({ alarm }) => alarm !== 'ok')
  .map(({ id, validUntil }) => ({ kind: 'source', party: null, what: `source ${id}`, end: validUntil, days: validUntil === null ? null : Math.floor((validUntil - now) / DAY), reminder: validUntil === null ? null : reminderFor(validUntil, now), seconds: null }));

/** What somebody must look at, the nearest end first. */
export const radarOf = (view: RadarView): readonly Mark[] => [
  ...[...endsOf(view).filter(({ reminder }) => reminder !== null), ...readingsOf(view), ...sourcesOf(view)].toSorted((a, b) => (a.days ?? 0) - (b.days ?? 0)),
  ...clocksOf(view),
];
