/**
 * Canonical by construction: what this writes is its own exclusive C14N, so signing needs no parsing. A node is plain data;
 * namespaces are declared exactly where canonicalisation would render them. Values are escaped here and nowhere else, so
 * nobody's data becomes markup (threats E02).
 */
import { fail } from '../../core/errors.ts';
import { byCodePoint, escapeText, escapeValue } from './c14n.ts';
import { characters, isNcName, XML_NAMESPACE } from './names.ts';

/** Prefixes that our own documents use; a prefix has one meaning everywhere. */
export const prefixTable: Readonly<Record<string, string>> = {
  saml: 'urn:oasis:names:tc:SAML:2.0:assertion', samlp: 'urn:oasis:names:tc:SAML:2.0:protocol', md: 'urn:oasis:names:tc:SAML:2.0:metadata',
  mdui: 'urn:oasis:names:tc:SAML:metadata:ui', mdattr: 'urn:oasis:names:tc:SAML:metadata:attribute', mdrpi: 'urn:oasis:names:tc:SAML:metadata:rpi', alg: 'urn:oasis:names:tc:SAML:metadata:algsupport',
  ds: 'http://www.w3.org/2000/09/xmldsig#', xenc: 'http://www.w3.org/2001/04/xmlenc#', xenc11: 'http://www.w3.org/2009/xmlenc11#', shibmd: 'urn:mace:shibboleth:metadata:1.0',
  idpdisc: 'urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol', init: 'urn:oasis:names:tc:SAML:profiles:SSO:request-init', psc: 'http://id.swedenconnect.se/authn/1.0/principal-selection/ns',
  xs: 'http://www.w3.org/2001/XMLSchema', xsi: 'http://www.w3.org/2001/XMLSchema-instance', soap: 'http://schemas.xmlsoap.org/soap/envelope/', nias: 'http://netid.secmaker.com/nias/', xml: XML_NAMESPACE,
};
interface NodeAttribute { readonly prefix: string; readonly name: string; readonly localName: string; readonly value: string }
/** Text that is final, with what its surroundings must know of it. */
export interface Written {
  readonly text: string;
  /** Where its first start tag ends. */
  readonly tagEnd: number;
  readonly prefixes: ReadonlySet<string>;
  /** Of those, the ones that only values use: a signature must list them [ExcC14N §1.3]. */
  readonly listed: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
}
export interface XmlNode {
  readonly prefix: string;
  readonly localName: string;
  readonly attributes: readonly NodeAttribute[];
  readonly children: readonly (XmlNode | string)[];
  /** Default namespace declared here; for languages that use no prefixes. */
  readonly defaultNamespace?: string;
  /** Prefixes declared here for values inside (`xsi:type="xs:string"`). */
  readonly declares?: readonly string[];
  /** Signed: this stands for the children. */
  readonly written?: Written;
}
export type Attributes = Readonly<Record<string, string | undefined>>;

const namespaceOf = (prefix: string): string => (prefix === '' ? '' : ((Object.hasOwn(prefixTable, prefix) ? prefixTable[prefix] : undefined) ?? fail('xml.write', `prefix ${prefix} is not in the writer's table`)));
/** Everything that XML forbids, and surrogates, which are looked at more closely. */
const suspicious = new RegExp('[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ud800-\\udfff\\ufffe\\uffff]');
const checkCharacters = (text: string): string =>
  !suspicious.test(text) || (text.isWellFormed() && !characters.illegal.test(text)) ? text : fail('xml.write', 'a character that XML 1.0 forbids'); // [XML §2.2]
/** Of most text one look says that nothing in it needs a closer one. */
const special = new RegExp('[&<>"\\u0000-\\u001f\\ud800-\\udfff\\ufffe\\uffff]');
const safeText = (text: string): string => (special.test(text) ? escapeText(checkCharacters(text)) : text);
const safeValue = (text: string): string => (special.test(text) ? escapeValue(checkCharacters(text)) : text);

/** Names come from code; each is looked at once. */
const goodNames = new Set<string>();
const checkName = (name: string): string => {
  if (goodNames.has(name)) return name;
  if (!isNcName(name, characters)) return fail('xml.write', 'a name that XML forbids');
  if (goodNames.size < 2000) goodNames.add(name);
  return name;
};

const inOrder = (a: NodeAttribute, b: NodeAttribute): number => (a.prefix === b.prefix ? 0 : byCodePoint(namespaceOf(a.prefix), namespaceOf(b.prefix))) || byCodePoint(a.localName, b.localName);

/**
 * One element, `prefix:name` or `name`. Attributes that are undefined are left out, the others are put in canonical order;
 * `xmlns` declares a default namespace for an element without prefix and what is in it; `xmlns:prefix` one of the table's prefixes for
 * values inside. Errors: `xml.write`.
 */
export const element = (name: string, attributes: Attributes, children: readonly (XmlNode | string)[]): XmlNode => {
  const at = name.indexOf(':');
  const written: NodeAttribute[] = [];
  const declares: string[] = [];
  let defaultNamespace: string | undefined;
  for (const attribute in attributes) {
    const value = attributes[attribute];
    if (value === undefined) continue;
    if (attribute === 'xmlns') {
      defaultNamespace = at < 0 && value !== '' ? value : fail('xml.write', 'a default namespace belongs on an element without prefix');
      continue;
    }
    if (attribute.startsWith('xmlns:')) {
      declares.push(value === namespaceOf(attribute.slice(6)) ? attribute.slice(6) : fail('xml.write', "a prefix declared as something else than the table's"));
      continue;
    }
    const colon = attribute.indexOf(':');
    written.push({ prefix: colon < 0 ? '' : attribute.slice(0, colon), name: attribute, localName: checkName(colon <= 0 ? attribute : attribute.slice(colon + 1)), value });
  }
  if (written.length > 1) written.sort(inOrder);
  const node = { prefix: at < 0 ? '' : name.slice(0, at), localName: checkName(at <= 0 ? name : name.slice(at + 1)), attributes: written, children };
  return defaultNamespace === undefined && declares.length === 0 ? node : { ...node, declares, ...(defaultNamespace === undefined ? {} : { defaultNamespace }) };
};

/** What is rendered above: prefixes, each between two blanks (` saml ds `: our documents nest few, and a short string is cheaper than a set), and the default namespace. */
interface Above { readonly prefixes: string; readonly defaultNamespace: string }
const NOTHING: Above = { prefixes: ' ', defaultNamespace: '' };
const isRendered = (above: Above, prefix: string): boolean => above.prefixes.includes(` ${prefix} `);

class Writer {
  readonly prefixes = new Set<string>();
  readonly listed = new Set<string>();
  readonly ids = new Set<string>();
  tagEnd = 0;

  write(node: XmlNode, above: Above): string {
    const { prefix, localName, children, written } = node;
    if (written !== undefined) return this.embed(written, above);
    const name = prefix === '' ? localName : `${prefix}:${localName}`;
    const missing = missingPrefixes(node, above);
    const text = this.startTag(node, name, missing, above);
    if (this.tagEnd === 0) this.tagEnd = text.length;
    const defaultNamespace = node.defaultNamespace ?? above.defaultNamespace;
    const below = missing.length === 0 && defaultNamespace === above.defaultNamespace ? above : { prefixes: `${above.prefixes}${missing.join(' ')} `, defaultNamespace };
    let content = '';
    for (const child of children) content += typeof child === 'string' ? safeText(child) : this.write(child, below);
    return `${text}${content}</${name}>`;
  }

  private startTag({ attributes, defaultNamespace, declares }: XmlNode, name: string, missing: readonly string[], above: Above): string {
    let text = `<${name}`;
    if (defaultNamespace !== undefined && defaultNamespace !== above.defaultNamespace) text += ` xmlns="${safeValue(defaultNamespace)}"`;
    for (const declared of missing) {
      text += ` xmlns:${declared}="${escapeValue(namespaceOf(declared))}"`;
      this.prefixes.add(declared);
    }
    for (const listed of declares ?? []) this.listed.add(listed);
    for (const attribute of attributes) {
      if (attribute.name === 'ID') this.noteId(attribute.value);
      text += ` ${attribute.name}="${safeValue(attribute.value)}"`;
    }
    return `${text}>`;
  }

  /** A prefix rendered above would not be declared again inside: then the text written alone is not the text here. */
  private embed({ text, prefixes, listed, ids }: Written, above: Above): string {
    if (above.defaultNamespace !== '') return fail('xml.write', 'a signed node cannot stand inside a default namespace');
    for (const prefix of prefixes) {
      if (isRendered(above, prefix)) return fail('xml.write', 'a signed node cannot stand inside an element that has declared one of its prefixes');
      this.prefixes.add(prefix);
    }
    for (const prefix of listed) this.listed.add(prefix);
    for (const id of ids) this.noteId(id);
    return text;
  }

  private noteId(id: string): void {
    if (this.ids.has(id)) fail('xml.write', 'an ID appears twice'); // [SAMLCore §1.3.4]
    this.ids.add(id);
  }
}
const missingPrefixes = ({ prefix, attributes, declares }: XmlNode, above: Above): readonly string[] => {
  const missing: string[] = prefix === '' || isRendered(above, prefix) ? [] : [prefix];
  for (const attribute of attributes) {
    if (attribute.prefix !== '' && attribute.prefix !== 'xml' && !missing.includes(attribute.prefix) && !isRendered(above, attribute.prefix)) missing.push(attribute.prefix);
  }
  for (const declared of declares ?? []) if (!missing.includes(declared) && !isRendered(above, declared)) missing.push(declared);
  return missing.length > 1 ? missing.sort(byCodePoint) : missing;
};

/** The node as a document of its own, with what must be known to splice or embed it. Errors: `xml.write`. */
export const writeNode = (node: XmlNode): Written => {
  const writer = new Writer();
  const text = writer.write(node, NOTHING);
  return { text, tagEnd: writer.tagEnd, prefixes: writer.prefixes, listed: writer.listed, ids: writer.ids };
};
/** Errors: `xml.write` for a forbidden character or name, an unknown prefix, an ID that appears twice. */
export const writeXml = (node: XmlNode): string => writeNode(node).text;
