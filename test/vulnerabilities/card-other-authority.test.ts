/** H06, H07, H08, H13: a certificate that is good somewhere else. Its twin: the same holder's card from the listed authority. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDer } from '../../certs-dev/set.ts';
import { set } from '../authenticators/certificate/stage.ts';
import { card, cardStage, odd, outcomeOf, presented, trust, type CardStage } from '../authenticators/certificate/trust.ts';
import { createTrustStore } from '../../src/pki/index.ts';

let stage: CardStage;
beforeAll(async () => { stage = await cardStage(); });
afterAll(() => stage.close());
const der = (authority: string): Buffer => readDer(set.authority(authority).certFile);

describe('a certificate from another authority', () => {
  it('the listed authority: accepted (the twin)', () => { expect(outcomeOf(stage, card('anna-berglund'))).toMatchObject({ level: 'loa3' }); });
  it.each([
    ['below the same root, on no list (H06)', 'issuer-unlisted', []],
    ['below the same root, on no list, with its CA sent along', 'issuer-unlisted', ['siths-unlisted', 'siths-root']],
    ['the same names, another key (H07)', 'issuer-impostor', []],
    ['the same names, another key, with its own CA and root sent along', 'issuer-impostor', ['impostor-hsa-id-3', 'impostor-root']],
    ['the CA for systems', 'issuer-function', ['siths-function', 'siths-root']],
  ] as const)('%s: refused, whatever is sent along', (_what, id, along) => {
    expect(outcomeOf(stage, presented(set.odd(id), { chainDer: along.map(der) }))).toBe('card.issuer-unknown');
  });
  it('good intermediates sent along change nothing either', () => {
    expect(outcomeOf(stage, presented(set.certificate('anna-berglund'), { chainDer: [der('siths-hsa-id-3'), der('impostor-root')] }))).toMatchObject({ person: { hsaId: 'SE2321000131-DEV1001' } });
  });
  it("an authority's own certificate is no person's", () => {
    expect(outcomeOf(stage, { leafDer: der('siths-hsa-id-3'), chainDer: [der('siths-root')], proxyComplaint: null })).toBe('card.issuer-unknown');
  });
  it('a server certificate of a CA that is trusted for something else', () => {
    expect(outcomeOf(stage, presented(set.machine('demo')))).toBe('card.issuer-unknown');
    expect(outcomeOf(stage, presented(set.machine('bryggan')))).toBe('card.issuer-unknown');
  });
});
describe('one named attribute, and one of it (H08)', () => {
  it.each(['id-twice', 'id-twice-in-one-rdn'])('%s: refused', (id) => { expect(outcomeOf(stage, odd(id))).toBe('card.identifier'); });
  it.each(['user-names', 'id-in-common-name'])('%s: who the serialNumber says, not what looks like it elsewhere', (id) => {
    expect(outcomeOf(stage, odd(id))).toMatchObject({ person: { kind: 'hsa-id', hsaId: 'SE2321000131-DEV1001' } });
  });
});
it('development authorities are refused under hardening, all of them (M06)', () => {
  const roots = [...trust.roots.values()].map(({ row }) => row);
  const issuers = trust.issuers.map(({ row }) => row);
  expect(() => createTrustStore(roots, issuers, { hardened: true })).toThrow(/development/);
  expect(() => createTrustStore(roots, issuers, { hardened: false })).not.toThrow();
});
