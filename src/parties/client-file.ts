/** The key `oidc` of a service's settings file: an OpenID Connect client, where the service has no SAML metadata beside it. */
import { z } from 'zod';
import type { EntityId } from '../core/ids.ts';
import { line, rule, shortId, webAddress } from '../core/schema-parts.ts';
import { clientAuthentications, tokenAlgorithms, type OidcClient } from './model.ts';

const MAX_ADDRESS = 2048;
const dangerous = new Set(['javascript:', 'data:', 'file:', 'blob:', 'about:', 'vbscript:', 'http:', 'https:']);
const loopback = new Set(['127.0.0.1', '[::1]']);
export type RedirectKind = 'https' | 'loopback' | 'private-use' | 'refused';
/** [threats G01; RFC 8252 §7] What kind of address this is; written plainly, without fragment, credentials, blanks or dots to step up. */
export const redirectKind = (value: string): RedirectKind => {
  const url = URL.parse(value);
  if (url === null || value.length > MAX_ADDRESS || /[\s\\<>"#*]/.test(value) || url.username !== '' || url.password !== '' || /\/\.\.?(?:\/|$)|%2e/i.test(value)) return 'refused';
  if (url.protocol === 'https:') return url.href === value || url.href === `${value}/` ? 'https' : 'refused';
  if (url.protocol === 'http:') return loopback.has(url.hostname) ? 'loopback' : 'refused';
  // A scheme that nobody else will claim: a domain name of the supplier's, reversed [RFC 8252 §7.1].
  return !dangerous.has(url.protocol) && /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/.test(url.protocol) ? 'private-use' : 'refused';
};

const redirectUri = rule(z.string(), (value) => redirectKind(value) !== 'refused', 'is not an address that answers may go to', 'write an https address as the browser would write it, without fragment or *; apps may also use http://127.0.0.1/… or a scheme such as se.example.app:/…').meta({ examples: ['https://journal.example.se/oidc/callback'] });
const jwk = z.record(z.string(), z.json());
const publicKeys = rule(
  z.strictObject({ keys: z.array(jwk).min(1).max(10) }),
  ({ keys }) => keys.every((key) => (key['kty'] === 'RSA' || key['kty'] === 'EC') && key['d'] === undefined && key['k'] === undefined),
  'holds a key that is not the public half of an RSA or EC key', 'let the supplier send public keys alone',
);
const resource = z.strictObject({ uri: webAddress, scopes: z.array(rule(z.string(), (value) => /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(value), 'is not a scope', 'write it without blanks')).default([]) });

export const clientFileSchema = z.strictObject({
  clientId: rule(z.string(), (value) => /^[A-Za-z0-9][A-Za-z0-9._~:/-]{2,199}$/.test(value), 'is not a client_id', 'use 3 to 200 letters, digits and . _ ~ : / -').meta({ description: 'client_id', examples: ['https://journal.example.se'] }),
  application: z.enum(['web', 'native']).default('web').meta({ description: 'native: an app on a phone or a computer [RFC 8252]' }),
  redirectUris: z.array(redirectUri).min(1).max(50).meta({ description: 'addresses that answers may go to, compared letter for letter' }),
  postLogoutRedirectUris: z.array(redirectUri).max(50).default([]).meta({ description: 'addresses that a browser may go to after logging out, compared letter for letter' }),
  backchannelLogoutUri: webAddress.optional().meta({ description: 'told from server to server that a session ended [OIDC Back-Channel Logout]' }),
  frontchannelLogoutUri: webAddress.optional().meta({ description: 'only where the client has no back channel: called by a frame, which cannot show whether it worked' }),
  authentication: z.enum(clientAuthentications).default('private_key_jwt').meta({ description: 'how the client proves itself; none is for native applications' }),
  secretHashes: z.array(rule(z.string(), (value) => /^[0-9a-f]{64}$/.test(value), 'is not a SHA-256 in hexadecimal', 'write the output of `printf %s "$SECRET" | sha256sum`')).max(2).default([]).meta({ description: 'for client_secret_basic: SHA-256 of a secret of at least 256 random bits; two while one replaces the other' }),
  jwks: publicKeys.optional().meta({ description: 'public keys of the client, or `jwksUri`' }),
  jwksUri: webAddress.optional().meta({ description: 'address of its public keys' }),
  certificateSubject: line(400).optional().meta({ description: 'for tls_client_auth: subject of its certificate, as RFC 4514 writes it' }),
  subject: z.enum(['pairwise', 'public']).default('pairwise').meta({ description: 'pairwise: nobody else knows the person by the same sub' }),
  sector: shortId.optional().meta({ description: 'clients of one supplier with the same word here know a person by the same sub; default: the client alone' }),
  refreshTokens: z.boolean().default(false).meta({ description: 'true: refresh tokens, as long as the session lasts' }),
  scopeClaims: z.enum(['userinfo', 'both']).default('both').meta({ description: 'where claims asked for by scope are delivered: from userinfo, or in the ID token too' }),
  idTokenAlgorithm: z.enum(tokenAlgorithms).default('RS256').meta({ description: 'signature of what we issue to it' }),
  signedUserinfo: z.boolean().default(false).meta({ description: 'true: userinfo answers are signed' }),
  pushedRequests: z.boolean().default(false).meta({ description: 'true: requests that were not pushed [RFC 9126] are refused' }),
  signedRequests: z.boolean().default(false).meta({ description: 'true: requests outside a signed request object [RFC 9101] are refused' }),
  bound: z.enum(['no', 'dpop', 'certificate']).default('no').meta({ description: 'tokens work only with the key that they were issued to: DPoP [RFC 9449] or a client certificate [RFC 8705]' }),
  profile: z.enum(['standard', 'fapi2']).default('standard').meta({ description: 'fapi2: the FAPI 2.0 security profile, which also demands pushed requests, bound tokens and strong client authentication' }),
  resources: z.array(resource).max(20).default([]).meta({ description: 'resource servers that it may ask tokens for [RFC 8707]' }),
});
export type ClientFile = z.output<typeof clientFileSchema>;

export interface ClientFault { readonly path: readonly (string | number)[]; readonly rule: string; readonly message: string; readonly fix: string }
type Check = (file: ClientFile) => ClientFault | null;
const when = (faulty: (file: ClientFile) => boolean, path: string, name: string, message: string, fix: string): Check => (file) => (faulty(file) ? { path: ['oidc', path], rule: name, message, fix } : null);
const strong = new Set<ClientFile['authentication']>(['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth']);
const needsKeys = ({ authentication, signedRequests }: ClientFile): boolean => authentication === 'private_key_jwt' || authentication === 'self_signed_tls_client_auth' || signedRequests;
const checks: readonly Check[] = [
  when(({ jwks, jwksUri }) => jwks !== undefined && jwksUri !== undefined, 'jwksUri', 'client-keys', 'stands beside jwks', 'keep one of them'),
  when((file) => needsKeys(file) && file.jwks === undefined && file.jwksUri === undefined, 'jwks', 'client-keys', 'is missing, though the client signs or proves itself by a key', 'write jwks or jwksUri'),
  when(({ authentication, secretHashes }) => (authentication === 'client_secret_basic') !== secretHashes.length > 0, 'secretHashes', 'client-secret', 'does not fit the way the client proves itself', 'write it for client_secret_basic, and only for that'),
  when(({ authentication, certificateSubject }) => (authentication === 'tls_client_auth') !== (certificateSubject !== undefined), 'certificateSubject', 'client-certificate', 'does not fit the way the client proves itself', 'write it for tls_client_auth, and only for that'),
  when(({ authentication, application }) => authentication === 'none' && application !== 'native', 'authentication', 'client-public', 'is none, but only native applications may be public clients', 'choose private_key_jwt'),
  when(({ profile, authentication }) => profile === 'fapi2' && !strong.has(authentication), 'authentication', 'client-fapi', 'is not strong enough for fapi2', 'choose private_key_jwt or one of the certificate methods'), // [FAPI2-SP §5.3.2.1]
  when(({ profile, idTokenAlgorithm }) => profile === 'fapi2' && idTokenAlgorithm === 'RS256', 'idTokenAlgorithm', 'client-fapi', 'is RS256, which fapi2 does not permit', 'choose PS256 or ES256'), // [FAPI2-SP §5.4.1]
  when(({ profile, bound }) => profile === 'fapi2' && bound === 'no', 'bound', 'client-fapi', 'is no, but fapi2 demands bound tokens', 'choose dpop or certificate'),
];
const byCertificate = when(({ authentication, bound }) => bound === 'certificate' || authentication === 'tls_client_auth' || authentication === 'self_signed_tls_client_auth', 'authentication', 'client-machine', 'rests on a client certificate, for which there is no listener', 'ask operations for listeners.machine in config/broker.yaml, or choose private_key_jwt, and dpop where tokens must be bound');
/** What one key alone cannot say. `machineListener`: certificates of clients can be seen. */
export const clientFaults = (file: ClientFile, machineListener: boolean): readonly ClientFault[] => [
  ...(machineListener ? [] : [byCertificate(file) ?? []].flat()),
  ...checks.flatMap((check) => check(file) ?? []),
  ...file.redirectUris.flatMap((uri, index) => (file.application === 'native' || redirectKind(uri) === 'https' || redirectKind(uri) === 'loopback'
    ? [] : [{ path: ['oidc', 'redirectUris', index], rule: 'client-redirect', message: 'is an address for apps', fix: 'write application: native, or an https address' }])),
];
/** Answers by plain http to this machine are for development, and for native apps. */
export const loopbackOfWeb = ({ application, redirectUris }: ClientFile): readonly number[] => (application === 'native' ? [] : redirectUris.flatMap((uri, index) => (redirectKind(uri) === 'loopback' ? [index] : [])));

const keysOf = ({ jwks, jwksUri }: ClientFile): OidcClient['keys'] =>
  jwks !== undefined ? { kind: 'inline', jwks } : jwksUri !== undefined ? { kind: 'uri', uri: jwksUri } : { kind: 'none' };
export const clientFrom = (file: ClientFile, entityCategories: readonly string[]): OidcClient => {
  const { clientId, application, redirectUris, authentication, secretHashes, subject, refreshTokens, scopeClaims, idTokenAlgorithm, signedUserinfo, signedRequests, bound, profile, resources } = file;
  return {
    protocol: 'oidc', entityId: clientId as EntityId, entityCategories, keys: keysOf(file), certificateSubject: file.certificateSubject ?? null,
    postLogoutRedirectUris: file.postLogoutRedirectUris, backchannelLogoutUri: file.backchannelLogoutUri ?? null, frontchannelLogoutUri: file.frontchannelLogoutUri ?? null,
    application, redirectUris, authentication, secretHashes, subject, refreshTokens, scopeClaims, idTokenAlgorithm, signedUserinfo, signedRequests, bound, profile, resources,
    sector: file.sector === undefined ? `client ${clientId}` : `sector ${file.sector}`,
    pushedRequests: file.pushedRequests || profile === 'fapi2', // [FAPI2-SP §5.3.2.2]
  };
};
