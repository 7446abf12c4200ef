/** Other spellings of the same signature: base64 with junk or spare bits, DER for r and s, numbers shortened, lengthened or out of range. */
import { sign } from 'node:crypto';
import { expect, it } from 'vitest';
import type { ErrorCode } from '../../src/core/error-catalogue.ts';
import { readXml, verifyEnveloped } from '../../src/saml/xml/index.ts';
import { NOW, testKey } from '../fixtures/saml.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { DS, signedDocument, type SignedParts } from '../saml/xml/hand-signed.ts';

const ec = testKey('b22', 'ec');
const ecdsa: SignedParts = { key: ec.privateKey, signature: ['sha256', 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256'] };
const verify = (text: string, key = testKey()): unknown => {
  const document = readXml(Buffer.from(text), 'message');
  return verifyEnveloped(document, [key.publicKey], { document, now: NOW });
};
const bent = (change: (raw: Buffer) => Buffer): SignedParts => ({ signatureValue: (value) => change(Buffer.from(value, 'base64')).toString('base64') });
const infoOf = (text: string): string => /<ds:SignedInfo>[^]*<\/ds:SignedInfo>/.exec(text)?.[0].replace('>', ` xmlns:ds="${DS}">`) ?? '';
it.each<[string, SignedParts]>([
  ['an octet of zero in front', bent((raw) => Buffer.concat([Buffer.from([0]), raw]))],
  ['an octet of zero behind', bent((raw) => Buffer.concat([raw, Buffer.from([0])]))],
  ['the last octet gone', bent((raw) => raw.subarray(0, -1))],
  ['nothing but zeros', bent((raw) => Buffer.alloc(raw.length))],
  ['nothing but ones', bent((raw) => Buffer.alloc(raw.length, 0xff))],
])('B22: %s, RSA and ECDSA', (_name, parts) => {
  expect([verify(signedDocument()), verify(signedDocument(ecdsa), ec)]).toHaveLength(2);
  refusedWith('signature.invalid', () => verify(signedDocument(parts)));
  refusedWith('signature.invalid', () => verify(signedDocument({ ...ecdsa, ...parts }), ec));
});
it('B22: r and s of ECDSA in DER', () => {
  const text = signedDocument(ecdsa);
  const der = sign('sha256', Buffer.from(infoOf(text)), ec.privateKey);
  refusedWith('signature.invalid', () => verify(text.replace(/(<ds:SignatureValue>)[^<]*/, (_all, tag: string) => tag + der.toString('base64')), ec));
});
it.each<[string, (value: string) => string, ErrorCode]>([
  ['a foreign letter', (value) => `${value.slice(0, 4)}*${value.slice(4)}`, 'signature.shape'],
  ['a space that XML does not know', (value) => `${value.slice(0, 4)}\u00a0${value.slice(4)}`, 'signature.shape'],
  ['padding too much', (value) => `${value}=`, 'signature.shape'],
  ['padding in the middle', (value) => `${value.slice(0, 4)}==${value.slice(4)}`, 'signature.shape'],
])('B22: base64 with %s', (_name, signatureValue, code) => { refusedWith(code, () => verify(signedDocument({ signatureValue }))); });
