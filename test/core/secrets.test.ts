import { describe, expect, it } from 'vitest';
import { digestOf, equalSecrets, hmac, matchesDigest, newReference, referenceOf } from '../../src/core/secrets.ts';
import { systemRandom } from '../../src/core/ports.ts';

describe('secrets at rest', () => {
  it('a secret matches its digest and no other', () => {
    expect(matchesDigest('secret', digestOf('secret'))).toBe(true);
    expect(matchesDigest('secres', digestOf('secret'))).toBe(false);
  });
  it('nothing matches an absent digest', () => expect(matchesDigest('', null)).toBe(false));
  it('compares whole', () => expect([equalSecrets('a', 'a'), equalSecrets('a', 'ab'), equalSecrets('', 'a')]).toEqual([true, false, false]));
});
describe('derived tokens', () => {
  it('two lists of parts never meet in one token', () => expect(hmac('key', 'ab', 'c')).not.toBe(hmac('key', 'a', 'bc')));
});
describe('reference ids', () => {
  it('can be read out over the phone', () => expect(newReference(systemRandom)).toMatch(/^[ABCDEFGHJKMNPQRSTVWXYZ2-9]{3}(-[ABCDEFGHJKMNPQRSTVWXYZ2-9]{3}){2}$/));
  it('the same refused request keeps its reference', () => expect(referenceOf('key', 'code', '/a')).toBe(referenceOf('key', 'code', '/a')));
  it('another request has another', () => expect(referenceOf('key', 'code', '/a')).not.toBe(referenceOf('key', 'code', '/b')));
});
