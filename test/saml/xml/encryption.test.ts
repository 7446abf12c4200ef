/** Encryption to a service and decryption from an upstream: what is accepted, what is refused by looking, and the one answer for everything that depends on a key. */
import { constants, generateKeyPairSync, publicEncrypt, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isBrygganError } from '../../../src/core/errors.ts';
import { systemRandom } from '../../../src/core/ports.ts';
import { canonicalise, childElements, decryptAssertion, element, elementsOf, encryptAssertion, readXml, signerFor, signNode, verifyEnveloped, writeSigned, writeXml, type EncryptionTarget, type SignedElement, type XmlElement } from '../../../src/saml/xml/index.ts';
import { unwrapKey, wrapKey, type OaepHash } from '../../../src/saml/xml/encryption.ts';
import { refusedWith } from '../../fixtures/refused.ts';
import { NOW, testKey } from '../../fixtures/saml.ts';
import { digestMethod, DS, encrypted, maskMethod, method, PLAIN, receiver, SAML, transport, value, XENC, XENC11, type EncryptedParts } from './hand-encrypted.ts';
import { signedDocument } from './hand-signed.ts';

const hashes: readonly OaepHash[] = ['sha1', 'sha256', 'sha384', 'sha512'];
const pairs = hashes.flatMap((digest) => hashes.map((mask) => [digest, mask] as const));
const own = [receiver.privateKey];
const uncovered = { coveredBy: null };
const parse = (text: string): XmlElement => readXml(Buffer.from(text), 'message');
const open = (parts: EncryptedParts, keys: readonly KeyObject[] = own): string => canonicalise(decryptAssertion(parse(encrypted(parts)), keys, uncovered));
/** The same inside a signed Response. */
const covered = (parts: EncryptedParts): { inside: XmlElement; signed: SignedElement } => {
  const document = parse(signedDocument({ content: canonicalise(parse(encrypted(parts))) }));
  return { inside: childElements(document, SAML, 'EncryptedAssertion')[0]!, signed: verifyEnveloped(document, [testKey().publicKey], { document, now: NOW }) };
};
const openCovered = (parts: EncryptedParts): string => {
  const { inside, signed } = covered(parts);
  return canonicalise(decryptAssertion(inside, own, { coveredBy: signed }));
};

describe('decrypting', () => {
  it.each([128, 192, 256] as const)('AES-GCM of %i bits', (bits) => { expect(open({ bits })).toBe(PLAIN); });
  it.each([128, 192, 256] as const)('AES-CBC of %i bits under a signature', (bits) => { expect(openCovered({ bits, mode: 'cbc' })).toBe(PLAIN); });
  it.each(hashes)('OAEP with digest and mask of %s', (hash) => { expect(open({ hash, keyMethod: transport(hash, hash) })).toBe(PLAIN); });
  it.each(pairs)('OAEP with digest %s and mask %s', (digest, mask) => {
    expect(open({ keyMethod: transport(digest, mask), wrap: (key) => wrapKey(receiver.publicKey, key, { digest, mask }, systemRandom) })).toBe(PLAIN);
  });
  it('OAEP without named digest means SHA-1, without named mask MGF1 with SHA-1 [XMLEnc11 §5.5.2]', () => {
    expect(open({ keyMethod: method(`${XENC}rsa-oaep-mgf1p`) })).toBe(PLAIN);
    expect(open({ keyMethod: method(`${XENC11}rsa-oaep`) })).toBe(PLAIN);
    expect(open({ keyMethod: method(`${XENC11}rsa-oaep`, digestMethod('sha256')), wrap: (key) => wrapKey(receiver.publicKey, key, { digest: 'sha256', mask: 'sha1' }, systemRandom) })).toBe(PLAIN);
  });
  it('the key beside the data, as others write it [SAMLCore §6.1]', () => {
    expect(open({ keyInfo: () => '', beside: (key) => key.replace('<xenc:EncryptedKey', `<xenc:EncryptedKey xmlns:xenc="${XENC}"`) })).toBe(PLAIN);
  });
  it('with any of our keys while we roll over', () => {
    const next = testKey('next');
    expect(open({}, [next.privateKey, receiver.privateKey])).toBe(PLAIN);
    expect(open({ to: next.publicKey }, [next.privateKey, receiver.privateKey])).toBe(PLAIN);
  });
  it('in the namespaces of its surroundings [XMLEnc §4.2]', () => {
    expect(open({ plain: '<saml:Assertion ID="_a"></saml:Assertion>' })).toBe(`<saml:Assertion xmlns:saml="${SAML}" ID="_a"></saml:Assertion>`);
  });
  it('a signature inside is verified afterwards like any other (threats C03)', async () => {
    const key = testKey();
    const inner = writeXml(await signNode(element('saml:Assertion', { ID: '_a' }, [element('saml:Issuer', {}, ['urn:issuer'])]), signerFor(key.privateKey, key.certificate)));
    const assertion = decryptAssertion(parse(encrypted({ plain: inner })), own, uncovered);
    expect(verifyEnveloped(assertion, [key.publicKey], { document: assertion, now: NOW }).element).toBe(assertion);
    const unsigned = decryptAssertion(parse(encrypted()), own, uncovered);
    refusedWith('signature.missing', () => verifyEnveloped(unsigned, [key.publicKey], { document: unsigned, now: NOW }));
  });
});

describe('CBC only under a verified signature (threats C01)', () => {
  it('refused when nothing covers it', () => { refusedWith('decrypt.failed', () => open({ mode: 'cbc' })); });
  it('refused when what was verified is another document, or another element of it', () => {
    const { inside } = covered({ mode: 'cbc' });
    const other = covered({ mode: 'cbc' });
    refusedWith('decrypt.failed', () => decryptAssertion(inside, own, { coveredBy: other.signed }));
    expect(canonicalise(decryptAssertion(other.inside, own, { coveredBy: other.signed }))).toBe(PLAIN);
  });
  it('refused when it stands deeper than a child of what was verified', () => {
    const document = parse(signedDocument({ content: `<x>${canonicalise(parse(encrypted({ mode: 'cbc' })))}</x>` }));
    const deep = childElements(childElements(document, '', 'x')[0]!, SAML, 'EncryptedAssertion')[0]!;
    refusedWith('decrypt.failed', () => decryptAssertion(deep, own, { coveredBy: verifyEnveloped(document, [testKey().publicKey], { document, now: NOW }) }));
  });
});

const FAILED = 'the assertion cannot be decrypted';
describe('refused by looking, before a key is used', () => {
  it.each<[string, EncryptedParts]>([
    ['RSA 1.5 (threats C02)', { keyMethod: method(`${XENC}rsa-1_5`), wrap: (key) => publicEncrypt({ key: receiver.publicKey, padding: constants.RSA_PKCS1_PADDING }, key) }],
    ['key transport that nobody knows', { keyMethod: method('urn:other') }],
    ['key wrap', { keyMethod: method(`${XENC}kw-aes256`) }],
    ['triple DES', { cipherMethod: method(`${XENC}tripledes-cbc`) }],
    ['a cipher that nobody knows', { cipherMethod: method('urn:other') }],
    ['a cipher named like something of JavaScript', { cipherMethod: method('__proto__') }],
    ['a method without algorithm', { cipherMethod: '<xenc:EncryptionMethod></xenc:EncryptionMethod>' }],
    ['no method', { cipherMethod: '' }],
    ['two methods', { cipherMethod: method(`${XENC11}aes256-gcm`) + method(`${XENC11}aes256-gcm`) }],
    ['a digest that is not accepted', { keyMethod: method(`${XENC}rsa-oaep-mgf1p`, `<ds:DigestMethod xmlns:ds="${DS}" Algorithm="http://www.w3.org/2001/04/xmldsig-more#md5"></ds:DigestMethod>`) }],
    ['two digests', { keyMethod: method(`${XENC}rsa-oaep-mgf1p`, digestMethod('sha1') + digestMethod('sha256')) }],
    ['a mask under the old name', { keyMethod: method(`${XENC}rsa-oaep-mgf1p`, digestMethod('sha1') + maskMethod('sha256')) }],
    ['a mask that is not accepted', { keyMethod: method(`${XENC11}rsa-oaep`, `<xenc11:MGF xmlns:xenc11="${XENC11}" Algorithm="${XENC11}mgf1sha224"></xenc11:MGF>`) }],
    ['a label', { keyMethod: method(`${XENC}rsa-oaep-mgf1p`, '<xenc:OAEPparams>bGFiZWw=</xenc:OAEPparams>') }],
    ['a CipherReference (threats C04)', { cipherData: () => '<xenc:CipherData><xenc:CipherReference URI="https://evil.example/x"></xenc:CipherReference></xenc:CipherData>' }],
    ['a CipherReference beside the value', { cipherData: (data) => data.replace('</xenc:CipherData>', '<xenc:CipherReference URI="#x"></xenc:CipherReference></xenc:CipherData>') }],
    ['a RetrievalMethod (threats C04)', { keyInfo: (key) => `<ds:KeyInfo xmlns:ds="${DS}">${key}<ds:RetrievalMethod URI="#k"></ds:RetrievalMethod></ds:KeyInfo>` }],
    ['no key', { keyInfo: () => '' }],
    ['two keys', { keyInfo: (key) => `<ds:KeyInfo xmlns:ds="${DS}">${key}${key}</ds:KeyInfo>` }],
    ['a key inside and one beside', { beside: (key) => key.replace('<xenc:EncryptedKey', `<xenc:EncryptedKey xmlns:xenc="${XENC}"`) }],
    ['nested EncryptedData (threats C04)', { more: '<xenc:EncryptedData></xenc:EncryptedData>' }],
    ['properties', { more: '<xenc:EncryptionProperties></xenc:EncryptionProperties>' }],
    ['something foreign', { more: '<x xmlns="urn:x"></x>' }],
    ['text between its elements', { more: 'x' }],
    ['content instead of an element', { type: `${XENC}Content` }],
    ['two values', { cipherData: (data) => data + data }],
    ['a value that is not base64', { cipherData: () => '<xenc:CipherData><xenc:CipherValue>A!==</xenc:CipherValue></xenc:CipherData>' }],
    ['an empty value', { cipherData: () => value(Buffer.alloc(0)) }],
    ['a value with no room for content', { cipherData: () => value(Buffer.alloc(28)) }],
    ['something in the key that is not read', { moreOfKey: '<xenc:EncryptionProperties></xenc:EncryptionProperties>' }],
  ])('%s', (_name, parts) => {
    expect(open({})).toBe(PLAIN);
    // Not by trying: that answer is kept for what depends on a key.
    expect(refusedWith('decrypt.failed', () => open(parts)).detail).not.toBe(FAILED);
  });
  it('what is not an EncryptedAssertion, or holds two', () => {
    refusedWith('decrypt.failed', () => decryptAssertion(parse(PLAIN), own, uncovered));
    const good = encrypted();
    refusedWith('decrypt.failed', () => decryptAssertion(parse(good.replaceAll('EncryptedAssertion', 'EncryptedID')), own, uncovered));
    refusedWith('decrypt.failed', () => decryptAssertion(parse(good.replace(`xmlns:saml="${SAML}"`, 'xmlns:saml="urn:x"')), own, uncovered));
    const data = /<xenc:EncryptedData.*<\/xenc:EncryptedData>/.exec(good)![0];
    refusedWith('decrypt.failed', () => decryptAssertion(parse(good.replace(data, data + data)), own, uncovered));
    refusedWith('decrypt.failed', () => decryptAssertion(parse(good.replace(data, '')), own, uncovered));
    refusedWith('decrypt.failed', () => decryptAssertion(parse(good.replace(data, `${data}<x></x>`)), own, uncovered));
  });
  it('CBC that is no whole number of blocks', () => { expect(refusedWith('decrypt.failed', () => openCovered({ mode: 'cbc', sealed: (bytes) => bytes.subarray(0, -1) })).detail).not.toBe(FAILED); });
});

const answer = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    if (isBrygganError(error)) return { code: error.code, detail: error.detail, facts: error.facts, cause: error.cause };
    throw error;
  }
  return 'nothing was thrown';
};
const flip = (at: number) => (bytes: Buffer): Buffer => {
  const changed = Buffer.from(bytes);
  const place = at < 0 ? changed.length + at : at;
  changed[place] = (changed[place] ?? 0) ^ 1;
  return changed;
};
const wrapped = (change: (bytes: Buffer) => Buffer) => (key: Buffer): Buffer => change(publicEncrypt({ key: receiver.publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, key));

describe('one answer for every failure that depends on a key (threats C01)', () => {
  const failures: readonly (readonly [string, EncryptedParts])[] = [
    ['the key of somebody else', { to: testKey('stranger').publicKey }],
    ['a changed wrapped key', { wrap: wrapped(flip(100)) }],
    ['a wrapped key that is too short', { wrap: () => Buffer.alloc(16, 1) }],
    ['a wrapped key larger than the modulus', { wrap: () => Buffer.alloc(256, 255) }],
    ['a wrapped key of zeros', { wrap: () => Buffer.alloc(256) }],
    ['a content key of another length', { contentKey: Buffer.alloc(24, 7) }],
    ['an empty content key', { contentKey: Buffer.alloc(0) }],
    ['another digest than was used', { keyMethod: transport('sha256', 'sha1') }],
    ['another mask than was used', { keyMethod: transport('sha1', 'sha512') }],
    ['a changed IV', { sealed: flip(0) }],
    ['changed content', { sealed: flip(20) }],
    ['a changed tag', { sealed: flip(-1) }],
    ['a plaintext that is not XML', { plain: 'hello' }],
    ['a plaintext that is not UTF-8', { plain: Buffer.from([0x3c, 0xff, 0x3e]) }],
    ['a plaintext with DOCTYPE (threats C05)', { plain: `<!DOCTYPE x>${PLAIN}` }],
    ['a plaintext with a comment (threats C05)', { plain: PLAIN.replace('urn:issuer', 'urn:<!-- -->issuer') }],
    ['a plaintext of two roots (threats C05)', { plain: PLAIN + PLAIN }],
    ['a Response inside (threats C05)', { plain: '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>' }],
    ['an Assertion of another namespace (threats C05)', { plain: '<Assertion xmlns="urn:x"/>' }],
  ];
  const expected = { code: 'decrypt.failed', detail: FAILED, facts: {}, cause: undefined };
  it.each(failures)('GCM: %s', (_name, parts) => {
    expect(open({})).toBe(PLAIN);
    expect(answer(() => open(parts))).toEqual(expected);
  });
  it.each(failures)('CBC under a signature: %s', (_name, parts) => {
    expect(openCovered({ mode: 'cbc' })).toBe(PLAIN);
    expect(answer(() => openCovered({ ...parts, mode: 'cbc' }))).toEqual(expected);
  });
  it('CBC: whatever the padding says', () => {
    // Every last octet of the block before the last one gives every padding; a right one leaves broken XML, which is answered alike.
    for (let mask = 1; mask < 256; mask += 1) {
      const bent = (bytes: Buffer): Buffer => { const changed = Buffer.from(bytes); changed[changed.length - 17] = (changed[changed.length - 17] ?? 0) ^ mask; return changed; };
      expect(answer(() => openCovered({ mode: 'cbc', sealed: bent }))).toEqual(expected);
    }
  });
  it('no key at all', () => { expect(answer(() => open({}, []))).toEqual(expected); });
});

describe('padding of CBC [XMLEnc §5.2]', () => {
  it('of every length', () => {
    for (let more = 0; more < 16; more += 1) {
      const plain = PLAIN.replace('urn:issuer', `urn:issuer${'x'.repeat(more)}`);
      expect(openCovered({ mode: 'cbc', plain })).toBe(plain);
    }
  });
  it('may hold anything but its length', () => {
    const plain = Buffer.from(PLAIN);
    const length = 16 - (plain.length % 16);
    // Sealed with the padding of PKCS#7 around a whole block more, which is then cut off.
    const padded = Buffer.concat([plain, Buffer.alloc(length - 1, 0xee), Buffer.from([length])]);
    expect(openCovered({ mode: 'cbc', plain: padded, sealed: (bytes) => bytes.subarray(0, -16) })).toBe(PLAIN);
  });
});

describe('RSA-OAEP with a mask of its own', () => {
  const key = Buffer.alloc(32, 9);
  it.each(pairs)('digest %s, mask %s: comes back; with one octet changed nothing does', (digest, mask) => {
    const parameters = { digest, mask };
    const sealed = wrapKey(receiver.publicKey, key, parameters, systemRandom);
    expect(sealed).toHaveLength(256);
    expect(unwrapKey(receiver.privateKey, sealed, parameters)).toEqual(key);
    for (const at of [0, 1, 100, 255]) expect(unwrapKey(receiver.privateKey, flip(at)(sealed), parameters)).toBeNull();
  });
  it('is randomised', () => {
    const parameters = { digest: 'sha256', mask: 'sha1' } as const;
    expect(wrapKey(receiver.publicKey, key, parameters, systemRandom)).not.toEqual(wrapKey(receiver.publicKey, key, parameters, systemRandom));
  });
});

describe('encrypting', () => {
  const target = (overrides: Partial<EncryptionTarget> = {}): EncryptionTarget => ({ key: receiver.publicKey, certificate: receiver.certificate, methods: [], digests: [], ...overrides });
  const assertion = element('saml:Assertion', { ID: '_a' }, [element('saml:Issuer', {}, ['urn:issuer'])]);
  const methodsOf = (text: string): readonly string[] => [...text.matchAll(/<xenc:EncryptionMethod Algorithm="([^"]*)"/g)].map(([, uri = '']) => uri);
  it.each<[string, Partial<EncryptionTarget>, readonly string[], string]>([
    ['what everybody must know, when metadata names nothing', {}, [`${XENC}aes256-cbc`, `${XENC}rsa-oaep-mgf1p`], `${DS}sha1`],
    ['the first cipher of metadata that we know', { methods: ['urn:other', `${XENC}tripledes-cbc`, `${XENC11}aes128-gcm`, `${XENC}aes256-cbc`] }, [`${XENC11}aes128-gcm`, `${XENC}rsa-oaep-mgf1p`], `${DS}sha1`],
    ['the digest of metadata', { digests: ['urn:other', `${XENC}sha256`], methods: [`${XENC11}aes256-gcm`] }, [`${XENC11}aes256-gcm`, `${XENC}rsa-oaep-mgf1p`], `${XENC}sha256`],
    ['the newer name of OAEP where metadata has it', { methods: [`${XENC11}aes256-gcm`, `${XENC11}rsa-oaep`], digests: [`${XENC}sha512`] }, [`${XENC11}aes256-gcm`, `${XENC11}rsa-oaep`], `${XENC}sha512`],
    ['never RSA 1.5, whatever metadata says (threats C02)', { methods: [`${XENC}rsa-1_5`] }, [`${XENC}aes256-cbc`, `${XENC}rsa-oaep-mgf1p`], `${DS}sha1`],
  ])('with %s, and it comes back', async (_name, overrides, methods, digest) => {
    const key = testKey();
    const text = await writeSigned(element('samlp:Response', { ID: '_r' }, [encryptAssertion(assertion, target(overrides))]), signerFor(key.privateKey, key.certificate));
    expect(methodsOf(text)).toEqual(methods);
    expect(text).toContain(`<ds:DigestMethod Algorithm="${digest}">`);
    expect(text).not.toContain('urn:issuer');
    const document = parse(text);
    const coveredBy = verifyEnveloped(document, [key.publicKey], { document, now: NOW });
    expect(canonicalise(decryptAssertion(elementsOf(document).at(-1)!, own, { coveredBy }))).toBe(writeXml(assertion));
  });
  it('with a new key and IV each time', () => {
    const texts = [1, 2].map(() => writeXml(encryptAssertion(assertion, target())));
    const values = texts.flatMap((text) => [...text.matchAll(/<xenc:CipherValue>([^<]*)/g)].map(([, found]) => found));
    expect(new Set(values).size).toBe(4);
  });
  it('a signed assertion keeps its signature', async () => {
    const key = testKey();
    const signed = await signNode(assertion, signerFor(key.privateKey, key.certificate));
    const text = writeXml(encryptAssertion(signed, target({ methods: [`${XENC11}aes256-gcm`] })));
    const opened = decryptAssertion(parse(text), own, uncovered);
    expect(verifyEnveloped(opened, [key.publicKey], { document: opened, now: NOW }).element).toBe(opened);
  });
  it.each<[string, () => KeyObject]>([
    ['RSA of 1024 bits', () => testKey('small', 'rsa-1024').publicKey], ['an EC key', () => testKey('service', 'ec').publicKey], ['a key for PSS', () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey],
  ])('never to %s', (_name, key) => { refusedWith('encrypt.failed', () => encryptAssertion(assertion, target({ key: key() }))); });
});
