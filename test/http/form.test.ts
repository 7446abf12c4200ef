import { describe, expect, it } from 'vitest';
import { onlyParameter, parseFields, rawQueryOf } from '../../src/http/form.ts';

const code = (work: () => unknown): string => {
  try { work(); } catch (error) { return (error as { code?: string }).code ?? 'other'; }
  return 'accepted';
};
describe('forms are read strictly (threats K12)', () => {
  it('the unbroken form', () => expect([...parseFields('token=a&choice=1')]).toEqual([['token', 'a'], ['choice', '1']]));
  it('a repeated field is refused', () => expect(code(() => parseFields('choice=1&choice=2'))).toBe('web.parameter'));
  it('an array-like field is refused', () => expect(code(() => parseFields('choice[]=1'))).toBe('web.parameter'));
  it('__proto__ is an ordinary name (threats K13)', () => {
    const fields = parseFields('__proto__=x');
    expect(fields.get('__proto__')).toBe('x');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
  it('a repeated query parameter is refused', () => expect(code(() => onlyParameter('code=a&code=b', 'code'))).toBe('web.parameter'));
  it('the query is everything behind the first question mark', () => expect(rawQueryOf('/x?a=b?c')).toBe('a=b?c'));
});
