/**
 * protocols/oidc-op: what services see of Bryggan in OpenID Connect. Owns step 1 (accept.ts) and step 6 (respond.ts) for it, the
 * grants' snapshots and oidc-provider's settings. Does not own: the login between them, sessions and pages (login/), attribute rules
 * (attributes/), HTTP (plugin.ts only), logout (login/logout.ts).
 *
 * oidc-provider checks requests, clients and tokens. At the authorization endpoint it hands over to the flow as soon as the request
 * is verified, and never comes to its own sessions, interactions and grants: the SSO session is the only one there is.
 */
import type { EventEmitter } from 'node:events';
import type { KeyObject } from 'node:crypto';
import Provider, { errors, interactionPolicy, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { BrygganError, fail, isBrygganError, toBrygganError } from '../../core/errors.ts';
import type { ReleasePolicy } from '../../attributes/policy.ts';
import type { Clock, Log } from '../../core/ports.ts';
import { errorCatalogue, type ErrorCode } from '../../core/error-catalogue.ts';
import { isOidcParty } from '../../parties/model.ts';
import { acceptAuthorization } from './accept.ts';
import { createAdapter, type AdapterPorts } from './adapter.ts';
import { secretMatches } from './client.ts';
import { currentExchange } from './exchange.ts';
import { claimsFor, enabledClient } from './snapshot.ts';
import { claimsByScope } from './wishes.ts';

export interface ProviderSettings extends AdapterPorts {
  readonly issuer: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The current key of each kind first: it signs. All are published. */
  readonly keys: readonly KeyObject[];
  /** 32 bytes: DPoP nonces. */
  readonly nonceSecret: Buffer;
  readonly releasePolicy: () => ReleasePolicy;
  /** GET by the outbound client, for `jwks_uri`: time, size and address limits (threats G07). */
  readonly fetchBytes: (url: string) => Promise<Uint8Array>;
  /** URIs of levels that some federation answers with. */
  readonly acrValues: readonly string[];
  readonly refreshSeconds: number;
  /** Endpoints on the host where clients show certificates; null: there is none. */
  readonly machineUrl: string | null;
  /** More members of the discovery document, such as `end_session_endpoint` when logout adds it. */
  readonly discovery?: Readonly<Record<string, unknown>>;
}
export const paths = { authorize: '/oidc/authorize', token: '/oidc/token', userinfo: '/oidc/userinfo', jwks: '/oidc/jwks', introspect: '/oidc/introspect', revoke: '/oidc/revoke', push: '/oidc/par', endSession: '/oidc/logout', discovery: '/.well-known/openid-configuration' } as const;

/** The flow has answered: oidc-provider's own way ends here. */
class Answered extends Error {
  readonly expose = true;
  readonly statusCode = 200;
}
/** One for all: thrown at every login, and a trace of the stack costs as much as a look at the store. */
const answered = new Answered();
const openid = ['sub', 'acr', 'amr', 'auth_time', 'sid'];
const algorithms = ['RS256', 'PS256', 'ES256'] as const;
const ACCESS_SECONDS = 600;
const ID_TOKEN_SECONDS = 300;
const CODE_SECONDS = 60;
const TOLERANCE_SECONDS = 10;
const KEY_SET_BYTES = 100_000;

const handOver = (settings: ProviderSettings, known: ReadonlySet<string>) => async (ctx: KoaContextWithOIDC): Promise<boolean> => {
  const exchange = currentExchange();
  try {
    const client = ctx.oidc.client?.clientId ?? '';
    const service = enabledClient(client, settings.registry) ?? fail('service.disabled', 'the client is gone or switched off', { client });
    const arrival = acceptAuthorization(ctx, service, { known, now: settings.clock.now() });
    exchange.reply = exchange.deliver === null ? fail('internal', 'an authorization request outside of the authorization endpoint') : await exchange.deliver(arrival);
  } catch (error) {
    exchange.failure = toBrygganError(error);
  }
  throw answered;
};

/** Why a page and not the client is told: nothing is known of who asks, or of where to answer. */
const pageCode = (ctx: KoaContextWithOIDC, error: Error, { registry }: ProviderSettings): ErrorCode => {
  if (error instanceof errors.InvalidRedirectUri) return 'oidc.redirect-uri';
  if (ctx.oidc.client !== undefined) return 'oidc.request';
  const { servicesByEntityId, parties } = registry.current();
  const named = ctx.query['client_id'];
  const service = typeof named === 'string' ? [...servicesByEntityId.values()].find(({ wire }) => wire.entityId === named) : undefined;
  if (service === undefined || !isOidcParty(service)) return 'oidc.client-unknown';
  return !service.enabled ? 'service.disabled' : parties.get(service.party)?.enabled === true ? 'oidc.request' : 'party.disabled';
};
const detailOf = (error: Error): string => {
  const { error_detail: detail, error_description: description } = error as { readonly error_detail?: string; readonly error_description?: string };
  return detail ?? description ?? error.message;
};

const featuresOf = (settings: ProviderSettings): NonNullable<Configuration['features']> => ({
  devInteractions: { enabled: false },
  registration: { enabled: false }, registrationManagement: { enabled: false }, deviceFlow: { enabled: false }, ciba: { enabled: false }, clientCredentials: { enabled: false },
  // Logout is login/logout.ts, the only one that tells services.
  rpInitiatedLogout: { enabled: false }, backchannelLogout: { enabled: false },
  encryption: { enabled: false },
  claimsParameter: { enabled: true },
  userinfo: { enabled: true }, jwtUserinfo: { enabled: true },
  introspection: { enabled: true, allowedPolicy: (_ctx, client, token) => client.clientAuthMethod !== 'none' && (token.clientId === client.clientId || ('aud' in token && token.aud === client.clientId)) && stands(token, settings) }, // threats G18: its client, and the resource server that it is for
  revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
  pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: false, allowUnregisteredRedirectUris: false },
  requestObjects: { enabled: true, requireSignedRequestObject: false },
  jwtResponseModes: { enabled: true },
  dPoP: { enabled: true, nonceSecret: settings.nonceSecret, requireNonce: () => false, allowReplay: false },
  mTLS: {
    enabled: settings.machineUrl !== null, certificateBoundAccessTokens: true, tlsClientAuth: true, selfSignedTlsClientAuth: true,
    getCertificate: () => currentExchange().peer?.certificate,
    certificateAuthorized: () => currentExchange().peer?.trusted === true,
    certificateSubjectMatches: (_ctx, property, expected) => property === 'tls_client_auth_subject_dn' && currentExchange().peer?.subject === expected,
  },
  resourceIndicators: {
    enabled: true,
    defaultResource: (_ctx, _client, oneOf) => oneOf,
    useGrantedResource: () => false,
    getResourceServerInfo: (_ctx, uri, client) => {
      const resource = enabledClient(client.clientId, settings.registry)?.wire.resources.find((one) => one.uri === uri);
      if (resource === undefined) throw new errors.InvalidTarget();
      return { scope: resource.scopes.join(' '), audience: uri, accessTokenFormat: 'opaque', accessTokenTTL: ACCESS_SECONDS };
    },
  },
  fapi: { enabled: true, profile: (_ctx, client) => (client !== undefined && enabledClient(client.clientId, settings.registry)?.wire.profile === 'fapi2' ? '2.0' : undefined) },
});

const grantOf = (token: object): string | undefined => (token as { readonly grantId?: string }).grantId;
const stands = async (token: object, settings: ProviderSettings): Promise<boolean> => {
  const grant = grantOf(token);
  return grant !== undefined && (await currentExchange().look(grant, undefined, settings).standing) !== undefined;
};

const accounts = (settings: ProviderSettings): NonNullable<Configuration['findAccount']> => async (_ctx, sub, token) => {
  const grant = token === undefined ? undefined : grantOf(token);
  const standing = grant === undefined ? undefined : await currentExchange().look(grant, undefined, settings).standing;
  if (standing === undefined || standing.snapshot.sub !== sub) return undefined;
  return { accountId: sub, claims: (use) => ({ sub, ...claimsFor(standing, use === 'userinfo' ? 'userinfo' : 'id_token', settings.releasePolicy()) }) };
};

const configurationOf = (settings: ProviderSettings): Configuration => {
  const scopes = claimsByScope();
  const known = new Set(['openid', ...scopes.keys()]);
  const { Prompt, Check } = interactionPolicy;
  const refuse = (): never => fail('internal', 'oidc-provider asked for what the flow does');
  return {
    adapter: createAdapter(settings),
    acrValues: [...settings.acrValues],
    // Facts of the login itself come by the `claims` parameter; with every ID token only what the protocol says.
    claims: { ...Object.fromEntries([...scopes].map(([scope, claims]) => [scope, [...claims]])), ...Object.fromEntries((scopes.get('openid') ?? []).map((claim) => [claim, null])), openid, acr: null, sid: null, auth_time: null, iss: null },
    scopes: [...known],
    clientAuthMethods: ['private_key_jwt', 'client_secret_basic', 'none', ...(settings.machineUrl === null ? [] : (['tls_client_auth', 'self_signed_tls_client_auth'] as const))],
    clientBasedCORS: () => false, // threats G12
    clientDefaults: { grant_types: ['authorization_code'], response_types: ['code'], id_token_signed_response_alg: 'RS256', token_endpoint_auth_method: 'private_key_jwt' },
    clockTolerance: TOLERANCE_SECONDS,
    conformIdTokenClaims: true,
    acceptQueryParamAccessTokens: false,
    assertJwtClientAuthClaimsAndHeader: (_ctx, claims, _header, client) => {
      // One audience, and nobody else's (threats G10); the token endpoint too, as the Swedish profile has it, but not in FAPI 2.0 [FAPI2-SP §5.3.2.1; SE-OP §4.2].
      const { aud } = claims as { readonly aud?: unknown };
      const ours = aud === settings.issuer || (aud === `${settings.issuer}${paths.token}` && enabledClient(client.clientId, settings.registry)?.wire.profile !== 'fapi2');
      if (!ours) throw new errors.InvalidClientAuth('audience (aud) must be the issuer, as one string');
      return Promise.resolve();
    },
    allowOmittingSingleRegisteredRedirectUri: false,
    cookies: { keys: [], long: { httpOnly: true, sameSite: 'none', secure: true }, short: { httpOnly: true, sameSite: 'lax', secure: true } }, // none is ever set
    discovery: { ...settings.discovery, ui_locales_supported: ['sv', 'en'], claim_types_supported: ['normal'], response_modes_supported: ['query', 'form_post', 'jwt', 'query.jwt', 'form_post.jwt'] },
    enableHttpPostMethods: true,
    enabledJWA: {
      clientAuthSigningAlgValues: [...algorithms], idTokenSigningAlgValues: [...algorithms], requestObjectSigningAlgValues: [...algorithms], userinfoSigningAlgValues: [...algorithms],
      authorizationSigningAlgValues: [...algorithms], introspectionSigningAlgValues: [...algorithms], dPoPSigningAlgValues: ['ES256', 'PS256', 'RS256'],
    },
    expiresWithSession: () => false, // a grant stands and falls with the SSO session (snapshot.ts)
    extraParams: ['idp_hint'],
    extraTokenClaims: () => undefined,
    features: featuresOf(settings),
    fetch: async (url) => new Response(Uint8Array.from(await settings.fetchBytes(typeof url === 'string' ? url : 'href' in url ? url.href : url.url)), { headers: { 'content-type': 'application/json' } }),
    fetchResponseBodyLimits: { jwks_uri: KEY_SET_BYTES, sector_identifier_uri: 1 },
    findAccount: accounts(settings),
    formats: { bitsOfOpaqueRandomness: 256 },
    interactions: { policy: [new Prompt({ name: 'login', requestable: true }, new Check('flow', 'the flow decides', handOver(settings, known))), new Prompt({ name: 'consent', requestable: true }), new Prompt({ name: 'select_account', requestable: true })], url: refuse },
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    jwks: { keys: settings.keys.map((key) => ({ ...key.export({ format: 'jwk' }), use: 'sig' })) },
    loadExistingGrant: () => Promise.resolve(undefined),
    pkce: { required: () => true }, // threats G02
    pairwiseIdentifier: (_ctx, sub) => sub, // `sub` is pairwise already, see subjectFor
    renderError: (ctx, _out, error) => {
      const exchange = currentExchange();
      if (!(error instanceof Answered)) exchange.failure = isBrygganError(error) ? error : new BrygganError(pageCode(ctx, error, settings), detailOf(error), { client: ctx.oidc.client?.clientId ?? '' });
    },
    responseTypes: ['code'],
    revokeGrantPolicy: (ctx) => ctx.oidc.route !== 'revocation' || ctx.oidc.entities.RefreshToken !== undefined,
    rotateRefreshToken: true, // threats G11
    routes: { authorization: paths.authorize, token: paths.token, userinfo: paths.userinfo, jwks: paths.jwks, introspection: paths.introspect, revocation: paths.revoke, pushed_authorization_request: paths.push },
    subjectTypes: ['public', 'pairwise'],
    ttl: { AccessToken: ACCESS_SECONDS, AuthorizationCode: CODE_SECONDS, IdToken: ID_TOKEN_SECONDS, RefreshToken: settings.refreshSeconds, Grant: settings.refreshSeconds, Session: 1, Interaction: 1 },
  };
};

/** Refusals that oidc-provider sends by itself: noted for the trail; a store that is away is said in the words of its row. */
const listen = (provider: Provider): void => {
  const noted = (_ctx: KoaContextWithOIDC, error: Error): void => {
    if (!(error instanceof Answered)) currentExchange().refusal = error;
  };
  for (const event of ['authorization.error', 'grant.error', 'userinfo.error', 'introspection.error', 'revocation.error', 'pushed_authorization_request.error']) (provider as EventEmitter).on(event, noted);
  provider.on('server_error', (ctx: KoaContextWithOIDC, error: Error) => {
    currentExchange().refusal = error;
    if (!isBrygganError(error)) return;
    const { oauth, http } = errorCatalogue[error.code];
    ctx.status = http;
    ctx.body = { error: oauth ?? 'server_error' };
    if (http === 503) ctx.set('retry-after', '5');
  });
};

export const createProvider = (settings: ProviderSettings): Provider => {
  const provider = new Provider(settings.issuer, configurationOf(settings));
  const { Client } = provider as unknown as { readonly Client: { readonly prototype: { compareClientSecret(this: { readonly clientId: string }, secret: string): boolean } } };
  // The settings file holds hashes, never a secret.
  Client.prototype.compareClientSecret = function compare(secret) { return secretMatches(enabledClient(this.clientId, settings.registry), secret); };
  const { protocol } = new URL(settings.issuer);
  provider.use(async (ctx, next) => {
    // Addresses are built from configuration: a proxy in front may have ended TLS (threats K08). The host was checked on arrival.
    Object.defineProperty(ctx.request, 'protocol', { value: protocol.slice(0, -1) });
    await next();
    const exchange = currentExchange();
    const { oidc } = ctx as unknown as Partial<KoaContextWithOIDC>;
    if (oidc?.route !== 'authorization') return;
    const location: unknown = ctx.response.get('location');
    exchange.prepared = { location: typeof location === 'string' ? location : '', body: typeof ctx.body === 'string' ? ctx.body : '' };
    ctx.respond = false;
  });
  listen(provider);
  return provider;
};
