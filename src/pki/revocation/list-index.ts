/**
 * The entries of a revocation list, found by serial number without a copy: the list stays the bytes it came as, beside them one table of
 * offsets (open addressing, half full at most). 200,000 entries take 2 MB beside their 8 MB; a worker can hand both over for nothing.
 */
import { fail, isBrygganError } from '../../core/errors.ts';
import type { Instant } from '../../core/ports.ts';
import { booleanOf, childrenOf, expectTag, oidOf, onlyDer, readDer, smallInteger, tags, timeOf, type Der } from '../der.ts';
import { oids } from '../oids.ts';

export interface RevokedEntry {
  readonly at: Instant;
  /** CRLReason; 0 = not said [RFC 5280 §5.3.1]. */
  readonly reason: number;
}
/** Offsets of entries within `revokedCertificates` plus one; 0 = free. The number of slots is a power of two. */
export interface ListIndex { readonly table: Uint32Array; readonly count: number }

const MAX_ENTRIES = 4_000_000;
/** Serial number, date and headers of the shortest entry. */
const MIN_ENTRY_BYTES = 20;

/** Identifier and length of the element at `offset`: where its content starts and ends. */
interface Cursor { tag: number; start: number; end: number }
/** `readDer` without objects: this runs once for each part of each entry. */
const step = (bytes: Buffer, offset: number, limit: number, cursor: Cursor): void => {
  const first = bytes[offset + 1] ?? 0;
  let start = offset + 2;
  let length = first;
  if (first >= 0x80) {
    const { content, raw } = readDer(bytes, offset, limit);
    start = offset + raw.length - content.length;
    length = content.length;
  }
  if (start + length > limit) fail('pki.der', 'an entry of the list runs past its end');
  cursor.tag = bytes[offset] ?? 0;
  cursor.start = start;
  cursor.end = start + length;
};
/** FNV-1a. */
const hashOf = (bytes: Buffer, start: number, end: number): number => {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i += 1) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
};

/** Where the INTEGER begins in its shortest form: whoever wrote it longer [X.690 §8.3.2] revoked the certificate all the same. */
const shortestFrom = (bytes: Buffer, start: number, end: number): number => {
  let from = start;
  while (from + 1 < end && ((bytes[from] === 0 && (bytes[from + 1] ?? 0) < 0x80) || (bytes[from] === 0xff && (bytes[from + 1] ?? 0) >= 0x80))) from += 1;
  return from;
};

/** SEQUENCE { SEQUENCE { reasonCode, OCTET STRING { ENUMERATED } } }: what nearly every entry carries, not critical. */
const plainReason = Buffer.from('300a0603551d1504030a01', 'hex');
const understood: ReadonlySet<string> = new Set([oids.reasonCode, oids.invalidityDate]);
const checkEntryExtensions = (bytes: Buffer, cursor: Cursor): void => {
  if (cursor.end - cursor.start === plainReason.length + 1 && bytes.compare(plainReason, 0, plainReason.length, cursor.start, cursor.start + plainReason.length) === 0) return;
  for (let offset = cursor.start; offset < cursor.end;) {
    const entry = readDer(bytes, offset, cursor.end);
    const parts = childrenOf(expectTag(entry, tags.sequence, 'extension'));
    const oid = oidOf(parts[0]);
    const critical = parts.length === 3 && booleanOf(expectTag(parts[1], tags.boolean, 'critical'));
    // Such a list must not be used for any certificate [RFC 5280 §5.3]. certificateIssuer: an entry about another authority's certificate.
    if (oid === oids.certificateIssuer || (critical && !understood.has(oid))) fail('pki.crl', `entries with the extension ${oid} are not understood`, { oid });
    offset += entry.raw.length;
  }
};

const slotsFor = (count: number): number => 2 ** Math.ceil(Math.log2(Math.max(8, count * 2)));
/** `entries`: content of revokedCertificates. Walks every entry once. Errors: `pki.der`, `pki.crl`. */
export const buildIndex = (entries: Buffer): ListIndex => {
  const offsets = new Uint32Array(Math.ceil(entries.length / MIN_ENTRY_BYTES) + 1);
  const hashes = new Uint32Array(offsets.length);
  let count = 0;
  const cursor: Cursor = { tag: 0, start: 0, end: 0 };
  for (let offset = 0; offset < entries.length;) {
    step(entries, offset, entries.length, cursor);
    const { start, end } = cursor;
    if (cursor.tag !== tags.sequence || count >= MAX_ENTRIES || count >= offsets.length) fail('pki.crl', 'an entry of the list is malformed, or there are too many');
    step(entries, start, end, cursor);
    if (cursor.tag !== tags.integer || cursor.end === cursor.start) fail('pki.der', 'an entry of the list without serial number');
    hashes[count] = hashOf(entries, shortestFrom(entries, cursor.start, cursor.end), cursor.end);
    offsets[count] = offset;
    count += 1;
    step(entries, cursor.end, end, cursor);
    if (cursor.tag !== tags.utcTime && cursor.tag !== tags.generalizedTime) fail('pki.der', 'an entry of the list without date');
    if (cursor.end < end) {
      step(entries, cursor.end, end, cursor);
      if (cursor.tag !== tags.sequence || cursor.end !== end) fail('pki.der', 'an entry of the list with unknown parts');
      checkEntryExtensions(entries, cursor);
    }
    offset = end;
  }
  const table = new Uint32Array(slotsFor(count));
  const mask = table.length - 1;
  for (let i = 0; i < count; i += 1) {
    let slot = (hashes[i] ?? 0) & mask;
    while (table[slot] !== 0) slot = (slot + 1) & mask;
    table[slot] = (offsets[i] ?? 0) + 1;
  }
  return { table, count };
};

const reasonOf = (extensions: Der | undefined): number => {
  for (const entry of extensions === undefined ? [] : childrenOf(extensions)) {
    const parts = childrenOf(entry);
    if (oidOf(parts[0]) === oids.reasonCode) return smallInteger(expectTag(onlyDer(expectTag(parts.at(-1), tags.octetString, 'reason').content), tags.enumerated, 'reason'));
  }
  return 0;
};
/** Date and reason are for people; an entry whose date or reason cannot be read revokes all the same. */
const detailsOf = (date: Der, extensions: Der | undefined): RevokedEntry => {
  try {
    return { at: timeOf(date), reason: reasonOf(extensions) };
  } catch (error) {
    if (!isBrygganError(error)) throw error;
    return { at: 0, reason: 0 };
  }
};
/** `serial`: content of the INTEGER. */
export const findEntry = (entries: Buffer, { table }: ListIndex, serial: Buffer): RevokedEntry | null => {
  const mask = table.length - 1;
  for (let slot = hashOf(serial, 0, serial.length) & mask; ; slot = (slot + 1) & mask) {
    const mark = table[slot] ?? 0;
    if (mark === 0) return null;
    const [number, date, extensions] = childrenOf(readDer(entries, mark - 1));
    if (number !== undefined && date !== undefined && number.content.subarray(shortestFrom(number.content, 0, number.content.length)).equals(serial)) return detailsOf(date, extensions);
  }
};
