/** Reading the trail: one login's story for `explain`, and a party's own lines for `audit export`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '../core/errors.ts';
import type { PartyId } from '../core/ids.ts';
import { hmac } from '../core/secrets.ts';
import { parseLine } from './chain.ts';
import { factsForOthers } from './events.ts';
import type { RecordedEvent } from './model.ts';
import { dayFile, daysOf, nodesOf } from './files.ts';

export const readEvents = function* (directory: string, from = '0000-00-00', to = '9999-99-99'): Generator<RecordedEvent> {
  for (const node of nodesOf(directory)) {
    for (const day of daysOf(directory, node)) {
      if (day < from || day > to) continue;
      for (const text of readFileSync(join(directory, dayFile(node, day)), 'utf8').split('\n')) {
        const event = parseLine(text);
        if (event !== undefined) yield event;
      }
    }
  }
};
export const findByReference = (directory: string, reference: string): readonly RecordedEvent[] =>
  [...readEvents(directory)].filter((event) => event.reference === reference.toUpperCase()).toSorted((a, b) => a.at - b.at || a.sequence - b.sequence);

export interface ExportOptions { readonly directory: string; readonly party: PartyId; readonly from: string; readonly to: string; readonly pseudonymKey: string }
/** Stands for a person of another party: the same within one key, nothing without it. */
const pseudonym = (key: string, person: string): string => `pseudonym:${hmac(key, 'export', person).slice(0, 22)}`;
/**
 * A line belongs to the person's party and to the service's party; the other party's person is a pseudonym, and facts that tell of
 * the person are left out. Days are those of the lines' own times, UTC. Errors: `key.invalid` without a key for pseudonyms.
 */
export const exportParty = function* ({ directory, party, from, to, pseudonymKey }: ExportOptions): Generator<RecordedEvent> {
  if (pseudonymKey.length < 32) fail('key.invalid', 'there is no secret for pseudonyms in the state directory: run this where the service runs');
  for (const event of readEvents(directory, from, to)) {
    if (event.personParty === party) yield event;
    else if (event.serviceParty === party) yield { ...event, person: event.person === null ? null : pseudonym(pseudonymKey, event.person), facts: factsForOthers(event) };
  }
};

const columns = ['at', 'type', 'reference', 'serviceParty', 'service', 'personParty', 'person', 'code', 'facts'] as const;
/** A cell that a spreadsheet would take for a formula is made text, and nothing in it steers a terminal (threats L06). */
const cell = (value: RecordedEvent[keyof RecordedEvent] | undefined): string => {
  const text = (value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)).replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD');
  return `"${(/^[\s\uFFFD]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
};
export const toCsv = function* (events: Iterable<RecordedEvent>): Generator<string> {
  yield `${columns.join(',')}\r\n`;
  for (const event of events) yield `${columns.map((column) => cell(column === 'at' ? new Date(event.at).toISOString() : event[column])).join(',')}\r\n`;
};
