/** A login at a party's own OpenID provider, which is oidc-provider itself, on a running Bryggan: there and back, and what stops it (threats D, G). */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { exportJWK } from 'jose';
import Provider, { type AccountClaims } from 'oidc-provider';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { readFilePem } from '../../certs-dev/set.ts';
import { askingService, goOn, LOA, receivedFrom, type Ask } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { freePorts, until } from '../fixtures/ports.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';

const PERSON = 'SE2120001355-DEV1005';
const CLIENT = 'bryggan';
const service = askingService({ name: 'alfa', party: 'goteborg', yaml: 'methods: [organisation]\n' });
const other = askingService({ name: 'beta', party: 'goteborg', yaml: 'methods: [organisation]\n' });
const ours = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Who the IdP says somebody is, and how they logged in; what a test changes. */
const good = { person: PERSON, acr: LOA.three, tenant: 'tenant-1', cancels: false };
let says = { ...good };
beforeEach(() => { says = { ...good }; });

let issuer = '';
let bryggan: Bryggan;
let server: Server;
const pushed: string[] = [];

const openIdp = async (port: number, callback: string): Promise<Server> => {
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT, redirect_uris: [callback], token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256', jwks: { keys: [{ ...await exportJWK(ours.publicKey) }] }, grant_types: ['authorization_code'], response_types: ['code'], id_token_signed_response_alg: 'RS256' }],
    jwks: { keys: [{ ...await exportJWK(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey), use: 'sig', alg: 'RS256', kid: 'idp' }] },
    cookies: { keys: ['a key that is made for this test'] }, conformIdTokenClaims: false, acrValues: [LOA.two, LOA.three], scopes: ['openid', 'work'], claims: { openid: ['sub'], work: ['employeeHsaId', 'tid'], acr: null, auth_time: null },
    features: { devInteractions: { enabled: false } }, interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` }, pkce: { required: () => true },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: (): AccountClaims => ({ sub, employeeHsaId: says.person, tid: says.tenant }) }),
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ clientId: CLIENT, accountId: oidc.session?.accountId ?? '' });
      grant.addOIDCScope('openid work');
      await grant.save();
      return grant;
    },
  });
  provider.on('pushed_authorization_request.success', (ctx) => { pushed.push(String(ctx.oidc.params?.['state'])); });
  const answer = provider.callback();
  const listening = createServer({ key: readFilePem('tls/main.key.pem'), cert: readFilePem('tls/main.crt.pem') }, (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) return void answer(request, response);
    // The IdP's own login page: nobody has to type anything.
    void provider.interactionFinished(request, response, says.cancels ? { error: 'access_denied', error_description: 'the person cancelled' } : { login: { accountId: 'opaque', acr: says.acr, amr: ['sc'] } }, { mergeWithLastSubmission: false });
  });
  await new Promise<void>((done) => { listening.listen(port, '127.0.0.1', done); });
  return listening;
};
const settings = (change: object = {}) => stringify({
  names: { sv: 'Göteborgs Stad', en: 'City of Gothenburg' }, trust: { levels: { [LOA.two]: 'loa2', [LOA.three]: 'loa3' }, highestLevel: 'loa3', hsaIdPrefixes: ['SE2120001355-'] },
  oidc: { issuer, clientId: CLIENT, secretFile: 'idp-client.pem', person: { claim: 'employeeHsaId', kind: 'hsa-id' }, tenant: { claim: 'tid', value: 'tenant-1' }, scopes: ['openid', 'work'] }, ...change,
});
const folder = (root: string): string => join(root, 'metadata', 'identity-providers', 'goteborg');

beforeAll(async () => {
  const [port] = await freePorts(1);
  issuer = `https://localhost:${String(port)}`;
  bryggan = await startBryggan({
    services: [service, other].map(({ files }) => files),
    prepare: ({ root }) => {
      const path = join(root, 'config', 'methods.yaml');
      const methods = parseDocument(readFileSync(path, 'utf8'));
      methods.addIn(['methods'], methods.createNode({ id: 'organisation', kind: 'upstream', byDefault: false }));
      writeFileSync(path, String(methods));
      mkdirSync(folder(root), { recursive: true });
      writeFileSync(join(folder(root), 'entra.yaml'), settings());
      writeFileSync(join(root, 'idp-client.pem'), ours.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    },
  });
  server = await openIdp(port ?? 0, `${bryggan.baseUrl}/upstream/oidc/callback/goteborg/entra`);
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await bryggan.stop();
});

const logIn = async (agent: UserAgent, asker = service, ask: Ask = {}): Promise<Visit> => goOn(agent, await asker.start(agent, bryggan, ask));
const lastLine = (type: string) => bryggan.audit().filter((line) => line.type === type).at(-1);
const isPassive: Ask = { attributes: { IsPassive: 'true' } };

describe('a login at the IdP', () => {
  it('goes there and back without a page of ours, and is answered with who, how and by whom', async () => {
    const agent = bryggan.agentFor(null);
    const answer = await logIn(agent);
    const received = receivedFrom(answer);
    expect([received.status, received.level, received.attributes['employeeHsaId']]).toEqual([['Success'], LOA.three, [PERSON]]);
    expect(received.xml).toContain(`<saml:AuthenticatingAuthority>${issuer}</saml:AuthenticatingAuthority>`);
    expect(lastLine('login.authenticated')).toMatchObject({ facts: { method: 'idp:goteborg/entra' } });
  });
  it('was pushed: nothing of the request stood in an address', () => expect(pushed.length).toBeGreaterThan(0));
  it('is single sign-on for the next service, and anew where the service demands it', async () => {
    const agent = bryggan.agentFor(null);
    await logIn(agent);
    const before = pushed.length;
    expect(receivedFrom(await logIn(agent, other)).status).toEqual(['Success']);
    expect(pushed).toHaveLength(before);
    expect(receivedFrom(await logIn(agent, other, { attributes: { ForceAuthn: 'true' } })).status).toEqual(['Success']);
    expect(pushed).toHaveLength(before + 1);
  });
  it('that must not show a page is refused in the service’s protocol where the IdP would have to', async () => {
    const agent = bryggan.agentFor(null);
    expect(receivedFrom(await logIn(agent, service, isPassive)).status).toEqual(['Responder', 'NoPassive']);
  });
});
describe('is refused', () => {
  const failed = async (change: Partial<typeof good>): Promise<unknown> => {
    says = { ...good, ...change };
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
    const applied = () => bryggan.audit().filter(({ type }) => type === 'registry.applied').length;
    const write = async (text: string): Promise<void> => {
      const before = applied();
      writeFileSync(join(folder(bryggan.root), 'entra.yaml'), text);
      await until('the changed files serve', () => Promise.resolve(applied() > before));
    };
    await write(settings({ enabled: false }));
    expect(receivedFrom(await logIn(bryggan.agentFor(null))).status[0]).toBe('Responder');
    await write(settings());
    expect(receivedFrom(await logIn(bryggan.agentFor(null))).status).toEqual(['Success']);
  });
});
