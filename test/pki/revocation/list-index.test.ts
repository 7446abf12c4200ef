import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bigInteger, sequence, time, toDer } from '../../../certs-dev/asn1.ts';
import { childrenOf, onlyDer, serialContent, serialHex } from '../../../src/pki/der.ts';
import { buildIndex, findEntry } from '../../../src/pki/revocation/list-index.ts';
import { refusedWith } from '../../fixtures/refused.ts';

const AT = Date.UTC(2026, 0, 1);
/** Content of revokedCertificates. */
const entriesOf = (serials: readonly string[]): Buffer => Buffer.concat(serials.map((serial) => toDer(sequence(bigInteger(Buffer.from(serial, 'hex')), time(new Date(AT))))));
const isIn = (serials: readonly string[]): ((serial: string) => boolean) => {
  const entries = entriesOf(serials);
  const index = buildIndex(entries);
  return (serial) => findEntry(entries, index, serialContent(serial)) !== null;
};
const hex = fc.uint8Array({ minLength: 1, maxLength: 20 }).filter((bytes) => (bytes[0] ?? 0) > 0 && (bytes[0] ?? 0) < 0x80).map((bytes) => Buffer.from(bytes).toString('hex'));

describe('the index', () => {
  it('finds exactly the serial numbers that are in the list', () => {
    fc.assert(fc.property(fc.uniqueArray(hex, { maxLength: 60 }), fc.array(hex, { maxLength: 20 }), (listed, others) => {
      const has = isIn(listed);
      expect(listed.every(has)).toBe(true);
      for (const other of others) expect(has(other)).toBe(listed.includes(other));
    }), { numRuns: 150 });
  });
  it('finds each of 5,000 neighbours, and none between them', () => {
    const has = isIn(Array.from({ length: 5000 }, (_, index) => (0x10000 + index * 2).toString(16).padStart(6, '0')));
    for (let index = 0; index < 5000; index += 1) {
      if (!has((0x10000 + index * 2).toString(16).padStart(6, '0')) || has((0x10000 + index * 2 + 1).toString(16).padStart(6, '0'))) expect.fail(`entry ${index}`);
    }
  });
  it('an empty list has an empty index', () => expect(buildIndex(Buffer.alloc(0)).count).toBe(0));
  it('a serial number twice is found once', () => expect(buildIndex(entriesOf(['05', '05'])).count).toBe(2));
  it('stays small: four octets a slot, half full at most', () => {
    const { table, count } = buildIndex(entriesOf(Array.from({ length: 1000 }, (_, index) => (0x4000 + index).toString(16))));
    expect([count, table.byteLength]).toEqual([1000, 8192]);
  });
  it('reads serial numbers as certificates write them', () => expect(serialHex(childrenOf(onlyDer(entriesOf(['00ff'])))[0]!.content)).toBe('ff'));
  it.each([['05', '020400000005'], ['ff', '0204000000ff'], ['-80', '0203ffff80']])('finds %s also where the list writes it longer than need be [X.690 §8.3.2]', (serial, written) => {
    const entry = Buffer.concat([Buffer.from(written, 'hex'), toDer(time(new Date(AT)))]);
    const entries = Buffer.concat([Buffer.of(0x30, entry.length), entry]);
    expect(findEntry(entries, buildIndex(entries), serialContent(serial))).not.toBeNull();
  });
});
describe('entries that do not add up are refused', () => {
  const good = entriesOf(['0102']);
  it('the twin', () => expect(buildIndex(good).count).toBe(1));
  it.each([
    ['an entry past the end', (bytes: Buffer) => { bytes[1]! += 1; }], ['a serial number past its entry', (bytes: Buffer) => { bytes[3] = 0x70; }], ['no serial number', (bytes: Buffer) => { bytes[2] = 0x04; }],
    ['no date', (bytes: Buffer) => { bytes[6] = 0x04; }], ['a date past its entry', (bytes: Buffer) => { bytes[7] = 0x20; }], ['something behind the date', (bytes: Buffer) => { bytes[7] = 0x0b; }],
    ['an indefinite length', (bytes: Buffer) => { bytes[1] = 0x80; }], ['no entry at all', (bytes: Buffer) => { bytes[0] = 0x02; }],
  ])('%s', (_what, spoil) => {
    const bytes = Buffer.from(good);
    spoil(bytes);
    let code = 'nothing was thrown';
    try { buildIndex(bytes); } catch (error) { code = (error as { code?: string }).code ?? 'not ours'; }
    expect(['pki.der', 'pki.crl']).toContain(code);
  });
  it('an empty serial number', () => { refusedWith('pki.der', () => buildIndex(Buffer.concat([Buffer.from('301102 00'.replace(' ', ''), 'hex'), toDer(time(new Date(AT)))]))); });
});
