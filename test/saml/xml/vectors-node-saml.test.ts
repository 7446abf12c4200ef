/** Every signed response of node-saml: the valid ones accepted with their certificate, the invalid ones refused, and where we are stricter. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isBrygganError } from '../../../src/core/errors.ts';
import { childElements, decryptAssertion, readXml, verifyEnveloped, type XmlElement } from '../../../src/saml/xml/index.ts';
import { refusedWith } from '../../fixtures/refused.ts';

const folder = new URL('../../vectors/node-saml-signatures/', import.meta.url);
const bytesOf = (name: string): Buffer => readFileSync(new URL(name, folder));
const keys = [new X509Certificate(bytesOf('cert.pem')).publicKey];
const privateKey = createPrivateKey(bytesOf('key.pem'));
const SAML = 'urn:oasis:names:tc:SAML:2.0:assertion';
/** Their clock: most are signed with SHA-1, which we take for a legacy peer until a date only. */
const legacy = { now: Date.UTC(2014, 4, 28), policy: { sha1Until: Date.UTC(2014, 4, 29) } };

const codeOf = (action: () => unknown): string => {
  try {
    action();
    return 'verified';
  } catch (error) {
    if (isBrygganError(error)) return error.code;
    throw error;
  }
};
interface Verdict { readonly response: string; readonly assertion: string | null }
/** The response, and each assertion directly in it; what stands in Advice is nobody's assertion. */
const verdictOf = (bytes: Buffer, circumstances: typeof legacy | { readonly now: number } = legacy): Verdict => {
  const document = readXml(bytes, 'message');
  const verdict = (element: XmlElement): string => codeOf(() => verifyEnveloped(element, keys, { document, ...circumstances }));
  const [assertion] = childElements(document, SAML, 'Assertion');
  return { response: verdict(document), assertion: assertion === undefined ? null : verdict(assertion) };
};
const missing = 'signature.missing';
const broken = 'signature.shape';

const valid: Readonly<Record<string, Verdict>> = {
  'response.root-signed.assertion-signed.1advice-signed.xml': { response: 'verified', assertion: 'verified' },
  'response.root-signed.assertion-signed.1advice-unsigned.xml': { response: 'verified', assertion: 'verified' },
  'response.root-signed.assertion-signed.2advice-signed.xml': { response: 'verified', assertion: 'verified' },
  'response.root-signed.assertion-signed.2advice-unsigned.xml': { response: 'verified', assertion: 'verified' },
  'response.root-signed.assertion-signed.xml': { response: 'verified', assertion: 'verified' },
  'response.root-signed.assertion-unsigned-13-signature.xml': { response: 'verified', assertion: missing },
  'response.root-signed.assertion-unsigned-13.xml': { response: 'verified', assertion: missing },
  'response.root-signed.assertion-unsigned-encrypted.xml': { response: 'verified', assertion: null },
  'response.root-signed.assertion-unsigned-xd-signature.xml': { response: 'verified', assertion: missing },
  'response.root-signed.assertion-unsigned-xd.xml': { response: 'verified', assertion: missing },
  'response.root-signed.assertion-unsigned.1advice-unsigned.xml': { response: 'verified', assertion: missing },
  'response.root-signed.assertion-unsigned.2advice-unsigned.xml': { response: 'verified', assertion: missing },
  'response.root-signed.assertion-unsigned.xml': { response: 'verified', assertion: missing },
  'response.root-unsigned.assertion-signed.1advice-signed.xml': { response: missing, assertion: 'verified' },
  'response.root-unsigned.assertion-signed.1advice-unsigned.xml': { response: missing, assertion: 'verified' },
  'response.root-unsigned.assertion-signed.xml': { response: missing, assertion: 'verified' },
};
/** Nothing in these verifies. `xml.multiple-roots` is thrown by the reader. */
const invalid: Readonly<Record<string, Verdict | 'xml.multiple-roots'>> = {
  'response.root-resigned-by-attacker-assertion-unsigned-attackers-cert-at-keyinfo.xml': { response: 'signature.invalid', assertion: missing },
  'response.root-signed-transforms.assertion-unsigned.xml': { response: 'signature.transform', assertion: missing },
  'response.root-signed.assertion-invalidly-signed.xml': { response: 'signature.digest', assertion: 'signature.digest' },
  'response.root-signed.assertion-signed.1advice-signed.xml': { response: broken, assertion: broken },
  'response.root-signed.assertion-signed.1advice-unsigned.xml': { response: broken, assertion: broken },
  'response.root-signed.assertion-signed.2advice-signed.xml': { response: broken, assertion: broken },
  'response.root-signed.assertion-signed.2advice-unsigned.xml': { response: broken, assertion: broken },
  'response.root-signed.assertion-signed.xml': { response: broken, assertion: broken },
  'response.root-signed.assertion-unsigned.1advice-unsigned.xml': { response: broken, assertion: missing },
  'response.root-signed.assertion-unsigned.2advice-unsigned.xml': { response: broken, assertion: missing },
  'response.root-signed.assertion-unsigned.xml': { response: broken, assertion: missing },
  'response.root-signed.multiple-root-elements.xml': 'xml.multiple-roots',
  'response.root-unsigned.assertion-signed-transforms.xml': { response: missing, assertion: 'signature.transform' },
  'response.root-unsigned.assertion-signed.1advice-signed.xml': { response: missing, assertion: broken },
  'response.root-unsigned.assertion-signed.1advice-unsigned.xml': { response: missing, assertion: broken },
  'response.root-unsigned.assertion-signed.xml': { response: missing, assertion: broken },
  'response.root-unsigned.assertion-unsigned.1advice-unsigned.xml': { response: missing, assertion: missing },
  'response.root-unsigned.assertion-unsigned.2advice-unsigned.xml': { response: missing, assertion: missing },
  'response.root-unsigned.assertion-unsigned.xml': { response: missing, assertion: missing },
};
/** Its Response is rightly signed; what is wrong lies in what it encrypts, which nobody reads unverified (encryption.test.ts, threats C03). */
const INVALID_INSIDE = 'response.root-signed.assertion-invalidly-signed-encrypted.xml';

describe('valid', () => {
  it.each(Object.entries(valid))('%s', (name, verdict) => { expect(verdictOf(bytesOf(`valid/${name}`))).toEqual(verdict); });
  it('every file has its row', () => { expect(readdirSync(new URL('valid', folder)).toSorted()).toEqual(Object.keys(valid).toSorted()); });
});

describe('invalid', () => {
  it.each(Object.entries(invalid))('%s', (name, verdict) => {
    if (typeof verdict === 'string') refusedWith(verdict, () => verdictOf(bytesOf(`invalid/${name}`)));
    else expect(verdictOf(bytesOf(`invalid/${name}`))).toEqual(verdict);
  });
  it('every file has its row', () => { expect(readdirSync(new URL('invalid', folder)).toSorted()).toEqual([...Object.keys(invalid), INVALID_INSIDE].toSorted()); });
});

describe('encrypted ones: the Response is rightly signed; the private key for what is inside is not among the vectors, so it stays closed', () => {
  it.each([`invalid/${INVALID_INSIDE}`, 'valid/response.root-signed.assertion-unsigned-encrypted.xml'])('%s', (name) => {
    const document = readXml(bytesOf(name), 'message');
    const coveredBy = verifyEnveloped(document, keys, { document, ...legacy });
    const inside = childElements(document, SAML, 'EncryptedAssertion')[0]!;
    expect(refusedWith('decrypt.failed', () => decryptAssertion(inside, [privateKey], { coveredBy })).detail).toBe('the assertion cannot be decrypted');
  });
});

describe('where we are stricter, knowingly', () => {
  const modern = Object.keys(valid).filter((name) => bytesOf(`valid/${name}`).includes('rsa-sha256'));
  it('SHA-1 is taken from nobody without a policy, and from a legacy peer until its date (threats B21)', () => {
    expect(modern).toHaveLength(3);
    for (const name of Object.keys(valid).filter((found) => !modern.includes(found))) {
      for (const circumstances of [{ now: legacy.now }, { ...legacy, now: legacy.policy.sha1Until }]) {
        const { response, assertion } = verdictOf(bytesOf(`valid/${name}`), circumstances);
        for (const verdict of [response, assertion]) expect([missing, 'signature.algorithm', null]).toContain(verdict);
      }
    }
  });
  it.each(modern)('SHA-256 needs none: %s', (name) => { expect(verdictOf(bytesOf(`valid/${name}`), { now: legacy.now })).toEqual(valid[name]); });
});
