/** Logout with an OpenID provider: what we say there, and which of its own demands count. */
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT, type JWTPayload } from 'jose';
import { describe, expect, it } from 'vitest';
import type { LogoutWish } from '../../../src/login/logout-record.ts';
import { acceptLogoutToken, oidcLogout } from '../../../src/upstreams/oidc-rp/logout.ts';
import { createIssuers } from '../../../src/upstreams/oidc-rp/issuer.ts';
import { CLIENT, codeOf, ISSUER, issuerKey, providerOf, stage, strangerKey, type Parts, type Stage } from './stage.ts';

const END = `${ISSUER}/logout`;
const offered: Partial<Parts> = { discovery: { end_session_endpoint: END }, claims: (good) => ({ ...good, sid: 'session-1' }) };
const loggedIn = async (parts: Partial<Parts> = offered, provider = providerOf({ logout: 'form' })) => {
  const at = stage(parts, provider);
  const { upstream } = await at.take((await at.start()).memory);
  return { at, session: upstream?.session ?? null, logout: oidcLogout(provider, at.settings) };
};

describe('what a login leaves behind for logout', () => {
  it('carries the ID token in a form’s body, never in an address', async () => {
    const { session, logout } = await loggedIn();
    const answer = await logout.carry(session?.memory ?? {}, 'the-mark');
    expect(logout.urlOf(session?.memory ?? {})).toBe(END);
    expect(answer).toMatchObject({ kind: 'post-form', action: END, fields: { client_id: CLIENT, state: 'the-mark', post_logout_redirect_uri: 'https://login.example.se/upstream/oidc/logout/ale/entra', id_token_hint: expect.stringMatching(/^ey/) as unknown } });
  });
  it('goes without the token where its owner wants an address', async () => {
    const { session, logout } = await loggedIn(offered, providerOf({ logout: 'address' }));
    const answer = await logout.carry(session?.memory ?? {}, 'the-mark');
    expect(answer).toEqual({ kind: 'redirect', to: `${END}?${new URLSearchParams({ client_id: CLIENT, post_logout_redirect_uri: 'https://login.example.se/upstream/oidc/logout/ale/entra', state: 'the-mark' }).toString()}` });
  });
  it.each([
    ['the issuer publishes no address', { ...offered, discovery: {} }, providerOf()],
    ['its owner switched it off', offered, providerOf({ logout: 'none' })],
  ] as const)('has no way there when %s; the issuer may still end ours', async (_when, parts, provider) => {
    const { session, logout } = await loggedIn(parts, provider);
    expect(logout.urlOf(session?.memory ?? {})).toBeNull();
    expect(await logout.carry(session?.memory ?? {}, 'm')).toBeNull();
    expect(session?.keys).toHaveLength(1);
  });
  it('is nothing where neither can end the other’s', async () => expect((await loggedIn({})).session).toBeNull());
  it('an end session address that is not https makes the issuer unusable', async () => {
    const at = stage({ discovery: { end_session_endpoint: 'http://op.ale.example/logout' } });
    expect(await codeOf(at.start())).toBe('upstream.unavailable');
  });
});

const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} };
interface TokenParts { readonly claims?: (good: JWTPayload) => JWTPayload; readonly key?: typeof issuerKey.privateKey; readonly header?: Readonly<Record<string, string>> }
const tokenOf = ({ claims, key = issuerKey.privateKey, header = {} }: TokenParts = {}): Promise<string> => {
  const now = Math.floor(Date.now() / 1000);
  const good: JWTPayload = { iss: ISSUER, aud: CLIENT, iat: now, exp: now + 120, jti: 'once', sid: 'session-1', events: EVENTS };
  return new SignJWT(claims?.(good) ?? good).setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'logout+jwt', ...header }).sign(key);
};
const taken = (token: string, at: Stage): Promise<LogoutWish> => acceptLogoutToken(token, providerOf(), at.settings, createIssuers(at.settings));
const without = (name: string) => ({ claims: (good: JWTPayload) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name)) });

describe('the issuer’s own demand', () => {
  it('names the session of the login, and no other', async () => {
    const { at, session, logout } = await loggedIn();
    const wish = await taken(await tokenOf(), at);
    expect(wish.sessionKeys).toEqual(session?.keys);
    expect(logout.isNamed?.(session?.memory ?? {}, wish)).toBe(true);
    const other = await taken(await tokenOf({ claims: (good) => ({ ...good, sid: 'session-2' }) }), at);
    expect(logout.isNamed?.(session?.memory ?? {}, other)).toBe(false);
  });
  it('an empty name names nothing, also where the login had none', async () => {
    const { session, logout } = await loggedIn({ ...offered, claims: (good) => good });
    expect(logout.isNamed?.(session?.memory ?? {}, { sessionIndexes: [''] } as unknown as LogoutWish)).toBe(false);
  });
  it.each([
    ['signed by somebody else', { key: strangerKey.privateKey }, 'upstream.signature'],
    ['by a secret', { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, header: { kid: 'other' } }, 'upstream.signature'],
    ['by another issuer', { claims: (good: JWTPayload) => ({ ...good, iss: 'https://op.hjo.example' }) }, 'upstream.issuer'],
    ['for another client', { claims: (good: JWTPayload) => ({ ...good, aud: 'somebody' }) }, 'upstream.audience'],
    ['an hour old', { claims: (good: JWTPayload) => ({ ...good, iat: (good.iat ?? 0) - 3600 }) }, 'upstream.issue-instant'],
    ['expired', { claims: (good: JWTPayload) => ({ ...good, exp: (good.iat ?? 0) - 100 }) }, 'upstream.condition-window'],
    ['that is an ID token', { claims: (good: JWTPayload) => ({ ...good, nonce: 'n' }) }, 'upstream.unreadable'],
    ['of another event', { claims: (good: JWTPayload) => ({ ...good, events: { 'urn:other': {} } }) }, 'upstream.unreadable'],
    ['without iat', without('iat'), 'upstream.issue-instant'],
    ['without jti', without('jti'), 'upstream.unreadable'],
    ['without sid', without('sid'), 'upstream.name-id'],
  ] as const)('%s ends nothing; its unbroken twin is taken', async (_what, parts, code) => {
    const at = stage(offered);
    expect(await codeOf(taken(await tokenOf(), at))).toBe('accepted');
    expect(await codeOf(taken(await tokenOf(parts), at))).toBe(code);
  });
  it('unsigned or no token at all is refused, and makes us fetch nothing', async () => {
    const at = stage(offered);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ iss: 'https://elsewhere.example' })).toString('base64url')}.`;
    for (const token of ['', 'x.y.z', unsigned]) expect(await codeOf(taken(token, at))).not.toBe('accepted');
    expect(at.calls).toHaveLength(0);
  });
  it('keys are fetched once for many demands', async () => {
    const at = stage(offered);
    const [provider, issuerOf] = [providerOf(), createIssuers(at.settings)];
    for (let n = 0; n < 5; n += 1) await acceptLogoutToken(await tokenOf(), provider, at.settings, issuerOf);
    expect(at.calls.filter(({ url }) => url.endsWith('/keys'))).toHaveLength(1);
  });
});
