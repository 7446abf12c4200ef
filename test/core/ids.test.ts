import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { isCoordinationNumber, isHsaId, isPersonalIdentityNumber, parseHsaId, parseOrganisationNumber, parsePersonalIdentityNumber, sameHsaId, toPartyId, toServiceId } from '../../src/core/ids.ts';

describe('HSA-id', () => {
  it.each(['SE2321000131-P000000000001', 'SE162321000131-1', 'se2321000131-a'])('production form: %s', (id) => expect(isHsaId(id, 'production')).toBe(true));
  it.each(['TSTNMT2321000156-1019', 'SE232100013-1', 'SE2321000131-', 'SE2321000131-åäö', 'SE2321000131-1@2', 'SE2321000131-1234567890123456789', ' SE2321000131-1'])('refused in production: %s', (id) => expect(isHsaId(id, 'production')).toBe(false));
  it('test prefixes only where configured', () => expect(isHsaId('TSTNMT2321000156-1019', 'tolerant')).toBe(true));
  it('compares without case, keeps the spelling', () => {
    const stored = parseHsaId('SE2321000131-abC', 'production');
    expect(sameHsaId(stored, parseHsaId('se2321000131-ABC', 'production'))).toBe(true);
    expect(stored).toBe('SE2321000131-abC');
  });
});
describe('personal identity number', () => {
  it.each(['191212121212', '189003129807'])('right check digit: %s', (number) => expect(isPersonalIdentityNumber(number)).toBe(true));
  it.each(['191212121213', '1212121212', '19121212-1212', '191213121212', '191212321212', '179001019809'])('refused: %s', (number) => expect(isPersonalIdentityNumber(number)).toBe(false));
  it('one wrong digit never passes', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 11 }), fc.integer({ min: 1, max: 9 }), (at, add) => {
      const good = '191212121212';
      const digit = (Number(good[at]) + add) % 10;
      return !isPersonalIdentityNumber(good.slice(0, at) + String(digit) + good.slice(at + 1));
    }));
  });
  it('day above 60 is a coordination number', () => {
    const base = '18900363980';
    const number = Array.from({ length: 10 }, (_unused, digit) => `${base}${digit}`).find(isPersonalIdentityNumber);
    expect(isCoordinationNumber(parsePersonalIdentityNumber(number ?? ''))).toBe(true);
    expect(isCoordinationNumber(parsePersonalIdentityNumber('191212121212'))).toBe(false);
  });
});
describe('organisation number', () => {
  it.each(['212000-1652', '2120001652', '162120001652', 'SE2120001652'])('%s is one number', (spelling) => expect(parseOrganisationNumber(spelling)).toBe('2120001652'));
  it('a wrong check digit is refused', () => expect(() => parseOrganisationNumber('212000-1653')).toThrow(/check digit/));
});
describe('ids of files', () => {
  it.each(['../vgr', 'VGR', 'vgr/x', ''])('party id refused: %j', (id) => expect(() => toPartyId(id)).toThrow());
  it.each(['vgr/../x', 'vgr', 'vgr/', '/x'])('service id refused: %j', (id) => expect(() => toServiceId(id)).toThrow());
  it('good ones pass', () => expect([toPartyId('dals-ed'), toServiceId('vgr/journal.v2')]).toEqual(['dals-ed', 'vgr/journal.v2']));
});
