/**
 * Every row of the catalogue as the standards print it (facts: federation §2.4, §3.3, §4.3), typed again by hand, with the values
 * that the complete physician of test/directory/people.ts must give. Not made from the catalogue: that is what it checks.
 */
import type { JsonValue } from '../../src/core/json.ts';

export interface Golden {
  readonly id: string;
  readonly sambi?: string; readonly inera?: readonly string[]; readonly legacy?: string; readonly swedenConnect?: string; readonly aliases?: readonly string[];
  /** Text of each AttributeValue, commissionRight as text. */
  readonly texts: readonly string[];
  readonly claim?: readonly [name: string, scope: string, value: JsonValue];
  readonly seClaim?: readonly [name: string, scope: string, value: JsonValue];
}
const person = 'https://id.oidc.se/scope/naturalPersonInfo';
const organisation = 'https://id.oidc.se/scope/naturalPersonOrgId';
const s = 'http://sambi.se/attributes/1/';
const l = 'urn:sambi:names:attribute:';
const allCommissions = '[{"employeeHsaId":"SE2321000131-POST1","commissionHsaId":"SE2321000131-COMMISSION1","commissionName":"Vård vid medicinmottagningen","commissionPurpose":"Vård och behandling","commissionRights":[{"activity":"Läsa","scope":"SJF","informationClass":"alla"},{"activity":"Skriva","scope":"VE","informationClass":"upp"}],"healthCareProviderHsaId":"SE2321000131-PROVIDER1","healthCareProviderName":"Västra Götalandsregionen","healthCareProviderOrgNo":"2321000131","healthCareUnitHsaId":"SE2321000131-UNIT1","healthCareUnitName":"Medicinmottagningen"}]';
const scope = {
  authorizationScopeName: 'Behörighetsområde', authorizationScopeCode: 'AS1', authorizationScopeDescription: 'Beskrivning',
  authorizationScopePropertyName: 'Egenskap', authorizationScopePropertyCode: 'P1', authorizationScopePropertyDescription: 'Om egenskapen',
  adminCommissions: [{ adminCommissionHsaId: 'SE2321000131-ADMIN1', adminCommissionResponsibleOrganisation: '2321000131', feignedAdminCommission: false, sectors: [{ sectorFlag: 'true', feignedUnit: false, name: 'Medicin', unitHsaId: 'SE2321000131-UNIT1' }] }],
};
const never = (id: string, swedenConnect: string, aliases: readonly string[] = []): Golden => ({ id, swedenConnect, aliases, texts: [] });

export const golden: readonly Golden[] = [
  { id: 'employeeHsaId', sambi: `${s}employeeHsaId`, legacy: `${l}employeeHsaId`, swedenConnect: 'urn:oid:1.2.752.29.6.2.1', texts: ['SE2321000131-POST1'], claim: ['employeeHsaId', 'employee', 'SE2321000131-POST1'], seClaim: ['employeeHsaId', 'employee', 'SE2321000131-POST1'] },
  { id: 'givenName', sambi: `${s}givenName`, legacy: `${l}givenName`, swedenConnect: 'urn:oid:2.5.4.42', texts: ['Erik'], claim: ['given_name', 'profile', 'Erik'], seClaim: ['given_name', person, 'Erik'] },
  { id: 'surname', sambi: `${s}surname`, legacy: `${l}middleAndSurname`, swedenConnect: 'urn:oid:2.5.4.4', texts: ['Sandström'], claim: ['family_name', 'profile', 'Sandström'], seClaim: ['family_name', person, 'Sandström'] },
  { id: 'personalIdentityNumber', sambi: `${s}personalIdentityNumber`, swedenConnect: 'urn:oid:1.2.752.29.4.13', texts: ['189109049818'], claim: ['personalIdentityNumber', 'personal_identity_number', '189109049818'], seClaim: ['https://id.oidc.se/claim/personalIdentityNumber', 'https://id.oidc.se/scope/naturalPersonNumber', '189109049818'] },
  { id: 'mail', sambi: `${s}mail`, swedenConnect: 'urn:oid:0.9.2342.19200300.100.1.3', texts: ['erik.sandstrom@vgr.example'], claim: ['email', 'email', 'erik.sandstrom@vgr.example'], seClaim: ['email', 'email', 'erik.sandstrom@vgr.example'] },
  { id: 'telephoneNumber', sambi: `${s}telephoneNumber`, swedenConnect: 'urn:oid:2.5.4.20', texts: ['+46313900601'], claim: ['phone_number', 'phone', '+46313900601'], seClaim: ['phone_number', 'phone', '+46313900601'] },
  { id: 'mobileTelephoneNumber', sambi: `${s}mobileTelephoneNumber`, swedenConnect: 'urn:oid:0.9.2342.19200300.100.1.41', texts: ['+46313900602'], claim: ['mobileTelephoneNumber', 'phone', '+46313900602'], seClaim: ['msisdn', 'phone', '+46313900602'] },
  { id: 'organisationName', sambi: `${s}organizationName`, texts: ['Västra Götalandsregionen'], claim: ['organizationName', 'commission', 'Västra Götalandsregionen'] },
  { id: 'organisationIdentifier', sambi: `${s}organizationIdentifier`, texts: ['2321000131'], claim: ['organizationIdentifier', 'commission', '2321000131'] },
  { id: 'commissionHsaId', sambi: `${s}commissionHsaId`, legacy: `${l}assignmentHsaId`, texts: ['SE2321000131-COMMISSION1'], claim: ['commissionHsaId', 'commission', 'SE2321000131-COMMISSION1'] },
  { id: 'commissionName', sambi: `${s}commissionName`, texts: ['Vård vid medicinmottagningen'], claim: ['commissionName', 'commission', 'Vård vid medicinmottagningen'] },
  { id: 'commissionPurpose', sambi: `${s}commissionPurpose`, legacy: `${l}commissionPurpose`, texts: ['Vård och behandling'], claim: ['commissionPurpose', 'commission', 'Vård och behandling'] },
  { id: 'commissionRight', sambi: `${s}commissionRight`, aliases: ['urn:oid:1.2.752.29.4.124'], texts: ['Läsa;alla;SJF', 'Skriva;upp;VE'], claim: ['commissionRight', 'commission', [{ activity: 'Läsa', scope: 'SJF', informationClass: 'alla' }, { activity: 'Skriva', scope: 'VE', informationClass: 'upp' }]] },
  { id: 'healthcareUnitHsaId', sambi: `${s}healthCareUnitHsaId`, legacy: `${l}careUnitHsaId`, texts: ['SE2321000131-UNIT1'], claim: ['healthCareUnitHsaId', 'commission', 'SE2321000131-UNIT1'] },
  { id: 'healthcareUnitName', sambi: `${s}healthCareUnitName`, legacy: `${l}careUnitName`, texts: ['Medicinmottagningen'], claim: ['healthCareUnitName', 'commission', 'Medicinmottagningen'] },
  { id: 'healthcareProviderHsaId', sambi: `${s}healthCareProviderHsaId`, legacy: `${l}careProviderHsaId`, texts: ['SE2321000131-PROVIDER1'], claim: ['healthCareProviderHsaId', 'commission', 'SE2321000131-PROVIDER1'] },
  { id: 'healthcareProviderName', sambi: `${s}healthCareProviderName`, legacy: `${l}careProviderName`, texts: ['Västra Götalandsregionen'], claim: ['healthCareProviderName', 'commission', 'Västra Götalandsregionen'] },
  { id: 'healthcareProviderNumber', sambi: `${s}healthcareProviderId`, texts: ['2321000131'], claim: ['healthcareProviderId', 'commission', '2321000131'] },
  { id: 'healthcareProfessionalLicence', sambi: `${s}healthcareProfessionalLicense`, aliases: ['urn:oid:1.2.752.116.3.1.3'], texts: ['LK', 'SJ'], claim: ['healthcareProfessionalLicense', 'employee', ['LK', 'SJ']] },
  { id: 'healthcareProfessionalLicenceIdentityNumber', sambi: `${s}healthcareProfessionalLicenseIdentityNumber`, texts: ['920001'], claim: ['healthcareProfessionalLicenseIdentityNumber', 'employee', '920001'] },
  { id: 'healthcareProfessionalLicenceSpeciality', sambi: `${s}healthCareProfessionalLicenceSpeciality`, texts: ['{"healthCareProfessionalLicenseCode":"LK","specialityCode":"30014","specialityName":"Barn- och ungdomskirurgi"}'], claim: ['healthCareProfessionalLicenceSpeciality', 'employee', [{ healthCareProfessionalLicenseCode: 'LK', specialityCode: '30014', specialityName: 'Barn- och ungdomskirurgi' }]] },
  { id: 'personalPrescriptionCode', sambi: `${s}personalPrescriptionCode`, legacy: `${l}personalPrescriptionCode`, aliases: ['urn:oid:1.2.752.116.3.1.2'], texts: ['9000027'], claim: ['personalPrescriptionCode', 'employee', '9000027'] },
  { id: 'groupPrescriptionCode', sambi: `${s}groupPrescriptionCode`, texts: ['9100009'], claim: ['groupPrescriptionCode', 'employee', ['9100009']] },
  { id: 'positionTitleCode', sambi: `${s}paTitleCode`, legacy: `${l}titleCode`, texts: ['201010', '201011'], claim: ['paTitleCode', 'employee', ['201010', '201011']] },
  { id: 'occupationalCode', sambi: `${s}occupationalCode`, texts: ['LF'], claim: ['occupationalCode', 'employee', ['LF']] },
  { id: 'systemRole', sambi: `${s}systemRole`, legacy: `${l}systemRole`, texts: ['BIF;Spärradministratör'], claim: ['systemRole', 'employee', [{ systemId: 'BIF', role: 'Spärradministratör' }]] },
  { id: 'pharmacyIdentifier', sambi: `${s}pharmacyIdentifier`, texts: ['7300009041234'], claim: ['pharmacyIdentifier', 'commission', '7300009041234'] },
  { id: 'title', legacy: `${l}title`, texts: ['Överläkare'] },

  { id: 'name', inera: ['urn:name'], swedenConnect: 'urn:oid:2.16.840.1.113730.3.1.241', texts: ['Erik Sandström'], claim: ['name', 'profile', 'Erik Sandström'], seClaim: ['name', person, 'Erik Sandström'] },
  { id: 'authnMethod', inera: [`${l}authnMethod`], legacy: `${l}authnMethod`, texts: ['siths-card'], claim: ['amr', 'openid', ['siths-card']], seClaim: ['amr', 'openid', ['siths-card']] },
  { id: 'authenticationMethod', inera: ['urn:authenticationMethod'], texts: ['siths-card'], claim: ['authenticationMethod', 'openid', 'siths-card'] },
  { id: 'authenticationMessage', inera: ['urn:authenticationMessage'], texts: [] },
  { id: 'levelOfAssurance', inera: [`${l}levelOfAssurance`], legacy: `${l}levelOfAssurance`, texts: ['http://id.sambi.se/loa/loa3'], claim: ['acr', 'openid', 'http://id.sambi.se/loa/loa3'], seClaim: ['acr', 'openid', 'http://id.sambi.se/loa/loa3'] },
  { id: 'certificateIssuerName', inera: [`${l}x509IssuerName`, 'http://www.w3.org/2000/09/xmldsig#x509IssuerName'], legacy: `${l}x509IssuerName`, aliases: ['http://www.w3.org/2000/09/xmldsig#X509IssuerName'], texts: ['CN=DEV Issuing CA,O=Bryggan Development,C=SE'], claim: ['x509IssuerName', 'credential', 'CN=DEV Issuing CA,O=Bryggan Development,C=SE'] },
  { id: 'certificateSubjectName', inera: ['http://www.w3.org/2000/09/xmldsig#x509SubjectName'], aliases: ['http://www.w3.org/2000/09/xmldsig#X509SubjectName'], texts: ['CN=Erik Sandström,C=SE'], claim: ['x509SubjectName', 'credential', 'CN=Erik Sandström,C=SE'] },
  { id: 'credentialGivenName', inera: ['urn:credential:givenName'], texts: ['Erik'], claim: ['credentialGivenName', 'credential', 'Erik'] },
  { id: 'credentialSurname', inera: ['urn:credential:surname'], texts: ['Sandström'], claim: ['credentialSurname', 'credential', 'Sandström'] },
  { id: 'credentialPersonalIdentityNumber', inera: ['urn:credential:personalIdentityNumber'], texts: ['189109049818'], claim: ['credentialPersonalIdentityNumber', 'credential', '189109049818'] },
  { id: 'credentialEmployeeHsaId', inera: ['urn:credential:employeeHsaId'], texts: ['SE2321000131-POST1'], claim: ['credentialEmployeeHsaId', 'credential', 'SE2321000131-POST1'] },
  { id: 'credentialDisplayName', inera: ['urn:credential:displayName'], texts: ['Erik Sandström'], claim: ['credentialDisplayName', 'credential', 'Erik Sandström'] },
  { id: 'credentialOrganizationName', inera: ['urn:credential:organizationName'], texts: ['Västra Götalandsregionen'], claim: ['credentialOrganizationName', 'credential', 'Västra Götalandsregionen'] },
  { id: 'credentialCertificate', inera: ['urn:credential:certificate'], swedenConnect: 'urn:oid:1.2.752.201.3.10', texts: ['MIIB'], claim: ['credentialCertificate', 'credential', 'MIIB'], seClaim: ['https://id.oidc.se/claim/userCertificate', person, 'MIIB'] },
  { id: 'credentialCertificatePolicies', inera: ['urn:credential:certificatePolicies'], texts: ['1.2.752.74.8.512', '1.2.752.74.8.513'], claim: ['credentialCertificatePolicies', 'credential', ['1.2.752.74.8.512', '1.2.752.74.8.513']] },
  { id: 'allCommissions', inera: ['urn:allCommissions'], texts: [allCommissions], claim: ['allCommissions', 'all_commissions', allCommissions] },
  { id: 'allEmployeeHsaIds', inera: ['urn:allEmployeeHsaIds'], texts: ['SE2321000131-POST1'], claim: ['allEmployeeHsaIds', 'all_employee_hsa_ids', ['SE2321000131-POST1']] },
  { id: 'orgAffiliation', inera: ['urn:orgAffiliation'], texts: ['SE2321000131-POST1@2321000131'], claim: ['orgAffiliation', 'commission', ['SE2321000131-POST1@2321000131']] },
  { id: 'userOrgAffiliation', inera: ['urn:userOrgAffiliation'], swedenConnect: 'urn:oid:1.2.752.201.3.1', aliases: ['https://idp.inera.se/attributes/userOrgAffiliation'], texts: ['SE2321000131-POST1@2321000131'], claim: ['userOrgAffiliation', 'employee', ['SE2321000131-POST1@2321000131']], seClaim: ['https://id.oidc.se/claim/orgAffiliation', organisation, ['SE2321000131-POST1@2321000131']] },
  { id: 'allCommissionOrgAffiliations', inera: ['urn:allCommissionOrgAffiliations'], texts: ['SE2321000131-POST1@2321000131'], claim: ['allCommissionOrgAffiliations', 'all_commissions', ['SE2321000131-POST1@2321000131']] },
  { id: 'allUserOrgAffiliations', inera: ['urn:allUserOrgAffiliations'], texts: ['SE2321000131-POST1@2321000131'], claim: ['allUserOrgAffiliations', 'all_employee_hsa_ids', ['SE2321000131-POST1@2321000131']] },
  { id: 'userOrganisationIdentifier', inera: ['urn:userOrganizationIdentifier'], swedenConnect: 'urn:oid:2.5.4.97', texts: ['2321000131'], claim: ['userOrganizationIdentifier', 'employee', '2321000131'], seClaim: ['https://id.oidc.se/claim/orgNumber', organisation, '2321000131'] },
  { id: 'userOrganisationName', inera: ['urn:userOrganizationName'], swedenConnect: 'urn:oid:2.5.4.10', texts: ['Västra Götalandsregionen'], claim: ['userOrganizationName', 'employee', 'Västra Götalandsregionen'], seClaim: ['https://id.oidc.se/claim/orgName', organisation, 'Västra Götalandsregionen'] },
  { id: 'userOrganisationHsaId', inera: ['urn:userOrganizationHsaId'], texts: ['SE2321000131-ORG'], claim: ['userOrganizationHsaId', 'employee', 'SE2321000131-ORG'] },
  { id: 'authorizationScope', inera: ['urn:authorizationScope'], texts: [JSON.stringify(scope)], claim: ['authorizationScope', 'authorization_scope', [scope]] },
  { id: 'identityProviderForSign', inera: ['urn:identityProviderForSign'], texts: ['https://login.example.se/saml/sign'], claim: ['identityProviderForSign', 'openid', 'https://login.example.se/saml/sign'] },
  { id: 'signMessageDigest', inera: ['urn:oid:1.2.752.201.3.14'], swedenConnect: 'urn:oid:1.2.752.201.3.14', texts: [] },

  { id: 'dateOfBirth', swedenConnect: 'urn:oid:1.3.6.1.5.5.7.9.1', texts: ['1891-09-04'], seClaim: ['birthdate', person, '1891-09-04'] },
  { id: 'transactionIdentifier', swedenConnect: 'urn:oid:1.2.752.201.3.2', texts: ['ABC-DEF-GHJ'], seClaim: ['txn', 'openid', 'ABC-DEF-GHJ'] },
  never('gender', 'urn:oid:1.3.6.1.5.5.7.9.3'),
  never('previousPersonalIdentityNumber', 'urn:oid:1.2.752.201.3.15'),
  never('birthName', 'urn:oid:1.2.752.201.3.8'),
  never('street', 'urn:oid:2.5.4.9'),
  never('postOfficeBox', 'urn:oid:2.5.4.18'),
  never('postalCode', 'urn:oid:2.5.4.17'),
  never('locality', 'urn:oid:2.5.4.7'),
  never('country', 'urn:oid:2.5.4.6'),
  never('placeOfBirth', 'urn:oid:1.3.6.1.5.5.7.9.2'),
  never('countryOfCitizenship', 'urn:oid:1.3.6.1.5.5.7.9.4'),
  never('countryOfResidence', 'urn:oid:1.3.6.1.5.5.7.9.5'),
  never('organisationalUnit', 'urn:oid:2.5.4.11'),
  never('authContextParams', 'urn:oid:1.2.752.201.3.3'),
  never('prid', 'urn:oid:1.2.752.201.3.4'),
  never('pridPersistence', 'urn:oid:1.2.752.201.3.5'),
  never('personalIdentityNumberBinding', 'urn:oid:1.2.752.201.3.6'),
  never('eidasPersonIdentifier', 'urn:oid:1.2.752.201.3.7'),
  never('eidasNaturalPersonAddress', 'urn:oid:1.2.752.201.3.9'),
  never('mappedPersonalIdentityNumber', 'urn:oid:1.2.752.201.3.16'),
  never('userSignature', 'urn:oid:1.2.752.201.3.11'),
  never('authServerSignature', 'urn:oid:1.2.752.201.3.13'),
  never('sad', 'urn:oid:1.2.752.201.3.12'),
];
