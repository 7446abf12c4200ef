/** A service that speaks JSON over mutual TLS, by the names of json-wire.ts: the SITHS authentication service. */
import { createHmac } from 'node:crypto';
import { fail } from '../../../core/errors.ts';
import type { JsonRecord } from '../../../sessions/ports.ts';
import type { Credential, FailureReason, Hint, MobileClient, Polled, StartedOrder } from '../model.ts';
import { parsed, read, token, written, type Json } from './json.ts';
import type { JsonWire, meanings } from './json-wire.ts';

export interface JsonServiceSettings {
  readonly url: string;
  readonly wire: JsonWire;
  readonly pollMilliseconds: number;
  readonly lifetimeSeconds: number;
  /** RFC 2253. */
  readonly issuerNames: readonly string[];
  /** How text and challenge are written; default: as they are. */
  readonly encode?: (text: string) => string;
  /** DER in base64, the person's first, in what stands under `answer.certificate`; default: PEM, or one DER in base64. */
  readonly certificatesIn?: (field: string) => readonly string[];
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

/** Certificate first, those above it after it; PEM or one DER in base64. */
const certificatesOf = (text: string): readonly string[] => {
  const blocks = [...text.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g)].map(([, body = '']) => body.replace(/\s+/g, ''));
  return blocks.length > 0 ? blocks : [text.replace(/\s+/g, '')];
};

const failure = (meaning: Meaning | undefined, said: string): Extract<Polled, { kind: 'failed' }> => {
  const ends: ReadonlySet<Meaning | undefined> = new Set(['cancelled', 'replaced', 'expired', 'credential', 'client', 'unknown-user']);
  return { kind: 'failed', reason: ends.has(meaning) ? (meaning as FailureReason) : 'internal', detail: /^[A-Za-z][A-Za-z0-9_-]{0,60}$/.test(said) ? said : 'a word that is not in the list' };
};

const asItIs = (text: string): string => text;
export const createJsonService = ({ url, wire, pollMilliseconds, lifetimeSeconds, issuerNames, post, encode = asItIs, certificatesIn = certificatesOf }: JsonServiceSettings): MobileClient => {
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
    const [certificate, ...intermediates] = certificatesIn(read(answer, fields.certificate) ?? fail('mobile.unavailable', 'complete without a certificate'));
    return { certificate: certificate ?? '', intermediates: intermediates.slice(0, 4), signature: read(answer, fields.signature), userId: read(answer, fields.person), deviceAddress: read(answer, fields.deviceAddress), deviceName: fields.deviceName === undefined ? null : read(answer, fields.deviceName), ...(fields.ocsp === undefined ? {} : { ocsp: read(answer, fields.ocsp) }) };
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
        ...Object.entries(request.constants), [request.challenge, encode(challenge)], [request.text, encode(text)], ...(issuerNames.length === 0 ? [] : [[request.issuers, issuerNames] as const]),
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
