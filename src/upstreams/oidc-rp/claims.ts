/** May this ID token be used here, now, for the request that was sent? What openid-client leaves to its caller, one line per rule. */
import { fail } from '../../core/errors.ts';
import type { Instant } from '../../core/ports.ts';
import type { OidcProvider } from '../../parties/model.ts';
import type { Claims, RequestMemory } from './model.ts';

export type TokenClaims = Readonly<Record<string, unknown>>;
export interface Case { readonly memory: RequestMemory; readonly provider: OidcProvider; readonly now: Instant; /** Milliseconds. */ readonly skew: number }

const TOKEN_MILLISECONDS = 300_000;
const textsOf = (value: unknown): readonly string[] => (typeof value === 'string' ? [value] : Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : []);

const checkTenant = (claims: TokenClaims, { wire: { claims: { tenant } } }: OidcProvider): void => {
  if (tenant !== null && claims[tenant.name] !== tenant.value) fail('upstream.person', 'the login is of another tenant, or of none', { claim: tenant.name }); // threats D11, G
};
/** A list that was too long and is only referred to is no list. */
const checkGroups = (claims: TokenClaims, { wire: { claims: { groups } } }: OidcProvider): void => {
  if (groups === null) return;
  if (!textsOf(claims[groups.name]).some((group) => groups.anyOf.includes(group))) fail('upstream.request-denied', 'the person is in none of the groups that may log in', { claim: groups.name });
};

/** When the login was, in milliseconds. Errors: `upstream.*`, one code per rule. */
export const checkClaims = (claims: TokenClaims, { memory, provider, now, skew }: Case): Instant => {
  const { wire: { issuer, clientId } } = provider;
  if (claims['iss'] !== issuer || issuer !== memory.issuer) fail('upstream.issuer', 'the token is by another issuer than was asked'); // [OIDC Core §3.1.3.7(2)] letter for letter
  if (textsOf(claims['aud']).length !== 1 || textsOf(claims['aud'])[0] !== clientId) fail('upstream.audience', 'the token is not for us alone'); // [OIDC Core §3.1.3.7(3)]
  if (claims['azp'] !== undefined && claims['azp'] !== clientId) fail('upstream.audience', 'the token was made for another client'); // [OIDC Core §3.1.3.7(5)]
  if (claims['nonce'] !== memory.nonce) fail('upstream.in-response-to', 'the nonce is missing or of another request'); // [OIDC Core §3.1.3.7(11)]
  const issuedAt = typeof claims['iat'] === 'number' ? claims['iat'] * 1000 : Number.NaN;
  if (!(Math.abs(now - issuedAt) <= TOKEN_MILLISECONDS + skew)) fail('upstream.issue-instant', 'iat is missing, too old or in the future'); // [OIDC Core §3.1.3.7(10)]
  const at = typeof claims['auth_time'] === 'number' ? claims['auth_time'] * 1000 : fail('upstream.authn-instant', 'auth_time is missing: the IdP must say when the login was'); // [OIDC Core §3.1.2.1 max_age]
  if (!(at <= now + skew)) fail('upstream.authn-instant', 'auth_time is in the future');
  if (memory.forced && at < memory.sentAt - skew) fail('upstream.authn-instant', 'a fresh login was asked for and an old one came'); // [OIDC Core §3.1.3.7(13); threats D08]
  const { acr } = claims;
  if (typeof acr !== 'string' || !memory.contexts.includes(acr)) fail('upstream.authn-context', 'the login is at none of the levels that were asked for', typeof acr === 'string' ? { said: acr.slice(0, 200) } : {}); // [OIDC Core §3.1.3.7(12); threats D07]
  checkTenant(claims, provider);
  checkGroups(claims, provider);
  return Math.min(at, now);
};

/** One value, a text, as it stands; nothing is repaired. */
const personIn = (claims: TokenClaims, name: string): string => {
  const value = claims[name];
  return typeof value === 'string' && value !== '' ? value : fail('upstream.person', 'not exactly one value names the person', { claim: name });
};
export const claimsOf = (claims: TokenClaims, { wire }: OidcProvider): Claims => {
  const brought = new Map<string, readonly string[]>();
  for (const [name, id] of wire.claims.attributes) {
    const values = textsOf(claims[name]).filter((value) => value !== '');
    if (values.length > 0) brought.set(id, [...(brought.get(id) ?? []), ...values]);
  }
  return { person: { kind: wire.claims.person.kind, value: personIn(claims, wire.claims.person.name) }, context: typeof claims['acr'] === 'string' ? claims['acr'] : null, attributes: Object.fromEntries(brought) };
};
