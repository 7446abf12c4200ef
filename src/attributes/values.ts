/**
 * From people to facts: what each attribute's values are for somebody acting under a post and a commission. Pure, and
 * computed for one attribute at a time, so that a login costs only what its service asked for.
 * No value is an empty list; nothing is ever made up.
 */
import type { PersonalIdentityNumber } from '../core/ids.ts';
import type { Commission, Employment } from '../directory/model.ts';
import type { ActingPerson } from '../login/acting-person.ts';
import type { AttributeId, AttributeValue } from './model.ts';

/** What the login itself says. */
export interface SessionFacts {
  /** Level as it is answered to this service, in its federation's spelling. */
  readonly assuranceUri: string;
  /** EntityID of the identity provider that an e-signing service should use for the same method. */
  readonly identityProviderForSign?: string | null;
  /** Opaque reference of the login, given to services that ask for one. */
  readonly transactionIdentifier?: string | null;
}
interface Subject extends ActingPerson { readonly session: SessionFacts }
type Values = readonly AttributeValue[];
type Reader = (subject: Subject) => Values;

const none: Values = [];
const one = (value: string | null | undefined): Values => (value === null || value === undefined || value === '' ? none : [value]);
const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)];
const ofPost = (read: (employment: Employment) => Values): Reader => ({ employment }) => (employment === null ? none : read(employment));
const ofCommission = (read: (commission: Commission) => Values): Reader => ({ commission }) => (commission === null ? none : read(commission));
/** A commission directly under the provider has no unit: unit attributes are simply not there [HSA-TKB]. */
const ofUnit = (read: (commission: Commission) => Values): Reader => ofCommission((commission) => (commission.atProvider === true ? none : read(commission)));

const affiliation = (employee: Employment, organisation: string | null): readonly string[] => (organisation === null ? [] : [`${employee.hsaId}@${organisation}`]);
const commissionEntries = (employee: Employment): readonly AttributeValue[] =>
  employee.commissions.length === 0 ? [{ employeeHsaId: employee.hsaId }] : employee.commissions.map((commission) => ({
    employeeHsaId: employee.hsaId, commissionHsaId: commission.hsaId, name: commission.name, purpose: commission.purpose,
    rights: commission.rights.map((right) => ({ ...right })),
    providerHsaId: commission.provider.hsaId, providerName: commission.provider.name, providerNumber: commission.provider.organisationNumber,
    unitHsaId: commission.atProvider === true ? null : commission.unit.hsaId, unitName: commission.atProvider === true ? null : commission.unit.name,
  }));
const allPosts = (read: (employment: Employment) => readonly string[]): Reader => ({ person }) => distinct((person?.employments ?? []).flatMap(read));

/** From the credential when it carries one, else from the directory. */
export const numberOf = ({ identity, person }: ActingPerson): PersonalIdentityNumber | null =>
  identity.person.kind === 'personal-identity-number' ? identity.person.number : (person?.personalIdentityNumber ?? null);
const birthDate = (number: PersonalIdentityNumber | null): string | null => {
  if (number === null) return null;
  const day = Number(number.slice(6, 8)) % 60;
  const month = number.slice(4, 6);
  // A samordningsnummer may have a month that is no month (facts: credentials §1.8): then there is no date to tell.
  return month === '00' || day === 0 ? null : `${number.slice(0, 4)}-${month}-${String(day).padStart(2, '0')}`;
};

const readers: Readonly<Record<AttributeId, Reader>> = {
  employeeHsaId: ofPost(({ hsaId }) => [hsaId]),
  givenName: ofPost(({ givenName }) => one(givenName)),
  surname: ofPost(({ surname }) => one(surname)),
  name: ofPost(({ givenName, surname }) => one(`${givenName} ${surname}`.trim())),
  personalIdentityNumber: (subject) => one(numberOf(subject)),
  mail: ofPost(({ mail }) => one(mail)),
  telephoneNumber: ofPost(({ telephone }) => one(telephone)),
  mobileTelephoneNumber: ofPost(({ mobileTelephone }) => one(mobileTelephone)),
  title: ofPost(({ title }) => one(title)),
  healthcareProfessionalLicence: ofPost(({ licences }) => licences),
  healthcareProfessionalLicenceIdentityNumber: ofPost(({ licenceIdentityNumber }) => one(licenceIdentityNumber)),
  healthcareProfessionalLicenceSpeciality: ofPost(({ specialities }) => specialities.map((speciality) => ({ ...speciality }))),
  personalPrescriptionCode: ofPost(({ personalPrescriptionCode }) => one(personalPrescriptionCode)),
  groupPrescriptionCode: ofPost(({ groupPrescriptionCodes }) => groupPrescriptionCodes),
  positionTitleCode: ofPost(({ titleCodes }) => titleCodes),
  occupationalCode: ofPost(({ occupationalCodes }) => occupationalCodes),
  systemRole: ofPost(({ systemRoles }) => systemRoles.map((role) => ({ ...role }))),
  authorizationScope: ofPost(({ authorizationScopes }) => authorizationScopes.map((scope) => ({
    ...scope, adminCommissions: scope.adminCommissions.map((admin) => ({ ...admin, sectors: admin.sectors.map((sector) => ({ ...sector })) })),
  }))),
  userOrganisationIdentifier: ofPost(({ organisation }) => [organisation.number]),
  userOrganisationName: ofPost(({ organisation }) => one(organisation.name)),
  userOrganisationHsaId: ofPost(({ organisation }) => one(organisation.hsaId)),
  userOrgAffiliation: ofPost((employment) => affiliation(employment, employment.organisation.number)),

  organisationName: ofCommission(({ provider }) => one(provider.name)),
  organisationIdentifier: ofCommission(({ provider }) => one(provider.organisationNumber)),
  commissionHsaId: ofCommission(({ hsaId }) => [hsaId]),
  commissionName: ofCommission(({ name }) => one(name)),
  commissionPurpose: ofCommission(({ purpose }) => one(purpose)),
  commissionRight: ofCommission(({ rights }) => rights.map((right) => ({ ...right }))),
  healthcareUnitHsaId: ofUnit(({ unit }) => [unit.hsaId]),
  healthcareUnitName: ofUnit(({ unit }) => one(unit.name)),
  healthcareProviderHsaId: ofCommission(({ provider }) => [provider.hsaId]),
  healthcareProviderName: ofCommission(({ provider }) => one(provider.name)),
  healthcareProviderNumber: ofCommission(({ provider }) => one(provider.organisationNumber)),
  pharmacyIdentifier: ofCommission(({ pharmacyIdentifier }) => one(pharmacyIdentifier)),
  orgAffiliation: ({ employment, commission }) => (employment === null || commission === null ? none : affiliation(employment, commission.provider.organisationNumber)),

  allCommissions: ({ person }) => (person === null || person.employments.length === 0 ? none : [{ entries: person.employments.flatMap(commissionEntries) }]),
  allEmployeeHsaIds: allPosts(({ hsaId }) => [hsaId]),
  allCommissionOrgAffiliations: allPosts((post) => post.commissions.flatMap(({ provider }) => affiliation(post, provider.organisationNumber))),
  allUserOrgAffiliations: allPosts((post) => affiliation(post, post.organisation.number)),

  authnMethod: ({ identity }) => [identity.method],
  authenticationMethod: ({ identity }) => [identity.method],
  levelOfAssurance: ({ session }) => [session.assuranceUri],
  identityProviderForSign: ({ session }) => one(session.identityProviderForSign),
  transactionIdentifier: ({ session }) => one(session.transactionIdentifier),
  certificateIssuerName: ({ identity }) => one(identity.credential.issuerName),
  certificateSubjectName: ({ identity }) => one(identity.credential.subjectName),
  credentialGivenName: ({ identity }) => one(identity.credential.givenName),
  credentialSurname: ({ identity }) => one(identity.credential.surname),
  credentialPersonalIdentityNumber: ({ identity }) => (identity.person.kind === 'personal-identity-number' ? [identity.person.number] : none),
  credentialEmployeeHsaId: ({ identity }) => (identity.person.kind === 'hsa-id' ? [identity.person.hsaId] : none),
  credentialDisplayName: ({ identity }) => one(identity.credential.displayName),
  credentialOrganizationName: ({ identity }) => one(identity.credential.organisationName),
  credentialCertificate: ({ identity }) => one(identity.credential.certificate),
  credentialCertificatePolicies: ({ identity }) => identity.credential.policies,
  dateOfBirth: (subject) => one(birthDate(numberOf(subject))),
};

/** Attributes that have a source here; the rest of the catalogue never has a value. */
export const readableAttributes: readonly AttributeId[] = Object.keys(readers);

/** What a party's own IdP said, where its word stands instead of the directory's; already within its trust limits. */
const broughtBy = ({ identity }: ActingPerson): Readonly<Record<AttributeId, Values>> => {
  if (identity.upstream?.directory !== 'stands') return {};
  return { ...(identity.person.kind === 'hsa-id' ? { employeeHsaId: [identity.person.hsaId] } : {}), ...identity.upstream.attributes };
};

/** Values by attribute, computed on demand; an attribute without a source has none. */
export const factsOf = (acting: ActingPerson, session: SessionFacts): ((attribute: AttributeId) => Values) => {
  const subject: Subject = { ...acting, session };
  const brought = broughtBy(acting);
  return (attribute) => {
    const values = Object.hasOwn(readers, attribute) ? (readers[attribute]?.(subject) ?? none) : none;
    return values.length === 0 && Object.hasOwn(brought, attribute) ? (brought[attribute] ?? none) : values;
  };
};
