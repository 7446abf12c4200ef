/**
 * Everything that differs between catalogues: addresses, bases, filters, names of attributes and classes. The defaults are HSA's
 * own schema (facts: credentials §4.5); a region's local catalogue sets its own (VGR's says hsaPersonIdentityNumber, for one).
 */
import type { Clock } from '../../core/ports.ts';
import type { FeignedObjects } from '../answer.ts';
import type { OrganisationPlace } from '../dn.ts';

/** Service account, or the client certificate itself (SASL EXTERNAL). Never anonymous. */
export type LdapBind = { readonly kind: 'simple'; readonly dn: string; readonly password: string } | { readonly kind: 'certificate' };
export interface LdapServer {
  /** `ldaps://host:port`, or `ldap://host:port`, which is upgraded by StartTLS before anything is said. */
  readonly url: string;
  /** PEM. The server's certificate must lead to one of `ca` and name the host of `url`. */
  readonly ca: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly bind: LdapBind;
  /** Milliseconds for connecting and for each operation. */
  readonly timeout: number;
  readonly maxConnections: number;
}
/** `{value}` is replaced by the escaped value, whole filter in RFC 4515 syntax. */
export interface LdapSearch { readonly bases: readonly string[]; readonly filter: string }

/** Facts by name, each with the attribute that holds it; composite values as in HSA. */
export const hsaAttributes = {
  hsaId: 'hsaIdentity', number: 'personalIdentityNumber', givenName: 'givenName', middleName: 'middleName', surname: 'sn', title: 'title',
  mail: 'mail', telephone: 'telephoneNumber', mobile: 'mobile', titleCodes: 'paTitleCode', occupationalCodes: 'occupationalCode',
  /** Names of licences in clear text; `licenceCodes` translates them. */
  licenceNames: 'hsaTitle', licenceNumber: 'hospIdentityNumber', specialities: 'hsaSosTitleCodeSpeciality',
  personalPrescriptionCode: 'personalPrescriptionCode', groupPrescriptionCodes: 'hsaGroupPrescriptionCode', systemRoles: 'hsaSystemRole',
  startDate: 'startDate', endDate: 'endDate', organisationNumber: 'orgNo', organisationName: 'o', unitName: 'ou',
  commissionName: 'cn', commissionPurpose: 'hsaCommissionPurpose', commissionRights: 'hsaCommissionRight', commissionMembers: 'hsaCommissionMember',
  responsibleProvider: 'hsaResponsibleHealthCareProvider', pharmacy: 'hsaGlnCode',
} as const;
export type LdapFact = keyof typeof hsaAttributes;
export const hsaClasses = {
  provider: 'hsaHealthCareProvider', protectedPerson: 'hsaConfidentialPerson', archived: 'hsaArchivedObject',
  feigned: 'hsaFeignedDataObject', left: 'hsaDeletedPersonWithValidCertificates', organisation: 'organization',
} as const;
export type LdapClass = keyof typeof hsaClasses;

/** Socialstyrelsen's names of licences and their codes; data, not a closed list (facts: federation §2.4). */
export const licenceCodes: Readonly<Record<string, string>> = {
  apotekare: 'AP', arbetsterapeut: 'AT', audionom: 'AU', 'biomedicinsk analytiker': 'BA', barnmorska: 'BM', dietist: 'DT', fysioterapeut: 'FT',
  'hälso- och sjukvårdskurator': 'HP', kiropraktor: 'KP', logoped: 'LG', läkare: 'LK', naprapat: 'NA', ortopedingenjör: 'OI', optiker: 'OP',
  psykolog: 'PS', psykoterapeut: 'PT', receptarie: 'RC', röntgensjuksköterska: 'RS', sjukhusfysiker: 'SF', sjukgymnast: 'SG', sjuksköterska: 'SJ',
  tandhygienist: 'TH', tandläkare: 'TL', undersköterska: 'US',
};

export interface LdapSettings {
  readonly server: LdapServer;
  readonly peopleByHsaId: LdapSearch;
  readonly peopleByNumber: LdapSearch;
  /** Null where the catalogue holds no commissions. */
  readonly commissions: LdapSearch | null;
  readonly providers: LdapSearch | null;
  readonly attributes: Readonly<Record<LdapFact, string>>;
  readonly classes: Readonly<Record<LdapClass, string>>;
  readonly licenceCodes: Readonly<Record<string, string>>;
  /** Organisations by the DN they have, where the catalogue itself does not hold their number. */
  readonly organisations: readonly OrganisationPlace[];
  /** Milliseconds for a whole question. */
  readonly timeout: number;
  /** How long units, providers and organisations are remembered. */
  readonly placeSeconds: number;
  readonly feigned: FeignedObjects;
  readonly clock: Clock;
}
/** Equality does not match a value with dates behind the HSA-id, and `id*` would match longer ids, hence both forms. */
export const hsaSearches = (base: string): Pick<LdapSettings, 'peopleByHsaId' | 'peopleByNumber' | 'commissions' | 'providers'> => ({
  peopleByHsaId: { bases: [base], filter: '(&(objectClass=person)(hsaIdentity={value}))' },
  peopleByNumber: { bases: [base], filter: '(&(objectClass=person)(personalIdentityNumber={value}))' },
  commissions: { bases: [base], filter: '(&(objectClass=hsaCommission)(|(hsaCommissionMember={value})(hsaCommissionMember={value};*)))' },
  providers: { bases: [base], filter: '(&(objectClass=hsaHealthCareProvider)(hsaIdentity={value}))' },
});
