/**
 * Asks one authority's OCSP responder, remembers its answers, and leaves it alone for a while when it fails, so that a responder that is
 * down costs one login a second, not all of them. Every answer is verified before it is remembered.
 */
import { BrygganError, fail, toBrygganError } from '../../core/errors.ts';
import type { Clock, Instant, Log, Random } from '../../core/ports.ts';
import type { Authority } from '../trust-store.ts';
import { writeOcspRequest, type OcspQuestion } from './ocsp-request.ts';
import { verifyOcspAnswer, type OcspAnswer, type OcspRules } from './ocsp-verify.ts';

export interface OcspPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** POST of application/ocsp-request; the answer's body. Null: no responder is ever asked. */
  readonly post: ((url: string, body: Buffer, milliseconds: number) => Promise<Uint8Array>) | null;
  /** How long a login waits for the responder. */
  readonly milliseconds: number;
  readonly responderStatus: OcspRules['responderStatus'];
}
export interface OcspState { readonly lastAnswer: Instant | null; readonly lastError: string | null; readonly failures: number; readonly nextTry: Instant; readonly remembered: number }
export interface OcspClient {
  readonly state: OcspState;
  /** A remembered answer that still counts; null when there is none. *Revoked* has no end: only a newer word takes it back. */
  remembered(serial: string): OcspAnswer | null;
  /** Asks unless a recent answer is at hand or the responder is being left alone. Never throws, never lasts longer than its limit. */
  ask(serial: string): Promise<void>;
  /** An answer that somebody else fetched, verified as our own would be but for its nonce; remembered unless we know something newer. Errors: `pki.ocsp`. */
  offered(serial: string, bytes: Uint8Array): OcspAnswer;
}

/** Within this time an answer is used without asking again. */
const RECENT = 300_000;
const FIRST_BACKOFF = 5_000;
const MAX_BACKOFF = 120_000;
const MAX_REMEMBERED = 20_000;
const NONCE_OCTETS = 32;

interface Remembered { readonly answer: OcspAnswer; readonly askedAt: Instant }

/** The promise's outcome, or `pki.ocsp` after `milliseconds`. */
const within = async <T>(promise: Promise<T>, milliseconds: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new BrygganError('pki.ocsp', `no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};

export const createOcspClient = ({ row, certificate }: Authority, ports: OcspPorts): OcspClient => {
  const { clock, log, post } = ports;
  const answers = new Map<string, Remembered>();
  const running = new Map<string, Promise<void>>();
  let state: Omit<OcspState, 'remembered'> = { lastAnswer: null, lastError: null, failures: 0, nextTry: 0 };

  const remember = (serial: string, answer: OcspAnswer): void => {
    answers.delete(serial);
    answers.set(serial, { answer, askedAt: clock.now() });
    // The first key is the one asked about longest ago.
    const [oldest] = answers.keys();
    if (answers.size > MAX_REMEMBERED && oldest !== undefined) answers.delete(oldest);
  };
  /** An older answer never takes the place of a newer one (threats H10). */
  const isNews = (serial: string, answer: OcspAnswer): boolean => answer.thisUpdate >= (answers.get(serial)?.answer.thisUpdate ?? 0);
  const askNow = async (url: string, serial: string): Promise<void> => {
    try {
      if (post === null) return;
      const question: OcspQuestion = { issuer: certificate, serial, nonce: ports.random.bytes(NONCE_OCTETS) };
      const bytes = await within(post(url, writeOcspRequest(question), ports.milliseconds), ports.milliseconds);
      const answer = verifyOcspAnswer(bytes, question, { now: clock.now(), nonce: row.revocation.nonce ?? 'if-answered', responderStatus: ports.responderStatus });
      if (!isNews(serial, answer)) fail('pki.ocsp', 'the answer is older than one that we have');
      remember(serial, answer);
      state = { ...state, lastAnswer: clock.now(), lastError: null, failures: 0, nextTry: 0 };
    } catch (thrown) {
      const { detail } = toBrygganError(thrown);
      state = { ...state, lastError: detail, failures: state.failures + 1, nextTry: clock.now() + Math.min(MAX_BACKOFF, FIRST_BACKOFF * 2 ** Math.min(state.failures, 8)) };
      log.warn({ authority: row.id, reason: detail }, 'an OCSP responder gave no answer that counts');
    }
  };
  return {
    get state() { return { ...state, remembered: answers.size }; },
    remembered: (serial) => {
      const known = answers.get(serial)?.answer;
      return known !== undefined && (known.status === 'revoked' || clock.now() <= known.until) ? known : null;
    },
    offered: (serial, bytes) => {
      const answer = verifyOcspAnswer(bytes, { issuer: certificate, serial, nonce: null }, { now: clock.now(), nonce: 'theirs', responderStatus: ports.responderStatus });
      // We may have asked a second later ourselves: the older of two is no fault, and takes no newer one's place.
      if (isNews(serial, answer)) remember(serial, answer);
      return answer;
    },
    ask: (serial) => {
      const now = clock.now();
      const known = answers.get(serial);
      if (row.ocspUrl === null || post === null || now < state.nextTry) return Promise.resolve();
      if (known !== undefined && now < known.askedAt + RECENT && now <= known.answer.until) return Promise.resolve();
      // Two logins with one card ask once.
      const already = running.get(serial) ?? askNow(row.ocspUrl, serial).finally(() => running.delete(serial));
      running.set(serial, already);
      return already;
    },
  };
};
