/** How fresh what we know about each authority is, for /metrics, doctor and readiness: seen before it hurts. */
import type { Instant } from '../../core/ports.ts';
import type { Authority } from '../trust-store.ts';
import type { HeldLists } from './held-lists.ts';
import type { OcspClient } from './ocsp-client.ts';

/**
 * `ok`; `late`: the last attempts failed, or less than a quarter of the list's life is left; `grace`: past nextUpdate, still accepted by
 * the row; `away`: nothing that counts, certificates of this authority cannot be checked.
 */
export type FreshnessAlarm = 'ok' | 'late' | 'grace' | 'away';
export interface IssuerFreshness {
  readonly issuer: string;
  readonly loaded: boolean;
  readonly source: 'disk' | 'network' | null;
  readonly entries: number;
  readonly number: string | null;
  readonly thisUpdate: Instant | null;
  readonly nextUpdate: Instant | null;
  /** Seconds past nextUpdate; 0 while the list is in time. */
  readonly staleSeconds: number;
  readonly deltaNumber: string | null;
  readonly lastFetch: Instant | null;
  readonly lastError: string | null;
  readonly failures: number;
  readonly nextTry: Instant | null;
  readonly ocsp: { readonly lastAnswer: Instant | null; readonly lastError: string | null; readonly remembered: number } | null;
  readonly alarm: FreshnessAlarm;
}
const OCSP_IS_RECENT = 3_600_000;
const LAST_QUARTER = 0.75;
const MANY_FAILURES = 3;

/** A responder that gave an answer that counts, not long ago. */
export const responderWorks = ({ row }: Authority, ocsp: OcspClient, now: Instant): boolean => {
  const { lastAnswer, failures } = ocsp.state;
  return row.revocation.order.includes('ocsp') && lastAnswer !== null && failures === 0 && now - lastAnswer < OCSP_IS_RECENT;
};
export const freshnessOf = (authority: Authority, lists: HeldLists, ocsp: OcspClient, now: Instant): IssuerFreshness => {
  const { row } = authority;
  const { complete, delta, state } = lists;
  const staleFor = complete === null ? 0 : Math.max(0, now - complete.nextUpdate) / 1000;
  const usesLists = row.revocation.order.includes('crl') && complete !== null;
  const works = responderWorks(authority, ocsp, now);
  const lastQuarter = complete !== null && now > complete.thisUpdate + (complete.nextUpdate - complete.thisUpdate) * LAST_QUARTER;
  const alarm = (): FreshnessAlarm => {
    if (usesLists && staleFor === 0) return lastQuarter || state.failures >= MANY_FAILURES ? 'late' : 'ok';
    if (works) return row.crlUrls.length === 0 ? 'ok' : 'late';
    return usesLists && staleFor <= row.revocation.staleSeconds ? 'grace' : 'away';
  };
  return {
    issuer: row.id, loaded: complete !== null, source: state.source, entries: complete?.entries ?? 0, number: complete?.number.toString() ?? null,
    thisUpdate: complete?.thisUpdate ?? null, nextUpdate: complete?.nextUpdate ?? null, staleSeconds: Math.floor(staleFor), deltaNumber: delta?.number.toString() ?? null,
    lastFetch: state.lastFetch, lastError: state.lastError, failures: state.failures, nextTry: row.crlUrls.length === 0 ? null : state.nextTry,
    ocsp: row.ocspUrl === null ? null : { lastAnswer: ocsp.state.lastAnswer, lastError: ocsp.state.lastError, remembered: ocsp.state.remembered },
    alarm: alarm(),
  };
};
