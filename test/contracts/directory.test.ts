/** What every kind of directory must do alike: YAML files, a real slapd, and HSA's service contracts against a simulator. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DirectoryPerson, Employment, PersonDirectory, PersonKey } from '../../src/directory/model.ts';
import { hsaId } from '../directory/people.ts';
import * as people from '../directory/world.ts';
import { fileStage } from './stages/file.ts';
import { layeredStage } from './stages/layered.ts';
import { ldapStage } from './stages/ldap.ts';
import { soapStage } from './stages/soap.ts';
import type { DirectoryStage } from './stages/stage.ts';

const byNumber = (person: DirectoryPerson): PersonKey => ({ kind: 'personal-identity-number', number: person.personalIdentityNumber! });
const byPost = (suffix: string): PersonKey => ({ kind: 'hsa-id', hsaId: hsaId(suffix) });
const sorted = (person: DirectoryPerson | undefined): DirectoryPerson | undefined => person && {
  ...person,
  employments: person.employments.map((post) => ({ ...post, commissions: post.commissions.toSorted((a, b) => (a.hsaId < b.hsaId ? -1 : 1)), licences: post.licences.toSorted(), titleCodes: post.titleCodes.toSorted() })).toSorted((a, b) => (a.hsaId < b.hsaId ? -1 : 1)),
};

describe.each([fileStage, ldapStage, soapStage, layeredStage])('$name', (stage: DirectoryStage) => {
  let directory: PersonDirectory;
  let production: PersonDirectory;
  let stop = async (): Promise<void> => {};
  beforeAll(async () => {
    const opened = await stage.open(people.world, people.NOW);
    [directory, production, stop] = [opened.withFeigned, opened.withoutFeigned, () => opened.stop()];
  });
  afterAll(() => stop());

  const expected = (person: DirectoryPerson): DirectoryPerson => sorted({ ...person, asOf: people.NOW, employments: person.employments.map((post) => ({ ...post, ...stage.lacks(post) })) })!;
  const posts = async (key: PersonKey, from = directory): Promise<readonly string[] | undefined> => (await from.find(key))?.employments.map((post: Employment) => post.hsaId.split('-')[1]!).toSorted();
  const commissions = async (key: PersonKey, from: PersonDirectory): Promise<readonly string[] | undefined> => (await from.find(key))?.employments.flatMap((post) => post.commissions.map((one) => one.hsaId.split('-')[1]!)).toSorted();

  it('gives every fact of the complete physician, by number and by HSA-id', async () => {
    expect(sorted(await directory.find(byNumber(people.complete)))).toEqual(expected(people.complete));
    expect(sorted(await directory.find(byPost('POST1')))).toEqual(expected(people.complete));
  });
  it('gives all posts of a person whichever way one asks, each with its own employer and commissions', async () => {
    const all = expected(people.twoPosts);
    expect(sorted(await directory.find(byNumber(people.twoPosts)))).toEqual(all);
    expect(sorted(await directory.find(byPost('TWO1')))).toEqual(all);
    expect(sorted(await directory.find({ kind: 'hsa-id', hsaId: 'SE2120001355-TWO2' as never }))).toEqual(all);
  });
  it('finds an HSA-id in any case, and gives it back as it is written', async () => expect(await posts({ kind: 'hsa-id', hsaId: 'se2321000131-coord' as never })).toEqual(['COORD']));
  it('knows nobody whom it does not hold', async () => {
    expect(await directory.find(byPost('NOBODY'))).toBeUndefined();
    expect(await directory.find({ kind: 'personal-identity-number', number: '190807159983' as never })).toBeUndefined();
  });
  it('leaves out commissions whose unit or provider is archived, has ended or has not begun', async () => {
    expect(await commissions(byPost('ENDED'), directory)).toEqual(['CFEIGNED', 'COK', 'CPROVFEIGNED', 'CUNITFEIGNED']);
  });
  it('leaves out feigned people and commissions in production', async () => {
    expect(await commissions(byPost('ENDED'), production)).toEqual(['COK']);
    expect([await posts(byPost('FEIGNED')), await posts(byPost('FEIGNED'), production), await posts(byNumber(people.feignedPerson), production)]).toEqual([['FEIGNED'], undefined, undefined]);
  });
  it('leaves out posts that have ended or not begun; their HSA-ids are no way in', async () => {
    expect(await posts(byNumber(people.movedOn))).toEqual(['CURRENT']);
    expect([await posts(byPost('CURRENT')), await posts(byPost('OLD')), await posts(byPost('LATER'))]).toEqual([['CURRENT'], undefined, undefined]);
  });
  it('marks protected persons, and nobody else', async () => {
    expect([(await directory.find(byPost('PROTECTED')))?.protectedPerson, (await directory.find(byPost('COORD')))?.protectedPerson]).toEqual([true, false]);
  });
  it('knows people by samordningsnummer', async () => expect(await posts(byNumber(people.withCoordinationNumber))).toEqual(['COORD']));
  it('knows people without a number by HSA-id', async () => expect(await directory.find(byPost('NONUMBER'))).toMatchObject({ personalIdentityNumber: null, employments: [{ hsaId: hsaId('NONUMBER') }] }));
  it('gives a commission directly under its provider without a unit', async () => expect(sorted(await directory.find(byPost('DIRECT')))).toEqual(expected(people.underProvider)));
  it('carries every sign of names unchanged', async () => expect(sorted(await directory.find(byPost('SIGNS')))).toEqual(expected(people.strangeSigns)));
  it('keeps people apart whose HSA-ids begin alike', async () => {
    expect([await posts(byPost('COORD')), await commissions(byPost('COORD'), directory), await commissions(byPost('COORD9'), directory)]).toEqual([['COORD'], [], ['CLONGER']]);
  });
  it.each(['*', 'SE2321000131-*', '*)(objectClass=*', 'SE2321000131-POST1)(|(uid=*', '\\2a', '', '\u0000', '</personHsaId><x>', '&lt;', 'SE2321000131-POST1 '])('finds nobody by %j (threats J01, J02)', async (text) => {
    const answers = await Promise.allSettled([directory.find({ kind: 'hsa-id', hsaId: text as never }), directory.find({ kind: 'personal-identity-number', number: text as never })]);
    for (const answer of answers) {
      if (answer.status === 'fulfilled') expect(answer.value).toBeUndefined();
      else expect((answer.reason as { code?: string }).code).toMatch(/^directory\./);
    }
  });
  it('answers fifty questions at once, each about its own person', async () => {
    const keys = Array.from({ length: 50 }, (_, index) => byPost(['POST1', 'TWO1', 'COORD', 'PROTECTED', 'SIGNS'][index % 5]!));
    const found = await Promise.all(keys.map((key) => directory.find(key)));
    expect(found.every((person, index) => person!.employments.some((post) => post.hsaId === (keys[index] as { hsaId: string }).hsaId))).toBe(true);
  });
});
