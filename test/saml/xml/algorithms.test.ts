/** Which algorithms and keys are accepted, on documents signed by node:crypto alone. */
import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/core/error-catalogue.ts';
import { readXml, verifyDetached, verifyEnveloped, type SignaturePolicy } from '../../../src/saml/xml/index.ts';
import { refusedWith } from '../../fixtures/refused.ts';
import { NOW, testKey } from '../../fixtures/saml.ts';
import { DS, SHA256, signedDocument, type SignedParts } from './hand-signed.ts';

const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
const PSS = 'http://www.w3.org/2007/05/xmldsig-more#';
const XENC = 'http://www.w3.org/2001/04/xmlenc#';
const DAY = 86_400_000;
const verify = (parts: SignedParts, keys: readonly KeyObject[], options: { readonly policy?: SignaturePolicy; readonly now?: number } = {}): number => {
  const document = readXml(Buffer.from(signedDocument(parts)), 'message');
  return verifyEnveloped(document, keys, { document, now: NOW, ...options }).keyIndex;
};
const rsa = testKey();
const ec256 = testKey('service', 'ec');
const ec384 = testKey('service', 'ec-p384');
const ec521 = testKey('service', 'ec-p521');

describe('accepted', () => {
  it.each<[string, SignedParts, KeyObject]>([
    ...(['sha256', 'sha384', 'sha512'] as const).flatMap((hash): [string, SignedParts, KeyObject][] => [
      [`RSA with ${hash}`, { signature: [hash, `${MORE}rsa-${hash}`], key: rsa.privateKey }, rsa.publicKey],
      [`RSA-PSS with ${hash}`, { signature: [hash, `${PSS}${hash}-rsa-MGF1`, 'pss'], key: rsa.privateKey }, rsa.publicKey],
      [`P-256 with ${hash}`, { signature: [hash, `${MORE}ecdsa-${hash}`], key: ec256.privateKey }, ec256.publicKey],
      [`P-384 with ${hash}`, { signature: [hash, `${MORE}ecdsa-${hash}`], key: ec384.privateKey }, ec384.publicKey],
      [`P-521 with ${hash}`, { signature: [hash, `${MORE}ecdsa-${hash}`], key: ec521.privateKey }, ec521.publicKey],
    ]),
    ['a digest with SHA-384', { digest: ['sha384', `${MORE}sha384`] }, rsa.publicKey],
    ['a digest with SHA-512', { digest: ['sha512', `${XENC}sha512`] }, rsa.publicKey],
  ])('%s', (_name, parts, key) => { expect(verify(parts, [key])).toBe(0); });
});

describe('refused (threats B20, B21)', () => {
  const cases: readonly (readonly [string, SignedParts])[] = [
    ['HMAC with SHA-1', { signature: ['sha256', `${DS}hmac-sha1`] }],
    ['HMAC with SHA-256', { signature: ['sha256', `${MORE}hmac-sha256`] }],
    ['DSA', { signature: ['sha256', `${DS}dsa-sha1`] }],
    ['RSA with MD5', { signature: ['md5', `${MORE}rsa-md5`] }],
    ['RSA with SHA-1', { signature: ['sha1', `${DS}rsa-sha1`] }],
    ['RSA with SHA-224', { signature: ['sha224', `${MORE}rsa-sha224`] }],
    ['RSA with RIPEMD', { signature: ['sha256', `${MORE}rsa-ripemd160`] }],
    ['ECDSA with SHA-1', { signature: ['sha1', `${MORE}ecdsa-sha1`], key: ec256.privateKey }],
    ['PSS with parameters of its own', { signature: ['sha256', `${PSS}rsa-pss`, 'pss'] }],
    ['PSS with SHA-1', { signature: ['sha1', `${PSS}sha1-rsa-MGF1`, 'pss'] }],
    ['none', { signature: ['sha256', 'none'] }],
    ['nothing', { signature: ['sha256', ''] }],
    ['a name of JavaScript', { signature: ['sha256', '__proto__'] }],
    ['the right name with a blank', { signature: ['sha256', `${MORE}rsa-sha256 `] }],
    ['a digest with SHA-1 under a good signature', { digest: ['sha1', `${DS}sha1`] }],
    ['a digest with MD5', { digest: ['md5', `${MORE}md5`] }],
    ['a digest with SHA-224', { digest: ['sha224', `${MORE}sha224`] }],
  ];
  it.each(cases)('%s', (_name, parts) => {
    expect(verify({}, [rsa.publicKey])).toBe(0);
    refusedWith('signature.algorithm', () => verify(parts, [rsa.publicKey, ec256.publicKey]));
  });
});

describe('keys', () => {
  const small = testKey('small', 'rsa-1024');
  const odd = (namedCurve: string): { privateKey: KeyObject; publicKey: KeyObject } => generateKeyPairSync('ec', { namedCurve });
  it.each<[string, SignedParts, () => KeyObject, ErrorCode]>([
    ['RSA of 1024 bits', { key: small.privateKey }, () => small.publicKey, 'signature.key'],
    ['an EC key for an RSA signature', {}, () => ec256.publicKey, 'signature.key'],
    ['an RSA key for an EC signature', { key: ec256.privateKey, signature: ['sha256', `${MORE}ecdsa-sha256`] }, () => rsa.publicKey, 'signature.key'],
    ['an Ed25519 key', {}, () => testKey('edwards', 'ed25519').publicKey, 'signature.key'],
    ['a PSS signature that says PKCS#1', { signature: ['sha256', `${MORE}rsa-sha256`, 'pss'] }, () => rsa.publicKey, 'signature.invalid'],
    ['a PKCS#1 signature that says PSS', { signature: ['sha256', `${PSS}sha256-rsa-MGF1`] }, () => rsa.publicKey, 'signature.invalid'],
    ['the hash of another algorithm', { signature: ['sha256', `${MORE}rsa-sha512`] }, () => rsa.publicKey, 'signature.invalid'],
  ])('refused: %s', (_name, parts, key, code) => { refusedWith(code, () => verify(parts, [key()])); });
  it.each(['secp256k1', 'secp224r1', 'brainpoolP256r1', 'prime192v1'])('refused: the curve %s', (curve) => {
    const { privateKey, publicKey } = odd(curve);
    refusedWith('signature.key', () => verify({ key: privateKey, signature: ['sha256', `${MORE}ecdsa-sha256`] }, [publicKey]));
  });
  it('refused: an RSA key with exponent 1, under which everything is its own signature', () => {
    const { n = '' } = rsa.publicKey.export({ format: 'jwk' });
    expect(verify({}, [createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' })])).toBe(0);
    refusedWith('signature.key', () => verify({}, [createPublicKey({ key: { kty: 'RSA', n, e: 'AQ' }, format: 'jwk' })]));
  });
  it('accepted: an RSA key with exponent 3', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
    expect(verify({ key: privateKey }, [publicKey])).toBe(0);
  });
  it('a key that says PSS signs PSS and nothing else', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    expect(verify({ key: privateKey, signature: ['sha256', `${PSS}sha256-rsa-MGF1`, 'pss'] }, [publicKey])).toBe(0);
    refusedWith('signature.key', () => verify({}, [publicKey]));
  });
  it('a key that says PSS with another hash does not verify', () => {
    const { publicKey } = generateKeyPairSync('rsa-pss', { modulusLength: 2048, hashAlgorithm: 'sha512', mgf1HashAlgorithm: 'sha512' });
    refusedWith('signature.invalid', () => verify({ signature: ['sha256', `${PSS}sha256-rsa-MGF1`, 'pss'] }, [publicKey]));
  });
  it('several while a peer rolls over: the one that verifies is named', () => {
    const next = testKey('next');
    expect(verify({}, [next.publicKey, ec256.publicKey, small.publicKey, rsa.publicKey])).toBe(3);
    expect(verify({ key: next.privateKey }, [next.publicKey, rsa.publicKey])).toBe(0);
    refusedWith('signature.invalid', () => verify({}, [next.publicKey]));
  });
  it('none: refused', () => { refusedWith('signature.key', () => verify({}, [])); });
});

describe('SHA-1 for one peer until one date (threats B21)', () => {
  const signature: SignedParts = { signature: ['sha1', `${DS}rsa-sha1`] };
  const digest: SignedParts = { digest: ['sha1', `${DS}sha1`] };
  const policy: SignaturePolicy = { sha1Until: NOW + DAY };
  it.each([['signature', signature], ['digest', digest]])('%s: taken before the date, refused on it, refused without', (_name, parts) => {
    expect(verify(parts, [rsa.publicKey], { policy })).toBe(0);
    expect(verify(parts, [rsa.publicKey], { policy, now: NOW + DAY - 1 })).toBe(0);
    refusedWith('signature.algorithm', () => verify(parts, [rsa.publicKey], { policy, now: NOW + DAY }));
    refusedWith('signature.algorithm', () => verify(parts, [rsa.publicKey], { policy: {} }));
    refusedWith('signature.algorithm', () => verify(parts, [rsa.publicKey]));
  });
  it('lets nothing else pass', () => {
    refusedWith('signature.algorithm', () => verify({ signature: ['md5', `${MORE}rsa-md5`] }, [rsa.publicKey], { policy }));
    refusedWith('signature.algorithm', () => verify({ signature: ['sha1', `${MORE}ecdsa-sha1`], key: ec256.privateKey }, [ec256.publicKey], { policy }));
    refusedWith('signature.invalid', () => verify({ ...signature, key: testKey('stranger').privateKey }, [rsa.publicKey], { policy }));
    expect(verify({ digest: ['sha256', SHA256] }, [rsa.publicKey], { policy })).toBe(0);
  });
});

describe('lengths (threats B22)', () => {
  const data = Buffer.from('data');
  const check = (bytes: Uint8Array, key: KeyObject, uri: string): number => verifyDetached(uri, [key], data, bytes, { now: NOW });
  it('of ECDSA are twice the curve, never DER', () => {
    const good = sign('sha256', data, { key: ec256.privateKey, dsaEncoding: 'ieee-p1363' });
    const uri = `${MORE}ecdsa-sha256`;
    expect(check(good, ec256.publicKey, uri)).toBe(0);
    for (const bad of [sign('sha256', data, ec256.privateKey), Buffer.concat([Buffer.alloc(2), good.subarray(0, 32), Buffer.alloc(2), good.subarray(32)]), good.subarray(0, 63), Buffer.concat([good, Buffer.alloc(1)]), Buffer.alloc(64), Buffer.alloc(0)]) {
      refusedWith('signature.invalid', () => check(bad, ec256.publicKey, uri));
    }
  });
  it('of RSA is the length of the modulus', () => {
    const good = rsa.sign(data);
    const uri = `${MORE}rsa-sha256`;
    expect(check(good, rsa.publicKey, uri)).toBe(0);
    for (const bad of [Buffer.concat([Buffer.alloc(1), good]), good.subarray(1), Buffer.alloc(256), Buffer.alloc(0)]) refusedWith('signature.invalid', () => check(bad, rsa.publicKey, uri));
  });
});
