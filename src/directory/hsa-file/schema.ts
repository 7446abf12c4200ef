/**
 * Shape of the YAML files of a file-backed directory. Composite values are written as HSA's LDAP writes them
 * (`activity;informationClass;scope`, `systemId;role`, `licence;speciality;name`), so that data can be copied over.
 */
import { z } from 'zod';
import { parseUtcDateTime } from '../../core/dates.ts';
import { isHsaId, isPersonalIdentityNumber } from '../../core/ids.ts';
import { line, organisationNumber, rule } from '../../core/schema-parts.ts';

const text = line(300);
const hsaId = rule(z.string(), (value) => isHsaId(value, 'tolerant'), 'is not an HSA-id', 'write SE, ten digits, a hyphen, then letters and digits').meta({ examples: ['SE2321000131-DEV1001'] });
const number = rule(z.string(), isPersonalIdentityNumber, 'is not a personal identity number with a right check digit', 'write twelve digits in quotes').meta({ examples: ["'189003129807'"] });
const isMoment = (value: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(value) ? parseUtcDateTime(`${value}T00:00:00Z`) !== undefined : parseUtcDateTime(value) !== undefined;
/** Midnight UTC where only a day is given. */
const moment = rule(z.string(), isMoment, 'is neither a day nor a moment in UTC', 'write 2026-01-31 or 2026-01-31T08:00:00Z').meta({ examples: ['2026-01-31'] });
const fields = (count: number, example: string) =>
  rule(z.string(), (value) => value.split(';').length === count && !value.split(';').includes(''), `does not have ${count} fields between semicolons`, `write it like ${example}`);
const list = <T extends z.ZodType>(item: T) => z.array(item).default([]);
const dates = { validFrom: moment.optional(), validTo: moment.optional() };

const unit = z.strictObject({ hsaId, name: text, archived: z.boolean().default(false), feigned: z.boolean().default(false), ...dates });
const commission = z.strictObject({
  hsaId, name: text, purpose: text,
  /** HSA-id of a unit, or of a provider when the commission lies directly under it. */
  at: hsaId,
  rights: list(fields(3, 'Läsa;alla;SJF')), pharmacyIdentifier: text.optional(), feigned: z.boolean().default(false), ...dates,
});
const administrative = z.strictObject({
  code: text, name: text, description: z.string().default(''), propertyCode: text, propertyName: text, propertyDescription: z.string().default(''),
  commissions: z.array(z.strictObject({
    hsaId, responsibleOrganisation: organisationNumber, feigned: z.boolean().default(false),
    sectors: list(z.strictObject({ unit: hsaId, name: text, sectorFlag: z.boolean().default(false), feignedUnit: z.boolean().default(false) })),
  })).min(1),
});
const employment = z.strictObject({
  hsaId,
  /** Key of `organisations`. */
  organisation: text,
  givenName: text.optional(), surname: text.optional(),
  title: text.optional(), mail: text.optional(), telephone: text.optional(), mobileTelephone: text.optional(),
  titleCodes: list(text), occupationalCodes: list(text), licences: list(text), licenceIdentityNumber: text.optional(),
  specialities: list(fields(3, 'LK;30014;Barnkirurgi')), personalPrescriptionCode: text.optional(), groupPrescriptionCodes: list(text),
  systemRoles: list(fields(2, 'BIF;Administratör')), administrative: list(administrative), commissions: list(commission),
  feigned: z.boolean().default(false), ...dates,
});
const person = z.strictObject({
  personalIdentityNumber: number.optional(), givenName: text, surname: text, protectedPerson: z.boolean().default(false),
  employments: z.array(employment).min(1),
});

/** Every file may hold any of the four; together they are one directory. */
export const directoryFileSchema = z.strictObject({
  organisations: z.record(rule(z.string(), (value) => /^[a-z0-9-]{1,60}$/.test(value), 'is not a key', 'use lower-case letters, digits and hyphens'), z.strictObject({ name: text, number: organisationNumber, hsaId: hsaId.optional() })).default({}),
  providers: list(unit.extend({ organisationNumber: organisationNumber.optional() })),
  units: list(unit.extend({ provider: hsaId })),
  people: list(person),
});
export type DirectoryFile = z.output<typeof directoryFileSchema>;
export type PersonEntry = DirectoryFile['people'][number];
export type EmploymentEntry = PersonEntry['employments'][number];
export type CommissionEntry = EmploymentEntry['commissions'][number];
