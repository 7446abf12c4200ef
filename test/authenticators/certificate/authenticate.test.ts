import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readPeople } from '../../../certs-dev/people.ts';
import { pathOf, readFilePem } from '../../../certs-dev/set.ts';
import { certificateHints, createCertificateMethod } from '../../../src/authenticators/certificate/authenticate.ts';
import type { VerifiedIdentity } from '../../../src/login/transaction.ts';
import { set } from './stage.ts';
import { NOW, card, cardStage, odd, outcomeOf, presented, type CardStage } from './trust.ts';

let stage: CardStage;
beforeAll(async () => { stage = await cardStage(); });
afterAll(() => stage.close());
beforeEach(() => { stage.disagreements.length = 0; stage.clock.at = NOW; });
const people = readPeople(pathOf('.'));
const person = (id: string) => people.find((candidate) => candidate.id === id)!;

describe('a good card', () => {
  it('with HSA-id: who, how, at which level, and what to look at again', () => {
    const entry = set.certificate('anna-berglund');
    expect(outcomeOf(stage, presented(entry))).toMatchObject({
      method: 'card', level: 'loa3', authenticatedAt: NOW, person: { kind: 'hsa-id', hsaId: 'SE2321000131-DEV1001' },
      credential: { givenName: 'Anna', surname: 'Berglund', displayName: 'DEV Anna Berglund', organisationName: 'Bryggan Development', policies: ['2.999.752.3.1'] },
      revocationHandle: { issuerId: 'siths-hsa-id-3', serial: entry.serial },
    });
  });
  it('with personal identity number', () => {
    expect(outcomeOf(stage, card('anna-berglund', { identifier: 'personal-identity-number' }))).toMatchObject({ person: { kind: 'personal-identity-number', number: person('anna-berglund').personalIdentityNumber } });
  });
  it.each(people.filter(({ tags }) => tags.includes('ordinary')).map(({ id }) => id))('every ordinary card logs its holder in: %s', (id) => {
    for (const entry of set.person(id).certificates.filter(({ use }) => use === 'authentication')) {
      const expected = entry.identifier === 'hsa-id' ? { kind: 'hsa-id', hsaId: person(id).employments[0]!.hsaId } : { kind: 'personal-identity-number', number: person(id).personalIdentityNumber };
      expect(outcomeOf(stage, presented(entry)), entry.certFile).toMatchObject({ person: expected, level: 'loa3' });
    }
  });
  it.each([['gustav-bjork', 'loa2'], ['ewa-kowalczyk', 'loa2'], ['hanna-ekdahl', 'loa3']])('the level of a reserve card comes from policy and issuer, not from the kind of card: %s is %s', (id, level) => {
    expect(outcomeOf(stage, card(id))).toMatchObject({ level });
    expect(stage.disagreements).toEqual([]);
  });
});

/** Each beside its unbroken twin, the good card of the same person (or, for the odd people, an ordinary one). */
describe('an odd card is refused with its own code', () => {
  it.each([
    ['ingrid-soder', 'card.revoked'], ['jonas-falk', 'card.expired'], ['kerstin-moberg', 'card.not-yet-valid'], ['leo-wallin', 'card.level-unknown'],
    ['mona-lund', 'card.issuer-unknown'], ['oskar-renberg', 'card.signature-certificate'], ['sofia-grann', 'card.issuer-unknown'],
  ])('%s: %s', (id, code) => {
    expect(outcomeOf(stage, card(id))).toBe(code);
    expect(outcomeOf(stage, card('anna-berglund'))).toMatchObject({ level: 'loa3' });
  });
  it('the signature certificate of an ordinary card, whose twin for authentication is good', () => {
    for (const identifier of ['hsa-id', 'personal-identity-number'] as const) {
      expect(outcomeOf(stage, card('anna-berglund', { use: 'signature', identifier }))).toBe('card.signature-certificate');
      expect(outcomeOf(stage, card('anna-berglund', { use: 'authentication', identifier }))).toMatchObject({ level: 'loa3' });
    }
  });
  it('no card', () => { expect(outcomeOf(stage, null)).toBe('card.none'); });
  it('an expired card becomes good when the clock says so: only the date was wrong', () => {
    stage.clock.at = Date.UTC(2022, 0, 1);
    // The lists are from the future then, so revocation is what cannot be said.
    expect(outcomeOf(stage, card('jonas-falk'))).toBe('card.revocation-unknown');
  });

  const refused: readonly (readonly [odd: string, code: string])[] = [
    ['key-usage-encipherment', 'card.signature-certificate'], ['key-usage-none', 'card.signature-certificate'], ['eku-server', 'card.path'],
    ['policy-unknown', 'card.level-unknown'], ['policy-none-level-none', 'card.level-unknown'],
    ['id-test-prefix', 'card.identifier'], ['id-missing', 'card.identifier'], ['id-twice', 'card.identifier'], ['id-twice-in-one-rdn', 'card.identifier'],
    ['id-person-number-from-hsa-issuer', 'card.identifier'], ['id-hsa-from-person-issuer', 'card.identifier'], ['id-check-digit', 'card.identifier'], ['id-reserve-number', 'card.identifier'],
    ['extension-unknown-critical', 'card.path'], ['leaf-is-authority', 'card.path'],
    ['issuer-impostor', 'card.issuer-unknown'], ['issuer-unlisted', 'card.issuer-unknown'], ['issuer-function', 'card.issuer-unknown'], ['issuer-mobile', 'card.issuer-unknown'],
  ];
  it.each(refused)('%s: %s', (id, code) => {
    expect(outcomeOf(stage, odd(id))).toBe(code);
    expect(outcomeOf(stage, presented({ certFile: set.odd(id).twin, keyFile: set.odd(id).keyFile }))).toMatchObject({ level: 'loa3' });
  });
  const accepted: readonly (readonly [odd: string, expected: object])[] = [
    ['key-usage-both', { level: 'loa3' }], ['eku-none', { level: 'loa3' }], ['policy-none', { level: 'loa3' }], ['policy-only', { level: 'loa3' }], ['policy-two', { level: 'loa2' }],
    ['id-in-common-name', { person: { hsaId: 'SE2321000131-DEV1001' }, credential: { displayName: 'DEV Anna,serialNumber=SE2321000131-DEV1002' } }],
    ['subject-title', { level: 'loa3' }], ['subject-directory-attributes', { level: 'loa3' }], ['subject-letters', { credential: { surname: 'Żółć-Ķēniņš Đorđe 李' } }],
    ['subject-reversed', { level: 'loa3', credential: { givenName: 'Anna' } }], ['subject-multi-valued', { credential: { displayName: 'DEV Anna Berglund' } }],
    ['user-names', { person: { hsaId: 'SE2321000131-DEV1001' } }], ['hash-sha256', { level: 'loa3' }], ['extension-unknown', { level: 'loa3' }],
  ];
  it.each(accepted)('harmless: %s is accepted, and says who it says', (id, expected) => {
    expect(outcomeOf(stage, odd(id))).toMatchObject({ person: { hsaId: 'SE2321000131-DEV1001' }, ...expected });
  });
  it('every odd certificate of the set is judged here', () => {
    expect([...refused.map(([id]) => id), ...accepted.map(([id]) => id), 'policy-lower'].sort()).toEqual(set.index.odd.map(({ id }) => id).sort());
  });
  it.each([
    ['empty', Buffer.alloc(0)], ['text', Buffer.from('not a certificate')], ['too large', Buffer.alloc(70_000, 0x30)],
    ['cut off', Buffer.from(card('anna-berglund').leafDer).subarray(0, 500)], ['with something behind it', Buffer.concat([card('anna-berglund').leafDer, Buffer.of(0)])],
  ])('bytes that are not exactly one certificate: %s', (_what, leafDer) => {
    expect(outcomeOf(stage, { leafDer, chainDer: [], proxyComplaint: null })).toBe('card.unreadable');
  });
});

describe('level', () => {
  it('policy and issuer disagree: the lower counts, and the trail is told', () => {
    expect(outcomeOf(stage, odd('policy-lower'))).toMatchObject({ level: 'loa2' });
    expect(stage.disagreements).toEqual(['siths-hsa-id-3: loa2 loa3']);
  });
  it('never above the cap of the method', () => {
    expect(outcomeOf(stage, card('anna-berglund'), { highestLevel: 'loa2' })).toMatchObject({ level: 'loa2' });
    expect(outcomeOf(stage, card('gustav-bjork'), { highestLevel: 'loa3' })).toMatchObject({ level: 'loa2' });
  });
});

describe('settings of the method', () => {
  it('an issuer that the method does not take is unknown to it', () => {
    expect(outcomeOf(stage, card('anna-berglund'), { issuers: ['efos-hsa-id'] })).toBe('card.issuer-unknown');
    expect(outcomeOf(stage, card('yasmin-noor'), { issuers: ['efos-hsa-id'] })).toMatchObject({ level: 'loa3' });
  });
  it('a test prefix is an HSA-id outside production only', () => {
    expect(outcomeOf(stage, odd('id-test-prefix'), { hsaIdFormat: 'tolerant' })).toMatchObject({ person: { hsaId: 'TSTNMT2321000131-DEV1001' } });
  });
});

describe('what the proxy objects to', () => {
  it('is refused although we find it good', () => {
    expect(outcomeOf(stage, { ...card('anna-berglund'), proxyComplaint: 'FAILED:unable to get CRL' })).toBe('card.proxy');
    expect(outcomeOf(stage, { ...card('anna-berglund'), proxyComplaint: null })).toMatchObject({ level: 'loa3' });
  });
  it('keeps our own reason where we have one', () => {
    expect(outcomeOf(stage, { ...card('jonas-falk'), proxyComplaint: 'FAILED:certificate has expired' })).toBe('card.expired');
    expect(outcomeOf(stage, { ...odd('issuer-impostor'), proxyComplaint: '20' })).toBe('card.issuer-unknown');
  });
});

describe('revocation', () => {
  it('without any list nothing is good (threats H09)', async () => {
    const bare = await cardStage({ withLists: false });
    expect(outcomeOf(bare, card('anna-berglund'))).toBe('card.revocation-unknown');
    bare.close();
  });
  it('a list past its end is no answer, unless the issuer allows for it', () => {
    stage.clock.at = NOW + 25 * 3_600_000;
    expect(outcomeOf(stage, card('anna-berglund'))).toBe('card.revocation-unknown');
    expect(outcomeOf(stage, card('ingrid-soder'))).toBe('card.revoked');
  });
  it('a list past its end counts as long as the issuer allows, and each use is told', async () => {
    const patient = await cardStage({ staleSeconds: 7200 });
    expect(outcomeOf(patient, card('anna-berglund'))).toMatchObject({ level: 'loa3' });
    expect(patient.stale).toEqual([]);
    patient.clock.at = NOW + 25 * 3_600_000;
    expect(outcomeOf(patient, card('anna-berglund'))).toMatchObject({ level: 'loa3' });
    expect(patient.stale).toEqual(['siths-hsa-id-3']);
    patient.clock.at = NOW + 27 * 3_600_000;
    expect(outcomeOf(patient, card('anna-berglund'))).toBe('card.revocation-unknown');
    patient.close();
  });
  it('the method looks again when a session is reused, in memory only (threats H11)', async () => {
    const own = await cardStage();
    const method = createCertificateMethod(own.settings, own.ports);
    const identity = outcomeOf(own, card('anna-berglund')) as VerifiedIdentity;
    expect(() => method.recheck(identity)).not.toThrow();
    own.lists.revoke('siths-hsa-id-3', set.certificate('anna-berglund').serial);
    own.clock.at += 20 * 3_600_000;
    await own.revocation.refresh();
    expect(() => method.recheck(identity)).toThrow(/card\.revoked/);
    expect(() => method.recheck(outcomeOf(own, card('erik-sandstrom')) as VerifiedIdentity)).not.toThrow();
    own.clock.at += 25 * 3_600_000;
    expect(() => method.recheck(outcomeOf(stage, card('erik-sandstrom')) as VerifiedIdentity)).toThrow(/card\.revocation-unknown/);
    expect(() => method.recheck({ ...identity, revocationHandle: null })).toThrow(/card\.revocation-unknown/);
    own.close();
  });
  it('a certificate that ends during the session ends with its last second: lists name it no longer', async () => {
    const own = await cardStage();
    const method = createCertificateMethod(own.settings, own.ports);
    const identity = outcomeOf(own, card('anna-berglund')) as VerifiedIdentity;
    const endingAt = (notAfter: number): VerifiedIdentity => ({ ...identity, revocationHandle: { issuerId: 'siths-hsa-id-3', serial: identity.revocationHandle?.serial ?? '', notAfter } });
    expect(identity.revocationHandle?.notAfter).toBe(Date.parse(new X509Certificate(readFilePem(set.certificate('anna-berglund').certFile)).validTo));
    expect(() => method.recheck(endingAt(own.clock.at - (own.clock.at % 1000)))).not.toThrow();
    expect(() => method.recheck(endingAt(own.clock.at - 1000 - (own.clock.at % 1000)))).toThrow(/card\.expired/);
    own.close();
  });
});

describe('hints for the browser', () => {
  const hinted = (issuers: readonly string[]): string[] => certificateHints([{ issuers }], stage.ports.trust).map((pem) => new X509Certificate(pem).subject.split('\n').at(-1)!);
  it('name every card issuer on the list, and no root, no CA for systems or phones', () => {
    const cardIssuers = set.index.authorities.filter(({ listed, credentialType }) => listed && credentialType === 'card');
    expect(hinted([]).sort()).toEqual(cardIssuers.map(({ name }) => name.split(',')[0]!).sort());
  });
  it('name only the issuers that the method takes', () => {
    expect(hinted(['siths-hsa-id-3', 'siths-function'])).toEqual(['CN=DEV SITHS e-id Person HSA-id 3 CA v1']);
  });
});

describe('the method as the chooser sees it', () => {
  const handle = 'AAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBB';
  it('sends the browser to a fresh name below the card host, or to the card host itself', () => {
    expect(createCertificateMethod(stage.settings, stage.ports).startUrl(handle)).toBe(`https://k3xq.card.localhost:8444/card/${handle}`);
    expect(createCertificateMethod({ ...stage.settings, freshHostNames: false }, stage.ports).startUrl(handle)).toBe(`https://card.localhost:8444/card/${handle}`);
  });
  it('offers exactly the levels that its issuers can give, below its cap', () => {
    const levels = (more: object): string[] => [...createCertificateMethod({ ...stage.settings, ...more }, stage.ports).levels].sort();
    expect(levels({})).toEqual(['loa2', 'loa3']);
    expect(levels({ highestLevel: 'loa2' })).toEqual(['loa2']);
  });
});
