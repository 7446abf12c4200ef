/** Keys are rolled under constant logins: every answer is believed by peers that know nothing but what we publish, at every step, forth and back (threats F11). */
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathOf } from '../../certs-dev/set.ts';
import type { KeysView, UseView } from '../../src/keys/view.ts';
import { askingService, isAnswer, logIn, receivedFrom, type AskingService } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { certificatesIn, isSignedWith, metadataReader, readFrom, type MetadataReader } from '../fixtures/metadata-reader.ts';
import { testClient, trustingFetch } from '../fixtures/oidc-client.ts';
import { until } from '../fixtures/ports.ts';
import type { UserAgent } from '../fixtures/user-agent.ts';

const [daily, slow] = [askingService({ name: 'daily' }), askingService({ name: 'slow' })];
const client = testClient({ name: 'rolling' });
const derOf = (path: string): string => new X509Certificate(readFileSync(path)).raw.toString('base64');
const metadataCertificate = derOf(pathOf('keys/metadata-signing.crt.pem'));
let bryggan: Bryggan;
beforeAll(async () => { bryggan = await startBryggan({ services: [daily.files, slow.files, client.files] }); });
afterAll(() => bryggan.stop());

/** An order as the command line gives it, without starting a process for each. */
const order = (action: string, input: Readonly<Record<string, unknown>> = {}): Promise<{ readonly ok: boolean; readonly body: string }> => new Promise((resolve, reject) => {
  request({ socketPath: join(bryggan.state, 'control.sock'), path: '/control', method: 'POST' }, (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (chunk: string) => { body += chunk; }).on('end', () => resolve({ ok: response.statusCode === 200, body }));
  }).on('error', reject).end(JSON.stringify({ action, input: { by: 'erik', ...input } }));
});
const allKeys = async (): Promise<KeysView> => JSON.parse((await order('keys')).body) as KeysView;
const viewOf = async (use: string): Promise<UseView> => (await allKeys()).uses.find((one) => one.use === use) ?? (() => { throw new Error(`no ${use}`); })();
const roles = async (use: string): Promise<readonly string[]> => (await viewOf(use)).keys.map(({ role }) => role);
const done = async (action: string, input: Readonly<Record<string, unknown>>): Promise<void> => {
  const { ok, body } = await order(action, input);
  expect(ok, body).toBe(true);
};
const refused = async (why: RegExp, action: string, input: Readonly<Record<string, unknown>>): Promise<void> => {
  const { ok, body } = await order(action, input);
  expect(body).toMatch(why);
  expect(ok).toBe(false);
};
const stepsOf = (use: string) => ({
  take: (step: string, more: Readonly<Record<string, unknown>> = {}) => done('keys-step', { use, step, ...more }),
  refuse: (why: RegExp, step: string, more: Readonly<Record<string, unknown>> = {}) => refused(why, 'keys-step', { use, step, ...more }),
  make: () => done('keys-new', { use }),
});
const SLOW_MACHINE = 400_000;

interface Peer { readonly service: AskingService; readonly reader: MetadataReader; last: string }
interface Traffic { readonly failures: readonly string[]; /** Resolves when each service has believed so many more answers. */ more(rounds: number): Promise<void>; stop(): Promise<void> }
/** One login after another, without a pause; each answer is shown to its service as that knows us then. */
const constantLogins = (agent: UserAgent, peers: readonly Peer[]): Traffic => {
  const failures: string[] = [];
  let running = true;
  let rounds = 0;
  const logInOnce = async (peer: Peer): Promise<void> => {
    const visit = await logIn(agent, bryggan, peer.service);
    if (!isAnswer(visit)) throw new Error(`no answer: ${visit.text.slice(0, 200)}`);
    const { xml, status } = receivedFrom(visit);
    if (!peer.reader.believes(xml)) failures.push(`${peer.service.id} does not believe ${xml.slice(0, 300)}`);
    else if (status[0] !== 'Success') failures.push(`${peer.service.id} is told ${status.join()}`);
    peer.last = xml;
  };
  const loop = async (): Promise<void> => {
    // One failure is enough, and a test that failed must end.
    for (; running && failures.length === 0; rounds += 1) for (const peer of peers) await logInOnce(peer).catch((error: unknown) => { failures.push(String(error)); });
  };
  const ended = loop();
  const more = async (count: number): Promise<void> => {
    // The round under way began before what the caller just did.
    const wanted = rounds + count + 1;
    await until(`${String(count)} more logins at each`, () => rounds >= wanted || failures.length > 0, () => failures.join('\n'));
  };
  return { failures, more, stop: async () => { running = false; await ended; } };
};

describe('the key that signs SAML answers', () => {
  const saml = stepsOf('saml-signing');
  it('is rolled forth, back and forth again without one answer that is not believed', async () => {
    const readers = [daily, slow].map((service) => metadataReader(bryggan, `/metadata/applications.xml?consumer=${service.id}`, metadataCertificate));
    const [often, seldom] = readers as [MetadataReader, MetadataReader];
    await until('both have our metadata', async () => (await often.refresh()) && seldom.refresh());
    const [atDaily, atSlow]: [Peer, Peer] = [{ service: daily, reader: often, last: '' }, { service: slow, reader: seldom, last: '' }];
    const traffic = constantLogins(bryggan.agentFor('anna-berglund'), [atDaily, atSlow]);
    const both = (count: number): Promise<void> => traffic.more(count);
    await both(1);
    // Two keys are configured: the second one was published from the start and is switched to first.
    expect(await roles('saml-signing')).toEqual(['current', 'next']);
    await saml.take('switch');
    await both(1);
    await saml.take('retire', { anyway: true });

    await saml.make();
    expect(statSync(join(bryggan.state, 'keys', 'saml-signing', '0001.key.pem')).mode & 0o777).toBe(0o600);
    const before = certificatesIn((await readFrom(bryggan, '/saml/metadata')).text);
    expect(before).toHaveLength(1);
    await saml.refuse(/announce one first/, 'switch');
    await saml.take('announce');
    const announced = certificatesIn((await readFrom(bryggan, '/saml/metadata')).text);
    expect(announced.slice(0, 1)).toEqual(before);
    expect(announced).toHaveLength(2);

    // A stop: nobody has read it yet.
    await saml.refuse(/2 services are not known to have the next key: vgr\/daily, vgr\/slow/, 'switch');
    const waiting = async (): Promise<string | undefined> => /^bryggan_key_waiting\{use="saml-signing"\} (\d+)$/m.exec(await (await fetch(`${bryggan.managementUrl}/metrics`)).text())?.[1];
    expect(await waiting()).toBe('2');
    expect((await bryggan.command(['doctor'])).output).toMatch(/^good +keys: saml-signing +next key published; 2 services are not known to have the next key: vgr\/daily, vgr\/slow; bryggan keys list --use saml-signing$/m);
    await saml.take('back');
    expect(certificatesIn((await readFrom(bryggan, '/saml/metadata')).text)).toEqual(before);
    await saml.take('announce');
    expect(await often.refresh()).toBe(true);
    await saml.refuse(/1 service is not known to have the next key: vgr\/slow/, 'switch');
    expect((await viewOf('saml-signing')).waiting).toEqual([slow.id]);
    expect(await waiting()).toBe('1');

    // One service first.
    await saml.refuse(/there is no service vgr\/nobody/, 'switch', { services: ['vgr/nobody'] });
    await saml.take('switch', { services: [daily.id] });
    await both(1);
    const signedWith = (peer: Peer, place: 0 | 1): boolean => isSignedWith(peer.last, announced[place] ?? '');
    expect([signedWith(atDaily, 1), signedWith(atSlow, 0)]).toEqual([true, true]);
    await saml.take('back');
    await both(1);
    expect(signedWith(atDaily, 0)).toBe(true);

    // All, when the other one has read it too; back; and again.
    expect(await seldom.refresh()).toBe(true);
    for (const [step, signs] of [['switch', 1], ['back', 0], ['switch', 1]] as const) {
      await saml.take(step);
      await both(1);
      expect([signedWith(atDaily, signs), signedWith(atSlow, signs)], step).toEqual([true, true]);
    }
    await saml.refuse(/still under way/, 'retire');
    await saml.take('retire', { anyway: true });
    expect(certificatesIn((await readFrom(bryggan, '/saml/metadata')).text)).toEqual(announced.slice(1));
    await saml.take('back');
    expect(new Set(certificatesIn((await readFrom(bryggan, '/saml/metadata')).text))).toEqual(new Set(announced));
    await saml.take('retire', { anyway: true });
    await Promise.all(readers.map((reader) => reader.refresh()));
    await both(1);
    await traffic.stop();
    expect(traffic.failures).toEqual([]);
    const steps = bryggan.audit().filter(({ type }) => type === 'key.step').map(({ facts }) => facts['step']);
    expect(steps).toEqual(['switch', 'retire', 'new', 'announce', 'back', 'announce', 'switch', 'back', 'switch', 'back', 'switch', 'retire', 'back', 'retire']);
  }, SLOW_MACHINE);
  it('stays as it was left when the process dies', async () => {
    const before = await viewOf('saml-signing');
    await bryggan.kill9();
    await bryggan.restart();
    expect((await viewOf('saml-signing')).keys).toEqual(before.keys);
  });
  it('that leaked is gone at once, also where nobody has read the next one, and never comes back', async () => {
    await saml.make();
    const { keys: [...all] } = await viewOf('saml-signing');
    const leaked = all.find(({ role }) => role === 'current')?.id ?? '';
    await saml.refuse(/at least eight letters/, 'withdraw', { key: leaked.slice(0, 4) });
    const before = certificatesIn((await readFrom(bryggan, '/saml/metadata')).text);
    await saml.take('withdraw', { key: leaked.slice(0, 16) });
    const after = certificatesIn((await readFrom(bryggan, '/metadata/applications.xml')).text);
    expect(after).toHaveLength(1);
    expect(before).not.toContain(after[0]);
    const { xml } = receivedFrom(await logIn(bryggan.agentFor('anna-berglund'), bryggan, daily));
    expect(isSignedWith(xml, after[0] ?? '')).toBe(true);
    await saml.refuse(/no step to go back from/, 'back');
  });
});

describe('the key that signs metadata', () => {
  const metadata = stepsOf('metadata');
  it('is rolled while readers change the key that they pin, each in its own time', async () => {
    const address = (place: string): string => `/metadata/${place}applications.xml?consumer=${daily.id}`;
    expect((await readFrom(bryggan, address('next/'))).status).toBe(404);
    await metadata.make();
    await metadata.take('announce');
    const next = (await viewOf('metadata')).keys.find(({ role }) => role === 'next');
    const certificate = derOf(next?.file ?? '');
    // Both are published: the old one where readers are used to it, the next one beside it.
    expect(isSignedWith((await readFrom(bryggan, address(''))).text, metadataCertificate)).toBe(true);
    await metadata.refuse(/2 services are not known/, 'switch');
    const changed = metadataReader(bryggan, address('next/'), certificate);
    expect(await changed.refresh()).toBe(true);
    await done('keys-told', { use: 'metadata', who: slow.id });
    await refused(/no service, IdP, party or federation/, 'keys-told', { use: 'metadata', who: 'vgr/nobody' });
    await metadata.take('switch');
    expect(await metadataReader(bryggan, address(''), certificate).refresh()).toBe(true);
    expect((await readFrom(bryggan, address('next/'))).status).toBe(404);
    // Whoever pins the old one still, reads on at another address, and is seen there.
    expect(await metadataReader(bryggan, `/metadata/previous/applications.xml?consumer=${slow.id}`, metadataCertificate).refresh()).toBe(true);
    await metadata.refuse(/still read with the old key: service vgr\/slow/, 'retire');
    expect(isSignedWith((await readFrom(bryggan, '/saml/metadata')).text, certificate)).toBe(true);
    await metadata.take('back');
    expect(isSignedWith((await readFrom(bryggan, '/saml/metadata')).text, metadataCertificate)).toBe(true);
  });
});

describe('keys of OpenID Connect', () => {
  const oidc = stepsOf('oidc-rsa');
  const published = async (): Promise<readonly string[]> => (await (await trustingFetch(`${bryggan.baseUrl}/oidc/jwks`, { method: 'GET' } as never)).json() as { readonly keys: readonly { readonly kid: string }[] }).keys.map(({ kid }) => kid);
  const kidOf = (jwt = ''): string => (JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()) as { readonly kid: string }).kid;
  it('next, current and previous are published, and no login fails on the way', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    let { id_token: hint = '' } = await client.logIn(agent, bryggan);
    let cached = await published();
    const silent = async (): Promise<string> => {
      const { id_token: token = '' } = await client.redeem(bryggan, await client.begin(agent, bryggan, { prompt: 'none', id_token_hint: hint }));
      // A client that read the keys before this step.
      expect(cached).toContain(kidOf(token));
      cached = await published();
      hint = token;
      return kidOf(token);
    };
    const { keys: lines } = await viewOf('oidc-rsa');
    expect(lines.map(({ role, id }) => [role, cached.includes(id)])).toEqual([['next', true], ['current', true]]);
    await oidc.refuse(/clients read key sets/, 'switch');
    const seen = [await silent()];
    for (const step of ['switch', 'new', 'announce', 'switch', 'back']) {
      await (step === 'new' ? oidc.make() : oidc.take(step, { anyway: true }));
      seen.push(await silent());
    }
    const [a, b, c] = [seen[0], seen[1], seen[4]];
    expect(new Set([a, b, c]).size).toBe(3);
    expect(seen).toEqual([a, b, b, b, c, b]);
    await oidc.refuse(/still under way/, 'retire');
    await oidc.take('retire', { anyway: true });
    expect(await published()).not.toContain(a);
    expect(await silent()).toBe(b);
  });
  it('who has read them is counted, by name where it gives one', async () => {
    await readFrom(bryggan, `/oidc/jwks?consumer=${client.id}`);
    const { fetches } = await allKeys();
    expect(fetches.find(({ what, consumer }) => what === 'jwks' && consumer === `service ${client.id}`)).toMatchObject({ agent: 'Shibboleth-SP/3.4.1', count: 1 });
    expect(fetches.find(({ what, consumer }) => what === 'feed' && consumer === `service ${daily.id}`)?.count).toBeGreaterThan(1);
  });
});

describe('the command line', () => {
  it('says where each key stands, what comes next, and refuses with what speaks against it', async () => {
    const listed = await bryggan.command(['keys', 'list']);
    expect(listed.code).toBe(0);
    expect(listed.output).toMatch(/^use +key +role +since +ends +file\n/);
    expect(listed.output).toMatch(/oidc-ec: next key published\.\nNot yet: clients read key sets/);
    const refusal = await bryggan.command(['keys', 'roll', 'oidc-ec', 'switch']);
    expect([refusal.code, refusal.output]).toEqual([1, expect.stringMatching(/^key\.waits: clients read key sets at most once a day/)]);
    const rolled = await bryggan.command(['keys', 'roll', 'oidc-ec', 'switch', '--anyway', '--by', 'erik']);
    expect([rolled.code, rolled.output]).toEqual([0, expect.stringMatching(/^oidc-ec: switched, old key published\.\n[^]*Back: {2}bryggan keys roll oidc-ec back {3}undoes: switch/)]);
    expect(bryggan.audit().findLast(({ type }) => type === 'key.step')?.facts).toMatchObject({ by: 'erik', use: 'oidc-ec', step: 'switch', past: [expect.stringMatching(/once a day/)] });
  });
  it('is used wrongly with another use or step', async () => {
    expect((await bryggan.command(['keys', 'roll', 'tls'])).code).toBe(2);
    expect(await bryggan.command(['keys', 'roll', 'oidc-ec', 'jump'])).toMatchObject({ code: 2, output: expect.stringMatching(/announce, switch, retire, back, withdraw/) as string });
  });
});
