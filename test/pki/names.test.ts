import { describe, expect, it } from 'vitest';
import { bmp, children, fromDer, oid, printable, sequence, setOf, toDer, utf8, type Asn1 } from '../../certs-dev/asn1.ts';
import { onlyDer } from '../../src/pki/der.ts';
import { isBelow, readName, type DistinguishedName } from '../../src/pki/names.ts';
import { refusedWith } from '../fixtures/refused.ts';

const pair = (type: string, value: Asn1): Asn1 => sequence(oid(type), value);
const nameOf = (...rdns: readonly (readonly Asn1[])[]): DistinguishedName => readName(onlyDer(toDer(sequence(...rdns.map((rdn) => setOf(...rdn))))));
const [C, O, CN, SERIAL] = ['2.5.4.6', '2.5.4.10', '2.5.4.3', '2.5.4.5'] as const;
const person = nameOf([pair(C, printable('SE'))], [pair(O, utf8('Västra Götalandsregionen'))], [pair(CN, utf8('Åsa Öberg'))], [pair(SERIAL, printable('SE2321000131-DEV1'))]);

describe('a name', () => {
  it('is printed last RDN first, and keeps its attributes in DER order [RFC 4514 §2.1]', () => {
    expect(person.text).toBe('serialNumber=SE2321000131-DEV1,CN=Åsa Öberg,O=Västra Götalandsregionen,C=SE');
    expect(person.attributes.map(({ oid: type }) => type)).toEqual([C, O, CN, SERIAL]);
  });
  it('cannot imitate another by its text: separators are escaped (threats H08)', () => {
    expect(nameOf([pair(CN, utf8('Anna,serialNumber=1'))]).text).toBe('CN=Anna\\,serialNumber=1');
    expect(nameOf([pair(CN, utf8('a\nb'))]).text).toBe('CN=a\\0ab');
    expect(nameOf([pair(CN, utf8(' #x '))]).text).toBe('CN=\\ #x\\ ');
  });
  it('equal under case, blanks and string type, not under order or type of attribute [RFC 5280 §7.1]', () => {
    const key = nameOf([pair(C, printable('SE'))], [pair(CN, utf8('Anna  Berg'))]).key;
    expect(nameOf([pair(C, utf8('se'))], [pair(CN, printable(' anna berg '))]).key).toBe(key);
    expect(nameOf([pair(C, printable('SE'))], [pair(CN, bmp('Anna Berg'))]).key).toBe(key);
    expect(nameOf([pair(CN, utf8('Anna Berg'))], [pair(C, printable('SE'))]).key).not.toBe(key);
    expect(nameOf([pair(C, printable('SE'))], [pair(O, utf8('Anna Berg'))]).key).not.toBe(key);
  });
  it('a multi-valued RDN equals itself in any order, and never two RDNs', () => {
    const [a, b] = [pair(CN, utf8('A')), pair(SERIAL, printable('1'))];
    expect(nameOf([a, b]).key).toBe(nameOf([b, a]).key);
    expect(nameOf([a, b]).key).not.toBe(nameOf([a], [b]).key);
  });
  it('a value that holds the separators of our own keys stays different', () => {
    expect(nameOf([pair(CN, utf8('a"+2.5.4.5="1'))]).key).not.toBe(nameOf([pair(CN, utf8('a')), pair(SERIAL, utf8('1'))]).key);
    expect(nameOf([pair(CN, utf8('a","2.5.4.5="1'))]).key).not.toBe(nameOf([pair(CN, utf8('a'))], [pair(SERIAL, utf8('1'))]).key);
  });
  it('a value of unknown syntax is compared by its bytes', () => {
    const odd = (byte: number): string => nameOf([pair('2.5.4.45', fromDer(Buffer.from([0x03, 0x02, 0x00, byte])))]).key;
    expect(odd(1)).not.toBe(odd(2));
    expect(odd(1)).toBe(odd(1));
  });
  it('lies below another when it begins with all of its RDNs [RFC 5280 §4.2.1.10]', () => {
    const base = nameOf([pair(C, printable('SE'))], [pair(O, utf8('västra götalandsregionen'))]);
    expect(isBelow(person, base)).toBe(true);
    expect(isBelow(base, person)).toBe(false);
    expect(isBelow(person, nameOf([pair(O, utf8('Västra Götalandsregionen'))]))).toBe(false);
  });
  it('an empty RDN, or an attribute with two values, is refused', () => {
    refusedWith('pki.der', () => nameOf([]));
    refusedWith('pki.der', () => nameOf([sequence(oid(CN), utf8('a'), utf8('b'))]));
    expect(children(fromDer(person.der))).toHaveLength(4);
  });
});
