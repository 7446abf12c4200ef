/** Logout with an OpenID provider: the browser carries ours there [OIDC-RPIL §2]; its own demand comes by the back channel [OIDC-BCL §2.5]. */
import { createRemoteJWKSet, customFetch, decodeJwt, jwtVerify, type JWTVerifyGetKey } from 'jose';
import type { Configuration } from 'openid-client';
import { fail } from '../../core/errors.ts';
import type { ServiceId } from '../../core/ids.ts';
import type { JsonValue } from '../../core/json.ts';
import type { LogoutWish } from '../../login/logout-record.ts';
import type { UpstreamLogout } from '../../login/ports.ts';
import type { UpstreamFacts } from '../../login/transaction.ts';
import { methodIdOf } from '../../login/upstream-session.ts';
import type { OidcProvider } from '../../parties/model.ts';
import { algorithms, type IssuerOf } from './issuer.ts';
import type { OidcUpstreamSettings } from './model.ts';
import { coded } from './refusals.ts';

type Json = Readonly<Record<string, JsonValue>>;
/** What a login left behind. `idToken`: kept only where its owner lets us show it again. */
interface LoginMemory { readonly endSession: string | null; readonly idToken: string | null; readonly sid: string | null }
const memoryOf = (memory: Json): LoginMemory => ('endSession' in memory && 'sid' in memory ? (memory as unknown as LoginMemory) : fail('login.state', 'the session entry was not written by this adapter'));

const LONGEST_TOKEN = 8192;
const keyOf = (sid: string): string => JSON.stringify(['sid', sid]);
/** Null where neither of us could end the other's session. */
export const logoutMemory = (idToken: string, sid: unknown, { wire: { logout } }: OidcProvider, endSession: string | undefined): UpstreamFacts['session'] => {
  const to = logout === 'none' ? null : endSession ?? null;
  const name = typeof sid === 'string' && sid !== '' ? sid : null;
  if (to === null && name === null) return null;
  return { keys: name === null ? [] : [keyOf(name)], memory: { endSession: to, idToken: to !== null && logout === 'form' && idToken.length <= LONGEST_TOKEN ? idToken : null, sid: name } };
};

export const oidcLogout = ({ id, wire: { clientId } }: OidcProvider, settings: OidcUpstreamSettings): UpstreamLogout => ({
  urlOf: (memory) => memoryOf(memory).endSession,
  carry: (memory, mark) => {
    const { endSession, idToken } = memoryOf(memory);
    if (endSession === null) return Promise.resolve(null);
    const fields = { client_id: clientId, post_logout_redirect_uri: settings.logoutUrl(id), state: mark };
    // The token tells facts about the person: it travels in a body, never in an address.
    if (idToken !== null) return Promise.resolve({ kind: 'post-form', action: endSession, fields: { id_token_hint: idToken, ...fields } }); // [OIDC-RPIL §2]
    const to = new URL(endSession);
    for (const [name, value] of Object.entries(fields)) to.searchParams.set(name, value);
    return Promise.resolve({ kind: 'redirect', to: to.href });
  },
  isNamed: (memory, { sessionIndexes }) => {
    const { sid } = memoryOf(memory);
    return sid !== null && sessionIndexes.includes(sid);
  },
});

const keysOf = new WeakMap<Configuration, JWTVerifyGetKey>();
/** Keys as published, fetched again for an unknown one at most every half minute. */
const publishedKeys = (configuration: Configuration, { exchange }: OidcUpstreamSettings): JWTVerifyGetKey => {
  const known = keysOf.get(configuration) ?? createRemoteJWKSet(new URL(configuration.serverMetadata().jwks_uri ?? fail('upstream.unavailable', 'the issuer publishes no keys')), {
    [customFetch]: async (url) => {
      const { status, contentType, bytes } = await exchange(url, { method: 'GET', headers: { accept: 'application/json' }, body: undefined });
      return new Response(Uint8Array.from(bytes), { status, headers: { 'content-type': contentType } });
    },
  });
  keysOf.set(configuration, known);
  return known;
};

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const LONGEST_AGE_SECONDS = 300;
/** A verified demand of the issuer's. Errors: `upstream.*`. */
export const acceptLogoutToken = async (token: string, provider: OidcProvider, settings: OidcUpstreamSettings, issuerOf: IssuerOf): Promise<LogoutWish> => {
  const { wire: { issuer, clientId } } = provider;
  // Whoever is not even named in it makes us fetch nothing.
  const { iss } = await coded('upstream.unreadable', async () => Promise.resolve(decodeJwt(token)));
  if (iss !== issuer) return fail('upstream.issuer', 'the logout token is by another issuer', { provider: provider.id }); // [OIDC-BCL §2.6(3)]
  const keys = publishedKeys(await issuerOf(provider), settings);
  const { payload } = await coded('upstream.signature', async () => jwtVerify(token, keys, { // [OIDC-BCL §2.6(2)-(3)]
    algorithms, issuer, audience: clientId, clockTolerance: settings.clockSkew, maxTokenAge: LONGEST_AGE_SECONDS, currentDate: new Date(settings.clock.now()), requiredClaims: ['iat', 'jti', 'events'],
  }));
  const events: unknown = payload['events'];
  if (typeof events !== 'object' || events === null || !(LOGOUT_EVENT in events)) return fail('upstream.unreadable', 'the token is no logout token'); // [OIDC-BCL §2.6(6)]
  if ('nonce' in payload) return fail('upstream.unreadable', 'a logout token has no nonce'); // [OIDC-BCL §2.6(7)]
  const { sid } = payload;
  if (typeof sid !== 'string' || sid === '') return fail('upstream.name-id', 'the token names no session: sid must be switched on at the IdP'); // [OIDC-BCL §2.2] backchannel_logout_session_required
  const service = methodIdOf(provider.id) as ServiceId;
  return { asker: { protocol: 'upstream', service, faceState: {} }, sessionIndexes: [sid], sessionKeys: [keyOf(sid)], subject: {}, ownSessionOnly: false };
};
