/** What an authorization request asks for, in the words of the login: attributes by scope and by `claims`, levels, who is expected. */
import { attributeByClaim, attributeRow, attributesOfScope, scopesOf, type ClaimDialect } from '../../attributes/catalogue.ts';
import type { AttributeId, RequestedAttribute } from '../../attributes/model.ts';
import { answerLevel, assuranceLevels, type RequestedAssurance } from '../../core/assurance.ts';
import { fail } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import type { OidcParty } from '../../parties/model.ts';

export type Place = 'id_token' | 'userinfo';
/** One claim that the client wants, and where. `values`: it wants no other [OIDC §5.5.1]. */
export interface ClaimWish { readonly claim: string; readonly attribute: AttributeId; readonly dialect: ClaimDialect; readonly places: readonly Place[]; readonly essential: boolean; readonly values: readonly JsonValue[] }

export const dialects: readonly ClaimDialect[] = ['inera', 'sweden-connect'];
/** Delivered with every login by the protocol itself; never looked up as attributes. */
const byProtocol = new Set(['sub', 'acr', 'amr', 'auth_time', 'sid', 'iss', 'aud', 'nonce']);
/** From userinfo only, whatever the client's settings [SE-CL §3.1]. */
const userinfoOnly = new Set(['https://id.oidc.se/scope/naturalPersonInfo']);
const coordination = 'https://id.oidc.se/claim/coordinationNumber';

const dialectOfClaim = (attribute: AttributeId, claim: string): ClaimDialect =>
  dialects.find((dialect) => attributeRow(attribute)?.claims[dialect]?.claim === claim) ?? 'sweden-connect';

const wishesOf = (scope: string, places: readonly Place[]): readonly ClaimWish[] =>
  dialects.flatMap((dialect) => attributesOfScope(scope, dialect).map((attribute): ClaimWish => ({ claim: attributeRow(attribute)?.claims[dialect]?.claim ?? attribute, attribute, dialect, essential: false, values: [], places })));
/** The catalogue does not change while we run; scopes that nobody knows have no row here. */
const byScope = new Map([...new Set(dialects.flatMap(scopesOf))].filter((scope) => scope !== 'openid').map((scope) => [scope, { both: wishesOf(scope, userinfoOnly.has(scope) ? ['userinfo'] : ['id_token', 'userinfo']), userinfo: wishesOf(scope, ['userinfo']) }]));
const scopeWishes = (scopes: readonly string[], { wire }: OidcParty): readonly ClaimWish[] => scopes.flatMap((scope) => byScope.get(scope)?.[wire.scopeClaims] ?? []);

type Json = { readonly [key: string]: JsonValue };
const isObject = (value: JsonValue | undefined): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const membersOf = (claims: Json, place: Place): readonly (readonly [claim: string, wish: Json])[] => {
  const members = claims[place];
  return isObject(members) ? Object.entries(members).map(([claim, wish]) => [claim, isObject(wish) ? wish : {}]) : [];
};
const valuesOf = ({ value, values }: Json): readonly JsonValue[] => (Array.isArray(values) ? values as readonly JsonValue[] : value === undefined ? [] : [value]);
const parameterWishes = (claims: Json): readonly ClaimWish[] =>
  (['id_token', 'userinfo'] as const).flatMap((place) => membersOf(claims, place).flatMap(([claim, wish]) => {
    const attribute = byProtocol.has(claim) ? undefined : attributeByClaim(claim);
    // Unknown claims are ignored [OIDC §5.5].
    return attribute === undefined ? [] : [{ claim, attribute, dialect: dialectOfClaim(attribute, claim), places: [place], essential: wish['essential'] === true, values: valuesOf(wish) }];
  }));

const merged = (wishes: readonly ClaimWish[]): readonly ClaimWish[] => {
  const byClaim = new Map<string, ClaimWish>();
  for (const wish of wishes) {
    const known = byClaim.get(wish.claim);
    byClaim.set(wish.claim, known === undefined ? wish : { ...known, places: [...new Set([...known.places, ...wish.places])], essential: known.essential || wish.essential, values: known.values.length > 0 ? known.values : wish.values });
  }
  return [...byClaim.values()];
};
export const claimWishes = (scopes: readonly string[], claims: Json, service: OidcParty): readonly ClaimWish[] => merged([...scopeWishes(scopes, service), ...parameterWishes(claims)]);

/** Several claims may be one attribute; required when one of them is essential. */
export const requestedAttributes = (wishes: readonly ClaimWish[]): readonly RequestedAttribute[] =>
  wishes.map(({ attribute, claim, essential }) => ({ attribute, wireName: claim, required: essential }));

/** The login ends as exactly this commission or post, or fails (facts: federation §3.6 rule 7). A list of administrative scopes only narrows what is told. */
export const preselectionOf = (wishes: readonly ClaimWish[]): Readonly<Record<AttributeId, string>> =>
  Object.fromEntries(wishes.flatMap(({ attribute, values }) => {
    const [value] = values;
    return values.length === 1 && typeof value === 'string' && attribute !== 'authorizationScope' ? [[attribute, value]] : [];
  }));

/**
 * `claims.id_token.acr` with `essential` binds; other wishes are preferences [OIDC §5.5.1.1]. Null: any level. An essential level that
 * the federation has no word for cannot be met [SE-OP §2.2].
 */
export const assuranceOf = (acrValues: string | undefined, claims: Json, service: OidcParty): RequestedAssurance | null => {
  const [, wish] = membersOf(claims, 'id_token').find(([claim]) => claim === 'acr') ?? ['acr', {}];
  const essential = wish['essential'] === true;
  const named = valuesOf(wish).filter((value): value is string => typeof value === 'string');
  const asked = named.length > 0 ? named : (acrValues ?? '').split(' ').filter((uri) => uri !== '');
  const dialect = service.federation.assurance;
  const uris = asked.filter((uri) => Object.hasOwn(dialect.accept, uri));
  if (!essential || asked.length === 0) return uris.length === 0 ? null : { comparison: 'exact', uris, voluntary: true };
  const requested: RequestedAssurance = { comparison: 'exact', uris };
  if (!assuranceLevels.some((level) => answerLevel(level, requested, dialect) !== undefined)) return fail('saml.authn-context', "no level that is essential is in the federation's list", { federation: service.federation.id });
  return requested;
};

/** Claims by scope, of both dialects: what discovery publishes and what oidc-provider may hand on. */
export const claimsByScope = (): ReadonlyMap<string, readonly string[]> => {
  const scopes = new Map<string, Set<string>>();
  const add = (scope: string, claim: string): void => { scopes.set(scope, (scopes.get(scope) ?? new Set()).add(claim)); };
  for (const scope of new Set(dialects.flatMap((dialect) => scopesOf(dialect)))) {
    for (const dialect of dialects) for (const attribute of attributesOfScope(scope, dialect)) add(scope, attributeRow(attribute)?.claims[dialect]?.claim ?? attribute);
  }
  add('https://id.oidc.se/scope/naturalPersonNumber', coordination);
  return new Map([...scopes].map(([scope, claims]) => [scope, [...claims]]));
};
