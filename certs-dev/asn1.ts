/**
 * The few ASN.1 shapes that certificates, CRLs, OCSP answers and PKCS#12 files are made of, over node-forge's writer.
 * Development only: nothing under src/ reads or writes with this.
 */
import forge from 'node-forge';

export type Asn1 = forge.asn1.Asn1;
const { asn1 } = forge;
const { Class, Type } = asn1;
const universal = (type: forge.asn1.Type, constructed: boolean, value: string | Asn1[]): Asn1 => asn1.create(Class.UNIVERSAL, type, constructed, value);
const binary = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** More than fit into a call's arguments. */
export const sequenceOf = (items: readonly Asn1[]): Asn1 => universal(Type.SEQUENCE, true, [...items]);
export const sequence = (...items: readonly Asn1[]): Asn1 => sequenceOf(items);
/** SET OF: its members in the order of their encodings [X.690 §11.6]. */
export const setOf = (...items: readonly Asn1[]): Asn1 => universal(Type.SET, true, [...items].sort((a, b) => Buffer.compare(toDer(a), toDer(b))));
export const integer = (value: number): Asn1 => universal(Type.INTEGER, false, asn1.integerToDer(value).getBytes());
/** A positive INTEGER from its big-endian octets. */
export const bigInteger = (bytes: Uint8Array): Asn1 => universal(Type.INTEGER, false, ((bytes[0] ?? 0) > 0x7f ? '\0' : '') + binary(bytes));
export const boolean = (value: boolean): Asn1 => universal(Type.BOOLEAN, false, value ? '\xff' : '\0');
export const enumerated = (value: number): Asn1 => universal(Type.ENUMERATED, false, String.fromCharCode(value));
export const nothing = (): Asn1 => universal(Type.NULL, false, '');
export const utf8 = (text: string): Asn1 => universal(Type.UTF8, false, forge.util.encodeUtf8(text));
export const printable = (text: string): Asn1 => universal(Type.PRINTABLESTRING, false, text);
/** node-forge itself writes two octets a character here. */
export const bmp = (text: string): Asn1 => universal(Type.BMPSTRING, false, text);
export const octets = (bytes: Uint8Array): Asn1 => universal(Type.OCTETSTRING, false, binary(bytes));
export const bits = (bytes: Uint8Array, unused = 0): Asn1 => universal(Type.BITSTRING, false, String.fromCharCode(unused) + binary(bytes));
/** node-forge names a context tag by the universal type of the same number. */
const contextTags: readonly forge.asn1.Type[] = [Type.NONE, Type.BOOLEAN, Type.INTEGER, Type.BITSTRING, Type.OCTETSTRING, Type.NULL, Type.OID, Type.ODESC];
const context = (tag: number, constructed: boolean, value: string | Asn1[]): Asn1 => {
  const type = contextTags[tag];
  if (type === undefined) throw new Error(`context tag ${tag} is not written here`);
  return asn1.create(Class.CONTEXT_SPECIFIC, type, constructed, value);
};
export const isSequence = (item: Asn1): boolean => item.tagClass === Class.UNIVERSAL && item.type === Type.SEQUENCE;
export const isContext = (item: Asn1, tag: number): boolean => item.tagClass === Class.CONTEXT_SPECIFIC && item.type === contextTags[tag];
export const explicit = (tag: number, item: Asn1): Asn1 => context(tag, true, [item]);
/** [tag] IMPLICIT of a primitive. */
export const implicit = (tag: number, bytes: Uint8Array): Asn1 => context(tag, false, binary(bytes));
/** [tag] IMPLICIT of a constructed type: the same children under another tag. */
export const implicitItems = (tag: number, ...items: readonly Asn1[]): Asn1 => context(tag, true, [...items]);

/** node-forge writes the first two arcs into one octet; the arc for examples, 2.999, needs two [X.690 §8.19.4]. */
export const oid = (dotted: string): Asn1 => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const base128 = (arc: number): number[] => {
    const digits = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  };
  return universal(Type.OID, false, String.fromCharCode(...[first * 40 + second, ...rest].flatMap(base128)));
};
/** UTCTime through 2049, GeneralizedTime from 2050 [RFC 5280 §4.1.2.5]. */
export const time = (at: Date): Asn1 =>
  at.getUTCFullYear() < 2050 ? universal(Type.UTCTIME, false, asn1.dateToUtcTime(at)) : generalizedTime(at);
export const generalizedTime = (at: Date): Asn1 => universal(Type.GENERALIZEDTIME, false, asn1.dateToGeneralizedTime(at));

/** The types know the older signature only. A BIT STRING stays what it is: its content is never guessed at. */
const keepBits = { strict: true, parseAllBytes: true, decodeBitStrings: false };
export const toDer = (item: Asn1): Buffer => Buffer.from(asn1.toDer(item).getBytes(), 'latin1');
export const fromDer = (der: Uint8Array): Asn1 => asn1.fromDer(binary(der), keepBits as unknown as boolean);
/** Children of a constructed item. */
export const children = (item: Asn1 | undefined): Asn1[] => (Array.isArray(item?.value) ? item.value : []);
/** Content octets of a primitive item. */
export const content = (item: Asn1 | undefined): Buffer => Buffer.from(typeof item?.value === 'string' ? item.value : '', 'latin1');
export const pem = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;
