/** Reading the trail: one login's story for `explain`, and a party's own lines for `audit export`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PartyId } from '../core/ids.ts';
import { hmac } from '../core/secrets.ts';
import { parseLine } from './chain.ts';
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
/** A line belongs to the person's party and to the service's party; the other party's person is a pseudonym that is stable within the export key. */
export const exportParty = function* (options: ExportOptions): Generator<RecordedEvent> {
  for (const event of readEvents(options.directory, options.from, options.to)) {
    if (event.personParty === options.party) yield event;
    else if (event.serviceParty === options.party) yield { ...event, person: event.person === null ? null : `pseudonym:${hmac(options.pseudonymKey, 'export', event.person).slice(0, 22)}` };
  }
};

const columns = ['at', 'type', 'reference', 'serviceParty', 'service', 'personParty', 'person', 'code', 'facts'] as const;
/** A cell that a spreadsheet would take for a formula is made text (threats L06). */
const cell = (value: RecordedEvent[keyof RecordedEvent] | undefined): string => {
  const text = value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
};
export const toCsv = function* (events: Iterable<RecordedEvent>): Generator<string> {
  yield `${columns.join(',')}\r\n`;
  for (const event of events) yield `${columns.map((column) => cell(column === 'at' ? new Date(event.at).toISOString() : event[column])).join(',')}\r\n`;
};
