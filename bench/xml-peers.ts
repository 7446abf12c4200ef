/** The peers on the same input: xml-crypto, node-saml, libxml2-wasm, xmlsec1. Each as its own documentation has it used. */
import { execFileSync } from 'node:child_process';
import { createHash, sign, verify } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SAML } from '@node-saml/node-saml';
import { ParseOption, XmlC14NMode, XmlDocument } from 'libxml2-wasm';
import { SignedXml } from 'xml-crypto';
import { algorithms } from '../src/saml/names.ts';
import { ACS_URL, IDP_ENTITY_ID, type TestKey } from '../test/fixtures/saml.ts';
import { idpKey } from './xml-inputs.ts';

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
export const certificatePem = ({ certificate }: TestKey): string => `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

export const xmlCryptoSigns = (xml: string): string => {
  const signer = new SignedXml({ privateKey: idpKey.privateKey, signatureAlgorithm: algorithms.rsaSha256, canonicalizationAlgorithm: EXCLUSIVE });
  signer.addReference({ xpath: "/*/*[local-name()='Assertion']", digestAlgorithm: algorithms.sha256, transforms: [ENVELOPED, EXCLUSIVE] });
  signer.computeSignature(xml, { prefix: 'ds', location: { reference: "/*/*[local-name()='Assertion']/*[local-name()='Issuer']", action: 'after' } });
  return signer.getSignedXml();
};
export const xmlCryptoVerifies = (xml: string, pem: string): void => {
  const verifier = new SignedXml({ publicCert: pem });
  verifier.loadSignature(/<ds:Signature[ >][^]*<\/ds:Signature>/.exec(xml)?.[0] ?? '');
  if (!verifier.checkSignature(xml)) throw new Error('xml-crypto refuses the input of the bench');
};

const saml = (idpCert: string): SAML => new SAML({ callbackUrl: ACS_URL, issuer: 'urn:bench', audience: false, idpIssuer: IDP_ENTITY_ID, idpCert, wantAssertionsSigned: true, wantAuthnResponseSigned: false, acceptedClockSkewMs: -1 });
export const nodeSamlReads = (xml: string, { certificate }: TestKey): (() => Promise<unknown>) => {
  const reader = saml(certificate);
  const fields = { SAMLResponse: Buffer.from(xml).toString('base64') };
  return () => reader.validatePostResponseAsync(fields);
};

const options = { mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 };
const withDocument = (xml: string | Buffer, use: (document: XmlDocument) => void): void => {
  const document = XmlDocument.fromBuffer(Buffer.from(xml), { option: ParseOption.XML_PARSE_NONET });
  try {
    use(document);
  } finally {
    document.dispose();
  }
};
const DS = { ds: 'http://www.w3.org/2000/09/xmldsig#' };
/** Parse, take the signature out, two canonical forms, hash, check: what a verifier on libxml2-wasm would have to do, without its rules. */
export const libxmlVerifies = (xml: string, key: TestKey, element: string): void => withDocument(xml, (document) => {
  const signature = document.get('//ds:Signature', DS);
  const info = document.get('//ds:SignedInfo', DS)?.canonicalizeToString(options) ?? '';
  const value = Buffer.from(document.get('//ds:SignatureValue', DS)?.content ?? '', 'base64');
  const digest = document.get('//ds:DigestValue', DS)?.content;
  signature?.remove();
  const octets = document.get(element)?.canonicalizeToString(options) ?? '';
  if (createHash('sha256').update(octets).digest('base64') !== digest || !verify('sha256', Buffer.from(info), key.publicKey, value)) throw new Error('libxml2-wasm: the input of the bench does not verify');
});
/** Parse, canonical form, hash, one signature: putting it into the document is left out. */
export const libxmlSigns = (xml: string): void => withDocument(xml, (document) => {
  const octets = document.get("/*/*[local-name()='Assertion']")?.canonicalizeToString(options) ?? '';
  sign('sha256', createHash('sha256').update(octets).digest(), idpKey.privateKey);
});

const XMLSEC = '/usr/bin/xmlsec1';
export const hasXmlsec1 = existsSync(XMLSEC);
/** CPU seconds of a program, by the shell's own account. */
export const cpuSecondsOf = (program: string, args: readonly string[]): number => {
  const out = execFileSync('/bin/bash', ['-c', '"$@" > /dev/null 2>&1 || exit 1; times', 'bench', program, ...args], { encoding: 'utf8' });
  const children = out.trim().split('\n').at(-1) ?? '';
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
};
const REPEAT = 300;
/** CPU milliseconds of one operation inside a running xmlsec1: that of 300 less that of one. */
export const xmlsec1Cpu = (command: readonly string[], xml: string, files: Readonly<Record<string, string>>): number => {
  const directory = mkdtempSync(join(tmpdir(), 'bryggan-bench-'));
  try {
    const place = (name: string, text: string): string => { const path = join(directory, name); writeFileSync(path, text); return path; };
    const paths = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, place(name, text)]));
    const args = [...command.map((part) => paths[part] ?? part), '--output', join(directory, 'out.xml')].filter((part) => !command.includes('--verify') || (part !== '--output' && !part.endsWith('out.xml')));
    const input = place('input.xml', xml);
    const cpu = (count: number): number => cpuSecondsOf(XMLSEC, [args[0] ?? '', '--repeat', String(count), ...args.slice(1), input]);
    return ((cpu(REPEAT + 1) - cpu(1)) * 1000) / REPEAT;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};
