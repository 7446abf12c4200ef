/**
 * Is a certificate revoked? `check` and `cached` read what is in memory and never wait; `ask` may put a question to an OCSP responder,
 * bounded; `refresh` fetches lists in the background. Each authority's row says which source comes first and how stale a list may be.
 * *Unknown* is never *good*. Addresses come from rows alone, never from what a client sent.
 */
import { fail } from '../../core/errors.ts';
import { systemRandom, type Clock, type Instant, type Log, type Random } from '../../core/ports.ts';
import { isSameAuthority, parseCertificate, type Certificate } from '../certificate.ts';
import { findPath } from '../path/build.ts';
import type { Authority, RevocationSource, TrustStore } from '../trust-store.ts';
import type { VerifiedChain } from '../verify.ts';
import { freshnessOf, type IssuerFreshness } from './freshness.ts';
import { createHeldLists, MAX_SKEW, type HeldLists } from './held-lists.ts';
import { keptListsIn } from './kept-lists.ts';
import type { RevocationList } from './list.ts';
import { entryIn, judgeByLists } from './lists.ts';
import { createOcspClient, type OcspClient } from './ocsp-client.ts';

/** `stale`: from a list past its nextUpdate, within what the row still accepts; worth an audit line. Also of *revoked* by an answer past its end. */
export type RevocationStatus =
  | { readonly status: 'good' | 'revoked'; readonly source: RevocationSource; readonly asOf: Instant; readonly stale: boolean }
  | { readonly status: 'unknown'; readonly why: string };
export interface RevocationOptions {
  readonly store: TrustStore;
  /** Where lists are kept between restarts. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: Random;
  /** Outbound client: bounded in time and size. */
  readonly fetchBytes: (url: string) => Promise<Uint8Array>;
  /** POST of an OCSP request, `application/ocsp-request`; without it no responder is asked and lists alone decide. */
  readonly postOcsp?: (url: string, body: Buffer, milliseconds: number) => Promise<Uint8Array>;
  /** How long a login waits for a responder; default 1000. */
  readonly ocspMilliseconds?: number;
}
export interface RevocationChecker {
  /** Every certificate of the path below the root, from what is in memory. */
  check(chain: VerifiedChain): RevocationStatus;
  /** Asks responders about the path where their rows put OCSP first or no list is at hand; `check` knows the answers afterwards. Never throws. */
  ask(chain: VerifiedChain): Promise<void>;
  /** An OCSP answer about the path's first certificate that came along with it; what it says, once it is believed as one of our own. Errors: `pki.ocsp`. */
  offered(chain: VerifiedChain, answer: Uint8Array): 'good' | 'revoked' | 'unknown';
  /** As `check`, for one serial of one issuer: reuse of a session. `der`: its certificate, read only where a list speaks about some certificates and not others; without it such a list says nothing. */
  cached(issuerId: string, serial: string, der: Uint8Array | null): RevocationStatus;
  /** Fetches what is due; the first call also reads the lists on disk. Never throws. */
  refresh(): Promise<void>;
  freshness(): readonly IssuerFreshness[];
  /** Authorities whose certificates cannot be checked: neither a list nor a responder that counts. */
  missing(): readonly string[];
  start(): void;
  stop(): void;
}

const TICK = 10_000;
const OCSP_MILLISECONDS = 1000;
const PROBE_OCTETS = 16;
const unknown = (why: string): RevocationStatus => ({ status: 'unknown', why });

interface Watched { readonly authority: Authority; readonly lists: HeldLists; readonly ocsp: OcspClient }
/** What is asked: a serial, and the whole certificate for a list's scope: at hand, or to be read when it matters, or not to be had. */
interface Subject { readonly serial: string; readonly certificate: Certificate | (() => Certificate | null) }

const isForAll = ({ scope: { only, points, reasons } }: RevocationList): boolean => only === 'all' && points === null && reasons === null;
/** certificateHold, the only revocation that is ever lifted [RFC 5280 §5.3.1]. */
const HOLD = 6;
/** `final`: no newer *good* of another source takes it back. */
type Judged = RevocationStatus & { readonly final?: boolean };
const byList = ({ authority, lists }: Watched, { serial, certificate }: Subject, now: Instant): Judged => {
  const { complete } = lists;
  if (complete === null) return unknown('no list');
  const all = lists.all();
  const entry = entryIn(complete, all[1] ?? null, serial);
  const stale = now > complete.nextUpdate;
  const asOf = (all[1] ?? complete).thisUpdate;
  // Revoked stays revoked, however old the list.
  if (entry !== null) return { status: 'revoked', source: 'crl', asOf, stale, final: entry.reason !== HOLD };
  if (complete.thisUpdate > now + MAX_SKEW) return unknown('the list is from the future');
  if (now > complete.nextUpdate + authority.row.revocation.staleSeconds * 1000) return unknown('the list is too old');
  if (typeof certificate === 'function' && isForAll(complete)) return { status: 'good', source: 'crl', asOf, stale };
  const whole = typeof certificate === 'function' ? certificate() : certificate;
  if (whole === null || judgeByLists(whole, all).status !== 'good') return unknown('the list does not cover this certificate');
  return { status: 'good', source: 'crl', asOf, stale };
};
const byAnswer = ({ ocsp }: Watched, { serial }: Subject, now: Instant): RevocationStatus => {
  const answer = ocsp.remembered(serial);
  if (answer === null) return unknown('no answer');
  return answer.status === 'unknown' ? unknown('the responder does not know the certificate') : { status: answer.status, source: 'ocsp', asOf: answer.thisUpdate, stale: now > answer.until };
};
/** A list in time before one that lives on grace; a revocation counts that is final, or newer than what says good. */
const judge = (watched: Watched, subject: Subject, now: Instant): RevocationStatus => {
  const { order } = watched.authority.row.revocation;
  const list = byList(watched, subject, now);
  const answer = byAnswer(watched, subject, now);
  const found = order.map((source): Judged => (source === 'crl' ? list : answer));
  // "I do not know this certificate" is an answer, not silence [facts: credentials §6 rule 3].
  if (order.includes('ocsp') && watched.ocsp.remembered(subject.serial)?.status === 'unknown' && list.status !== 'revoked') return answer;
  const known = found.filter((status) => status.status !== 'unknown');
  const best = known.find(({ stale }) => !stale) ?? known[0];
  const worse = known.find((status) => status.status === 'revoked' && (status.final === true || best?.status === 'revoked' || status.asOf >= (best?.asOf ?? 0)));
  return worse ?? best ?? unknown(order.map((source, index) => `${source}: ${(found[index] as { why?: string } | undefined)?.why ?? ''}`).join('; '));
};

/** The authority itself and, where its key was renewed under the same name, its other listed certificates below the same root. */
const signersFor = (authority: Authority, store: TrustStore): readonly Certificate[] => {
  const row = store.issuers.find((issuer) => issuer === authority)?.row;
  const renewed = row === undefined ? [] : store.issuers.filter((other) => other !== authority && other.row.root === row.root && other.certificate.subjectDn.key === authority.certificate.subjectDn.key);
  return [authority.certificate, ...renewed.map(({ certificate }) => certificate)];
};

export const createRevocationChecker = (options: RevocationOptions): RevocationChecker => {
  const { store, clock, log } = options;
  const random = options.random ?? systemRandom;
  const kept = keptListsIn(options.directory);
  const authorities: readonly Authority[] = [...store.roots.values(), ...store.issuers];
  const watched = new Map(authorities.map((authority): [string, Watched] => {
    const lists = createHeldLists(authority, { clock, random, log, kept, signers: signersFor(authority, store), fetchBytes: options.fetchBytes });
    const ocsp = createOcspClient(authority, {
      clock, random, log, post: options.postOcsp ?? null, milliseconds: options.ocspMilliseconds ?? OCSP_MILLISECONDS,
      responderStatus: (responder) => byList({ authority, lists, ocsp }, { serial: responder.serial, certificate: responder }, clock.now()).status,
    });
    return [authority.row.id, { authority, lists, ocsp }];
  }));
  const watchedFor = (certificate: Certificate | undefined): Watched | undefined =>
    certificate === undefined ? undefined : [...watched.values()].find(({ authority }) => isSameAuthority(authority.certificate, certificate));

  /** Certificates of a path below its root, each with the authority that answers for it. */
  const links = (path: readonly Certificate[]): readonly { readonly subject: Subject; readonly by: Watched | undefined }[] =>
    path.slice(0, -1).map((certificate, index) => ({ subject: { serial: certificate.serial, certificate }, by: watchedFor(path[index + 1]) }));
  /** The first that is not good decides; else what is known about the leaf. */
  const judgeAll = (all: ReturnType<typeof links>): RevocationStatus => {
    const now = clock.now();
    const statuses = all.map(({ subject, by }, index) => {
      const status = by === undefined ? unknown('an authority that is on no list') : judge(by, subject, now);
      return status.status === 'unknown' && index > 0 ? unknown(`authority: ${status.why}`) : status;
    });
    return statuses.find(({ status }) => status === 'revoked') ?? statuses.find(({ status }) => status === 'unknown') ?? statuses[0] ?? unknown('nothing to check');
  };
  /** Issuing CA up to the root, leaf side first; the dates are for `verifyChain`. */
  const pathOf = (issuer: Authority): readonly Certificate[] => {
    const found = findPath({
      leaf: issuer.certificate, anchors: [...store.roots.values()].map(({ certificate }) => certificate), authorities: store.issuers.map(({ certificate }) => certificate),
      now: null, keyPurpose: null, maxIntermediates: 4,
    });
    return 'path' in found ? found.path.toReversed() : [];
  };
  const pathsAbove = new Map(store.issuers.map((issuer) => [issuer.row.id, links(pathOf(issuer))]));

  const asks = ({ authority, lists }: Watched, now: Instant): boolean => {
    const { order } = authority.row.revocation;
    if (!order.includes('ocsp')) return false;
    return order[0] === 'ocsp' || lists.complete === null || now > lists.complete.nextUpdate;
  };
  /** An authority without lists shows that its responder works by any answer that counts, about a number that is nobody's. */
  const probe = async ({ authority, ocsp }: Watched): Promise<void> => {
    if (authority.row.crlUrls.length === 0 && clock.now() - (ocsp.state.lastAnswer ?? 0) > TICK * 30) await ocsp.ask(`5f${random.bytes(PROBE_OCTETS).toString('hex')}`);
  };
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  const refreshAll = async (): Promise<void> => {
    await Promise.all([...watched.values()].map(async (one) => {
      await one.lists.refresh();
      await probe(one);
    }));
  };
  const refresh = (): Promise<void> => {
    running ??= refreshAll().finally(() => { running = null; });
    return running;
  };
  const freshness = (): readonly IssuerFreshness[] => [...watched.values()].map(({ authority, lists, ocsp }) => freshnessOf(authority, lists, ocsp, clock.now()));
  return {
    check: (chain) => judgeAll(links(chain.path)),
    ask: async (chain) => {
      const now = clock.now();
      await Promise.all(links(chain.path).flatMap(({ subject, by }) => (by !== undefined && asks(by, now) ? [by.ocsp.ask(subject.serial)] : [])));
    },
    offered: ({ path }, answer) => (watchedFor(path[1]) ?? fail('pki.ocsp', 'an authority that is on no list')).ocsp.offered(path[0]?.serial ?? '', answer).status,
    cached: (issuerId, serial, der) => {
      const by = watched.get(issuerId);
      const above = pathsAbove.get(issuerId);
      return by === undefined || above === undefined ? unknown('an authority that is on no list') : judgeAll([{ subject: { serial, certificate: () => (der === null ? null : parseCertificate(der)) }, by }, ...above]);
    },
    refresh, freshness,
    missing: () => freshness().filter(({ alarm }) => alarm === 'away').map(({ issuer }) => issuer),
    start: () => {
      timer ??= setInterval(() => void refresh(), TICK);
      timer.unref();
    },
    stop: () => {
      if (timer !== null) clearInterval(timer);
      timer = null;
    },
  };
};
