/**
 * Freja eID [facts: credentials §3.3]: requests are JSON in base64 in a form field; the outcome is a JWS, and identity is read from it
 * alone once Freja's own key has signed it, never from the fields beside it.
 */
import type { KeyObject } from 'node:crypto';
import { compactVerify, errors } from 'jose';
import { fail } from '../../../core/errors.ts';
import type { FailureReason, Hint, MobileClient, Polled, StartedOrder } from '../model.ts';
import { parsed, read, token, type Json } from './json.ts';

export interface FrejaNames {
  /** Fields of the signed outcome, joined by dots. */
  readonly number: string;
  readonly givenName: string;
  readonly surname: string;
  /** What is asked for with every login. */
  readonly attributes: readonly string[];
}
export interface FrejaSettings {
  readonly url: string;
  readonly names: FrejaNames;
  /** Lowest registration that may log in: BASIC, EXTENDED, PLUS. */
  readonly registration: string;
  /** Freja's own keys; two while one replaces the other. */
  readonly keys: readonly KeyObject[];
  readonly pollMilliseconds: number;
  readonly lifetimeSeconds: number;
  readonly post: (url: string, body: string) => Promise<{ readonly status: number; readonly bytes: Uint8Array }>;
}
const paths = { start: '/authentication/1.0/initAuthentication', poll: '/authentication/1.0/getOneResult', cancel: '/authentication/1.0/cancel' } as const;
const fields = { start: 'initAuthRequest', poll: 'getOneAuthResultRequest', cancel: 'cancelAuthRequest' } as const;
const hints: Readonly<Record<string, Hint>> = { STARTED: 'start-app', DELIVERED_TO_MOBILE: 'app-started' };
const ends: Readonly<Record<string, FailureReason>> = { REJECTED: 'cancelled', CANCELED: 'cancelled', RP_CANCELED: 'replaced', EXPIRED: 'expired' };
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256'];

/** Blanks at the end keep padding out of the base64, and our JSON holds no character that would need + or /: every way of reading the form gives the same. */
const formOf = (field: string, value: Json): string => {
  const text = JSON.stringify(value).replace(/[^ -~]|[>?~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `${field}=${Buffer.from(text.padEnd(Math.ceil(text.length / 3) * 3)).toString('base64')}`;
};
const verifiedBy = async (details: string, keys: readonly KeyObject[]): Promise<Json> => {
  for (const key of keys) {
    try {
      return parsed((await compactVerify(details, key, { algorithms: ALGORITHMS })).payload);
    } catch (error) {
      if (!(error instanceof errors.JOSEError) && !(error instanceof TypeError)) throw error;
    }
  }
  return fail('mobile.credential', 'an outcome that Freja did not sign');
};

export const createFreja = (settings: FrejaSettings): MobileClient => {
  const { url, names, post, pollMilliseconds, lifetimeSeconds } = settings;
  const call = async (step: keyof typeof paths, value: Json): Promise<Json> => {
    const { status, bytes } = await post(`${url.replace(/\/$/, '')}${paths[step]}`, formOf(fields[step], value));
    return status === 200 ? parsed(bytes) : fail('mobile.unavailable', `answered ${String(status)}`);
  };
  const approved = async (answer: Json, { reference }: StartedOrder): Promise<Polled> => {
    const outcome = await verifiedBy(read(answer, 'details') ?? fail('mobile.credential', 'approved without a signed outcome'), settings.keys);
    // What was signed is about this very order, and says itself that it was approved (threats I07).
    if (read(outcome, 'authRef') !== reference || read(outcome, 'status') !== 'APPROVED') return fail('mobile.credential', 'the signed outcome is about another login');
    const number = read(outcome, names.number) ?? fail('mobile.credential', 'the signed outcome names nobody');
    return { kind: 'complete', credential: { stated: { number, givenName: read(outcome, names.givenName), surname: read(outcome, names.surname), issuerName: 'Freja eID' }, deviceAddress: null } };
  };
  const link = ({ reference }: StartedOrder): string => `frejaeid://bindUserToTransaction?transactionReference=${encodeURIComponent(reference)}`;
  return {
    otherDevice: 'qr', pollMilliseconds,
    start: async () => {
      const answer = await call('start', { userInfoType: 'INFERRED', userInfo: 'N/A', minRegistrationLevel: settings.registration, attributesToReturn: names.attributes.map((attribute) => ({ attribute })) });
      return { reference: token(answer, 'authRef') ?? fail('mobile.unavailable', 'an order without a reference'), lifetimeSeconds, memory: {} };
    },
    poll: async (order) => {
      const answer = await call('poll', { authRef: order.reference });
      const status = read(answer, 'status') ?? '';
      const hint = Object.hasOwn(hints, status) ? hints[status] : undefined;
      if (hint !== undefined) return { kind: 'pending', hint };
      if (status === 'APPROVED') return approved(answer, order);
      return { kind: 'failed', reason: (Object.hasOwn(ends, status) ? ends[status] : undefined) ?? 'internal', detail: /^[A-Z_]{1,40}$/.test(status) ? status : 'a word that is not in the list' };
    },
    cancel: async ({ reference }) => { await call('cancel', { authRef: reference }); },
    startUrl: (order) => link(order),
    qrText: (order) => link(order),
  };
};
