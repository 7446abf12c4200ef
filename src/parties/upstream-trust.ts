/**
 * Whom an IdP of a party may speak for, and how far it is believed. Pure: every protocol hands over what was said, and gets back a
 * person and a level, or a coded refusal. Nothing is repaired: a spelling that is not plain is refused (threats D11, D12).
 */
import { lowerOf, rankOf, type AssuranceLevel } from '../core/assurance.ts';
import { fail } from '../core/errors.ts';
import { isHsaId, isPersonalIdentityNumber, type HsaId, type HsaIdFormat, type OrganisationNumber, type PersonalIdentityNumber } from '../core/ids.ts';
import type { PersonKey } from '../directory/model.ts';
import type { IdentityProvider, PersonClaimKind, UpstreamTrust } from './model.ts';

export interface UpstreamClaims {
  readonly person: { readonly kind: PersonClaimKind; readonly value: string };
  /** Authentication context class or acr, as it was said; null where nothing was. */
  readonly context: string | null;
  /** By catalogue id. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}
export interface SpokenFor { readonly person: PersonKey; readonly level: AssuranceLevel; readonly attributes: Readonly<Record<string, readonly string[]>> }

const PLAIN = /^[\x21-\x7e]+$/;
/** `SE2321000131` stands for `SE2321000131-`: a number that only begins alike is another organisation's. */
export const hsaIdPrefix = (text: string): string => {
  const upper = text.toUpperCase();
  return /^(?:SE|TSTNMT)\d{10}$/.test(upper) ? `${upper}-` : upper;
};
const speaksForHsaId = (value: string, { hsaIdPrefixes }: UpstreamTrust): boolean => hsaIdPrefixes.some((prefix) => value.toUpperCase().startsWith(hsaIdPrefix(prefix)));

const personOf = ({ kind, value }: UpstreamClaims['person'], trust: UpstreamTrust, format: HsaIdFormat): PersonKey => {
  // Blanks, control characters, letters of other alphabets, full-width digits: no spelling but the plain one.
  if (!PLAIN.test(value)) return fail('upstream.person', 'the person is named with characters that do not belong there');
  if (kind === 'hsa-id') {
    if (!isHsaId(value, format)) return fail('upstream.person', 'the person is not named by an HSA-id');
    if (!speaksForHsaId(value, trust)) return fail('upstream.person', 'the IdP may not speak for HSA-ids with this beginning');
    return { kind, hsaId: value as HsaId };
  }
  if (!trust.personalNumbers) return fail('upstream.person', 'the IdP may not name people by personal identity number');
  const number = value.replace(/^(\d{8})-(\d{4})$/, '$1$2');
  if (!isPersonalIdentityNumber(number)) return fail('upstream.person', 'the person is not named by a personal identity number');
  return { kind, number: number as PersonalIdentityNumber };
};

/** Context class or acr to level, by identity of the text; the cap counts. */
const levelOf = (context: string | null, { levels, highestLevel }: UpstreamTrust): AssuranceLevel => {
  const level = context === null ? undefined : levels.get(context);
  return level === undefined ? fail('upstream.authn-context', 'a level that is not agreed with this IdP', context === null ? {} : { said: context.slice(0, 200) }) : lowerOf(level, highestLevel);
};

/** Attributes that name a person of their own. */
const identifying: ReadonlySet<string> = new Set(['employeeHsaId', 'personalIdentityNumber']);
type Limit = (value: string, trust: UpstreamTrust, format: HsaIdFormat) => boolean;
const hsaIdWithin: Limit = (value, trust, format) => isHsaId(value, format) && speaksForHsaId(value, trust);
const numberWithin: Limit = (value, { personalNumbers }) => personalNumbers && isPersonalIdentityNumber(value);
const organisationWithin: Limit = (value, { organisations }) => organisations.some((number) => number === value.replace(/^(?:SE|16)(?=\d{10}$)/, '').replace(/^(\d{6})-(\d{4})$/, '$1$2'));
/** `<left>@<right>`, each once. */
const scoped = (within: (right: string, trust: UpstreamTrust) => boolean): Limit => (value, trust) => {
  const [left = '', right = '', more] = value.split('@');
  return PLAIN.test(value) && left !== '' && more === undefined && within(right, trust);
};
const mailWithin = scoped((right, { scopes }) => scopes.includes(right.toLowerCase()));
const affiliationWithin: Limit = (value, trust, format) => {
  const left = value.slice(0, value.lastIndexOf('@'));
  return scoped((right, { organisations }) => organisations.some((number) => number === right))(value, trust, format) && hsaIdWithin(left, trust, format);
};
/** A list in a format of its own, in which nothing can be held against limits. */
const neverBelieved: Limit = () => false;
/** What says whose somebody is, or on whose behalf they act: another party's is refused in each of them (threats D11). */
const limits: ReadonlyMap<string, Limit> = new Map([
  ...['employeeHsaId', 'credentialEmployeeHsaId', 'allEmployeeHsaIds', 'commissionHsaId', 'healthcareUnitHsaId', 'healthcareProviderHsaId', 'userOrganisationHsaId'].map((id) => [id, hsaIdWithin] as const),
  ...['personalIdentityNumber', 'credentialPersonalIdentityNumber', 'previousPersonalIdentityNumber', 'mappedPersonalIdentityNumber'].map((id) => [id, numberWithin] as const),
  ...['organisationIdentifier', 'userOrganisationIdentifier', 'healthcareProviderNumber'].map((id) => [id, organisationWithin] as const),
  ...['orgAffiliation', 'userOrgAffiliation', 'allCommissionOrgAffiliations', 'allUserOrgAffiliations'].map((id) => [id, affiliationWithin] as const),
  ['mail', mailWithin], ['allCommissions', neverBelieved], ['authorizationScope', neverBelieved],
]);
/** True where no limit could be held, so that no settings file may let an IdP bring it. */
export const isNeverBrought = (attribute: string): boolean => limits.get(attribute) === neverBelieved;

const attributesOf = (claims: UpstreamClaims, person: PersonKey, trust: UpstreamTrust, format: HsaIdFormat): SpokenFor['attributes'] => {
  const named = person.kind === 'hsa-id' ? person.hsaId.toUpperCase() : person.number;
  return Object.fromEntries(Object.entries(claims.attributes).filter(([id]) => trust.attributes.includes(id)).map(([id, values]) => {
    for (const value of values) {
      // The same facts must not name two people (threats D12).
      const ofOther = identifying.has(id) && (id === 'employeeHsaId') === (person.kind === 'hsa-id') && value.toUpperCase() !== named;
      if (ofOther) fail('upstream.person', `${id} names another person than the login`);
      if (limits.get(id)?.(value, trust, format) === false) fail('upstream.person', `${id}: a value that the IdP may not speak for`);
    }
    return [id, values];
  }));
};

/** Errors: `upstream.person`, `upstream.authn-context`. What the IdP may not bring is left out without a word. */
export const speakFor = (claims: UpstreamClaims, { trust }: Pick<IdentityProvider, 'trust'>, format: HsaIdFormat): SpokenFor => {
  const person = personOf(claims.person, trust, format);
  return { person, level: levelOf(claims.context, trust), attributes: attributesOf(claims, person, trust, format) };
};
/** The employer that the directory gives is one that the IdP speaks for; another party's person is refused (threats D11). */
export const speaksForOrganisation = ({ trust }: Pick<IdentityProvider, 'trust'>, number: OrganisationNumber): boolean => trust.organisations.includes(number);
/** Limits that were narrowed since the login hold for its session too: what was believed then must be believable now (threats D13). */
export const stillSpeaksFor = ({ person, level, directory, attributes }: Pick<SpokenFor, 'person' | 'level'> & Pick<UpstreamTrust, 'directory'> & { readonly attributes: Readonly<Record<string, readonly unknown[]>> }, { trust }: Pick<IdentityProvider, 'trust'>): boolean => {
  const reached = [...trust.levels.values()].some((agreed) => rankOf(lowerOf(agreed, trust.highestLevel)) >= rankOf(level));
  const named = person.kind === 'hsa-id' ? speaksForHsaId(person.hsaId, trust) : trust.personalNumbers;
  if (!reached || !named || directory === 'ask') return reached && named;
  // What the IdP brought is told to services only where it stands.
  return trust.directory === 'stands' && Object.entries(attributes).every(([id, values]) => trust.attributes.includes(id) && values.every((value) => typeof value === 'string' && limits.get(id)?.(value, trust, 'tolerant') !== false));
};
