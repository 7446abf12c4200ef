/** The canonical writer and the signers: what is written is its own canonical form, and our own reader, fed by nobody else, agrees. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { DOMParser } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';
import { SignedXml } from 'xml-crypto';
import { canonicalise, element, isSigned, elementsOf, prefixTable, readXml, signerFor, signNode, verifyEnveloped, writeSigned, writeXml, type Signer, type XmlNode } from '../../../src/saml/xml/index.ts';
import { refusedWith, rejectedWith } from '../../fixtures/refused.ts';
import { NOW, testKey } from '../../fixtures/saml.ts';

const reread = (text: string): string => canonicalise(readXml(Buffer.from(text), 'message'));
const assertion = (id = '_a'): XmlNode => element('saml:Assertion', { ID: id, Version: '2.0' }, [element('saml:Issuer', {}, ['urn:issuer']), element('saml:Subject', {}, [])]);
const response = (child: XmlNode, id = '_r'): XmlNode => element('samlp:Response', { ID: id }, [element('saml:Issuer', {}, ['urn:issuer']), element('samlp:Status', {}, []), child]);
const rsa = testKey();
const signer: Signer = signerFor(rsa.privateKey, rsa.certificate);

describe('writing', () => {
  it.each<[string, XmlNode, string]>([
    ['an empty element', element('saml:A', {}, []), '<saml:A xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"></saml:A>'],
    ['attributes in canonical order, undefined ones left out', element('saml:A', { z: '1', 'xsi:type': 'b', a: undefined, B: '2', 'xml:lang': 'sv' }, []), '<saml:A xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" B="2" z="1" xsi:type="b" xml:lang="sv"></saml:A>'],
    ['attributes of one namespace by their local names', element('a', { 'xsi:ba': '1', 'xsi:az': '2' }, []), '<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:az="2" xsi:ba="1"></a>'],
    ['namespaces where they are used first', element('saml:A', {}, [element('ds:B', {}, [element('saml:C', {}, [])]), element('ds:D', {}, [])]), '<saml:A xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><ds:B xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><saml:C></saml:C></ds:B><ds:D xmlns:ds="http://www.w3.org/2000/09/xmldsig#"></ds:D></saml:A>'],
    ['a default namespace, once', element('a', { xmlns: 'urn:a' }, [element('b', {}, []), element('c', { xmlns: 'urn:a' }, []), element('d', { xmlns: 'urn:d' }, [])]), '<a xmlns="urn:a"><b></b><c></c><d xmlns="urn:d"></d></a>'],
    ['no namespace', element('a', { b: '1' }, ['x']), '<a b="1">x</a>'],
  ])('%s', (_name, node, expected) => {
    expect(writeXml(node)).toBe(expected);
    expect(reread(expected)).toBe(expected);
  });
  it('escapes what comes from people, so that nothing becomes markup (threats E02)', () => {
    const evil = `"/><x a='1'>&lt;]]><!-- --><?x?>\r\n\t&#0; å 𝔘`;
    const text = writeXml(element('saml:A', { v: evil }, [evil]));
    expect(reread(text)).toBe(text);
    const root = readXml(Buffer.from(text), 'message');
    expect(elementsOf(root)).toEqual([]);
    expect([root.attributes[0]?.value, root.children]).toEqual([evil, [evil]]);
  });
  it('knows prefixes of which each means one namespace', () => {
    expect(new Set(Object.values(prefixTable)).size).toBe(Object.keys(prefixTable).length);
  });
});

describe('refused by the writer', () => {
  it.each<[string, string]>([['NUL', '\0'], ['a control character', '\u001b'], ['U+FFFE', '\uFFFE'], ['U+FFFF', '\uFFFF'], ['a lone high surrogate', 'a\uD800b'], ['a lone low surrogate', '\uDC00'], ['surrogates in the wrong order', '\uDC00\uD800']])('%s, in text and in values', (_name, text) => {
    refusedWith('xml.write', () => writeXml(element('saml:A', {}, [text])));
    refusedWith('xml.write', () => writeXml(element('saml:A', { a: text }, [])));
    expect(writeXml(element('saml:A', {}, ['\u{1F600}\uFFFD\t']))).toContain('\u{1F600}');
  });
  it.each(['', ':a', '1a', 'a b', 'a>', 'saml:', 'saml:a:b', 'a"', '__proto__:x', 'constructor:x', 'nobody:x'])('the name %j', (name) => {
    refusedWith('xml.write', () => writeXml(element(name, {}, [])));
    refusedWith('xml.write', () => writeXml(element('saml:A', { [name]: '1' }, [])));
  });
  it('an ID that appears twice, two different ones are written', () => {
    refusedWith('xml.write', () => writeXml(response(assertion('_r'))));
    expect(writeXml(response(assertion('_a')))).toContain('ID="_a"');
  });
  it('a default namespace on an element with prefix, or an empty one', () => {
    refusedWith('xml.write', () => writeXml(element('saml:A', { xmlns: 'urn:a' }, [])));
    refusedWith('xml.write', () => writeXml(element('a', { xmlns: '' }, [])));
  });
});

const verified = (text: string, key: KeyObject): string => {
  const document = readXml(Buffer.from(text), 'message');
  return verifyEnveloped(document, [key], { document, now: NOW }).algorithm;
};
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
const PSS = 'http://www.w3.org/2007/05/xmldsig-more#';
describe('signing', () => {
  it.each([
    ['RSA with PKCS#1', rsa, {}, `${MORE}rsa-sha256`], ['RSA with PSS', rsa, { pss: true }, `${PSS}sha256-rsa-MGF1`],
    ['P-256', testKey('service', 'ec'), {}, `${MORE}ecdsa-sha256`], ['P-384', testKey('service', 'ec-p384'), {}, `${MORE}ecdsa-sha384`], ['P-521', testKey('service', 'ec-p521'), {}, `${MORE}ecdsa-sha512`],
  ] as const)('%s', async (_name, key, options, algorithm) => {
    const text = await writeSigned(response(assertion()), signerFor(key.privateKey, key.certificate, options));
    expect(verified(text, key.publicKey)).toBe(algorithm);
    expect(reread(text)).toBe(text);
    refusedWith('signature.digest', () => verified(text.replace('urn:issuer', 'urn:other'), key.publicKey));
  });
  it('a key of 4096 bits is used beside the event loop, a key that says PSS signs PSS', async () => {
    const large = generateKeyPairSync('rsa', { modulusLength: 4096 });
    expect(signerFor(large.privateKey, rsa.certificate).sign(Buffer.from('x'))).toBeInstanceOf(Promise);
    expect(verified(await writeSigned(response(assertion()), signerFor(large.privateKey, rsa.certificate)), large.publicKey)).toBe(`${MORE}rsa-sha256`);
    const only = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    expect(verified(await writeSigned(response(assertion()), signerFor(only.privateKey, rsa.certificate)), only.publicKey)).toBe(`${PSS}sha256-rsa-MGF1`);
  });
  it.each<[string, () => KeyObject]>([
    ['1024 bits', () => testKey('small', 'rsa-1024').privateKey], ['Ed25519', () => testKey('edwards', 'ed25519').privateKey], ['secp256k1', () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey], ['only the public half', () => rsa.publicKey],
  ])('no key with %s', (_name, key) => { refusedWith('key.invalid', () => signerFor(key(), rsa.certificate)); });
  it('two signatures in one document: the assertion, then the response around it', async () => {
    const inner = testKey('service', 'ec');
    const text = await writeSigned(response(await signNode(assertion(), signerFor(inner.privateKey, inner.certificate))), signer);
    const document = readXml(Buffer.from(text), 'message');
    expect(verifyEnveloped(document, [rsa.publicKey], { document, now: NOW }).element).toBe(document);
    const child = elementsOf(document).at(-1)!;
    expect(verifyEnveloped(child, [inner.publicKey], { document, now: NOW }).element).toBe(child);
    // The inner one holds alone, too, and the outer one covers it.
    const alone = canonicalise(child);
    expect(verified(alone, inner.publicKey)).toBe(`${MORE}ecdsa-sha256`);
    refusedWith('signature.digest', () => verified(text.replace(/(<saml:Assertion.*<ds:SignatureValue>)..../, '$1AAAA'), rsa.publicKey));
  });
  it('puts the signature behind Issuer, or first where there is none', async () => {
    const withIssuer = readXml(Buffer.from(await writeSigned(assertion(), signer)), 'message');
    expect(elementsOf(withIssuer).map(({ localName }) => localName)).toEqual(['Issuer', 'Signature', 'Subject']);
    const without = readXml(Buffer.from(await writeSigned(element('md:EntityDescriptor', { ID: '_m' }, [element('md:Organization', {}, [])]), signer)), 'message');
    expect(elementsOf(without).map(({ localName }) => localName)).toEqual(['Signature', 'Organization']);
  });
  it('is not misled by an issuer or an attribute that looks like markup', async () => {
    const node = element('saml:Assertion', { ID: '_a', Consent: '</saml:Issuer>' }, [element('saml:Issuer', {}, ['x</saml:Issuer>']), element('saml:Subject', {}, [])]);
    expect(elementsOf(readXml(Buffer.from(await writeSigned(node, signer)), 'message')).map(({ localName }) => localName)).toEqual(['Issuer', 'Signature', 'Subject']);
  });
  it('hashes what the canonical form is: xsi:type and default namespaces too', async () => {
    const node = element('md:EntityDescriptor', { ID: '_m' }, [element('saml:AttributeValue', { 'xsi:type': 'xs:string' }, ['å']), element('a', { xmlns: 'urn:a' }, [element('b', {}, [])])]);
    expect(verified(await writeSigned(node, signer), rsa.publicKey)).toBe(`${MORE}rsa-sha256`);
  });
  describe('a prefix that only values use (xsi:type="xs:string"), which canonicalisation would not declare [ExcC14N §1.3]', () => {
    const XS = prefixTable['xs'];
    const typed = (id = '_a'): XmlNode => element('saml:Assertion', { 'xmlns:xs': XS, ID: id }, [element('saml:Issuer', {}, ['urn:issuer']), element('saml:AttributeValue', { 'xsi:type': 'xs:string' }, ['å'])]);
    const acceptedByXmlCrypto = (text: string, element_: 'Assertion' | 'Response'): boolean => {
      const document = new DOMParser().parseFromString(text, 'text/xml');
      const node = Array.from(document.getElementsByTagNameNS('http://www.w3.org/2000/09/xmldsig#', 'Signature')).find(({ parentNode }) => (parentNode as Element | null)?.localName === element_);
      const checker = new SignedXml({ publicCert: rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string });
      checker.loadSignature(node as unknown as Node);
      return checker.checkSignature(text);
    };
    it('is declared where it is asked for, once, and listed by the signature', async () => {
      const text = await writeSigned(typed(), signer);
      expect(text).toMatch(/^<saml:Assertion xmlns:saml="[^"]*" xmlns:xs="http:\/\/www.w3.org\/2001\/XMLSchema" ID="_a">/);
      expect(text.match(/PrefixList="xs"/g)).toHaveLength(1);
      expect(verified(text, rsa.publicKey)).toBe(`${MORE}rsa-sha256`);
      expect(acceptedByXmlCrypto(text, 'Assertion')).toBe(true);
      // It is signed: taken away or turned into another, it is found.
      refusedWith('signature.digest', () => verified(text.replace(` xmlns:xs="${XS}"`, ''), rsa.publicKey));
      refusedWith('signature.digest', () => verified(text.replace(`xmlns:xs="${XS}"`, 'xmlns:xs="urn:x"'), rsa.publicKey));
    });
    it('is listed by both signatures of a document', async () => {
      const text = await writeSigned(response(await signNode(typed(), signer)), signer);
      const document = readXml(Buffer.from(text), 'message');
      expect(text.match(/PrefixList="xs"/g)).toHaveLength(2);
      for (const one of [document, elementsOf(document).at(-1)!]) expect(verifyEnveloped(one, [rsa.publicKey], { document, now: NOW }).element).toBe(one);
      expect([acceptedByXmlCrypto(text, 'Response'), acceptedByXmlCrypto(text, 'Assertion')]).toEqual([true, true]);
    });
    it('is listed by a response that is signed around an assertion that is not', async () => {
      expect(verified(await writeSigned(response(typed()), signer), rsa.publicKey)).toBe(`${MORE}rsa-sha256`);
    });
    it('is not listed where nobody asks for it', async () => { expect(await writeSigned(assertion(), signer)).not.toContain('PrefixList'); });
    it('is declared once, also where it is asked for again or used by an element', () => {
      expect(writeXml(element('xs:a', { 'xmlns:xs': XS }, [element('xs:b', { 'xmlns:xs': XS }, [])]))).toBe(`<xs:a xmlns:xs="${XS}"><xs:b></xs:b></xs:a>`);
    });
    it('means what the table says and nothing else', () => {
      refusedWith('xml.write', () => element('saml:A', { 'xmlns:xs': 'urn:x' }, []));
      refusedWith('xml.write', () => element('saml:A', { 'xmlns:nobody': 'urn:x' }, []));
      refusedWith('xml.write', () => element('saml:A', { 'xmlns:': '' }, []) && writeXml(element('saml:A', { 'xmlns:': 'x' }, [])));
    });
  });
  it('gives the signer SignedInfo as it will be verified, and carries its certificate', async () => {
    const asked: Uint8Array[] = [];
    const port: Signer = { algorithm: `${MORE}rsa-sha256`, certificate: rsa.certificate, sign: async (data) => { asked.push(data); return Promise.resolve(sign('sha256', data, rsa.privateKey)); } };
    const text = await writeSigned(assertion(), port);
    expect(verified(text, rsa.publicKey)).toBe(`${MORE}rsa-sha256`);
    expect(asked).toHaveLength(1);
    expect(Buffer.from(asked[0]!).toString()).toContain(createHash('sha256').update(writeXml(assertion())).digest('base64'));
    expect(text).toContain(`<ds:X509Certificate>${rsa.certificate}</ds:X509Certificate>`);
  });
  it('a signer that fails leaves nothing half-written', async () => {
    await expect(writeSigned(assertion(), { ...signer, sign: async () => Promise.reject(new Error('away')) })).rejects.toThrow('away');
  });
});

describe('refused by signing', () => {
  it.each<[string, () => XmlNode]>([
    ['a node without ID', () => element('saml:Assertion', {}, [])],
    ['an ID that needs escaping', () => element('saml:Assertion', { ID: 'a"b' }, [])],
    ['an empty ID', () => element('saml:Assertion', { ID: '' }, [])],
    ['an ID with a blank', () => element('saml:Assertion', { ID: '_a b' }, [])],
    ['an ID that appears twice', () => response(assertion('_r'))],
  ])('%s', async (_name, node) => { await rejectedWith('xml.write', writeSigned(node(), signer)); });
  it('a node that is signed already', async () => {
    const once = await signNode(assertion(), signer);
    await rejectedWith('xml.write', signNode(once, signer));
    expect(isSigned(readXml(Buffer.from(writeXml(once)), 'message'))).toBe(true);
  });
  it('a signed node where its text would not be canonical any more', async () => {
    const once = await signNode(assertion(), signer);
    refusedWith('xml.write', () => writeXml(element('saml:Advice', {}, [once])));
    refusedWith('xml.write', () => writeXml(element('a', { xmlns: 'urn:a' }, [once])));
    expect(reread(writeXml(element('samlp:Response', {}, [once])))).toContain('Signature');
  });
  it('the same signed node twice', async () => {
    const once = await signNode(assertion(), signer);
    refusedWith('xml.write', () => writeXml(element('samlp:Response', {}, [once, once])));
  });
});
