/** A real Shibboleth SP that trusts nothing but our feed logs people in through the whole life of a key, without one login that fails (threats F11). */
import { request } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readFilePem } from '../../certs-dev/set.ts';
import type { KeysView } from '../../src/keys/view.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { certificatesIn, readFrom } from '../fixtures/metadata-reader.ts';
import { freePorts, until } from '../fixtures/ports.ts';
import type { UserAgent } from '../fixtures/user-agent.ts';
import { shibbolethService, startShibboleth, type Shibboleth } from './shibboleth.ts';

const [port = 0, otherPort = 0] = await freePorts(2);
const baseUrl = `https://127.0.0.1:${String(port)}`;
const service = shibbolethService(baseUrl);
const id = `${service.party}/${service.name}`;
let bryggan: Bryggan;
let shibboleth: Shibboleth;
const order = (action: string, input: Readonly<Record<string, unknown>> = {}): Promise<{ readonly ok: boolean; readonly body: string }> => new Promise((resolve, reject) => {
  request({ socketPath: join(bryggan.state, 'control.sock'), path: '/control', method: 'POST' }, (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (chunk: string) => { body += chunk; }).on('end', () => resolve({ ok: response.statusCode === 200, body }));
  }).on('error', reject).end(JSON.stringify({ action, input }));
});
const done = async (action: string, input: Readonly<Record<string, unknown>>): Promise<void> => {
  const { ok, body } = await order(action, input);
  expect(ok, body).toBe(true);
};
const view = async (): Promise<KeysView> => JSON.parse((await order('keys')).body) as KeysView;

beforeAll(async () => {
  bryggan = await startBryggan({ services: [service] });
  // Its owner was given the fingerprints of two metadata keys: the one of today, and the next.
  await done('keys-new', { use: 'metadata' });
  const next = (await view()).uses.find(({ use }) => use === 'metadata')?.keys.find(({ role }) => role === 'made')?.file ?? '';
  shibboleth = await startShibboleth({ port, idpEntityId: bryggan.entityId, feedUrl: `${bryggan.baseUrl}/metadata/applications.xml?consumer=${id}`, pinned: [readFilePem('keys/metadata-signing.crt.pem'), readFileSync(next, 'utf8')] });
});
afterAll(async () => {
  await shibboleth.stop();
  await bryggan.stop();
});

it('logs in at every step of both keys’ rollover', async () => {
  const failures: string[] = [];
  let [running, count] = [true, 0];
  const inside = `${baseUrl}/inside.shtml`;
  const logIn = async (agent: UserAgent): Promise<void> => {
    const visit = await agent.settle(await agent.go(`${baseUrl}/Shibboleth.sso/Login?target=${encodeURIComponent(inside)}`), ({ url }) => url.href === inside);
    if (visit.url.href !== inside || !visit.text.includes('SE2321000131')) failures.push(`${visit.url.href}: ${visit.text.slice(0, 300)}`);
    count += 1;
  };
  const loop = async (agent = bryggan.agentFor('anna-berglund')): Promise<void> => { while (running && failures.length === 0) await logIn(agent).catch((error: unknown) => { failures.push(String(error)); count += 1; }); };
  // Three browsers, each at its next login as soon as one is done.
  const ended = Promise.all([loop(), loop(), loop()]);
  const explain = (): string => `${failures.join('\n')}\n${shibboleth.log().slice(-3000)}`;
  const more = async (logins: number): Promise<void> => {
    const wanted = count + logins + 1;
    await until(`${String(logins)} more logins`, () => count >= wanted || failures.length > 0, explain);
    expect(failures, explain()).toEqual([]);
  };
  /** Refused until the SP has read the feed with the next key, by itself. */
  const switched = (use: string): Promise<void> => until(`${use} is switched`, async () => (await order('keys-step', { use, step: 'switch' })).ok, explain);
  await more(2);
  const before = certificatesIn((await readFrom(bryggan, '/saml/metadata')).text);
  await switched('saml-signing');
  await more(2);
  await done('keys-step', { use: 'saml-signing', step: 'retire', anyway: true });
  await more(2);
  await done('keys-new', { use: 'saml-signing' });
  await done('keys-step', { use: 'saml-signing', step: 'announce' });
  await more(1);
  await switched('saml-signing');
  await more(2);
  await done('keys-step', { use: 'saml-signing', step: 'retire', anyway: true });
  await more(2);
  expect(certificatesIn((await readFrom(bryggan, '/saml/metadata')).text).some((certificate) => before.includes(certificate))).toBe(false);
  // The metadata key: the SP pins both, and says so by telephone.
  await done('keys-step', { use: 'metadata', step: 'announce' });
  await done('keys-told', { use: 'metadata', who: id });
  await done('keys-step', { use: 'metadata', step: 'switch' });
  const read = (await view()).fetches.find(({ consumer, what }) => consumer === `service ${id}` && what === 'feed')?.count ?? 0;
  await until('it has read what the next one signed', async () => ((await view()).fetches.find(({ consumer, what }) => consumer === `service ${id}` && what === 'feed')?.count ?? 0) > read + 1, explain);
  await done('keys-step', { use: 'metadata', step: 'retire', anyway: true });
  await done('keys-new', { use: 'saml-signing' });
  await done('keys-step', { use: 'saml-signing', step: 'announce' });
  await switched('saml-signing');
  await more(2);
  running = false;
  await ended;
  expect(failures, explain()).toEqual([]);
  // Each was a login of its own, not the SP’s memory.
  await until('all are on record', () => bryggan.audit().filter(({ type }) => type === 'login.succeeded').length >= count);
}, 600_000);
it('one that pins another key takes nothing from us: it does not know whom to ask', async () => {
  const other = await startShibboleth({ port: otherPort, idpEntityId: bryggan.entityId, feedUrl: `${bryggan.baseUrl}/metadata/applications.xml`, pinned: [readFilePem('keys/saml-signing.crt.pem')] });
  try {
    const visit = await bryggan.agentFor(null).go(`https://127.0.0.1:${String(otherPort)}/Shibboleth.sso/Login`);
    expect(visit.url.port).toBe(String(otherPort));
    expect(other.log()).toMatch(/unable to verify signature at root of metadata instance/);
  } finally {
    await other.stop();
  }
});
