/** The settings file of an OpenID Connect client: a good one, and each fault by its rule and place. */
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { redirectKind } from '../../src/parties/client-file.ts';
import { isRedirectUri } from '../../src/parties/return-address.ts';
import { isOidcParty } from '../../src/parties/model.ts';
import { serviceView } from '../../src/parties/views.ts';
import { toServiceId } from '../../src/core/ids.ts';
import { goodFiles, loadFiles, serviceXml, settingsFor } from './tree.ts';

const path = 'metadata/services/ale/rota.yaml';
const jwks = { keys: [{ kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' }] };
const good = { clientId: 'https://rota.example.se/', redirectUris: ['https://rota.example.se/callback'], jwks };
const load = (oidc: object, more: object = { names: { sv: 'Schemat' } }, settings = settingsFor()) => loadFiles({ ...goodFiles, [path]: stringify({ ...more, oidc }) }, settings);
const faults = async (oidc: object, more?: object, settings?: ReturnType<typeof settingsFor>): Promise<readonly string[]> => (await load(oidc, more, settings)).findings.filter(({ severity }) => severity === 'error').map(({ rule, path: place }) => `${rule} ${place}`);

describe('a client', () => {
  it('is a service of its party, found by its client_id and shown with its settings', async () => {
    const { registry } = await load(good);
    const service = registry?.services.get(toServiceId('ale/rota'));
    expect(service !== undefined && isOidcParty(service) && service.wire).toMatchObject({ entityId: good.clientId, authentication: 'private_key_jwt', subject: 'pairwise', pushedRequests: false });
    expect(registry === null ? null : serviceView(registry, toServiceId('ale/rota'))).toMatchObject({ protocol: 'oidc', client: { clientId: good.clientId, redirectUris: good.redirectUris } });
  });
  it.each<readonly [string, object, string]>([
    ['no keys for private_key_jwt', { jwks: undefined }, 'client-keys oidc.jwks'],
    ['keys twice', { jwksUri: 'https://rota.example.se/jwks' }, 'client-keys oidc.jwksUri'],
    ['client_secret_basic without a hash', { authentication: 'client_secret_basic' }, 'client-secret oidc.secretHashes'],
    ['a hash that nobody uses', { secretHashes: ['0'.repeat(64)] }, 'client-secret oidc.secretHashes'],
    ['tls_client_auth without a subject', { authentication: 'tls_client_auth' }, 'client-certificate oidc.certificateSubject'],
    ['a token bound to a certificate, without a listener for it', { bound: 'certificate' }, 'client-machine oidc.authentication'],
    ['a public client that is no app', { authentication: 'none' }, 'client-public oidc.authentication'],
    ['an app’s address for a web client', { redirectUris: ['se.example.rota:/callback'] }, 'client-redirect oidc.redirectUris[0]'],
    ['fapi2 with a secret', { profile: 'fapi2', bound: 'dpop', idTokenAlgorithm: 'ES256', authentication: 'client_secret_basic', secretHashes: ['0'.repeat(64)], jwks: undefined }, 'client-fapi oidc.authentication'],
    ['fapi2 with RS256', { profile: 'fapi2', bound: 'dpop' }, 'client-fapi oidc.idTokenAlgorithm'],
    ['fapi2 with loose tokens', { profile: 'fapi2', idTokenAlgorithm: 'ES256' }, 'client-fapi oidc.bound'],
  ])('%s is a fault', async (_what, change, expected) => { expect(await faults({ ...good, ...change })).toContain(expected); });
  it.each<readonly [string, object]>([
    ['a private key', { jwks: { keys: [{ ...jwks.keys[0], d: 'x' }] } }], ['a symmetric key', { jwks: { keys: [{ kty: 'oct', k: 'x' }] } }], ['an unknown key of the file', { grantTypes: ['password'] }], ['a secret as it is', { secretHashes: ['my-secret'] }],
    ['a client_id with blanks', { clientId: 'my client' }], ['no address', { redirectUris: [] }], ['a wild card', { redirectUris: ['https://*.example.se/callback'] }],
  ])('%s is refused by the schema', async (_what, change) => { expect((await faults({ ...good, ...change })).length).toBeGreaterThan(0); });
  it('metadata beside it is a fault: a service speaks one protocol', async () => {
    const { findings } = await loadFiles({ ...goodFiles, [path]: stringify({ oidc: good }), 'metadata/services/ale/rota.xml': serviceXml('https://rota.example.se/saml') });
    expect(findings.map(({ rule }) => rule)).toContain('two-kinds');
  });
  it('a client_id that is an entityID of somebody else is a fault', async () => {
    expect(await faults({ ...good, clientId: 'https://journal.example.se/saml' })).toEqual(['entity-id-twice oidc.clientId']);
    expect((await faults({ ...good, clientId: 'https://plan.example.se/saml/' }))[0]).toMatch(/^entity-id-look-alike/);
  });
  it('plain http to this machine is for development and apps', async () => {
    const local = { ...good, redirectUris: ['http://127.0.0.1:8080/callback'] };
    expect(await faults(local)).toEqual([]);
    expect(await faults(local, undefined, settingsFor({ environment: 'production' }))).toContain('client-redirect oidc.redirectUris[0]');
  });
});

describe('addresses', () => {
  it.each([
    ['https://rota.example.se/callback', 'https'], ['https://rota.example.se/callback?tenant=1', 'https'], ['http://127.0.0.1/callback', 'loopback'], ['http://[::1]:8080/callback', 'loopback'], ['se.example.rota:/callback', 'private-use'],
    ['http://rota.example.se/callback', 'refused'], ['http://localhost/callback', 'refused'], ['https://rota.example.se/callback#x', 'refused'], ['https://a@rota.example.se/callback', 'refused'], ['https://rota.example.se/../callback', 'refused'], ['https://rota.example.se/%2e%2e/callback', 'refused'],
    ['HTTPS://rota.example.se/callback', 'refused'], ['https://ROTA.example.se/callback', 'refused'], ['https://rota.example.se:443/callback', 'refused'], ['javascript:alert(1)', 'refused'], ['data:text/html,x', 'refused'], ['rota:/callback', 'refused'], ['https:rota', 'refused'], ['', 'refused'],
  ])('%s is %s', (address, kind) => { expect(redirectKind(address)).toBe(kind); });
  it('the loopback address of an app with any port, and nothing else about it', async () => {
    const { registry } = await load({ ...good, application: 'native', redirectUris: ['http://127.0.0.1/callback'] });
    const service = registry?.services.get(toServiceId('ale/rota'));
    if (service === undefined || !isOidcParty(service)) throw new Error('not loaded');
    const allowed = (address: string): boolean => isRedirectUri(service.wire, address);
    expect(['http://127.0.0.1/callback', 'http://127.0.0.1:1/callback', 'http://127.0.0.1:65535/callback'].every(allowed)).toBe(true);
    expect(['http://127.0.0.1:1/callback/', 'http://127.0.0.1:1@evil.test/callback', 'http://127.0.0.1.evil.test/callback', 'http://127.1/callback', 'http://[::1]/callback', 'http://127.0.0.1:99999/callback', 'https://127.0.0.1/callback'].some(allowed)).toBe(false);
  });
});
