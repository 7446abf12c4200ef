/** Changed ciphertexts: one answer for every failure that depends on a key, and CBC only under a verified signature. */
import { describe, expect, it } from 'vitest';
import { BrygganError } from '../../src/core/errors.ts';
import { decryptAssertion, element, encryptAssertion, readXml, signNode, verifyEnveloped, writeXml, type SignedElement, type XmlElement } from '../../src/saml/xml/index.ts';
import { NOW, testKey } from '../fixtures/saml.ts';
import { signerOf } from '../fixtures/saml-answers.ts';
import { upstreamKey } from '../fixtures/signed-response.ts';

const ours = testKey('our-encryption');
const CBC = 'http://www.w3.org/2001/04/xmlenc#aes128-cbc';
const GCM = 'http://www.w3.org/2009/xmlenc11#aes128-gcm';
const assertion = element('saml:Assertion', { ID: '_a' }, [element('saml:Issuer', {}, ['x'.repeat(40)])]);
interface Received { readonly encrypted: XmlElement; readonly coveredBy: SignedElement }
/** The sender signs whatever ciphertext: the worst case for us. */
const received = async (method: string, change: (xml: string) => string = String): Promise<Received> => {
  const sealed = writeXml(encryptAssertion(assertion, { key: ours.publicKey, certificate: ours.certificate, methods: [method], digests: [] }));
  const copy = (text: XmlElement): ReturnType<typeof element> => element(`${text.prefix}:${text.localName}`, Object.fromEntries(text.attributes.map(({ localName, value }) => [localName, value])), text.children.map((child) => (typeof child === 'string' ? child : copy(child))));
  const text = writeXml(await signNode(element('samlp:Response', { ID: '_r' }, [copy(readXml(Buffer.from(change(sealed)), 'message'))]), signerOf(upstreamKey)));
  const document = readXml(Buffer.from(text), 'message');
  const coveredBy = verifyEnveloped(document, [upstreamKey.publicKey], { document, now: NOW });
  const encrypted = document.children.find((child): child is XmlElement => typeof child !== 'string' && child.localName === 'EncryptedAssertion');
  if (encrypted === undefined) throw new Error('nothing was encrypted');
  return { encrypted, coveredBy };
};
const answerTo = ({ encrypted, coveredBy }: Received): string => {
  try {
    return decryptAssertion(encrypted, [ours.privateKey], { coveredBy }).localName;
  } catch (error) {
    return error instanceof BrygganError ? `${error.code}: ${error.detail} ${JSON.stringify(error.facts)}` : `broke: ${String(error)}`;
  }
};
/** One octet of the `which`th CipherValue (0: the key, 1: the content, in the order of the document) flipped at `at`, from the end when negative. */
const flip = (which: 0 | 1, at: number) => (xml: string): string => {
  let count = -1;
  return xml.replace(/(<xenc:CipherValue>)([^<]*)/g, (all, tag: string, value: string) => {
    count += 1;
    if (count !== which) return all;
    const raw = Buffer.from(value, 'base64');
    const place = at < 0 ? raw.length + at : at;
    raw[place] = (raw[place] ?? 0) ^ 0x01;
    return tag + raw.toString('base64');
  });
};
describe.each([['CBC', CBC], ['GCM', GCM]])('C01: %s', (_name, method) => {
  it('unchanged is read', async () => { expect(answerTo(await received(method))).toBe('Assertion'); });
  it('gives one answer wherever it was changed: key, IV, content, padding', async () => {
    const answers = new Set<string>();
    for (const change of [flip(0, 0), flip(0, 1), flip(0, 100), flip(0, -1), flip(1, 0), flip(1, 16), flip(1, 40), flip(1, -1), flip(1, -17)]) answers.add(answerTo(await received(method, change)));
    expect([...answers]).toEqual(['decrypt.failed: the assertion cannot be decrypted {}']);
  });
});
it('C02: RSA 1.5 as key transport, C04: nothing is fetched', async () => {
  const oaep = /http:\/\/www\.w3\.org\/200[19]\/(?:04\/xmlenc#rsa-oaep-mgf1p|xmlenc11#rsa-oaep)/;
  expect(answerTo(await received(GCM, (xml) => { expect(xml).toMatch(oaep); return xml.replace(oaep, 'http://www.w3.org/2001/04/xmlenc#rsa-1_5'); }))).toMatch(/^decrypt\.failed: key transport/);
  expect(answerTo(await received(GCM, (xml) => xml.replaceAll(/<xenc:CipherValue>[^<]*<\/xenc:CipherValue>/g, '<xenc:CipherReference URI="http://127.0.0.1:9/x"></xenc:CipherReference>')))).toMatch(/^decrypt\.failed/);
});
it('C01: CBC outside a verified signature', async () => {
  const { encrypted } = await received(CBC);
  expect(() => decryptAssertion(encrypted, [ours.privateKey], { coveredBy: null })).toThrow('CBC outside a verified signature');
});
