/**
 * What may stand in a Signature. Every mutant is signed anew over its changed SignedInfo with the right key, so that the rule under
 * test is all that is left to refuse it; the twin is the same document with nothing changed.
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/core/error-catalogue.ts';
import { childElements, isSigned, readXml, verifyEnveloped, type SignedElement, type XmlProfile } from '../../../src/saml/xml/index.ts';
import { refusedWith } from '../../fixtures/refused.ts';
import { NOW, testKey } from '../../fixtures/saml.ts';
import { algorithm, DS, ENVELOPED, EXCLUSIVE, signedDocument, SHA256, twoTransforms, type SignedParts } from './hand-signed.ts';

const verify = (text: string, profile: XmlProfile = 'message'): SignedElement => {
  const document = readXml(Buffer.from(text), profile);
  return verifyEnveloped(document, [testKey().publicKey], { document, now: NOW });
};
const INCLUSIVE = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const prefixList = (list: string): string => `<ec:InclusiveNamespaces xmlns:ec="${EXCLUSIVE}" PrefixList="${list}"></ec:InclusiveNamespaces>`;
const exclusiveWith = (inside: string): string => algorithm('Transform', ENVELOPED) + algorithm('Transform', EXCLUSIVE, inside);

it('a document that is signed by the rules is accepted, and the very element that was hashed comes back', () => {
  const document = readXml(Buffer.from(signedDocument()), 'message');
  const signed = verifyEnveloped(document, [testKey().publicKey], { document, now: NOW });
  expect(signed.element).toBe(document);
  expect(signed).toMatchObject({ keyIndex: 0, algorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256' });
});

describe('what others write and is right', () => {
  it.each<[string, SignedParts]>([
    ['base64 in lines', { digestValue: (value) => `\n${value.slice(0, 20)}\n${value.slice(20)}\n`, signatureValue: (value) => value.replace(/.{76}/g, '$&\n') }],
    ['something of another namespace that is called Signature too', { content: '<x:Signature xmlns:x="urn:x"></x:Signature>' }],
    ['something else of the namespace of signatures beside it', { content: `<ds:KeyInfo xmlns:ds="${DS}"></ds:KeyInfo>` }],
    ['a KeyInfo that nobody reads', { after: '<ds:KeyInfo><ds:KeyName>whatever</ds:KeyName></ds:KeyInfo>' }],
    ['white space between its elements', { before: '\n  ', after: '\n' }],
    ['a PrefixList that names what is bound to nothing', { transforms: exclusiveWith(prefixList('xs xsi')) }],
    ['a PrefixList for SignedInfo', { canonicalisation: algorithm('CanonicalizationMethod', EXCLUSIVE, prefixList('xs')) }],
    ['a PrefixList of 32', { transforms: exclusiveWith(prefixList(Array.from({ length: 32 }, (_none, at) => `p${at}`).join(' '))) }],
  ])('%s', (_name, parts) => { expect(verify(signedDocument(parts)).element.localName).toBe('Response'); });
});

describe('refused for its shape', () => {
  const object = `<ds:Object><samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_evil"></samlp:Response></ds:Object>`;
  const secondInfo = `<ds:SignedInfo></ds:SignedInfo>`;
  const reference = `<ds:Reference URI="#_r"><ds:Transforms>${twoTransforms}</ds:Transforms>${algorithm('DigestMethod', SHA256)}<ds:DigestValue>${createHash('sha256').update('').digest('base64')}</ds:DigestValue></ds:Reference>`;
  it.each<[string, SignedParts, ErrorCode]>([
    ['an Object (threats B09)', { after: object }, 'signature.shape'],
    ['an Object behind KeyInfo', { after: `<ds:KeyInfo></ds:KeyInfo>${object}` }, 'signature.shape'],
    ['a second SignedInfo in front (threats B12)', { before: secondInfo }, 'signature.shape'],
    ['a second SignedInfo behind (threats B12)', { after: secondInfo }, 'signature.shape'],
    ['a second SignatureValue (threats B12)', { after: '<ds:SignatureValue>AAAA</ds:SignatureValue>' }, 'signature.shape'],
    ['a second KeyInfo', { after: '<ds:KeyInfo></ds:KeyInfo><ds:KeyInfo></ds:KeyInfo>' }, 'signature.shape'],
    ['a second Reference (threats B14)', { moreInfo: reference }, 'signature.shape'],
    ['an element of another namespace', { after: '<x:KeyInfo xmlns:x="urn:x"></x:KeyInfo>' }, 'signature.shape'],
    ['text between its elements', { before: 'x' }, 'signature.shape'],
    ['text in SignedInfo', { moreInfo: 'x' }, 'signature.shape'],
    ['an element in DigestValue (threats B13)', { digestValue: (value) => `${value.slice(0, 10)}<x></x>${value.slice(10)}` }, 'signature.shape'],
    ['an element in SignatureValue (threats B13)', { signatureValue: (value) => `${value}<x></x>` }, 'signature.shape'],
    ['an empty DigestValue', { digestValue: () => '' }, 'signature.shape'],
    ['an empty SignatureValue', { signatureValue: () => '' }, 'signature.shape'],
    ['base64 with a foreign letter (threats B22)', { signatureValue: (value) => `${value.slice(0, 8)}!${value.slice(8)}` }, 'signature.shape'],
    ['base64 without padding (threats B22)', { digestValue: (value) => value.replace(/=+$/, '') }, 'signature.shape'],
    ['base64 with bits to spare (threats B22)', { digestValue: (value) => value.replace(/.=$/, (end) => `${String.fromCharCode(end.charCodeAt(0) + 1)}=`) }, 'signature.shape'],
    ['base64url', { signatureValue: (value) => value.replaceAll('+', '-').replaceAll('/', '_') }, 'signature.shape'],
    ['a method without algorithm', { method: '<ds:SignatureMethod></ds:SignatureMethod>' }, 'signature.shape'],
    ['a digest without algorithm', { digestMethod: '<ds:DigestMethod></ds:DigestMethod>' }, 'signature.shape'],
    ['no digest method', { digestMethod: '' }, 'signature.shape'],
    ['no canonicalisation', { canonicalisation: '' }, 'signature.shape'],
    ['parts of SignedInfo in another order', { canonicalisation: '', method: algorithm('SignatureMethod', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256') + algorithm('CanonicalizationMethod', EXCLUSIVE) }, 'signature.shape'],
    ['the signature twice (threats B15)', { place: (signature) => signature + signature }, 'signature.shape'],
    ['another signature beside it (threats B15)', { place: (signature) => `${signature}<ds:Signature xmlns:ds="${DS}"></ds:Signature>` }, 'signature.shape'],
    ['parameters of the signature method (threats B21)', { method: algorithm('SignatureMethod', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', '<ds:HMACOutputLength>8</ds:HMACOutputLength>') }, 'signature.algorithm'],
    ['parameters of the digest', { digestMethod: algorithm('DigestMethod', SHA256, '<x></x>') }, 'signature.algorithm'],
  ])('%s', (_name, parts, code) => { refusedWith(code, () => verify(signedDocument(parts))); });
  it('a signature that is deeper than a child is none', () => {
    refusedWith('signature.missing', () => verify(signedDocument({ place: (signature) => `<x>${signature}</x>` })));
    expect(isSigned(readXml(Buffer.from(signedDocument()), 'message'))).toBe(true);
    expect(isSigned(readXml(Buffer.from(signedDocument({ place: (signature) => `<x>${signature}</x>` })), 'message'))).toBe(false);
  });
  it('a document without signature', () => { refusedWith('signature.missing', () => verify(signedDocument({ place: () => '' }))); });
  it('instructions inside it, in metadata', () => {
    expect(verify(signedDocument(), 'metadata').keyIndex).toBe(0);
    refusedWith('signature.shape', () => verify(signedDocument({ before: '<?x y?>' }), 'metadata'));
    refusedWith('signature.shape', () => verify(signedDocument({ digestValue: (value) => `${value}<?x y?>` }), 'metadata'));
  });
  it('a comment in DigestValue hides nothing: in messages refused, in metadata read past, as it is hashed (threats B13)', () => {
    const evil = createHash('sha256').update('evil').digest('base64');
    const commented = signedDocument({ place: (signature) => signature.replace('<ds:DigestValue>', `<ds:DigestValue><!--${evil}-->`) });
    refusedWith('xml.comment', () => verify(commented));
    expect(verify(commented, 'metadata').keyIndex).toBe(0);
  });
});

describe('transforms (threats B17): two, in order, and no other', () => {
  const other = (uri: string): string => algorithm('Transform', ENVELOPED) + algorithm('Transform', uri);
  it.each<[string, SignedParts]>([
    ['none', { transforms: '' }],
    ['enveloped alone', { transforms: algorithm('Transform', ENVELOPED) }],
    ['exclusive alone', { transforms: algorithm('Transform', EXCLUSIVE) }],
    ['the other order', { transforms: algorithm('Transform', EXCLUSIVE) + algorithm('Transform', ENVELOPED) }],
    ['enveloped twice', { transforms: algorithm('Transform', ENVELOPED) + twoTransforms }],
    ['three', { transforms: twoTransforms + algorithm('Transform', EXCLUSIVE) }],
    ['inclusive canonicalisation', { transforms: other(INCLUSIVE) }],
    ['canonicalisation 1.1', { transforms: other('http://www.w3.org/2006/12/xml-c14n11') }],
    ['exclusive with comments', { transforms: other(`${EXCLUSIVE}WithComments`) }],
    ['XSLT', { transforms: other('http://www.w3.org/TR/1999/REC-xslt-19991116') }],
    ['XPath', { transforms: other('http://www.w3.org/TR/1999/REC-xpath-19991116') }],
    ['XPath filter 2', { transforms: other('http://www.w3.org/2002/06/xmldsig-filter2') }],
    ['base64', { transforms: other(`${DS}base64`) }],
    ['something in enveloped', { transforms: algorithm('Transform', ENVELOPED, '<x></x>') + algorithm('Transform', EXCLUSIVE) }],
    ['an XPath in exclusive', { transforms: exclusiveWith('<ds:XPath>1</ds:XPath>') }],
    ['a PrefixList of another namespace', { transforms: exclusiveWith('<x:InclusiveNamespaces xmlns:x="urn:x" PrefixList="a"></x:InclusiveNamespaces>') }],
    ['two PrefixLists', { transforms: exclusiveWith(prefixList('a') + prefixList('b')) }],
    ['something in a PrefixList', { transforms: exclusiveWith(prefixList('a').replace('></', '>x</')) }],
    ['a PrefixList of 33', { transforms: exclusiveWith(prefixList(Array.from({ length: 33 }, (_none, at) => `p${at}`).join(' '))) }],
    ['a PrefixList of 33 between blanks', { transforms: exclusiveWith(prefixList(` ${Array.from({ length: 33 }, (_none, at) => `p${at}`).join(' ')} `)) }],
    ['a Transform of another namespace', { transforms: algorithm('Transform', ENVELOPED) + `<x:Transform xmlns:x="urn:x" Algorithm="${EXCLUSIVE}"></x:Transform>` }],
    ['inclusive canonicalisation of SignedInfo', { canonicalisation: algorithm('CanonicalizationMethod', INCLUSIVE) }],
    ['exclusive with comments for SignedInfo', { canonicalisation: algorithm('CanonicalizationMethod', `${EXCLUSIVE}WithComments`) }],
  ])('refuses %s', (_name, parts) => { refusedWith('signature.transform', () => verify(signedDocument(parts))); });
});

describe('the Reference points at the parent of the signature (threats B16)', () => {
  it.each([['an empty one', ''], ['another ID', '#_other'], ['no hash', '_r'], ['xpointer', "#xpointer(id('_r'))"], ['xpointer to all', '#xpointer(/)'], ['an address', 'https://evil.example/x'], ['a file', 'file:///etc/hostname'], ['an address with the ID', 'https://evil.example/#_r'], ['only a hash', '#'], ['percent-encoding', '#%5fr'], ['another case', '#_R'], ['a blank', '#_r ']])('refuses %s', (_name, uri) => {
    refusedWith('signature.reference', () => verify(signedDocument({ uri })));
  });
  it('refuses a parent without ID, whatever the reference says', () => {
    for (const uri of ['', '#', '#_r', '#undefined']) refusedWith('signature.reference', () => verify(signedDocument({ uri }).replace(' ID="_r"', '')));
  });
  it('refuses an empty ID', () => { refusedWith('signature.reference', () => verify(signedDocument({ id: '' }))); });
  it('takes only ID: not Id, not id (threats B23)', () => {
    for (const name of ['Id', 'id', 'AssertionID']) refusedWith('signature.reference', () => verify(signedDocument().replace(' ID="_r"', ` ${name}="_r"`)));
  });
  it('refuses an element that is neither the root nor its child (threats B10)', () => {
    const text = signedDocument();
    const root = readXml(Buffer.from(`<a>${text}</a>`), 'message');
    const child = childElements(root, 'urn:oasis:names:tc:SAML:2.0:protocol', 'Response')[0]!;
    expect(verifyEnveloped(child, [testKey().publicKey], { document: root, now: NOW }).element).toBe(child);
    const deep = readXml(Buffer.from(`<b><a>${text}</a></b>`), 'message');
    const grandchild = childElements(childElements(deep, '', 'a')[0]!, 'urn:oasis:names:tc:SAML:2.0:protocol', 'Response')[0]!;
    refusedWith('signature.reference', () => verifyEnveloped(grandchild, [testKey().publicKey], { document: deep, now: NOW }));
  });
});

describe('what was signed', () => {
  const text = signedDocument();
  it.each<[string, (text: string) => string, ErrorCode]>([
    ['a letter of the content', (good) => good.replace('granted', 'Granted'), 'signature.digest'],
    ['a letter before the signature', (good) => good.replace('urn:example:issuer', 'urn:example:issue'), 'signature.digest'],
    ['white space in content', (good) => good.replace('granted', 'granted '), 'signature.digest'],
    ['an attribute more', (good) => good.replace(' ID="_r"', ' ID="_r" x="1"'), 'signature.digest'],
    ['an element more', (good) => good.replace('</samlp:Response>', '<x/></samlp:Response>'), 'signature.digest'],
    ['another namespace under the same prefix', (good) => good.replace('xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"', 'xmlns:saml="urn:x"'), 'signature.digest'],
    ['the digest', (good) => good.replace(/<ds:DigestValue>.{6}/, '<ds:DigestValue>AAAAAA'), 'signature.invalid'],
    ['the signature', (good) => good.replace(/<ds:SignatureValue>.{6}/, '<ds:SignatureValue>AAAAAA'), 'signature.invalid'],
    ['the algorithm', (good) => good.replace('rsa-sha256', 'rsa-sha512'), 'signature.invalid'],
  ])('cannot be changed: %s', (_name, change, code) => {
    expect(change(text)).not.toBe(text);
    refusedWith(code, () => verify(change(text)));
  });
  it('may be written otherwise where canonicalisation says it is the same', () => {
    expect(verify(text.replace(' ID="_r"', '\n  ID = \'_r\' xmlns:unused="urn:unused"').replace('granted', '&#x67;ranted')).keyIndex).toBe(0);
  });
  it('is refused with the key of somebody else', () => {
    const document = readXml(Buffer.from(text), 'message');
    refusedWith('signature.invalid', () => verifyEnveloped(document, [testKey('stranger').publicKey], { document, now: NOW }));
  });
  it('is refused for a stranger’s signature before the document is canonicalised', () => {
    const changed = signedDocument({ key: testKey('stranger').privateKey }).replace('granted', 'changed');
    refusedWith('signature.invalid', () => verify(changed));
    refusedWith('signature.digest', () => verify(text.replace('granted', 'changed')));
  });
  it('is refused though the stranger brings his own key in KeyInfo (threats B19)', () => {
    const stranger = testKey('stranger');
    const keyInfo = `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${stranger.certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`;
    const document = readXml(Buffer.from(signedDocument({ key: stranger.privateKey, after: keyInfo })), 'message');
    refusedWith('signature.invalid', () => verifyEnveloped(document, [testKey().publicKey], { document, now: NOW }));
    expect(verifyEnveloped(document, [stranger.publicKey], { document, now: NOW }).keyIndex).toBe(0);
  });
});
