/** What an OpenID provider of a party answers: every rule broken once beside the twin that is accepted (threats D02-D12, G). */
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/core/error-catalogue.ts';
import type { BrygganError } from '../../../src/core/errors.ts';
import { CLIENT, codeOf, HANDLE, ISSUER, LOA2, LOA3, PERSON, providerOf, refused, stage, strangerKey, wireOf, type Parts } from './stage.ts';

const withClaims = (change: JWTPayload): Partial<Parts> => ({ claims: (good) => ({ ...good, ...change }) });
const without = (name: string): Partial<Parts> => ({ claims: (good) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name)) });
const past = (seconds: number): number => Math.floor(Date.now() / 1000) - seconds;

it('a good answer: who, how, when, and by whom it was said', async () => {
  const { start, take } = stage();
  const { memory } = await start();
  const identity = await take(memory);
  expect(identity).toMatchObject({ method: 'idp:ale/entra', person: { kind: 'hsa-id', hsaId: PERSON }, level: 'loa3', upstream: { provider: 'ale/entra', authorities: [ISSUER], attributes: { givenName: ['Vilma'] }, directory: 'ask' } });
  expect(Math.abs(Date.now() - identity.authenticatedAt)).toBeLessThan(600_000);
});
describe('the token', () => {
  it.each<readonly [string, ErrorCode, Partial<Parts>]>([
    ['by another issuer', 'upstream.issuer', withClaims({ iss: 'https://op.evil.example' })],
    ['by an issuer that only begins alike', 'upstream.issuer', withClaims({ iss: `${ISSUER}/` })],
    ['for another client', 'upstream.audience', withClaims({ aud: 'another' })],
    ['for others too', 'upstream.audience', withClaims({ aud: [CLIENT, 'another'], azp: CLIENT })],
    ['made for another client', 'upstream.audience', withClaims({ azp: 'another' })],
    ['of another request', 'upstream.in-response-to', withClaims({ nonce: 'another' })],
    ['without nonce', 'upstream.in-response-to', without('nonce')],
    ['that is over', 'upstream.condition-window', withClaims({ exp: past(3600) })],
    ['that is old', 'upstream.issue-instant', withClaims({ iat: past(3600) })],
    ['of the future', 'upstream.issue-instant', withClaims({ iat: past(-3600) })],
    ['without time of login', 'upstream.authn-instant', without('auth_time')],
    ['with a login in the future', 'upstream.authn-instant', withClaims({ auth_time: past(-3600) })],
    ['signed by a stranger', 'upstream.signature', { key: strangerKey.privateKey }],
    ['by a key that is not published', 'upstream.signature', { header: { kid: 'two' } }],
    ['changed behind its signature', 'upstream.signature', { token: (jwt) => { const [head = '', body = '', signature = ''] = jwt.split('.'); return `${head}.${Buffer.from(Buffer.from(body, 'base64url').toString().replace('DEV1', 'DEV2')).toString('base64url')}.${signature}`; } }],
    ['signed by nobody', 'upstream.signature', { token: (jwt) => new UnsecuredJWT(JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as JWTPayload).encode() }],
    ['that is not there', 'upstream.unreadable', { token: () => null }],
  ])('%s is refused', (_what, code, parts) => refused(code, parts));
  it('signed by a secret that both sides have is refused, though the secret is right', async () => {
    const wire = wireOf({ authentication: 'client_secret_basic' });
    const secret = Buffer.from('a-shared-secret-of-some-length');
    const shown = stage({}, providerOf(wire));
    const { memory } = await shown.start();
    expect(await codeOf(shown.take(memory))).toBe('accepted');
    const jwt = await new SignJWT({ iss: ISSUER, sub: 'x', aud: CLIENT, nonce: memory.nonce, acr: LOA3, employeeHsaId: PERSON, auth_time: past(0) }).setProtectedHeader({ alg: 'HS256' }).setIssuedAt().setExpirationTime('5m').sign(secret);
    const broken = stage({ token: () => jwt, discovery: { id_token_signing_alg_values_supported: ['ES256', 'HS256'] } }, providerOf(wire));
    await broken.start();
    expect(await codeOf(broken.take(memory))).toBe('upstream.signature');
  });
});
describe('the level', () => {
  it('one that was not asked for is no answer, also where it is agreed', () => refused('upstream.authn-context', withClaims({ acr: LOA2 })));
  it('nor is one that was never agreed, or none', async () => {
    await refused('upstream.authn-context', withClaims({ acr: 'urn:any' }));
    await refused('upstream.authn-context', without('acr'));
  });
  it('a cap below it keeps the person from being sent there', async () => {
    const { start } = stage({}, providerOf({}, { trust: { ...providerOf().trust, highestLevel: 'loa2' } }));
    expect(await codeOf(start())).toBe('upstream.authn-context');
    expect(await codeOf(start({ levels: ['loa2', 'loa3'] }))).toBe('accepted');
  });
  it('a login from before a forced request is an old one', () => refused('upstream.authn-instant', withClaims({ auth_time: past(600) }), providerOf(), { freshLoginRequired: true }));
  it('the same old login is good where none was forced', async () => {
    const { start, take } = stage(withClaims({ auth_time: past(600) }));
    expect(await codeOf(take((await start()).memory))).toBe('accepted');
  });
});
describe('the person', () => {
  it.each(['SE2321000131-DEV1', 'SE21200014390-DEV1', `${PERSON} `, 'se2120001439‐dev1', ''])('%j is not theirs', (employeeHsaId) => refused('upstream.person', withClaims({ employeeHsaId })));
  it('two at once, or none, are nobody', async () => {
    await refused('upstream.person', withClaims({ employeeHsaId: [PERSON, 'SE2321000131-DEV1'] }));
    await refused('upstream.person', without('employeeHsaId'));
  });
  it('of another tenant, of none, or of a list of tenants is refused where one is pinned', async () => {
    const pinned = providerOf({ claims: { ...wireOf().claims, tenant: { name: 'tid', value: 'tenant-1' } } });
    for (const change of [withClaims({ tid: 'tenant-2' }), withClaims({ tid: ['tenant-1'] }), without('tid')]) await refused('upstream.person', change, pinned);
  });
  it('outside the groups, or with a list that is only referred to, is refused', async () => {
    const grouped = providerOf({ claims: { ...wireOf().claims, groups: { name: 'groups', anyOf: ['care'] } } });
    const twin = withClaims({ groups: ['all', 'care'] });
    for (const change of [withClaims({ groups: ['all'] }), without('groups'), withClaims({ _claim_names: { groups: 'src1' } })]) await refused('upstream.request-denied', change, grouped, {}, twin);
  });
  it('claims without a row are left out', async () => {
    const { start, take } = stage(withClaims({ mail: 'vilma@ale.example' }));
    expect((await take((await start()).memory)).upstream?.attributes).toEqual({ givenName: ['Vilma'] });
  });
});
describe('the callback', () => {
  const called = async (query: Readonly<Record<string, string>>, address?: string): Promise<string> => {
    const { start, take } = stage();
    const { memory } = await start();
    return codeOf(take(memory, query, address));
  };
  const good = { code: 'the-code', state: HANDLE, iss: ISSUER };
  it('at another IdP’s address is a mix-up', async () => {
    expect(await called(good)).toBe('accepted');
    expect(await called(good, 'hjo/entra')).toBe('upstream.issuer');
  });
  it('with another issuer, or without the one it promises, is a mix-up', async () => {
    expect(await called({ ...good, iss: 'https://op.evil.example' })).toBe('upstream.issuer');
    expect(await called({ code: 'the-code', state: HANDLE })).toBe('upstream.issuer');
  });
  it('of another login is refused', async () => expect(await called({ ...good, state: 'another' })).toBe('upstream.in-response-to'));
  it.each<readonly [string, ErrorCode]>([['login_required', 'upstream.no-passive'], ['interaction_required', 'upstream.no-passive'], ['access_denied', 'upstream.cancelled'], ['unmet_authentication_requirements', 'upstream.no-authn-context'], ['temporarily_unavailable', 'upstream.no-available-provider'], ['server_error', 'upstream.failed'], ['<script>', 'upstream.failed']])('its error %s is told as %s', async (error, code) => { expect(await called({ error, state: HANDLE, iss: ISSUER })).toBe(code); });
  it('an error of another issuer is no error of this one', async () => expect(await called({ error: 'access_denied', state: HANDLE, iss: 'https://op.evil.example' })).toBe('upstream.issuer'));
  it('a code that the issuer does not take is refused', async () => {
    const { start, take } = stage({ tokenStatus: 400 });
    expect(await codeOf(take((await start()).memory))).toBe('upstream.status');
  });
  it('an answer that is no JSON is refused, and not a word of it goes further', async () => {
    const { start, take } = stage({ tokenBody: 'secret-of-somebody' });
    const { memory } = await start();
    const error = await take(memory).then(() => null, (thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'upstream.unreadable' });
    expect(JSON.stringify([(error as BrygganError).detail, (error as BrygganError).facts])).not.toMatch(/secret|somebody/);
  });
  it('the registry may have changed meanwhile: another issuer is not believed for the old request', async () => {
    const { start } = stage();
    const { memory } = await start();
    const moved = stage({}, providerOf({ issuer: 'https://op.moved.example' }));
    expect(await codeOf(moved.take(memory))).toBe('upstream.issuer');
  });
});
