import { describe, expect, it } from 'vitest';
import { answerFor, checkSamePerson, validAt } from '../../src/directory/answer.ts';
import type { DirectoryPerson, PersonKey } from '../../src/directory/model.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { commission, coordinationNumber, hsaId, number, person, post, provider, unit } from './people.ts';

const NOW = Date.UTC(2026, 5, 1);
const byPost: PersonKey = { kind: 'hsa-id', hsaId: hsaId('POST1') };
const byNumber: PersonKey = { kind: 'personal-identity-number', number };
const commissionsOf = (found: DirectoryPerson): readonly string[] => validAt(found, NOW, 'drop').employments.flatMap((each) => each.commissions.map((one) => one.hsaId));
const withCommission = (change: Parameters<typeof commission>[0]): DirectoryPerson => person({ employments: [post({ commissions: [commission(change)] })] });

describe('the answer is about whom was asked (threats J03)', () => {
  it.each([['by HSA-id', byPost], ['by HSA-id in other case', { kind: 'hsa-id', hsaId: 'se2321000131-post1' as never }], ['by number', byNumber]] as const)('%s: the right person passes', (_, key) => expect(() => checkSamePerson(key, person())).not.toThrow());
  it.each([
    ['another HSA-id', byPost, person({ employments: [post({ hsaId: hsaId('POST9') })] })],
    ['another number', byNumber, person({ personalIdentityNumber: coordinationNumber })],
    ['no number at all', byNumber, person({ personalIdentityNumber: null })],
    ['no posts at all', byPost, person({ employments: [] })],
  ] as const)('%s is refused, and the error names nobody', (_, key, found) => {
    const error = refusedWith('directory.answer', () => answerFor(key, found, NOW, 'keep'));
    expect(JSON.stringify([error.message, error.facts])).not.toMatch(/1891|POST|Sandström/);
  });
});

describe('only what holds at this moment', () => {
  const past = { validTo: NOW };
  const future = { validFrom: NOW + 1 };
  it('keeps a commission within its dates, to the last millisecond', () => {
    expect(commissionsOf(withCommission({ validFrom: NOW, validTo: NOW + 1 }))).toHaveLength(1);
  });
  it.each([
    ['a commission that ended', past], ['a commission to come', future],
    ['a unit that ended', { unit: unit(past) }], ['a unit to come', { unit: unit(future) }], ['an archived unit', { unit: unit({ archived: true }) }],
    ['a provider that ended', { provider: provider(past) }], ['an archived provider', { provider: provider({ archived: true }) }],
    ['a feigned commission', { feigned: true }], ['a feigned unit', { unit: unit({ feigned: true }) }], ['a feigned provider', { provider: provider({ feigned: true }) }],
  ])('%s is gone', (_, change) => expect(commissionsOf(withCommission(change))).toEqual([]));
  it('feigned objects stay where test data is wanted', () => {
    expect(validAt(withCommission({ feigned: true }), NOW, 'keep').employments[0]!.commissions).toHaveLength(1);
    expect(validAt(person({ employments: [post({ feigned: true })] }), NOW, 'keep').employments).toHaveLength(1);
  });
  it('feigned administrative commissions and sectors go in production', () => {
    const [scope] = post().authorizationScopes;
    const admin = scope!.adminCommissions[0]!;
    const feigned = post({ authorizationScopes: [{ ...scope!, adminCommissions: [{ ...admin, feigned: true }] }] });
    const sector = post({ authorizationScopes: [{ ...scope!, adminCommissions: [{ ...admin, sectors: [{ ...admin.sectors[0]!, feignedUnit: true }] }] }] });
    expect(validAt(person({ employments: [feigned] }), NOW, 'drop').employments[0]!.authorizationScopes).toEqual([]);
    expect(validAt(person({ employments: [sector] }), NOW, 'drop').employments[0]!.authorizationScopes[0]!.adminCommissions[0]!.sectors).toEqual([]);
  });
  it('a post that ended is no way in by its HSA-id, and leaves the others by number', () => {
    const found = person({ employments: [post({ validTo: NOW }), post({ hsaId: hsaId('POST2') })] });
    expect(answerFor(byPost, found, NOW, 'keep')).toBeUndefined();
    expect(answerFor(byNumber, found, NOW, 'keep')?.employments.map((each) => each.hsaId)).toEqual([hsaId('POST2')]);
    expect(answerFor({ kind: 'hsa-id', hsaId: hsaId('POST2') }, found, NOW, 'keep')?.employments).toHaveLength(1);
  });
  it('tells a person without posts from nobody; a person made of test data is nobody in production', () => {
    expect(answerFor(byNumber, person({ employments: [post({ validTo: NOW })] }), NOW, 'drop')?.employments).toEqual([]);
    expect(answerFor(byNumber, person({ employments: [post({ feigned: true })] }), NOW, 'drop')).toBeUndefined();
    expect(answerFor(byNumber, undefined, NOW, 'drop')).toBeUndefined();
  });
});
