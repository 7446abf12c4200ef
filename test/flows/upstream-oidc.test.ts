/** A login at a party's own OpenID provider, which is oidc-provider itself, on a running Bryggan: there and back, and what stops it (threats D, G). */
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askingService, goOn, LOA, receivedFrom, type Ask } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { freePorts, until } from '../fixtures/ports.ts';
import { goodWords as good, GOTHENBURGS_PERSON as PERSON, opFileIn, opYaml, prepareOp, startUpstreamOp, type UpstreamOp } from '../fixtures/upstream-op.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';

const service = askingService({ name: 'alfa', party: 'goteborg', yaml: 'methods: [organisation]\n' });
const other = askingService({ name: 'beta', party: 'goteborg', yaml: 'methods: [organisation]\n' });
const ours = generateKeyPairSync('ec', { namedCurve: 'P-256' });
let op: UpstreamOp;
let bryggan: Bryggan;
beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  bryggan = await startBryggan({ services: [service, other].map(({ files }) => files), prepare: ({ root }) => prepareOp(root, `https://localhost:${String(port)}`, ours.privateKey) });
  op = await startUpstreamOp({ port, bryggan: bryggan.baseUrl, key: ours.publicKey });
});
beforeEach(() => { op.says = { ...good }; });
afterAll(async () => {
  op.close();
  await bryggan.stop();
});

const logIn = async (agent: UserAgent, asker = service, ask: Ask = {}): Promise<Visit> => goOn(agent, await asker.start(agent, bryggan, ask));
const lastLine = (type: string) => bryggan.audit().filter((line) => line.type === type).at(-1);
const isPassive: Ask = { attributes: { IsPassive: 'true' } };

const applied = () => bryggan.audit().filter(({ type }) => type === 'registry.applied').length;
const write = async (text: string, file = opFileIn(bryggan.root)): Promise<void> => {
  const before = applied();
  writeFileSync(file, text);
  await until('the changed files serve', () => Promise.resolve(applied() > before));
};

describe('a login at the IdP', () => {
  it('goes there and back without a page of ours, and is answered with who, how and by whom', async () => {
    const agent = bryggan.agentFor(null);
    const answer = await logIn(agent);
    const received = receivedFrom(answer);
    expect([received.status, received.level, received.attributes['employeeHsaId']]).toEqual([['Success'], LOA.three, [PERSON]]);
    expect(received.xml).toContain(`<saml:AuthenticatingAuthority>${op.issuer}</saml:AuthenticatingAuthority>`);
    expect(lastLine('login.authenticated')).toMatchObject({ facts: { method: 'idp:goteborg/entra' } });
  });
  it('was pushed: nothing of the request stood in an address', () => expect(op.pushed.length).toBeGreaterThan(0));
  it('is single sign-on for the next service, and anew where the service demands it', async () => {
    const agent = bryggan.agentFor(null);
    await logIn(agent);
    const before = op.pushed.length;
    expect(receivedFrom(await logIn(agent, other)).status).toEqual(['Success']);
    expect(op.pushed).toHaveLength(before);
    expect(receivedFrom(await logIn(agent, other, { attributes: { ForceAuthn: 'true' } })).status).toEqual(['Success']);
    expect(op.pushed).toHaveLength(before + 1);
  });
  it('that must not show a page is refused in the service’s protocol where the IdP would have to', async () => {
    const agent = bryggan.agentFor(null);
    expect(receivedFrom(await logIn(agent, service, isPassive)).status).toEqual(['Responder', 'NoPassive']);
  });
});
describe('is refused', () => {
  const failed = async (change: Partial<typeof good>): Promise<unknown> => {
    op.says = { ...good, ...change };
    const page = await logIn(bryggan.agentFor(null));
    expect(page.forms.some(({ hidden }) => hidden.some(({ name }) => name === 'SAMLResponse'))).toBe(page.step === 'error');
    return lastLine('upstream.refused')?.code;
  };
  it('the twin: as the IdP said it the first time', async () => expect(receivedFrom(await logIn(bryggan.agentFor(null))).status).toEqual(['Success']));
  it('another party’s person, and that is on record', async () => expect(await failed({ person: 'SE2321000131-DEV1001' })).toBe('upstream.person'));
  it('another tenant’s', async () => expect(await failed({ tenant: 'tenant-2' })).toBe('upstream.person'));
  it('a level that was never agreed', async () => expect(await failed({ acr: 'urn:any' })).toBe('upstream.authn-context'));
  it('the person who changed their mind', async () => expect(await failed({ cancels: true })).toBe('upstream.cancelled'));
  it('an answer to no login, and one that was used', async () => {
    const agent = bryggan.agentFor(null);
    const callback = `${bryggan.baseUrl}/upstream/oidc/callback/goteborg/entra`;
    const used = (await logIn(agent)).trail.filter((one) => one.startsWith(callback));
    expect(used).toHaveLength(1);
    for (const address of [callback, `${callback}?code=x&state=y`, ...used]) {
      const page = await goOn(agent, await agent.go(address));
      expect(page.forms.some(({ hidden }) => hidden.some(({ name }) => name === 'SAMLResponse'))).toBe(false);
    }
  });
  it('an IdP that was switched off stops at once', async () => {
    await write(opYaml(op.issuer, { enabled: false }));
    expect(receivedFrom(await logIn(bryggan.agentFor(null))).status[0]).toBe('Responder');
    await write(opYaml(op.issuer));
    expect(receivedFrom(await logIn(bryggan.agentFor(null))).status).toEqual(['Success']);
  });
});
it('the demands of a party that was switched off are not looked at, like its answers', async () => {
  const demand = async (): Promise<unknown> => (await (await bryggan.agentFor(null).once(`${bryggan.baseUrl}/upstream/oidc/logout/goteborg/entra`, { method: 'POST', body: 'logout_token=x.y.z', from: new URL(op.issuer) })).json());
  const file = join(bryggan.root, 'config', 'parties', 'goteborg.yaml');
  const text = readFileSync(file, 'utf8');
  expect(await demand()).toMatchObject({ error_description: 'upstream.unreadable' });
  await write(`enabled: false\n${text}`, file);
  expect(await demand()).toMatchObject({ error_description: 'upstream.disabled' });
  await write(text, file);
});
describe('logout', () => {
  const isLoggedIn = async (agent: UserAgent): Promise<boolean> => (await agent.go(`${bryggan.baseUrl}/me`)).step === 'me';
  const saysYes = (agent: UserAgent, page: Visit): Promise<Visit> => agent.submit(page, { fields: { logout: 'yes' } });
  const showedLogin = ({ trail }: Visit): boolean => trail.some((one) => one.startsWith(`${op.issuer}/interaction/`));
  const leaves = async (agent: UserAgent): Promise<Visit> => {
    const page = await agent.go(`${bryggan.baseUrl}/logout`);
    const progress = await agent.submit(page, { form: ({ action }) => action.endsWith('/logout') });
    expect(progress.text).toContain('Göteborgs Stad');
    const next = progress.links.find(({ href }) => href.endsWith('/next'))?.href ?? '';
    return agent.settle(await agent.go(new URL(next, progress.url).href, { from: progress.url }), ({ url }) => url.origin === op.issuer);
  };
  it.each(['address', 'form'])('here, by %s: the browser is carried to the IdP, whose session ends, and comes back; no address tells who it was', async (way) => {
    await write(opYaml(op.issuer, {}, { logout: way }));
    const agent = bryggan.agentFor(null);
    await logIn(agent);
    const there = await leaves(agent);
    expect(`${there.url.origin}${there.url.pathname}`).toBe(`${op.issuer}/session/end`);
    expect(there.trail.filter((one) => one.includes('id_token') || one.includes(PERSON))).toEqual([]);
    const done = await goOn(agent, await saysYes(agent, there));
    expect([done.step, done.url.origin]).toEqual(['logged-out', bryggan.baseUrl]);
    expect(await isLoggedIn(agent)).toBe(false);
    const again = await logIn(agent);
    expect([receivedFrom(again).status, showedLogin(again)]).toEqual([['Success'], true]);
  });
  it('the twin: whose session there did not end is logged in again without being asked', async () => {
    const agent = bryggan.agentFor(null);
    await logIn(agent);
    await leaves(agent);
    expect(await isLoggedIn(agent)).toBe(false);
    const again = await logIn(agent);
    expect([receivedFrom(again).status, showedLogin(again)]).toEqual([['Success'], false]);
  });
  it('at the IdP: our session ends by its back channel', async () => {
    const [agent, stranger] = [bryggan.agentFor(null), bryggan.agentFor(null)];
    await logIn(agent);
    await logIn(stranger);
    expect(await isLoggedIn(agent)).toBe(true);
    await saysYes(agent, await agent.go(`${op.issuer}/session/end`));
    expect([await isLoggedIn(agent), await isLoggedIn(stranger)]).toEqual([false, true]);
  });
  it('an address of ours without the step’s secret name, and a demand without a token, change nothing', async () => {
    const agent = bryggan.agentFor(null);
    await logIn(agent);
    const address = `${bryggan.baseUrl}/upstream/oidc/logout/goteborg/entra`;
    for (const query of ['', '?state=', '?state=../../x', `?state=${'a'.repeat(43)}-0`, '?state=a&state=b']) expect((await agent.go(address + query)).step).not.toBe('logged-out');
    for (const body of ['', 'logout_token=', 'logout_token=a&logout_token=b', 'logout_token=x.y.z']) {
      const answer = await agent.once(address, { method: 'POST', body, from: new URL(op.issuer) });
      expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_request' }]);
    }
    expect(await isLoggedIn(agent)).toBe(true);
  });
});
