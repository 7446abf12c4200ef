/** What speaks against the next step of a rollover: each line says who would be hurt. An order with `anyway` goes past them, on record. */
import type { Instant } from '../core/ports.ts';
import type { Fetched, FetchRow } from './fetches.ts';
import type { KeyUse, Ring, Step } from './model.ts';
import { keysIn, nextOf } from './ring.ts';

/** A service that reads what this use signs. */
export interface KeyReader { readonly id: string; readonly party: string; readonly federation: string; readonly protocol: 'saml' | 'oidc' }
export interface Watch { readonly readers: readonly KeyReader[]; readonly fetches: readonly FetchRow[]; readonly now: Instant; /** How long what was signed before may still be shown to us or to services. */ readonly echoSeconds: number }

/** Key sets are read again when an unknown key turns up [OIDC §10.1.1]; a day covers those that only do so by the clock. */
const KEY_SET_SECONDS = 86_400;
/** Assertions and metadata caches that are under way. */
const ECHO_SECONDS = 3600;
const shown = 12;
const named = (ids: readonly string[]): string => `${ids.slice(0, shown).join(', ')}${ids.length > shown ? ` and ${ids.length - shown} more` : ''}`;
const whatShows: Readonly<Record<KeyUse, readonly Fetched[]>> = { 'saml-signing': ['metadata', 'feed', 'next-feed', 'previous-feed'], 'metadata': ['next-feed'], 'oidc-rsa': ['jwks'], 'oidc-ec': ['jwks'] };

const readersOf = (use: KeyUse, readers: readonly KeyReader[]): readonly KeyReader[] => readers.filter(({ protocol }) => (protocol === 'oidc') === use.startsWith('oidc-'));
/** Services of which nobody knows that they have the next key: they have not read it under their own name, and nobody has said so. */
export const waitingFor = (use: KeyUse, ring: Ring, { readers, fetches }: Watch): readonly KeyReader[] => {
  const next = nextOf(ring);
  if (next === undefined) return [];
  const have = new Set(fetches.filter(({ what, revision }) => whatShows[use].includes(what) && revision >= next.publishedAt).map(({ consumer }) => consumer));
  return readersOf(use, readers).filter(({ id, party, federation }) => !have.has(`service ${id}`) && ![id, party, federation].some((name) => ring.told.includes(name)) && !ring.early.includes(id));
};
/** Those who still read what only the old metadata key signs, and nothing newer since. */
export const stillOnPrevious = ({ fetches }: Watch, since: Instant): readonly string[] => fetches.filter(({ what, consumer, last }) => what === 'previous-feed' && last > since
  && !fetches.some((other) => other.consumer === consumer && (other.what === 'feed' || other.what === 'metadata') && other.last > last)).map(({ consumer }) => consumer);

const hours = (seconds: number): string => (seconds < 7200 ? `${Math.ceil(seconds / 60)} minutes` : `${Math.ceil(seconds / 3600)} hours`);
const tooEarly = (since: Instant, seconds: number, now: Instant, why: string): readonly string[] => (now - since >= seconds * 1000 ? [] : [`${why}: ${hours(seconds - (now - since) / 1000)} to go`]);

const beforeSwitch = (use: KeyUse, ring: Ring, services: readonly string[], watch: Watch): readonly string[] => {
  const next = nextOf(ring);
  if (next === undefined) return [];
  if (use.startsWith('oidc-')) return tooEarly(next.since, KEY_SET_SECONDS, watch.now, 'clients read key sets at most once a day');
  const waiting = waitingFor(use, ring, watch).map(({ id }) => id).filter((id) => services.length === 0 || services.includes(id));
  return waiting.length === 0 ? [] : [`${waiting.length} ${waiting.length === 1 ? 'service is' : 'services are'} not known to have the next key: ${named(waiting)}`];
};
const beforeRetire = (use: KeyUse, ring: Ring, watch: Watch): readonly string[] => {
  const switchedAt = Math.max(...keysIn(ring, 'previous').map(({ since }) => since));
  const early = tooEarly(switchedAt, use.startsWith('oidc-') ? watch.echoSeconds : ECHO_SECONDS, watch.now, 'what the old key signed is still under way');
  const readers = use === 'metadata' ? stillOnPrevious(watch, switchedAt) : [];
  return readers.length === 0 ? early : [...early, `still read with the old key: ${named(readers)}`];
};
export const obstaclesTo = (step: Step, use: KeyUse, ring: Ring, services: readonly string[], watch: Watch): readonly string[] =>
  (step === 'switch' ? beforeSwitch(use, ring, services, watch) : step === 'retire' ? beforeRetire(use, ring, watch) : []);
