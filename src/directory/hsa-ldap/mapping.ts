/** From LDAP entries to the model. Wire values are HSA's, composite ones with semicolons; a broken composite is dropped as HSA drops it [HSA-TKB]. */
import type { Entry } from 'ldapts';
import { isHsaId, isPersonalIdentityNumber, parseOrganisationNumber, type HsaId, type OrganisationNumber, type PersonalIdentityNumber } from '../../core/ids.ts';
import { isBrygganError } from '../../core/errors.ts';
import type { Instant } from '../../core/ports.ts';
import { parseUtcDateTime } from '../../core/dates.ts';
import type { Commission, Employment, HealthcareProvider, HealthcareUnit } from '../model.ts';
import type { LdapClass, LdapFact, LdapSettings } from './settings.ts';

type Names = Pick<LdapSettings, 'attributes' | 'classes' | 'licenceCodes'>;

const valuesOf = (entry: Entry, attribute: string): readonly string[] => {
  const key = Object.keys(entry).find((name) => name.toLowerCase() === attribute.toLowerCase());
  const raw = key === undefined ? [] : entry[key];
  return (Array.isArray(raw) ? raw : [raw]).filter((value): value is string => typeof value === 'string' && value.trim() !== '').map((value) => value.trim());
};
export const factOf = (entry: Entry, fact: LdapFact, { attributes }: Names): readonly string[] => valuesOf(entry, attributes[fact]);
export const isOfClass = (entry: Entry, name: LdapClass, { classes }: Names): boolean => valuesOf(entry, 'objectClass').some((value) => value.toLowerCase() === classes[name].toLowerCase());
const first = (entry: Entry, fact: LdapFact, names: Names): string | null => factOf(entry, fact, names)[0] ?? null;

/** generalizedTime `20260131080000Z`, also shortened to the day; undefined when it is something else. */
export const parseLdapTime = (value: string): Instant | undefined => {
  const parts = /^(\d{4})-?(\d{2})-?(\d{2})(?:(\d{2})(\d{2})(\d{2})(?:\.\d+)?Z)?$/.exec(value);
  if (parts === null) return undefined;
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00'] = parts;
  return parseUtcDateTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
};
interface Dates { readonly validFrom: Instant | null; readonly validTo: Instant | null }
/** Undefined when a date is there and cannot be read: then nobody knows whether the object holds. */
const datesOf = (from: string | null, to: string | null): Dates | undefined => {
  const read = (text: string | null): Instant | null | undefined => (text === null || text === '' ? null : parseLdapTime(text));
  const [validFrom, validTo] = [read(from), read(to)];
  return validFrom === undefined || validTo === undefined ? undefined : { validFrom, validTo };
};
const entryDates = (entry: Entry, names: Names): Dates | undefined => datesOf(first(entry, 'startDate', names), first(entry, 'endDate', names));

const fields = (value: string, count: number): readonly string[] | undefined => {
  const parts = value.split(';').map((part) => part.trim());
  return parts.length === count && parts.every((part) => part !== '') ? parts : undefined;
};
const composite = <T>(values: readonly string[], count: number, make: (parts: readonly string[]) => T): readonly T[] =>
  values.flatMap((value) => {
    const parts = fields(value, count);
    return parts === undefined ? [] : [make(parts)];
  });
const part = (parts: readonly string[], at: number): string => parts[at] ?? '';

export const hsaIdOf = (entry: Entry, names: Names): HsaId | undefined => factOf(entry, 'hsaId', names).filter((value): value is HsaId => isHsaId(value, 'tolerant'))[0];
/** Reserve numbers and malformed ones are no login identity. */
export const numberOf = (entry: Entry, names: Names): PersonalIdentityNumber | null => factOf(entry, 'number', names).filter((value): value is PersonalIdentityNumber => isPersonalIdentityNumber(value))[0] ?? null;
export const organisationNumberOf = (entry: Entry, names: Names): OrganisationNumber | null => {
  const text = first(entry, 'organisationNumber', names);
  try {
    return text === null ? null : parseOrganisationNumber(text);
  } catch (error) {
    if (!isBrygganError(error)) throw error;
    return null;
  }
};

/** Undefined for an entry that is no post to act under: no HSA-id, no surname, deleted, or with dates that cannot be read. */
export const postOf = (entry: Entry, organisation: Employment['organisation'], commissions: readonly Commission[], names: Names): Employment | undefined => {
  const hsaId = hsaIdOf(entry, names);
  const surname = first(entry, 'surname', names);
  const dates = entryDates(entry, names);
  if (hsaId === undefined || surname === null || dates === undefined || isOfClass(entry, 'left', names)) return undefined;
  const middle = first(entry, 'middleName', names);
  const all = (fact: LdapFact): readonly string[] => factOf(entry, fact, names);
  return {
    hsaId, givenName: first(entry, 'givenName', names) ?? '', surname: middle === null ? surname : `${middle} ${surname}`, organisation,
    title: first(entry, 'title', names), mail: first(entry, 'mail', names), telephone: first(entry, 'telephone', names), mobileTelephone: first(entry, 'mobile', names),
    titleCodes: all('titleCodes'), occupationalCodes: all('occupationalCodes'),
    licences: all('licenceNames').flatMap((name) => names.licenceCodes[name.toLowerCase()] ?? []), licenceIdentityNumber: first(entry, 'licenceNumber', names),
    specialities: composite(all('specialities'), 3, (parts) => ({ licenceCode: part(parts, 0), code: part(parts, 1), name: part(parts, 2) })),
    personalPrescriptionCode: first(entry, 'personalPrescriptionCode', names), groupPrescriptionCodes: all('groupPrescriptionCodes'),
    systemRoles: composite(all('systemRoles'), 2, (parts) => ({ systemId: part(parts, 0), role: part(parts, 1) })),
    authorizationScopes: [], commissions, feigned: isOfClass(entry, 'feigned', names), ...dates,
  };
};

/** Dates of this member's own membership: `HSA-id` or `HSA-id;start;end`; undefined when it is not, or cannot be read. */
export const membershipOf = (entry: Entry, member: HsaId, names: Names): Dates | undefined => {
  const own = factOf(entry, 'commissionMembers', names).map((value) => value.split(';')).find(([id = '']) => id.toUpperCase() === member.toUpperCase());
  if (own === undefined || (own.length !== 1 && own.length !== 3)) return undefined;
  return datesOf(own[1] ?? null, own[2] ?? null);
};
const later = (a: Instant | null, b: Instant | null): Instant | null => (a === null || b === null ? (a ?? b) : Math.max(a, b));
const earlier = (a: Instant | null, b: Instant | null): Instant | null => (a === null || b === null ? (a ?? b) : Math.min(a, b));

export interface Place { readonly unit: HealthcareUnit | null; readonly provider: HealthcareProvider; readonly pharmacy: string | null }
/** Undefined when HSA itself would leave the commission out: a mandatory datum is missing [HSA-TKB]. */
export const commissionOf = (entry: Entry, member: HsaId, place: Place, names: Names): Commission | undefined => {
  const hsaId = hsaIdOf(entry, names);
  const [name, purpose] = [first(entry, 'commissionName', names), first(entry, 'commissionPurpose', names)];
  const [dates, membership] = [entryDates(entry, names), membershipOf(entry, member, names)];
  if (hsaId === undefined || name === null || purpose === null || dates === undefined || membership === undefined || isOfClass(entry, 'archived', names)) return undefined;
  return {
    hsaId, name, purpose, ...(place.unit === null ? { unit: place.provider, atProvider: true } : { unit: place.unit }), provider: place.provider,
    rights: composite(factOf(entry, 'commissionRights', names), 3, (parts) => ({ activity: part(parts, 0), informationClass: part(parts, 1), scope: part(parts, 2) })),
    validFrom: later(dates.validFrom, membership.validFrom), validTo: earlier(dates.validTo, membership.validTo),
    feigned: isOfClass(entry, 'feigned', names), pharmacyIdentifier: place.pharmacy,
  };
};

export const unitOf = (entry: Entry, names: Names): HealthcareUnit | undefined => {
  const [hsaId, dates] = [hsaIdOf(entry, names), entryDates(entry, names)];
  const name = first(entry, 'unitName', names) ?? first(entry, 'organisationName', names);
  if (hsaId === undefined || dates === undefined || name === null) return undefined;
  return { hsaId, name, archived: isOfClass(entry, 'archived', names), feigned: isOfClass(entry, 'feigned', names), ...dates };
};
export const providerOf = (entry: Entry, names: Names): HealthcareProvider | undefined => {
  const unit = unitOf(entry, names);
  return unit === undefined ? undefined : { ...unit, organisationNumber: organisationNumberOf(entry, names) };
};
/** What an entry is asked for. */
export const wantedAttributes = ({ attributes }: Names): string[] => ['objectClass', ...new Set(Object.values(attributes))];
