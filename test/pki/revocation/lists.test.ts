/** Scope, reasons and deltas; PKITS 4.4, 4.14 and 4.15 show the rest. */
import { describe, expect, it } from 'vitest';
import { explicit, implicit, implicitItems, sequence, type Asn1 } from '../../../certs-dev/asn1.ts';
import { extension, type Extension } from '../../../certs-dev/certificate.ts';
import { readRevocationList, type RevocationList } from '../../../src/pki/revocation/list.ts';
import { isDeltaOf, judgeByLists } from '../../../src/pki/revocation/lists.ts';
import { NOW, makeAuthority, type ListPlan } from '../authority.ts';

const ca = makeAuthority('Issuing');
const read = (plan: ListPlan): RevocationList => readRevocationList(ca.list(plan), ca.certificate);
const leaf = ca.issue().certificate;
const entry = { serial: leaf.serial };
const yes = Buffer.of(0xff);
const uri = (url: string): Asn1 => implicit(6, Buffer.from(url));
const pointScope = (url: string): Asn1 => sequence(explicit(0, implicitItems(0, uri(url))));
/** onlySomeReasons: bits of ReasonFlags, here one octet. */
const reasons = (octet: number): Asn1 => sequence(implicit(3, Buffer.of(0, octet)));
const judge = (certificate = leaf, ...plans: readonly ListPlan[]): string => judgeByLists(certificate, plans.map(read)).status;

describe('one list', () => {
  it('says good or revoked', () => {
    expect(judge(leaf, {})).toBe('good');
    expect(judge(leaf, { entries: [entry] })).toBe('revoked');
  });
  it('no list says nothing', () => expect(judge(leaf)).toBe('uncovered'));
  it('another authority’s list says nothing about this certificate', () => {
    const other = makeAuthority('Other');
    expect(judgeByLists(leaf, [readRevocationList(other.list({ entries: [entry] }), other.certificate)]).status).toBe('uncovered');
  });
});
describe('scope [RFC 5280 §5.2.5]', () => {
  const sub = makeAuthority('Sub', { parent: ca }).certificate;
  it('users only, authorities only, attribute certificates only', () => {
    expect([judge(leaf, { scope: sequence(implicit(1, yes)) }), judge(sub, { scope: sequence(implicit(1, yes)) })]).toEqual(['good', 'uncovered']);
    expect([judge(leaf, { scope: sequence(implicit(2, yes)) }), judge(sub, { scope: sequence(implicit(2, yes)) })]).toEqual(['uncovered', 'good']);
    expect(judge(leaf, { scope: sequence(implicit(5, yes)) })).toBe('uncovered');
  });
  const pointing = (url: string): Extension => ({ ...extension.revocationLists(url) });
  const here = ca.issue({ more: [pointing('http://lists.test/1.crl')] }).certificate;
  it('a list for one distribution point covers the certificates that name it, and no others', () => {
    expect(judge(here, { scope: pointScope('http://lists.test/1.crl') })).toBe('good');
    expect(judge(here, { scope: pointScope('http://lists.test/2.crl') })).toBe('uncovered');
    expect(judge(leaf, { scope: pointScope('http://lists.test/1.crl') })).toBe('uncovered');
    expect(judge(here, {})).toBe('good');
  });
  it('lists for some reasons are good together only when they cover all', () => {
    const [half, rest] = [{ scope: reasons(0b0110_0000) }, { scope: reasons(0b0001_1111) }];
    expect([judge(leaf, half), judge(leaf, rest)]).toEqual(['uncovered', 'uncovered']);
    const rests = { scope: sequence(implicit(3, Buffer.of(7, 0b0001_1111, 0x80))) };
    expect(judge(leaf, half, rests)).toBe('good');
    expect(judge(leaf, half, { ...rests, entries: [entry] })).toBe('revoked');
  });
});
describe('deltas [RFC 5280 §5.2.4]', () => {
  const base: ListPlan = { number: 10, thisUpdate: NOW - 1000 };
  const delta = (plan: ListPlan = {}): ListPlan => ({ number: 12, base: 10, ...plan });
  it('a new entry, and one that is removed', () => {
    expect(judge(leaf, base, delta({ entries: [entry] }))).toBe('revoked');
    expect(judge(leaf, { ...base, entries: [{ ...entry, reason: 6 }] }, delta({ entries: [{ ...entry, reason: 8 }] }))).toBe('good');
    expect(judge(leaf, { ...base, entries: [{ ...entry, reason: 6 }] }, delta())).toBe('revoked');
  });
  it('a delta alone says nothing', () => expect(judge(leaf, delta({ entries: [entry] }))).toBe('uncovered'));
  it.each([
    ['it is for a newer base', delta({ base: 11, entries: [entry] })], ['it is not newer than the complete list', delta({ number: 10, entries: [entry] })], ['its scope is another', delta({ scope: sequence(implicit(1, yes)), entries: [entry] })],
  ])('a delta does not count when %s', (_why, plan) => {
    expect(isDeltaOf(read(delta({ entries: [entry] })), read(base))).toBe(true);
    expect(isDeltaOf(read(plan), read(base))).toBe(false);
    expect(judge(leaf, base, plan)).toBe('good');
  });
  it('the newest of several counts', () => expect(judge(leaf, base, delta({ number: 13 }), delta({ number: 12, entries: [entry] }))).toBe('good'));
  it('removeFromCRL in a complete list removes nothing', () => expect(judge(leaf, { entries: [{ ...entry, reason: 8 }] })).toBe('revoked'));
  it('reason code of the entry is kept', () => expect(judgeByLists(leaf, [read({ entries: [{ ...entry, reason: 1 }] })]).entry?.reason).toBe(1));
});
