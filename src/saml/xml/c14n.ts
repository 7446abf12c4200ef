/** Exclusive canonical XML of a subtree, without comments [ExcC14N]. Only what is visibly used is declared, where it is first used. */
import type { XmlAttribute, XmlElement } from './tree.ts';

export const escapeText = (text: string): string => (/[&<>\r]/.test(text) ? text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;') : text);
export const escapeValue = (text: string): string =>
  /[&<"\t\n\r]/.test(text) ? text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll('\t', '&#x9;').replaceAll('\n', '&#xA;').replaceAll('\r', '&#xD;') : text;

/** By code point, as C14N orders, where UTF-16 order differs. */
export const byCodePoint = (a: string, b: string): number => {
  if (a === b) return 0;
  return /[\ud800-\udfff]/.test(a + b) ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : a < b ? -1 : 1;
};
const byName = (a: XmlAttribute, b: XmlAttribute): number => byCodePoint(a.namespace, b.namespace) || byCodePoint(a.localName, b.localName);
const qualified = ({ prefix, localName }: { prefix: string; localName: string }): string => (prefix === '' ? localName : `${prefix}:${localName}`);

export interface CanonicalOptions {
  /** PrefixList of InclusiveNamespaces; `''` stands for #default. */
  readonly inclusivePrefixes?: readonly string[];
  /** Left out: the enveloped signature. */
  readonly omit?: XmlElement;
}
type Rendered = ReadonlyMap<string, string>;

export const canonicalise = (element: XmlElement, options: CanonicalOptions = {}): string => {
  const out: string[] = [];
  write(element, new Map(), options, out);
  return out.join('');
};

const needed = (element: XmlElement, rendered: Rendered, inclusive: readonly string[]): readonly (readonly [string, string])[] => {
  const wanted = new Map<string, string>([[element.prefix, element.namespace]]);
  for (const { prefix, namespace } of element.attributes) if (prefix !== '') wanted.set(prefix, namespace);
  for (const prefix of inclusive) {
    const bound = element.scope.get(prefix);
    if (bound !== undefined) wanted.set(prefix, bound);
  }
  return [...wanted].filter(([prefix, uri]) => prefix !== 'xml' && (rendered.get(prefix) ?? '') !== uri).sort(([a], [b]) => byCodePoint(a, b));
};

const write = (element: XmlElement, above: Rendered, options: CanonicalOptions, out: string[]): void => {
  const declared = needed(element, above, options.inclusivePrefixes ?? []);
  const name = qualified(element);
  out.push('<', name);
  for (const [prefix, uri] of declared) out.push(prefix === '' ? ' xmlns="' : ` xmlns:${prefix}="`, escapeValue(uri), '"');
  const attributes = element.attributes.length > 1 ? [...element.attributes].sort(byName) : element.attributes;
  for (const attribute of attributes) out.push(' ', qualified(attribute), '="', escapeValue(attribute.value), '"');
  out.push('>');
  const rendered = declared.length === 0 ? above : new Map([...above, ...declared]);
  for (const child of element.children) {
    if (typeof child === 'string') out.push(escapeText(child));
    else if (child !== options.omit) write(child, rendered, options, out);
  }
  out.push('</', name, '>');
};
