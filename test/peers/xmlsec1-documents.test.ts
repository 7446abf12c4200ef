/** Generated documents: what we sign xmlsec1 accepts, and refuses with one octet changed; what xmlsec1 signs we accept. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { readXml, signerFor, verifyEnveloped, writeSigned } from '../../src/saml/xml/index.ts';
import { NOW, testKey, type TestKey } from '../fixtures/saml.ts';
import { nodesToSign, plainDocuments, prefixLists } from '../fixtures/xml-documents.ts';

const directory = mkdtempSync(join(tmpdir(), 'bryggan-xmlsec-many-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const file = (name: string, text: string | Buffer): string => { const path = join(directory, name); writeFileSync(path, text); return path; };
const xmlsec1 = (args: readonly string[]): Promise<boolean> => promisify(execFile)('/usr/bin/xmlsec1', args).then(() => true, () => false);
const publicPem = (key: TestKey): string => file('public.pem', key.publicKey.export({ type: 'spki', format: 'pem' }));
const xmlsecAccepts = (text: string, key: TestKey): Promise<boolean> => xmlsec1(['--verify', '--pubkey-pem', publicPem(key), '--id-attr:ID', 'urn:oasis:names:tc:SAML:2.0:protocol:Response', '--enabled-key-data', 'rsa,ecdsa,key-name', file('given.xml', text)]);
const rsa = testKey('xmlsec');
const p256 = testKey('xmlsec', 'ec');
const p384 = testKey('xmlsec', 'ec-p384');
/** Debian's xmlsec1 knows no RSA-PSS. */
const signers: readonly (readonly [string, TestKey, number])[] = [['RSA', rsa, 120], ['ECDSA P-256', p256, 40], ['ECDSA P-384', p384, 40]];
it.each(signers)('%s: accepts what we sign, and not with a letter changed', { timeout: 240_000 }, async (_name, key, runs) => {
  const signer = signerFor(key.privateKey, key.certificate);
  await fc.assert(fc.asyncProperty(nodesToSign, async (node) => {
    const text = await writeSigned(node, signer);
    expect(await xmlsecAccepts(text, key)).toBe(true);
    expect(await xmlsecAccepts(text.replace(' Destination="', ' Destination="x'), key)).toBe(false);
  }), { numRuns: runs, endOnFailure: true });
});

const DS = 'http://www.w3.org/2000/09/xmldsig#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const list = (prefixes: readonly string[]): string => (prefixes.length === 0 ? '' : `<InclusiveNamespaces xmlns="${EXCLUSIVE}" PrefixList="${prefixes.map((prefix) => (prefix === '' ? '#default' : prefix)).join(' ')}"/>`);
const template = (algorithm: string, prefixes: readonly string[]): string =>
  `<Signature xmlns="${DS}">\n<SignedInfo><CanonicalizationMethod Algorithm="${EXCLUSIVE}"/><SignatureMethod Algorithm="${algorithm}"/><Reference URI="#_generated"><Transforms><Transform Algorithm="${DS}enveloped-signature"/><Transform Algorithm="${EXCLUSIVE}">${list(prefixes)}</Transform></Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#sha384"/><DigestValue/></Reference></SignedInfo>\n<SignatureValue/></Signature>`;
it.each([['RSA', rsa, 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 60], ['ECDSA', p256, 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256', 40]] as const)('%s: what xmlsec1 signs we accept, with any PrefixList', { timeout: 120_000 }, async (_name, key, algorithm, runs) => {
  const privatePem = file('private.pem', key.pem);
  await fc.assert(fc.asyncProperty(plainDocuments, prefixLists, async (text, prefixes) => {
    const unsigned = /\/>\s*$/.test(text) && !text.includes('</') ? null : text.replace(/(<\/[^<>]*>)$/, `${template(algorithm, prefixes)}$1`);
    fc.pre(unsigned !== null && unsigned !== text);
    const out = join(directory, 'signed.xml');
    const name = /^<(?:[^\s:>]*:)?([^\s:>]*)/.exec(text)?.[1] ?? '';
    const namespace = readXml(Buffer.from(text), 'message').namespace;
    expect(await xmlsec1(['--sign', '--privkey-pem', privatePem, '--id-attr:ID', namespace === '' ? name : `${namespace}:${name}`, '--output', out, file('template.xml', unsigned ?? '')])).toBe(true);
    const document = readXml(readFileSync(out), 'metadata');
    expect(verifyEnveloped(document, [key.publicKey], { document, now: NOW }).keyIndex).toBe(0);
  }), { numRuns: runs, endOnFailure: true });
});
