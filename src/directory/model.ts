/**
 * directory: what HSA says about a person. Owns the model and the port `PersonDirectory`;
 * the adapters (hsa-file, hsa-ldap, hsa-soap) translate into it. Does not own: which facts a
 * service may see (attributes/), the choice of commission (login/4-choose-commission.ts).
 * Names follow the glossary; the wire's irregular spellings stay in the adapters.
 */
import type { AssuranceLevel } from '../core/assurance.ts';
import type { HsaId, OrganisationNumber, PersonalIdentityNumber } from '../core/ids.ts';
import type { Instant } from '../core/ports.ts';

/** What identifies a person to the directory. */
export type PersonKey =
  | { readonly kind: 'hsa-id'; readonly hsaId: HsaId }
  | { readonly kind: 'personal-identity-number'; readonly number: PersonalIdentityNumber };

export interface CommissionRight { readonly activity: string; readonly informationClass: string; readonly scope: string }
export interface HealthcareUnit { readonly hsaId: HsaId; readonly name: string; readonly validFrom: Instant | null; readonly validTo: Instant | null; readonly archived: boolean; readonly feigned: boolean }
export interface HealthcareProvider extends HealthcareUnit { readonly organisationNumber: OrganisationNumber | null }
/** Medarbetaruppdrag. */
export interface Commission {
  readonly hsaId: HsaId;
  readonly name: string;
  readonly purpose: string;
  readonly rights: readonly CommissionRight[];
  readonly unit: HealthcareUnit;
  /** True when the commission lies directly under its provider: `unit` then repeats the provider and no unit attribute is released. */
  readonly atProvider?: boolean;
  readonly provider: HealthcareProvider;
  readonly validFrom: Instant | null;
  readonly validTo: Instant | null;
  readonly feigned: boolean;
  readonly pharmacyIdentifier: string | null;
}
export interface Speciality { readonly licenceCode: string; readonly code: string; readonly name: string }
export interface SystemRole { readonly systemId: string; readonly role: string }
export interface AdministrativeSector { readonly sectorFlag: string; readonly unitHsaId: HsaId; readonly name: string; readonly feignedUnit: boolean }
export interface AdministrativeCommission { readonly hsaId: HsaId; readonly responsibleOrganisation: string; readonly feigned: boolean; readonly sectors: readonly AdministrativeSector[] }
export interface AuthorizationScope {
  readonly code: string; readonly name: string; readonly description: string;
  readonly propertyCode: string; readonly propertyName: string; readonly propertyDescription: string;
  readonly adminCommissions: readonly AdministrativeCommission[];
}
/** One HSA person post (tjänste-id); a person may have several. */
export interface Employment {
  readonly hsaId: HsaId;
  readonly givenName: string;
  readonly surname: string;
  readonly organisation: { readonly name: string; readonly number: OrganisationNumber; readonly hsaId: HsaId | null };
  readonly title: string | null;
  readonly mail: string | null;
  readonly telephone: string | null;
  readonly mobileTelephone: string | null;
  readonly titleCodes: readonly string[];
  readonly occupationalCodes: readonly string[];
  readonly licences: readonly string[];
  readonly licenceIdentityNumber: string | null;
  readonly specialities: readonly Speciality[];
  readonly personalPrescriptionCode: string | null;
  readonly groupPrescriptionCodes: readonly string[];
  readonly systemRoles: readonly SystemRole[];
  readonly authorizationScopes: readonly AuthorizationScope[];
  readonly commissions: readonly Commission[];
  readonly validFrom: Instant | null;
  readonly validTo: Instant | null;
  readonly feigned: boolean;
}
export interface DirectoryPerson {
  /** Absent when the source does not hold it or may not show it. */
  readonly personalIdentityNumber: PersonalIdentityNumber | null;
  /** Skyddad person: changes what is shown, logged and released. The flag itself never leaves. */
  readonly protectedPerson: boolean;
  readonly employments: readonly Employment[];
  /** When the source said so, and whether it was away just now (facts older than their lifetime). */
  readonly asOf: Instant;
  readonly stale: boolean;
}

/** What the asker may accept; the strictest is assumed where nothing is said. */
export interface FindOptions {
  /** Level of the login that needs the facts: decides how old they may be while the source is away. */
  readonly level?: AssuranceLevel;
}
export interface PersonDirectory {
  /**
   * The one person with this key and all their posts, holding only employments, commissions, units and providers valid at
   * this moment, or undefined when the source answers that there is none. Errors: `directory.unavailable`,
   * `directory.answer` (an answer that is malformed or about another person than asked). Never waits without limit.
   */
  find(key: PersonKey, options?: FindOptions): Promise<DirectoryPerson | undefined>;
}
