/** Answers of the simulated services, written as text with prefixes that the adapter does not use. */
import type { Commission, DirectoryPerson, Employment } from '../../../src/directory/model.ts';
import type { Asked, Interaction } from './requests.ts';

const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
const tag = (name: string, value: string | number | boolean | null | undefined): string => (value === null || value === undefined ? '' : `<${name}>${escape(String(value))}</${name}>`);
const time = (name: string, instant: number | null): string => (instant === null ? '' : tag(name, new Date(instant).toISOString()));
const many = (name: string, values: readonly string[]): string => values.map((value) => tag(name, value)).join('');
const flag = (name: string, value: boolean): string => (value ? tag(name, true) : '');

const commission = (one: Commission): string => {
  const unit = one.atProvider === true ? null : one.unit;
  return `<x:commission>${tag('x:commissionName', one.name)}${tag('x:commissionHsaId', one.hsaId)}${tag('x:commissionPurpose', one.purpose)}${one.rights.map((right) => `<x:commissionRight>${tag('x:activity', right.activity)}${tag('x:informationClass', right.informationClass)}${tag('x:scope', right.scope)}</x:commissionRight>`).join('')}${
    unit === null ? '' : tag('x:healthCareUnitHsaId', unit.hsaId) + tag('x:healthCareUnitName', unit.name) + time('x:healthCareUnitStartDate', unit.validFrom) + time('x:healthCareUnitEndDate', unit.validTo)
  }${tag('x:healthCareProviderHsaId', one.provider.hsaId)}${tag('x:healthCareProviderName', one.provider.name)}${tag('x:healthCareProviderOrgNo', one.provider.organisationNumber)}${time('x:healthCareProviderStartDate', one.provider.validFrom)}${time('x:healthCareProviderEndDate', one.provider.validTo)}${
    flag('x:feignedHealthCareProvider', one.provider.feigned)}${unit === null ? '' : flag('x:feignedHealthCareUnit', unit.feigned)}${flag('x:feignedCommission', one.feigned)}${flag('x:archivedHealthCareProvider', one.provider.archived)}${unit === null ? '' : flag('x:archivedHealthCareUnit', unit.archived)}${tag('z:pharmacyIdentifier', one.pharmacyIdentifier)}</x:commission>`;
};
const isCoordination = (number: string): boolean => Number(number.slice(6, 8)) > 60;
const credentialInformation = (post: Employment, person: DirectoryPerson): string =>
  `<m:credentialInformation>${tag('x:givenName', post.givenName)}${tag('x:middleAndSurName', post.surname)}${tag('x:personHsaId', post.hsaId)}${tag('x:personalPrescriptionCode', post.personalPrescriptionCode)}${many('x:groupPrescriptionCode', post.groupPrescriptionCodes)}${
    post.systemRoles.map((role) => `<x:hsaSystemRole>${tag('x:systemId', role.systemId)}${tag('x:role', role.role)}</x:hsaSystemRole>`).join('')}${many('x:paTitleCode', post.titleCodes)}${flag('x:protectedPerson', person.protectedPerson)}${post.commissions.map(commission).join('')}${flag('x:feignedPerson', post.feigned)}${
    many('y:healthCareProfessionalLicenceCode', post.licences)}${post.specialities.map((each) => `<y:healthCareProfessionalLicenceSpeciality>${tag('y:healthCareProfessionalLicenceCode', each.licenceCode)}${tag('y:specialityCode', each.code)}${tag('y:specialityName', each.name)}</y:healthCareProfessionalLicenceSpeciality>`).join('')}${many('y:occupationalCode', post.occupationalCodes)}${
    person.personalIdentityNumber === null ? '' : `<y:personalIdentity>${tag('y:root', isCoordination(person.personalIdentityNumber) ? '1.2.752.129.2.1.3.3' : '1.2.752.129.2.1.3.1')}${tag('y:extension', person.personalIdentityNumber)}</y:personalIdentity>`}${tag('y:healthcareProfessionalLicenseIdentityNumber', post.licenceIdentityNumber)}</m:credentialInformation>`;
const personInformation = (post: Employment, person: DirectoryPerson): string =>
  `<m:personInformation>${tag('x:personHsaId', post.hsaId)}${tag('x:givenName', post.givenName)}${tag('x:middleAndSurName', post.surname)}${tag('x:mail', post.mail)}${tag('x:telephoneNumber', post.telephone)}${tag('x:mobileNumber', post.mobileTelephone)}${tag('x:title', post.title)}${
    tag('x:dn', `CN=person,OU=Anställda,O=${post.organisation.name},C=SE`)}${flag('x:protectedPerson', person.protectedPerson)}${time('x:personStartDate', post.validFrom)}${time('x:personEndDate', post.validTo)}${flag('x:feignedPerson', post.feigned)}</m:personInformation>`;
const adminInformation = (post: Employment, person: DirectoryPerson): string => (post.authorizationScopes.length === 0 ? '' :
  `<m:adminCredentialInformation>${tag('x:personHsaId', post.hsaId)}${tag('x:givenName', post.givenName)}${tag('x:middleAndSurName', post.surname)}${flag('x:protectedPerson', person.protectedPerson)}${post.authorizationScopes.map((scope) => `<x:authorizationScopeProperties>${tag('x:authorizationScopeCode', scope.code)}${tag('x:authorizationScopeName', scope.name)}${tag('x:authorizationScopeDescription', scope.description)}${tag('x:authorizationScopePropertyCode', scope.propertyCode)}${tag('x:authorizationScopePropertyName', scope.propertyName)}${tag('x:authorizationScopePropertyDescription', scope.propertyDescription)}${
    scope.adminCommissions.map((admin) => `<x:adminCommission>${tag('x:adminCommissionHsaId', admin.hsaId)}${tag('x:adminCommissionResponsibleOrganisation', admin.responsibleOrganisation)}${admin.sectors.map((sector) => `<x:sector>${tag('x:unitHsaId', sector.unitHsaId)}${tag('x:sectorFlag', sector.sectorFlag)}${tag('x:name', sector.name)}${flag('x:feignedUnit', sector.feignedUnit)}</x:sector>`).join('')}${flag('x:feignedAdminCommission', admin.feigned)}</x:adminCommission>`).join('')}</x:authorizationScopeProperties>`).join('')}</m:adminCredentialInformation>`);

const writers: Readonly<Record<Interaction, (post: Employment, person: DirectoryPerson) => string>> = {
  GetCredentialsForPersonIncludingProtectedPerson: credentialInformation, GetEmployeeIncludingProtectedPerson: personInformation, GetAdminCredentialsForPersonIncludingProtectedPerson: adminInformation,
};
const base = 'urn:riv:infrastructure:directory';
const namespaces: Readonly<Record<Interaction, string>> = {
  GetCredentialsForPersonIncludingProtectedPerson: `xmlns:m="${base}:authorizationmanagement:GetCredentialsForPersonIncludingProtectedPersonResponder:2" xmlns:x="${base}:authorizationmanagement:2" xmlns:y="${base}:authorizationmanagement:2.1" xmlns:z="${base}:authorizationmanagement:2.2"`,
  GetAdminCredentialsForPersonIncludingProtectedPerson: `xmlns:m="${base}:authorizationmanagement:GetAdminCredentialsForPersonIncludingProtectedPersonResponder:2" xmlns:x="${base}:authorizationmanagement:2"`,
  GetEmployeeIncludingProtectedPerson: `xmlns:m="${base}:employee:GetEmployeeIncludingProtectedPersonResponder:4" xmlns:x="${base}:employee:4"`,
};
export const envelope = (body: string): string => `<?xml version='1.0' encoding='UTF-8'?>\n<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Header/><S:Body>${body}</S:Body></S:Envelope>`;
export const fault = (text: string): string => envelope(`<S:Fault><faultcode>S:Server</faultcode><faultstring>${escape(text)}</faultstring></S:Fault>`);

/** What HSA would say: nobody is an empty answer; by HSA-id one post, by number all of them. */
export const answerText = (asked: Asked, people: readonly DirectoryPerson[]): string => {
  const { interaction } = asked;
  const isAsked = (post: Employment, person: DirectoryPerson): boolean => (asked.personHsaId === null ? person.personalIdentityNumber === asked.personalIdentityNumber : post.hsaId.toUpperCase() === asked.personHsaId.toUpperCase());
  const found = people.flatMap((person) => person.employments.filter((post) => isAsked(post, person) && (asked.includeFeigned || !post.feigned)).map((post) => writers[interaction]({ ...post, commissions: post.commissions.filter((one) => asked.includeFeigned || !one.feigned) }, person)));
  return envelope(`<m:${interaction}Response ${namespaces[interaction]}>${found.join('')}</m:${interaction}Response>`);
};
