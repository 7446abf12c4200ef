/** Logging out where OpenID Connect is one side: asked by a client, told to clients, one session over both protocols. Threats G13, G14. */
import { createRemoteJWKSet, customFetch, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bindings } from '../../src/saml/names.ts';
import { askingService, logIn, receivedFrom } from '../fixtures/asking-service.ts';
import { listenBackChannel, type BackChannel } from '../fixtures/back-channel.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { demandUrl } from '../fixtures/logout.ts';
import { testClient, trustingFetch, userinfoOf } from '../fixtures/oidc-client.ts';
import { until } from '../fixtures/ports.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';

let bryggan: Bryggan;
let ear: BackChannel;
let told: ReturnType<typeof testClient>;
const after = 'https://asking.client.example/bye';
const asking = testClient({ name: 'asking', oidc: { postLogoutRedirectUris: [after] } });
const other = testClient({ name: 'other', oidc: { postLogoutRedirectUris: ['https://other.client.example/bye'] } });
const framed = testClient({ name: 'framed', oidc: { frontchannelLogoutUri: 'https://framed.client.example/logout?x=1' } });
const saml = askingService({ name: 'saml', logoutXml: `<md:SingleLogoutService Binding="${bindings.redirect}" Location="https://saml.service.example/slo"/>` });
beforeAll(async () => {
  ear = await listenBackChannel();
  told = testClient({ name: 'told', oidc: { backchannelLogoutUri: ear.url } });
  bryggan = await startBryggan({ services: [asking.files, other.files, framed.files, told.files, saml.files] });
});
afterAll(async () => { await bryggan.stop(); ear.close(); });

const endSession = (parameters: Readonly<Record<string, string>>): string => `${bryggan.baseUrl}/oidc/logout?${new URLSearchParams(parameters).toString()}`;
const isLoggedIn = async (agent: UserAgent): Promise<boolean> => (await agent.go(`${bryggan.baseUrl}/me`)).step === 'me';
const results = (visit: Visit): readonly string[] => [...visit.body.matchAll(/data-result="([a-z-]+)"/g)].map(([, result]) => result ?? '');
const anna = (): UserAgent => bryggan.agentFor('anna-berglund');
const locationOf = async (agent: UserAgent, target: string, init: Parameters<UserAgent['once']>[1] = {}): Promise<string> => {
  let address = target;
  for (let hops = 0; hops < 5; hops += 1) {
    const response = await agent.once(address, hops === 0 ? init : {});
    await response.arrayBuffer();
    const next = response.headers.get('location');
    if (next === null) return `stays: ${String(response.status)}`;
    address = new URL(next, address).href;
    if (!address.startsWith(bryggan.baseUrl)) return address;
  }
  return address;
};

describe('asked by a client', () => {
  it('discovery says how', async () => {
    const metadata = (await asking.configuration(bryggan)).serverMetadata();
    expect(metadata).toMatchObject({ end_session_endpoint: `${bryggan.baseUrl}/oidc/logout`, backchannel_logout_supported: true, backchannel_logout_session_supported: true, frontchannel_logout_supported: true, frontchannel_logout_session_supported: true });
  });
  it('with its ID token, in the browser of that session: over at once, back with the state, tokens dead', async () => {
    const agent = anna();
    const tokens = await asking.logIn(agent, bryggan);
    expect(await userinfoOf(bryggan, tokens.access_token)).toHaveProperty('sub');
    expect(await locationOf(agent, endSession({ id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: after, state: 'x y' }))).toBe(`${after}?state=x+y`);
    expect(await isLoggedIn(agent)).toBe(false);
    await expect(userinfoOf(bryggan, tokens.access_token)).rejects.toThrow('401');
  });
  it('by POST: no cookie is read there, and it ends all the same', async () => {
    const agent = anna();
    const tokens = await asking.logIn(agent, bryggan);
    const body = new URLSearchParams({ id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: after }).toString();
    expect(await locationOf(agent, `${bryggan.baseUrl}/oidc/logout`, { method: 'POST', body, from: new URL('https://asking.client.example') })).toBe(after);
    expect(await isLoggedIn(agent)).toBe(false);
  });
  it('with other services in the session: each is told, and the page says of each what became of it, with the way back', async () => {
    const agent = anna();
    const tokens = await asking.logIn(agent, bryggan);
    await told.logIn(agent, bryggan);
    await other.logIn(agent, bryggan);
    const before = ear.tokens.length;
    const page = await agent.go(endSession({ id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: after }));
    expect([page.step, page.refresh, ...results(page).toSorted()]).toEqual(['logged-out', null, 'cannot', 'logged-out']);
    expect(ear.tokens).toHaveLength(before + 1);
    expect(await locationOf(agent, new URL(page.links.find(({ text }) => text.includes('asking'))?.href ?? '', page.url).href)).toBe(after);
  });
  it('one session: a SAML service is walked to when a client logs out, a client is told when a SAML service does', async () => {
    const agent = anna();
    const tokens = await asking.logIn(agent, bryggan);
    receivedFrom(await saml.start(agent, bryggan));
    const walk = await agent.go(endSession({ id_token_hint: tokens.id_token ?? '' }));
    expect([walk.step, ...results(walk)]).toEqual(['logging-out', 'waiting']);
    expect(await locationOf(agent, new URL(`${walk.url.pathname}next`, walk.url).href)).toMatch(/^https:\/\/saml\.service\.example\/slo\?SAMLRequest=/);
    const before = ear.tokens.length;
    const second = anna();
    const answer = receivedFrom(await logIn(second, bryggan, saml));
    await told.logIn(second, bryggan);
    expect(await locationOf(second, demandUrl(saml, bryggan, answer))).toContain('SAMLResponse=');
    expect(ear.tokens).toHaveLength(before + 1);
    expect(await isLoggedIn(second)).toBe(false);
  });
});

describe('G13: with less than a hint of this very session the person decides', () => {
  const asks = async (agent: UserAgent, parameters: Readonly<Record<string, string>>): Promise<Visit> => {
    const page = await agent.go(endSession(parameters));
    expect([page.step, await isLoggedIn(agent)]).toEqual(['log-out', true]);
    return page;
  };
  it('without a hint: asked; yes ends it and leads to the registered address', async () => {
    const agent = anna();
    await asking.logIn(agent, bryggan);
    const page = await asks(agent, { client_id: asking.clientId, post_logout_redirect_uri: after });
    const done = await agent.submit(page).catch((error: unknown) => error);
    expect(done instanceof Error || (done as Visit).url.href.startsWith(after)).toBe(true);
    expect(await isLoggedIn(agent)).toBe(false);
  });
  it("another person's ID token does not end this browser's session, nor that of the other", async () => {
    const [agent, victim] = [anna(), bryggan.agentFor('zeinab-said')];
    await asking.logIn(agent, bryggan);
    const stolen = await asking.logIn(victim, bryggan);
    await asks(agent, { id_token_hint: stolen.id_token ?? '' });
    expect(await isLoggedIn(victim)).toBe(true);
  });
  it('a form of another session is refused', async () => {
    const agent = anna();
    await asking.logIn(agent, bryggan);
    const page = await asks(agent, {});
    expect((await agent.submit(page, { fields: { token: 'x' } })).status).toBe(403);
    expect(await isLoggedIn(agent)).toBe(true);
  });
  it('nobody is logged in here: back at once, nothing is asked', async () => {
    expect(await locationOf(anna(), endSession({ client_id: asking.clientId, post_logout_redirect_uri: after }))).toBe(after);
  });
  it.each([
    ['an address that is not registered', { client_id: 'https://asking.client.example/', post_logout_redirect_uri: `${after}/x` }],
    ["another client's address", { client_id: 'https://asking.client.example/', post_logout_redirect_uri: 'https://other.client.example/bye' }],
    ['an address without a client', { post_logout_redirect_uri: after }],
    ['an unknown client', { client_id: 'https://nobody.example/' }],
    ['a hint that is no token', { id_token_hint: 'x.y.z' }],
  ])('%s is refused with a page, and nobody is logged out', async (_name, parameters) => {
    const agent = anna();
    await asking.logIn(agent, bryggan);
    const page = await agent.go(endSession(parameters));
    expect([page.step, page.status === 400 || page.status === 404]).toEqual(['error', true]);
    expect(await isLoggedIn(agent)).toBe(true);
  });
  it('a hint signed by somebody else, and one for another client than named, are refused', async () => {
    const agent = anna();
    const tokens = await asking.logIn(agent, bryggan);
    const forged = await new SignJWT({ ...tokens.claims() }).setProtectedHeader({ alg: 'ES256', kid: 'x' }).sign(asking.key);
    expect((await agent.go(endSession({ id_token_hint: forged }))).status).toBe(400);
    expect((await agent.go(endSession({ id_token_hint: tokens.id_token ?? '', client_id: other.clientId }))).status).toBe(400);
    expect((await agent.go(`${endSession({ id_token_hint: tokens.id_token ?? '' })}&id_token_hint=x`)).status).toBe(400);
    expect(await isLoggedIn(agent)).toBe(true);
  });
});

describe('told to a client', () => {
  it('G14: a token for this client and session alone, that is no ID token and cannot become one', async () => {
    const agent = anna();
    const tokens = await told.logIn(agent, bryggan);
    const before = ear.tokens.length;
    await agent.submit(await agent.go(`${bryggan.baseUrl}/logout`));
    const token = ear.tokens.at(-1) ?? '';
    expect(ear.tokens).toHaveLength(before + 1);
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(`${bryggan.baseUrl}/oidc/jwks`), { [customFetch]: trustingFetch as never }), { issuer: bryggan.baseUrl, audience: told.clientId, typ: 'logout+jwt' });
    expect(payload).toMatchObject({ sub: tokens.claims()?.sub, sid: tokens.claims()?.['sid'], events: { 'http://schemas.openid.net/event/backchannel-logout': {} } });
    expect(payload).not.toHaveProperty('nonce');
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(120);
    expect(decodeProtectedHeader(token).typ).toBe('logout+jwt');
    expect((await agent.go(endSession({ id_token_hint: token }))).status).toBe(400);
  });
  it('that does not answer: the page says so at once, and it is told again until it hears', async () => {
    const agent = anna();
    await told.logIn(agent, bryggan);
    const before = ear.tokens.length;
    ear.deaf = 1;
    const page = await agent.submit(await agent.go(`${bryggan.baseUrl}/logout`));
    expect([page.step, ...results(page)]).toEqual(['logged-out', 'unreachable']);
    await until('the client is told again', () => ear.tokens.length === before + 1);
  });
  it('that only a frame can call: the page calls it, its policy lets it, and nothing is claimed', async () => {
    const agent = anna();
    const sid = (await framed.logIn(agent, bryggan)).claims()?.['sid'];
    const page = await agent.submit(await agent.go(`${bryggan.baseUrl}/logout`));
    expect(results(page)).toEqual(['framed']);
    expect(page.body).toContain(`https://framed.client.example/logout?x=1&amp;iss=${encodeURIComponent(bryggan.baseUrl)}&amp;sid=${sid as string}`);
    expect(page.headers.get('content-security-policy')).toContain('; frame-src https://framed.client.example');
  });
});
