/** From answers of the contracts to the model. Wire names are HSA's, letter for letter. */
import { fail, isBrygganError } from '../../core/errors.ts';
import { isHsaId, isPersonalIdentityNumber, parseOrganisationNumber, sameHsaId, type HsaId, type OrganisationNumber, type PersonalIdentityNumber } from '../../core/ids.ts';
import { organisationAt, unknownOrganisation, type OrganisationPlace } from '../dn.ts';
import type { AuthorizationScope, Commission, Employment, HealthcareProvider, HealthcareUnit } from '../model.ts';
import type { Reading } from './shape.ts';

/** Personnummer and samordningsnummer; other roots are reserve numbers, which are no login identity (facts: credentials §1.8). */
const numberRoots = new Set(['1.2.752.129.2.1.3.1', '1.2.752.129.2.1.3.3']);

const hsaIdOf = (reading: Reading, name: string): HsaId | undefined => {
  const text = reading.text(name);
  return text !== null && isHsaId(text, 'tolerant') ? (text as HsaId) : undefined;
};
const organisationNumberOf = (text: string | null): OrganisationNumber | null => {
  try {
    return text === null ? null : parseOrganisationNumber(text);
  } catch (error) {
    if (!isBrygganError(error)) throw error;
    return null;
  }
};

const providerOf = (commission: Reading): HealthcareProvider | undefined => {
  const [hsaId, name] = [hsaIdOf(commission, 'healthCareProviderHsaId'), commission.text('healthCareProviderName')];
  if (hsaId === undefined || name === null) return undefined;
  return {
    hsaId, name, organisationNumber: organisationNumberOf(commission.text('healthCareProviderOrgNo')),
    validFrom: commission.start('healthCareProviderStartDate'), validTo: commission.end('healthCareProviderEndDate'),
    archived: commission.flag('archivedHealthCareProvider'), feigned: commission.flag('feignedHealthCareProvider'),
  };
};
/** Null when the commission lies directly under its provider; undefined when it names a unit without telling which. */
const unitOf = (commission: Reading): HealthcareUnit | null | undefined => {
  const [text, name] = [commission.text('healthCareUnitHsaId'), commission.text('healthCareUnitName')];
  if (text === null && name === null) return null;
  const hsaId = hsaIdOf(commission, 'healthCareUnitHsaId');
  if (hsaId === undefined || name === null) return undefined;
  return { hsaId, name, validFrom: commission.start('healthCareUnitStartDate'), validTo: commission.end('healthCareUnitEndDate'), archived: commission.flag('archivedHealthCareUnit'), feigned: commission.flag('feignedHealthCareUnit') };
};
const commissionOf = (reading: Reading): readonly Commission[] => {
  const [hsaId, name, purpose] = [hsaIdOf(reading, 'commissionHsaId'), reading.text('commissionName'), reading.text('commissionPurpose')];
  const [unit, provider] = [unitOf(reading), providerOf(reading)];
  if (hsaId === undefined || name === null || purpose === null || unit === undefined || provider === undefined) return [];
  const rights = reading.all('commissionRight').map((right) => ({ activity: right.text('activity') ?? '', informationClass: right.text('informationClass') ?? '', scope: right.text('scope') ?? '' }));
  return [{
    hsaId, name, purpose, ...(unit === null ? { unit: provider, atProvider: true } : { unit }), provider,
    // A composite value with an empty part is dropped, as the service itself drops it [HSA-TKB].
    rights: rights.filter((right) => Object.values(right).every((part) => part !== '')),
    validFrom: null, validTo: null, feigned: reading.flag('feignedCommission'), pharmacyIdentifier: reading.text('pharmacyIdentifier'),
  }];
};

export interface Credential { readonly post: Employment; readonly number: PersonalIdentityNumber | null; readonly protectedPerson: boolean }
const credentialOf = (reading: Reading): readonly Credential[] => {
  const [hsaId, surname, identity] = [hsaIdOf(reading, 'personHsaId'), reading.text('middleAndSurName'), reading.all('personalIdentity')[0]];
  if (hsaId === undefined || surname === null) return [];
  const extension = identity === undefined || !numberRoots.has(identity.text('root') ?? '') ? null : identity.text('extension');
  return [{
    number: extension !== null && isPersonalIdentityNumber(extension) ? (extension as PersonalIdentityNumber) : null, protectedPerson: reading.flag('protectedPerson'),
    post: {
      hsaId, givenName: reading.text('givenName') ?? '', surname, organisation: unknownOrganisation, title: null, mail: null, telephone: null, mobileTelephone: null,
      titleCodes: reading.texts('paTitleCode'), occupationalCodes: reading.texts('occupationalCode'), licences: reading.texts('healthCareProfessionalLicenceCode'),
      licenceIdentityNumber: reading.text('healthcareProfessionalLicenseIdentityNumber'),
      specialities: reading.all('healthCareProfessionalLicenceSpeciality').map((each) => ({ licenceCode: each.text('healthCareProfessionalLicenceCode') ?? '', code: each.text('specialityCode') ?? '', name: each.text('specialityName') ?? '' })).filter(({ licenceCode, code }) => licenceCode !== '' && code !== ''),
      personalPrescriptionCode: reading.text('personalPrescriptionCode'), groupPrescriptionCodes: reading.texts('groupPrescriptionCode'),
      systemRoles: reading.all('hsaSystemRole').map((each) => ({ systemId: each.text('systemId') ?? '', role: each.text('role') ?? '' })).filter(({ systemId, role }) => systemId !== '' && role !== ''),
      authorizationScopes: [], commissions: reading.all('commission').flatMap(commissionOf), validFrom: null, validTo: null, feigned: reading.flag('feignedPerson'),
    },
  }];
};
/** One per HSA-id; the same twice is an answer that nobody can act on. */
export const credentialsOf = (answer: Reading): readonly Credential[] => {
  const found = answer.all('credentialInformation').flatMap(credentialOf);
  if (new Set(found.map(({ post }) => post.hsaId.toUpperCase())).size !== found.length) fail('directory.answer', 'the answer holds one HSA-id twice');
  return found;
};

const entryFor = (entries: readonly Reading[], hsaId: HsaId): Reading | undefined => {
  const own = entries.filter((entry) => sameHsaId((entry.text('personHsaId') ?? '') as HsaId, hsaId));
  return own.length > 1 ? fail('directory.answer', 'the answer holds one HSA-id twice') : own[0];
};
/** An answer about none of the posts is about somebody else (threats J03). */
export const checkOverlap = (entries: readonly Reading[], credentials: readonly Credential[]): void => {
  const overlap = credentials.some(({ post }) => entryFor(entries, post.hsaId) !== undefined);
  if (entries.length > 0 && credentials.length > 0 && !overlap) fail('directory.answer', 'two services answered about different people');
};

/** Title, contact data, dates and employer; the employer is told by the place in the tree, never by the HSA-id's prefix. */
export const withEmployee = (credential: Credential, entries: readonly Reading[], organisations: readonly OrganisationPlace[]): Credential => {
  const entry = entryFor(entries, credential.post.hsaId);
  if (entry === undefined) return credential;
  const place = organisationAt(entry.text('dn') ?? '', organisations);
  return {
    ...credential, protectedPerson: credential.protectedPerson || entry.flag('protectedPerson'),
    post: {
      ...credential.post, organisation: place === undefined ? unknownOrganisation : { name: place.name, number: place.number, hsaId: null },
      title: entry.text('title'), mail: entry.text('mail'), telephone: entry.text('telephoneNumber'), mobileTelephone: entry.text('mobileNumber'),
      validFrom: entry.start('personStartDate'), validTo: entry.end('personEndDate'), feigned: credential.post.feigned || entry.flag('feignedPerson'),
    },
  };
};

const scopeOf = (reading: Reading): AuthorizationScope => ({
  code: reading.text('authorizationScopeCode') ?? '', name: reading.text('authorizationScopeName') ?? '', description: reading.text('authorizationScopeDescription') ?? '',
  propertyCode: reading.text('authorizationScopePropertyCode') ?? '', propertyName: reading.text('authorizationScopePropertyName') ?? '', propertyDescription: reading.text('authorizationScopePropertyDescription') ?? '',
  adminCommissions: reading.all('adminCommission').flatMap((admin) => {
    const hsaId = hsaIdOf(admin, 'adminCommissionHsaId');
    if (hsaId === undefined) return [];
    const sectors = admin.all('sector').flatMap((sector) => {
      const unitHsaId = hsaIdOf(sector, 'unitHsaId');
      return unitHsaId === undefined ? [] : [{ sectorFlag: String(sector.flag('sectorFlag')), unitHsaId, name: sector.text('name') ?? '', feignedUnit: sector.flag('feignedUnit') }];
    });
    return [{ hsaId, responsibleOrganisation: admin.text('adminCommissionResponsibleOrganisation') ?? '', feigned: admin.flag('feignedAdminCommission'), sectors }];
  }),
});
export const withAdministrative = (credential: Credential, entries: readonly Reading[]): Credential => {
  const entry = entryFor(entries, credential.post.hsaId);
  if (entry === undefined) return credential;
  return { ...credential, protectedPerson: credential.protectedPerson || entry.flag('protectedPerson'), post: { ...credential.post, authorizationScopes: entry.all('authorizationScopeProperties').map(scopeOf) } };
};
