/**
 * Element trees of the service contracts as data, and the one way to read an answer by them: elements in the order of the
 * sequence, each in its own namespace, mandatory ones there. Elements of namespaces that a contract does not know are passed
 * over, since minor versions add their own [RIV-TA]; a known name in another namespace is refused, for passing over a
 * mark like protectedPerson would be worse than no answer.
 */
import { parseUtcDateTime } from '../../core/dates.ts';
import { fail } from '../../core/errors.ts';
import type { Instant } from '../../core/ports.ts';
import { textOf, type XmlElement } from '../../saml/xml/index.ts';

export type Leaf = 'text' | 'boolean' | 'dateTime';
export interface Field { readonly namespace: string; readonly name: string; readonly mandatory: boolean; readonly many: boolean; readonly type: Leaf | Shape }
export interface Shape { readonly fields: readonly Field[] }

type Make = (namespace: string, name: string, type?: Leaf | Shape) => Field;
export const one: Make = (namespace, name, type = 'text') => ({ namespace, name, mandatory: true, many: false, type });
export const maybe: Make = (namespace, name, type = 'text') => ({ namespace, name, mandatory: false, many: false, type });
export const any: Make = (namespace, name, type = 'text') => ({ namespace, name, mandatory: false, many: true, type });
export const some: Make = (namespace, name, type = 'text') => ({ namespace, name, mandatory: true, many: true, type });
export const sequence = (...fields: readonly Field[]): Shape => ({ fields });

const refuse = (problem: string, facts: Record<string, string> = {}): never => fail('directory.answer', `the answer does not have the form of its contract: ${problem}`, facts);

/** What an element held, by local name; names are unique within one sequence of these contracts. */
export class Reading {
  private readonly values: ReadonlyMap<string, readonly (string | Reading)[]>;
  constructor(values: ReadonlyMap<string, readonly (string | Reading)[]>) { this.values = values; }
  /** Texts without those that are empty. */
  texts(name: string): readonly string[] { return (this.values.get(name) ?? []).filter((value): value is string => typeof value === 'string' && value !== ''); }
  text(name: string): string | null { return this.texts(name)[0] ?? null; }
  /** Absent is false, by the contracts. */
  flag(name: string): boolean { return ['true', '1'].includes(this.text(name) ?? ''); }
  all(name: string): readonly Reading[] { return (this.values.get(name) ?? []).filter((value): value is Reading => value instanceof Reading); }
  start(name: string): Instant | null { return momentOf(this.text(name), 'start'); }
  end(name: string): Instant | null { return momentOf(this.text(name), 'end'); }
}

const DATE_TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?)(Z|[+-]\d{2}:\d{2})?$/;
const hoursAhead = 2;
/**
 * xs:dateTime. Without a zone it is Swedish time, one or two hours ahead of UTC: read so that nothing holds longer than it
 * should, as UTC where something begins and two hours earlier where it ends.
 */
const momentOf = (text: string | null, edge: 'start' | 'end'): Instant | null => {
  if (text === null) return null;
  const [, local = '', zone] = DATE_TIME.exec(text) ?? refuse('a point in time that is none');
  const utc = parseUtcDateTime(`${local}Z`) ?? refuse('a point in time that is none');
  if (zone === undefined) return edge === 'start' ? utc : utc - hoursAhead * 3_600_000;
  if (zone === 'Z') return utc;
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number);
  if (hours > 14 || minutes > 59) refuse('a time zone that is none');
  return utc - (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
};

const readLeaf = (element: XmlElement, type: Leaf): string => {
  const text = textOf(element).trim();
  // An empty one is none either [XSD2 §3.2.2]: taken for false, a mark like protectedPerson would be passed over.
  if (type === 'boolean' && !['true', 'false', '1', '0'].includes(text)) refuse('a truth value that is none', { element: element.localName });
  if (type === 'dateTime' && text !== '') momentOf(text, 'start');
  return text;
};

export const readShape = (element: XmlElement, { fields }: Shape): Reading => {
  const values = new Map<string, (string | Reading)[]>();
  const known = new Set(fields.map(({ namespace }) => namespace));
  let last = -1;
  for (const child of element.children) {
    if (typeof child === 'string') {
      if (child.trim() !== '') refuse('text between elements', { element: element.localName });
      continue;
    }
    const at = fields.findIndex((field) => field.name === child.localName && field.namespace === child.namespace);
    const field = fields[at];
    if (field === undefined) {
      if (known.has(child.namespace) || fields.some(({ name }) => name === child.localName)) refuse('an element where the contract has none', { element: child.localName });
      continue;
    }
    if (at < last || (at === last && !field.many)) refuse('elements out of order or repeated', { element: child.localName });
    last = at;
    const list = values.get(field.name) ?? [];
    list.push(typeof field.type === 'string' ? readLeaf(child, field.type) : readShape(child, field.type));
    values.set(field.name, list);
  }
  const missing = fields.find((field) => field.mandatory && !values.has(field.name));
  if (missing !== undefined) refuse('a mandatory element is missing', { element: missing.name });
  return new Reading(values);
};
