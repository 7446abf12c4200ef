/** xmlsec1 verifies signatures of ours that list a prefix, as Sweden Connect's typed values need it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { element, prefixTable, signerFor, signNode, writeSigned } from '../../src/saml/xml/index.ts';
import { testKey } from '../fixtures/saml.ts';

const directory = mkdtempSync(join(tmpdir(), 'bryggan-prefix-list-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it.each(['rsa', 'ec', 'ec-p384'] as const)('of Response and Assertion, by a key of kind %s; not with the prefix turned', async (kind) => {
  const key = testKey('typed', kind);
  const signer = signerFor(key.privateKey, key.certificate);
  const assertion = element('saml:Assertion', { 'xmlns:xs': prefixTable['xs'], ID: '_a' }, [element('saml:Issuer', {}, ['urn:issuer']), element('saml:AttributeValue', { 'xsi:type': 'xs:string' }, ['Öhman'])]);
  const good = await writeSigned(element('samlp:Response', { ID: '_r' }, [element('saml:Issuer', {}, ['urn:issuer']), await signNode(assertion, signer)]), signer);
  const publicKey = join(directory, 'public.pem');
  writeFileSync(publicKey, key.publicKey.export({ type: 'spki', format: 'pem' }));
  const verifies = (text: string, name: 'Response' | 'Assertion'): boolean => {
    const file = join(directory, 'signed.xml');
    writeFileSync(file, text);
    const place = name === 'Response' ? '/*' : "/*/*[local-name()='Assertion']";
    return spawnSync('/usr/bin/xmlsec1', ['--verify', '--pubkey-pem', publicKey, '--enabled-key-data', 'rsa,ecdsa', '--id-attr:ID', name, '--node-xpath', `${place}/*[local-name()='Signature']`, file]).status === 0;
  };
  const turned = good.replace(`xmlns:xs="${prefixTable['xs']}"`, 'xmlns:xs="urn:x"');
  for (const name of ['Response', 'Assertion'] as const) expect([verifies(good, name), verifies(turned, name)]).toEqual([true, false]);
});
