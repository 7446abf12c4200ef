import { describe, expect, it } from 'vitest';
import { extension, type NameAttribute } from '../../certs-dev/certificate.ts';
import type { AssuranceLevel } from '../../src/core/assurance.ts';
import { assuranceOf, identifierOf } from '../../src/pki/person.ts';
import type { IssuerRow } from '../../src/pki/trust-store.ts';
import { verifyChain, type VerifiedChain } from '../../src/pki/verify.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { NOW, type LeafPlan } from './authority.ts';
import { hierarchy } from './store.ts';

const chainOf = (row: Partial<IssuerRow>, plan: LeafPlan): VerifiedChain => {
  const { issuing, store } = hierarchy(row);
  return verifyChain(issuing.issue(plan).der, store, { now: NOW, credentialTypes: ['card'] });
};
const table = new Map<string, AssuranceLevel>([['1.2.3', 'loa3'], ['1.2.2', 'loa2']]);
const level = (byIssuer: AssuranceLevel | null, policies: readonly string[], policyTable = table) =>
  assuranceOf(chainOf({ level: byIssuer, policies: policyTable }, { more: policies.length === 0 ? [] : [extension.policies(...policies)] }));

describe('level of assurance: policy first, then issuer, the lower of two', () => {
  it.each([
    ['loa3', ['1.2.3'], 'loa3', null], ['loa3', ['1.2.2'], 'loa2', { policy: 'loa2', issuer: 'loa3' }], ['loa2', ['1.2.3'], 'loa2', { policy: 'loa3', issuer: 'loa2' }], [null, ['1.2.3'], 'loa3', null],
    ['loa3', [], 'loa3', null], ['loa3', ['1.2.3', '1.2.2'], 'loa2', { policy: 'loa2', issuer: 'loa3' }], [null, ['1.2.2'], 'loa2', null],
  ] as const)('issuer %s, policies %j: %s', (byIssuer, policies, expected, disagreement) => {
    expect(level(byIssuer, policies)).toEqual({ level: expected, disagreement });
  });
  it('a policy that is in no table is not replaced by the issuer’s level', () => { refusedWith('card.level-unknown', () => level('loa3', ['2.9.9'])); });
  it('an issuer without a table decides alone [facts: credentials §1.1, the published second way]', () => {
    expect(level('loa3', ['2.9.9'], new Map())).toEqual({ level: 'loa3', disagreement: null });
  });
  it('neither policy nor issuer: refused, never guessed', () => {
    refusedWith('card.level-unknown', () => level(null, []));
    refusedWith('card.level-unknown', () => level(null, ['2.9.9'], new Map()));
  });
  it('anyPolicy says nothing about a level', () => { refusedWith('card.level-unknown', () => level(null, ['2.5.29.32.0'])); });
});
const subject = (...values: readonly string[]): readonly (readonly NameAttribute[])[] => [[{ type: 'CN', value: 'Somebody' }], ...values.map((value) => [{ type: 'serialNumber', value } as const])];
const identifier = (identifierType: IssuerRow['identifierType'], ...values: readonly string[]) => identifierOf(chainOf({ identifierType }, { subject: subject(...values) }), 'production');
describe('identifier: kind by the issuer’s row, then by its form', () => {
  it('HSA-id', () => expect(identifier('hsa-id', 'SE2321000131-DEV1')).toEqual({ kind: 'hsa-id', hsaId: 'SE2321000131-DEV1' }));
  it('personal identity number', () => expect(identifier('personal-identity-number', '191212121212')).toEqual({ kind: 'personal-identity-number', number: '191212121212' }));
  it.each([
    ['a number from an issuer of HSA-ids', 'hsa-id', ['191212121212']], ['an HSA-id from an issuer of numbers', 'personal-identity-number', ['SE2321000131-DEV1']], ['a wrong check digit', 'personal-identity-number', ['191212121213']],
    ['none', 'hsa-id', []], ['two', 'hsa-id', ['SE2321000131-DEV1', 'SE2321000131-DEV1']], ['an issuer that names no persons', 'none', ['SE2321000131-DEV1']], ['a test prefix in production', 'hsa-id', ['TSTNMT2321000156-1019']],
  ] as const)('%s: refused', (_what, type, values) => {
    const error = refusedWith('card.identifier', () => identifier(type, ...values));
    for (const value of values) expect(`${error.detail} ${JSON.stringify(error.facts)}`).not.toContain(value);
  });
});
