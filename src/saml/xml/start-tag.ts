/** One start tag: name, attributes, namespaces. Duplicates, unbound prefixes and games with reserved namespaces are refused (threats A11). */
import { fail } from '../../core/errors.ts';
import type { XmlLimits } from './limits.ts';
import { characters, XMLNS_NAMESPACE, XML_NAMESPACE } from './names.ts';
import { resolveEntities } from './entities.ts';
import type { XmlAttribute } from './tree.ts';

export interface OpenTag {
  /** As written, to match the end tag. */
  readonly name: string;
  readonly namespace: string;
  readonly prefix: string;
  readonly localName: string;
  readonly attributes: readonly XmlAttribute[];
  readonly scope: ReadonlyMap<string, string>;
  readonly selfClosing: boolean;
  /** Index behind the tag. */
  readonly end: number;
}
interface RawAttribute { readonly prefix: string; readonly localName: string; readonly value: string }

const NAME = /[^ \t\n/>=<"'&]+/y;
const SPACE = /[ \t\n]*/y;
const skipSpace = (text: string, at: number): number => {
  SPACE.lastIndex = at;
  SPACE.test(text);
  return SPACE.lastIndex;
};
const nameAt = (text: string, at: number): string => {
  NAME.lastIndex = at;
  return NAME.exec(text)?.[0] ?? fail('xml.malformed', 'a name was expected');
};
const split = (name: string): readonly [prefix: string, localName: string] => {
  const [first = '', second, more] = name.split(':');
  const [prefix, localName] = second === undefined ? ['', first] : [first, second];
  const good = more === undefined && characters.ncName.test(localName) && (second === undefined || characters.ncName.test(prefix));
  return good ? [prefix, localName] : fail('xml.malformed', 'not a qualified name'); // [XMLNames §4]
};

const valueAt = (text: string, at: number): { raw: string; end: number } => {
  const quote = text[at];
  if (quote !== '"' && quote !== "'") return fail('xml.malformed', 'an attribute value without quotes');
  const end = text.indexOf(quote, at + 1);
  if (end < 0) return fail('xml.malformed', 'an attribute value without end');
  const raw = text.slice(at + 1, end);
  return raw.includes('<') ? fail('xml.malformed', '< in an attribute value') : { raw, end: end + 1 };
};
/** [XML §3.3.3] white space written literally becomes a space; written as a reference it stays. */
const normalised = (raw: string): string => {
  const spaced = /[\t\n]/.test(raw) ? raw.replace(/[\t\n]/g, ' ') : raw;
  return spaced.includes('&') ? resolveEntities(spaced) : spaced;
};

const checkDeclaration = (prefix: string, uri: string): void => {
  if (prefix === 'xmlns' || uri === XMLNS_NAMESPACE) fail('xml.namespace', 'the xmlns namespace is declared'); // [XMLNames §3]
  if ((prefix === 'xml') !== (uri === XML_NAMESPACE)) fail('xml.namespace', 'the xml prefix or namespace is bound anew');
  if (prefix !== '' && uri === '') fail('xml.namespace', 'a prefix is bound to nothing'); // [XMLNames §2.2]
  // Relative namespace URIs make canonicalisation undefined (threats B18) [C14N §1.1].
  if (uri !== '' && !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(uri)) fail('xml.namespace', 'a relative namespace URI');
};

const declare = (declarations: ReadonlyMap<string, string>, parent: ReadonlyMap<string, string>, caps: XmlLimits): ReadonlyMap<string, string> => {
  if (declarations.size === 0) return parent;
  const scope = new Map(parent);
  for (const [prefix, uri] of declarations) scope.set(prefix, uri);
  return scope.size > caps.maxNamespaces ? fail('xml.limit', `more than ${caps.maxNamespaces} namespaces in scope`) : scope;
};
const namespaceOf = (prefix: string, scope: ReadonlyMap<string, string>): string => scope.get(prefix) ?? fail('xml.namespace', 'a prefix that is bound to nothing');

const bind = (raw: readonly RawAttribute[], scope: ReadonlyMap<string, string>): readonly XmlAttribute[] => {
  const seen = new Set<string>();
  return raw.map(({ prefix, localName, value }) => {
    const namespace = prefix === '' ? '' : namespaceOf(prefix, scope);
    const key = `${namespace} ${localName}`;
    if (seen.has(key)) fail('xml.malformed', 'an attribute appears twice'); // [XML §3.1, XMLNames §6.3]
    seen.add(key);
    return Object.freeze({ namespace, prefix, localName, value });
  });
};

export const readStartTag = (text: string, at: number, parentScope: ReadonlyMap<string, string>, caps: XmlLimits): OpenTag => {
  const name = nameAt(text, at + 1);
  const [prefix, localName] = split(name);
  const declarations = new Map<string, string>();
  const raw: RawAttribute[] = [];
  let position = at + 1 + name.length;
  for (;;) {
    const next = skipSpace(text, position);
    const selfClosing = text.startsWith('/>', next);
    if (selfClosing || text[next] === '>') {
      const scope = declare(declarations, parentScope, caps);
      return { name, prefix, localName, namespace: namespaceOf(prefix, scope), attributes: Object.freeze(bind(raw, scope)), scope, selfClosing, end: next + (selfClosing ? 2 : 1) };
    }
    if (next === position) return fail('xml.malformed', 'white space is missing between attributes');
    if (raw.length + declarations.size >= caps.maxAttributes) return fail('xml.limit', `more than ${caps.maxAttributes} attributes on an element`);
    const attribute = nameAt(text, next);
    const equals = skipSpace(text, next + attribute.length);
    if (text[equals] !== '=') return fail('xml.malformed', 'an attribute without value');
    const { raw: rawValue, end } = valueAt(text, skipSpace(text, equals + 1));
    position = end;
    const [attributePrefix, attributeName] = split(attribute);
    const value = normalised(rawValue);
    if (attribute !== 'xmlns' && attributePrefix !== 'xmlns') {
      raw.push({ prefix: attributePrefix, localName: attributeName, value });
      continue;
    }
    const declared = attribute === 'xmlns' ? '' : attributeName;
    if (declarations.has(declared)) return fail('xml.malformed', 'a namespace is declared twice on one element');
    checkDeclaration(declared, value);
    declarations.set(declared, value);
  }
};
