/** Extensions of the code flow, each with openid-client: pushed and signed requests, signed answers, bound tokens, FAPI 2.0, resources. */
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { cryptoKeyOf, isBack, testClient, trustingFetch, userinfoOf, type TestClient } from '../fixtures/oidc-client.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';

const plain = testClient({ name: 'profile-plain', oidc: { refreshTokens: true, resources: [{ uri: 'https://api.example.test/', scopes: ['read', 'write'] }] } });
const pushing = testClient({ name: 'profile-pushing', oidc: { pushedRequests: true } });
const signing = testClient({ name: 'profile-signing', oidc: { signedRequests: true } });
const bound = testClient({ name: 'profile-bound', oidc: { bound: 'dpop', refreshTokens: true } });
const fapi = testClient({ name: 'profile-fapi', oidc: { profile: 'fapi2', bound: 'dpop', idTokenAlgorithm: 'ES256' } });
const ps = testClient({ name: 'profile-ps', oidc: { idTokenAlgorithm: 'PS256', signedUserinfo: true } });
const api = testClient({ name: 'profile-api', clientId: 'https://api.example.test/' });
let bryggan: Bryggan;
beforeAll(async () => { bryggan = await startBryggan({ services: [plain, pushing, signing, bound, fapi, ps, api].map(({ files }) => files) }); });
afterAll(() => bryggan.stop());

const anna = (): UserAgent => bryggan.agentFor('anna-berglund');
const backWith = (visit: Visit): Readonly<Record<string, string>> => Object.fromEntries(visit.url.searchParams);
interface Started { readonly url: URL; readonly verifier: string; readonly state: string; readonly nonce: string }
const start = async (client: TestClient, parameters: Readonly<Record<string, string>>, build: (configuration: oidc.Configuration, all: Record<string, string>) => URL | Promise<URL>): Promise<Started> => {
  const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
  const url = await build(await client.configuration(bryggan), { redirect_uri: client.redirectUri, scope: 'openid profile', state, nonce, code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...parameters });
  return { url, verifier, state, nonce };
};
const walk = async (agent: UserAgent, { url }: Started): Promise<Visit> => agent.settle(await agent.go(url.href), isBack);
const push = (configuration: oidc.Configuration, all: Record<string, string>): Promise<URL> => oidc.buildAuthorizationUrlWithPAR(configuration, all);

describe('pushed requests [RFC 9126]', () => {
  it('a pushed request is answered, once', async () => {
    const agent = anna();
    const started = await start(pushing, {}, push);
    const visit = await walk(agent, started);
    expect((await pushing.redeem(bryggan, { ...started, visit })).claims()).toMatchObject({ given_name: 'Anna' });
    expect(isBack(await walk(agent, started))).toBe(false);
  });
  it('of ten tabs with one pushed request one gets a code', async () => {
    const agent = anna();
    await plain.logIn(agent, bryggan);
    const started = await start(pushing, {}, push);
    const before = bryggan.audit().length;
    const visits = await Promise.all(Array.from({ length: 10 }, () => walk(agent, started)));
    expect(visits.filter((visit) => isBack(visit) && visit.url.searchParams.has('code'))).toHaveLength(1);
    // The trail has one answer, for one was given.
    expect(bryggan.audit().slice(before).filter(({ type }) => type === 'login.succeeded')).toHaveLength(1);
  });
  it('a client that must push is refused otherwise', async () => {
    expect(backWith((await pushing.begin(anna(), bryggan)).visit)).toMatchObject({ error: 'invalid_request' });
  });
  it('a redirect_uri that is not registered is refused where it is pushed', async () => {
    await expect(start(pushing, { redirect_uri: 'https://evil.client.example/callback' }, push)).rejects.toMatchObject({ error: 'invalid_request' });
  });
});

describe('signed requests and answers [RFC 9101, JARM]', () => {
  const signed = async (configuration: oidc.Configuration, all: Record<string, string>): Promise<URL> => oidc.buildAuthorizationUrlWithJAR(configuration, all, { key: await cryptoKeyOf(signing.key), kid: 'profile-signing' });
  it('a request in a signed object is answered', async () => {
    const started = await start(signing, {}, signed);
    expect((await signing.redeem(bryggan, { ...started, visit: await walk(anna(), started) })).claims()).toMatchObject({ given_name: 'Anna' });
  });
  it('a client that must sign is refused otherwise; so is a signature by another key', async () => {
    expect(backWith((await signing.begin(anna(), bryggan)).visit)).toMatchObject({ error: 'invalid_request' });
    const started = await start(signing, {}, async (configuration, all) => oidc.buildAuthorizationUrlWithJAR(configuration, all, { key: await cryptoKeyOf(plain.key), kid: 'profile-signing' }));
    expect((await walk(anna(), started)).url.searchParams.has('code')).toBe(false);
  });
  it('an unsigned object is refused', async () => {
    const object = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ scope: 'openid', redirect_uri: plain.redirectUri, response_type: 'code', client_id: plain.clientId })).toString('base64url')}.`;
    expect((await plain.begin(anna(), bryggan, { request: object })).visit.url.searchParams.has('code')).toBe(false);
  });
  it('response_mode=jwt: the answer is signed and openid-client takes it', async () => {
    const configuration = await plain.configuration(bryggan);
    oidc.useJwtResponseMode(configuration);
    const started = await start(plain, { response_mode: 'jwt' }, (_unused, all) => oidc.buildAuthorizationUrl(configuration, all));
    const visit = await walk(anna(), started);
    expect(Object.keys(backWith(visit))).toEqual(['response']);
    const tokens = await oidc.authorizationCodeGrant(configuration, visit.url, { pkceCodeVerifier: started.verifier, expectedState: started.state, expectedNonce: started.nonce });
    expect(tokens.claims()).toMatchObject({ given_name: 'Anna' });
  });
});

describe('how answers and requests travel', () => {
  it('response_mode=form_post: code, state and iss in a form, nothing in the address', async () => {
    const agent = anna();
    await plain.logIn(agent, bryggan);
    const started = await start(plain, { response_mode: 'form_post' }, (configuration, all) => oidc.buildAuthorizationUrl(configuration, all));
    const visit = await agent.go(started.url.href);
    const [form] = visit.forms;
    expect([visit.step, form?.action, form?.hidden.map(({ name }) => name).toSorted()]).toEqual(['on-the-way', plain.redirectUri, ['code', 'iss', 'state']]);
  });
  it('a refusal by form_post leaves on our own page', async () => {
    const started = await start(plain, { response_mode: 'form_post', prompt: 'nonsense' }, (configuration, all) => oidc.buildAuthorizationUrl(configuration, all));
    const visit = await anna().go(started.url.href);
    expect([visit.step, Object.fromEntries(visit.forms[0]?.hidden.map(({ name, value }) => [name, value]) ?? [])]).toEqual(['on-the-way', expect.objectContaining({ error: 'invalid_request', state: started.state, iss: bryggan.baseUrl }) as unknown]);
    expect(visit.headers.get('content-security-policy')).toContain("script-src 'self'");
  });
  it('fragment is refused: a code would stay in the browser’s history', async () => {
    expect((await plain.begin(anna(), bryggan, { response_mode: 'fragment' })).visit.url.href).not.toContain('code=');
  });
  it('a request by POST from another site reads no cookie and comes to the same end', async () => {
    const agent = anna();
    await plain.logIn(agent, bryggan);
    const started = await start(plain, {}, (configuration, all) => oidc.buildAuthorizationUrl(configuration, all));
    const visit = await agent.settle(await agent.go(`${started.url.origin}${started.url.pathname}`, { method: 'POST', body: started.url.searchParams.toString(), from: new URL(plain.redirectUri) }), isBack);
    expect((await plain.redeem(bryggan, { ...started, visit })).claims()).toMatchObject({ given_name: 'Anna' });
    expect(visit.trail.some((address) => address.includes('/card/'))).toBe(false);
  });
  it('the person who cancels is told to the client', async () => {
    const { visit } = await plain.begin(bryggan.agentFor(null), bryggan);
    const agent = bryggan.agentFor(null);
    const begun = await plain.begin(agent, bryggan);
    const back = await agent.settle(await agent.submit(begun.visit, { form: ({ action }) => action.endsWith('/cancel') }), isBack);
    expect([visit.step, backWith(back)['error'], backWith(back)['state']]).toEqual([begun.visit.step, 'access_denied', begun.state]);
  });
});

describe('bound tokens [RFC 9449]', () => {
  const pair = (): Promise<oidc.CryptoKeyPair> => oidc.randomDPoPKeyPair('ES256');
  it('work with the key that they were issued to, at userinfo and at refresh, and with no other', async () => {
    const configuration = await bound.configuration(bryggan);
    const DPoP = oidc.getDPoPHandle(configuration, await pair());
    const login = await bound.begin(anna(), bryggan);
    const tokens = await oidc.authorizationCodeGrant(configuration, login.visit.url, { pkceCodeVerifier: login.verifier, expectedState: login.state, expectedNonce: login.nonce }, undefined, { DPoP });
    expect(tokens.token_type).toBe('dpop');
    const sub = tokens.claims()?.sub ?? '';
    expect(await oidc.fetchUserInfo(configuration, tokens.access_token, sub, { DPoP })).toMatchObject({ sub });
    const again = await oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '', undefined, { DPoP });
    expect(await oidc.fetchUserInfo(configuration, again.access_token, sub, { DPoP })).toMatchObject({ sub });
    await expect(oidc.fetchUserInfo(configuration, again.access_token, sub, { DPoP: oidc.getDPoPHandle(configuration, await pair()) })).rejects.toThrow();
    await expect(userinfoOf(bryggan, again.access_token)).rejects.toThrow();
  });
  it('a client whose tokens are bound gets none without a proof', async () => {
    const login = await bound.begin(anna(), bryggan);
    await expect(bound.redeem(bryggan, login)).rejects.toThrow();
  });
});

describe('FAPI 2.0 security profile', () => {
  it('pushed, bound, private_key_jwt, ES256', async () => {
    const configuration = await fapi.configuration(bryggan);
    const DPoP = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('ES256'));
    const started = await start(fapi, {}, (_unused, all) => oidc.buildAuthorizationUrlWithPAR(configuration, all, { DPoP }));
    const visit = await walk(anna(), started);
    const tokens = await oidc.authorizationCodeGrant(configuration, visit.url, { pkceCodeVerifier: started.verifier, expectedState: started.state, expectedNonce: started.nonce }, undefined, { DPoP });
    expect(await oidc.fetchUserInfo(configuration, tokens.access_token, tokens.claims()?.sub ?? '', { DPoP })).toMatchObject({ given_name: 'Anna' });
  });
  it('a request that was not pushed is refused', async () => {
    expect(backWith((await fapi.begin(anna(), bryggan)).visit)).toMatchObject({ error: 'invalid_request' });
  });
});

describe('signed userinfo and other algorithms', () => {
  it('userinfo is a JWT by the client’s algorithm', async () => {
    const tokens = await ps.logIn(anna(), bryggan);
    const response = await trustingFetch(`${bryggan.baseUrl}/oidc/userinfo`, { method: 'GET', headers: { authorization: `Bearer ${tokens.access_token}` } } as never);
    const [header = ''] = (await response.text()).split('.');
    expect([response.headers.get('content-type'), JSON.parse(Buffer.from(header, 'base64url').toString()) as unknown]).toEqual(['application/jwt; charset=utf-8', expect.objectContaining({ alg: 'PS256', kid: expect.any(String) as string })]);
  });
  it('every key has an id, is public, and there are two of each kind: one that signs and the next', async () => {
    const { keys } = await (await trustingFetch(`${bryggan.baseUrl}/oidc/jwks`, { method: 'GET' } as never)).json() as { readonly keys: readonly Readonly<Record<string, string>>[] };
    expect(keys.map(({ kty }) => kty).toSorted()).toEqual(['EC', 'EC', 'RSA', 'RSA']);
    expect(keys.every((key) => key['kid'] !== undefined && key['use'] === 'sig' && key['d'] === undefined && key['p'] === undefined)).toBe(true);
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(4);
  });
});

describe('resource indicators [RFC 8707]', () => {
  it('a token for a resource names it, and is none for userinfo', async () => {
    const configuration = await plain.configuration(bryggan);
    const login = await plain.begin(anna(), bryggan, { resource: 'https://api.example.test/', scope: 'openid read' });
    const tokens = await oidc.authorizationCodeGrant(configuration, login.visit.url, { pkceCodeVerifier: login.verifier, expectedState: login.state, expectedNonce: login.nonce }, { resource: 'https://api.example.test/' });
    expect(await oidc.tokenIntrospection(configuration, tokens.access_token)).toMatchObject({ active: true, aud: 'https://api.example.test/', scope: 'read' });
    await expect(userinfoOf(bryggan, tokens.access_token)).rejects.toThrow();
  });
  it('the resource server asks about tokens for it, and about no others', async () => {
    const agent = anna();
    const login = await plain.begin(agent, bryggan, { resource: 'https://api.example.test/', scope: 'openid read' });
    const tokens = await oidc.authorizationCodeGrant(await plain.configuration(bryggan), login.visit.url, { pkceCodeVerifier: login.verifier, expectedState: login.state, expectedNonce: login.nonce }, { resource: 'https://api.example.test/' });
    const server = await api.configuration(bryggan);
    expect(await oidc.tokenIntrospection(server, tokens.access_token)).toMatchObject({ active: true, client_id: plain.clientId });
    expect(await oidc.tokenIntrospection(server, (await plain.logIn(agent, bryggan)).access_token)).toEqual({ active: false });
  });
  it('a resource that is not the client’s is invalid_target', async () => {
    expect(backWith((await plain.begin(anna(), bryggan, { resource: 'https://other.example.test/' })).visit)).toMatchObject({ error: 'invalid_target' });
  });
});
