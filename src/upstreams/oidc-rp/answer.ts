/** The answer of an issuer: from the callback's query to somebody who is verified, or one coded refusal. */
import * as oidc from 'openid-client';
import { fail } from '../../core/errors.ts';
import type { VerifiedIdentity } from '../../login/transaction.ts';
import type { OidcProvider } from '../../parties/model.ts';
import { checkClaims, claimsOf } from './claims.ts';
import type { IssuerOf } from './issuer.ts';
import { logoutMemory } from './logout.ts';
import type { OidcUpstreamSettings, RequestMemory } from './model.ts';
import { coded } from './refusals.ts';

const MAX_QUERY = 8192;
/** `state` of a callback; null when it does not stand there once. */
export const stateIn = (rawQuery: string): string | null => {
  if (rawQuery.length > MAX_QUERY) return null;
  const [state, more] = new URLSearchParams(rawQuery).getAll('state');
  return state === undefined || more !== undefined ? null : state;
};

export interface Callback { readonly rawQuery: string; /** Whose callback address was called. */ readonly provider: string; readonly handle: string; readonly method: string }
/** `memory`: of the request that the handle belongs to. Errors: `upstream.*`. */
export const authenticateCallback = async ({ rawQuery, provider: called, handle, method }: Callback, memory: RequestMemory, provider: OidcProvider, settings: OidcUpstreamSettings, issuerOf: IssuerOf): Promise<VerifiedIdentity> => {
  // [RFC 9700 §4.4] Mix-up: an answer at another issuer's address is not this issuer's, whatever it says.
  if (called !== memory.provider || provider.id !== memory.provider || provider.wire.issuer !== memory.issuer) return fail('upstream.issuer', 'the answer came to the address of another IdP than was asked', { provider: memory.provider });
  const configuration = await issuerOf(provider);
  const url = new URL(`${memory.callbackUrl}?${rawQuery}`);
  const tokens = await coded('upstream.unreadable', () => oidc.authorizationCodeGrant(configuration, url, { expectedState: handle, expectedNonce: memory.nonce, pkceCodeVerifier: memory.verifier, idTokenExpected: true }));
  const claims = tokens.claims() ?? fail('upstream.assertion-count', 'the answer holds no ID token');
  const now = settings.clock.now();
  const authenticatedAt = checkClaims(claims, { memory, provider, now, skew: settings.clockSkew * 1000 });
  const { person, level, attributes } = settings.speakFor(claimsOf(claims, provider), provider);
  return {
    method, person, level, authenticatedAt,
    credential: { givenName: null, surname: null, displayName: '', organisationName: null, issuerName: '', subjectName: '', policies: [], certificate: null },
    revocationHandle: null,
    upstream: { provider: provider.id, authorities: [memory.issuer], directory: provider.trust.directory, attributes, session: logoutMemory(tokens.id_token ?? '', claims['sid'], provider, configuration.serverMetadata().end_session_endpoint), endsAt: null, restriction: null }, // [SAMLCore §2.7.2.2]
  } as unknown as VerifiedIdentity;
};
