/** GetCredentialsForPersonIncludingProtectedPerson 2.2: posts with commissions, licences, codes and roles (facts: credentials §4.2). */
import { any, maybe, one, sequence, type Shape } from '../shape.ts';
import { feignedPart, inNamespace, pathFor, personPart, responder, type Contract } from './contract.ts';

const interaction = 'GetCredentialsForPersonIncludingProtectedPerson';
const r = responder('authorizationmanagement', interaction, '2');
const r1 = responder('authorizationmanagement', interaction, '2.1');
const c = 'urn:riv:infrastructure:directory:authorizationmanagement:2';
const c1 = 'urn:riv:infrastructure:directory:authorizationmanagement:2.1';
const c2 = 'urn:riv:infrastructure:directory:authorizationmanagement:2.2';

const commission: Shape = sequence(
  one(c, 'commissionName'), one(c, 'commissionHsaId'), one(c, 'commissionPurpose'),
  any(c, 'commissionRight', sequence(one(c, 'activity'), one(c, 'informationClass'), one(c, 'scope'))),
  maybe(c, 'healthCareUnitHsaId'), maybe(c, 'healthCareUnitName'), maybe(c, 'healthCareUnitStartDate', 'dateTime'), maybe(c, 'healthCareUnitEndDate', 'dateTime'),
  one(c, 'healthCareProviderHsaId'), one(c, 'healthCareProviderName'), one(c, 'healthCareProviderOrgNo'),
  maybe(c, 'healthCareProviderStartDate', 'dateTime'), maybe(c, 'healthCareProviderEndDate', 'dateTime'),
  maybe(c, 'feignedHealthCareProvider', 'boolean'), maybe(c, 'feignedHealthCareUnit', 'boolean'), maybe(c, 'feignedCommission', 'boolean'),
  maybe(c, 'archivedHealthCareProvider', 'boolean'), maybe(c, 'archivedHealthCareUnit', 'boolean'), maybe(c2, 'pharmacyIdentifier'),
);
const credentialInformation: Shape = sequence(
  maybe(c, 'givenName'), one(c, 'middleAndSurName'), one(c, 'personHsaId'), any(c, 'healthCareProfessionalLicence'),
  maybe(c, 'personalPrescriptionCode'), any(c, 'groupPrescriptionCode'),
  any(c, 'nursePrescriptionRight', sequence(one(c, 'healthCareProfessionalLicence'), one(c, 'prescriptionRight', 'boolean'))),
  any(c, 'hsaSystemRole', sequence(one(c, 'systemId'), one(c, 'role'))), any(c, 'paTitleCode'), maybe(c, 'protectedPerson', 'boolean'),
  any(c, 'commission', commission), maybe(c, 'feignedPerson', 'boolean'), any(c1, 'healthCareProfessionalLicenceCode'),
  any(c1, 'healthCareProfessionalLicenceSpeciality', sequence(one(c1, 'healthCareProfessionalLicenceCode'), one(c1, 'specialityCode'), one(c1, 'specialityName'))),
  any(c1, 'occupationalCode'), maybe(c1, 'personalIdentity', sequence(one(c1, 'root'), one(c1, 'extension'))), maybe(c1, 'healthcareProfessionalLicenseIdentityNumber'),
);

export const credentials: Contract = {
  interaction, namespace: r, path: pathFor('authorizationmanagement', interaction, '2'),
  // `extended1` is what makes the service return personalIdentity.
  request: (question) => [...personPart(question), feignedPart(question), inNamespace(r1, 'profile', ['extended1'])],
  response: sequence(any(r, 'credentialInformation', credentialInformation)),
};
