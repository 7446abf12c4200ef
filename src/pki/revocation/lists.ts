/** What lists together say about one certificate [RFC 5280 §6.3.3]: complete lists, deltas, lists for some reasons or some certificates only. */
import type { Instant } from '../../core/ports.ts';
import type { Certificate } from '../certificate.ts';
import { pointKeys } from '../extensions.ts';
import { directoryKey } from '../names.ts';
import type { RevocationList } from './list.ts';
import type { RevokedEntry } from './list-index.ts';

/** `removeFromCRL`, in deltas only [RFC 5280 §5.3.1]. */
const REMOVED = 8;
/** keyCompromise … aACompromise, bits of ReasonFlags without `unused` [RFC 5280 §4.2.1.13]. */
const ALL_REASONS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8];

/** Whether a delta belongs to a complete list [RFC 5280 §5.2.4, §6.3.3 (c)]. */
export const isDeltaOf = (delta: RevocationList, base: RevocationList): boolean => {
  if (delta.baseNumber === null || base.baseNumber !== null || delta.issuer.key !== base.issuer.key) return false;
  const sameScope = delta.scope.only === base.scope.only && sameSet(delta.scope.points, base.scope.points) && sameSet(delta.scope.reasons, base.scope.reasons);
  return sameScope && base.number >= delta.baseNumber && base.number < delta.number;
};
const sameSet = <T>(a: Iterable<T> | null, b: Iterable<T> | null): boolean => {
  if (a === null || b === null) return a === b;
  const [left, right] = [new Set(a), new Set(b)];
  return left.size === right.size && [...left].every((item) => right.has(item));
};
/** What the complete list and its delta say about a serial number. */
export const entryIn = (base: RevocationList, delta: RevocationList | null, serial: string): RevokedEntry | null => {
  const changed = delta?.find(serial) ?? null;
  if (changed !== null) return changed.reason === REMOVED ? null : changed;
  return base.find(serial);
};

/** Reasons for which `list` speaks about `certificate`; empty = it does not [RFC 5280 §6.3.3 (b) (2), (d)]. */
const reasonsCovered = (list: RevocationList, certificate: Certificate): readonly number[] => {
  const { only, points, reasons } = list.scope;
  const isAuthority = certificate.basicConstraints?.isAuthority === true;
  if (only === 'attributes' || (only === 'users' && isAuthority) || (only === 'authorities' && !isAuthority)) return [];
  const own = ALL_REASONS.filter((reason) => reasons === null || reasons.has(reason));
  // A certificate without distribution points has one that is named like its issuer [RFC 5280 §6.3.3].
  const named = certificate.distributionPoints.filter(({ hasIssuer }) => !hasIssuer)
    .map((point) => ({ keys: pointKeys(point, certificate.issuerDn), reasons: point.reasons }));
  const candidates = certificate.distributionPoints.length === 0 ? [{ keys: [directoryKey(certificate.issuerDn.rdnKeys)], reasons: null }] : named;
  const matching = points === null ? candidates : candidates.filter(({ keys }) => keys.some((key) => points.includes(key)));
  // One list for everything covers the certificate, whatever points it names.
  const limits = points === null ? [null] : matching.map((candidate) => candidate.reasons);
  return own.filter((reason) => limits.some((limit) => limit === null || limit.has(reason)));
};

export interface ListVerdict { readonly status: 'good' | 'revoked' | 'uncovered'; /** Of the oldest list that was needed. */ readonly asOf: Instant; readonly until: Instant; readonly entry: RevokedEntry | null }
/**
 * `lists`: signed by the certificate's own issuer, complete ones and deltas, in any order. `good` only when every reason is covered;
 * `uncovered` is not `good`.
 */
export const judgeByLists = (certificate: Certificate, lists: readonly RevocationList[]): ListVerdict => {
  const covered = new Set<number>();
  let asOf = Number.POSITIVE_INFINITY;
  let until = Number.POSITIVE_INFINITY;
  const mine = lists.filter(({ issuer, baseNumber }) => baseNumber === null && issuer.key === certificate.issuerDn.key);
  for (const base of mine) {
    const reasons = reasonsCovered(base, certificate);
    if (reasons.length === 0) continue;
    const delta = lists.filter((candidate) => isDeltaOf(candidate, base)).toSorted((a, b) => (a.number < b.number ? 1 : -1))[0] ?? null;
    const entry = entryIn(base, delta, certificate.serial);
    if (entry !== null) return { status: 'revoked', asOf: (delta ?? base).thisUpdate, until: base.nextUpdate, entry };
    for (const reason of reasons) covered.add(reason);
    asOf = Math.min(asOf, (delta ?? base).thisUpdate);
    until = Math.min(until, base.nextUpdate);
  }
  return ALL_REASONS.every((reason) => covered.has(reason)) ? { status: 'good', asOf, until, entry: null } : { status: 'uncovered', asOf: 0, until: 0, entry: null };
};
