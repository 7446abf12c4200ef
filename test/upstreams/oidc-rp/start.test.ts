/** What an OpenID provider is asked, and what is believed of its discovery document. */
import { describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import { errorCatalogue } from '../../../src/core/error-catalogue.ts';
import { BrygganError, fail } from '../../../src/core/errors.ts';
import { CLIENT, codeOf, HANDLE, ISSUER, LOA2, LOA3, providerOf, stage } from './stage.ts';

const parameters = (url: URL): Readonly<Record<string, string>> => Object.fromEntries(url.searchParams);
describe('the request', () => {
  it('is a code with PKCE, a nonce and a callback of this issuer’s own', async () => {
    const { to, memory } = await stage().start();
    expect(`${to.origin}${to.pathname}`).toBe(`${ISSUER}/authorize`);
    expect(parameters(to)).toMatchObject({
      response_type: 'code', client_id: CLIENT, state: HANDLE, nonce: memory.nonce, scope: 'openid profile', redirect_uri: 'https://login.example.se/upstream/oidc/callback/ale/entra',
      code_challenge_method: 'S256', code_challenge: createHash('sha256').update(memory.verifier).digest('base64url'), acr_values: LOA3, max_age: '86400',
    });
    expect(to.search).not.toContain(memory.verifier);
  });
  it('has a nonce and a verifier of its own each time', async () => {
    const { start } = stage();
    const [first, second] = [await start(), await start()];
    expect(new Set([first.memory.nonce, second.memory.nonce, first.memory.verifier, second.memory.verifier]).size).toBe(4);
  });
  it('asks for a fresh login, for none that shows anything, for every level that will do, in the person’s language', async () => {
    const { start } = stage();
    expect(parameters((await start({ freshLoginRequired: true })).to)).toMatchObject({ prompt: 'login', max_age: '0' });
    expect(parameters((await start({ noInteraction: true })).to)).toMatchObject({ prompt: 'none' });
    expect(parameters((await start({ levels: ['loa2', 'loa3'], locale: 'sv' })).to)).toMatchObject({ acr_values: `${LOA2} ${LOA3}`, ui_locales: 'sv' });
    expect(await codeOf(start({ noInteraction: true, freshLoginRequired: true }))).toBe('upstream.no-passive');
  });
  it('says that the level is essential where the issuer understands it', async () => {
    expect(JSON.parse((await stage({ discovery: { claims_parameter_supported: true } }).start()).to.searchParams.get('claims') ?? '{}')).toEqual({ id_token: { acr: { essential: true, values: [LOA3] }, auth_time: { essential: true } } });
    expect((await stage().start()).to.searchParams.has('claims')).toBe(false);
  });
  it('is pushed where that is offered: nothing of it stands in the address', async () => {
    const { start, calls } = stage({ discovery: { pushed_authorization_request_endpoint: `${ISSUER}/par` } });
    const { to } = await start();
    expect(parameters(to)).toEqual({ client_id: CLIENT, request_uri: 'urn:ietf:params:oauth:request_uri:x' });
    const pushed = new URLSearchParams(calls.find(({ url }) => url.endsWith('/par'))?.call.body);
    expect(pushed.get('state')).toBe(HANDLE);
    expect(pushed.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  });
  it('is not sent past the limits of those who asked us', async () => {
    const { start } = stage();
    expect(await codeOf(start({ proxyCount: -1 }))).toBe('upstream.proxy-count');
    expect(await codeOf(start({ providers: ['https://other.example'] }))).toBe('upstream.provider-list');
    expect(await codeOf(start({ proxyCount: 0, providers: [ISSUER] }))).toBe('accepted');
  });
  it.each(['client_secret_basic', 'client_secret_post'] as const)('%s is how we prove ourselves where that was agreed', async (authentication) => {
    const { start, take, calls } = stage({}, providerOf({ authentication }));
    await take((await start()).memory);
    const call = calls.find(({ url }) => url.endsWith('/token'))?.call;
    if (authentication === 'client_secret_basic') expect(call?.headers['authorization']).toMatch(/^Basic /);
    else expect(new URLSearchParams(call?.body).get('client_secret')).toBe('a-shared-secret-of-some-length');
    expect(new URLSearchParams(call?.body).get('code_verifier')).not.toBeNull();
  });
});
describe('the secret that we prove ourselves by', () => {
  it.each([
    ['cannot be read', () => fail('upstream.secret', 'gone')], ['is no key', () => 'a secret'],
  ])('%s: ours to mend, and not said to be the IdP’s silence; mended, the next login goes', async (_what, secretIn) => {
    let broken = true;
    const good = stage().settings.secretIn;
    const here = stage({}, providerOf(), { secretIn: (file) => (broken ? secretIn() : good(file)) });
    expect(await codeOf(here.start())).toBe('upstream.secret');
    expect([errorCatalogue['upstream.secret'].actor, errorCatalogue['upstream.unavailable'].actor]).toEqual(['operations', 'organisation-it']);
    broken = false;
    expect(await codeOf(here.start())).toBe('accepted');
  });
});
describe('the discovery document', () => {
  it.each([['of another issuer', { issuer: 'https://op.evil.example' }, 'upstream.issuer'], ['with a token endpoint by plain http', { token_endpoint: 'http://op.ale.example/token' }, 'upstream.unavailable'], ['that leads the browser elsewhere than https', { authorization_endpoint: 'javascript:alert(1)' }, 'upstream.unavailable'], ['without keys', { jwks_uri: undefined }, 'upstream.unavailable'], ['that pushes by plain http', { pushed_authorization_request_endpoint: 'http://op.ale.example/par' }, 'upstream.unavailable']] as const)('%s is not taken', async (_what, discovery, code) => {
    expect(await codeOf(stage().start())).toBe('accepted');
    expect(await codeOf(stage({ discovery }).start())).toBe(code);
  });
  it('is read once for many logins, and again after a failure', async () => {
    let broken = true;
    const { settings: { exchange } } = stage();
    const asked: string[] = [];
    const here = stage({}, providerOf(), { exchange: (url, call) => { asked.push(url); return broken ? Promise.reject(new BrygganError('outbound.failed', 'no answer')) : exchange(url, call); } });
    expect(await codeOf(here.start())).toBe('upstream.unavailable');
    broken = false;
    await Promise.all([here.start(), here.start()]);
    expect(asked).toHaveLength(2);
  });
});
