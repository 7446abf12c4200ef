/**
 * The modules of the OpenID Foundation's plan "oidcc-basic-certification-test-plan" that can be said over HTTP, each under its own
 * name. Not here: `oidcc-server-client-secret-post` (the method is not offered), `oidcc-codereuse-30seconds` (a clock that cannot be
 * moved; the rule is the one of `oidcc-codereuse`), `oidcc-scope-address` (no source has addresses; the scope is ignored, below).
 */
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBryggan, type Bryggan } from '../../fixtures/bryggan.ts';
import { isBack, testClient, trustingFetch, userinfoOf, type Login } from '../../fixtures/oidc-client.ts';
import type { UserAgent, Visit } from '../../fixtures/user-agent.ts';

const client = testClient({ name: 'conformance', authentication: 'client_secret_basic', oidc: { refreshTokens: true } });
const second = testClient({ name: 'conformance-2', authentication: 'client_secret_basic', oidc: { refreshTokens: true } });
let bryggan: Bryggan;
let agent: UserAgent;
beforeAll(async () => {
  bryggan = await startBryggan({ services: [client.files, second.files] });
  agent = bryggan.agentFor('anna-berglund');
});
afterAll(() => bryggan.stop());

const parameters = (visit: Visit): Readonly<Record<string, string>> => Object.fromEntries(visit.url.searchParams);
const logIn = (more: Readonly<Record<string, string>> = {}): Promise<oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers> => client.logIn(agent, bryggan, more);
const usedCard = ({ visit }: Login): boolean => visit.trail.some((address) => address.includes('/card/'));
const userinfo = async (init: { readonly method: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }): Promise<Readonly<Record<string, unknown>>> => {
  const response = await trustingFetch(`${bryggan.baseUrl}/oidc/userinfo`, init as never);
  expect(response.status).toBe(200);
  return await response.json() as Readonly<Record<string, unknown>>;
};

describe('oidcc-basic-certification-test-plan', () => {
  it('oidcc-server', async () => {
    const tokens = await logIn();
    expect(tokens.claims()).toMatchObject({ iss: bryggan.baseUrl, aud: client.clientId, sub: expect.any(String) as string, nonce: expect.any(String) as string, auth_time: expect.any(Number) as number });
    expect([tokens.token_type, (tokens.claims()?.exp ?? 0) - (tokens.claims()?.iat ?? 0) <= 300]).toEqual(['bearer', true]);
  });
  it('oidcc-response-type-missing', async () => {
    const { visit, state } = await client.begin(agent, bryggan, { response_type: '' });
    expect(parameters(visit)).toMatchObject({ error: expect.stringMatching(/^(?:invalid_request|unsupported_response_type)$/) as string, state });
  });
  it('oidcc-userinfo-get', async () => {
    const tokens = await logIn();
    expect(await userinfo({ method: 'GET', headers: { authorization: `Bearer ${tokens.access_token}` } })).toMatchObject({ sub: tokens.claims()?.sub });
  });
  it('oidcc-userinfo-post-header', async () => {
    const tokens = await logIn();
    expect(await userinfo({ method: 'POST', headers: { authorization: `Bearer ${tokens.access_token}` } })).toMatchObject({ sub: tokens.claims()?.sub });
  });
  it('oidcc-userinfo-post-body', async () => {
    const tokens = await logIn();
    expect(await userinfo({ method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ access_token: tokens.access_token }).toString() })).toMatchObject({ sub: tokens.claims()?.sub });
  });
  it('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', async () => {
    const verifier = oidc.randomPKCECodeVerifier();
    const configuration = await client.configuration(bryggan);
    const url = oidc.buildAuthorizationUrl(configuration, { redirect_uri: client.redirectUri, scope: 'openid', state: 's', code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' });
    const visit = await agent.settle(await agent.go(url.href), isBack);
    expect((await oidc.authorizationCodeGrant(configuration, visit.url, { pkceCodeVerifier: verifier, expectedState: 's' })).claims()?.nonce).toBeUndefined();
  });
  it.each([
    ['oidcc-scope-profile', 'openid profile', ['given_name', 'family_name', 'name']],
    ['oidcc-scope-email', 'openid email', []],
    ['oidcc-scope-address', 'openid address', []],
    ['oidcc-scope-phone', 'openid phone', []],
    ['oidcc-scope-all', 'openid profile email address phone', ['given_name', 'family_name']],
    ['oidcc-ensure-other-scope-order-succeeds', 'profile openid', ['given_name']],
  ])('%s', async (_module, scope, claims) => {
    const tokens = await logIn({ scope });
    const told = await userinfoOf(bryggan, tokens.access_token);
    expect(Object.keys(told)).toEqual(expect.arrayContaining(['sub', ...claims]));
  });
  it.each([['oidcc-display-page', 'page'], ['oidcc-display-popup', 'popup']])('%s', async (_module, display) => { expect(isBack((await client.begin(agent, bryggan, { display })).visit)).toBe(true); });
  it('oidcc-prompt-login', async () => {
    const before = (await logIn()).claims();
    const login = await client.begin(agent, bryggan, { prompt: 'login' });
    const after = (await client.redeem(bryggan, login)).claims();
    expect([usedCard(login), after?.sub === before?.sub, (after?.auth_time ?? 0) >= (before?.auth_time ?? 0)]).toEqual([true, true, true]);
  });
  it('oidcc-prompt-none-not-logged-in', async () => {
    const { visit, state } = await client.begin(bryggan.agentFor('anna-berglund'), bryggan, { prompt: 'none' });
    expect(parameters(visit)).toMatchObject({ error: 'login_required', state });
  });
  it('oidcc-prompt-none-logged-in', async () => {
    const before = (await logIn()).claims();
    const after = (await logIn({ prompt: 'none' })).claims();
    expect([after?.sub, after?.auth_time]).toEqual([before?.sub, before?.auth_time]);
  });
  it('oidcc-max-age-1', async () => {
    // Nobody waits for a second to pass: the same rule, with an age that every login has.
    await logIn();
    expect(usedCard(await client.begin(agent, bryggan, { max_age: '0' }))).toBe(true);
  });
  it('oidcc-max-age-10000', async () => {
    const before = (await logIn()).claims();
    const login = await client.begin(agent, bryggan, { max_age: '10000' });
    expect([usedCard(login), (await client.redeem(bryggan, login, { maxAge: 10_000 })).claims()?.auth_time]).toEqual([false, before?.auth_time]);
  });
  it('oidcc-ensure-request-with-unknown-parameter-succeeds', async () => { expect((await logIn({ extra: 'foobar' })).access_token).toBeTruthy(); });
  it('oidcc-id-token-hint', async () => {
    const before = await logIn();
    expect((await logIn({ prompt: 'none', id_token_hint: before.id_token ?? '' })).claims()?.sub).toBe(before.claims()?.sub);
  });
  it('oidcc-login-hint', async () => { expect((await logIn({ login_hint: 'anna@conformance.client.example' })).access_token).toBeTruthy(); });
  it('oidcc-ui-locales', async () => { expect((await logIn({ ui_locales: 'se' })).access_token).toBeTruthy(); });
  it('oidcc-claims-locales', async () => { expect((await logIn({ claims_locales: 'se' })).access_token).toBeTruthy(); });
  it('oidcc-ensure-request-with-acr-values-succeeds', async () => {
    const { serverMetadata } = await client.configuration(bryggan).then((configuration) => ({ serverMetadata: configuration.serverMetadata() }));
    expect((await logIn({ acr_values: serverMetadata.acr_values_supported?.join(' ') ?? '' })).claims()?.['acr']).toBe('http://id.sambi.se/loa/loa3');
  });
  it('oidcc-codereuse', async () => {
    const login = await client.begin(agent, bryggan);
    await client.redeem(bryggan, login);
    await expect(client.redeem(bryggan, login)).rejects.toMatchObject({ error: 'invalid_grant' });
  });
  it('oidcc-ensure-registered-redirect-uri', async () => {
    const { visit } = await client.begin(agent, bryggan, { redirect_uri: `${client.redirectUri}/not-registered` });
    expect([visit.url.origin, visit.status]).toEqual([bryggan.baseUrl, 400]);
  });
  it('oidcc-ensure-post-request-succeeds', async () => {
    const verifier = oidc.randomPKCECodeVerifier();
    const body = new URLSearchParams({ client_id: client.clientId, response_type: 'code', redirect_uri: client.redirectUri, scope: 'openid', state: 'posted', code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' });
    const visit = await agent.settle(await agent.go(`${bryggan.baseUrl}/oidc/authorize`, { method: 'POST', body: body.toString(), from: new URL(client.redirectUri) }), isBack);
    expect(parameters(visit)).toMatchObject({ code: expect.any(String) as string, state: 'posted' });
  });
  it('oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported', async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const { visit } = await client.begin(agent, bryggan, { request: `${part({ alg: 'none' })}.${part({ state: 'of-the-object' })}.` });
    expect(parameters(visit)['error']).toMatch(/^(?:request_not_supported|invalid_request_object|invalid_request)$/);
  });
  it('oidcc-claims-essential', async () => {
    const tokens = await logIn({ scope: 'openid', claims: JSON.stringify({ userinfo: { name: { essential: true } } }) });
    expect(await userinfoOf(bryggan, tokens.access_token)).toMatchObject({ name: expect.any(String) as string });
  });
  it('oidcc-refresh-token', async () => {
    const tokens = await logIn();
    const configuration = await client.configuration(bryggan);
    await expect(oidc.refreshTokenGrant(await second.configuration(bryggan), tokens.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
    const again = await oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '');
    expect([again.claims()?.sub, again.claims()?.auth_time, again.claims()?.iss]).toEqual([tokens.claims()?.sub, tokens.claims()?.auth_time, bryggan.baseUrl]);
  });
  it('oidcc-ensure-request-with-valid-pkce-succeeds', async () => { expect((await logIn()).access_token).toBeTruthy(); });
});
