/** What is known of an issuer: its discovery document, read through our own outbound limits, and how we prove ourselves to it. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import * as oidc from 'openid-client';
import { fail, isBrygganError } from '../../core/errors.ts';
import type { OidcProvider } from '../../parties/model.ts';
import type { OidcUpstreamSettings } from './model.ts';

const LIFE_MILLISECONDS = 600_000;
/** Signatures that tell who signed; a secret shared with us does not. */
export const algorithms = ['PS256', 'RS256', 'ES256', 'PS384', 'RS384', 'ES384', 'PS512', 'RS512', 'ES512', 'EdDSA', 'Ed25519'];

const textOf = (body: oidc.FetchBody): string | undefined => {
  if (body === undefined || body === null) return undefined;
  return typeof body === 'string' ? body : body instanceof URLSearchParams ? body.toString() : fail('internal', 'openid-client sends a body of another kind');
};
const fetchBy = ({ exchange }: OidcUpstreamSettings): oidc.CustomFetch => async (url, { method, headers, body }) => {
  const { status, contentType, bytes } = await exchange(url, { method, headers, body: textOf(body) });
  return new Response(status === 204 ? null : Uint8Array.from(bytes), { status, headers: { 'content-type': contentType } });
};
const privateKeyIn = (pem: string): KeyObject => {
  try {
    return createPrivateKey(pem);
  } catch {
    return fail('upstream.secret', 'the secret of an OpenID provider is no private key in PEM');
  }
};
const signingKey = async (pem: string): Promise<{ readonly key: CryptoKey }> => {
  const key = privateKeyIn(pem);
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const algorithm = key.asymmetricKeyType === 'ec' ? { name: 'ECDSA', namedCurve: curve === 'secp384r1' ? 'P-384' : 'P-256' } : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  return { key: await crypto.subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), algorithm, false, ['sign']) };
};
const proofOf = async ({ wire: { authentication, secretFile } }: OidcProvider, settings: OidcUpstreamSettings): Promise<oidc.ClientAuth> => {
  const secret = settings.secretIn(secretFile);
  if (authentication === 'private_key_jwt') return oidc.PrivateKeyJwt(await signingKey(secret));
  return authentication === 'client_secret_basic' ? oidc.ClientSecretBasic(secret.trim()) : oidc.ClientSecretPost(secret.trim());
};

const checkAddress = (name: string, value: unknown, needed: boolean): void => {
  if (value === undefined && !needed) return;
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (url?.protocol !== 'https:') fail('upstream.unavailable', `${name} of the discovery document is missing or not https`); // [OIDC-Disc §3; RFC 9700 §2.6]
};
const documentOf = async ({ wire }: OidcProvider, settings: OidcUpstreamSettings): Promise<oidc.ServerMetadata> => {
  const { status, bytes } = await settings.exchange(wire.discoveryUrl, { method: 'GET', headers: { accept: 'application/json' }, body: undefined });
  if (status !== 200) return fail('upstream.unavailable', `the discovery document was answered with ${status}`);
  const document = JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<oidc.ServerMetadata> | null;
  if (document?.issuer !== wire.issuer) return fail('upstream.issuer', 'the discovery document is of another issuer'); // [OIDC-Disc §4.3; threats G mix-up]
  checkAddress('authorization_endpoint', document.authorization_endpoint, true);
  checkAddress('token_endpoint', document.token_endpoint, true);
  checkAddress('jwks_uri', document.jwks_uri, true);
  checkAddress('pushed_authorization_request_endpoint', document.pushed_authorization_request_endpoint, false);
  checkAddress('end_session_endpoint', document.end_session_endpoint, false);
  // What is signed by a shared secret, or by nobody, is not among what is taken.
  const offered = document.id_token_signing_alg_values_supported;
  return { ...document, issuer: wire.issuer, id_token_signing_alg_values_supported: Array.isArray(offered) ? algorithms.filter((name) => offered.includes(name)) : ['RS256'] }; // [OIDC-Disc §3] RS256 is the default
};

const read = async (provider: OidcProvider, settings: OidcUpstreamSettings): Promise<oidc.Configuration> => {
  const configuration = new oidc.Configuration(await documentOf(provider, settings), provider.wire.clientId, { [oidc.clockTolerance]: settings.clockSkew }, await proofOf(provider, settings));
  configuration[oidc.customFetch] = fetchBy(settings);
  oidc.enableNonRepudiationChecks(configuration); // [OIDC Core §3.1.3.7(6)] the signature counts also where TLS would do
  return configuration;
};

export type IssuerOf = (provider: OidcProvider) => Promise<oidc.Configuration>;
/** Read when it is first needed, and anew after ten minutes; what could not be read is tried again at the next login. Errors: `upstream.unavailable`, `upstream.secret`, `upstream.issuer`. */
export const createIssuers = (settings: OidcUpstreamSettings): IssuerOf => {
  const known = new WeakMap<OidcProvider, { readonly until: number; readonly configuration: Promise<oidc.Configuration> }>();
  return async (provider) => {
    const earlier = known.get(provider);
    if (earlier !== undefined && earlier.until > settings.clock.now()) return earlier.configuration;
    const configuration = read(provider, settings).catch((error: unknown) => {
      known.delete(provider);
      if (isBrygganError(error) && error.code.startsWith('upstream.')) throw error;
      return fail('upstream.unavailable', 'the issuer could not be read', { provider: provider.id, reason: isBrygganError(error) ? error.code : 'unreadable' }, error);
    });
    known.set(provider, { until: settings.clock.now() + LIFE_MILLISECONDS, configuration });
    return configuration;
  };
};
