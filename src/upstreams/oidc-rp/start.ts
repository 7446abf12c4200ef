/** The request to an issuer: code with PKCE, a nonce, a callback of its own, and conditions as strict as those that came. */
import { createHash } from 'node:crypto';
import * as oidc from 'openid-client';
import { rankOf } from '../../core/assurance.ts';
import { fail } from '../../core/errors.ts';
import type { ProtocolAnswer } from '../../core/http-types.ts';
import { newId } from '../../core/ports.ts';
import type { UpstreamWish } from '../../login/ports.ts';
import type { OidcProvider } from '../../parties/model.ts';
import { coded } from './refusals.ts';
import type { IssuerOf } from './issuer.ts';
import type { OidcUpstreamSettings, RequestMemory } from './model.ts';

/** Makes providers say when the login was [OIDC Core §3.1.2.1]; how old it may be is for the service to say. */
const DAY_SECONDS = '86400';

/** Their acr of every level that may answer. */
export const contextsFor = (levels: UpstreamWish['levels'], { trust }: OidcProvider): readonly string[] =>
  [...trust.levels].filter(([, level]) => levels.includes(level) && rankOf(level) <= rankOf(trust.highestLevel)).map(([acr]) => acr);

const prompts = ({ freshLoginRequired, noInteraction }: UpstreamWish): Readonly<Record<string, string>> => {
  if (noInteraction) return { prompt: 'none', max_age: DAY_SECONDS };
  return freshLoginRequired ? { prompt: 'login', max_age: '0' } : { max_age: DAY_SECONDS };
};
/** An acr that must be met is said so where the issuer understands it [OIDC Core §5.5.1.1]; the answer is checked in any case. */
const claimsFor = (contexts: readonly string[], { claims_parameter_supported: understood }: oidc.ServerMetadata): Readonly<Record<string, string>> =>
  understood === true ? { claims: JSON.stringify({ id_token: { acr: { essential: true, values: contexts }, auth_time: { essential: true } } }) } : {};

/** Errors: `upstream.unavailable`, `upstream.authn-context`, `upstream.proxy-count`, `upstream.provider-list`. */
export const startAuthorization = async (wish: UpstreamWish, provider: OidcProvider, settings: OidcUpstreamSettings, issuerOf: IssuerOf): Promise<{ readonly answer: ProtocolAnswer; readonly memory: RequestMemory }> => {
  const { wire } = provider;
  if (wish.proxyCount !== null && wish.proxyCount < 0) return fail('upstream.proxy-count', 'no IdP may stand between us and the person', { provider: provider.id }); // [SAMLCore §3.4.1.5.1]
  if (wish.providers.length > 0 && !wish.providers.includes(wire.issuer)) return fail('upstream.provider-list', 'IDPList does not name this IdP', { provider: provider.id }); // [SAMLCore §3.4.1.3]
  if (wish.noInteraction && wish.freshLoginRequired) return fail('upstream.no-passive', 'a fresh login cannot be had without showing anything');
  const contexts = contextsFor(wish.levels, provider);
  if (contexts.length === 0) return fail('upstream.authn-context', 'the IdP reaches no level that was asked for', { provider: provider.id });
  const memory: RequestMemory = {
    provider: provider.id, issuer: wire.issuer, callbackUrl: settings.callbackUrl(provider.id), sentAt: settings.clock.now(), forced: wish.freshLoginRequired, contexts,
    nonce: newId(settings.random, 256), verifier: newId(settings.random, 256),
  };
  const configuration = await issuerOf(provider);
  const server = configuration.serverMetadata();
  const parameters = {
    redirect_uri: memory.callbackUrl, response_type: 'code', scope: [...new Set(['openid', ...wire.scopes])].join(' '), state: wish.handle, nonce: memory.nonce,
    code_challenge: createHash('sha256').update(memory.verifier).digest('base64url'), code_challenge_method: 'S256', // [RFC 9700 §2.1.1]
    ...prompts(wish), acr_values: (wish.assurance === null && wire.acrValues.length > 0 ? wire.acrValues : contexts).join(' '), ...claimsFor(contexts, server),
    ...(wish.locale === null ? {} : { ui_locales: wish.locale }),
  };
  const pushed = server.pushed_authorization_request_endpoint !== undefined;
  const to = await coded('upstream.unavailable', async () => (pushed ? oidc.buildAuthorizationUrlWithPAR(configuration, parameters) : oidc.buildAuthorizationUrl(configuration, parameters)));
  return { answer: { kind: 'redirect', to: to.href }, memory };
};
