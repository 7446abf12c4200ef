import { describe, expect, it } from 'vitest';
import { answerLevel, assuranceLevels, lowerOf, rankOf, type AssuranceComparison, type AssuranceDialect } from '../../src/core/assurance.ts';

const uri = (level: string): string => `http://id.sambi.se/loa/${level}`;
const sambi: AssuranceDialect = {
  issue: { loa1: uri('loa1'), loa2: uri('loa2'), loa3: uri('loa3'), loa4: uri('loa4') },
  accept: { [uri('loa1')]: 'loa1', [uri('loa2')]: 'loa2', [uri('loa3')]: 'loa3', [uri('loa4')]: 'loa4' },
};
const asked = (comparison: AssuranceComparison, ...levels: string[]) => ({ comparison, uris: levels.map(uri) });

describe('answering with a level [SAMLCore §3.3.2.2.1]', () => {
  it('exact: the 4×4 matrix answers on the diagonal alone', () => {
    for (const had of assuranceLevels) for (const wanted of assuranceLevels) expect(answerLevel(had, asked('exact', wanted), sambi)).toBe(had === wanted ? uri(had) : undefined);
  });
  it('exact: a list answers with the true level, not with the highest asked', () => {
    expect(answerLevel('loa2', asked('exact', 'loa2', 'loa3'), sambi)).toBe(uri('loa2'));
    expect(answerLevel('loa3', asked('exact', 'loa2', 'loa3'), sambi)).toBe(uri('loa3'));
  });
  it('nothing asked: the level as the federation spells it', () => expect(answerLevel('loa3', undefined, sambi)).toBe(uri('loa3')));
  it('a level that the federation cannot spell is never answered', () => expect(answerLevel('loa4', undefined, { issue: { loa3: uri('loa3') }, accept: {} })).toBeUndefined());
  it('an address of another federation is not understood, however alike', () => expect(answerLevel('loa3', { comparison: 'exact', uris: ['http://id.elegnamnden.se/loa/1.0/loa3'] }, sambi)).toBeUndefined());
  it.each([['minimum', 'loa3', true], ['minimum', 'loa4', false], ['better', 'loa2', true], ['better', 'loa3', false], ['maximum', 'loa3', true], ['maximum', 'loa2', false]] as const)('%s %s at loa3: %s', (comparison, level, met) => {
    expect(answerLevel('loa3', asked(comparison, level), sambi)).toBe(met ? uri('loa3') : undefined);
  });
});
describe('caps', () => {
  it('take the lower of two', () => expect(lowerOf('loa3', 'loa2')).toBe('loa2'));
  it('rank rises with the level', () => expect(assuranceLevels.map(rankOf)).toEqual([1, 2, 3, 4]));
});
