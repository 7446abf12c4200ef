/** Some 200 generated answers, judged by one pysaml2 that lives through them all; and what it signs, read by us. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimedIssuer } from '../../src/saml/messages/authn-request.ts';
import { assertionNode } from '../../src/saml/messages/assertion.ts';
import { writeSuccess } from '../../src/saml/messages/response.ts';
import { bindings, nameIdFormats, namespaces } from '../../src/saml/names.ts';
import { readXml, signerFor, verifyEnveloped } from '../../src/saml/xml/index.ts';
import { keyDescriptor, testKey } from '../fixtures/saml.ts';
import { anyText } from '../fixtures/xml-documents.ts';

const IDP = 'https://idp.example.test/saml';
const SP = 'https://sp.example.test/saml';
const ACS = 'https://sp.example.test/acs';
const REQUEST = '_request';
const idp = testKey('idp');
const sp = testKey('sp');
const signer = signerFor(idp.privateKey, idp.certificate);
const directory = mkdtempSync(join(tmpdir(), 'bryggan-pysaml2-many-'));
const file = (name: string, text: string): string => { const path = join(directory, name); writeFileSync(path, text); return path; };
const metadata = `<md:EntityDescriptor xmlns:md="${namespaces.md}" entityID="${IDP}"><md:IDPSSODescriptor protocolSupportEnumeration="${namespaces.samlp}">${keyDescriptor(idp.certificate, 'signing')}<md:SingleSignOnService Binding="${bindings.post}" Location="${IDP}/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`;

let python: ChildProcessWithoutNullStreams;
const waiting: ((line: string) => void)[] = [];
interface Verdict { readonly accepted?: boolean; readonly error?: string; readonly xml?: string; readonly attributes?: Readonly<Record<string, readonly string[]>> }
const order = async (what: Readonly<Record<string, string>>): Promise<Verdict> => {
  const line = new Promise<string>((resolve) => { waiting.push(resolve); });
  python.stdin.write(`${JSON.stringify(what)}\n`);
  return JSON.parse(await line) as Verdict;
};
beforeAll(() => {
  python = spawn('/usr/bin/python3', [join(import.meta.dirname, 'pysaml2-many.py')]);
  createInterface({ input: python.stdout }).on('line', (line) => waiting.shift()?.(line));
  const pem = `-----BEGIN CERTIFICATE-----\n${sp.certificate.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  python.stdin.write(`${JSON.stringify({ metadata: file('idp.xml', metadata), entityId: SP, acs: ACS, key: file('sp.key.pem', sp.pem), cert: file('sp.crt.pem', pem) })}\n`);
});
afterAll(() => { python.kill(); rmSync(directory, { recursive: true, force: true }); });

/** pysaml2 strips the white space around a value, and takes an empty one for none. */
const values = fc.array(anyText.map((text) => `x${text.replaceAll('\r', '')}x`), { minLength: 1, maxLength: 3 });
const answers = fc.record({ attributes: fc.dictionary(fc.constantFrom('urn:oid:2.5.4.42', 'urn:oid:1.2.752.29.6.2.1', 'urn:x-a'), values, { maxKeys: 3 }), nameId: anyText.map((text) => `n${text.replaceAll(/\s/g, '')}`), typed: fc.boolean() });
const written = async ({ attributes, nameId, typed }: { attributes: Record<string, string[]>; nameId: string; typed: boolean }, id: string): Promise<string> => {
  const now = Date.now();
  const node = assertionNode({
    id: `_a${id}`, issueInstant: now, issuer: IDP, nameId: { value: nameId, format: nameIdFormats.persistent, nameQualifier: null, spNameQualifier: null }, audience: SP, inResponseTo: REQUEST, recipient: ACS,
    notBefore: now - 1000, notOnOrAfter: now + 300_000, authnInstant: now, sessionIndex: `s${id}`, sessionNotOnOrAfter: now + 3_600_000, authnContextClassRef: 'http://id.sambi.se/loa/loa3', authenticatingAuthorities: [],
    attributes: Object.entries(attributes).map(([name, content]) => ({ name, friendlyName: null, values: content })), typedValues: typed,
  });
  return writeSuccess({ id: `_r${id}`, issueInstant: now, issuer: IDP, destination: ACS, inResponseTo: REQUEST }, node, { signAssertion: signer, encryptFor: null, signResponse: signer });
};
const judged = (xml: string): Promise<Verdict> => order({ response: Buffer.from(xml).toString('base64'), requestId: REQUEST });

it('accepts 100 generated answers with every value as it was meant, and refuses each with one letter changed', { timeout: 300_000 }, async () => {
  let count = 0;
  await fc.assert(fc.asyncProperty(answers, async (content) => {
    count += 1;
    const xml = await written(content, String(count));
    const verdict = await judged(xml);
    expect(verdict).toMatchObject({ accepted: true });
    expect(Object.values(verdict.attributes ?? {}).flat().toSorted()).toEqual(Object.values(content.attributes).flat().toSorted());
    expect((await judged(xml.replace('>n', '>m'))).accepted).toBe(false);
  }), { numRuns: 100, endOnFailure: true });
});
it('signs requests that we verify and read', { timeout: 120_000 }, async () => {
  for (let count = 0; count < 10; count += 1) {
    const { xml = '' } = await order({ request: `${IDP}/sso` });
    const document = readXml(Buffer.from(xml), 'message');
    expect(claimedIssuer(verifyEnveloped(document, [sp.publicKey], { document, now: Date.now() }).element)).toBe(SP);
  }
});
