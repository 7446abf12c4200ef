/** pysaml2, strict: signed Response and Assertion, our metadata, audience, InResponseTo. Accepts ours; refuses each broken copy. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentSet, pathOf } from '../../certs-dev/set.ts';
import { askingService, LOA, logIn, newRequestId, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';

const simple = askingService({ name: 'simple', wants: ['employeeHsaId!', 'givenName', 'surname'] });
const directory = mkdtempSync(join(tmpdir(), 'bryggan-pysaml2-'));
const requestId = newRequestId();
let bryggan: Bryggan;
let response: string;
beforeAll(async () => {
  bryggan = await startBryggan({ services: [simple.files] });
  response = receivedFrom(await logIn(bryggan.agentFor('lars-ohman'), bryggan, simple, { id: requestId })).xml;
  writeFileSync(join(directory, 'idp.xml'), await (await bryggan.agentFor(null).once(`${bryggan.baseUrl}/saml/metadata`)).text());
});
afterAll(async () => { await bryggan.stop(); rmSync(directory, { recursive: true, force: true }); });

interface Verdict { readonly accepted: boolean; readonly error?: string; readonly attributes?: Readonly<Record<string, readonly string[]>>; readonly issuer?: string; readonly level?: string; readonly nameId?: string }
const ask = async (changes: { xml?: string; requestId?: string; entityId?: string; acs?: string } = {}): Promise<Verdict> => {
  const keys = developmentSet().machine('demo-1');
  const file = join(directory, 'given.json');
  writeFileSync(file, JSON.stringify({
    metadata: join(directory, 'idp.xml'), entityId: changes.entityId ?? simple.entityId, acs: changes.acs ?? simple.acs, requestId: changes.requestId ?? requestId,
    response: Buffer.from(changes.xml ?? response).toString('base64'), key: pathOf(keys.keyFile), cert: pathOf(keys.certFile),
  }));
  const { stdout } = await promisify(execFile)('/usr/bin/python3', [join(import.meta.dirname, 'pysaml2-check.py'), file]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Verdict;
};
const withoutSignature = (from: 'Response' | 'Assertion'): string => {
  const signatures = [...response.matchAll(/<ds:Signature[ >].*?<\/ds:Signature>/gs)].map(([text]) => text);
  return response.replace(signatures[from === 'Response' ? 0 : 1] ?? 'none', '');
};

describe('pysaml2', () => {
  it('accepts the answer and reads it as it was meant', async () => {
    const verdict = await ask();
    expect(verdict).toMatchObject({ accepted: true, issuer: bryggan.entityId, level: LOA.three });
    expect(Object.values(verdict.attributes ?? {}).flat()).toEqual(expect.arrayContaining(['SE2120001355-DEV1004', 'Lars', 'Öhman']));
  });
  it.each([
    ['for another request', () => ask({ requestId: newRequestId() })],
    ['when nothing was asked', () => ask({ requestId: '' })],
    ['as another service', () => ask({ entityId: 'https://other.service.example/saml' })],
    ['at another address', () => ask({ acs: 'https://other.service.example/acs' })],
    ['without the signature of the Response', () => ask({ xml: withoutSignature('Response') })],
    ['without the signature of the Assertion', () => ask({ xml: withoutSignature('Assertion') })],
    ['with one letter changed', () => ask({ xml: response.replace('Öhman', 'Öhmän') })],
  ])('refuses it %s', async (_what, verdict) => { expect((await verdict()).accepted).toBe(false); });
});
