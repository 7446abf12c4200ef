/** xmlsec1 (libxml2, OpenSSL) verifies what Bryggan signs: Response, Assertion inside it, metadata; a changed octet is found. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathOf } from '../../certs-dev/set.ts';
import { askingService, logIn, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';

const simple = askingService({ name: 'simple', wants: ['employeeHsaId!', 'givenName', 'surname', 'commissionRight'] });
const directory = mkdtempSync(join(tmpdir(), 'bryggan-xmlsec-'));
let bryggan: Bryggan;
let response: string;
let metadata: string;
beforeAll(async () => {
  bryggan = await startBryggan({ services: [simple.files] });
  response = receivedFrom(await logIn(bryggan.agentFor('lars-ohman'), bryggan, simple)).xml;
  metadata = await (await bryggan.agentFor(null).once(`${bryggan.baseUrl}/saml/metadata`)).text();
});
afterAll(async () => { await bryggan.stop(); rmSync(directory, { recursive: true, force: true }); });

const file = (name: string, text: string): string => { const path = join(directory, name); writeFileSync(path, text); return path; };
/** `element`: the signed element that carries the ID; `node`: xpath of its Signature. */
const verifies = (xml: string, certificate: string, element: 'Response' | 'Assertion' | 'EntityDescriptor', node: string): boolean =>
  spawnSync('/usr/bin/xmlsec1', ['--verify', '--pubkey-cert-pem', pathOf(`keys/${certificate}.crt.pem`), '--id-attr:ID', element, '--node-xpath', node, '--enabled-key-data', 'x509,rsa', file(`${element}.xml`, xml)], { encoding: 'utf8' }).status === 0;
const signatureOf = (path: string): string => `${path}/*[local-name()='Signature']`;
const inResponse = signatureOf("/*[local-name()='Response']");
const inAssertion = signatureOf("/*[local-name()='Response']/*[local-name()='Assertion']");
const inMetadata = signatureOf("/*[local-name()='EntityDescriptor']");
/** Changes one letter of a text that is signed. */
const bent = (xml: string, from: string, to: string): string => { expect(xml).toContain(from); return xml.replace(from, to); };

describe('xmlsec1', () => {
  it('is the real program', () => { expect(execFileSync('/usr/bin/xmlsec1', ['--version'], { encoding: 'utf8' })).toContain('xmlsec1'); });
  it('verifies the Response; not with one letter changed, not with another key', () => {
    expect(verifies(response, 'saml-signing', 'Response', inResponse)).toBe(true);
    expect(verifies(bent(response, 'Öhman', 'Öhmän'), 'saml-signing', 'Response', inResponse)).toBe(false);
    expect(verifies(response, 'metadata-signing', 'Response', inResponse)).toBe(false);
  });
  it('verifies the Assertion inside it; not with one letter changed', () => {
    expect(verifies(response, 'saml-signing', 'Assertion', inAssertion)).toBe(true);
    expect(verifies(bent(response, 'Lars', 'Lasr'), 'saml-signing', 'Assertion', inAssertion)).toBe(false);
  });
  it('verifies the metadata with the metadata key, which is another than the one for answers', () => {
    expect(verifies(metadata, 'metadata-signing', 'EntityDescriptor', inMetadata)).toBe(true);
    expect(verifies(metadata, 'saml-signing', 'EntityDescriptor', inMetadata)).toBe(false);
    expect(verifies(bent(metadata, '/saml/sso', '/saml/ss0'), 'metadata-signing', 'EntityDescriptor', inMetadata)).toBe(false);
  });
});
