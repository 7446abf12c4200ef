/** Our keys towards a party's IdP are rolled while people log in there: what it encrypts with the key it knows is read until it knows the next one. */
import { X509Certificate, verify } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { askingService, goOn, isAnswer, LOA } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { certificatesIn, readFrom } from '../fixtures/metadata-reader.ts';
import { EMPLOYEE_HSA_ID, type TestKey } from '../fixtures/saml.ts';
import { requestAt, upstreamAnswer, upstreamFiles, UPSTREAM_SSO } from '../fixtures/upstream-idp.ts';
import type { Visit } from '../fixtures/user-agent.ts';

const PROVIDER = 'goteborg/adfs';
const service = askingService({ name: 'alfa', party: 'goteborg' });
const yaml = `names: { sv: Göteborgs inloggning, en: Gothenburg login }\ntrust:\n  levels: { '${LOA.three}': loa3 }\n  highestLevel: loa3\n  hsaIdPrefixes: [SE2120001355-]\n`;
let bryggan: Bryggan;
beforeAll(async () => {
  bryggan = await startBryggan({
    services: [service.files],
    prepare: ({ root }) => {
      const path = join(root, 'config', 'methods.yaml');
      const methods = parseDocument(readFileSync(path, 'utf8'));
      methods.addIn(['methods'], methods.createNode({ id: 'organisation', kind: 'upstream' }));
      writeFileSync(path, String(methods));
      const folder = join(root, 'metadata', 'identity-providers', 'goteborg');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'adfs.xml'), upstreamFiles().xml);
      writeFileSync(join(folder, 'adfs.yaml'), yaml);
    },
  });
});
afterAll(() => bryggan.stop());

const order = (action: string, input: Readonly<Record<string, unknown>>): Promise<{ readonly ok: boolean; readonly body: string }> => new Promise((resolve, reject) => {
  request({ socketPath: join(bryggan.state, 'control.sock'), path: '/control', method: 'POST' }, (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (chunk: string) => { body += chunk; }).on('end', () => resolve({ ok: response.statusCode === 200, body }));
  }).on('error', reject).end(JSON.stringify({ action, input }));
});
const stepsOf = (use: string) => ({
  take: async (step: string, more = {}): Promise<void> => {
    const { ok, body } = await order(step === 'new' ? 'keys-new' : 'keys-step', { use, step, ...more });
    expect(ok, body).toBe(true);
  },
  refuse: async (step: string, why: RegExp): Promise<void> => { expect(await order('keys-step', { use, step })).toEqual({ ok: false, body: expect.stringMatching(why) as string }); },
});
interface Known { readonly signing: readonly string[]; readonly encryption: string }
/** What the IdP knows of us from now on: it encrypts with the first key that is offered. */
const read = async (name = ''): Promise<Known> => {
  const { text } = await readFrom(bryggan, `/upstream/saml/metadata${name}`);
  return { signing: certificatesIn(text), encryption: /<md:KeyDescriptor use="encryption">.*?<ds:X509Certificate>(.*?)<\/ds:X509Certificate>/s.exec(text)?.[1]?.replace(/\s/g, '') ?? '' };
};
const asKey = (certificate: string): TestKey => ({ certificate, publicKey: new X509Certificate(Buffer.from(certificate, 'base64')).publicKey }) as TestKey;
const isSignedBy = ({ url }: Visit, certificate: string): boolean => {
  const parts = url.search.slice(1).split('&');
  const signed = ['SAMLRequest', 'RelayState', 'SigAlg'].flatMap((name) => parts.filter((part) => part.startsWith(`${name}=`))).join('&');
  return verify('sha256', Buffer.from(signed), asKey(certificate).publicKey, Buffer.from(url.searchParams.get('Signature') ?? '', 'base64'));
};
/** A login of a new browser at the IdP as it knows us; its request is one that the IdP believes. */
const logIn = async (known: Known): Promise<Visit> => {
  const agent = bryggan.agentFor(null);
  const chooser = await goOn(agent, await service.start(agent, bryggan));
  const there = await agent.go(new URL(`method/${encodeURIComponent(`idp:${PROVIDER}`)}`, new URL(chooser.url.pathname.replace(/method$/, ''), chooser.url)).href, { from: chooser.url });
  expect(known.signing.some((certificate) => isSignedBy(there, certificate))).toBe(true);
  const { request: asked, relayState } = requestAt(there);
  const acs = `${bryggan.baseUrl}/upstream/saml/acs`;
  const answer = upstreamAnswer({ now: Date.now(), acs, audience: `${bryggan.baseUrl}/upstream/saml/metadata`, inResponseTo: asked.id, classRef: LOA.three, attributes: { [EMPLOYEE_HSA_ID]: ['SE2120001355-DEV1005'] }, encryptFor: { key: asKey(known.encryption) } });
  return goOn(agent, await agent.go(acs, { method: 'POST', from: new URL(UPSTREAM_SSO), body: new URLSearchParams({ SAMLResponse: Buffer.from(answer).toString('base64'), RelayState: relayState ?? '' }).toString() }));
};
const succeeds = async (known: Known): Promise<void> => {
  const visit = await logIn(known);
  expect(isAnswer(visit), visit.text.slice(0, 300)).toBe(true);
};

describe('the key that IdPs encrypt with', () => {
  const key = stepsOf('upstream-encryption');
  it('reads what is encrypted with the old one until the IdP has read of the next one', async () => {
    const before = await read(`?consumer=${PROVIDER}`);
    await succeeds(before);
    await key.take('new');
    await key.take('announce');
    await succeeds(before);
    await key.take('switch');
    await succeeds(before);
    await key.refuse('retire', /not known to encrypt with the new key: goteborg\/adfs/);
    const after = await read(`?consumer=${PROVIDER}`);
    expect(after.encryption).not.toBe(before.encryption);
    await succeeds(after);
    await key.refuse('retire', /^(?!.*not known to encrypt).*still under way/);
    await key.take('retire', { anyway: true });
    await succeeds(after);
    expect(isAnswer(await logIn({ ...after, encryption: before.encryption }))).toBe(false);
    await key.take('back');
    await succeeds({ ...after, encryption: before.encryption });
  });
});

describe('the key that signs requests to IdPs', () => {
  const key = stepsOf('upstream-signing');
  it('signs when the IdP has read of it, or its owner has said so', async () => {
    const before = await read();
    await key.take('new');
    await key.take('announce');
    await succeeds(before);
    await key.refuse('switch', /1 IdP is not known to have the next key: goteborg\/adfs/);
    const both = await read(`?consumer=${PROVIDER}`);
    expect([both.signing[0], both.signing.length]).toEqual([before.signing[0], 2]);
    await key.take('switch');
    await succeeds({ ...both, signing: both.signing.slice(1) });
    await key.take('back');
    await succeeds(before);
  });
});
