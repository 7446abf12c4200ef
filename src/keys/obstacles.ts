/** What speaks against the next step of a rollover: each line says who would be hurt. An order with `anyway` goes past them, on record. */
import type { Instant } from '../core/ports.ts';
import type { Fetched, FetchRow } from './fetches.ts';
import type { KeyUse, Ring, Step } from './model.ts';
import { keysIn, nextOf } from './ring.ts';

/** Who believes what these keys sign, or encrypts with them: a service, or a party's IdP. */
export interface KeyReader { readonly id: string; readonly party: string; /** None of an IdP. */ readonly federation: string | null; readonly kind: 'saml' | 'oidc' | 'idp' }
export interface Watch { readonly readers: readonly KeyReader[]; readonly fetches: readonly FetchRow[]; readonly now: Instant; /** How long what was signed before may still be shown to us or to services. */ readonly echoSeconds: number }

/** Key sets are read again when an unknown key turns up [OIDC §10.1.1]; a day covers those that only do so by the clock. */
const KEY_SET_SECONDS = 86_400;
/** Assertions and metadata caches that are under way. */
const ECHO_SECONDS = 3600;
const shown = 12;
const named = (ids: readonly string[]): string => `${ids.slice(0, shown).join(', ')}${ids.length > shown ? ` and ${ids.length - shown} more` : ''}`;
const whatShows: Readonly<Record<KeyUse, readonly Fetched[]>> = { 'saml-signing': ['metadata', 'feed', 'next-feed', 'previous-feed'], 'metadata': ['next-feed'], 'oidc-rsa': ['jwks'], 'oidc-ec': ['jwks'], 'upstream-signing': ['upstream-metadata'], 'upstream-encryption': ['upstream-metadata'] };

const kindOf = (use: KeyUse): KeyReader['kind'] => (use.startsWith('oidc-') ? 'oidc' : use.startsWith('upstream-') ? 'idp' : 'saml');
const without = (have: ReadonlySet<string>, use: KeyUse, ring: Ring, readers: readonly KeyReader[]): readonly KeyReader[] =>
  readers.filter(({ kind, id, party, federation }) => kind === kindOf(use) && !have.has(`${kind === 'idp' ? 'idp' : 'service'} ${id}`) && ![id, party, federation].some((name) => name !== null && ring.told.includes(name)) && !ring.early.includes(id));
/** Services of which nobody knows that they have the next key: they have not read it under their own name, and nobody has said so. */
export const waitingFor = (use: KeyUse, ring: Ring, { readers, fetches }: Watch): readonly KeyReader[] => {
  const next = nextOf(ring);
  if (next === undefined) return [];
  const have = new Set(fetches.filter(({ what, revision }) => whatShows[use].includes(what) && revision >= next.publishedAt).map(({ consumer }) => consumer));
  return without(have, use, ring, readers);
};
/** IdPs that have not read our metadata since the old encryption key left it: they may encrypt with it still. */
const encryptWithPrevious = (ring: Ring, { readers, fetches }: Watch, since: Instant): readonly KeyReader[] =>
  without(new Set(fetches.filter(({ what, last }) => what === 'upstream-metadata' && last > since).map(({ consumer }) => consumer)), 'upstream-encryption', ring, readers);
/** Those who still read what only the old metadata key signs, and nothing newer since. */
export const stillOnPrevious = ({ fetches }: Watch, since: Instant): readonly string[] => fetches.filter(({ what, consumer, last }) => what === 'previous-feed' && last > since
  && !fetches.some((other) => other.consumer === consumer && (other.what === 'feed' || other.what === 'metadata') && other.last > last)).map(({ consumer }) => consumer);

const hours = (seconds: number): string => (seconds < 7200 ? `${Math.ceil(seconds / 60)} minutes` : `${Math.ceil(seconds / 3600)} hours`);
const tooEarly = (since: Instant, seconds: number, now: Instant, why: string): readonly string[] => (now - since >= seconds * 1000 ? [] : [`${why}: ${hours(seconds - (now - since) / 1000)} to go`]);

const beforeSwitch = (use: KeyUse, ring: Ring, services: readonly string[], watch: Watch): readonly string[] => {
  const next = nextOf(ring);
  // With the old encryption key, too, everything goes on being read.
  if (next === undefined || use === 'upstream-encryption') return [];
  if (use.startsWith('oidc-')) return tooEarly(next.since, KEY_SET_SECONDS, watch.now, 'clients read key sets at most once a day');
  const waiting = waitingFor(use, ring, watch).map(({ id }) => id).filter((id) => services.length === 0 || services.includes(id));
  return waiting.length === 0 ? [] : [`${waiting.length} ${use === 'upstream-signing' ? (waiting.length === 1 ? 'IdP is' : 'IdPs are') : waiting.length === 1 ? 'service is' : 'services are'} not known to have the next key: ${named(waiting)}`];
};
const beforeRetire = (use: KeyUse, ring: Ring, watch: Watch): readonly string[] => {
  const switchedAt = Math.max(...keysIn(ring, 'previous').map(({ since }) => since));
  const early = tooEarly(switchedAt, use.startsWith('oidc-') ? watch.echoSeconds : ECHO_SECONDS, watch.now, 'what the old key signed is still under way');
  const readers = use === 'metadata' ? stillOnPrevious(watch, switchedAt) : [];
  const encrypting = use === 'upstream-encryption' ? encryptWithPrevious(ring, watch, switchedAt).map(({ id }) => id) : [];
  return [...early, ...(readers.length === 0 ? [] : [`still read with the old key: ${named(readers)}`]), ...(encrypting.length === 0 ? [] : [`not known to encrypt with the new key: ${named(encrypting)}`])];
};
export const obstaclesTo = (step: Step, use: KeyUse, ring: Ring, services: readonly string[], watch: Watch): readonly string[] =>
  (step === 'switch' ? beforeSwitch(use, ring, services, watch) : step === 'retire' ? beforeRetire(use, ring, watch) : []);
