/** xmlsec1 opens what Bryggan encrypts and Bryggan opens what xmlsec1 encrypts; OpenSSL makes and opens every pair of OAEP digest and mask. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/core/ports.ts';
import { unwrapKey, wrapKey, type OaepHash } from '../../src/saml/xml/encryption.ts';
import { canonicalise, childElements, decryptAssertion, element, elementsOf, encryptAssertion, readXml, signerFor, signNode, verifyEnveloped, writeXml } from '../../src/saml/xml/index.ts';
import { NOW, testKey } from '../fixtures/saml.ts';
import { DS, encrypted, method, PLAIN, receiver, SAML, transport, XENC, XENC11 } from '../saml/xml/hand-encrypted.ts';
import { signedDocument } from '../saml/xml/hand-signed.ts';

const directory = mkdtempSync(join(tmpdir(), 'bryggan-encryption-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
};
const privateKey = file('key.pem', receiver.pem);
const publicKey = file('public.pem', receiver.publicKey.export({ type: 'spki', format: 'pem' }));
const run = (program: string, args: readonly string[]): { readonly ok: boolean; readonly errors: string } => {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return { ok: status === 0, errors: stderr };
};
const parse = (text: string) => readXml(Buffer.from(text), 'message');
const signing = testKey();
const signer = signerFor(signing.privateKey, signing.certificate);

describe('xmlsec1 opens what Bryggan encrypts', () => {
  const assertion = element('saml:Assertion', { ID: '_a' }, [element('saml:Issuer', {}, ['urn:issuer']), element('saml:AttributeStatement', {}, ['Öhman'])]);
  const opened = (xml: string): string | null => {
    const out = join(directory, 'opened.xml');
    rmSync(out, { force: true });
    return run('/usr/bin/xmlsec1', ['--decrypt', '--privkey-pem', privateKey, '--output', out, file('ours.xml', xml)]).ok ? readFileSync(out, 'utf8') : null;
  };
  it.each([128, 192, 256].flatMap((bits) => [`${XENC}aes${bits}-cbc`, `${XENC11}aes${bits}-gcm`]))('%s', async (cipher) => {
    const signed = await signNode(assertion, signer);
    const xml = writeXml(encryptAssertion(signed, { key: receiver.publicKey, certificate: receiver.certificate, methods: [cipher], digests: [] }));
    const [inside] = elementsOf(parse(opened(xml)!.replace(/^<\?xml[^>]*>\s*/, '')));
    expect(canonicalise(inside!)).toBe(writeXml(signed));
    expect(opened(xml.replace(/(<xenc:CipherValue>)..../, '$1AAAA'))).toBeNull();
  });
});

describe('Bryggan opens what xmlsec1 encrypts', () => {
  const sealed = (cipher: string, sessionKey: string): string => {
    const template = `<xenc:EncryptedData xmlns:xenc="${XENC}" Type="${XENC}Element">${method(cipher)}<ds:KeyInfo xmlns:ds="${DS}"><xenc:EncryptedKey>${method(`${XENC}rsa-oaep-mgf1p`)}<xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>`;
    const out = join(directory, 'theirs.xml');
    const { ok, errors } = run('/usr/bin/xmlsec1', ['--encrypt', '--pubkey-pem', publicKey, '--session-key', sessionKey, '--xml-data', file('plain.xml', PLAIN), '--output', out, file('template.xml', template)]);
    expect(errors).toBe('');
    expect(ok).toBe(true);
    const data = readFileSync(out, 'utf8').replace(/^<\?xml[^>]*>\s*/, '').trim();
    return `<saml:EncryptedAssertion xmlns:saml="${SAML}">${data}</saml:EncryptedAssertion>`;
  };
  it.each([128, 192, 256])('AES-GCM of %i bits', (bits) => {
    expect(canonicalise(decryptAssertion(parse(sealed(`${XENC11}aes${bits}-gcm`, `aes-${bits}`)), [receiver.privateKey], { coveredBy: null }))).toBe(PLAIN);
  });
  it.each([128, 192, 256])('AES-CBC of %i bits, inside a Response that is signed', (bits) => {
    const cbc = parse(sealed(`${XENC}aes${bits}-cbc`, `aes-${bits}`));
    const document = parse(signedDocument({ content: canonicalise(cbc) }));
    const coveredBy = verifyEnveloped(document, [signing.publicKey], { document, now: NOW });
    expect(canonicalise(decryptAssertion(childElements(document, SAML, 'EncryptedAssertion')[0]!, [receiver.privateKey], { coveredBy }))).toBe(PLAIN);
  });
});

describe('OAEP of OpenSSL', () => {
  const hashes: readonly OaepHash[] = ['sha1', 'sha256', 'sha384', 'sha512'];
  const options = (digest: OaepHash, mask: OaepHash): string[] => ['rsa_padding_mode:oaep', `rsa_oaep_md:${digest}`, `rsa_mgf1_md:${mask}`].flatMap((option) => ['-pkeyopt', option]);
  const openssl = (args: readonly string[], input: Uint8Array): Buffer | null => {
    const out = join(directory, 'openssl.out');
    return run('/usr/bin/openssl', ['pkeyutl', ...args, '-in', file('openssl.in', input), '-out', out]).ok ? readFileSync(out) : null;
  };
  const key = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');
  it.each(hashes.flatMap((digest) => hashes.map((mask) => [digest, mask] as const)))('digest %s with mask %s, both ways; not with another digest', (digest, mask) => {
    const theirs = openssl(['-encrypt', '-pubin', '-inkey', publicKey, ...options(digest, mask)], key)!;
    expect(unwrapKey(receiver.privateKey, theirs, { digest, mask })).toEqual(key);
    expect(unwrapKey(receiver.privateKey, theirs, { digest: digest === 'sha512' ? 'sha1' : 'sha512', mask })).toBeNull();
    const ours = wrapKey(receiver.publicKey, key, { digest, mask }, systemRandom);
    expect(openssl(['-decrypt', '-inkey', privateKey, ...options(digest, mask)], ours)).toEqual(key);
  });
  it('SHA-256 with MGF1-SHA1, as Sweden Connect demands, in a whole EncryptedAssertion', () => {
    const wrap = (contentKey: Buffer): Buffer => openssl(['-encrypt', '-pubin', '-inkey', publicKey, ...options('sha256', 'sha1')], contentKey)!;
    expect(canonicalise(decryptAssertion(parse(encrypted({ wrap, keyMethod: transport('sha256', 'sha1') })), [receiver.privateKey], { coveredBy: null }))).toBe(PLAIN);
  });
});
