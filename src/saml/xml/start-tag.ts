/** One start tag: name, attributes, namespaces. Duplicates, unbound prefixes and games with reserved namespaces are refused (threats A11). */
import { fail } from '../../core/errors.ts';
import { resolveValue } from './entities.ts';
import type { XmlLimits } from './limits.ts';
import { nameEnd, qualifiedName, spaceEnd, XML_NAMESPACE, XMLNS_NAMESPACE, type Alphabet } from './names.ts';
import { extend, lookUp, type NamespaceScope } from './scope.ts';
import type { XmlAttribute } from './tree.ts';

export interface StartTag {
  /** As written, to match the end tag. */
  readonly name: string;
  readonly namespace: string;
  readonly prefix: string;
  readonly localName: string;
  readonly attributes: readonly XmlAttribute[];
  readonly scope: NamespaceScope;
  readonly selfClosing: boolean;
  /** Length of the tag in the text. */
  readonly length: number;
}
const NONE: readonly XmlAttribute[] = Object.freeze([]);

/** A scheme, then what a URI is made of [XMLNames §2.2, RFC 3986 §2]: others refuse, or canonicalise to nothing, what is none. */
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[!$&-;=?-Z_a-z~]|%[0-9A-Fa-f]{2})*(?:#(?:[!$&-;=?-Z_a-z~]|%[0-9A-Fa-f]{2})*)?$/;
const checkDeclaration = (prefix: string, uri: string): void => {
  if (prefix === 'xmlns' || uri === XMLNS_NAMESPACE) fail('xml.namespace', 'the xmlns namespace is declared'); // [XMLNames §3]
  if ((prefix === 'xml') !== (uri === XML_NAMESPACE)) fail('xml.namespace', 'the xml prefix or namespace is bound anew'); // [XMLNames §3]
  if (prefix !== '' && uri === '') fail('xml.namespace', 'a prefix is bound to nothing'); // [XMLNames §2.2]
  // Relative namespace URIs make canonicalisation undefined (threats B18) [C14N §1.3].
  if (uri !== '' && !ABSOLUTE.test(uri)) fail('xml.namespace', 'a relative namespace, or one that is no URI');
};
const bound = (prefix: string, scope: NamespaceScope): string => lookUp(scope, prefix) ?? fail('xml.namespace', 'a prefix that is bound to nothing');

/** Attributes as written, two by two, become attributes in their namespaces. */
const bind = (written: readonly string[], scope: NamespaceScope): readonly XmlAttribute[] => {
  if (written.length === 0) return NONE;
  const attributes: XmlAttribute[] = [];
  for (let at = 0; at < written.length; at += 2) {
    const name = written[at] ?? '';
    const colon = name.indexOf(':');
    const prefix = colon < 0 ? '' : name.slice(0, colon);
    const localName = colon < 0 ? name : name.slice(colon + 1);
    const namespace = colon < 0 ? '' : bound(prefix, scope);
    if (localName === 'xmlns') fail('xml.namespace', 'an attribute that resembles a declaration of a namespace'); // threats A11
    for (const other of attributes) {
      if (other.localName === localName && other.namespace === namespace) fail('xml.malformed', 'an attribute appears twice'); // [XML §3.1, XMLNames §6.3]
    }
    attributes.push(Object.freeze({ namespace, prefix, localName, value: written[at + 1] ?? '' }));
  }
  return Object.freeze(attributes);
};

/** Reads tags of one document under one set of caps. */
export class StartTagReader {
  private readonly caps: XmlLimits;
  private readonly alphabet: Alphabet;
  constructor(caps: XmlLimits, alphabet: Alphabet) {
    this.caps = caps;
    this.alphabet = alphabet;
  }

  /** The tag that starts at `at`, inside an element with this scope. */
  read(text: string, at: number, outer: NamespaceScope): StartTag {
    const name = this.name(text, at + 1);
    const attributes: string[] = [];
    const declarations: string[] = [];
    let place = at + 1 + name.length;
    for (;;) {
      const next = spaceEnd(text, place);
      const code = text.charCodeAt(next);
      if (code === 0x3e || (code === 0x2f && text.charCodeAt(next + 1) === 0x3e)) {
        const selfClosing = code === 0x2f;
        const scope = this.scopeOf(declarations, outer);
        const colon = name.indexOf(':');
        const prefix = colon < 0 ? '' : name.slice(0, colon);
        const length = next + (selfClosing ? 2 : 1) - at;
        return { name, namespace: bound(prefix, scope), prefix, localName: name.slice(colon + 1), attributes: bind(attributes, scope), scope, selfClosing, length };
      }
      if (next === place) return fail('xml.malformed', 'white space is missing between attributes');
      if (attributes.length + declarations.length >= 2 * this.caps.maxAttributes) return fail('xml.limit', `more than ${this.caps.maxAttributes} attributes on an element`);
      place = this.attribute(text, next, attributes, declarations);
    }
  }

  private scopeOf(declarations: readonly string[], outer: NamespaceScope): NamespaceScope {
    const scope = extend(outer, declarations);
    return scope.size > this.caps.maxNamespaces ? fail('xml.limit', `more than ${this.caps.maxNamespaces} namespaces in scope`) : scope;
  }

  private name(text: string, at: number): string {
    return qualifiedName(text.slice(at, nameEnd(text, at)), this.alphabet);
  }

  /** Reads one attribute into the list where it belongs; returns where it ends. */
  private attribute(text: string, at: number, attributes: string[], declarations: string[]): number {
    const name = this.name(text, at);
    const equals = spaceEnd(text, at + name.length);
    if (text.charCodeAt(equals) !== 0x3d) return fail('xml.malformed', 'an attribute without value');
    const open = spaceEnd(text, equals + 1);
    const quote = text[open];
    if (quote !== '"' && quote !== "'") return fail('xml.malformed', 'an attribute value without quotes');
    const end = text.indexOf(quote, open + 1);
    if (end < 0) return fail('xml.malformed', 'an attribute value without end');
    if (end - open > this.caps.maxTextLength) return fail('xml.limit', `an attribute value longer than ${this.caps.maxTextLength}`);
    const raw = text.slice(open + 1, end);
    if (raw.includes('<')) return fail('xml.malformed', '< in an attribute value'); // [XML §3.1]
    const value = resolveValue(raw, this.alphabet);
    if (name === 'xmlns' || name.startsWith('xmlns:')) this.bindPrefix(name.slice(6), value, declarations);
    else attributes.push(name, value);
    return end + 1;
  }

  private bindPrefix(prefix: string, uri: string, declarations: string[]): void {
    for (let at = 0; at < declarations.length; at += 2) if (declarations[at] === prefix) fail('xml.malformed', 'a namespace is declared twice on one element');
    checkDeclaration(prefix, uri);
    declarations.push(prefix, uri);
  }
}
