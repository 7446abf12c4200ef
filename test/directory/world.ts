/**
 * The people that every kind of directory is filled with in the contract suite: one per case. Facts that a source cannot hold
 * (administrative commissions in LDAP) are taken out by the suite, not here.
 */
import type { Commission, DirectoryPerson, HealthcareProvider, HealthcareUnit } from '../../src/directory/model.ts';
import { commission, hsaId, person, post, provider, unit } from './people.ts';

export const NOW = Date.UTC(2026, 5, 1, 12);
const DAY = 86_400_000;
const past = { validFrom: NOW - 400 * DAY, validTo: NOW - DAY };
const future = { validFrom: NOW + DAY, validTo: null };
const city = { name: 'Göteborgs kommun', number: '2120001355' as never, hsaId: 'SE2120001355-ORG' as never };
const plain = { authorizationScopes: [], specialities: [], licences: [], licenceIdentityNumber: null, occupationalCodes: [], personalPrescriptionCode: null, groupPrescriptionCodes: [], systemRoles: [], titleCodes: [] };

const at = (id: string, place: { unit?: Partial<HealthcareUnit>; provider?: Partial<HealthcareProvider> }, change: Partial<Commission> = {}): Commission => {
  const own = provider({ hsaId: hsaId(`P-${id}`.replace('-', '')), name: `Vårdgivare ${id}`, ...place.provider });
  return commission({ hsaId: hsaId(`C${id}`), name: `Uppdrag ${id}`, provider: own, unit: unit({ hsaId: hsaId(`U${id}`), name: `Enhet ${id}`, ...place.unit }), pharmacyIdentifier: null, ...change });
};

/** Full of every fact; the complete physician of people.ts. */
export const complete = person();
/** Two posts with two employers, each with its own commission; a middle name. */
export const twoPosts = person({
  personalIdentityNumber: '189411179840' as never,
  employments: [
    post({ ...plain, hsaId: hsaId('TWO1'), givenName: 'Maria', surname: 'Johansson Wik', commissions: [at('2A', {})] }),
    post({ ...plain, hsaId: 'SE2120001355-TWO2' as never, givenName: 'Maria', surname: 'Johansson Wik', organisation: city, title: null, mail: null, telephone: null, mobileTelephone: null, commissions: [at('2B', {})] }),
  ],
});
/** Every reason for which a commission is not there. */
export const manyEnded = person({
  personalIdentityNumber: '189705169879' as never,
  employments: [post({
    ...plain, hsaId: hsaId('ENDED'), commissions: [
      at('OK', {}), at('UNITPAST', { unit: past }), at('UNITFUTURE', { unit: future }), at('UNITARCHIVED', { unit: { archived: true } }),
      at('PROVPAST', { provider: past }), at('PROVFUTURE', { provider: future }), at('PROVARCHIVED', { provider: { archived: true } }),
      at('FEIGNED', {}, { feigned: true }), at('UNITFEIGNED', { unit: { feigned: true } }), at('PROVFEIGNED', { provider: { feigned: true } }),
    ],
  })],
});
export const protectedPerson = person({ personalIdentityNumber: '190112129911' as never, protectedPerson: true, employments: [post({ ...plain, hsaId: hsaId('PROTECTED'), commissions: [] })] });
export const withCoordinationNumber = person({ personalIdentityNumber: '190203639927' as never, employments: [post({ ...plain, hsaId: hsaId('COORD'), commissions: [] })] });
/** One post ended, one goes on, one begins later. */
export const movedOn = person({
  personalIdentityNumber: '190306069931' as never,
  employments: [post({ ...plain, hsaId: hsaId('OLD'), commissions: [], ...past }), post({ ...plain, hsaId: hsaId('CURRENT'), commissions: [] }), post({ ...plain, hsaId: hsaId('LATER'), commissions: [], ...future })],
});
export const feignedPerson = person({ personalIdentityNumber: '189807079893' as never, employments: [post({ ...plain, hsaId: hsaId('FEIGNED'), commissions: [], feigned: true })] });
const direct = provider({ hsaId: hsaId('PDIRECT'), name: 'Vårdgivare utan enhet' });
export const underProvider = person({ personalIdentityNumber: '190402149942' as never, employments: [post({ ...plain, hsaId: hsaId('DIRECT'), commissions: [commission({ hsaId: hsaId('CDIRECT'), name: 'Direkt', unit: direct, provider: direct, atProvider: true, pharmacyIdentifier: null })] })] });
/** Signs that mean something in XML, DNs or filters. */
export const strangeSigns = person({
  personalIdentityNumber: '190509039954' as never,
  employments: [post({ ...plain, hsaId: hsaId('SIGNS'), givenName: 'Zoë*)(uid=*', surname: "O'Neill-<&>", title: 'Läkare "x"; \\ =,+', commissions: [at('SIGNS', { unit: { name: 'Enhet <b>&amp;</b> ]]> \u{1F9B7}' } })] })],
});
/** An HSA-id that begins like another's: a look-up by beginning would mix them. */
export const longerId = person({ personalIdentityNumber: '190611209966' as never, employments: [post({ ...plain, hsaId: hsaId('COORD9'), commissions: [at('LONGER', {})] })] });
export const withoutNumber = person({ personalIdentityNumber: null, employments: [post({ ...plain, hsaId: hsaId('NONUMBER'), commissions: [] })] });

export const world: readonly DirectoryPerson[] = [complete, twoPosts, manyEnded, protectedPerson, withCoordinationNumber, movedOn, feignedPerson, underProvider, strangeSigns, longerId, withoutNumber];
