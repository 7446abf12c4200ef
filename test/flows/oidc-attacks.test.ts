/** Threats G of the catalogue: each starts from a login that succeeds, breaks one thing, and is refused. */
import { createHmac, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { isBack, testClient, trustingFetch, userinfoOf, type Login } from '../fixtures/oidc-client.ts';
import { until } from '../fixtures/ports.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';

const plain = testClient({ name: 'plain', authentication: 'client_secret_basic', oidc: { refreshTokens: true } });
const keyed = testClient({ name: 'keyed' });
const other = testClient({ name: 'other', authentication: 'client_secret_basic' });
const app = testClient({ name: 'app', authentication: 'none', oidc: { application: 'native', redirectUris: ['se.example.app:/callback', 'http://127.0.0.1/callback', 'https://app.client.example/callback'] } });
let bryggan: Bryggan;
beforeAll(async () => { bryggan = await startBryggan({ services: [plain, keyed, other, app].map(({ files }) => files) }); });
afterAll(() => bryggan.stop());

const errorOf = (visit: Visit): string | undefined => /data-error="([^"]*)"/.exec(visit.body)?.[1];
const backWith = (visit: Visit): Readonly<Record<string, string>> => Object.fromEntries(visit.url.searchParams);
const basic = (client: typeof plain): Record<string, string> => ({ authorization: `Basic ${Buffer.from(`${encodeURIComponent(client.clientId)}:${encodeURIComponent(client.secret)}`).toString('base64')}` });
const post = async (path: string, fields: Readonly<Record<string, string>> | string, headers: Readonly<Record<string, string>> = {}): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> => {
  const response = await trustingFetch(`${bryggan.baseUrl}${path}`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...headers }, body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(), redirect: 'manual' } as never);
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) as Record<string, unknown> : {}, headers: response.headers };
};
const exchange = (client: typeof plain, login: Login, more: Readonly<Record<string, string>> = {}) =>
  post('/oidc/token', { grant_type: 'authorization_code', code: login.visit.url.searchParams.get('code') ?? '', redirect_uri: client.redirectUri, code_verifier: login.verifier, ...more }, basic(client));
const loggedIn = async (): Promise<UserAgent> => {
  const agent = bryggan.agentFor('anna-berglund');
  await plain.logIn(agent, bryggan);
  return agent;
};
const authorize = (agent: UserAgent, query: string): Promise<Visit> => agent.go(`${bryggan.baseUrl}/oidc/authorize?${query}`);
const goodQuery = (change: Readonly<Record<string, string | null>> = {}): string => {
  const query = new URLSearchParams({ client_id: plain.clientId, redirect_uri: plain.redirectUri, response_type: 'code', scope: 'openid', state: 's-123', nonce: 'n-1', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' });
  for (const [name, value] of Object.entries(change)) if (value === null) query.delete(name); else query.set(name, value);
  return query.toString();
};

describe('G01 redirect_uri', () => {
  const good = plain.redirectUri;
  it('the registered address is answered', async () => {
    expect(isBack((await authorize(await loggedIn(), goodQuery())))).toBe(true);
  });
  it.each([
    `${good}/`, `${good}?x=1`, `${good}#f`, `${good}%20`, good.replace('https:', 'http:'), good.replace('plain.', 'evil.plain.'), good.replace('.example', '.example.evil.test'), good.replace('https://', 'https://evil@'),
    good.replace('https://', 'https://evil.test#@'), good.replace('/callback', '/../callback'), good.replace('/callback', '//callback'), good.replace('/callback', '/Callback'), good.replace('/callback', '/callback/../evil'),
    good.replace('.example/', '.example:443/'), good.replace('.example/', '.example:8443/'), good.replace('client', 'CLIENT'), `${good}\\evil`, `${good}%0d%0aSet-Cookie:x=1`, 'javascript:alert(1)', 'data:text/html,x', '//evil.test/callback', '/callback', 'https://evil.test/', '', `${good} https://evil.test/`,
  ])('%j is a page and never a redirect', async (uri) => {
    const visit = await authorize(await loggedIn(), goodQuery({ redirect_uri: uri }));
    expect([visit.url.origin, visit.status >= 400, visit.trail.length]).toEqual([bryggan.baseUrl, true, 1]);
  });
  it('two of them are a page', async () => {
    const visit = await authorize(await loggedIn(), `${goodQuery()}&redirect_uri=https%3A%2F%2Fevil.test%2F`);
    expect([visit.url.origin, visit.status]).toEqual([bryggan.baseUrl, 400]);
  });
  it('native apps: their scheme, and the loopback address with any port; not another path or host', async () => {
    const agent = await loggedIn();
    const result = async (redirect_uri: string): Promise<string> => {
      const response = await agent.once(`${bryggan.baseUrl}/oidc/authorize?${goodQuery({ client_id: app.clientId, redirect_uri })}`);
      await response.arrayBuffer();
      return response.headers.get('location') ?? String(response.status);
    };
    expect(await result('se.example.app:/callback')).toMatch(/^se\.example\.app:\/callback\?code=/);
    expect(await result('http://127.0.0.1:51234/callback')).toMatch(/^http:\/\/127\.0\.0\.1:51234\/callback\?code=/);
    for (const bad of ['http://127.0.0.1:51234/other', 'http://localhost:51234/callback', 'http://127.0.0.2/callback', 'se.example.other:/callback']) expect([bad, await result(bad)]).toEqual([bad, '400']);
  });
});

describe('G02, G03 PKCE', () => {
  it.each([['code_challenge', null], ['code_challenge_method', 'plain'], ['code_challenge_method', null], ['code_challenge', 'short']])('%s = %s is refused at the client’s address', async (name, value) => {
    const answer = backWith(await authorize(await loggedIn(), goodQuery({ [name]: value })));
    expect(answer).toMatchObject({ error: 'invalid_request', state: 's-123', iss: bryggan.baseUrl });
  });
  it('no verifier, and another verifier, are refused; the right one is not', async () => {
    const agent = await loggedIn();
    for (const code_verifier of ['', oidc.randomPKCECodeVerifier()]) expect((await exchange(plain, await plain.begin(agent, bryggan), { code_verifier })).body).toMatchObject({ error: 'invalid_grant' });
    expect((await exchange(plain, await plain.begin(agent, bryggan))).status).toBe(200);
  });
});

describe('G04 a code is used once', () => {
  it('of fifty tries at once one succeeds, and what it got is dead', async () => {
    const login = await plain.begin(await loggedIn(), bryggan);
    const results = await Promise.all(Array.from({ length: 50 }, () => exchange(plain, login)));
    const [winner, ...more] = results.filter(({ status }) => status === 200);
    expect([more.length, winner !== undefined]).toEqual([0, true]);
    expect(results.filter(({ body }) => body['error'] === 'invalid_grant')).toHaveLength(49);
    await expect(userinfoOf(bryggan, winner?.body['access_token'] as string)).rejects.toThrow();
  });
  it('a second use later ends what the first one got', async () => {
    const login = await plain.begin(await loggedIn(), bryggan);
    const first = await exchange(plain, login);
    await userinfoOf(bryggan, first.body['access_token'] as string);
    expect((await exchange(plain, login)).body).toMatchObject({ error: 'invalid_grant' });
    await expect(userinfoOf(bryggan, first.body['access_token'] as string)).rejects.toThrow();
    await until('the refusal is on record', () => bryggan.audit().some(({ type, code }) => type === 'request.refused' && code === 'oidc.grant'));
  });
  it('another client’s code, another address, another prefix are refused', async () => {
    const agent = await loggedIn();
    const login = await plain.begin(agent, bryggan);
    const code = login.visit.url.searchParams.get('code') ?? '';
    expect((await post('/oidc/token', { grant_type: 'authorization_code', code, redirect_uri: plain.redirectUri, code_verifier: login.verifier }, basic(other))).body).toMatchObject({ error: 'invalid_grant' });
    expect((await exchange(plain, await plain.begin(agent, bryggan), { redirect_uri: `${plain.redirectUri}/` })).body).toMatchObject({ error: 'invalid_grant' });
    expect((await exchange(plain, login, { code: `x${code}` })).body).toMatchObject({ error: 'invalid_grant' });
    expect((await exchange(plain, await plain.begin(agent, bryggan))).status).toBe(200);
  });
});

describe('G05 mix-up', () => {
  it('iss stands in answers and refusals, and is the issuer of discovery', async () => {
    const agent = await loggedIn();
    const metadata = (await plain.configuration(bryggan)).serverMetadata();
    expect(metadata.authorization_response_iss_parameter_supported).toBe(true);
    expect(backWith((await plain.begin(agent, bryggan)).visit)['iss']).toBe(metadata.issuer);
    expect(backWith((await plain.begin(agent, bryggan, { prompt: 'none none' })).visit)['iss']).toBe(metadata.issuer);
  });
});

describe('G06, G15, G20 what is not offered', () => {
  it('discovery names none of it', async () => {
    const metadata = (await plain.configuration(bryggan)).serverMetadata() as unknown as Record<string, unknown>;
    expect(metadata).toMatchObject({ response_types_supported: ['code'], grant_types_supported: ['authorization_code', 'refresh_token'], code_challenge_methods_supported: ['S256'], request_uri_parameter_supported: false, claims_parameter_supported: true });
    for (const absent of ['registration_endpoint', 'device_authorization_endpoint', 'backchannel_authentication_endpoint']) expect(metadata).not.toHaveProperty(absent);
    expect(JSON.stringify(metadata)).not.toMatch(/HS256|implicit|password/);
    for (const [name, values] of Object.entries(metadata)) if (name.includes('_alg_')) expect([name, values]).toEqual([name, expect.not.arrayContaining(['none'])]);
  });
  it.each(['token', 'id_token', 'code id_token', 'code token', 'none'])('response_type=%s is refused', async (response_type) => {
    const visit = await authorize(await loggedIn(), goodQuery({ response_type }));
    expect(visit.url.href).toMatch(/unsupported_response_type|unauthorized_client|invalid_request/);
    expect(visit.url.href).not.toMatch(/[?#&](?:code|access_token|id_token)=/);
  });
  it.each([['password', { username: 'a', password: 'b' }], ['client_credentials', {}], ['urn:ietf:params:oauth:grant-type:device_code', { device_code: 'x' }]])('grant_type=%s is refused', async (grant_type, more) => {
    expect((await post('/oidc/token', { grant_type, ...more }, basic(plain))).body).toMatchObject({ error: 'unsupported_grant_type' });
  });
  it.each(['/oidc/reg', '/reg', '/oidc/register', '/oidc/device', '/oidc/backchannel', '/oidc/authorize/some-uid', '/interaction/some-uid'])('%s is no page', async (path) => {
    expect((await bryggan.agentFor(null).go(`${bryggan.baseUrl}${path}`)).status).toBe(404);
  });
  it('request_uri that was not pushed is refused and never fetched', async () => {
    const visit = await authorize(await loggedIn(), goodQuery({ request_uri: 'https://evil.test/request.jwt' }));
    expect(backWith(visit)).toMatchObject({ error: 'request_uri_not_supported' });
  });
});

const jwt = (header: object, payload: object, key: KeyObject | null, secret = ''): string => {
  const body = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = key === null ? (secret === '' ? '' : createHmac('sha256', secret).update(body).digest('base64url')) : sign('sha256', Buffer.from(body), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  return `${body}.${signature}`;
};
describe('G08, G09, G10 client assertions', () => {
  const now = (): number => Math.floor(Date.now() / 1000);
  const claims = (change: object = {}): object => ({ iss: keyed.clientId, sub: keyed.clientId, aud: bryggan.baseUrl, jti: randomBytes(12).toString('hex'), iat: now(), exp: now() + 60, ...change });
  const used = async (assertion: string): Promise<unknown> => {
    const login = await keyed.begin(await loggedIn(), bryggan);
    const { status, body } = await post('/oidc/token', {
      grant_type: 'authorization_code', code: login.visit.url.searchParams.get('code') ?? '', redirect_uri: keyed.redirectUri, code_verifier: login.verifier,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: assertion,
    });
    return status === 200 ? 'tokens' : body['error'];
  };
  const header = { alg: 'ES256', kid: 'keyed' };
  it('the client’s own key, once', async () => {
    const assertion = jwt(header, claims(), keyed.key);
    expect([await used(assertion), await used(assertion)]).toEqual(['tokens', 'invalid_client']);
  });
  it('of ten uses of one assertion at once one counts', async () => {
    const assertion = jwt(header, claims(), keyed.key);
    const results = await Promise.all(Array.from({ length: 10 }, () => used(assertion)));
    expect(results.filter((result) => result === 'tokens')).toHaveLength(1);
  });
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  it.each<readonly [string, () => string]>([
    ['no signature', () => jwt({ alg: 'none' }, claims(), null)],
    ['HS256 with the public key', () => jwt({ alg: 'HS256', kid: 'keyed' }, claims(), null, keyed.files.yaml)],
    ['another key', () => jwt(header, claims(), stranger.privateKey)],
    ['another key that the header brings', () => jwt({ ...header, jwk: stranger.publicKey.export({ format: 'jwk' }) }, claims(), stranger.privateKey)],
    ['another key that the header points at', () => jwt({ ...header, jku: 'https://evil.test/keys', x5u: 'https://evil.test/cert' }, claims(), stranger.privateKey)],
    ['a kid that is a path', () => jwt({ alg: 'ES256', kid: '../../etc/passwd' }, claims(), stranger.privateKey)],
    ['RS256 in the header', () => jwt({ alg: 'RS256', kid: 'keyed' }, claims(), keyed.key)],
    ['another audience', () => jwt(header, claims({ aud: 'https://other-provider.example' }), keyed.key)],
    ['another client’s name', () => jwt(header, claims({ iss: other.clientId, sub: other.clientId }), keyed.key)],
    ['an end that has passed', () => jwt(header, claims({ exp: now() - 120 }), keyed.key)],
    ['no end', () => jwt(header, claims({ exp: undefined }), keyed.key)],
    ['no jti', () => jwt(header, claims({ jti: undefined }), keyed.key)],
    ['a list of audiences', () => jwt(header, claims({ aud: [bryggan.baseUrl, 'https://other-provider.example'] }), keyed.key)],
  ])('%s is refused', async (_what, make) => { expect(await used(make())).toBe('invalid_client'); });
  it('a secret where a key belongs, and a wrong secret, are refused', async () => {
    const login = await keyed.begin(await loggedIn(), bryggan);
    expect((await exchange({ ...keyed, secret: 'x' }, login)).body).toMatchObject({ error: 'invalid_client' });
    expect((await exchange({ ...plain, secret: `${plain.secret}x` }, await plain.begin(await loggedIn(), bryggan))).body).toMatchObject({ error: 'invalid_client' });
    const [hash] = /[0-9a-f]{64}/.exec(plain.files.yaml) ?? [''];
    expect((await exchange({ ...plain, secret: hash }, await plain.begin(await loggedIn(), bryggan))).body).toMatchObject({ error: 'invalid_client' });
  });
});

describe('G11 refresh tokens', () => {
  it('rotate; one that was used ends the whole grant', async () => {
    const configuration = await plain.configuration(bryggan);
    const first = await plain.logIn(await loggedIn(), bryggan);
    const second = await oidc.refreshTokenGrant(configuration, first.refresh_token ?? '');
    expect(second.refresh_token).not.toBe(first.refresh_token);
    await userinfoOf(bryggan, second.access_token);
    await expect(oidc.refreshTokenGrant(configuration, first.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(oidc.refreshTokenGrant(configuration, second.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(userinfoOf(bryggan, second.access_token)).rejects.toThrow();
  });
  it('of twenty uses at once one succeeds, and the grant is dead', async () => {
    const configuration = await plain.configuration(bryggan);
    const { refresh_token = '' } = await plain.logIn(await loggedIn(), bryggan);
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => oidc.refreshTokenGrant(configuration, refresh_token)));
    const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(won.length).toBeLessThanOrEqual(1);
    for (const tokens of won) await expect(userinfoOf(bryggan, tokens.access_token)).rejects.toThrow();
  });
  it('a revoked one is of no use', async () => {
    const configuration = await plain.configuration(bryggan);
    const tokens = await plain.logIn(await loggedIn(), bryggan);
    await oidc.tokenRevocation(configuration, tokens.refresh_token ?? '');
    await expect(oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(userinfoOf(bryggan, tokens.access_token)).rejects.toThrow();
  });
});

describe('G12 leaks', () => {
  it('no endpoint of tokens speaks to scripts of other sites, and nothing is stored by a cache', async () => {
    const { headers } = await post('/oidc/token', {}, { ...basic(plain), origin: 'https://plain.client.example' });
    expect([headers.get('access-control-allow-origin'), headers.get('cache-control')]).toEqual([null, 'no-store']);
  });
  it('no code, token or number is in the log or in the trail', async () => {
    const agent = await loggedIn();
    const login = await plain.begin(agent, bryggan);
    const tokens = await plain.redeem(bryggan, login);
    for (const secret of [login.visit.url.searchParams.get('code') ?? '', tokens.access_token, tokens.refresh_token ?? '', tokens.id_token ?? '', login.verifier, plain.secret]) {
      expect(secret.length).toBeGreaterThan(20);
      expect([bryggan.log().includes(secret), JSON.stringify(bryggan.audit()).includes(secret)]).toEqual([false, false]);
    }
  });
});

describe('G18 tokens of somebody else', () => {
  it('introspection tells the owner alone', async () => {
    const tokens = await plain.logIn(await loggedIn(), bryggan);
    expect((await post('/oidc/introspect', { token: tokens.access_token }, basic(plain))).body).toMatchObject({ active: true, client_id: plain.clientId });
    expect((await post('/oidc/introspect', { token: tokens.access_token }, basic(other))).body).toEqual({ active: false });
    expect((await post('/oidc/introspect', { token: tokens.access_token }, {})).status).toBe(400);
  });
  it('revocation by another client changes nothing', async () => {
    const tokens = await plain.logIn(await loggedIn(), bryggan);
    await post('/oidc/revoke', { token: tokens.access_token }, basic(other));
    await userinfoOf(bryggan, tokens.access_token);
  });
  it('an access token in the address is not read', async () => {
    const tokens = await plain.logIn(await loggedIn(), bryggan);
    expect((await bryggan.agentFor(null).go(`${bryggan.baseUrl}/oidc/userinfo?access_token=${tokens.access_token}`)).status).toBe(400);
  });
});

describe('K12 what is there twice', () => {
  it.each(['state=2', 'client_id=x', 'scope=openid', 'redirect_uri=x', 'code_challenge=x'])('a second %s is refused', async (more) => {
    const visit = await authorize(await loggedIn(), `${goodQuery()}&${more}`);
    expect(visit.url.searchParams.get('code')).toBeNull();
    expect(visit.status >= 400 || visit.url.searchParams.get('error') === 'invalid_request').toBe(true);
  });
  it('arrays, prototypes and bodies of another kind are inert', async () => {
    expect((await post('/oidc/token', '{"grant_type":"authorization_code"}', { ...basic(plain), 'content-type': 'application/json' })).status).toBe(400);
    expect((await post('/oidc/token', 'grant_type=authorization_code&__proto__[x]=1&constructor=1', basic(plain))).status).toBe(400);
    expect((await post('/oidc/token', `grant_type=${'x'.repeat(60_000)}`, basic(plain))).status).toBeGreaterThanOrEqual(400);
  });
  it('an unknown client is a page', async () => {
    const visit = await authorize(bryggan.agentFor(null), goodQuery({ client_id: 'https://nobody.example/' }));
    expect([visit.status, errorOf(visit)]).toEqual([404, 'service-unknown']);
  });
});

describe('switched off in the middle (DESIGN §1 rule 6, threats D13)', () => {
  const file = (): string => join(bryggan.root, 'metadata', 'services', 'vgr', 'other.yaml');
  const change = async (from: string | RegExp, to: string): Promise<void> => {
    const before = bryggan.audit().filter(({ type }) => type === 'registry.applied').length;
    writeFileSync(file(), readFileSync(file(), 'utf8').replace(from, to));
    await until('the registry is applied', () => bryggan.audit().filter(({ type }) => type === 'registry.applied').length > before);
  };
  it('a disabled client gets nothing for its code, its token or a new request; enabled again it does', async () => {
    const agent = await loggedIn();
    const tokens = await other.logIn(agent, bryggan);
    const login = await other.begin(agent, bryggan);
    await change(/^/, 'enabled: false\n');
    expect((await exchange(other, login)).body).toMatchObject({ error: 'invalid_client' });
    await expect(userinfoOf(bryggan, tokens.access_token)).rejects.toThrow();
    const visit = await authorize(agent, goodQuery({ client_id: other.clientId, redirect_uri: other.redirectUri }));
    expect([visit.status, errorOf(visit)]).toEqual([403, 'service-disabled']);
    await change('enabled: false\n', '');
    expect((await exchange(other, login)).status).toBe(200);
    await userinfoOf(bryggan, tokens.access_token);
  });
  it('a claim that the operator denies is gone at the next userinfo (threats G19)', async () => {
    const tokens = await other.logIn(await loggedIn(), bryggan);
    const read = () => userinfoOf(bryggan, tokens.access_token);
    expect(await read()).toHaveProperty('given_name');
    await change(/^/, 'release: { deny: [givenName] }\n');
    const told = await read();
    expect([told['given_name'], told['family_name']]).toEqual([undefined, 'Berglund']);
    await change('release: { deny: [givenName] }\n', '');
  });
});
