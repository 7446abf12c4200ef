/**
 * Step 1 for OpenID Connect: oidc-provider has checked client, address, PKCE, request object and parameters; here they become
 * the login's words. What cannot be met is answered in the protocol, since the address is known.
 */
import type { KoaContextWithOIDC } from 'oidc-provider';
import { errorCatalogue } from '../../core/error-catalogue.ts';
import { fail, isBrygganError } from '../../core/errors.ts';
import { isHsaId } from '../../core/ids.ts';
import { isLocale, type Locale } from '../../core/locale.ts';
import type { JsonValue } from '../../core/json.ts';
import type { Instant } from '../../core/ports.ts';
import type { Arrival } from '../../login/ports.ts';
import type { AcceptedRequest, AnswerSlip, VerifiedReturnAddress } from '../../login/transaction.ts';
import type { OidcParty } from '../../parties/model.ts';
import { isRedirectUri } from '../../parties/return-address.ts';
import { slipState, type ResponseMode, type SlipState } from './face-state.ts';
import { assuranceOf, claimWishes, preselectionOf, requestedAttributes } from './wishes.ts';

type Parameters = { readonly [name: string]: unknown };
const textOf = (params: Parameters, name: string): string | undefined => {
  const value = params[name];
  return typeof value === 'string' ? value : undefined;
};
const words = (text: string | undefined): readonly string[] => (text ?? '').split(' ').filter((word) => word !== '');
const modes: ReadonlySet<string> = new Set<ResponseMode>(['query', 'form_post', 'jwt', 'query.jwt', 'form_post.jwt']);

/** The only maker of an OpenID Connect return address: registered, and of a mode that leaves no code in a fragment. */
const returnAddressFor = (params: Parameters, { wire }: OidcParty): VerifiedReturnAddress => {
  const url = textOf(params, 'redirect_uri') ?? '';
  if (!isRedirectUri(wire, url)) return fail('oidc.redirect-uri', 'redirect_uri is not one of the client', { client: wire.entityId });
  return { url, binding: textOf(params, 'response_mode') ?? 'query' } as VerifiedReturnAddress;
};

const resourcesOf = (ctx: KoaContextWithOIDC, scopes: readonly string[]): SlipState['resources'] =>
  Object.entries(ctx.oidc.resourceServers ?? {}).map(([uri, server]) => ({ uri, scopes: scopes.filter((scope) => new Set(words(server.scope)).has(scope)) }));

const stateOf = (ctx: KoaContextWithOIDC, service: OidcParty, known: ReadonlySet<string>, claims: { readonly [key: string]: JsonValue }): SlipState => {
  const params = ctx.oidc.params as Parameters;
  const scopes = words(textOf(params, 'scope'));
  const hint = (ctx.oidc.entities as { readonly IdTokenHint?: { readonly payload: { readonly sub?: string } } }).IdTokenHint;
  const pushed = (ctx.oidc.entities as { readonly PushedAuthorizationRequest?: { readonly jti: string } }).PushedAuthorizationRequest;
  return {
    state: textOf(params, 'state') ?? null, nonce: textOf(params, 'nonce') ?? null,
    // Unknown scopes are ignored [OIDC §3.1.2.1].
    scopes: scopes.filter((scope) => known.has(scope)), resources: resourcesOf(ctx, scopes),
    wishes: claimWishes(scopes, claims, service), codeChallenge: textOf(params, 'code_challenge') ?? fail('oidc.request', 'no code_challenge'),
    dpopKey: textOf(params, 'dpop_jkt') ?? null, pushed: pushed?.jti ?? null, hintedSubject: hint?.payload.sub ?? null,
  };
};

/** `prompt`, `max_age` and who is expected [OIDC §3.1.2.1]. Sweden Connect: no `prompt` means `login` [SC-OP §2.1.2]. */
const freshnessOf = (params: Parameters, service: OidcParty): Pick<AcceptedRequest, 'freshLoginRequired' | 'noInteraction' | 'maximumAgeSeconds' | 'showRelease' | 'expectedPerson'> => {
  const prompts = words(textOf(params, 'prompt'));
  const age = params['max_age'];
  const hint = textOf(params, 'login_hint');
  return {
    freshLoginRequired: prompts.includes('login') || prompts.includes('select_account') || (prompts.length === 0 && service.federation.attributeDialect === 'sweden-connect'),
    noInteraction: prompts.includes('none'),
    ...(age === undefined || age === '' ? {} : { maximumAgeSeconds: Number(age) }),
    ...(prompts.includes('consent') ? { showRelease: true } : {}),
    ...(hint !== undefined && isHsaId(hint, 'tolerant') ? { expectedPerson: hint } : {}),
  };
};
/** Where the client thinks that the person logs in: `idp_hint` as it is, else the domain behind `login_hint`. What stands before @ goes no further. */
const organisationOf = (params: Parameters): Pick<AcceptedRequest, 'organisationHint'> => {
  const domain = /^[^@\s]{1,200}@([A-Za-z0-9.-]{1,200})$/.exec(textOf(params, 'login_hint') ?? '')?.[1];
  const hint = textOf(params, 'idp_hint') ?? domain;
  return hint === undefined || hint.length > 1024 ? {} : { organisationHint: hint };
};
/** The first language of `ui_locales` that we speak [OIDC §3.1.2.1]. */
const localeOf = (params: Parameters): Locale | undefined => words(textOf(params, 'ui_locales')).map((tag) => tag.slice(0, 2).toLowerCase()).find(isLocale);

const claimsOf = (params: Parameters): { readonly [key: string]: JsonValue } => {
  const text = textOf(params, 'claims');
  return text === undefined ? {} : (JSON.parse(text) as { readonly [key: string]: JsonValue });
};

/** `known`: scopes that discovery publishes. Errors: `oidc.redirect-uri`, `oidc.request`; what has an OAuth error is an arrival with `ok: false`. */
export const acceptAuthorization = (ctx: KoaContextWithOIDC, service: OidcParty, { known, now }: { readonly known: ReadonlySet<string>; readonly now: Instant }): Arrival => {
  const params = ctx.oidc.params as Parameters;
  const returnAddress = returnAddressFor(params, service);
  if (!modes.has(returnAddress.binding)) return fail('oidc.request', 'response_mode is not offered', { client: service.wire.entityId });
  const claims = claimsOf(params);
  const state = stateOf(ctx, service, known, claims);
  const slip: AnswerSlip = { protocol: 'oidc', service: service.id, party: service.party, returnAddress, faceState: slipState(state) };
  try {
    const locale = localeOf(params);
    const request: AcceptedRequest = {
      slip, assurance: assuranceOf(textOf(params, 'acr_values'), claims, service), ...freshnessOf(params, service), ...organisationOf(params),
      requestedAttributes: requestedAttributes(state.wishes), preselection: preselectionOf(state.wishes), receivedAt: now, ...(locale === undefined ? {} : { locale }),
    };
    return { requestKey: null, outcome: { ok: true, request } };
  } catch (error) {
    if (!isBrygganError(error) || errorCatalogue[error.code].saml === null) throw error;
    return { requestKey: null, outcome: { ok: false, slip, error } };
  }
};
