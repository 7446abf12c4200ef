/**
 * Tagged template for HTML. Every value is escaped for the place it stands in; only the result of another `html` passes as it is.
 * The static parts of a template are read once: a value in a place that escaping cannot make safe (a script, a comment, an unquoted
 * attribute, an event handler, a tag name) is refused the first time the template is used, whatever the value. There is no function
 * that turns a string into SafeHtml.
 */
import { fail } from '../core/errors.ts';
import { isLinkAddress } from './address.ts';

class Safe {
  readonly #text: string;
  constructor(text: string) { this.#text = text; }
  toString(): string { return this.#text; }
}
class SafeAttributes {
  readonly #text: string;
  constructor(text: string) { this.#text = text; }
  toString(): string { return this.#text; }
}
/** Markup made by `html`; `String(markup)` is the text to send. */
export type SafeHtml = Safe;
/** Attributes made by `attributes`, for a place inside a tag. */
export type Attributes = SafeAttributes;
/** `null`, `undefined` and `false` leave nothing. */
export type Content = SafeHtml | string | number | null | undefined | false | readonly Content[];

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
/** Safe as text and inside quoted attributes; the value itself is unchanged once parsed. */
export const escapeHtml = (value: string): string => (/[&<>"']/.test(value) ? value.replace(/[&<>"']/g, (character) => entities[character] ?? '') : value);
/** Control characters and direction overrides: they can make a name read differently from what it is. */
const deceiving = /(?![\t\n\r])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu;
/** For text that people read: as `escapeHtml`, without what makes text lie. */
export const escapeText = (value: string): string => escapeHtml(value).replace(deceiving, '');

/** Where a value stands. `address`: at the start of an attribute that the browser follows. */
type Place = 'text' | 'attributes' | 'attribute' | 'address';

const followed = new Set(['href', 'src', 'action', 'formaction', 'data', 'poster', 'ping', 'background', 'manifest', 'cite']);
/** Attributes whose value is code or a whole document. */
const isCode = (name: string): boolean => /^on/.test(name) || name === 'style' || name === 'srcdoc' || name === 'srcset';
const refuse = (reason: string): never => fail('internal', `page template: ${reason}`);

type State = { readonly at: 'text' } | { readonly at: 'tag'; readonly tag: string } | { readonly at: 'value'; readonly tag: string; readonly name: string; readonly begun: boolean };

const tagStart = /<(!doctype|\/?[a-z][a-z0-9]*)(?=[\s/>]|$)/iy;
const inTag = /\s*(?:(\/?>)|([a-z][a-z0-9-]*)(="|(?=[\s/>]))|$)/iy;

const fromText = (part: string, start: number): readonly [State, number] => {
  const open = part.indexOf('<', start);
  if (open < 0) return [{ at: 'text' }, part.length];
  tagStart.lastIndex = open;
  const tag = tagStart.exec(part)?.[1]?.toLowerCase() ?? refuse(`neither a tag nor text at "${part.slice(open, open + 20)}"`);
  return [{ at: 'tag', tag }, open + 1 + tag.length];
};
const fromTag = (part: string, start: number, tag: string): readonly [State, number] => {
  inTag.lastIndex = start;
  const found = inTag.exec(part) ?? refuse(`attributes must be quoted in <${tag}>`);
  const [whole, close, name, quoted] = found;
  const end = start + whole.length;
  if (close !== undefined) return [tag === 'script' || tag === 'style' ? skipRaw(part, end, tag) : { at: 'text' }, end];
  if (name !== undefined && quoted !== '') return [{ at: 'value', tag, name: name.toLowerCase(), begun: false }, end];
  return [{ at: 'tag', tag }, end];
};
/** Nothing is ever written into a script or a style sheet. */
const skipRaw = (part: string, start: number, tag: string): State => (part.startsWith(`</${tag}>`, start) ? { at: 'text' } : refuse(`<${tag}> must be empty`));
const fromValue = (part: string, start: number, state: Extract<State, { at: 'value' }>): readonly [State, number] => {
  const close = part.indexOf('"', start);
  return close < 0 ? [{ ...state, begun: state.begun || part.length > start }, part.length] : [{ at: 'tag', tag: state.tag }, close + 1];
};

const read = (part: string, from: State): State => {
  let state = from;
  let position = 0;
  while (position < part.length) {
    [state, position] = state.at === 'text' ? fromText(part, position) : state.at === 'tag' ? fromTag(part, position, state.tag) : fromValue(part, position, state);
  }
  return state;
};

const placeOf = (state: State): Place => {
  if (state.at === 'text') return 'text';
  if (state.at === 'tag') return 'attributes';
  if (isCode(state.name)) return refuse(`no value may stand in ${state.name}`);
  return followed.has(state.name) && !state.begun ? 'address' : 'attribute';
};
const placesOf = (parts: readonly string[]): readonly Place[] => {
  let state: State = { at: 'text' };
  const places: Place[] = [];
  parts.forEach((part, index) => {
    state = read(part, state);
    if (index === parts.length - 1) return;
    places.push(placeOf(state));
    if (state.at === 'value') state = { ...state, begun: true };
  });
  return state.at === 'text' ? places : refuse('a template must end outside its tags');
};
const known = new WeakMap<TemplateStringsArray, readonly Place[]>();

const text = (value: Content): string => {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Safe) return value.toString();
  if (Array.isArray(value)) return value.map(text).join('');
  return escapeText(String(value));
};
const inPlace = (value: Content | Attributes, place: Place): string => {
  if (place === 'attributes') return value instanceof SafeAttributes ? value.toString() : refuse('only attributes(…) may stand inside a tag');
  if (value instanceof SafeAttributes) return refuse('attributes(…) may only stand inside a tag');
  if (place === 'text') return text(value);
  if (typeof value !== 'string' && typeof value !== 'number') return refuse('an attribute takes text or a number');
  if (place === 'address' && !isLinkAddress(String(value))) return refuse('an address of a kind that pages never lead to');
  return escapeHtml(String(value));
};

/** Throws `internal` for a template or value that cannot be made safe. */
export const html = (parts: TemplateStringsArray, ...values: readonly (Content | Attributes)[]): SafeHtml => {
  let places = known.get(parts);
  if (places === undefined) known.set(parts, (places = placesOf(parts)));
  let out = parts[0] ?? '';
  for (let index = 0; index < values.length; index += 1) out += inPlace(values[index], places[index] ?? 'text') + (parts[index + 1] ?? '');
  return new Safe(out);
};

/** Attributes that are there or not: `true` writes the bare name, `false` and `null` nothing. Never for addresses, styles or handlers. */
export const attributes = (values: Readonly<Record<string, string | number | boolean | null>>): Attributes => {
  let out = '';
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === false) continue;
    if (!/^[a-z][a-z0-9-]*$/.test(name) || isCode(name) || followed.has(name)) refuse(`attribute ${JSON.stringify(name)} must be written in the template`);
    out += value === true ? ` ${name}` : ` ${name}="${escapeHtml(String(value))}"`;
  }
  return new SafeAttributes(out);
};
