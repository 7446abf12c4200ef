/** Invented people for tests: one complete physician, and small builders that change one thing. */
import type { HsaId, OrganisationNumber, PersonalIdentityNumber } from '../../src/core/ids.ts';
import type { Commission, DirectoryPerson, Employment, HealthcareProvider, HealthcareUnit } from '../../src/directory/model.ts';
import type { ActingPerson } from '../../src/login/acting-person.ts';
import type { VerifiedIdentity } from '../../src/login/transaction.ts';

export const number = '189109049818' as PersonalIdentityNumber;
export const coordinationNumber = '190203639927' as PersonalIdentityNumber;
export const hsaId = (suffix: string): HsaId => `SE2321000131-${suffix}` as HsaId;
const always = { validFrom: null, validTo: null } as const;

export const unit = (change: Partial<HealthcareUnit> = {}): HealthcareUnit => ({ hsaId: hsaId('UNIT1'), name: 'Medicinmottagningen', archived: false, feigned: false, ...always, ...change });
export const provider = (change: Partial<HealthcareProvider> = {}): HealthcareProvider => ({
  hsaId: hsaId('PROVIDER1'), name: 'Västra Götalandsregionen', archived: false, feigned: false, organisationNumber: '2321000131' as OrganisationNumber, ...always, ...change,
});
export const commission = (change: Partial<Commission> = {}): Commission => ({
  hsaId: hsaId('COMMISSION1'), name: 'Vård vid medicinmottagningen', purpose: 'Vård och behandling',
  rights: [{ activity: 'Läsa', informationClass: 'alla', scope: 'SJF' }, { activity: 'Skriva', informationClass: 'upp', scope: 'VE' }],
  unit: unit(), provider: provider(), feigned: false, pharmacyIdentifier: '7300009041234', ...always, ...change,
});
export const post = (change: Partial<Employment> = {}): Employment => ({
  hsaId: hsaId('POST1'), givenName: 'Erik', surname: 'Sandström', title: 'Överläkare',
  organisation: { name: 'Västra Götalandsregionen', number: '2321000131' as OrganisationNumber, hsaId: hsaId('ORG') },
  mail: 'erik.sandstrom@vgr.example', telephone: '+46313900601', mobileTelephone: '+46313900602',
  titleCodes: ['201010', '201011'], occupationalCodes: ['LF'], licences: ['LK', 'SJ'], licenceIdentityNumber: '920001',
  specialities: [{ licenceCode: 'LK', code: '30014', name: 'Barn- och ungdomskirurgi' }],
  personalPrescriptionCode: '9000027', groupPrescriptionCodes: ['9100009'],
  systemRoles: [{ systemId: 'BIF', role: 'Spärradministratör' }],
  authorizationScopes: [{
    code: 'AS1', name: 'Behörighetsområde', description: 'Beskrivning', propertyCode: 'P1', propertyName: 'Egenskap', propertyDescription: 'Om egenskapen',
    adminCommissions: [{ hsaId: hsaId('ADMIN1'), responsibleOrganisation: '2321000131', feigned: false, sectors: [{ sectorFlag: 'true', unitHsaId: hsaId('UNIT1'), name: 'Medicin', feignedUnit: false }] }],
  }],
  commissions: [commission()], feigned: false, ...always, ...change,
});
export const person = (change: Partial<DirectoryPerson> = {}): DirectoryPerson => ({ personalIdentityNumber: number, protectedPerson: false, employments: [post()], asOf: 0, stale: false, ...change });

const credential: VerifiedIdentity['credential'] = {
  givenName: 'Erik', surname: 'Sandström', displayName: 'Erik Sandström', organisationName: 'Västra Götalandsregionen',
  issuerName: 'CN=DEV Issuing CA,O=Bryggan Development,C=SE', subjectName: 'CN=Erik Sandström,C=SE', policies: ['1.2.752.74.8.512', '1.2.752.74.8.513'], certificate: 'MIIB',
};
const identity = (key: VerifiedIdentity['person']): VerifiedIdentity =>
  ({ method: 'siths-card', person: key, level: 'loa3', authenticatedAt: 0, credential, revocationHandle: null }) as unknown as VerifiedIdentity;
export const byHsaId = (value: HsaId = hsaId('POST1')): VerifiedIdentity => identity({ kind: 'hsa-id', hsaId: value });
export const byNumber = (value: PersonalIdentityNumber = number): VerifiedIdentity => identity({ kind: 'personal-identity-number', number: value });

export const acting = (change: Partial<ActingPerson> = {}): ActingPerson => {
  const who = change.person === undefined ? person() : change.person;
  const employment = change.employment === undefined ? (who?.employments[0] ?? null) : change.employment;
  return { identity: byNumber(), person: who, employment, commission: employment?.commissions[0] ?? null, ...change };
};
