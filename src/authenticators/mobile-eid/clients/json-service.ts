/** A service that speaks JSON over mutual TLS, by the names of json-wire.ts: the SITHS authentication service. */
import { createHmac } from 'node:crypto';
import { fail } from '../../../core/errors.ts';
import type { JsonRecord } from '../../../sessions/ports.ts';
import type { Credential, FailureReason, Hint, MobileClient, Polled, StartedOrder } from '../model.ts';
import type { JsonWire, meanings } from './json-wire.ts';

export interface JsonServiceSettings {
  readonly url: string;
  readonly wire: JsonWire;
  readonly pollMilliseconds: number;
  readonly lifetimeSeconds: number;
  /** RFC 2253. */
  readonly issuerNames: readonly string[];
  /** One exchange over mutual TLS, bounded in time and size, answers of 4xx and 500 included. Errors: `mobile.unavailable`. */
  readonly post: (url: string, body: string) => Promise<{ readonly status: number; readonly bytes: Uint8Array }>;
}
type Meaning = (typeof meanings)[number];
const hints: Readonly<Partial<Record<Meaning, Hint>>> = { 'pending': 'start-app', 'start-app': 'start-app', 'app-started': 'app-started', 'user-sign': 'user-sign' };

/**
 * Text of an animated picture after so many whole seconds: the secret that makes it stays here, and a photograph of it is old after a
 * second (threats I02). [BankID RP API v6: HMAC-SHA-256 of the decimal seconds, key as ASCII, lower-case hexadecimal.]
 */
export const animatedText = (prefix: string, token: string, secret: string, seconds: number): string =>
  `${prefix}.${token}.${String(seconds)}.${createHmac('sha256', Buffer.from(secret, 'ascii')).update(String(seconds)).digest('hex')}`;

type Json = { readonly [name: string]: unknown };
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const parsed = (bytes: Uint8Array): Json => {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (isObject(value)) return value;
  } catch {
    return fail('mobile.unavailable', 'an answer that is not JSON');
  }
  return fail('mobile.unavailable', 'an answer that is not a JSON object');
};
const MAX_FIELD = 60_000;
const read = (answer: Json, name: string): string | null => {
  let value: unknown = answer;
  for (const part of name.split('.')) value = isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  return typeof value === 'string' && value !== '' && value.length <= MAX_FIELD ? value : null;
};
const token = (answer: Json, name: string): string | null => {
  const text = read(answer, name);
  return text === null || /^[\x21-\x7e]{1,300}$/.test(text) ? text : fail('mobile.unavailable', 'a token with characters that tokens do not have');
};
const written = (fields: readonly (readonly [string, unknown])[]): string => {
  const root: Record<string, unknown> = {};
  for (const [name, value] of fields) {
    const parts = name.split('.');
    const last = parts.pop() ?? '';
    let at = root;
    for (const part of parts) at = (at[part] ??= {}) as Record<string, unknown>;
    at[last] = value;
  }
  return JSON.stringify(root);
};
/** Certificate first, those above it after it; PEM or one DER in base64. */
const certificatesOf = (text: string): readonly string[] => {
  const blocks = [...text.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g)].map(([, body = '']) => body.replace(/\s+/g, ''));
  return blocks.length > 0 ? blocks : [text.replace(/\s+/g, '')];
};

const failure = (meaning: Meaning | undefined, said: string): Extract<Polled, { kind: 'failed' }> => {
  const ends: ReadonlySet<Meaning | undefined> = new Set(['cancelled', 'replaced', 'expired', 'credential', 'client', 'unknown-user']);
  return { kind: 'failed', reason: ends.has(meaning) ? (meaning as FailureReason) : 'internal', detail: /^[A-Za-z][A-Za-z0-9_-]{0,60}$/.test(said) ? said : 'a word that is not in the list' };
};

export const createJsonService = ({ url, wire, pollMilliseconds, lifetimeSeconds, issuerNames, post }: JsonServiceSettings): MobileClient => {
  const { answer: fields, request, words } = wire;
  const meaningOf = (word: string | null): Meaning | undefined => (word !== null && Object.hasOwn(words, word) ? words[word] : undefined);
  const call = async (path: string, sent: readonly (readonly [string, unknown])[]): Promise<{ readonly answer: Json } | Extract<Polled, { kind: 'failed' }>> => {
    const { status, bytes } = await post(`${url.replace(/\/$/, '')}${path}`, written(sent));
    const answer = parsed(bytes);
    if (status === 200) return { answer };
    const said = read(answer, fields.error) ?? '';
    const meaning = meaningOf(said);
    return meaning === undefined ? fail('mobile.unavailable', `answered ${String(status)}`) : failure(meaning, said);
  };
  const credentialIn = (answer: Json): Credential => {
    const [certificate, ...intermediates] = certificatesOf(read(answer, fields.certificate) ?? fail('mobile.unavailable', 'complete without a certificate'));
    return { certificate: certificate ?? '', intermediates: intermediates.slice(0, 4), signature: read(answer, fields.signature), userId: read(answer, fields.person), deviceAddress: read(answer, fields.deviceAddress) };
  };
  const statusOf = (answer: Json): Polled => {
    const [status, hint] = [read(answer, fields.status), read(answer, fields.hint)];
    const [byStatus, byHint] = [meaningOf(status), meaningOf(hint)];
    if (status === null || byStatus === undefined) return failure(undefined, status ?? '');
    if (byStatus === 'complete') return { kind: 'complete', credential: credentialIn(answer) };
    const waits = hints[byStatus];
    // While the service waits an unknown hint, or one that would end it, changes nothing; when it has ended the hint says why.
    if (waits !== undefined) return { kind: 'pending', hint: (byHint === undefined ? undefined : hints[byHint]) ?? waits };
    return failure(byHint !== undefined && hints[byHint] === undefined && byHint !== 'complete' ? byHint : byStatus, hint ?? status);
  };
  const startAddress = (order: StartedOrder, back: string): string => wire.startAddress.replace('{token}', encodeURIComponent(memo(order, 'startToken') ?? order.reference)).replace('{redirect}', back === 'null' ? back : encodeURIComponent(back));
  return {
    otherDevice: wire.picture === 'none' ? 'identity' : 'qr', pollMilliseconds,
    start: async ({ challenge, text, person, address }) => {
      const begun = await call(wire.paths.start, [
        ...Object.entries(request.constants), [request.challenge, challenge], [request.text, text], [request.issuers, issuerNames],
        ...(person === null ? [] : [[request.person, person] as const]), ...(request.address === undefined ? [] : [[request.address, address] as const]),
      ]);
      if ('kind' in begun) return begun;
      const reference = token(begun.answer, fields.reference) ?? fail('mobile.unavailable', 'an order without a reference');
      const memory: Record<string, string> = {};
      for (const name of ['startToken', 'qrToken', 'qrSecret'] as const) {
        const value = token(begun.answer, fields[name]);
        if (value !== null) memory[name] = value;
      }
      if (wire.picture === 'animated' && (memory['qrToken'] === undefined || memory['qrSecret'] === undefined)) return fail('mobile.unavailable', 'an order without what its picture is made of');
      return { reference, lifetimeSeconds, memory: memory satisfies JsonRecord };
    },
    poll: async ({ reference }) => {
      const polled = await call(wire.paths.poll, [[request.reference, reference]]);
      return 'kind' in polled ? polled : statusOf(polled.answer);
    },
    cancel: async ({ reference }) => { if (wire.paths.cancel !== undefined) await call(wire.paths.cancel, [[request.reference, reference]]); },
    startUrl: (order, returnUrl) => startAddress(order, returnUrl),
    qrText: (order, seconds) => {
      if (wire.picture === 'none') return null;
      return wire.picture === 'animated' ? animatedText(wire.picturePrefix, memo(order, 'qrToken') ?? '', memo(order, 'qrSecret') ?? '', seconds) : startAddress(order, 'null');
    },
  };
};
const memo = ({ memory }: StartedOrder, name: string): string | null => {
  const value = memory[name];
  return typeof value === 'string' ? value : null;
};
