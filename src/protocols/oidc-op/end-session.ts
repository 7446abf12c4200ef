/**
 * The end session endpoint [OIDC-RPL]: what a client may demand, and where the browser may go afterwards. A hint of ours that names the
 * browser's own session ends it at once; with anything less the person is asked (threats G13).
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, compactVerify, createLocalJWKSet, type JWK } from 'jose';
import { fail } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import type { LogoutAsker, LogoutWish } from '../../login/logout-record.ts';
import type { OidcParty, PartyRegistry } from '../../parties/model.ts';
import { enabledClient } from './snapshot.ts';

type Json = Readonly<Record<string, JsonValue>>;
export interface EndState { readonly redirectUri: string | null; readonly state: string | null }
const endState = (state: EndState): Json => ({ ...state });
export const readEndState = (faceState: Json): EndState => {
  const { redirectUri, state } = faceState as unknown as Partial<EndState>;
  return redirectUri === undefined || state === undefined ? fail('login.state', 'the demand for logout was not written by this face') : { redirectUri, state };
};

export interface EndSessionContext { readonly issuer: string; readonly registry: PartyRegistry; /** All that are published: a hint may be as old as the key before. */ readonly keys: readonly KeyObject[] }
export type EndSession = { readonly kind: 'wish'; readonly wish: LogoutWish } | { readonly kind: 'ask'; readonly asker: LogoutAsker | null };

const MAX_PARAMETERS = 8_192;
/** The parameters, none of them twice. Errors: `oidc.request`. */
const parametersOf = (text: string): ReadonlyMap<string, string> => {
  if (text.length > MAX_PARAMETERS) return fail('oidc.request', 'more parameters than a logout has');
  const found = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (found.has(name)) fail('oidc.request', 'a parameter is repeated', { parameter: name.slice(0, 40) });
    found.set(name, value);
  }
  return found;
};

/** Named as we publish it [RFC 7638]. */
export const namedKey = async (key: KeyObject): Promise<JWK> => {
  const jwk = createPublicKey(key).export({ format: 'jwk' }) as JWK;
  return { ...jwk, kid: await calculateJwkThumbprint(jwk) };
};

interface Hint { readonly client: string; readonly sub: string; readonly sid: string | null }
/** An ID token that we issued; its time may be over [OIDC-RPL §2]. */
const readHint = async (token: string, { issuer, keys }: EndSessionContext): Promise<Hint> => {
  const known = createLocalJWKSet({ keys: await Promise.all(keys.map(namedKey)) });
  const { payload, protectedHeader } = await compactVerify(token, known, { algorithms: ['RS256', 'PS256', 'ES256'] }).catch(() => fail('oidc.request', 'id_token_hint is not a token of ours'));
  const claims = JSON.parse(Buffer.from(payload).toString('utf8')) as Readonly<Record<string, unknown>>;
  const { iss, aud, sub, sid, events } = claims;
  const typ = protectedHeader.typ ?? 'JWT';
  if (iss !== issuer || typeof aud !== 'string' || typeof sub !== 'string' || events !== undefined || typ !== 'JWT') return fail('oidc.request', 'id_token_hint is not an ID token of ours');
  return { client: aud, sub, sid: typeof sid === 'string' ? sid : null };
};

const redirectFor = (asked: string | undefined, client: OidcParty | undefined): string | null => {
  if (asked === undefined) return null;
  // Letter for letter, and only when it is known whose it is [OIDC-RPL §3].
  return client?.wire.postLogoutRedirectUris.includes(asked) === true ? asked : fail('oidc.redirect-uri', 'post_logout_redirect_uri is not one of the client', { client: client?.wire.entityId ?? 'none named' });
};

/** `text`: the raw query of a GET, the body of a POST. Errors: `oidc.request`, `oidc.redirect-uri`, `oidc.client-unknown`. */
export const acceptEndSession = async (text: string, context: EndSessionContext): Promise<EndSession> => {
  const parameters = parametersOf(text);
  const token = parameters.get('id_token_hint');
  const hint = token === undefined || token === '' ? null : await readHint(token, context);
  const named = parameters.get('client_id');
  if (hint !== null && named !== undefined && named !== hint.client) return fail('oidc.request', 'client_id and id_token_hint name two clients'); // [OIDC-RPL §2]
  const clientId = hint?.client ?? named;
  const client = clientId === undefined ? undefined : (enabledClient(clientId, context.registry) ?? fail('oidc.client-unknown', 'no such client', { client: clientId.slice(0, 200) }));
  const faceState = endState({ redirectUri: redirectFor(parameters.get('post_logout_redirect_uri'), client), state: parameters.get('state') ?? null });
  const asker: LogoutAsker | null = client === undefined ? null : { protocol: 'oidc', service: client.id, faceState };
  return asker !== null && hint?.sid != null ? { kind: 'wish', wish: { asker, sessionIndexes: [hint.sid], subject: { sub: hint.sub }, ownSessionOnly: true } } : { kind: 'ask', asker };
};
