/** What an app signed over our challenge: messages made by openssl and by the simulated app, then exactly one thing changed. */
import { execFileSync } from 'node:child_process';
import { createPrivateKey, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { children, explicit, fromDer, implicitItems, integer, nothing, octets, oid, sequence, setOf, toDer, type Asn1 } from '../../certs-dev/asn1.ts';
import { developmentSet, pathOf, readDer, readFilePem } from '../../certs-dev/set.ts';
import { phoneKeyOf, signWithPhone } from '../../src/demo/net-id-keys.ts';
import { checkPhoneSignature } from '../../src/pki/cms.ts';
import { refusedWith } from '../fixtures/refused.ts';

const folder = mkdtempSync(join(tmpdir(), 'cms-'));
afterAll(() => { rmSync(folder, { recursive: true }); });
const bytes = Buffer.alloc(32, 7);
const challenge = bytes.toString('base64');
const [rsa, ec] = [developmentSet().certificate('anna-berglund'), developmentSet().certificate('sofia-grann')];

const openssl = (person: typeof rsa, content: Buffer, args: readonly string[]): string => {
  const [input, output] = [join(folder, 'content'), join(folder, 'message')];
  writeFileSync(input, content);
  execFileSync('/usr/bin/openssl', ['cms', '-sign', '-binary', '-in', input, '-signer', pathOf(person.certFile), '-inkey', pathOf(person.keyFile), '-outform', 'DER', '-out', output, ...args]);
  return readFileSync(output).toString('base64');
};
const raw = (person: typeof rsa, content: Buffer, hash = 'sha256'): string => sign(hash, content, createPrivateKey(readFilePem(person.keyFile))).toString('base64');
const holds = (message: string, person: typeof rsa, given = challenge): void => checkPhoneSignature(message, given, readDer(person.certFile));
const refused = (message: string | null, person: typeof rsa = rsa, given = challenge): string => refusedWith('mobile.credential', () => checkPhoneSignature(message, given, readDer(person.certFile))).detail;

describe('signatures that hold', () => {
  it.each([
    ['content inside', ['-nodetach']], ['content apart', []], ['no certificates in it', ['-nocerts']], ['signer by key identifier', ['-keyid']], ['no signed attributes', ['-noattr', '-nodetach']],
    ['SHA-384', ['-md', 'sha384']], ['SHA-512', ['-md', 'sha512', '-nodetach']],
  ])('openssl, %s, RSA and ECDSA', (_, args) => {
    holds(openssl(rsa, bytes, args), rsa);
    holds(openssl(ec, bytes, args), ec);
  });
  it('openssl, RSASSA-PSS', () => { holds(openssl(rsa, bytes, ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_pss_saltlen:digest']), rsa); });
  it('over the text that was sent instead of its octets; with line breaks in the base64', () => {
    const message = openssl(ec, Buffer.from(challenge), ['-nodetach']);
    holds(message.replace(/.{64}/g, '$&\r\n'), ec);
  });
  it.each(['sha256', 'sha512'])('raw, %s, RSA and ECDSA', (hash) => {
    holds(raw(rsa, bytes, hash), rsa);
    holds(raw(ec, bytes, hash), ec);
  });
  it('the simulated app’s', () => {
    const key = phoneKeyOf('anna-berglund');
    checkPhoneSignature(signWithPhone(key, bytes).toString('base64'), challenge, key.certificate);
  });
});

describe('signatures that do not', () => {
  const good = openssl(ec, bytes, ['-nodetach']);
  it('missing, empty, not base64, bytes that are nothing', () => {
    for (const text of [null, '', '%%', 'AAAA', Buffer.from('30820000', 'hex').toString('base64'), 'A'.repeat(300_000)]) refused(text, ec);
  });
  it('over another challenge: CMS inside and apart, raw', () => {
    const other = Buffer.alloc(32, 8);
    for (const message of [openssl(ec, other, ['-nodetach']), openssl(ec, other, []), raw(ec, other), openssl(ec, other, ['-noattr'])]) refused(message, ec);
    refused(good, ec, other.toString('base64'));
    holds(good, ec);
  });
  it('by another key than the certificate’s', () => {
    refused(good, rsa);
    refused(raw(ec, bytes), rsa);
    refused(openssl(rsa, bytes, []), ec);
  });
  it('one bit of the signature', () => {
    const changed = Buffer.from(good, 'base64');
    changed.writeUInt8(changed.readUInt8(changed.length - 3) ^ 1, changed.length - 3);
    refused(changed.toString('base64'), ec);
  });
  it('two signers, of which one is right', () => {
    const both = openssl(ec, bytes, ['-nodetach', '-signer', pathOf(rsa.certFile), '-inkey', pathOf(rsa.keyFile)]);
    expect(refused(both, ec)).toContain('not exactly one signer');
  });
  it('SHA-1', () => { expect(refused(openssl(rsa, bytes, ['-md', 'sha1']))).toContain('not accepted'); });
  it('a message that is no SignedData', () => { expect(refused(toDer(sequence(oid('1.2.840.113549.1.7.1'), explicit(0, octets(bytes)))).toString('base64'), ec)).toContain('not SignedData'); });
  it('indefinite length and bytes behind the message', () => {
    refused(Buffer.concat([Buffer.from(good, 'base64'), Buffer.of(0)]).toString('base64'), ec);
    refused(openssl(ec, bytes, ['-nodetach', '-stream', '-indef']), ec);
  });
});

describe('signed attributes', () => {
  const key = phoneKeyOf('anna-berglund');
  const attribute = (id: string, ...values: readonly Asn1[]): Asn1 => sequence(oid(id), setOf(...values));
  const digest = octets(Buffer.from(execFileSync('/usr/bin/openssl', ['dgst', '-sha256', '-binary'], { input: bytes })));
  const type = attribute('1.2.840.113549.1.9.3', oid('1.2.840.113549.1.7.1'));
  const right = attribute('1.2.840.113549.1.9.4', digest);
  /** Signed as written, so that only the rule under test can refuse it. */
  const message = (attributes: readonly Asn1[], contentType = '1.2.840.113549.1.7.1'): string => {
    const parts = children(children(fromDer(key.certificate))[0]);
    const hash = sequence(oid('2.16.840.1.101.3.4.2.1'), nothing());
    const set = setOf(...attributes);
    const signer = sequence(integer(1), sequence(parts[3] ?? nothing(), parts[1] ?? nothing()), hash, implicitItems(0, ...children(set)), sequence(oid('1.2.840.10045.4.3.2')), octets(sign('sha256', toDer(set), key.key)));
    return toDer(sequence(oid('1.2.840.113549.1.7.2'), explicit(0, sequence(integer(1), setOf(hash), sequence(oid(contentType), explicit(0, octets(bytes))), setOf(signer))))).toString('base64');
  };
  const check = (text: string) => (): void => checkPhoneSignature(text, challenge, key.certificate);
  it('the unbroken twin', check(message([type, right])));
  it.each([
    ['no digest [RFC 5652 §11.2]', message([type])],
    ['no content type [RFC 5652 §11.1]', message([right])],
    ['two digests', message([type, right, attribute('1.2.840.113549.1.9.4', octets(Buffer.alloc(32)))])],
    ['a digest with two values', message([type, attribute('1.2.840.113549.1.9.4', digest, octets(Buffer.alloc(32)))])],
    ['the digest of another content', message([type, attribute('1.2.840.113549.1.9.4', octets(Buffer.alloc(32)))])],
    ['another content type than the content’s', message([attribute('1.2.840.113549.1.9.3', oid('1.2.840.113549.1.7.2')), right])],
    ['content of a type of its own, attributes for data', message([type, right], '1.2.3.4')],
  ])('%s', (_, text) => { refusedWith('mobile.credential', check(text)); });
});
