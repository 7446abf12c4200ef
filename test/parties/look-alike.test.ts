import { describe, expect, test } from 'vitest';
import { lookAlikeKey } from '../../src/parties/look-alike.ts';

const original = 'https://journal.example.se/saml';
describe('entityIDs that look like https://journal.example.se/saml (threats F03)', () => {
  test.each([
    ['case of the host', 'https://Journal.Example.SE/saml'],
    ['case of the path', 'https://journal.example.se/SAML'],
    ['a trailing slash', 'https://journal.example.se/saml/'],
    ['several trailing slashes', 'https://journal.example.se/saml//'],
    ['the default port', 'https://journal.example.se:443/saml'],
    ['http for https', 'http://journal.example.se/saml'],
    ['a dot behind the host', 'https://journal.example.se./saml'],
    ['percent-encoding', 'https://journal.example.se/%73aml'],
    ['a Cyrillic letter, as punycode', 'https://xn--jurnal-wqf.example.se/saml'],
    ['a Cyrillic letter, as it is written', 'https://jоurnal.example.se/saml'],
    ['a Cyrillic letter in the path', 'https://journal.example.se/sаml'],
    ['an accent', 'https://jóurnal.example.se/saml'],
    ['full-width letters', 'https://ｊournal.example.se/saml'],
    ['zero for o', 'https://j0urnal.example.se/saml'],
    ['one for l', 'https://journa1.example.se/saml'],
    ['rn for m', 'https://journal.example.se/sarnl'],
  ])('%s', (_what, other) => expect(lookAlikeKey(other)).toBe(lookAlikeKey(original)));
});
describe('entityIDs that do not', () => {
  test.each(['https://journal.example.se/saml2', 'https://journal2.example.se/saml', 'https://journal.example.se:8443/saml', 'https://journal.example.com/saml', 'https://example.se/journal/saml', 'urn:journal.example.se:saml', 'https://journal.example.se/saml?tenant=a'])(
    '%s', (other) => expect(lookAlikeKey(other)).not.toBe(lookAlikeKey(original)));
});
test('names that are no address are compared too', () => {
  expect(lookAlikeKey('urn:Region:Journal')).toBe(lookAlikeKey('urn:region:journal'));
  expect(lookAlikeKey('urn:region:journal')).not.toBe(lookAlikeKey('urn:region:diary'));
  expect(lookAlikeKey('urn:%E0%A4%A')).toBe(lookAlikeKey('URN:%E0%A4%A'));
});
