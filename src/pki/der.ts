/** Strict DER: definite minimal lengths, no trailing bytes, bounded depth [X.690 §10]. Reading only what certificates, lists and answers need. */
import { fail } from '../core/errors.ts';
import type { Instant } from '../core/ports.ts';

export interface Der {
  /** Identifier octet: class, constructed bit and number; numbers above 30 are refused. */
  readonly tag: number;
  readonly content: Buffer;
  /** Header and content. */
  readonly raw: Buffer;
}
export const tags = { boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, null: 0x05, oid: 0x06, enumerated: 0x0a, utf8String: 0x0c, printableString: 0x13, teletexString: 0x14, ia5String: 0x16, utcTime: 0x17, generalizedTime: 0x18, bmpString: 0x1e, universalString: 0x1c, sequence: 0x30, set: 0x31 } as const;
/** Context tag [n], constructed or primitive. */
export const context = (number: number, constructed = true): number => 0x80 | (constructed ? 0x20 : 0) | number;

const malformed = (why: string): never => fail('pki.der', why);

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

export const oidOf = (element: Der): string => {
  expectTag(element, tags.oid, 'object identifier');
  const arcs: bigint[] = [];
  let value = 0n;
  let fresh = true;
  for (const byte of element.content) {
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
  return fresh && arcs.length > 0 ? arcs.join('.') : malformed('truncated object identifier');
};
/** Non-negative small number; undefined above 2^31. */
export const smallInteger = (element: Der): number => {
  const { content } = element;
  if (content.length === 0 || content.length > 5 || (content[0] ?? 0) >= 0x80) return malformed('not a small non-negative number');
  return content.reduce((value, byte) => value * 256 + byte, 0);
};
/** Serial numbers: lower-case hexadecimal without leading zero bytes. */
export const serialHex = (element: Der): string => {
  expectTag(element, tags.integer, 'serial number');
  if (element.content.length === 0 || element.content.length > 21) return malformed('serial number of impossible length'); // [RFC 5280 §4.1.2.2]
  return element.content.toString('hex').replace(/^(?:00)+(?=.)/, '');
};
export const booleanOf = (element: Der): boolean => {
  if (element.tag !== tags.boolean || element.content.length !== 1) return malformed('not a boolean');
  return element.content[0] === 0xff ? true : element.content[0] === 0 ? false : malformed('a boolean that is neither'); // [X.690 §11.1]
};
/** Whole octets of a bit string with its unused bits. */
export const bitString = (element: Der): { readonly unused: number; readonly bytes: Buffer } => {
  expectTag(element, tags.bitString, 'bit string');
  const unused = element.content[0];
  return unused === undefined || unused > 7 ? malformed('bit string') : { unused, bytes: element.content.subarray(1) };
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
/** Text of the string types that names are written in. */
export const textOf = (element: Der): string => {
  switch (element.tag) {
    case tags.utf8String: case tags.printableString: case tags.ia5String: return element.content.toString('utf8');
    case tags.teletexString: return element.content.toString('latin1');
    case tags.bmpString: return Buffer.from(element.content).swap16().toString('utf16le');
    default: return malformed('a string type that names are not written in');
  }
};
