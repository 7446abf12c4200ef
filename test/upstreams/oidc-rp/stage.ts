/** A party's OpenID provider without HTTP: every answer is made by jose and not by us, and a test breaks one thing of it. */
import { generateKeyPairSync } from 'node:crypto';
import { exportJWK, SignJWT, type JWTPayload } from 'jose';
import { expect } from 'vitest';
import type { ErrorCode } from '../../../src/core/error-catalogue.ts';
import { isBrygganError } from '../../../src/core/errors.ts';
import { parseOrganisationNumber, toPartyId } from '../../../src/core/ids.ts';
import type { UpstreamWish } from '../../../src/login/ports.ts';
import type { VerifiedIdentity } from '../../../src/login/transaction.ts';
import type { OidcIssuer, OidcProvider } from '../../../src/parties/model.ts';
import { speakFor } from '../../../src/parties/upstream-trust.ts';
import { authenticateCallback } from '../../../src/upstreams/oidc-rp/answer.ts';
import { createIssuers } from '../../../src/upstreams/oidc-rp/issuer.ts';
import type { Exchange, OidcUpstreamSettings, RequestMemory } from '../../../src/upstreams/oidc-rp/model.ts';
import { startAuthorization } from '../../../src/upstreams/oidc-rp/start.ts';
import { countingRandom } from '../../fixtures/saml-answers.ts';

export const ISSUER = 'https://op.ale.example/tenant';
export const [LOA2, LOA3] = ['http://id.sambi.se/loa/loa2', 'http://id.sambi.se/loa/loa3'];
export const CLIENT = 'bryggan-at-ale';
export const PERSON = 'SE2120001439-DEV1';
export const HANDLE = 'aaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbb';
const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const issuerKey = pair();
export const strangerKey = pair();
const ownKey = pair();
export const ownPem = ownKey.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

export const wireOf = (overrides: Partial<OidcIssuer> = {}): OidcIssuer => ({
  protocol: 'oidc', issuer: ISSUER, clientId: CLIENT, authentication: 'private_key_jwt', secretFile: 'key.pem', discoveryUrl: `${ISSUER}/.well-known/openid-configuration`,
  claims: { person: { name: 'employeeHsaId', kind: 'hsa-id' }, tenant: null, groups: null, attributes: new Map([['given_name', 'givenName']]) }, scopes: ['openid', 'profile'], acrValues: [], logout: 'address', ...overrides,
});
export const providerOf = (wire: Partial<OidcIssuer> = {}, overrides: Partial<OidcProvider> = {}): OidcProvider => ({
  id: 'ale/entra', party: toPartyId('ale'), enabled: true, names: { sv: 'Ale kommun', en: 'Ale' }, logo: null, domains: ['ale.example'],
  trust: { levels: new Map([[LOA2, 'loa2'], [LOA3, 'loa3']]), highestLevel: 'loa3', hsaIdPrefixes: ['SE2120001439-'], personalNumbers: false, scopes: [], organisations: [parseOrganisationNumber('2120001439')], attributes: ['givenName'], directory: 'ask' },
  wire: wireOf(wire), ...overrides,
});
export const wishOf = (overrides: Partial<UpstreamWish> = {}): UpstreamWish => ({
  handle: HANDLE, assurance: null, levels: ['loa3'], freshLoginRequired: false, noInteraction: false, requesters: ['https://service.example.se'], proxyCount: null, providers: [], principalSelection: [], locale: null, ...overrides,
});

const secondsNow = (): number => Math.floor(Date.now() / 1000);
export interface Parts {
  readonly claims: (good: JWTPayload) => JWTPayload;
  readonly header: Readonly<Record<string, string>>;
  readonly key: typeof issuerKey.privateKey;
  /** Last word on the token as text. */
  readonly token: (jwt: string) => string | null;
  readonly discovery: Readonly<Record<string, unknown>>;
  readonly tokenStatus: number;
  readonly tokenError: string;
  /** Instead of the token endpoint's JSON. */
  readonly tokenBody: string;
}
export interface Called { readonly url: string; readonly call: Exchange }
export interface Stage {
  readonly settings: OidcUpstreamSettings;
  readonly calls: Called[];
  readonly start: (wish?: Partial<UpstreamWish>) => Promise<{ readonly to: URL; readonly memory: RequestMemory }>;
  /** `query`: what the browser brings; the code and state of a good answer where nothing is said. */
  readonly take: (memory: RequestMemory, query?: Readonly<Record<string, string>>, called?: string) => Promise<VerifiedIdentity>;
}

const json = (value: unknown, status = 200) => ({ status, contentType: 'application/json', bytes: Buffer.from(JSON.stringify(value)) });
export const stage = (parts: Partial<Parts> = {}, provider: OidcProvider = providerOf(), overrides: Partial<OidcUpstreamSettings> = {}): Stage => {
  const calls: Called[] = [];
  let nonce = '';
  const tokenFor = async (): Promise<string | null> => {
    const now = secondsNow();
    const good: JWTPayload = { iss: ISSUER, sub: 'opaque', aud: CLIENT, iat: now, exp: now + 300, auth_time: now, nonce, acr: LOA3, employeeHsaId: PERSON, given_name: 'Vilma', tid: 'tenant-1' };
    const jwt = await new SignJWT(parts.claims?.(good) ?? good).setProtectedHeader({ alg: 'ES256', kid: 'one', ...parts.header }).sign(parts.key ?? issuerKey.privateKey);
    return parts.token === undefined ? jwt : parts.token(jwt);
  };
  const settings: OidcUpstreamSettings = {
    callbackUrl: (id) => `https://login.example.se/upstream/oidc/callback/${id}`, logoutUrl: (id) => `https://login.example.se/upstream/oidc/logout/${id}`, clock: { now: () => Date.now() }, random: countingRandom(), clockSkew: 60,
    secretIn: () => (provider.wire.authentication === 'private_key_jwt' ? ownPem : 'a-shared-secret-of-some-length'), speakFor: (claims, of) => speakFor(claims, of, 'production'),
    exchange: async (url, call) => {
      calls.push({ url, call });
      if (url.endsWith('/openid-configuration')) return json({ issuer: ISSUER, authorization_endpoint: `${ISSUER}/authorize`, token_endpoint: `${ISSUER}/token`, jwks_uri: `${ISSUER}/keys`, id_token_signing_alg_values_supported: ['ES256'], response_types_supported: ['code'], subject_types_supported: ['pairwise'], authorization_response_iss_parameter_supported: true, ...parts.discovery });
      if (url.endsWith('/keys')) return json({ keys: [{ ...await exportJWK(issuerKey.publicKey), kid: 'one', use: 'sig', alg: 'ES256' }] });
      if (url.endsWith('/par')) return json({ request_uri: 'urn:ietf:params:oauth:request_uri:x', expires_in: 60 }, 201);
      if (parts.tokenStatus !== undefined) return json({ error: parts.tokenError ?? 'invalid_grant' }, parts.tokenStatus);
      if (parts.tokenBody !== undefined) return { status: 200, contentType: 'application/json', bytes: Buffer.from(parts.tokenBody) };
      const token = await tokenFor();
      return json({ access_token: 'x', token_type: 'Bearer', expires_in: 60, ...(token === null ? {} : { id_token: token }) });
    },
    ...overrides,
  };
  const issuerOf = createIssuers(settings);
  return {
    settings, calls,
    start: async (wish = {}) => {
      const { answer, memory } = await startAuthorization(wishOf(wish), provider, settings, issuerOf);
      nonce = memory.nonce;
      return { to: new URL(answer.kind === 'redirect' ? answer.to : ''), memory };
    },
    take: (memory, query = { code: 'the-code', state: HANDLE, iss: ISSUER }, called = 'ale/entra') =>
      authenticateCallback({ rawQuery: new URLSearchParams(query).toString(), provider: called, handle: HANDLE, method: 'idp:ale/entra' }, memory, provider, settings, issuerOf),
  };
};
export const codeOf = async (work: Promise<unknown>): Promise<ErrorCode | 'accepted'> => {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    if (isBrygganError(error)) return error.code;
    throw error;
  }
};
/** The unbroken twin is accepted under the same circumstances; the broken answer is refused with exactly this code. */
export const refused = async (code: ErrorCode, parts: Partial<Parts>, provider: OidcProvider = providerOf(), wish: Partial<UpstreamWish> = {}, twinParts: Partial<Parts> = {}): Promise<void> => {
  const twin = stage(twinParts, provider);
  expect(await codeOf(twin.take((await twin.start(wish)).memory)), 'the unbroken twin').toBe('accepted');
  const broken = stage({ ...twinParts, ...parts }, provider);
  expect(await codeOf(broken.take((await broken.start(wish)).memory))).toBe(code);
};
