/**
 * The vectors of 2002: canonical octets that must come out, digests and signatures that must match, key transport that must open; and
 * every signed or encrypted document with the rule that refuses it, since nothing in them is what SAML signs today.
 */
import { createDecipheriv, createHash, createHmac, createPrivateKey, verify, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/core/error-catalogue.ts';
import { unwrapKey, type OaepHash } from '../../../src/saml/xml/encryption.ts';
import { canonicalise, childElements, decryptAssertion, elementsOf, readXml, textOf, verifyEnveloped, type XmlElement } from '../../../src/saml/xml/index.ts';
import { readSignature } from '../../../src/saml/xml/signature-shape.ts';
import { refusedWith } from '../../fixtures/refused.ts';
import { DS, SAML, XENC } from './hand-encrypted.ts';

const folder = new URL('../../vectors/xmldsig/', import.meta.url);
const bytesOf = (name: string): Buffer => readFileSync(new URL(name, folder));
const read = (name: string): XmlElement => readXml(bytesOf(name), 'metadata');
/** Everything is let pass that a policy can let pass. */
const legacy = { now: 0, policy: { sha1Until: 1 } };
const find = (element: XmlElement, localName: string): XmlElement | undefined =>
  element.localName === localName ? element : elementsOf(element).map((child) => find(child, localName)).find((found) => found !== undefined);
const sha1 = (text: string): string => createHash('sha1').update(text).digest('base64');
const base64 = (element: XmlElement): Buffer => Buffer.from(textOf(element).replace(/\s+/g, ''), 'base64');
const inside = (parent: XmlElement, localName: string): XmlElement => find(parent, localName)!;

describe('canonical octets', () => {
  it('merlin-exc-c14n-one: without and with a PrefixList', () => {
    const root = read('merlin-exc-c14n-one/exc-signature.xml');
    const object = inside(root, 'Object');
    const digests = childElements(inside(root, 'SignedInfo'), DS, 'Reference').map((reference) => textOf(inside(reference, 'DigestValue')));
    expect(sha1(canonicalise(object))).toBe(digests[0]);
    expect(sha1(canonicalise(object, { inclusivePrefixes: ['bar', ''] }))).toBe(digests[1]);
  });
  it.each([[9, []], [18, ['']]] as const)('merlin-c14n-three/c14n-%i.txt: a whole subtree, PrefixList %j', (number, inclusivePrefixes) => {
    expect(canonicalise(inside(read('merlin-c14n-three/signature.xml'), 'Something'), { inclusivePrefixes })).toBe(bytesOf(`merlin-c14n-three/c14n-${number}.txt`).toString());
  });
  it.each([[9, []], [11, []], [12, []], [18, ['']], [20, ['']], [21, ['']]] as const)('merlin-c14n-three/c14n-%i.txt is its own canonical form', (number, inclusivePrefixes) => {
    const bytes = bytesOf(`merlin-c14n-three/c14n-${number}.txt`);
    expect(canonicalise(readXml(bytes, 'metadata'), { inclusivePrefixes })).toBe(bytes.toString());
  });
});

describe('signatures whose octets we canonicalise right, though we would not accept them', () => {
  const phaos = (name: string): { readonly root: XmlElement; readonly signature: XmlElement; readonly digest: string } => {
    const root = read(`phaos-xmldsig-three/${name}`);
    const signature = inside(root, 'Signature');
    return { root, signature, digest: sha1(canonicalise(root, { omit: signature })) };
  };
  it('HMAC over exclusively canonicalised SignedInfo, digest over the enveloping document', () => {
    const { signature, digest } = phaos('signature-hmac-sha1-exclusive-c14n-enveloped.xml');
    expect(digest).toBe(textOf(inside(signature, 'DigestValue')));
    expect(createHmac('sha1', 'test').update(canonicalise(inside(signature, 'SignedInfo'))).digest()).toEqual(base64(inside(signature, 'SignatureValue')));
  });
  // Inclusive canonicalisation of SignedInfo is exclusive canonicalisation with every prefix in scope listed.
  const rsaHolds = (signature: XmlElement): boolean =>
    verify('sha1', Buffer.from(canonicalise(inside(signature, 'SignedInfo'), { inclusivePrefixes: ['', 'dsig'] })), new X509Certificate(base64(inside(signature, 'X509Certificate'))).publicKey, base64(inside(signature, 'SignatureValue')));
  it.each([['signature-rsa-enveloped.xml', true, true], ['signature-rsa-enveloped-bad-digest-val.xml', false, false]] as const)('%s: digest %s, signature %s', (name, digestHolds, signatureHolds) => {
    const { signature, digest } = phaos(name);
    expect(digest === textOf(inside(signature, 'DigestValue'))).toBe(digestHolds);
    expect(rsaHolds(signature)).toBe(signatureHolds);
  });
});

/** Every file with a Signature → the first rule that refuses what stands in it. */
const refused: Readonly<Record<string, ErrorCode>> = {
  'merlin-c14n-three/signature.xml': 'signature.shape', // 27 References
  'merlin-exc-c14n-one/exc-signature.xml': 'signature.shape', // Object
  'merlin-xmldsig-twenty-three/signature-enveloped-dsa.xml': 'signature.algorithm',
  'merlin-xmldsig-twenty-three/signature-enveloping-b64-dsa.xml': 'signature.shape', // Object, and so wherever it is enveloping
  'merlin-xmldsig-twenty-three/signature-enveloping-dsa.xml': 'signature.shape',
  'merlin-xmldsig-twenty-three/signature-enveloping-hmac-sha1-40.xml': 'signature.shape',
  'merlin-xmldsig-twenty-three/signature-enveloping-hmac-sha1.xml': 'signature.shape',
  'merlin-xmldsig-twenty-three/signature-enveloping-rsa.xml': 'signature.shape',
  'merlin-xmldsig-twenty-three/signature-external-b64-dsa.xml': 'signature.algorithm', // DSA, and so in the rest of this folder
  'merlin-xmldsig-twenty-three/signature-external-dsa.xml': 'signature.algorithm',
  'merlin-xmldsig-twenty-three/signature-keyname.xml': 'signature.algorithm',
  'merlin-xmldsig-twenty-three/signature-retrievalmethod-rawx509crt.xml': 'signature.algorithm',
  'merlin-xmldsig-twenty-three/signature-x509-crt-crl.xml': 'signature.algorithm',
  'merlin-xmldsig-twenty-three/signature-x509-crt.xml': 'signature.algorithm',
  'merlin-xmldsig-twenty-three/signature-x509-is.xml': 'signature.algorithm',
  'merlin-xmldsig-twenty-three/signature-x509-ski.xml': 'signature.algorithm',
  'merlin-xmldsig-twenty-three/signature-x509-sn.xml': 'signature.algorithm',
  'merlin-xmldsig-twenty-three/signature.xml': 'xml.doctype',
  'merlin-xmlenc-five/decryption-transform-except.xml': 'signature.algorithm', // HMAC, and so in the rest of this folder
  'merlin-xmlenc-five/decryption-transform.xml': 'signature.algorithm',
  'merlin-xmlenc-five/encsig-hmac-sha256-dh.xml': 'signature.algorithm',
  'merlin-xmlenc-five/encsig-hmac-sha256-kw-tripledes-dh.xml': 'signature.algorithm',
  'merlin-xmlenc-five/encsig-hmac-sha256-rsa-1_5.xml': 'signature.algorithm',
  'merlin-xmlenc-five/encsig-hmac-sha256-rsa-oaep-mgf1p.xml': 'signature.algorithm',
  'merlin-xmlenc-five/encsig-ripemd160-hmac-ripemd160-kw-tripledes.xml': 'signature.algorithm',
  'merlin-xmlenc-five/encsig-sha256-hmac-sha256-kw-aes128.xml': 'signature.algorithm',
  'merlin-xmlenc-five/encsig-sha384-hmac-sha384-kw-aes192.xml': 'signature.algorithm',
  'merlin-xmlenc-five/encsig-sha512-hmac-sha512-kw-aes256.xml': 'signature.algorithm',
  'phaos-xmldsig-three/signature-big.xml': 'signature.shape',
  'phaos-xmldsig-three/signature-dsa-detached.xml': 'signature.algorithm',
  'phaos-xmldsig-three/signature-dsa-enveloped.xml': 'signature.algorithm',
  'phaos-xmldsig-three/signature-dsa-enveloping.xml': 'signature.shape',
  'phaos-xmldsig-three/signature-dsa-manifest.xml': 'signature.shape',
  'phaos-xmldsig-three/signature-hmac-md5-c14n-enveloping.xml': 'signature.shape',
  'phaos-xmldsig-three/signature-hmac-sha1-40-c14n-comments-detached.xml': 'signature.algorithm',
  'phaos-xmldsig-three/signature-hmac-sha1-40-exclusive-c14n-comments-detached.xml': 'signature.algorithm',
  'phaos-xmldsig-three/signature-hmac-sha1-exclusive-c14n-comments-detached.xml': 'signature.algorithm',
  'phaos-xmldsig-three/signature-hmac-sha1-exclusive-c14n-enveloped.xml': 'signature.algorithm',
  'phaos-xmldsig-three/signature-rsa-detached-b64-transform.xml': 'signature.shape',
  'phaos-xmldsig-three/signature-rsa-detached-xpath-transform.xml': 'signature.shape',
  'phaos-xmldsig-three/signature-rsa-detached-xslt-transform-bad-retrieval-method.xml': 'signature.transform', // inclusive canonicalisation
  'phaos-xmldsig-three/signature-rsa-detached-xslt-transform-retrieval-method.xml': 'signature.shape',
  'phaos-xmldsig-three/signature-rsa-detached-xslt-transform.xml': 'signature.shape',
  'phaos-xmldsig-three/signature-rsa-detached.xml': 'signature.shape', // no Transforms
  'phaos-xmldsig-three/signature-rsa-enveloped-bad-digest-val.xml': 'signature.transform',
  'phaos-xmldsig-three/signature-rsa-enveloped-bad-sig.xml': 'signature.shape', // two References
  'phaos-xmldsig-three/signature-rsa-enveloped.xml': 'signature.transform',
  'phaos-xmldsig-three/signature-rsa-enveloping.xml': 'signature.shape',
  'phaos-xmldsig-three/signature-rsa-manifest-x509-data-cert-chain.xml': 'signature.shape', // Manifest, and so below
  'phaos-xmldsig-three/signature-rsa-manifest-x509-data-cert.xml': 'signature.shape',
  'phaos-xmldsig-three/signature-rsa-manifest-x509-data-issuer-serial.xml': 'signature.shape',
  'phaos-xmldsig-three/signature-rsa-manifest-x509-data-ski.xml': 'signature.shape',
  'phaos-xmldsig-three/signature-rsa-manifest-x509-data-subject-name.xml': 'signature.shape',
  'phaos-xmldsig-three/signature-rsa-manifest.xml': 'signature.shape',
  'phaos-xmldsig-three/signature-rsa-xpath-transform-enveloped.xml': 'signature.transform',
  'phaos-xmldsig-three/signature-rsa-~x509-data-crl.xml': 'signature.shape',
};
describe('refused, each by its rule', () => {
  it.each(Object.entries(refused))('%s: %s', (name, code) => {
    refusedWith(code, () => readSignature(inside(read(name), 'Signature'), legacy));
    expect(() => { const document = read(name); verifyEnveloped(document, [], { document, ...legacy }); }).toThrow();
  });
  it('every signed file has its row', () => {
    const signed = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.xml') && /<(?:\w+:)?Signature[\s>]/.test(bytesOf(name).toString()));
    expect(signed.toSorted()).toEqual(Object.keys(refused).toSorted());
  });
});

describe('encryption', () => {
  const rsa = createPrivateKey({ key: bytesOf('01-phaos-xmlenc-3/rsa-priv-key.der'), format: 'der', type: 'pkcs1' });
  const merlin = createPrivateKey(bytesOf('merlin-xmlenc-five/rsapriv.pem'));
  const keyOf = (name: string, key: typeof rsa, digest: OaepHash): { readonly contentKey: Buffer | null; readonly sealed: Buffer } => {
    const data = inside(read(name), 'EncryptedData');
    const wrapped = base64(inside(inside(data, 'EncryptedKey'), 'CipherValue'));
    return { contentKey: unwrapKey(key, wrapped, { digest, mask: 'sha1' }), sealed: base64(inside(childElements(data, XENC, 'CipherData')[0]!, 'CipherValue')) };
  };
  it.each<[string, OaepHash, 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc' | 'des-ede3-cbc', 'phaos' | 'merlin']>([
    ['01-phaos-xmlenc-3/enc-element-aes128-kt-rsa_oaep_sha1.xml', 'sha1', 'aes-128-cbc', 'phaos'],
    ['01-phaos-xmlenc-3/enc-element-aes192-kt-rsa_oaep_sha1.xml', 'sha1', 'aes-192-cbc', 'phaos'],
    ['01-phaos-xmlenc-3/enc-text-aes256-kt-rsa_oaep_sha1.xml', 'sha1', 'aes-256-cbc', 'phaos'],
    ['01-phaos-xmlenc-3/enc-element-3des-kt-rsa_oaep_sha1.xml', 'sha1', 'des-ede3-cbc', 'phaos'],
    ['01-phaos-xmlenc-3/enc-element-3des-kt-rsa_oaep_sha256.xml', 'sha256', 'des-ede3-cbc', 'phaos'],
    ['01-phaos-xmlenc-3/enc-element-3des-kt-rsa_oaep_sha512.xml', 'sha512', 'des-ede3-cbc', 'phaos'],
    ['merlin-xmlenc-five/encrypt-data-tripledes-cbc-rsa-oaep-mgf1p.xml', 'sha1', 'des-ede3-cbc', 'merlin'],
  ])('%s: the key comes out with digest %s and opens %s', (name, digest, cipher, whose) => {
    const { contentKey, sealed } = keyOf(name, whose === 'phaos' ? rsa : merlin, digest);
    expect(contentKey).not.toBeNull();
    const blockBytes = cipher === 'des-ede3-cbc' ? 8 : 16;
    const engine = createDecipheriv(cipher, contentKey!, sealed.subarray(0, blockBytes)).setAutoPadding(false);
    const plain = Buffer.concat([engine.update(sealed.subarray(blockBytes)), engine.final()]);
    const open = plain.subarray(0, plain.length - plain.at(-1)!).toString();
    const whole = bytesOf(name.replace('.xml', '.data')).toString();
    expect(open).not.toBe('');
    expect(whole.replace(/\s+/g, '')).toContain(open.replace(/\s+/g, ''));
  });
  it('with a label (OAEPparams) the key does not come out: nobody uses one, so we are stricter, knowingly', () => {
    expect(keyOf('merlin-xmlenc-five/encrypt-data-tripledes-cbc-rsa-oaep-mgf1p-sha256.xml', merlin, 'sha256').contentKey).toBeNull();
  });
  const encrypted = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.xml') && /<(?:\w+:)?EncryptedData[\s>]/.test(bytesOf(name).toString()));
  it('there are many', () => { expect(encrypted.length).toBeGreaterThan(40); });
  it.each(encrypted)('refused as an EncryptedAssertion: %s', (name) => {
    const data = /<((?:\w+:)?EncryptedData)[\s>][^]*<\/\1>/.exec(bytesOf(name).toString())?.[0] ?? '';
    const prefix = /^<(\w+):/.exec(data)?.[1];
    const declared = prefix === undefined ? '' : ` xmlns:${prefix}="${XENC}"`;
    const holder = readXml(Buffer.from(`<saml:EncryptedAssertion xmlns:saml="${SAML}" xmlns:ds="${DS}"${declared.replace(/ xmlns:ds=.*/, '')}>${data}</saml:EncryptedAssertion>`), 'metadata');
    refusedWith('decrypt.failed', () => decryptAssertion(holder, [rsa, merlin], { coveredBy: null }));
    const covered = { element: { children: [holder] } } as unknown as Parameters<typeof decryptAssertion>[2]['coveredBy'];
    refusedWith('decrypt.failed', () => decryptAssertion(holder, [rsa, merlin], { coveredBy: covered }));
  });
});
