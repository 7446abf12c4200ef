/**
 * From YAML files to people, all or nothing: references are resolved, twins are refused, and every fault of every file is
 * reported with its place. Pure: bytes in, people or findings out.
 */
import { createHash } from 'node:crypto';
import { parseUtcDateTime } from '../../core/dates.ts';
import { inReadingOrder, type Finding } from '../../core/findings.ts';
import type { HsaId, PersonalIdentityNumber } from '../../core/ids.ts';
import type { Instant } from '../../core/ports.ts';
import { readYaml, type DocumentPath, type SourceFile } from '../../core/yaml-file.ts';
import type { AuthorizationScope, Commission, DirectoryPerson, Employment, HealthcareProvider, HealthcareUnit } from '../model.ts';
import { directoryFileSchema, type CommissionEntry, type DirectoryFile, type EmploymentEntry, type PersonEntry } from './schema.ts';

export interface DataFile { readonly name: string; readonly bytes: Uint8Array }
/** People without their moment (`asOf`, `stale`): the adapter adds it. */
export type FilePerson = Omit<DirectoryPerson, 'asOf' | 'stale'>;
export interface DirectoryData {
  readonly version: string;
  readonly people: readonly FilePerson[];
  readonly byHsaId: ReadonlyMap<string, FilePerson>;
  readonly byNumber: ReadonlyMap<string, FilePerson>;
}
export type DataReading = { readonly ok: true; readonly data: DirectoryData } | { readonly ok: false; readonly findings: readonly Finding[] };

interface Placed<T> { readonly value: T; readonly source: SourceFile; readonly path: DocumentPath }
interface Build {
  readonly findings: Finding[];
  readonly organisations: Map<string, Placed<DirectoryFile['organisations'][string]>>;
  readonly providers: Map<string, HealthcareProvider>;
  readonly units: Map<string, { readonly unit: HealthcareUnit; readonly provider: HealthcareProvider }>;
  readonly posts: Set<string>;
  readonly commissions: Set<string>;
}

const instant = (text: string | undefined): Instant | null => (text === undefined ? null : (parseUtcDateTime(text.length === 10 ? `${text}T00:00:00Z` : text) ?? null));
const upper = (hsaId: string): string => hsaId.toUpperCase();
const split = (text: string): readonly [string, string, string] => {
  const [first = '', second = '', third = ''] = text.split(';');
  return [first, second, third];
};

/** Adds a finding when the id was there before; ids are compared without regard to case. */
const claim = (known: { has(key: string): boolean }, id: string, what: string, { source, path }: Placed<unknown>, build: Build): boolean => {
  if (!known.has(upper(id))) return true;
  build.findings.push(source.finding([...path, 'hsaId'], 'twin', `is the HSA-id of another ${what} too`, 'give each its own HSA-id'));
  return false;
};
const checkOrder = (entry: { validFrom?: string | undefined; validTo?: string | undefined }, placed: Placed<unknown>, build: Build): void => {
  const [from, to] = [instant(entry.validFrom), instant(entry.validTo)];
  if (from !== null && to !== null && to <= from) build.findings.push(placed.source.finding([...placed.path, 'validTo'], 'date', 'does not come after validFrom', 'correct one of the two'));
};

const unitOf = (entry: DirectoryFile['units'][number] | DirectoryFile['providers'][number]): HealthcareUnit =>
  ({ hsaId: entry.hsaId as HsaId, name: entry.name, archived: entry.archived, feigned: entry.feigned, validFrom: instant(entry.validFrom), validTo: instant(entry.validTo) });

const addPlaces = (file: DirectoryFile, source: SourceFile, build: Build): void => {
  for (const [key, value] of Object.entries(file.organisations)) {
    const placed = { value, source, path: ['organisations', key] };
    if (build.organisations.has(key)) build.findings.push(source.finding(placed.path, 'twin', 'is the key of another organisation too', 'give each its own key'));
    else build.organisations.set(key, placed);
  }
  file.providers.forEach((value, index) => {
    const placed = { value, source, path: ['providers', index] };
    checkOrder(value, placed, build);
    if (claim(build.providers, value.hsaId, 'provider', placed, build)) build.providers.set(upper(value.hsaId), { ...unitOf(value), organisationNumber: value.organisationNumber ?? null });
  });
};
const addUnits = (file: DirectoryFile, source: SourceFile, build: Build): void => file.units.forEach((value, index) => {
  const placed = { value, source, path: ['units', index] };
  checkOrder(value, placed, build);
  const provider = build.providers.get(upper(value.provider));
  if (provider === undefined) build.findings.push(source.finding([...placed.path, 'provider'], 'reference', 'names a provider that is in no file', 'add it under providers, or correct the HSA-id'));
  else if (claim(build.units, value.hsaId, 'unit', placed, build)) build.units.set(upper(value.hsaId), { unit: unitOf(value), provider });
});

const commissionOf = (placed: Placed<CommissionEntry>, build: Build): Commission | null => {
  const { value, source, path } = placed;
  checkOrder(value, placed, build);
  if (claim(build.commissions, value.hsaId, 'commission', placed, build)) build.commissions.add(upper(value.hsaId));
  const place = build.units.get(upper(value.at));
  const direct = build.providers.get(upper(value.at));
  const [unit, provider] = [place?.unit ?? direct, place?.provider ?? direct];
  if (unit === undefined || provider === undefined) {
    build.findings.push(source.finding([...path, 'at'], 'reference', 'names a unit or provider that is in no file', 'add it under units or providers, or correct the HSA-id'));
    return null;
  }
  return {
    hsaId: value.hsaId as HsaId, name: value.name, purpose: value.purpose, unit, provider, ...(place === undefined ? { atProvider: true } : {}),
    rights: value.rights.map(split).map(([activity, informationClass, scope]) => ({ activity, informationClass, scope })),
    validFrom: instant(value.validFrom), validTo: instant(value.validTo), feigned: value.feigned, pharmacyIdentifier: value.pharmacyIdentifier ?? null,
  };
};

const administrativeOf = (entries: EmploymentEntry['administrative']): readonly AuthorizationScope[] => entries.map(({ commissions, ...scope }) => ({
  ...scope,
  adminCommissions: commissions.map((admin) => ({
    hsaId: admin.hsaId as HsaId, responsibleOrganisation: admin.responsibleOrganisation, feigned: admin.feigned,
    sectors: admin.sectors.map((sector) => ({ sectorFlag: String(sector.sectorFlag), unitHsaId: sector.unit as HsaId, name: sector.name, feignedUnit: sector.feignedUnit })),
  })),
}));

const employmentOf = (placed: Placed<EmploymentEntry>, person: PersonEntry, build: Build): Employment | null => {
  const { value, source, path } = placed;
  checkOrder(value, placed, build);
  if (claim(build.posts, value.hsaId, 'post', placed, build)) build.posts.add(upper(value.hsaId));
  const organisation = build.organisations.get(value.organisation)?.value;
  const commissions = value.commissions.map((entry, index) => commissionOf({ value: entry, source, path: [...path, 'commissions', index] }, build));
  if (organisation === undefined) {
    build.findings.push(source.finding([...path, 'organisation'], 'reference', 'names an organisation that is in no file', 'add it under organisations, or correct the key'));
    return null;
  }
  return {
    hsaId: value.hsaId as HsaId, givenName: value.givenName ?? person.givenName, surname: value.surname ?? person.surname,
    organisation: { name: organisation.name, number: organisation.number, hsaId: (organisation.hsaId ?? null) as HsaId | null },
    title: value.title ?? null, mail: value.mail ?? null, telephone: value.telephone ?? null, mobileTelephone: value.mobileTelephone ?? null,
    titleCodes: value.titleCodes, occupationalCodes: value.occupationalCodes, licences: value.licences, licenceIdentityNumber: value.licenceIdentityNumber ?? null,
    specialities: value.specialities.map(split).map(([licenceCode, code, name]) => ({ licenceCode, code, name })),
    personalPrescriptionCode: value.personalPrescriptionCode ?? null, groupPrescriptionCodes: value.groupPrescriptionCodes,
    systemRoles: value.systemRoles.map(split).map(([systemId, role]) => ({ systemId, role })),
    authorizationScopes: administrativeOf(value.administrative), commissions: commissions.filter((commission) => commission !== null),
    validFrom: instant(value.validFrom), validTo: instant(value.validTo), feigned: value.feigned,
  };
};

const addPeople = (file: DirectoryFile, source: SourceFile, build: Build, people: FilePerson[]): void => file.people.forEach((value, index) => {
  const path = ['people', index];
  const number = (value.personalIdentityNumber ?? null) as PersonalIdentityNumber | null;
  if (number !== null && people.some((other) => other.personalIdentityNumber === number)) build.findings.push(source.finding([...path, 'personalIdentityNumber'], 'twin', 'belongs to another person too', 'write all posts of one person under one entry'));
  const posts = value.employments.map((entry, at) => employmentOf({ value: entry, source, path: [...path, 'employments', at] }, value, build));
  people.push({ personalIdentityNumber: number, protectedPerson: value.protectedPerson, employments: posts.filter((post) => post !== null) });
});

const inOrder = (files: readonly DataFile[]): readonly DataFile[] => files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
/** Depends on names and content alone. */
export const versionOf = (files: readonly DataFile[]): string => {
  const hash = createHash('sha256');
  for (const { name, bytes } of inOrder(files)) hash.update(`${name.length}:${name}${bytes.length}:`).update(bytes);
  return hash.digest('hex');
};

/** `files` in any order. */
export const readDirectoryData = (files: readonly DataFile[]): DataReading => {
  const build: Build = { findings: [], organisations: new Map(), providers: new Map(), units: new Map(), posts: new Set(), commissions: new Set() };
  const readings = inOrder(files).map(({ name, bytes }) => readYaml(bytes, name, directoryFileSchema));
  const good = readings.flatMap((reading) => (reading.ok ? [reading] : []));
  build.findings.push(...readings.flatMap((reading) => (reading.ok ? [] : reading.findings)));
  for (const { value, source } of good) addPlaces(value, source, build);
  for (const { value, source } of good) addUnits(value, source, build);
  const people: FilePerson[] = [];
  for (const { value, source } of good) addPeople(value, source, build, people);
  if (build.findings.length > 0) return { ok: false, findings: inReadingOrder(build.findings) };
  return {
    ok: true,
    data: {
      version: versionOf(files), people,
      byHsaId: new Map(people.flatMap((person) => person.employments.map((post): [string, FilePerson] => [upper(post.hsaId), person]))),
      byNumber: new Map(people.flatMap((person) => (person.personalIdentityNumber === null ? [] : [[person.personalIdentityNumber, person] as [string, FilePerson]]))),
    },
  };
};
