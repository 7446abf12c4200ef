import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeFinding, type Finding } from '../../../src/core/findings.ts';
import { readDirectoryData } from '../../../src/directory/hsa-file/data.ts';
import { checkFolder, openFileDirectory, type FileDirectory } from '../../../src/directory/hsa-file/directory.ts';
import { rejectedWith } from '../../fixtures/refused.ts';

const NOW = Date.UTC(2026, 5, 1);
const good = `
organisations: { vgr: { name: Västra Götalandsregionen, number: '2321000131' } }
providers: [{ hsaId: SE2321000131-P1, name: Vårdgivaren, organisationNumber: '2321000131' }]
units: [{ hsaId: SE2321000131-U1, name: Enheten, provider: SE2321000131-P1 }]
people:
  - personalIdentityNumber: '189003129807'
    givenName: Anna
    surname: Berglund
    employments:
      - hsaId: SE2321000131-E1
        organisation: vgr
        systemRoles: ['BIF;Administratör']
        commissions:
          - { hsaId: SE2321000131-C1, name: Uppdraget, purpose: Vård och behandling, at: SE2321000131-U1, rights: ['Läsa;alla;SJF'], validTo: 2030-12-31 }
`;
const reading = (text: string, name = 'people.yaml') => readDirectoryData([{ name, bytes: Buffer.from(text) }]);
const faults = (text: string): readonly string[] => {
  const result = reading(text);
  return result.ok ? [] : result.findings.map(describeFinding);
};
const change = (from: string, to: string): readonly string[] => {
  expect(good).toContain(from);
  return faults(good.replace(from, to));
};

describe('files that people write', () => {
  it('reads the good one', () => {
    const result = reading(good);
    expect(result.ok && result.data.people[0]!.employments[0]!.commissions[0]).toMatchObject({ purpose: 'Vård och behandling', unit: { name: 'Enheten' }, provider: { organisationNumber: '2321000131' }, rights: [{ activity: 'Läsa', informationClass: 'alla', scope: 'SJF' }] });
  });
  it.each([
    ['an unknown key', 'surname: Berglund', 'surnam: Berglund', /people\.yaml:8:5: people\[0\]\.surnam is not a known key; fix: write surname/],
    ['a wrong check digit', '189003129807', '189003129808', /personalIdentityNumber is not a personal identity number with a right check digit/],
    ['something that is no HSA-id', 'hsaId: SE2321000131-E1', 'hsaId: E1', /employments\[0\]\.hsaId is not an HSA-id/],
    ['a wrong organisation number', "{ name: Västra Götalandsregionen, number: '2321000131' }", "{ name: Västra Götalandsregionen, number: '2321000132' }", /organisations\.vgr\.number is not an organisation number/],
    ['a right of two fields', 'Läsa;alla;SJF', 'Läsa;alla', /rights\[0\] does not have 3 fields/],
    ['a role with an empty field', 'BIF;Administratör', 'BIF;', /systemRoles\[0\] does not have 2 fields/],
    ['a day that does not exist', '2030-12-31', '2030-02-30', /validTo is neither a day nor a moment/],
    ['an end before its beginning', 'validTo: 2030-12-31', 'validFrom: 2031-01-01, validTo: 2030-12-31', /validTo does not come after validFrom/],
    ['an organisation that nobody described', 'organisation: vgr', 'organisation: elsewhere', /people\.yaml:11:9: .*organisation names an organisation that is in no file/],
    ['a unit that nobody described', 'at: SE2321000131-U1', 'at: SE2321000131-U2', /at names a unit or provider that is in no file/],
    ['a provider that nobody described', 'provider: SE2321000131-P1', 'provider: SE2321000131-P2', /provider names a provider that is in no file/],
    ['no posts', /employments:[^]*/.exec(good)![0], 'employments: []\n', /employments must be at least 1 items/],
  ])('%s is a finding with its place and its remedy', (_, from, to, expected) => expect(change(from, to).join('\n')).toMatch(expected));
  it('findings never repeat what was written', () => expect(change('189003129807', '189003129808').join()).not.toContain('1890'));
  it('reports all faults of all files together', () => {
    const result = readDirectoryData([{ name: 'b.yaml', bytes: Buffer.from('people: 1') }, { name: 'a.yaml', bytes: Buffer.from('unknown: 1\nunits: {}') }]);
    expect(result.ok ? [] : result.findings.map(({ file }) => file)).toEqual(['a.yaml', 'a.yaml', 'b.yaml']);
  });
  it('twins are refused whatever their case', () => {
    const second = good.slice(good.indexOf('  - personalIdentityNumber')).replace('SE2321000131-E1', 'se2321000131-e1');
    expect(faults(good + second).join('\n')).toMatch(/belongs to another person too[^]*another post too[^]*another commission too/);
  });
  it('people may lie in another file than their units', () => {
    const at = good.indexOf('people:');
    const both = readDirectoryData([{ name: 'a-people.yaml', bytes: Buffer.from(good.slice(at)) }, { name: 'b-units.yaml', bytes: Buffer.from(good.slice(0, at)) }]);
    expect(both.ok && both.data.people).toHaveLength(1);
  });
  it('a commission may lie directly under its provider', () => {
    const result = reading(good.replace('at: SE2321000131-U1', 'at: SE2321000131-P1'));
    expect(result.ok && result.data.people[0]!.employments[0]!.commissions[0]).toMatchObject({ atProvider: true, provider: { name: 'Vårdgivaren' } });
  });
  it('the version depends on content, not on the order of reading', () => {
    const files = [{ name: 'a', bytes: Buffer.from('people: []') }, { name: 'b', bytes: Buffer.from('units: []') }];
    const version = (list: typeof files) => { const result = readDirectoryData(list); return result.ok ? result.data.version : ''; };
    expect(version(files)).toBe(version(files.toReversed()));
    expect(version(files)).not.toBe(version([files[0]!]));
  });
});

describe('hot reload', () => {
  let folder = '';
  let told: { version: string; findings: readonly Finding[] | null }[] = [];
  const open = (): Promise<FileDirectory> => openFileDirectory({ folder, shownAs: 'data', feigned: 'keep', clock: { now: () => NOW }, onReload: (version, findings) => told.push({ version, findings }) });
  const write = (text: string) => writeFile(join(folder, 'people.yaml'), text);
  const nameOf = async (directory: FileDirectory) => (await directory.find({ kind: 'hsa-id', hsaId: 'SE2321000131-E1' as never }))?.employments[0]!.givenName;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hsa-file-'));
    told = [];
    await write(good);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('takes a change that two looks in a row have seen', async () => {
    const directory = await open();
    await write(good.replace('Anna', 'Annika'));
    await directory.look();
    expect(await nameOf(directory)).toBe('Anna');
    await directory.look();
    expect(await nameOf(directory)).toBe('Annika');
    expect(told.map(({ findings }) => findings)).toEqual([null, null]);
  });
  it('does not take a file that is still being written', async () => {
    const directory = await open();
    await write(good.replace('Anna', 'Ann'));
    await directory.look();
    await write(good.replace('Anna', 'Annika'));
    await directory.look();
    expect(await nameOf(directory)).toBe('Anna');
    await directory.look();
    expect(await nameOf(directory)).toBe('Annika');
  });
  it('keeps the last good data when the new does not validate, and says so once', async () => {
    const directory = await open();
    await write(good.replace('surname', 'surnam'));
    for (let i = 0; i < 4; i += 1) await directory.look();
    expect(await nameOf(directory)).toBe('Anna');
    expect(told.map(({ findings }) => findings?.length ?? 0)).toEqual([0, 2]);
    await write(good.replace('Anna', 'Annika'));
    await directory.look();
    await directory.look();
    expect(await nameOf(directory)).toBe('Annika');
  });
  it('keeps the last good data when the folder is gone, and says so once', async () => {
    const directory = await open();
    await rm(folder, { recursive: true });
    await directory.look();
    await directory.look();
    expect(await nameOf(directory)).toBe('Anna');
    expect(told.slice(1).map(({ findings }) => findings?.map(describeFinding))).toEqual([['data: cannot be read; fix: make the folder and its files readable for the service']]);
  });
  it('does not start on files that do not validate', async () => {
    await write('people: 1');
    const error = await rejectedWith('directory.source', open());
    expect(error.detail).toMatch(/data\/people\.yaml:1/);
  });
  it('check lists the same faults without starting', async () => {
    expect(await checkFolder({ folder, shownAs: 'data' })).toEqual([]);
    await write('people: 1');
    expect(await checkFolder({ folder, shownAs: 'data' })).toHaveLength(1);
    expect((await checkFolder({ folder: join(folder, 'nowhere'), shownAs: 'data' }))[0]?.rule).toBe('file');
  });
});
