/**
 * The modules of the OpenID Foundation's plans "oidcc-rp-initiated-logout-certification-test-plan" and
 * "oidcc-backchannel-rp-initiated-logout-certification-test-plan" that can be said over HTTP, each under its own name.
 */
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listenBackChannel, type BackChannel } from '../../fixtures/back-channel.ts';
import { startBryggan, type Bryggan } from '../../fixtures/bryggan.ts';
import { isBack, testClient, trustingFetch, type Tokens } from '../../fixtures/oidc-client.ts';
import type { UserAgent, Visit } from '../../fixtures/user-agent.ts';

const after = 'https://conformance.client.example/post_logout_redirect';
let ear: BackChannel;
let client: ReturnType<typeof testClient>;
let bryggan: Bryggan;
beforeAll(async () => {
  ear = await listenBackChannel();
  client = testClient({ name: 'conformance', oidc: { postLogoutRedirectUris: [after], backchannelLogoutUri: ear.url } });
  bryggan = await startBryggan({ services: [client.files] });
});
afterAll(async () => { await bryggan.stop(); ear.close(); });

interface Session { readonly agent: UserAgent; readonly tokens: Tokens; readonly hint: string }
const logIn = async (): Promise<Session> => {
  const agent = bryggan.agentFor('anna-berglund');
  const tokens = await client.logIn(agent, bryggan);
  return { agent, tokens, hint: tokens.id_token ?? '' };
};
const logOut = async ({ agent }: Session, parameters: Readonly<Record<string, string>>): Promise<Visit> => {
  const metadata = (await client.configuration(bryggan)).serverMetadata();
  return agent.go(`${metadata.end_session_endpoint ?? ''}?${new URLSearchParams(parameters).toString()}`);
};
/** `prompt=none` tells: an error says that nobody is logged in any more. */
const isLoggedIn = async ({ agent }: Session): Promise<boolean> => (await client.begin(agent, bryggan, { prompt: 'none' })).visit.url.searchParams.has('code');
const parameters = (visit: Visit): Readonly<Record<string, string>> => Object.fromEntries(visit.url.searchParams);

describe('oidcc-rp-initiated-logout-certification-test-plan', () => {
  it('oidcc-rp-initiated-logout-discovery-endpoint-verification', async () => {
    expect((await client.configuration(bryggan)).serverMetadata().end_session_endpoint).toMatch(/^https:/);
  });
  it('oidcc-rp-initiated-logout', async () => {
    const session = await logIn();
    expect(await isLoggedIn(session)).toBe(true);
    const back = await logOut(session, { id_token_hint: session.hint, post_logout_redirect_uri: after, state: 'abc123' });
    expect([isBack(back), `${back.url.origin}${back.url.pathname}`, parameters(back)]).toEqual([true, after, { state: 'abc123' }]);
    expect(await isLoggedIn(session)).toBe(false);
  });
  it('oidcc-rp-initiated-logout-no-state', async () => {
    const session = await logIn();
    const back = await logOut(session, { id_token_hint: session.hint, post_logout_redirect_uri: after });
    expect([back.url.href, await isLoggedIn(session)]).toEqual([after, false]);
  });
  it.each([
    ['oidcc-rp-initiated-logout-bad-post-logout-redirect-uri', 'https://conformance.client.example/elsewhere'],
    ['oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri', `${after}?foo=bar`],
  ])('%s', async (_name, uri) => {
    const session = await logIn();
    const page = await logOut(session, { id_token_hint: session.hint, post_logout_redirect_uri: uri, state: 'x' });
    expect([page.step, page.url.origin]).toEqual(['error', bryggan.baseUrl]);
  });
  it('oidcc-rp-initiated-logout-modified-id-token-hint', async () => {
    const session = await logIn();
    const [header = '', payload = '', signature = ''] = session.hint.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const modified = [header, Buffer.from(JSON.stringify({ ...claims, sub: 'somebody else' })).toString('base64url'), signature].join('.');
    const page = await logOut(session, { id_token_hint: modified, post_logout_redirect_uri: after });
    expect([page.step, await isLoggedIn(session)]).toEqual(['error', true]);
  });
  it('oidcc-rp-initiated-logout-bad-id-token-hint', async () => {
    const session = await logIn();
    const page = await logOut(session, { id_token_hint: 'bad', post_logout_redirect_uri: after });
    expect([page.step, await isLoggedIn(session)]).toEqual(['error', true]);
  });
  it('oidcc-rp-initiated-logout-no-id-token-hint', async () => {
    const session = await logIn();
    const page = await logOut(session, { post_logout_redirect_uri: after, state: 'x' });
    // Whose address it is nobody says: not followed.
    expect([page.step, page.url.origin]).toEqual(['error', bryggan.baseUrl]);
  });
  it.each([['oidcc-rp-initiated-logout-no-params', {}], ['oidcc-rp-initiated-logout-only-state', { state: 'x' }]])('%s', async (_name, asked) => {
    const session = await logIn();
    const page = await logOut(session, asked);
    expect([page.step, await isLoggedIn(session)]).toEqual(['log-out', true]);
    const done = await session.agent.submit(page);
    expect([done.step, done.url.origin, await isLoggedIn(session)]).toEqual(['logged-out', bryggan.baseUrl, false]);
  });
  it('oidcc-rp-initiated-logout-no-post-logout-redirect-uri', async () => {
    const session = await logIn();
    const done = await logOut(session, { id_token_hint: session.hint });
    expect([done.step, await isLoggedIn(session)]).toEqual(['logged-out', false]);
  });
});

describe('oidcc-backchannel-rp-initiated-logout-certification-test-plan', () => {
  it('oidcc-backchannel-logout-discovery-endpoint-verification', async () => {
    expect((await client.configuration(bryggan)).serverMetadata()).toMatchObject({ backchannel_logout_supported: true, backchannel_logout_session_supported: true });
  });
  it('oidcc-backchannel-rp-initiated-logout', async () => {
    const session = await logIn();
    const before = ear.tokens.length;
    expect((await logOut(session, { id_token_hint: session.hint, post_logout_redirect_uri: after })).url.href).toBe(after);
    expect(ear.tokens).toHaveLength(before + 1);
    const metadata = (await client.configuration(bryggan)).serverMetadata();
    const { payload, protectedHeader } = await jwtVerify(ear.tokens.at(-1) ?? '', createRemoteJWKSet(new URL(metadata.jwks_uri ?? ''), { [customFetch]: trustingFetch as never }), { issuer: metadata.issuer, audience: client.clientId });
    expect(protectedHeader).toMatchObject({ typ: 'logout+jwt', alg: 'RS256' });
    expect(payload).toMatchObject({ sub: session.tokens.claims()?.sub, sid: session.tokens.claims()?.['sid'], jti: expect.any(String) as string, iat: expect.any(Number) as number, exp: expect.any(Number) as number, events: { 'http://schemas.openid.net/event/backchannel-logout': {} } });
    expect(payload).not.toHaveProperty('nonce');
  });
});
