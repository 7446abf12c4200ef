import { createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBrygganError } from '../../src/core/errors.ts';
import { booleanOf, bitString, childrenOf, largeInteger, oidOf, onlyDer, readDer, serialContent, serialHex, setBits, smallInteger, textOf, timeOf, type Der } from '../../src/pki/der.ts';
import { refusedWith } from '../fixtures/refused.ts';

const der = (hex: string): Der => onlyDer(Buffer.from(hex, 'hex'));
const refused = (action: () => unknown): void => { refusedWith('pki.der', action); };

describe('elements [X.690 §10.1]', () => {
  it('shortest form is read', () => {
    expect(der('0403010203').content).toEqual(Buffer.of(1, 2, 3));
    expect(der(`048180${'00'.repeat(128)}`).content).toHaveLength(128);
  });
  it.each([
    ['indefinite length', '0480010203'], ['a long form for a short length', '048103010203'], ['a leading zero in the length', `04820080${'00'.repeat(128)}`], ['five octets of length', '04850000000001aa'],
    ['content past the end', '0404010203'], ['nothing behind the tag', '04'], ['nothing at all', ''], ['a tag number above 30', '1f810003010203'], ['bytes behind the element', '040301020300'],
  ])('%s is refused', (_what, hex) => refused(() => der(hex)));
  it('children fill their parent exactly', () => {
    expect(childrenOf(der('3006020101020102'))).toHaveLength(2);
    refused(() => childrenOf(der('3006020101020202')));
    refused(() => childrenOf(der('0403020101')));
  });
  it('a limit on children holds', () => refused(() => childrenOf(der('3006020101020102'), 1)));
});
describe('values', () => {
  it.each([['0101ff', true], ['010100', false]])('boolean %s', (hex, value) => expect(booleanOf(der(hex))).toBe(value));
  it.each(['010101', '0100', '0102ffff'])('boolean %s is refused [X.690 §11.1]', (hex) => refused(() => booleanOf(der(hex))));
  it.each([['020100', 0], ['02017f', 127], ['02020080', 128]])('small integer %s', (hex, value) => expect(smallInteger(der(hex))).toBe(value));
  it.each(['0200', '02020001', '0202ff80', '020180', '02060100000000ff'])('small integer %s is refused [X.690 §8.3.2]', (hex) => refused(() => smallInteger(der(hex))));
  it('a CRL number may have twenty octets, not more', () => {
    expect(largeInteger(der(`0214${'7f'.repeat(20)}`))).toBe(BigInt(`0x${'7f'.repeat(20)}`));
    refused(() => largeInteger(der(`0215${'7f'.repeat(21)}`)).toString());
    refused(() => largeInteger(der('0201ff')));
  });
  it.each([['06032a0304', '1.2.3.4'], ['06062a864886f70d', '1.2.840.113549'], ['0603883703', '2.999.3']])('object identifier %s is %s', (hex, text) => expect(oidOf(der(hex))).toBe(text));
  it.each(['0600', '06022a80', '06032a8001', `0641${'2a'.repeat(65)}`])('object identifier %s is refused [X.690 §8.19]', (hex) => refused(() => oidOf(der(hex))));
  it('an arc of 128 bits is read whole', () => expect(oidOf(der('0614 6983f09da7ebcfdee0c7a1a7b2c0948cc8f9d776'.replaceAll(' ', '')))).toMatch(/^2\.25\.\d{38,39}$/));
  it('bit strings: unused bits are zero [X.690 §11.2.1]', () => {
    expect(bitString(Buffer.of(5, 0xa0)).unused).toBe(5);
    expect([...setBits(Buffer.of(5, 0xa0))]).toEqual([0, 2]);
    refused(() => bitString(Buffer.of(5, 0xa1)));
    refused(() => bitString(Buffer.of(8, 0x00)));
    refused(() => bitString(Buffer.of(1)));
    refused(() => bitString(Buffer.alloc(0)));
  });
  it.each([
    ['170d3236313132333132303030305a', Date.UTC(2026, 10, 23, 12)], ['170d3530303130313030303030305a', Date.UTC(1950, 0, 1)], ['170d3439313233313233353935395a', Date.UTC(2049, 11, 31, 23, 59, 59)],
    ['180f32303530303130313030303030305a', Date.UTC(2050, 0, 1)],
  ])('time %s', (hex, at) => expect(timeOf(der(hex))).toBe(at));
  it.each([
    ['without seconds', '170b323631313233313230305a'], ['with an offset', `1711${Buffer.from('261123120000+0100').toString('hex')}`], ['with fractions', `1811${Buffer.from('20261123120000.5Z').toString('hex')}`],
    ['30 February', `170d${Buffer.from('260230120000Z').toString('hex')}`], ['hour 24', `170d${Buffer.from('261123240000Z').toString('hex')}`], ['another type', `040d${Buffer.from('261123120000Z').toString('hex')}`],
  ])('a time %s is refused [RFC 5280 §4.1.2.5]', (_what, hex) => refused(() => timeOf(der(hex))));
  it('text by its type', () => {
    expect(textOf(der('0c02c3a5'))).toBe('å');
    expect(textOf(der('1401e5'))).toBe('å');
    expect(textOf(der('1e0200e5'))).toBe('å');
    expect(textOf(der('130141'))).toBe('A');
  });
  it.each([['UTF8String with Latin-1', '0c01e5'], ['an overlong sequence', '0c02c081'], ['PrintableString above ASCII', '1301e5'], ['half a BMP character', '1e0100'], ['a lone surrogate', '1e02d800'], ['no string', '020101']])('%s is refused', (_what, hex) => refused(() => textOf(der(hex))));
});
describe('serial numbers', () => {
  it.each([['01', '01'], ['0080', '80'], ['00ff', 'ff'], ['ff', '-ff'], ['7f00', '7f00'], ['00', '00']])('%s is written %s', (content, text) => {
    expect(serialHex(Buffer.from(content, 'hex'))).toBe(text);
    expect(serialContent(text).toString('hex')).toBe(content);
  });
  it('other spellings of the same number mean the same', () => expect(['1', '01', '0001'].map((text) => serialContent(text).toString('hex'))).toEqual(['01', '01', '01']));
  it('more than twenty octets are refused [RFC 5280 §4.1.2.2]', () => {
    expect(serialHex(Buffer.from(`00${'ff'.repeat(20)}`, 'hex'))).toBe('ff'.repeat(20));
    refused(() => serialHex(Buffer.from('7f'.repeat(21), 'hex')));
  });
  it('write and read are inverse for every number', () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: (1n << 159n) - 1n }), (value) => {
      const hex = value.toString(16);
      const text = serialHex(serialContent(hex));
      return BigInt(`0x${text}`) === value;
    }), { numRuns: 300 });
  });
});
describe('whatever comes in, only coded refusals come out', () => {
  const walk = (element: Der, depth = 0): void => {
    for (const read of [booleanOf, smallInteger, largeInteger, oidOf, timeOf, textOf, (item: Der) => serialHex(item.content), (item: Der) => bitString(item.content)]) {
      try { read(element); } catch (error) { if (!isBrygganError(error)) throw error; }
    }
    if (depth < 8 && (element.tag & 0x20) !== 0) for (const child of childrenOf(element)) walk(child, depth + 1);
  };
  const attempt = (bytes: Buffer): void => {
    try { walk(readDer(bytes)); } catch (error) { if (!isBrygganError(error)) throw error; }
  };
  it('random bytes', () => { fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => attempt(Buffer.from(bytes))), { numRuns: 500 }); });
  it('a real key with one octet changed', () => {
    const good = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' }, format: 'jwk' }).export({ type: 'spki', format: 'der' });
    for (let at = 0; at < good.length; at += 1) for (const value of [0, 0x30, 0x7f, 0x80, 0xff]) {
      const bytes = Buffer.from(good);
      bytes[at] = value;
      attempt(bytes);
    }
  });
});
