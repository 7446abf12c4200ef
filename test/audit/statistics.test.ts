/** Counts from the trail: what counts once, what not at all, and that nobody is named. */
import { describe, expect, it } from 'vitest';
import { groupings, statisticsOf } from '../../src/audit/statistics.ts';
import type { AuditEvent, RecordedEvent } from '../../src/audit/model.ts';

const NOON = Date.UTC(2026, 10, 23, 12);
const HOUR = 3_600_000;
const [anna, erik] = ['SE2321000131-DEV1001', 'SE2321000131-DEV1002'];
const at = (hours: number, type: AuditEvent['type'], change: Readonly<Record<string, unknown>> = {}): RecordedEvent => ({
  type, at: NOON + hours * HOUR, sequence: 1, previous: '', hash: '', reference: null, serviceParty: 'ale', service: 'ale/journal', personParty: 'vgr', person: anna, code: null, facts: { method: 'siths-card', level: 'loa3', reused: false }, ...change,
} as unknown as RecordedEvent);
const again = { facts: { method: 'siths-card', level: 'loa3', reused: true } };
const refused = { code: 'card.revoked', facts: {} } as const;
const day = [
  at(0, 'login.authenticated'), at(0, 'login.succeeded'), at(1, 'login.succeeded', again), at(24, 'login.succeeded', { ...again, person: erik, service: 'ale/plan' }),
  at(0, 'card.refused', refused), at(0, 'login.refused', { ...refused, code: 'commission.none' }), at(0, 'login.cancelled', { person: null, personParty: null, facts: {} }), at(0, 'session.ended'), at(0, 'service.started', { serviceParty: null, service: null, personParty: null, person: null, facts: {} }),
];

describe('statistics', () => {
  it('count answers, sessions that answered, different people, ended and cancelled logins', () => {
    expect(statisticsOf(day, 'day').total).toEqual({ logins: 3, reused: 2, people: 2, refused: 1, cancelled: 1 });
  });
  it.each([
    ['day', [['2026-11-23', 2], ['2026-11-24', 1]]], ['hour', [['12–', 2], ['13–', 1]]], ['service', [['ale/journal', 2], ['ale/plan', 1]]],
    ['service-party', [['ale', 3]]], ['person-party', [['vgr', 3], ['–', 0]]], ['method', [['siths-card', 3], ['–', 0]]], ['level', [['loa3', 3], ['–', 0]]],
  ] as const)('by %s', (by, rows) => {
    expect(statisticsOf(day, by).rows.map(({ of, logins }) => [of, logins])).toEqual(rows);
  });
  it('tell refusals by code, single tries too, the commonest first, with who must act', () => {
    expect(statisticsOf([...day, at(0, 'card.refused', refused)], 'day').refusals).toEqual([{ code: 'card.revoked', count: 2, whoMustAct: 'user' }, { code: 'commission.none', count: 1, whoMustAct: 'organisation-it' }]);
  });
  it('a code that an earlier version wrote is counted, though nobody knows any more who must act', () => {
    expect(statisticsOf([at(0, 'login.refused', { code: 'code.of-long-ago', facts: {} })], 'day').refusals).toEqual([{ code: 'code.of-long-ago', count: 1, whoMustAct: null }]);
  });
  it('of one party: what its services asked for and what its people did, nothing else', () => {
    const elsewhere = at(0, 'login.succeeded', { serviceParty: 'hjo', service: 'hjo/x', personParty: 'hjo', person: 'SE2120001728-DEV1' });
    expect(['ale', 'vgr', 'hjo', 'boras'].map((party) => statisticsOf([...day, elsewhere], 'service', party).total.logins)).toEqual([3, 3, 1, 0]);
  });
  it.each(groupings)('by %s, nobody is named', (by) => expect(JSON.stringify(statisticsOf(day, by))).not.toMatch(/DEV100/));
});
