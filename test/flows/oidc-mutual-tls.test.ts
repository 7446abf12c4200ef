/** Clients that prove themselves by a certificate, and tokens bound to one, over real TLS [RFC 8705]; each refusal beside the twin that is served. */
import { createHash, X509Certificate } from 'node:crypto';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentSet, pathOf, readDer, readFilePem, type KeyFiles } from '../../certs-dev/set.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { testClient, trustingFetch, type TestClient } from '../fixtures/oidc-client.ts';
import { freePorts, until } from '../fixtures/ports.ts';

const set = developmentSet();
const [own, other, old, self, stranger] = [set.machine('directory'), set.machine('proxy'), set.machine('bryggan-old'), set.machine('demo-1'), set.machine('demo-2')];
const subjectOf = (files: KeyFiles): string => new X509Certificate(readFilePem(files.certFile)).subject.split('\n').toReversed().join(',');
const x5c = (files: KeyFiles) => ({ ...new X509Certificate(readFilePem(files.certFile)).publicKey.export({ format: 'jwk' }), x5c: [readDer(files.certFile).toString('base64')], kid: 'own', use: 'sig' });
const byAuthority = testClient({ name: 'by-authority', oidc: { authentication: 'tls_client_auth', certificateSubject: subjectOf(own), bound: 'certificate', jwks: undefined, refreshTokens: true } });
const byKey = testClient({ name: 'by-key', oidc: { authentication: 'self_signed_tls_client_auth', jwks: { keys: [x5c(self)] } } });
const expired = testClient({ name: 'expired', oidc: { authentication: 'tls_client_auth', certificateSubject: subjectOf(old), jwks: undefined } });
let bryggan: Bryggan;
let machineUrl: string;
beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  machineUrl = `https://127.0.0.1:${String(port)}`;
  bryggan = await startBryggan({
    services: [byAuthority.files, byKey.files, expired.files],
    broker: (broker) => broker.setIn(['listeners', 'machine'], broker.createNode({ url: machineUrl, port, tls: { certificateFile: pathOf('tls/application.crt.pem'), keyFile: pathOf('tls/application.key.pem') } })),
  });
});
const agents: Agent[] = [];
afterAll(async () => { await Promise.all(agents.map((agent) => agent.close())); await bryggan.stop(); });

interface Answer { readonly status: number; readonly body: Readonly<Record<string, unknown>> }
/** Calls as this certificate's holder, or as nobody; `headers`: what an attacker adds. */
const call = async (files: KeyFiles | null, path: string, options: { readonly fields?: Readonly<Record<string, string>>; readonly token?: string; readonly base?: string; readonly headers?: Readonly<Record<string, string>> } = {}): Promise<Answer> => {
  const agent = new Agent({ connect: { ca: readFilePem(set.index.tlsAuthority.certFile), ...(files === null ? {} : { cert: readFilePem(files.certFile), key: readFilePem(files.keyFile) }) } });
  agents.push(agent);
  const { fields, token, base = machineUrl, headers = {} } = options;
  const answer = await request(`${base}${path}`, {
    dispatcher: agent, method: fields === undefined ? 'GET' : 'POST',
    headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(fields === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }) },
    ...(fields === undefined ? {} : { body: new URLSearchParams(fields).toString() }),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, body: text.startsWith('{') ? JSON.parse(text) as Record<string, unknown> : {} };
};
const codeFor = async (client: TestClient): Promise<Readonly<Record<string, string>>> => {
  const login = await client.begin(bryggan.agentFor('anna-berglund'), bryggan);
  return { grant_type: 'authorization_code', code: login.visit.url.searchParams.get('code') ?? '', redirect_uri: client.redirectUri, code_verifier: login.verifier, client_id: client.clientId };
};
const redeem = async (files: KeyFiles | null, client: TestClient, options: Parameters<typeof call>[2] = {}): Promise<Answer> => call(files, '/oidc/token', { ...options, fields: await codeFor(client) });

describe('tls_client_auth', () => {
  it('a certificate of a function CA with the subject on file is served; the token carries its thumbprint', async () => {
    const { status, body } = await redeem(own, byAuthority);
    expect([status, body['token_type']]).toEqual([200, 'Bearer']);
    const told = await call(own, '/oidc/introspect', { fields: { token: String(body['access_token']), client_id: byAuthority.clientId } });
    expect(told.body).toMatchObject({ active: true, cnf: { 'x5t#S256': createHash('sha256').update(readDer(own.certFile)).digest('base64url') } });
  });
  it.each<readonly [string, KeyFiles | null]>([['another certificate of the same CA', other], ['the card of a person', set.certificate('anna-berglund')], ['one that signs itself', stranger], ['none', null]])('%s is refused', async (_what, files) => {
    const { status, body } = await redeem(files, byAuthority);
    expect([status, body['error']]).toEqual([401, 'invalid_client']);
  });
  it('an expired certificate is refused although its subject is on file', async () => {
    expect(await redeem(old, expired)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });
  it('is not possible on the public listener, whatever the headers say', async () => {
    const headers = { 'client-cert': `:${readDer(own.certFile).toString('base64')}:`, 'x-ssl-client-verify': 'SUCCESS', 'x-forwarded-client-cert': 'x' };
    expect(await redeem(own, byAuthority, { base: bryggan.baseUrl, headers })).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(await redeem(other, byAuthority, { headers })).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect((await redeem(own, byAuthority)).status).toBe(200);
  });
});

describe('self_signed_tls_client_auth', () => {
  it('the very certificate on file is served, another is not', async () => {
    expect((await redeem(self, byKey)).status).toBe(200);
    expect(await redeem(stranger, byKey)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });
});

describe('a token bound to a certificate (threats G11)', () => {
  it('works with it alone: at userinfo, and when it is refreshed', async () => {
    const { body } = await redeem(own, byAuthority);
    const token = String(body['access_token']);
    expect(await call(own, '/oidc/userinfo', { token })).toMatchObject({ status: 200, body: { given_name: 'Anna' } });
    expect((await call(other, '/oidc/userinfo', { token })).status).toBe(401);
    expect((await call(null, '/oidc/userinfo', { token })).status).toBe(401);
    expect((await call(own, '/oidc/userinfo', { token, base: bryggan.baseUrl })).status).toBe(401);
    const fields = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']), client_id: byAuthority.clientId };
    expect((await call(other, '/oidc/token', { fields })).status).toBe(401);
    expect((await call(own, '/oidc/token', { fields })).status).toBe(200);
  });
});

describe('the machine listener', () => {
  it('is announced in discovery as aliases, the issuer unchanged', async () => {
    const metadata = await (await trustingFetch(`${bryggan.baseUrl}/.well-known/openid-configuration`, { method: 'GET' } as never)).json() as Readonly<Record<string, unknown>>;
    expect(metadata).toMatchObject({ issuer: bryggan.baseUrl, tls_client_certificate_bound_access_tokens: true, mtls_endpoint_aliases: { token_endpoint: `${machineUrl}/oidc/token`, userinfo_endpoint: `${machineUrl}/oidc/userinfo`, pushed_authorization_request_endpoint: `${machineUrl}/oidc/par` } });
    expect(metadata['token_endpoint_auth_methods_supported']).toEqual(expect.arrayContaining(['tls_client_auth', 'self_signed_tls_client_auth']));
  });
  it('has nothing for a browser, and answers to its own name alone', async () => {
    for (const path of ['/oidc/authorize', '/saml/sso', '/me', '/login/x/', '/.well-known/openid-configuration']) expect((await call(own, path)).status, path).toBe(404);
    expect((await call(own, '/oidc/userinfo', { headers: { host: 'app.localhost' } })).status).toBe(421);
  });
  it('takes pushed requests', async () => {
    const fields = { client_id: byAuthority.clientId, response_type: 'code', redirect_uri: byAuthority.redirectUri, scope: 'openid', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' };
    expect(await call(own, '/oidc/par', { fields })).toMatchObject({ status: 201, body: { expires_in: expect.any(Number) as number } });
    expect((await call(other, '/oidc/par', { fields })).status).toBe(401);
  });
  it('a refusal is on record', async () => {
    const before = bryggan.audit().filter(({ code }) => code === 'oidc.grant').length;
    await redeem(other, byAuthority);
    await until('the line is there', () => bryggan.audit().filter(({ code }) => code === 'oidc.grant').length > before);
  });
});
