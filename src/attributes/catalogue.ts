/**
 * The single table of attributes: what each fact is called on every wire, where it comes from, and how careful to be.
 * Wire names are copied letter for letter from the standards, irregular spellings included (facts: federation §2.4, §3.3,
 * §4.3); they occur here and in the directory adapters' mapping.ts, nowhere else. docs/attributes.md is made from this table.
 */
import { isCoordinationNumber, type PersonalIdentityNumber } from '../core/ids.ts';
import type { JsonValue } from '../core/json.ts';
import type { LocalisedText } from '../core/locale.ts';
import type { AttributeId, AttributeValue, ChoiceLevel } from './model.ts';

export const dialects = ['sambi', 'inera', 'sambi-legacy', 'sweden-connect'] as const;
export type Dialect = (typeof dialects)[number];
/** `none`: known by name so that a service that requires it is told no, but Bryggan has no source for it. */
export type AttributeSource = 'credential' | 'person' | 'employment' | 'commission' | 'session' | 'computed' | 'none';
/**
 * What release.ts must ask before the attribute may leave: `personal-identity-number` needs that entitlement; `certificate`
 * holds whatever the certificate holds, so it is treated as the number when the certificate has one; `name`, `contact` and
 * `whereabouts` point at a protected person.
 */
export type Sensitivity = 'none' | 'personal-identity-number' | 'certificate' | 'name' | 'contact' | 'whereabouts';
export type ValueForm = 'text' | 'right' | 'speciality' | 'role' | 'scope' | 'all-commissions';
export type ClaimDialect = 'inera' | 'sweden-connect';
export interface Claim { readonly claim: string; readonly scope: string }

export interface AttributeRow {
  readonly id: AttributeId;
  readonly labels: LocalisedText;
  /** Names we answer with and publish, per dialect; the Inera dialect holds Sambi's names too. */
  readonly names: Readonly<Partial<Record<Dialect, readonly string[]>>>;
  /** Further spellings understood in a request; the answer carries the name asked for. */
  readonly aliases: readonly string[];
  readonly friendlyName: string;
  readonly claims: Readonly<Partial<Record<ClaimDialect, Claim>>>;
  readonly source: AttributeSource;
  readonly level: ChoiceLevel;
  readonly multiple: boolean;
  readonly form: ValueForm;
  readonly sensitivity: Sensitivity;
}

interface Given {
  readonly sv: string; readonly en: string;
  /** Local name in Sambi's register. */
  readonly sambi?: string;
  readonly inera?: readonly string[];
  /** Local name in the register of the old security services. */
  readonly legacy?: string;
  /** Without `urn:oid:`. */
  readonly oid?: string;
  readonly aliases?: readonly string[];
  readonly friendly?: string;
  readonly claim?: readonly [claim: string, scope: string];
  readonly seClaim?: readonly [claim: string, scope: string];
  readonly multiple?: true;
  readonly form?: ValueForm;
  readonly sensitivity?: Sensitivity;
}
const pair = (given: readonly [string, string] | undefined): Claim | undefined => (given === undefined ? undefined : { claim: given[0], scope: given[1] });
const present = <T extends object>(record: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: NonNullable<T[K]> };

const row = (id: string, source: AttributeSource, level: ChoiceLevel, given: Given): AttributeRow => {
  const sambi = given.sambi === undefined ? [] : [`http://sambi.se/attributes/1/${given.sambi}`];
  const inera = [...sambi, ...(given.inera ?? [])];
  return {
    id, source, level,
    labels: { sv: given.sv, en: given.en },
    names: present({
      sambi: sambi.length > 0 ? sambi : undefined,
      inera: inera.length > 0 ? inera : undefined,
      'sambi-legacy': given.legacy === undefined ? undefined : [`urn:sambi:names:attribute:${given.legacy}`],
      'sweden-connect': given.oid === undefined ? undefined : [`urn:oid:${given.oid}`],
    }),
    aliases: given.aliases ?? [],
    friendlyName: given.friendly ?? given.sambi ?? id,
    claims: present({ inera: pair(given.claim), 'sweden-connect': pair(given.seClaim) }),
    multiple: given.multiple ?? false,
    form: given.form ?? 'text',
    sensitivity: given.sensitivity ?? 'none',
  };
};

const se = (name: string): string => `https://id.oidc.se/claim/${name}`;
const sc = (name: string): string => `https://id.swedenconnect.se/claim/${name}`;
const naturalPerson = 'https://id.oidc.se/scope/naturalPersonInfo';
const personNumber = 'https://id.oidc.se/scope/naturalPersonNumber';
const personOrganisation = 'https://id.oidc.se/scope/naturalPersonOrgId';
const eidas = 'https://id.swedenconnect.se/scope/eidasNaturalPersonIdentity';
/** Sambi's register, with the aliases that the old register and the OID world use for the same fact. */
const sambiRows: readonly AttributeRow[] = [
  row('employeeHsaId', 'employment', 'employee', { sv: 'HSA-id', en: 'HSA-id', sambi: 'employeeHsaId', legacy: 'employeeHsaId', oid: '1.2.752.29.6.2.1', claim: ['employeeHsaId', 'employee'], seClaim: ['employeeHsaId', 'employee'] }),
  row('givenName', 'employment', 'employee', { sv: 'Förnamn', en: 'Given name', sambi: 'givenName', legacy: 'givenName', oid: '2.5.4.42', claim: ['given_name', 'profile'], seClaim: ['given_name', naturalPerson], sensitivity: 'name' }),
  row('surname', 'employment', 'employee', { sv: 'Efternamn', en: 'Surname', sambi: 'surname', legacy: 'middleAndSurname', oid: '2.5.4.4', claim: ['family_name', 'profile'], seClaim: ['family_name', naturalPerson], sensitivity: 'name' }),
  row('personalIdentityNumber', 'person', 'none', { sv: 'Personnummer', en: 'Personal identity number', sambi: 'personalIdentityNumber', oid: '1.2.752.29.4.13', claim: ['personalIdentityNumber', 'personal_identity_number'], seClaim: [se('personalIdentityNumber'), personNumber], sensitivity: 'personal-identity-number' }),
  row('mail', 'employment', 'employee', { sv: 'E-postadress i arbetet', en: 'Work e-mail address', sambi: 'mail', oid: '0.9.2342.19200300.100.1.3', claim: ['email', 'email'], seClaim: ['email', 'email'], sensitivity: 'contact' }),
  row('telephoneNumber', 'employment', 'employee', { sv: 'Telefon i arbetet', en: 'Work telephone', sambi: 'telephoneNumber', oid: '2.5.4.20', claim: ['phone_number', 'phone'], seClaim: ['phone_number', 'phone'], sensitivity: 'contact' }),
  row('mobileTelephoneNumber', 'employment', 'employee', { sv: 'Mobiltelefon i arbetet', en: 'Work mobile telephone', sambi: 'mobileTelephoneNumber', oid: '0.9.2342.19200300.100.1.41', claim: ['mobileTelephoneNumber', 'phone'], seClaim: ['msisdn', 'phone'], sensitivity: 'contact' }),
  row('organisationName', 'commission', 'commission', { sv: 'Organisation för uppdraget', en: 'Organisation of the commission', sambi: 'organizationName', claim: ['organizationName', 'commission'], sensitivity: 'whereabouts' }),
  row('organisationIdentifier', 'commission', 'commission', { sv: 'Organisationsnummer för uppdraget', en: 'Organisation number of the commission', sambi: 'organizationIdentifier', claim: ['organizationIdentifier', 'commission'], sensitivity: 'whereabouts' }),
  row('commissionHsaId', 'commission', 'commission', { sv: 'Medarbetaruppdragets HSA-id', en: 'Commission HSA-id', sambi: 'commissionHsaId', legacy: 'assignmentHsaId', claim: ['commissionHsaId', 'commission'] }),
  row('commissionName', 'commission', 'commission', { sv: 'Medarbetaruppdrag', en: 'Commission', sambi: 'commissionName', claim: ['commissionName', 'commission'], sensitivity: 'whereabouts' }),
  row('commissionPurpose', 'commission', 'commission', { sv: 'Uppdragets ändamål', en: 'Purpose of the commission', sambi: 'commissionPurpose', legacy: 'commissionPurpose', claim: ['commissionPurpose', 'commission'] }),
  row('commissionRight', 'commission', 'commission', { sv: 'Uppdragets rättigheter', en: 'Rights of the commission', sambi: 'commissionRight', aliases: ['urn:oid:1.2.752.29.4.124'], claim: ['commissionRight', 'commission'], multiple: true, form: 'right' }),
  row('healthcareUnitHsaId', 'commission', 'commission', { sv: 'Vårdenhetens HSA-id', en: 'Healthcare unit HSA-id', sambi: 'healthCareUnitHsaId', legacy: 'careUnitHsaId', claim: ['healthCareUnitHsaId', 'commission'], sensitivity: 'whereabouts' }),
  row('healthcareUnitName', 'commission', 'commission', { sv: 'Vårdenhet', en: 'Healthcare unit', sambi: 'healthCareUnitName', legacy: 'careUnitName', claim: ['healthCareUnitName', 'commission'], sensitivity: 'whereabouts' }),
  row('healthcareProviderHsaId', 'commission', 'commission', { sv: 'Vårdgivarens HSA-id', en: 'Healthcare provider HSA-id', sambi: 'healthCareProviderHsaId', legacy: 'careProviderHsaId', claim: ['healthCareProviderHsaId', 'commission'], sensitivity: 'whereabouts' }),
  row('healthcareProviderName', 'commission', 'commission', { sv: 'Vårdgivare', en: 'Healthcare provider', sambi: 'healthCareProviderName', legacy: 'careProviderName', claim: ['healthCareProviderName', 'commission'], sensitivity: 'whereabouts' }),
  row('healthcareProviderNumber', 'commission', 'commission', { sv: 'Vårdgivarens organisationsnummer', en: 'Healthcare provider organisation number', sambi: 'healthcareProviderId', claim: ['healthcareProviderId', 'commission'], sensitivity: 'whereabouts' }),
  row('healthcareProfessionalLicence', 'employment', 'employee', { sv: 'Legitimerad yrkesgrupp', en: 'Professional licence', sambi: 'healthcareProfessionalLicense', aliases: ['urn:oid:1.2.752.116.3.1.3'], claim: ['healthcareProfessionalLicense', 'employee'], multiple: true }),
  row('healthcareProfessionalLicenceIdentityNumber', 'employment', 'employee', { sv: 'Nummer i Socialstyrelsens register', en: 'Number in the register of licensed professionals', sambi: 'healthcareProfessionalLicenseIdentityNumber', claim: ['healthcareProfessionalLicenseIdentityNumber', 'employee'] }),
  row('healthcareProfessionalLicenceSpeciality', 'employment', 'employee', { sv: 'Specialitet', en: 'Speciality', sambi: 'healthCareProfessionalLicenceSpeciality', claim: ['healthCareProfessionalLicenceSpeciality', 'employee'], multiple: true, form: 'speciality' }),
  row('personalPrescriptionCode', 'employment', 'employee', { sv: 'Förskrivarkod', en: 'Prescriber code', sambi: 'personalPrescriptionCode', legacy: 'personalPrescriptionCode', aliases: ['urn:oid:1.2.752.116.3.1.2'], claim: ['personalPrescriptionCode', 'employee'] }),
  row('groupPrescriptionCode', 'employment', 'employee', { sv: 'Gruppförskrivarkod', en: 'Group prescriber code', sambi: 'groupPrescriptionCode', claim: ['groupPrescriptionCode', 'employee'], multiple: true }),
  row('positionTitleCode', 'employment', 'employee', { sv: 'Befattningskod', en: 'Position code', sambi: 'paTitleCode', legacy: 'titleCode', claim: ['paTitleCode', 'employee'], multiple: true }),
  row('occupationalCode', 'employment', 'employee', { sv: 'Yrkeskod', en: 'Occupational code', sambi: 'occupationalCode', claim: ['occupationalCode', 'employee'], multiple: true }),
  row('systemRole', 'employment', 'employee', { sv: 'Individuella egenskaper för it-tjänster', en: 'Roles in named systems', sambi: 'systemRole', legacy: 'systemRole', claim: ['systemRole', 'employee'], multiple: true, form: 'role' }),
  row('pharmacyIdentifier', 'commission', 'commission', { sv: 'Apotekets id', en: 'Pharmacy identifier', sambi: 'pharmacyIdentifier', claim: ['pharmacyIdentifier', 'commission'], sensitivity: 'whereabouts' }),
  row('title', 'employment', 'employee', { sv: 'Titel', en: 'Title', legacy: 'title' }),
];

const xmldsig = 'http://www.w3.org/2000/09/xmldsig#';
const credential = (name: string, sv: string, en: string, sensitivity: Sensitivity, more: Partial<Given> = {}): AttributeRow => {
  const id = `credential${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return row(id, 'credential', 'none', { sv, en, inera: [`urn:credential:${name}`], friendly: id, claim: [id, 'credential'], sensitivity, ...more });
};
/** Inera's register beyond Sambi's. */
const ineraRows: readonly AttributeRow[] = [
  row('name', 'employment', 'employee', { sv: 'Namn', en: 'Name', inera: ['urn:name'], oid: '2.16.840.1.113730.3.1.241', claim: ['name', 'profile'], seClaim: ['name', naturalPerson], sensitivity: 'name' }),
  row('authnMethod', 'session', 'none', { sv: 'Inloggningsmetod (äldre namn)', en: 'Login method (older name)', legacy: 'authnMethod', inera: ['urn:sambi:names:attribute:authnMethod'], claim: ['amr', 'openid'], seClaim: ['amr', 'openid'] }),
  row('authenticationMethod', 'session', 'none', { sv: 'Inloggningsmetod', en: 'Login method', inera: ['urn:authenticationMethod'], claim: ['authenticationMethod', 'openid'] }),
  row('authenticationMessage', 'none', 'none', { sv: 'Text vid inloggningen', en: 'Text shown at login', inera: ['urn:authenticationMessage'] }),
  row('levelOfAssurance', 'session', 'none', { sv: 'Tillitsnivå', en: 'Level of assurance', legacy: 'levelOfAssurance', inera: ['urn:sambi:names:attribute:levelOfAssurance'], claim: ['acr', 'openid'], seClaim: ['acr', 'openid'] }),
  row('certificateIssuerName', 'credential', 'none', { sv: 'Certifikatets utfärdare', en: 'Certificate issuer', legacy: 'x509IssuerName', inera: ['urn:sambi:names:attribute:x509IssuerName', `${xmldsig}x509IssuerName`], aliases: [`${xmldsig}X509IssuerName`], friendly: 'x509IssuerName', claim: ['x509IssuerName', 'credential'] }),
  row('certificateSubjectName', 'credential', 'none', { sv: 'Certifikatets innehavare', en: 'Certificate subject', inera: [`${xmldsig}x509SubjectName`], aliases: [`${xmldsig}X509SubjectName`], friendly: 'x509SubjectName', claim: ['x509SubjectName', 'credential'], sensitivity: 'certificate' }),
  credential('givenName', 'Förnamn enligt kortet', 'Given name on the card', 'name'),
  credential('surname', 'Efternamn enligt kortet', 'Surname on the card', 'name'),
  credential('personalIdentityNumber', 'Personnummer enligt kortet', 'Personal identity number on the card', 'personal-identity-number'),
  credential('employeeHsaId', 'HSA-id enligt kortet', 'HSA-id on the card', 'none'),
  credential('displayName', 'Namn enligt kortet', 'Name on the card', 'name'),
  credential('organizationName', 'Organisation enligt kortet', 'Organisation on the card', 'whereabouts'),
  credential('certificate', 'Certifikatet', 'The certificate', 'certificate', { oid: '1.2.752.201.3.10', seClaim: [se('userCertificate'), naturalPerson] }),
  credential('certificatePolicies', 'Certifikatets policyer', 'Certificate policies', 'none', { multiple: true }),
  row('allCommissions', 'computed', 'none', { sv: 'Alla medarbetaruppdrag', en: 'All commissions', inera: ['urn:allCommissions'], claim: ['allCommissions', 'all_commissions'], form: 'all-commissions', sensitivity: 'whereabouts' }),
  row('allEmployeeHsaIds', 'computed', 'none', { sv: 'Alla HSA-id', en: 'All HSA-ids', inera: ['urn:allEmployeeHsaIds'], claim: ['allEmployeeHsaIds', 'all_employee_hsa_ids'], multiple: true }),
  row('orgAffiliation', 'computed', 'commission', { sv: 'Tillhörighet till uppdragets organisation', en: "Affiliation to the commission's organisation", inera: ['urn:orgAffiliation'], claim: ['orgAffiliation', 'commission'], multiple: true, sensitivity: 'whereabouts' }),
  row('userOrgAffiliation', 'computed', 'employee', { sv: 'Tillhörighet till arbetsgivaren', en: 'Affiliation to the employer', inera: ['urn:userOrgAffiliation'], oid: '1.2.752.201.3.1', aliases: ['https://idp.inera.se/attributes/userOrgAffiliation'], claim: ['userOrgAffiliation', 'employee'], seClaim: [se('orgAffiliation'), personOrganisation], multiple: true, sensitivity: 'whereabouts' }),
  row('allCommissionOrgAffiliations', 'computed', 'none', { sv: 'Alla tillhörigheter genom uppdrag', en: 'All affiliations by commission', inera: ['urn:allCommissionOrgAffiliations'], claim: ['allCommissionOrgAffiliations', 'all_commissions'], multiple: true, sensitivity: 'whereabouts' }),
  row('allUserOrgAffiliations', 'computed', 'none', { sv: 'Alla tillhörigheter till arbetsgivare', en: 'All affiliations to employers', inera: ['urn:allUserOrgAffiliations'], claim: ['allUserOrgAffiliations', 'all_employee_hsa_ids'], multiple: true, sensitivity: 'whereabouts' }),
  row('userOrganisationIdentifier', 'employment', 'employee', { sv: 'Arbetsgivarens organisationsnummer', en: "Employer's organisation number", inera: ['urn:userOrganizationIdentifier'], oid: '2.5.4.97', friendly: 'userOrganizationIdentifier', claim: ['userOrganizationIdentifier', 'employee'], seClaim: [se('orgNumber'), personOrganisation], sensitivity: 'whereabouts' }),
  row('userOrganisationName', 'employment', 'employee', { sv: 'Arbetsgivare', en: 'Employer', inera: ['urn:userOrganizationName'], oid: '2.5.4.10', friendly: 'userOrganizationName', claim: ['userOrganizationName', 'employee'], seClaim: [se('orgName'), personOrganisation], sensitivity: 'whereabouts' }),
  row('userOrganisationHsaId', 'employment', 'employee', { sv: 'Arbetsgivarens HSA-id', en: "Employer's HSA-id", inera: ['urn:userOrganizationHsaId'], friendly: 'userOrganizationHsaId', claim: ['userOrganizationHsaId', 'employee'], sensitivity: 'whereabouts' }),
  row('authorizationScope', 'employment', 'employee', { sv: 'Administrativa medarbetaruppdrag', en: 'Administrative commissions', inera: ['urn:authorizationScope'], claim: ['authorizationScope', 'authorization_scope'], multiple: true, form: 'scope', sensitivity: 'whereabouts' }),
  row('identityProviderForSign', 'session', 'none', { sv: 'Tjänst för underskrift', en: 'Identity provider for signing', inera: ['urn:identityProviderForSign'], claim: ['identityProviderForSign', 'openid'] }),
  row('signMessageDigest', 'none', 'none', { sv: 'Kontrollsumma för underskriven text', en: 'Digest of the signed text', inera: ['urn:oid:1.2.752.201.3.14'], oid: '1.2.752.201.3.14' }),
];

const absent = (id: string, sv: string, en: string, oid: string, seClaim?: readonly [string, string]): AttributeRow => row(id, 'none', 'none', { sv, en, oid, ...(seClaim === undefined ? {} : { seClaim }) });
/** Sweden Connect's register beyond the names already given above. */
const swedenConnectRows: readonly AttributeRow[] = [
  row('dateOfBirth', 'computed', 'none', { sv: 'Födelsedatum', en: 'Date of birth', oid: '1.3.6.1.5.5.7.9.1', seClaim: ['birthdate', naturalPerson], sensitivity: 'name' }),
  row('transactionIdentifier', 'session', 'none', { sv: 'Inloggningens referens', en: 'Reference of the login', oid: '1.2.752.201.3.2', seClaim: ['txn', 'openid'] }),
  absent('gender', 'Kön', 'Gender', '1.3.6.1.5.5.7.9.3', ['gender', naturalPerson]),
  absent('previousPersonalIdentityNumber', 'Tidigare personnummer', 'Previous personal identity number', '1.2.752.201.3.15', [se('previousCoordinationNumber'), personNumber]),
  absent('birthName', 'Namn vid födseln', 'Name at birth', '1.2.752.201.3.8'),
  absent('street', 'Gatuadress', 'Street', '2.5.4.9'),
  absent('postOfficeBox', 'Postbox', 'Post office box', '2.5.4.18'),
  absent('postalCode', 'Postnummer', 'Postal code', '2.5.4.17'),
  absent('locality', 'Ort', 'Locality', '2.5.4.7'),
  absent('country', 'Land', 'Country', '2.5.4.6'),
  absent('placeOfBirth', 'Födelseort', 'Place of birth', '1.3.6.1.5.5.7.9.2', ['place_of_birth', naturalPerson]),
  absent('countryOfCitizenship', 'Medborgarskap', 'Citizenship', '1.3.6.1.5.5.7.9.4'),
  absent('countryOfResidence', 'Hemland', 'Country of residence', '1.3.6.1.5.5.7.9.5'),
  absent('organisationalUnit', 'Organisatorisk enhet', 'Organisational unit', '2.5.4.11', [se('orgUnit'), personOrganisation]),
  absent('authContextParams', 'Uppgifter om inloggningen', 'Parameters of the login', '1.2.752.201.3.3'),
  absent('prid', 'Provisoriskt id', 'Provisional id', '1.2.752.201.3.4', [sc('prid'), eidas]),
  absent('pridPersistence', 'Det provisoriska id:ts beständighet', 'Persistence of the provisional id', '1.2.752.201.3.5', [sc('pridPersistence'), eidas]),
  absent('personalIdentityNumberBinding', 'Koppling till personnummer', 'Binding to a personal identity number', '1.2.752.201.3.6', [sc('identityBinding'), eidas]),
  absent('eidasPersonIdentifier', 'Utländskt person-id', 'Foreign person identifier', '1.2.752.201.3.7', [sc('eidasPersonIdentifier'), eidas]),
  absent('eidasNaturalPersonAddress', 'Utländsk adress', 'Foreign address', '1.2.752.201.3.9'),
  absent('mappedPersonalIdentityNumber', 'Kopplat personnummer', 'Mapped personal identity number', '1.2.752.201.3.16', [sc('mappedPersonalIdentityNumber'), eidas]),
  absent('userSignature', 'Underskrift', 'Signature of the user', '1.2.752.201.3.11', [se('userSignature'), naturalPerson]),
  absent('authServerSignature', 'Inloggningsserverns underskrift', 'Signature of the authentication server', '1.2.752.201.3.13', [se('authnEvidence'), naturalPerson]),
  absent('sad', 'Underlag för aktivering av underskrift', 'Signature activation data', '1.2.752.201.3.12'),
];

export const catalogue: readonly AttributeRow[] = Object.freeze([...sambiRows, ...ineraRows, ...swedenConnectRows].map((entry) => Object.freeze(entry)));

const byId = new Map<AttributeId, AttributeRow>(catalogue.map((entry) => [entry.id, entry]));
const byWireName = new Map<string, AttributeId>(catalogue.flatMap((entry) => [...Object.values(entry.names).flat(), ...entry.aliases].map((name): [string, AttributeId] => [name, entry.id])));
const byClaim = new Map<string, AttributeId>(catalogue.flatMap((entry) => Object.values(entry.claims).map(({ claim }): [string, AttributeId] => [claim, entry.id])));
const coordinationNumberClaim = se('coordinationNumber');
byClaim.set(coordinationNumberClaim, 'personalIdentityNumber');

export const attributeRow = (attribute: AttributeId): AttributeRow | undefined => byId.get(attribute);
/** By exact Name, aliases and the x509 spelling variants included; FriendlyName is never looked at. */
export const attributeByWireName = (name: string): AttributeId | undefined => byWireName.get(name);
export const attributeByClaim = (claim: string): AttributeId | undefined => byClaim.get(claim);
/** SAML names of one dialect, the first being the preferred; empty when the dialect has none. */
export const wireNames = (attribute: AttributeId, dialect: Dialect): readonly string[] => byId.get(attribute)?.names[dialect] ?? [];
export const labelOf = (attribute: AttributeId): LocalisedText => byId.get(attribute)?.labels ?? { sv: attribute, en: attribute };
export const friendlyNameOf = (attribute: AttributeId): string | null => byId.get(attribute)?.friendlyName ?? null;
export const attributesOfScope = (scope: string, dialect: ClaimDialect): readonly AttributeId[] => catalogue.flatMap((entry) => (entry.claims[dialect]?.scope === scope ? [entry.id] : []));
/** Scopes that stand for attributes somebody has; a scope of facts that Bryggan has no source for is not offered. */
export const scopesOf = (dialect: ClaimDialect): readonly string[] => [...new Set(catalogue.flatMap(({ claims, source }) => (source === 'none' ? [] : claims[dialect]?.scope ?? [])))];
/** The least choice that lets all of these be answered (facts: federation §3.6, §7). */
export const choiceLevelOf = (attributes: readonly AttributeId[]): ChoiceLevel => {
  const levels = new Set(attributes.map((attribute) => byId.get(attribute)?.level));
  return levels.has('commission') ? 'commission' : levels.has('employee') ? 'employee' : 'none';
};

type Structured = Exclude<AttributeValue, string>;
const listOf = (value: JsonValue | undefined): readonly Structured[] => (Array.isArray(value) ? (value as readonly Structured[]) : []);
const field = (value: Structured, key: string): JsonValue => value[key] ?? null;
const word = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
const joined = (value: Structured, ...keys: readonly string[]): string => keys.map((key) => word(value[key])).join(';');

const rightObject = (right: Structured): Structured => ({ activity: field(right, 'activity'), scope: field(right, 'scope'), informationClass: field(right, 'informationClass') });
/** Attribute and HSA field say Licence, the JSON key says License (facts: federation §2.4). */
const specialityObject = (speciality: Structured): Structured => ({ healthCareProfessionalLicenseCode: field(speciality, 'licenceCode'), specialityCode: field(speciality, 'code'), specialityName: field(speciality, 'name') });
const roleObject = (role: Structured): Structured => ({ systemId: field(role, 'systemId'), role: field(role, 'role') });
const sectorObject = (sector: Structured): Structured => ({ sectorFlag: field(sector, 'sectorFlag'), feignedUnit: field(sector, 'feignedUnit'), name: field(sector, 'name'), unitHsaId: field(sector, 'unitHsaId') });
const adminObject = (commission: Structured): Structured => ({
  adminCommissionHsaId: field(commission, 'hsaId'), adminCommissionResponsibleOrganisation: field(commission, 'responsibleOrganisation'),
  feignedAdminCommission: field(commission, 'feigned'), sectors: listOf(commission['sectors']).map(sectorObject),
});
const scopeObject = (scope: Structured): Structured => ({
  authorizationScopeName: field(scope, 'name'), authorizationScopeCode: field(scope, 'code'), authorizationScopeDescription: field(scope, 'description'),
  authorizationScopePropertyName: field(scope, 'propertyName'), authorizationScopePropertyCode: field(scope, 'propertyCode'), authorizationScopePropertyDescription: field(scope, 'propertyDescription'),
  adminCommissions: listOf(scope['adminCommissions']).map(adminObject),
});
/** Plural `commissionRights` here, singular as the attribute; an HSA-id without commission is listed alone (facts: federation §3.4). */
const commissionObject = (entry: Structured): Structured => (entry['commissionHsaId'] === undefined ? { employeeHsaId: field(entry, 'employeeHsaId') } : {
  employeeHsaId: field(entry, 'employeeHsaId'), commissionHsaId: field(entry, 'commissionHsaId'), commissionName: field(entry, 'name'), commissionPurpose: field(entry, 'purpose'),
  commissionRights: listOf(entry['rights']).map(rightObject),
  healthCareProviderHsaId: field(entry, 'providerHsaId'), healthCareProviderName: field(entry, 'providerName'), healthCareProviderOrgNo: field(entry, 'providerNumber'),
  healthCareUnitHsaId: field(entry, 'unitHsaId'), healthCareUnitName: field(entry, 'unitName'),
});
const objectForms: Readonly<Partial<Record<ValueForm, (value: Structured) => Structured>>> = { right: rightObject, speciality: specialityObject, role: roleObject, scope: scopeObject };
const allCommissionsText = (value: Structured): string => JSON.stringify(listOf(value['entries']).map(commissionObject));

export interface SerialiseOptions { readonly dialect: string; readonly commissionRight: 'text' | 'json' }
/** One value as the text of one AttributeValue. Pure; a plain value passes unchanged. */
export const serialise = (attribute: AttributeId, value: AttributeValue, options: SerialiseOptions): string => {
  if (typeof value === 'string') return value;
  const form = byId.get(attribute)?.form ?? 'text';
  if (form === 'right' && options.commissionRight === 'text') return joined(value, 'activity', 'informationClass', 'scope');
  if (form === 'role') return joined(value, 'systemId', 'role');
  if (form === 'all-commissions') return allCommissionsText(value);
  return JSON.stringify(objectForms[form]?.(value) ?? value);
};

/**
 * The claim for these values, or undefined when there are none or the dialect has no claim for it. One value stands alone where
 * the attribute is single; `amr` is always a list; allCommissions is text that holds JSON (facts: federation §3.4, §3.7).
 */
export const toClaim = (attribute: AttributeId, values: readonly AttributeValue[], dialect: ClaimDialect): { readonly claim: string; readonly value: JsonValue } | undefined => {
  const entry = byId.get(attribute);
  const named = entry?.claims[dialect];
  const [first] = values;
  if (entry === undefined || named === undefined || first === undefined) return undefined;
  const one = (value: AttributeValue): JsonValue => (typeof value === 'string' ? value : entry.form === 'all-commissions' ? allCommissionsText(value) : (objectForms[entry.form]?.(value) ?? value));
  // A personnummer and a samordningsnummer are different claims, never both [SE-CL].
  const coordination = dialect === 'sweden-connect' && attribute === 'personalIdentityNumber' && isCoordinationNumber(first as PersonalIdentityNumber);
  const claim = coordination ? coordinationNumberClaim : named.claim;
  return { claim, value: entry.multiple || claim === 'amr' ? values.map(one) : one(first) };
};
