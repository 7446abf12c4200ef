/** H10: answers that may not be believed, each beside the one that may. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { octets } from '../../../certs-dev/asn1.ts';
import { extension, type Extension } from '../../../certs-dev/certificate.ts';
import { createRevocationService } from '../../../certs-dev/revocation.ts';
import { developmentSet, readDer } from '../../../certs-dev/set.ts';
import { isBrygganError } from '../../../src/core/errors.ts';
import { parseCertificate } from '../../../src/pki/certificate.ts';
import { oids } from '../../../src/pki/oids.ts';
import { writeOcspRequest } from '../../../src/pki/revocation/ocsp-request.ts';
import { readOcspResponse } from '../../../src/pki/revocation/ocsp-response.ts';
import { verifyOcspAnswer, type OcspAnswer, type OcspRules } from '../../../src/pki/revocation/ocsp-verify.ts';
import { refusedWith } from '../../fixtures/refused.ts';
import { DAY, HOUR, NOW, extensionItem, makeAuthority, makeResponder, refusal, type AnswerPlan } from '../authority.ts';

const ca = makeAuthority('Issuing');
const SERIAL = '5a01';
const nonce = Buffer.alloc(32, 7);
const rules: OcspRules = { now: NOW, nonce: 'if-answered', responderStatus: () => 'unknown' };
const verify = (answer: Buffer, more: Partial<OcspRules> = {}): OcspAnswer => verifyOcspAnswer(answer, { issuer: ca.certificate, serial: SERIAL, nonce }, { ...rules, ...more });
const ask = (plan: AnswerPlan = {}, more: Partial<OcspRules> = {}): OcspAnswer => verify(ca.answer(SERIAL, plan), more);
const refused = (why: RegExp, plan: AnswerPlan, more: Partial<OcspRules> = {}): void => { expect(refusedWith('pki.ocsp', () => ask(plan, more)).detail).toMatch(why); };

describe('an answer that counts', () => {
  it.each(['good', 'revoked', 'unknown'] as const)('%s', (status) => expect(ask({ status })).toMatchObject({ status, thisUpdate: NOW, until: NOW + HOUR }));
  it('by the authority itself, named by name or by key', () => expect(ask({ responder: { key: ca.key, der: ca.der } }).status).toBe('good'));
  it('by a responder that the authority appointed', () => expect(ask({ responder: makeResponder(ca) }).status).toBe('good'));
  it('with CertID by SHA-256', () => expect(ask({ hash: 'sha256' }).status).toBe('good'));
  it('with our nonce, where one is required too', () => expect(ask({ nonce }, { nonce: 'required' }).status).toBe('good'));
  it('from stock, without nonce, while it is fresh', () => expect(ask({ thisUpdate: NOW - 30 * 60_000 }).until).toBe(NOW + 30 * 60_000));
  it('without nextUpdate: for five minutes [RFC 6960 §4.2.2.1]', () => expect(ask({ nextUpdate: null }).until).toBe(NOW + 300_000));
  it('however long it says that it lasts: a week at most', () => expect(ask({ nextUpdate: NOW + 90 * DAY }).until).toBe(NOW + 7 * DAY));
});
describe('an answer that does not count', () => {
  it.each([
    ['about another serial number', { serial: '5a02' }, /not about this/], ['about two, both the same', { twice: true }, /not about this/],
    ['stale', { thisUpdate: NOW - 2 * HOUR }, /stale/], ['stale, without nextUpdate', { thisUpdate: NOW - 301_000, nextUpdate: null }, /stale/], ['from the future', { thisUpdate: NOW + 6 * 60_000 }, /future/],
    ['produced in the future', { producedAt: NOW + 6 * 60_000 }, /future/], ['that ends before it begins', { nextUpdate: NOW - HOUR }, /ends before/],
    ['with somebody else’s nonce: a replay', { nonce: Buffer.alloc(32, 8) }, /another question/], ['with an unknown critical extension', { extensions: [extensionItem('2.999.1', octets(Buffer.of(1)), true)] }, /critical extension/],
    ['with an unknown critical extension about the certificate', { singleExtensions: [extensionItem('2.999.1', octets(Buffer.of(1)), true)] }, /critical extension/],
  ] as const satisfies readonly (readonly [string, AnswerPlan, RegExp])[])('%s', (_what, plan, why) => {
    refused(why, plan);
    expect(ask().status).toBe('good');
  });
  it('without the nonce where one is required', () => refused(/nonce/, {}, { nonce: 'required' }));
  it('with a nonce when none was asked with', () => { refusedWith('pki.ocsp', () => verifyOcspAnswer(ca.answer(SERIAL, { nonce }), { issuer: ca.certificate, serial: SERIAL, nonce: null }, rules)); });
  it.each([[1, 'malformedRequest'], [2, 'internalError'], [3, 'tryLater'], [5, 'sigRequired'], [6, 'unauthorized']])('status %s: the responder says %s', (status, name) => {
    expect(refusedWith('pki.ocsp', () => verify(refusal(status))).detail).toContain(name);
  });
  it('garbage, nothing, far too much', () => { for (const bytes of [Buffer.from('garbage'), Buffer.alloc(0), Buffer.alloc(100_000)]) refusedWith('pki.ocsp', () => verify(bytes)); });
  it('one octet of the answer changed', () => {
    const answer = ca.answer(SERIAL, { status: 'revoked', responder: makeResponder(ca) });
    const at = answer.indexOf(Buffer.from(SERIAL, 'hex'));
    expect(verify(answer).status).toBe('revoked');
    answer[at + 1] = 2;
    refusedWith('pki.ocsp', () => verify(answer));
  });
});
describe('a responder that may not answer', () => {
  const other = makeAuthority('Issuing');
  const odd = (...extensions: readonly Extension[]): AnswerPlan => ({ responder: makeResponder(ca, { extensions: [...extensions, extension.authorityKey(ca.key)] }) });
  const [signs, answers, unchecked] = [extension.keyUsage('digitalSignature'), extension.extendedKeyUsage(oids.ocspSigning), extension.noOcspCheck()];
  it('the twin', () => expect(ask(odd(signs, answers, unchecked)).status).toBe('good'));
  it.each([
    ['appointed by another authority of the same name', { responder: makeResponder(other) }, /not appointed/], ['not appointed to answer', odd(signs, unchecked), /not for answering/],
    ['appointed for anything, which is not for answering', odd(signs, extension.extendedKeyUsage(oids.anyExtendedKeyUsage), unchecked), /not for answering/], ['a person’s card', { responder: { ...ca.issue(), byName: undefined! } }, /not for answering/],
    ['whose key may not sign', odd(extension.keyUsage('keyEncipherment'), answers, unchecked), /may not sign/], ['expired', { responder: makeResponder(ca, { notAfter: NOW - DAY }) }, /expired/], ['not valid yet', { responder: makeResponder(ca, { notBefore: NOW + DAY }) }, /not valid yet/],
    ['with an unknown critical extension', odd(signs, answers, unchecked, extension.unknown(true)), /critical extension/], ['that is not in the answer', { responder: makeResponder(ca), certificates: [] }, /missing/],
    ['that is in the answer, while another key signed', { responder: makeResponder(ca), signer: other.key }, /signature/], ['the authority’s name, another’s key', { signer: other.key }, /signature/],
  ] as const satisfies readonly (readonly [string, AnswerPlan, RegExp])[])('%s', (_what, plan, why) => refused(why, plan));
  it('that may be revoked itself, unless it says that it need not be checked [RFC 6960 §4.2.2.2.1]', () => {
    const plain = odd(signs, answers);
    refused(/itself may be revoked/, plain);
    refused(/itself may be revoked/, plain, { responderStatus: () => 'revoked' });
    expect(ask(plain, { responderStatus: () => 'good' }).status).toBe('good');
  });
});
describe('vectors of pyca/cryptography', () => {
  const folder = join(import.meta.dirname, '../../vectors/ocsp');
  const read: Readonly<Record<string, string>> = {
    'ocsp-army.deps.mil-resp.der': 'revoked', 'resp-delegate-unknown-cert.der': 'unknown', 'resp-responder-key-hash.der': 'revoked', 'resp-revoked-no-next-update.der': 'revoked', 'resp-revoked-reason.der': 'revoked', 'resp-revoked.der': 'revoked',
    'resp-sct-extension.der': 'good', 'resp-sha256.der': 'good', 'resp-single-extension-reason.der': 'good', 'resp-unknown-extension.der': 'revoked', 'resp-unknown-hash-alg.der': 'revoked',
  };
  const unread: Readonly<Record<string, RegExp>> = {
    'resp-invalid-signature-oid.der': /not accepted/, 'resp-response-type-unknown-oid.der': /unknown type/, 'resp-successful-no-response-bytes.der': /without content/, 'resp-unauthorized.der': /unauthorized/, 'resp-unknown-response-status.der': /status 7/,
  };
  it.each(Object.entries(read))('%s says %s', (file, status) => {
    expect(readOcspResponse(readFileSync(join(folder, file))).responses[0]?.status).toBe(status);
  });
  it.each(Object.entries(unread))('%s is refused: %s', (file, why) => expect(() => readOcspResponse(readFileSync(join(folder, file)))).toThrow(why));
  it('every response is looked at; requests are for responders to read, and we write them only', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.der'));
    expect(files.filter((file) => /resp/.test(file)).sort()).toEqual([...Object.keys(read), ...Object.keys(unread)].sort());
    expect(files.filter((file) => !/resp/.test(file)).every((file) => file.includes('req'))).toBe(true);
  });
  it('none of them, all real, is believed about somebody else’s certificate', () => { for (const file of Object.keys(read)) refusedWith('pki.ocsp', () => verify(readFileSync(join(folder, file)))); });
});
describe('requests', () => {
  it('are answered by the development responder, an implementation of its own', () => {
    const set = developmentSet();
    const service = createRevocationService({ now: () => NOW });
    for (const [person, status] of [['anna-berglund', 'good'], ['ingrid-soder', 'revoked']] as const) {
      const entry = set.certificate(person);
      const question = { issuer: parseCertificate(readDer(set.authority(entry.issuer).certFile)), serial: entry.serial, nonce };
      expect(verifyOcspAnswer(service.answer(writeOcspRequest(question)), question, { ...rules, nonce: 'required' }).status).toBe(status);
      const stranger = { ...question, serial: '5a02' };
      refusedWith('pki.ocsp', () => verifyOcspAnswer(service.answer(writeOcspRequest(question)), stranger, rules));
    }
  });
  it('look like a request from elsewhere, octet for octet', () => {
    const theirs = readFileSync(join(import.meta.dirname, '../../vectors/ocsp/req-ext-nonce.der'));
    const ours = writeOcspRequest({ issuer: ca.certificate, serial: SERIAL, nonce });
    // Same frame: the algorithm of CertID, and the extension with the nonce.
    for (const part of ['300906052b0e03021a0500', '06092b0601050507300102']) expect([theirs.includes(Buffer.from(part, 'hex')), ours.includes(Buffer.from(part, 'hex'))]).toEqual([true, true]);
  });
});
it('whatever comes in, only pki.ocsp comes out', () => {
  const good = ca.answer(SERIAL, { responder: makeResponder(ca), nonce });
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }), (changes) => {
    const bytes = Buffer.from(good);
    for (const [at, value] of changes) bytes[at] = value;
    try { verify(bytes); } catch (error) { if (!isBrygganError(error) || error.code !== 'pki.ocsp') throw error; }
  }), { numRuns: 400 });
});
