/** The people that the demonstration logs in: the directory and the development cards must mean the same ones. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { DirectoryPerson } from '../../src/directory/model.ts';
import { openFileDirectory } from '../../src/directory/hsa-file/directory.ts';
import { isCoordinationNumber, parseOrganisationNumber } from '../../src/core/ids.ts';

interface Card { id: string; givenName: string; surname: string; personalIdentityNumber: string; employments: { hsaId: string; party: string | null; organisation?: { name: string; number: string } }[]; tags: string[] }
const root = new URL('../../', import.meta.url).pathname;
const { people } = parse(await readFile(`${root}certs-dev/people.yaml`, 'utf8')) as { people: Card[] };
const open = (feigned: 'keep' | 'drop') => openFileDirectory({ folder: `${root}config/directory-data`, shownAs: 'config/directory-data', feigned, clock: { now: () => Date.UTC(2026, 5, 1) }, onReload: () => {} });
const directory = await open('keep');
const find = (card: Card) => directory.find({ kind: 'personal-identity-number', number: card.personalIdentityNumber as never });
const tagged = async (tag: string): Promise<DirectoryPerson> => (await find(people.find(({ tags }) => tags.includes(tag))!))!;
const commissions = (person: DirectoryPerson) => person.employments.map((post) => post.commissions.length);

describe.each(people)('$id', (card) => {
  it('has the posts and names of the card list, or is unknown as its story says', async () => {
    const person = await find(card);
    if (card.tags.includes('not-in-directory')) return expect(person).toBeUndefined();
    expect(person!.employments.map(({ hsaId }) => hsaId)).toEqual(card.employments.map(({ hsaId }) => hsaId));
    for (const [index, post] of person!.employments.entries()) {
      const { organisation, hsaId } = card.employments[index]!;
      expect([post.givenName, post.surname]).toEqual([card.givenName, card.surname]);
      expect(post.organisation.number).toBe(organisation?.number ?? parseOrganisationNumber(hsaId.slice(2, 12)));
      expect(post.mail ?? '.example').toMatch(/\.example$/);
      expect((await directory.find({ kind: 'hsa-id', hsaId: post.hsaId }))?.personalIdentityNumber).toBe(card.personalIdentityNumber);
    }
  });
});
describe('every case that a login can meet has its person', () => {
  it.each([
    ['one-commission', [1]], ['physician', [3]], ['forty-commissions', [40]], ['no-commission', [0]], ['several-employments', [2, 1]],
    ['expired-commission', [0]], ['archived-unit', [0]], ['affiliate', [1]], ['unknown-employer', [1]], ['protected', [1]], ['system-roles', [0]],
  ])('%s has commissions %j', async (tag, expected) => expect(commissions(await tagged(tag))).toEqual(expected));
  it('a protected person, a samordningsnummer, roles, administration, licences, specialities, prescriber codes', async () => {
    expect((await tagged('protected')).protectedPerson).toBe(true);
    expect(isCoordinationNumber((await tagged('coordination-number')).personalIdentityNumber!)).toBe(true);
    expect((await tagged('system-roles')).employments[0]).toMatchObject({ systemRoles: [{ systemId: 'BIF' }, { systemId: 'BRYGGAN' }], authorizationScopes: [{ code: 'DEVADM' }] });
    expect((await tagged('prescriber')).employments[0]).toMatchObject({ licences: ['LK'], specialities: [{ code: '30014' }], groupPrescriptionCodes: ['9100009', '9100017'], occupationalCodes: ['LF'] });
  });
  it('one of the forty commissions lies directly under its provider', async () => {
    expect((await tagged('forty-commissions')).employments[0]!.commissions.filter(({ atProvider }) => atProvider)).toHaveLength(1);
  });
  it('the feigned person exists in test and not in production', async () => {
    const card = people.find(({ tags }) => tags.includes('feigned'))!;
    expect([await find(card) === undefined, await (await open('drop')).find({ kind: 'personal-identity-number', number: card.personalIdentityNumber as never })]).toEqual([false, undefined]);
  });
});
