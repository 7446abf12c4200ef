/** What ends soon, whose it is, and what its owner is told; nothing is seen that is in time. */
import { describe, expect, it } from 'vitest';
import { lettersFor } from '../../../src/admin/radar.ts';
import { toPartyId, toServiceId } from '../../../src/core/ids.ts';
import { createClockBook, ownClockOff } from '../../../src/federation/radar/clocks.ts';
import { radarOf, REMINDERS, type Mark, type RadarView } from '../../../src/federation/radar/radar.ts';
import { acceptAuthnRequest } from '../../../src/protocols/saml-idp/accept.ts';
import { authnRequest, iso, NOW, peerKey, redirectQuery, testContext, testKey, testParty, testRegistry, testService, testWire } from '../../fixtures/saml.ts';

const DAY = 86_400_000;
const key = (days: number, name = 'service') => ({ ...peerKey(testKey(name)), notAfter: NOW + days * DAY });
const view = (change: Partial<RadarView> = {}, wire = testWire()): RadarView => ({ registry: testRegistry([testService({ wire })]), own: [], clocks: [], readings: [], sources: [], fetched: new Set(), feedValidity: 7 * DAY, now: NOW, ...change });
const our = { name: 'Bryggan', operator: 'Västra Götalandsregionen', email: 'drift@region.example', phone: '031-390 06 02' };
const lettersOf = (marks: readonly Mark[]) => lettersFor(marks, testRegistry(), our);

describe('the radar', () => {
  it('a service in time is not seen', () => { expect(radarOf(view())).toEqual([]); });
  it.each(REMINDERS)('a signing certificate that ends in %i days is seen with that reminder, and belongs to the service’s party', (days) => {
    expect(radarOf(view({}, testWire({ signingKeys: [key(days)] })))).toEqual([{ kind: 'signing-certificate', party: 'ale', what: 'service ale/journal', end: NOW + days * DAY, days, reminder: days, seconds: null }]);
  });
  it('the next certificate beside it puts the mind at rest', () => {
    expect(radarOf(view({}, testWire({ signingKeys: [key(3), key(900, 'next')] })))).toEqual([]);
  });
  it('the encryption key, the metadata’s own end and our own certificates are seen, the nearest first', () => {
    const marks = radarOf(view({ own: [{ what: 'public TLS', notAfter: NOW + 20 * DAY }, { what: 'card TLS', notAfter: NOW + 200 * DAY }] }, testWire({ validUntil: NOW - DAY, encryptionKeys: [{ ...key(5), methods: [], digests: [] }] })));
    expect(marks.map(({ kind, days, party }) => [kind, days, party])).toEqual([['metadata', -1, 'ale'], ['encryption-certificate', 5, 'ale'], ['our-certificate', 20, null]]);
  });
  it('a service that is switched off is nobody’s worry', () => {
    expect(radarOf({ ...view(), registry: testRegistry([testService({ enabled: false, wire: testWire({ signingKeys: [key(3)] }) })]) })).toEqual([]);
  });
  it('a reader of ours that has stopped is seen; one that reads, and a stranger, are not', () => {
    const row = (consumer: string, ago: number) => ({ consumer, what: 'feed', last: NOW - ago * DAY });
    expect(radarOf(view({ readings: [row('service ale/journal', 5), row('party ale', 1), row('address 192.0.2.1', 300)] }))).toMatchObject([{ kind: 'reading', what: 'service ale/journal', days: 2, reminder: 7 }]);
  });
  it('metadata that is fetched moves its end on by itself: not the service’s worry, but a source that gives nothing new is ours', () => {
    const wire = testWire({ validUntil: NOW + 5 * DAY });
    expect(radarOf(view({}, wire))).toMatchObject([{ kind: 'metadata', days: 5 }]);
    expect(radarOf(view({ fetched: new Set(['ale/journal']), sources: [{ id: 'sambi', alarm: 'ok', validUntil: NOW + 5 * DAY }] }, wire))).toEqual([]);
    expect(radarOf(view({ fetched: new Set(['ale/journal']), sources: [{ id: 'sambi', alarm: 'late', validUntil: NOW + 5 * DAY }, { id: 'skolfed', alarm: 'never', validUntil: null }] }, wire))).toMatchObject([{ kind: 'source', what: 'source skolfed', days: null, party: null }, { kind: 'source', what: 'source sambi', days: 5, reminder: 7 }]);
  });
});
describe('M05: our own clock, as most services see it', () => {
  const rows = (...seconds: readonly number[]) => seconds.map((one, at) => ({ service: toServiceId(`ale/s${String(at)}`), milliseconds: one * 1000, seen: NOW }));
  it.each<readonly [string, readonly number[], number | null]>([
    ['they agree with it', [0, 1, -2], null], ['one alone is off', [0, 1, 90], null], ['ninety seconds ahead', [90, 89, 91, 0], 90], ['ninety seconds behind', [-90, -89, -91], -90],
    ['off in both directions: nobody knows', [-90, -90, 90, 90], null], ['two are too few', [90, 90], null], ['as much as is allowed', [60, 60, 60], null],
  ])('%s', (_what, seconds, expected) => { expect(ownClockOff(rows(...seconds), NOW)).toBe(expected); });
  it('what was heard more than an hour ago counts no more', () => { expect(ownClockOff(rows(90, 90, 90), NOW + 3_600_000)).toBeNull(); });
});
describe('clocks of partners', () => {
  const service = toServiceId('ale/journal');
  it('a clock is judged by the youngest of the last requests: a slow person makes no skew', () => {
    const book = createClockBook();
    for (const age of [40_000, 2000, 90_000]) book.note(service, NOW - age, NOW);
    expect(book.rows()).toEqual([{ service, milliseconds: 2000, seen: NOW }]);
    expect(radarOf(view({ clocks: book.rows() }))).toEqual([]);
  });
  it('one that is ahead, or always late, is seen with its seconds', () => {
    const book = createClockBook();
    for (let times = 0; times < 20; times += 1) book.note(service, NOW + 45_000, NOW);
    expect(radarOf(view({ clocks: book.rows() }))).toMatchObject([{ kind: 'clock', seconds: -45, party: 'ale' }]);
  });
  it('signed requests alone are heard, also those that are then refused for their time', () => {
    const heard: number[] = [];
    const clockSeen = (_id: string, issued: number, now: number): void => { heard.push(now - issued); };
    const ask = (age: number, signed: boolean): unknown => acceptAuthnRequest({ binding: 'redirect', rawQuery: redirectQuery(authnRequest({ attributes: { IssueInstant: iso(NOW - age) } }), signed ? {} : { key: null }) }, testContext(testService({ wire: testWire({ authnRequestsSigned: signed }) }), { clockSeen }));
    ask(1000, true);
    expect(() => ask(3_600_000, true)).toThrow(/IssueInstant/);
    ask(1000, false);
    expect(heard).toEqual([1000, 3_600_000]);
  });
});
describe('the letter', () => {
  it('goes to the party’s contact, in Swedish, with every mark of that party in one', () => {
    const marks = radarOf(view({ clocks: [{ service: toServiceId('ale/journal'), milliseconds: -45_000, seen: NOW }] }, testWire({ signingKeys: [key(14)], validUntil: NOW + 7 * DAY })));
    const [letter, ...others] = lettersOf(marks);
    expect([letter?.to, letter?.subject, others.length]).toEqual([testParty().support.email, 'Bryggan: något går ut om 7 dagar', 0]);
    expect(letter?.text).toContain('Certifikatet som tjänsten ale/journal signerar med går ut 2026-06-15 (14 dagar kvar).');
    expect(letter?.text).toContain('Därefter avvisas inloggningar.');
    expect(letter?.text).toContain('Klockan hos tjänsten ale/journal går 45 sekunder före.');
    expect(letter?.text).not.toMatch(/\{\{|undefined|\n\n\n/);
  });
  it('says what has ended already', () => {
    const [letter] = lettersOf(radarOf(view({}, testWire({ validUntil: NOW - 2 * DAY }))));
    expect([letter?.subject, letter?.text.includes('slutade gälla 2026-05-30 (2 dagar sedan). Inloggningar avvisas.')]).toEqual(['Bryggan: något har gått ut', true]);
  });
  it('nobody is written to about what is ours, or about somebody else’s', () => {
    expect(lettersOf(radarOf(view({ own: [{ what: 'public TLS', notAfter: NOW }] })))).toEqual([]);
    expect(lettersOf([{ kind: 'metadata', party: toPartyId('boras'), what: 'service boras/x', end: NOW, days: 0, reminder: 1, seconds: null }])).toEqual([]);
  });
});
