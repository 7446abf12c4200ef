import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { DirectoryPerson, Employment, HealthcareUnit } from '../../../src/directory/model.ts';
import { openFileDirectory } from '../../../src/directory/hsa-file/directory.ts';
import type { DirectoryStage } from './stage.ts';

const given = (record: object): object => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== undefined));
const time = (instant: number | null): string | null => (instant === null ? null : new Date(instant).toISOString().replace('.000', ''));
const unit = ({ hsaId, name, archived, feigned, validFrom, validTo }: HealthcareUnit): object => given({ hsaId, name, archived, feigned, validFrom: time(validFrom), validTo: time(validTo) });
const employment = (post: Employment): object => {
  const { licences, titleCodes, occupationalCodes, groupPrescriptionCodes, hsaId, givenName, surname, title, mail, telephone, mobileTelephone, licenceIdentityNumber, personalPrescriptionCode, feigned } = post;
  return given({
    licences, titleCodes, occupationalCodes, groupPrescriptionCodes, hsaId, givenName, surname, title, mail, telephone, mobileTelephone, licenceIdentityNumber, personalPrescriptionCode, feigned,
    organisation: `o${post.organisation.number}`, validFrom: time(post.validFrom), validTo: time(post.validTo),
    specialities: post.specialities.map(({ licenceCode, code, name }) => `${licenceCode};${code};${name}`), systemRoles: post.systemRoles.map(({ systemId, role }) => `${systemId};${role}`),
    administrative: post.authorizationScopes.map(({ adminCommissions, ...scope }) => ({ ...scope, commissions: adminCommissions.map(({ sectors, ...admin }) => ({ ...admin, sectors: sectors.map(({ unitHsaId, sectorFlag, ...sector }) => ({ ...sector, unit: unitHsaId, sectorFlag: sectorFlag === 'true' })) })) })),
    commissions: post.commissions.map((one) => given({
      hsaId: one.hsaId, name: one.name, purpose: one.purpose, at: one.atProvider === true ? one.provider.hsaId : one.unit.hsaId, feigned: one.feigned, pharmacyIdentifier: one.pharmacyIdentifier,
      rights: one.rights.map(({ activity, informationClass, scope }) => `${activity};${informationClass};${scope}`), validFrom: time(one.validFrom), validTo: time(one.validTo),
    })),
  });
};
export const yamlFor = (people: readonly DirectoryPerson[]): string => {
  const posts = people.flatMap((person) => person.employments);
  const commissions = posts.flatMap((post) => post.commissions);
  const once = (list: readonly (readonly [string, object])[]): object[] => [...new Map(list).values()];
  return stringify({
    organisations: Object.fromEntries(posts.map(({ organisation }) => [`o${organisation.number}`, given(organisation)])),
    providers: once(commissions.map(({ provider }) => [provider.hsaId, given({ ...unit(provider), organisationNumber: provider.organisationNumber })])),
    units: once(commissions.filter((one) => one.atProvider !== true).map((one) => [one.unit.hsaId, { ...unit(one.unit), provider: one.provider.hsaId }])),
    people: people.map((person) => given({ personalIdentityNumber: person.personalIdentityNumber, protectedPerson: person.protectedPerson, givenName: person.employments[0]!.givenName, surname: person.employments[0]!.surname, employments: person.employments.map(employment) })),
  });
};

export const fileStage: DirectoryStage = {
  name: 'hsa-file', lacks: () => ({}),
  open: async (people, now) => {
    const folder = await mkdtemp(join(tmpdir(), 'directory-contract-'));
    await writeFile(join(folder, 'people.yaml'), yamlFor(people));
    const open = (feigned: 'keep' | 'drop') => openFileDirectory({ folder, shownAs: 'data', feigned, clock: { now: () => now }, onReload: () => {} });
    return { withFeigned: await open('keep'), withoutFeigned: await open('drop'), stop: () => rm(folder, { recursive: true }) };
  },
};
