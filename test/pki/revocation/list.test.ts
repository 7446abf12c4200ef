import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enumerated, generalizedTime, implicit, octets, sequence, type Asn1 } from '../../../certs-dev/asn1.ts';
import { extension } from '../../../certs-dev/certificate.ts';
import { isBrygganError } from '../../../src/core/errors.ts';
import { oids } from '../../../src/pki/oids.ts';
import { readRevocationList } from '../../../src/pki/revocation/list.ts';
import { refusedWith } from '../../fixtures/refused.ts';
import { DAY, NOW, extensionItem, makeAuthority, type ListPlan } from '../authority.ts';

const ca = makeAuthority('Issuing');
const [gone, held] = ['5a01', '00ff01'];
const read = (plan: ListPlan = {}) => readRevocationList(ca.list({ entries: [{ serial: gone, reason: 1, at: NOW - 5 * DAY }, { serial: held, reason: 6 }], ...plan }), ca.certificate);
const refused = (plan: ListPlan, why: RegExp): void => { expect(refusedWith('pki.crl', () => read(plan)).detail).toMatch(why); };

describe('a list', () => {
  it('is read whole', () => {
    const list = read({ number: 77 });
    expect(list).toMatchObject({ number: 77n, baseNumber: null, thisUpdate: NOW, nextUpdate: NOW + DAY, entries: 2, scope: { points: null, only: 'all', reasons: null } });
    expect(list.find(gone)).toEqual({ at: NOW - 5 * DAY, reason: 1 });
    expect([list.revoked('ff01'), list.revoked('00ff01'), list.revoked('5a02'), list.revoked('5a')]).toEqual([true, true, false, false]);
  });
  it('without entries revokes nobody', () => expect(read({ entries: [] })).toMatchObject({ entries: 0 }));
  it('a negative serial number is not the positive one of the same octets', () => {
    const list = read({ entries: [{ serial: 'ff' }] });
    expect([list.revoked('ff'), list.revoked('-ff')]).toEqual([true, false]);
  });
  it('entries may carry what is not critical', () => expect(read({ entries: [{ serial: gone, reason: 4, extensions: [extensionItem(oids.invalidityDate, generalizedTime(new Date(NOW)))] }] }).find(gone)?.reason).toBe(4));
});
describe('refused, beside the list above', () => {
  const other = makeAuthority('Issuing');
  it('by another authority of the same name (threats H09)', () => {
    refused({ signer: other.key }, /not signed/);
    expect(() => readRevocationList(other.list(), other.certificate)).not.toThrow();
  });
  it('by another issuer', () => refused({ issuer: 'Somebody' }, /another issuer/));
  it('by an authority that may not sign lists [RFC 5280 §6.3.3 (f)]', () => {
    const mute = makeAuthority('Mute', { extensions: [extension.authority(null), extension.keyUsage('keyCertSign'), extension.subjectKey(ca.key)] });
    expect(refusedWith('pki.crl', () => readRevocationList(mute.list(), mute.certificate)).detail).toMatch(/may not sign lists/);
  });
  it('signed with the renewed key: only when that certificate is among the signers', () => {
    const list = ca.list({ signer: other.key });
    refusedWith('pki.crl', () => readRevocationList(list, ca.certificate));
    expect(readRevocationList(list, ca.certificate, [ca.certificate, other.certificate]).entries).toBe(0);
    const stranger = makeAuthority('Stranger', { key: other.key });
    refusedWith('pki.crl', () => readRevocationList(list, ca.certificate, [ca.certificate, stranger.certificate]));
  });
  const bytes = (...octetsOf: readonly number[]): Buffer => Buffer.from(octetsOf);
  const cases: readonly (readonly [string, ListPlan, RegExp])[] = [
    ['without number [RFC 5280 §5.2.3]', { number: null }, /no number/], ['without nextUpdate [RFC 5280 §5.1.2.5]', { nextUpdate: null }, /no nextUpdate/], ['of version 1', { version: null }, /version 2/], ['of version 3', { version: 2 }, /version 2/],
    ['with an unknown critical extension [RFC 5280 §5.2]', { extensions: [extensionItem('2.999.1', octets(bytes(1)), true)] }, /critical extension/],
    ['with an unknown critical extension on an entry [RFC 5280 §5.3]', { entries: [{ serial: gone, extensions: [extensionItem('2.999.1', octets(bytes(1)), true)] }] }, /not understood/],
    ['about other authorities’ certificates', { entries: [{ serial: gone, extensions: [extensionItem(oids.certificateIssuer, sequence(), true)] }] }, /not understood/],
    ['about other authorities’ certificates, said without the critical mark', { entries: [{ serial: gone, extensions: [extensionItem(oids.certificateIssuer, sequence())] }] }, /not understood/],
    ['indirect [RFC 5280 §5.2.5]', { scope: sequence(implicit(4, bytes(0xff))) }, /indirect/],
    ['for users and for authorities only at once', { scope: sequence(implicit(1, bytes(0xff)), implicit(2, bytes(0xff))) }, /contradicts/],
  ];
  it.each(cases)('%s', (_what, plan, why) => refused(plan, why));
  it('its twins: the same extensions, not critical', () => {
    expect(read({ extensions: [extensionItem('2.999.1', octets(bytes(1)))] }).entries).toBe(2);
    expect(read({ entries: [{ serial: gone, extensions: [extensionItem('2.999.1', octets(bytes(1)))] }] }).revoked(gone)).toBe(true);
    expect(read({ scope: sequence(implicit(1, bytes(0xff))) }).scope.only).toBe('users');
  });
  it('one octet of an entry changed: the signature notices', () => {
    const der = ca.list({ entries: [{ serial: gone }] });
    const at = der.indexOf(Buffer.from(gone, 'hex'));
    der[at] = 0x5b;
    refusedWith('pki.crl', () => readRevocationList(der, ca.certificate));
  });
});
describe('a reason', () => {
  const withReason = (value: Asn1) => read({ entries: [{ serial: gone, extensions: [extensionItem(oids.reasonCode, value)] }] });
  it('that cannot be read changes nothing: the card is revoked all the same', () => {
    expect(withReason(enumerated(3)).find(gone)?.reason).toBe(3);
    expect(withReason(octets(Buffer.of(1))).find(gone)?.reason).toBe(0);
  });
});
describe('whatever comes in', () => {
  const good = ca.list({ entries: [{ serial: gone, reason: 1 }] });
  const attempt = (der: Buffer): void => {
    try { readRevocationList(der, ca.certificate); } catch (error) { if (!isBrygganError(error) || error.code !== 'pki.crl') throw error; }
  };
  it('random changes end in a list or in pki.crl', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }), (changes) => {
      const bytes = Buffer.from(good);
      for (const [at, value] of changes) bytes[at] = value;
      attempt(bytes);
    }), { numRuns: 300 });
  });
  it('random bytes, and cut-off lists', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => attempt(Buffer.from(bytes))), { numRuns: 300 });
    for (let length = 0; length < good.length; length += 3) attempt(good.subarray(0, length));
  });
});
