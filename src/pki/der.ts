/**
 * Strict DER: definite and shortest lengths, no bytes behind an element, no recursion [X.690 §10]. Owns the bytes; does not own what
 * they mean. Everything here fails with `pki.der`; whoever reads on behalf of a person turns that into their own code.
 */
import { BrygganError, fail } from '../core/errors.ts';
import type { Instant } from '../core/ports.ts';

export interface Der {
  /** Identifier octet: class, constructed bit and number; numbers above 30 are refused. */
  readonly tag: number;
  readonly content: Buffer;
  /** Header and content. */
  readonly raw: Buffer;
}
export const tags = { boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, null: 0x05, oid: 0x06, enumerated: 0x0a, utf8String: 0x0c, printableString: 0x13, teletexString: 0x14, ia5String: 0x16, utcTime: 0x17, generalizedTime: 0x18, bmpString: 0x1e, numericString: 0x12, visibleString: 0x1a, sequence: 0x30, set: 0x31 } as const;
const stringTags: ReadonlySet<number> = new Set([tags.utf8String, tags.printableString, tags.teletexString, tags.ia5String, tags.bmpString, tags.numericString, tags.visibleString]);
/** Context tag [n], constructed or primitive. */
export const context = (number: number, constructed = true): number => 0x80 | (constructed ? 0x20 : 0) | number;

const malformed = (why: string): never => fail('pki.der', why);
/** Runs `read`; what is not a refusal of ours (a library's complaint about bytes) becomes `pki.der`. */
export const reading = <T>(what: string, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (error instanceof BrygganError) throw error;
    return fail('pki.der', `${what}: ${error instanceof Error ? error.message : 'cannot be read'}`, {}, error);
  }
};

/** The element at `offset`, which must end at or before `end`. */
export const readDer = (bytes: Buffer, offset = 0, end = bytes.length): Der => {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined || offset + 2 > end) return malformed('truncated element');
  if ((tag & 0x1f) === 0x1f) return malformed('tag number above 30');
  let length = first;
  let start = offset + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4 || start + count > end) return malformed('indefinite or oversized length');
    length = bytes.readUIntBE(start, count);
    if (length < 0x80 || (count > 1 && bytes[start] === 0)) return malformed('length not in its shortest form');
    start += count;
  }
  if (start + length > end) return malformed('element runs past its parent');
  return { tag, content: bytes.subarray(start, start + length), raw: bytes.subarray(offset, start + length) };
};
/** The one element that fills `bytes`. */
export const onlyDer = (bytes: Uint8Array): Der => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const element = readDer(buffer);
  return element.raw.length === buffer.length ? element : malformed('bytes behind the element');
};
export const childrenOf = (parent: Der, limit = 4096): readonly Der[] => {
  if ((parent.tag & 0x20) === 0) return malformed('a primitive element where a constructed one belongs');
  const children: Der[] = [];
  for (let offset = 0; offset < parent.content.length;) {
    if (children.length >= limit) return malformed(`more than ${limit} elements`);
    const child = readDer(parent.content, offset);
    children.push(child);
    offset += child.raw.length;
  }
  return children;
};
export const expectTag = (element: Der | undefined, tag: number, what: string): Der => (element?.tag === tag ? element : malformed(`${what}: unexpected or missing`));

const readOid = (content: Buffer): string => {
  const arcs: bigint[] = [];
  let value = 0n;
  let fresh = true;
  for (const byte of content) {
    if (fresh && byte === 0x80) return malformed('object identifier with padding');
    value = (value << 7n) | BigInt(byte & 0x7f);
    fresh = (byte & 0x80) === 0;
    if (!fresh) continue;
    if (arcs.length === 0) {
      const first = value < 80n ? value / 40n : 2n;
      arcs.push(first, value - first * 40n);
    } else arcs.push(value);
    value = 0n;
  }
  return fresh && arcs.length > 1 ? arcs.join('.') : malformed('truncated object identifier');
};
/** The same few dozen stand in every certificate. */
const knownOids = new Map<string, string>();
const MAX_KNOWN_OIDS = 512;
/** Dotted form of an OBJECT IDENTIFIER's content, at most 64 octets. */
export const oidFrom = (content: Buffer): string => {
  if (content.length > 64) return malformed('object identifier of impossible length');
  const key = content.toString('latin1');
  const known = knownOids.get(key);
  if (known !== undefined) return known;
  const text = readOid(content);
  if (knownOids.size < MAX_KNOWN_OIDS) knownOids.set(key, text);
  return text;
};
export const oidOf = (element: Der | undefined): string => oidFrom(expectTag(element, tags.oid, 'object identifier').content);
/** Two's complement octets of an INTEGER in their shortest form [X.690 §8.3.2]. */
export const integerContent = (content: Buffer): Buffer => {
  const [first, second] = content;
  if (first === undefined) return malformed('an integer without content');
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) return malformed('an integer not in its shortest form');
  return content;
};
/** Non-negative number below 2^32 of an INTEGER, also under a context tag. */
export const smallInteger = (element: Der): number => {
  const content = integerContent(element.content);
  if (content.length > 5 || (content[0] ?? 0) >= 0x80) return malformed('not a small non-negative number');
  return content.reduce((value, byte) => value * 256 + byte, 0);
};
/** Non-negative number of at most 20 octets, as CRL numbers are [RFC 5280 §5.2.3]. */
export const largeInteger = (element: Der): bigint => {
  const content = integerContent(element.content);
  if (content.length > 21 || (content.length === 21 && content[0] !== 0) || (content[0] ?? 0) >= 0x80) return malformed('not a non-negative number of at most 20 octets');
  return BigInt(`0x${content.toString('hex')}`);
};
/** A serial number of at most 20 octets [RFC 5280 §4.1.2.2] in lower-case hexadecimal, two digits an octet; a negative one is marked, so that it equals no positive one. */
export const serialHex = (content: Buffer): string => {
  if (content.length > 21 || (content.length === 21 && content[0] !== 0)) return malformed('serial number of impossible length');
  const hex = integerContent(content).toString('hex');
  if ((content[0] ?? 0) >= 0x80) return `-${hex}`;
  return content.length > 1 && content[0] === 0 ? hex.slice(2) : hex;
};
/** The INTEGER's content that `serialHex` was read from; also from other spellings of the same number. */
export const serialContent = (serial: string): Buffer => {
  const hex = serial.toLowerCase().replace(/^-/, '');
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  if (serial.startsWith('-')) return bytes;
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const magnitude = bytes.subarray(start);
  return (magnitude[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), magnitude]) : magnitude;
};
export const booleanOf = (element: Der): boolean => {
  if (element.tag !== tags.boolean || element.content.length !== 1) return malformed('not a boolean');
  return element.content[0] === 0xff ? true : element.content[0] === 0 ? false : malformed('a boolean that is neither'); // [X.690 §11.1]
};
/** Octets of a bit string whose unused bits are zero [X.690 §11.2.1]. */
export const bitString = (content: Buffer): { readonly unused: number; readonly bytes: Buffer } => {
  const unused = content[0];
  const last = content.length > 1 ? (content.at(-1) ?? 0) : 0;
  if (unused === undefined || unused > 7 || (content.length === 1 && unused !== 0) || (last & ((1 << unused) - 1)) !== 0) return malformed('bit string');
  return { unused, bytes: content.subarray(1) };
};
/** Signatures and keys: whole octets. */
export const wholeOctets = (element: Der | undefined, what: string): Buffer => {
  const { unused, bytes } = bitString(expectTag(element, tags.bitString, what).content);
  return unused === 0 ? bytes : malformed(`${what}: not whole octets`);
};
/** The bits that are set in a named bit list, first bit 0. */
export const setBits = (content: Buffer): ReadonlySet<number> => {
  const { bytes } = bitString(content);
  if (bytes.length > 4) return malformed('a bit list of impossible length');
  return new Set(Array.from({ length: bytes.length * 8 }, (_, bit) => bit).filter((bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0));
};
/** UTCTime or GeneralizedTime, always Z and with seconds [RFC 5280 §4.1.2.5]. */
export const timeOf = (element: Der): Instant => {
  const text = element.content.toString('latin1');
  const parts = element.tag === tags.utcTime ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text) : element.tag === tags.generalizedTime ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text) : null;
  if (parts === null) return malformed('not a time in UTC with seconds');
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  const full = element.tag === tags.utcTime ? (year >= 50 ? 1900 + year : 2000 + year) : year;
  const at = Date.UTC(full, month - 1, day, hour, minute, second);
  const back = new Date(at);
  return back.getUTCMonth() === month - 1 && back.getUTCDate() === day && hour < 24 && minute < 60 && second < 60 ? at : malformed('a time that does not exist');
};
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const strictUtf8 = (bytes: Buffer): string => {
  try {
    return utf8.decode(bytes);
  } catch {
    return malformed('text that is not UTF-8');
  }
};
const ascii = (bytes: Buffer): string => (bytes.every((byte) => byte < 0x80) ? bytes.toString('latin1') : malformed('text that is not ASCII'));
const utf16 = (bytes: Buffer): string => {
  const text = bytes.length % 2 === 0 ? Buffer.from(bytes).swap16().toString('utf16le') : malformed('BMPString of odd length');
  return text.isWellFormed() ? text : malformed('text that is not UTF-16');
};
/** Text of the string types that names are written in. */
export const textOf = (element: Der): string => {
  switch (element.tag) {
    case tags.utf8String: return strictUtf8(element.content);
    case tags.printableString: case tags.ia5String: case tags.numericString: case tags.visibleString: return ascii(element.content);
    case tags.teletexString: return element.content.toString('latin1');
    case tags.bmpString: return utf16(element.content);
    default: return malformed('a string type that names are not written in');
  }
};
export const isText = ({ tag }: Der): boolean => stringTags.has(tag);
export const ia5Text = (content: Buffer): string => ascii(content);
