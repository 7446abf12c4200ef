import fc from 'fast-check';
import { FilterParser } from 'ldapts';
import { describe, expect, it } from 'vitest';
import { checkTemplate, escapeFilterValue, fillFilter } from '../../../src/directory/hsa-ldap/filter.ts';
import { hsaSearches } from '../../../src/directory/hsa-ldap/settings.ts';
import { refusedWith } from '../../fixtures/refused.ts';

const searches = hsaSearches('c=SE');
describe('filters (threats J01)', () => {
  it.each([['*', '\\2a'], ['(', '\\28'], [')', '\\29'], ['\\', '\\5c'], ['\u0000', '\\00'], ['å', 'å'], ['&|!=', '\\26\\7c\\21\\3d'], ['SE2321000131-DEV1', 'SE2321000131-DEV1']])('%j is written %s [RFC 4515 §3]', (value, written) => expect(escapeFilterValue(value)).toBe(written));
  it('whatever the value, it stays one value of the same comparison', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (value) => {
      const parsed = FilterParser.parseString(fillFilter('(&(objectClass=person)(hsaIdentity={value}))', value)) as unknown as { filters: { attribute: string; value: string | Buffer }[] };
      expect(parsed.filters).toHaveLength(2);
      expect(parsed.filters[1]!.attribute).toBe('hsaIdentity');
      expect(Buffer.from(parsed.filters[1]!.value as string).toString('utf8')).toBe(Buffer.from(value, 'utf8').toString('utf8'));
    }), { numRuns: 500 });
  });
  it('an empty value is refused: it would match everybody', () => void refusedWith('directory.source', () => fillFilter('(hsaIdentity={value})', '')));
  it.each(Object.entries(searches).map(([name, search]) => [name, search!.filter]))('the default template for %s holds', (_, filter) => expect(() => checkTemplate(filter)).not.toThrow());
  it.each(['(objectClass=person)', 'hsaIdentity={value}', '(&(a={value})', '(a={value}))', ''])('a template like %j is refused at start', (filter) => void refusedWith('directory.source', () => checkTemplate(filter)));
});
