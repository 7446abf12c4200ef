/** A certificate that a key signs for itself, as SAML metadata carries keys: a container with an end, no statement by anybody [SAMLMetaIOP §2.6.1]. */
import { createHash, createPublicKey, sign, type KeyObject } from 'node:crypto';
import type { Instant, Random } from '../core/ports.ts';

const header = (length: number): Buffer => {
  if (length < 0x80) return Buffer.of(length);
  const digits = length > 0xffff ? 3 : length > 0xff ? 2 : 1;
  const bytes = Buffer.alloc(digits);
  bytes.writeUIntBE(length, 0, digits);
  return Buffer.concat([Buffer.of(0x80 | digits), bytes]);
};
/** One DER element [X.690 §8.1]. */
const der = (tag: number, ...content: readonly Uint8Array[]): Buffer => {
  const inner = Buffer.concat(content);
  return Buffer.concat([Buffer.of(tag), header(inner.length), inner]);
};
const sequence = (...items: readonly Uint8Array[]): Buffer => der(0x30, ...items);
const arc = (value: number): readonly number[] => (value < 128 ? [value] : [...arc(Math.floor(value / 128)).map((byte) => byte | 0x80), value % 128]);
const oid = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(arc)]));
};
/** UTCTime until 2049, GeneralizedTime after [RFC 5280 §4.1.2.5]. */
const time = (instant: Instant): Buffer => {
  const digits = `${new Date(instant).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return digits < '2050' ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
};
const nameOf = (common: string): Buffer => sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(common)))));
const extension = (id: string, critical: boolean, value: Buffer): Buffer => sequence(oid(id), ...(critical ? [der(0x01, Buffer.of(0xff))] : []), der(0x04, value));

export interface SelfSigned { readonly key: KeyObject; readonly common: string; readonly from: Instant; readonly until: Instant; readonly random: Random }
/** DER. RSA or EC with SHA-256. */
export const selfSigned = ({ key, common, from, until, random }: SelfSigned): Buffer => {
  const algorithm = key.asymmetricKeyType === 'ec' ? sequence(oid('1.2.840.10045.4.3.2')) : sequence(oid('1.2.840.113549.1.1.11'), der(0x05));
  const serial = Buffer.concat([Buffer.of(0x40), random.bytes(15)]);
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const whole = (instant: Instant): Instant => Math.floor(instant / 1000) * 1000;
  const extensions = sequence(
    extension('2.5.29.15', true, der(0x03, Buffer.of(7, 0x80))), // digitalSignature
    extension('2.5.29.14', false, der(0x04, createHash('sha256').update(publicKey).digest().subarray(0, 20))),
  );
  const body = sequence(der(0xa0, der(0x02, Buffer.of(2))), der(0x02, serial), algorithm, nameOf(common), sequence(time(whole(from)), time(whole(until))), nameOf(common), publicKey, der(0xa3, extensions));
  return sequence(body, algorithm, der(0x03, Buffer.of(0), sign('sha256', body, key)));
};
export const pemOf = (certificate: Uint8Array): string => `-----BEGIN CERTIFICATE-----\n${Buffer.from(certificate).toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
