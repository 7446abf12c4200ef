/**
 * Branded identifiers. A plain string becomes one of these only through the
 * function beside it, so an entityID can never be passed where a client id is due.
 */
import { fail } from './errors.ts';

declare const brand: unique symbol;
export type Branded<T, B extends string> = T & { readonly [brand]: B };

/** SAML entityID: absolute URI of at most 1024 characters [SAMLCore §8.3.6]. */
export type EntityId = Branded<string, 'EntityId'>;
/** Party id as in config/parties/<id>.yaml, or `joint`. */
export type PartyId = Branded<string, 'PartyId'>;
/** `<party>/<name>`: where the service's files lie below metadata/services/. */
export type ServiceId = Branded<string, 'ServiceId'>;
/** 128 random bits, base64url. Names a login in URLs; worthless without its cookie. */
export type TransactionId = Branded<string, 'TransactionId'>;
/** 256 random bits, base64url. Held by the browser's SSO cookie, never logged, never in a URL. */
export type SessionId = Branded<string, 'SessionId'>;
/** Short code a person can read out over the phone, e.g. `7KQ-4MD-2XW`; finds the audit lines of one login. */
export type ReferenceId = Branded<string, 'ReferenceId'>;
/** HSA-id in the spelling of its source. Compare with `sameHsaId`. */
export type HsaId = Branded<string, 'HsaId'>;
/** Twelve digits, personnummer or samordningsnummer, check digit verified. Never logged, never in a URL or key name. */
export type PersonalIdentityNumber = Branded<string, 'PersonalIdentityNumber'>;

export const toEntityId = (value: string): EntityId => {
  if (value.length === 0 || value.length > 1024 || /\s/.test(value)) fail('saml.schema', 'entityID is empty, too long or holds white space');
  return value as EntityId;
};
export const toPartyId = (value: string): PartyId => {
  if (!/^[a-z][a-z0-9-]{1,40}$/.test(value)) fail('config.invalid', `party id ${JSON.stringify(value)} must be lower-case letters, digits and hyphens`);
  return value as PartyId;
};
export const toServiceId = (value: string): ServiceId => {
  if (!/^[a-z][a-z0-9-]{1,40}\/[a-z0-9][a-z0-9._-]{0,80}$/.test(value)) fail('config.invalid', `service id ${JSON.stringify(value)} must look like party/name`);
  return value as ServiceId;
};

/** HSA-id formats accepted: `production` is the national rule, `tolerant` adds the prefixes of test data (facts: credentials §1.8). */
export type HsaIdFormat = 'production' | 'tolerant';
const hsaIdFormats: Record<HsaIdFormat, RegExp> = {
  production: /^SE(?:16)?[0-9]{10}-[A-Za-z0-9]{1,18}$/i,
  tolerant: /^[A-Za-z0-9-]{2,}[0-9]{10}-[A-Za-z0-9]+$/,
};
export const isHsaId = (value: string, format: HsaIdFormat): boolean => value.length <= 31 && hsaIdFormats[format].test(value);
export const parseHsaId = (value: string, format: HsaIdFormat): HsaId => {
  if (!isHsaId(value, format)) fail('identifier.hsa-id', 'not an HSA-id of the accepted format');
  return value as HsaId;
};
export const sameHsaId = (a: HsaId, b: HsaId): boolean => a.toUpperCase() === b.toUpperCase();

/** Luhn check over the ten digits YYMMDDNNNC (facts: credentials §1.8). */
const luhnHolds = (tenDigits: string): boolean => {
  let sum = 0;
  for (let i = 0; i < tenDigits.length; i += 1) {
    const doubled = Number(tenDigits[i]) * (i % 2 === 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
};
/** Twelve digits with plausible date part (day 01-31, or 61-91 for a samordningsnummer) and check digit; reserve numbers never pass. */
export const isPersonalIdentityNumber = (value: string): boolean => {
  const parts = /^(?:18|19|20)\d{2}(\d{2})(\d{2})\d{4}$/.exec(value);
  if (!parts) return false;
  const month = Number(parts[1]);
  const day = Number(parts[2]);
  const coordination = day > 60;
  const dayOfMonth = coordination ? day - 60 : day;
  const monthOk = coordination ? month <= 12 : month >= 1 && month <= 12;
  return monthOk && dayOfMonth >= 1 && dayOfMonth <= 31 && luhnHolds(value.slice(2));
};
export const parsePersonalIdentityNumber = (value: string): PersonalIdentityNumber => {
  if (!isPersonalIdentityNumber(value)) fail('identifier.personal-identity-number', 'not a personal identity number of twelve digits with a right check digit');
  return value as PersonalIdentityNumber;
};
export const isCoordinationNumber = (number: PersonalIdentityNumber): boolean => Number(number.slice(6, 8)) > 60;

/** Ten digits with a right check digit, from any of the spellings `212000-1652`, `162120001652`, `SE2120001652`. */
export type OrganisationNumber = Branded<string, 'OrganisationNumber'>;
export const parseOrganisationNumber = (value: string): OrganisationNumber => {
  const digits = value.replace(/^SE/i, '').replace(/[\s-]/g, '').replace(/^16(?=\d{10}$)/, '');
  if (!/^\d{10}$/.test(digits) || !luhnHolds(digits)) fail('config.invalid', `${JSON.stringify(value)} is not an organisation number with a right check digit`);
  return digits as OrganisationNumber;
};
