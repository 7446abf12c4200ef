/** The catalogue of events, and its reference that is made from it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditEvents, factsForOthers, unknownFacts } from '../../src/audit/events.ts';
import { chainEvent, GENESIS } from '../../src/audit/chain.ts';
import { auditReference } from '../../src/audit/reference.ts';
import { event } from './stage.ts';

describe('the catalogue of events', () => {
  it('docs/audit.md is current: else run node src/audit/write-reference.ts', () => expect(readFileSync(join(import.meta.dirname, '../../docs/audit.md'), 'utf8')).toBe(auditReference()));
  it('every event says what it is, for whom, and what each fact means', () => {
    for (const { says, reader, facts } of Object.values(auditEvents)) for (const text of [says, reader, ...Object.values(facts)]) expect(text.length).toBeGreaterThan(4);
  });
  it('knows the facts of a login and no others', () => {
    expect(unknownFacts(event(1, { facts: { method: 'siths', released: [] } }))).toEqual([]);
    expect(unknownFacts(event(1, { facts: { method: 'siths', surname: 'x' } }))).toEqual(['surname']);
    expect(unknownFacts(event(1, { type: 'request.refused', facts: { clause: 'x' } }))).toEqual([]);
  });
  it('leaves out for others what tells of the person, and what nobody has described', () => {
    const line = (changes: Parameters<typeof event>[1]) => factsForOthers(chainEvent(event(1, changes), 1, 1, GENESIS));
    expect(line({ facts: { method: 'siths', certificateSerial: '0A', surname: 'x' } })).toEqual({ method: 'siths' });
    expect(line({ type: 'card.refused', facts: { detail: 'x', clause: 'y' } })).toEqual({ detail: 'x', clause: 'y' });
  });
});
