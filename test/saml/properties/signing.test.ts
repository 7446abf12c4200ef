/** What we sign others accept, what others sign we accept, and a changed octet is refused; documents are generated. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SignedXml } from 'xml-crypto';
import { isBrygganError } from '../../../src/core/errors.ts';
import { canonicalise, readXml, signerFor, verifyEnveloped, writeSigned, writeXml, type SignedElement } from '../../../src/saml/xml/index.ts';
import { libxmlCanonical } from '../../fixtures/libxml2.ts';
import { NOW, testKey } from '../../fixtures/saml.ts';
import { signById } from '../../fixtures/response-pieces.ts';
import { nodesToSign, plainDocuments } from '../../fixtures/xml-documents.ts';

const key = testKey('properties');
const ec = testKey('properties', 'ec');
const signer = signerFor(key.privateKey, key.certificate);
const verify = (text: string | Buffer, by = key): SignedElement => {
  const document = readXml(Buffer.from(text), 'message');
  return verifyEnveloped(document, [by.publicKey], { document, now: NOW });
};
const xmlCryptoAccepts = (text: string): boolean => {
  const signature = /<ds:Signature[ >][^]*<\/ds:Signature>/.exec(text)?.[0] ?? '';
  const verifier = new SignedXml({ publicCert: key.publicKey.export({ type: 'spki', format: 'pem' }) as string });
  verifier.loadSignature(signature);
  return verifier.checkSignature(text);
};
describe('what we write', () => {
  it('is its own canonical form, by libxml2 and by us', () => {
    fc.assert(fc.property(nodesToSign, (node) => {
      const text = writeXml(node);
      expect(canonicalise(readXml(Buffer.from(text), 'message'))).toBe(text);
      expect(libxmlCanonical(text)).toBe(text);
    }), { numRuns: 1500 });
  });
  it('and sign, xml-crypto accepts, and we', async () => {
    await fc.assert(fc.asyncProperty(nodesToSign, async (node) => {
      const text = await writeSigned(node, signer);
      fc.pre(!/[\u0085\u2028]/.test(text)); // xmldom, on which xml-crypto stands, takes these for line ends
      expect(libxmlCanonical(text)).toBe(text);
      expect(xmlCryptoAccepts(text)).toBe(true);
      expect(verify(text).keyIndex).toBe(0);
      expect(verify(await writeSigned(node, signerFor(ec.privateKey, ec.certificate)), ec).keyIndex).toBe(0);
    }), { numRuns: 150 });
  });
});
it('what xml-crypto signs we accept, whatever the document looks like', () => {
  fc.assert(fc.property(plainDocuments, (text) => { expect(verify(signById(text, '_generated', key, 'first')).keyIndex).toBe(0); }), { numRuns: 150 });
});
it('any change of one octet is refused, but in KeyInfo and in the blanks of a tag, which nobody signs', async () => {
  await fc.assert(fc.asyncProperty(nodesToSign, fc.array(fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(255)), { minLength: 40, maxLength: 40 }), async (node, changes) => {
    const text = await writeSigned(node, signer);
    const signed = (bytes: string | Buffer): string => canonicalise(verify(bytes).element).replace(/<ds:KeyInfo>[^]*<\/ds:KeyInfo>/, '').replace(/(<ds:SignatureValue>)([^<]*)/, (_all, tag: string, value: string) => tag + value.replace(/\s/g, ''));
    const good = signed(text);
    for (const [share, octet] of changes) {
      const bytes = Buffer.from(text);
      bytes[Math.floor(share * bytes.length)] = octet;
      let read: string | null = null;
      try {
        read = signed(bytes);
      } catch (error) {
        if (!isBrygganError(error)) throw error;
      }
      if (read !== null) expect(read).toBe(good);
    }
  }), { numRuns: 120 });
});
