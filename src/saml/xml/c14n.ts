/** Exclusive canonical XML without comments [ExcC14N]: the start tag, which trees and streams share, and the walk over a tree. */
import { extend, lookUp, nothingRendered, type NamespaceScope } from './scope.ts';
import type { XmlAttribute, XmlElement } from './tree.ts';

const textEscapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };
const valueEscapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '"': '&quot;', '\t': '&#x9;', '\n': '&#xA;', '\r': '&#xD;' };
/** [C14N §2.3] */
export const escapeText = (text: string): string => (/[&<>\r]/.test(text) ? text.replace(/[&<>\r]/g, (character) => textEscapes[character] ?? '') : text);
export const escapeValue = (text: string): string => (/[&<"\t\n\r]/.test(text) ? text.replace(/[&<"\t\n\r]/g, (character) => valueEscapes[character] ?? '') : text);

/** Surrogates stand for what lies beyond every other unit. */
const rank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);
/** By code point, as C14N orders, where UTF-16 order differs. */
export const byCodePoint = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) if (a.charCodeAt(at) !== b.charCodeAt(at)) return rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
  return a.length - b.length;
};
const byName = (a: XmlAttribute, b: XmlAttribute): number => byCodePoint(a.namespace, b.namespace) || byCodePoint(a.localName, b.localName);
/** Mostly they are in order as they come. */
const sorted = (attributes: readonly XmlAttribute[]): readonly XmlAttribute[] => {
  for (let at = 1; at < attributes.length; at += 1) if (byName(attributes[at - 1] as XmlAttribute, attributes[at] as XmlAttribute) > 0) return attributes.toSorted(byName);
  return attributes;
};
const qualified = ({ prefix, localName }: { readonly prefix: string; readonly localName: string }): string => (prefix === '' ? localName : `${prefix}:${localName}`);

/** What of an element decides how its start tag is written. */
export interface Tag { readonly prefix: string; readonly localName: string; readonly attributes: readonly XmlAttribute[]; readonly scope: NamespaceScope }

/** Prefixes that must be declared here: visibly used or listed, and not rendered alike above [ExcC14N §3]. */
const undeclared = ({ prefix, attributes, scope }: Tag, rendered: NamespaceScope, inclusive: readonly string[]): readonly string[] => {
  const missing: string[] = [];
  const want = (wanted: string): void => {
    const uri = lookUp(scope, wanted);
    if (wanted !== 'xml' && uri !== undefined && (lookUp(rendered, wanted) ?? '') !== uri && !missing.includes(wanted)) missing.push(wanted);
  };
  want(prefix);
  for (const attribute of attributes) if (attribute.prefix !== '') want(attribute.prefix);
  for (const listed of inclusive) want(listed);
  return missing.length > 1 ? missing.sort(byCodePoint) : missing;
};

export interface CanonicalTag { readonly text: string; /** Namespaces rendered, for what stands inside. */ readonly rendered: NamespaceScope }
export const canonicalTag = (tag: Tag, above: NamespaceScope, inclusive: readonly string[]): CanonicalTag => {
  let text = `<${qualified(tag)}`;
  let rendered = above;
  const missing = undeclared(tag, above, inclusive);
  if (missing.length > 0) {
    const bindings: string[] = [];
    for (const prefix of missing) {
      const uri = lookUp(tag.scope, prefix) ?? '';
      text += prefix === '' ? ` xmlns="${escapeValue(uri)}"` : ` xmlns:${prefix}="${escapeValue(uri)}"`;
      bindings.push(prefix, uri);
    }
    rendered = extend(above, bindings);
  }
  for (const attribute of sorted(tag.attributes)) text += ` ${qualified(attribute)}="${escapeValue(attribute.value)}"`;
  return { text: `${text}>`, rendered };
};
export const canonicalEnd = (tag: { readonly prefix: string; readonly localName: string }): string => `</${qualified(tag)}>`;
/** `content` is target and data [C14N §2.3]. */
export const canonicalInstruction = (content: string): string => `<?${content.replaceAll('\r', '&#xD;')}?>`;

export interface CanonicalOptions {
  /** PrefixList of InclusiveNamespaces; `''` stands for #default. */
  readonly inclusivePrefixes?: readonly string[];
  /** Left out: the enveloped signature. */
  readonly omit?: XmlElement;
}

const write = (element: XmlElement, above: NamespaceScope, inclusive: readonly string[], omit: XmlElement | undefined): string => {
  const { text, rendered } = canonicalTag(element, above, inclusive);
  let out = text;
  const { children, instructions } = element;
  let nextInstruction = 0;
  for (let at = 0; at <= children.length; at += 1) {
    for (; instructions[nextInstruction]?.before === at; nextInstruction += 1) out += canonicalInstruction(instructions[nextInstruction]?.content ?? '');
    const child = children[at];
    if (typeof child === 'string') out += escapeText(child);
    else if (child !== undefined && child !== omit) out += write(child, rendered, inclusive, omit);
  }
  return out + canonicalEnd(element);
};

/** The octets of the element as a document of its own, as text. Never empty. */
export const canonicalise = (element: XmlElement, { inclusivePrefixes = [], omit }: CanonicalOptions = {}): string => write(element, nothingRendered(), inclusivePrefixes, omit);
