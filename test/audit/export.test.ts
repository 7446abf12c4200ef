/** What a party gets of the trail, and that nothing in it does harm where it is read (threats L06). */
import { describe, expect, it } from 'vitest';
import { exportParty, findByReference, toCsv } from '../../src/audit/export.ts';
import type { AuditEvent } from '../../src/audit/model.ts';
import type { PartyId, ReferenceId } from '../../src/core/ids.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { DAY, event, START, TrailStage } from './stage.ts';

const key = 'k'.repeat(43);
const [ale, vgr, bengtsfors] = ['ale', 'vgr', 'bengtsfors'] as PartyId[];
const written = async (...events: readonly AuditEvent[]): Promise<TrailStage> => {
  const stage = new TrailStage();
  const trail = await stage.open();
  for (const one of events) await trail.record(one);
  await trail.close();
  return stage;
};
const exported = (stage: TrailStage, party: PartyId | undefined, changes: { readonly from?: string; readonly to?: string; readonly key?: string } = {}) =>
  [...exportParty({ directory: stage.directory, party: party ?? ('' as PartyId), from: changes.from ?? '0000-01-01', to: changes.to ?? '9999-12-31', pseudonymKey: changes.key ?? key })];

describe('a party’s export', () => {
  const facts = { method: 'siths', certificateSerial: '0A0B' };
  it('holds its own people by name, other parties’ people at its services by pseudonym, and nobody else', async () => {
    const stage = await written(
      event(1, { personParty: vgr ?? null, serviceParty: ale ?? null, facts }), event(2, { personParty: ale ?? null, serviceParty: vgr ?? null, facts }),
      event(3, { personParty: bengtsfors ?? null, serviceParty: bengtsfors ?? null, facts }), event(4, { personParty: null, serviceParty: null, person: null, facts: {}, type: 'service.started' }),
    );
    expect(exported(stage, vgr).map(({ sequence, person, facts: kept }) => [sequence, person?.startsWith('pseudonym:'), kept])).toEqual([[1, false, facts], [2, true, { method: 'siths' }]]);
    expect(exported(stage, ale).map(({ sequence, person }) => [sequence, person?.startsWith('pseudonym:')])).toEqual([[1, true], [2, false]]);
    expect(exported(stage, bengtsfors).map(({ sequence }) => sequence)).toEqual([3]);
    expect(JSON.stringify(exported(stage, ale).filter(({ personParty }) => personParty !== 'ale'))).not.toMatch(/DEV1001|0A0B/);
  });
  it('gives one person one pseudonym, two persons two, and another key others', async () => {
    const stage = await written(event(1, { serviceParty: ale ?? null }), event(2, { serviceParty: ale ?? null }), event(3, { serviceParty: ale ?? null, person: 'SE2321000131-DEV1002' }));
    const people = exported(stage, ale).map(({ person }) => person);
    expect([people[0] === people[1], people[0] === people[2]]).toEqual([true, false]);
    expect(exported(stage, ale, { key: 'other'.repeat(10) })[0]?.person).not.toBe(people[0]);
  });
  it('is not made without a key: a pseudonym that everybody can compute is none', async () => {
    const stage = await written(event(1));
    refusedWith('key.invalid', () => exported(stage, ale, { key: '' }));
    expect(exported(stage, ale)).toHaveLength(1);
  });
  it('holds whole days from the first to the last that was asked for', async () => {
    const stage = await new TrailStage().filled();
    expect(exported(stage, ale, { from: '2026-11-24', to: '2026-11-24' }).map(({ at }) => at >= START + DAY && at < START + 2 * DAY)).toEqual(Array.from({ length: 10 }, () => true));
    expect(exported(stage, ale)).toHaveLength(30);
  });
});
describe('CSV', () => {
  it.each(['=cmd|calc', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', ' =1', '＝1', '＋1', '－1', '＠a'])('makes text of %j, which a spreadsheet would compute', async (person) => {
    const stage = await written(event(1, { person, personParty: ale ?? null }));
    const [, row = ''] = [...toCsv(exported(stage, ale))];
    expect(row.split(',')[6]).toMatch(/^"'/);
  });
  it('leaves an ordinary person as it is, doubles quotes, and keeps one line a row', async () => {
    const stage = await written(event(1, { personParty: ale ?? null }), event(2, { personParty: ale ?? null, person: 'a"b\r\n"c\u001b[31m\u2028\u009b' }));
    const [, first = '', second = ''] = [...toCsv(exported(stage, ale))];
    expect(first.split(',')[6]).toBe('"SE2321000131-DEV1001"');
    expect(second.split(',')[6]).toBe('"a""b\uFFFD\uFFFD""c\uFFFD[31m\uFFFD\uFFFD"');
    expect([first, second].every((row) => row.indexOf('\n') === row.length - 1)).toBe(true);
  });
});
describe('by reference', () => {
  it('finds the lines of one login in their order, however the code was typed', async () => {
    const other = 'ZZZ-ZZZ-ZZZ' as ReferenceId;
    const stage = await written(event(1), event(2, { reference: other }), event(3));
    expect(findByReference(stage.directory, 'abc-def-ghj').map(({ sequence }) => sequence)).toEqual([1, 3]);
    expect(findByReference(stage.directory, 'none')).toEqual([]);
  });
});
