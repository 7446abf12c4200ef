import { constants, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { explicit, fromDer, implicitItems, integer, nothing, oid, sequence, toDer, type Asn1 } from '../../certs-dev/asn1.ts';
import { onlyDer } from '../../src/pki/der.ts';
import { keyFault, readPublicKey, readSignatureScheme, signatureHolds, type SignatureScheme } from '../../src/pki/signature.ts';
import { refusedWith } from '../fixtures/refused.ts';

const scheme = (identifier: Asn1): SignatureScheme => readSignatureScheme(onlyDer(toDer(identifier)));
const rsaSha256 = '1.2.840.113549.1.1.11';
const hash = (id: string): Asn1 => sequence(oid(id), nothing());
const SHA256 = '2.16.840.1.101.3.4.2.1';
const SHA512 = '2.16.840.1.101.3.4.2.3';
const pss = (content: string, mask: string, salt: number): Asn1 => sequence(oid('1.2.840.113549.1.1.10'), sequence(explicit(0, hash(content)), implicitItems(1, sequence(oid('1.2.840.113549.1.1.8'), hash(mask))), explicit(2, integer(salt))));
const refused = (identifier: Asn1): void => { refusedWith('pki.der', () => scheme(identifier)); };
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const data = Buffer.from('signed');

describe('signature algorithms', () => {
  it('RSA with NULL or nothing behind it [RFC 4055 §5]', () => {
    expect(scheme(sequence(oid(rsaSha256), nothing()))).toEqual({ keyType: 'rsa', hash: 'sha256', pss: false });
    expect(scheme(sequence(oid(rsaSha256)))).toEqual({ keyType: 'rsa', hash: 'sha256', pss: false });
  });
  it('ECDSA with nothing behind it [RFC 5758 §3.2]', () => {
    expect(scheme(sequence(oid('1.2.840.10045.4.3.3')))).toMatchObject({ keyType: 'ec', hash: 'sha384' });
    refused(sequence(oid('1.2.840.10045.4.3.3'), nothing()));
  });
  it('RSASSA-PSS with one hash and a salt of its length', () => {
    expect(scheme(pss(SHA256, SHA256, 32))).toEqual({ keyType: 'rsa', hash: 'sha256', pss: true });
    refused(pss(SHA256, SHA512, 32));
    refused(pss(SHA256, SHA256, 20));
    refused(sequence(oid('1.2.840.113549.1.1.10')));
    refused(sequence(oid('1.2.840.113549.1.1.10'), sequence()));
  });
  it.each([['MD5', '1.2.840.113549.1.1.4'], ['SHA-1', '1.2.840.113549.1.1.5'], ['ECDSA with SHA-1', '1.2.840.10045.4.1'], ['DSA', '2.16.840.1.101.3.4.3.2'], ['a hash alone', SHA256]])('%s is not accepted', (_what, id) => refused(sequence(oid(id), nothing())));
  it('other parameters, or more of them, are not accepted', () => {
    refused(sequence(oid(rsaSha256), integer(1)));
    refused(sequence(oid(rsaSha256), nothing(), nothing()));
  });
});
describe('signatures', () => {
  const holds = (made: SignatureScheme, signature: Buffer, key: KeyObject, content = data): boolean => signatureHolds(made, content, signature, key);
  const plain: SignatureScheme = { keyType: 'rsa', hash: 'sha256', pss: false };
  it('hold under their key, scheme and content, and under no other', () => {
    const signature = sign('sha256', data, rsa.privateKey);
    expect(holds(plain, signature, rsa.publicKey)).toBe(true);
    expect(holds(plain, signature, rsa.publicKey, Buffer.from('other'))).toBe(false);
    expect(holds({ ...plain, hash: 'sha512' }, signature, rsa.publicKey)).toBe(false);
    expect(holds({ ...plain, pss: true }, signature, rsa.publicKey)).toBe(false);
    expect(holds(plain, signature, ec.publicKey)).toBe(false);
    expect(holds({ keyType: 'ec', hash: 'sha256', pss: false }, signature, rsa.publicKey)).toBe(false);
  });
  it('PSS', () => {
    const signature = sign('sha256', data, { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
    expect([holds({ ...plain, pss: true }, signature, rsa.publicKey), holds(plain, signature, rsa.publicKey)]).toEqual([true, false]);
  });
  it('garbage does not hold and does not throw', () => expect([holds(plain, Buffer.alloc(0), rsa.publicKey), holds({ keyType: 'ec', hash: 'sha256', pss: false }, Buffer.from('garbage'), ec.publicKey)]).toEqual([false, false]));
});
describe('keys', () => {
  it.each([['RSA 2048', rsa.publicKey], ['P-256', ec.publicKey], ['Ed25519', generateKeyPairSync('ed25519').publicKey]])('%s is accepted', (_what, key) => expect(keyFault(key)).toBeNull());
  it.each([
    ['RSA 1024', generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey, /1024 bits/], ['RSA of no whole octets', generateKeyPairSync('rsa', { modulusLength: 2052 }).publicKey, /2052 bits/],
    ['secp256k1', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey, /secp256k1/], ['X25519', generateKeyPairSync('x25519').publicKey, /x25519/],
  ])('%s is not', (_what, key, why) => expect(keyFault(key)).toMatch(why));
  it('a curve that is spelled out instead of named is refused (CVE-2020-0601)', () => {
    const named = ec.publicKey.export({ type: 'spki', format: 'der' });
    const explicitCurve = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).publicKey.export({ type: 'spki', format: 'der' });
    expect(readPublicKey(onlyDer(named)).asymmetricKeyType).toBe('ec');
    refusedWith('pki.der', () => readPublicKey(onlyDer(explicitCurve)));
  });
  it('what is no key is refused with our code', () => { refusedWith('pki.der', () => readPublicKey(onlyDer(toDer(sequence(sequence(oid('1.2.840.113549.1.1.1'), nothing()), fromDer(Buffer.of(3, 2, 0, 1))))))); });
});
