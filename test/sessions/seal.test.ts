/** Sealing: a value opens under its own name with a known key, else not at all (threats K04). */
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { systemRandom } from '../../src/core/ports.ts';
import { createSealer, sealingKey } from '../../src/sessions/seal.ts';
import { fieldName, keyName } from '../../src/sessions/names.ts';
import { refusedWith } from '../fixtures/refused.ts';

const key = (fill: number) => sealingKey(Buffer.alloc(32, fill));
const sealer = createSealer([key(1)], systemRandom);

describe('a sealed value', () => {
  it('opens to what was sealed, whatever JSON it is', () => {
    fc.assert(fc.property(fc.json(), fc.string(), (text, name) => {
      const value = JSON.parse(text) as unknown;
      expect(sealer.open(name, sealer.seal(name, value))).toEqual(JSON.parse(JSON.stringify(value)));
    }), { numRuns: 200 });
  });
  it('is another one each time, also of the same value', () => {
    const seals = Array.from({ length: 500 }, () => sealer.seal('name', { a: 1 }).toString('base64'));
    expect(new Set(seals).size).toBe(500);
    expect(new Set(seals.map((seal) => Buffer.from(seal, 'base64').subarray(5, 17).toString('hex'))).size).toBe(500);
  });
  it('does not open with any one bit turned, cut at any length, or with more behind it', () => {
    const sealed = sealer.seal('name', { a: 1 });
    expect(sealer.open('name', sealed)).toEqual({ a: 1 });
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const turned = Buffer.from(sealed);
      turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      refusedWith('store.sealed-value', () => sealer.open('name', turned));
    }
    for (let length = 0; length < sealed.length; length += 1) refusedWith('store.sealed-value', () => sealer.open('name', sealed.subarray(0, length)));
    refusedWith('store.sealed-value', () => sealer.open('name', Buffer.concat([sealed, Buffer.of(0)])));
  });
  it('does not open under another name', () => {
    const sealed = sealer.seal('name', { a: 1 });
    for (const other of ['', 'name ', 'nam', 'NAME', 'name\u0000']) refusedWith('store.sealed-value', () => sealer.open(other, sealed));
  });
  it('opens with a previous key, not with a strange one; the newest seals', () => {
    const [before, after, strange] = [createSealer([key(1)], systemRandom), createSealer([key(2), key(1)], systemRandom), createSealer([key(3)], systemRandom)];
    const old = before.seal('name', 'old');
    expect(after.open('name', old)).toBe('old');
    refusedWith('store.sealed-value', () => strange.open('name', old));
    refusedWith('store.sealed-value', () => before.open('name', after.seal('name', 'new')));
  });
  it('no key, or one of another length, seals nothing', () => {
    refusedWith('key.invalid', () => createSealer([], systemRandom));
    refusedWith('key.invalid', () => createSealer([sealingKey(Buffer.alloc(16, 1))], systemRandom));
  });
});
describe('key names', () => {
  it('say the kind and nothing of the parts', () => expect(keyName('session', 'secret')).toMatch(/^session:[A-Za-z0-9_-]{43}$/));
  it('two lists of parts never meet in one name', () => {
    const lists = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['', 'abc'], ['a', 'b', 'c'], ['1:a'], ['1:', 'a']];
    expect(new Set(lists.map((parts) => keyName('replay', ...parts))).size).toBe(lists.length);
  });
  it('a field is bound to its session and to itself', () => expect(new Set([fieldName('s1', 'a'), fieldName('s2', 'a'), fieldName('s1', 'b'), keyName('session', 's1')]).size).toBe(4));
});
