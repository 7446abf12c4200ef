import { describe, expect, it } from 'vitest';
import { combineDirectories, type Precedence } from '../../src/directory/combined.ts';
import type { PersonKey } from '../../src/directory/model.ts';
import { refusedWith, rejectedWith } from '../fixtures/refused.ts';
import { commission, coordinationNumber, hsaId, person, post } from './people.ts';
import { testSource } from './source.ts';

const key: PersonKey = { kind: 'hsa-id', hsaId: hsaId('POST1') };
const precedence: Precedence = { post: ['ldap', 'soap'], commissions: ['soap'], professional: ['soap', 'ldap'], roles: ['soap'] };
const local = person({ employments: [post({ title: 'Lokal titel', commissions: [], licences: [], systemRoles: [], groupPrescriptionCodes: ['local'] })], asOf: 200 });
const national = person({ employments: [post({ hsaId: 'se2321000131-post1' as never, title: 'Nationell titel', mail: null }), post({ hsaId: hsaId('POST7') })], asOf: 100 });
const stage = (order: Precedence = precedence) => {
  const ldap = testSource(local);
  const soap = testSource(national);
  return { ldap, soap, directory: combineDirectories(new Map([['ldap', ldap], ['soap', soap]]), order) };
};

describe('several sources as one', () => {
  it('takes each kind of fact from the first source that may answer for it', async () => {
    const found = await stage().directory.find(key);
    expect(found?.employments).toHaveLength(1);
    expect(found?.employments[0]).toMatchObject({ hsaId: hsaId('POST1'), title: 'Lokal titel', mail: 'erik.sandstrom@vgr.example', licences: ['LK', 'SJ'], systemRoles: [{ systemId: 'BIF' }], commissions: [{ hsaId: hsaId('COMMISSION1') }] });
  });
  it('never mixes sources within a kind', async () => {
    expect((await stage().directory.find(key))?.employments[0]?.groupPrescriptionCodes).toEqual(['9100009']);
  });
  it('goes to the next source when the first does not know the person', async () => {
    const { directory, ldap, soap } = stage();
    ldap.says(undefined);
    expect((await directory.find(key))?.employments.map(({ title }) => title)).toEqual(['Nationell titel', 'Överläkare']);
    ldap.says(local);
    soap.says(undefined);
    expect((await directory.find(key))?.employments[0]).toMatchObject({ title: 'Lokal titel', commissions: [], groupPrescriptionCodes: ['local'], systemRoles: [] });
  });
  it('knows nobody whom no source for posts knows', async () => {
    const { directory, ldap, soap } = stage({ ...precedence, post: ['ldap'] });
    ldap.says(undefined);
    soap.says(national);
    expect(await directory.find(key)).toBeUndefined();
  });
  it('fails when any source is away: unknown is not the same as none (threats J05)', async () => {
    const { directory, soap } = stage();
    soap.says('away');
    await rejectedWith('directory.unavailable', directory.find(key));
  });
  it('a person is protected, and the answer stale, when one source says so; it is as old as its oldest part', async () => {
    const { directory, soap } = stage();
    soap.says({ ...national, protectedPerson: true, stale: true });
    expect(await directory.find(key)).toMatchObject({ protectedPerson: true, stale: true, asOf: 100 });
    soap.says(national);
    expect(await directory.find(key)).toMatchObject({ protectedPerson: false, stale: false });
  });
  it('two numbers for one person are refused; a source without one does not disturb', async () => {
    const { directory, soap } = stage();
    soap.says({ ...national, personalIdentityNumber: null });
    expect((await directory.find(key))?.personalIdentityNumber).toBe(local.personalIdentityNumber);
    soap.says({ ...national, personalIdentityNumber: coordinationNumber });
    await rejectedWith('directory.answer', directory.find(key));
  });
  it('asks each source once, also when it serves several kinds', async () => {
    const { directory, ldap, soap } = stage();
    await directory.find(key);
    expect([ldap.calls(), soap.calls()]).toEqual([1, 1]);
  });
  it('an order that names nobody, or no source for posts, is a fault of the configuration', () => {
    const sources = new Map([['soap', testSource(person({ employments: [post({ commissions: [commission()] })] }))]]);
    refusedWith('directory.source', () => combineDirectories(sources, precedence));
    refusedWith('directory.source', () => combineDirectories(sources, { post: [], commissions: ['soap'], professional: [], roles: [] }));
  });
});
