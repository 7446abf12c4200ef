/**
 * Canonical by construction: what this writes is its own exclusive C14N, so signing needs no parsing. A node is plain data;
 * namespaces are declared exactly where canonicalisation would render them.
 */
import { fail } from '../../core/errors.ts';
import { byCodePoint, escapeText, escapeValue } from './c14n.ts';
import { characters, XML_NAMESPACE } from './names.ts';

/** Prefixes that our own documents use; a prefix has one meaning everywhere. */
export const prefixTable: Readonly<Record<string, string>> = {
  saml: 'urn:oasis:names:tc:SAML:2.0:assertion', samlp: 'urn:oasis:names:tc:SAML:2.0:protocol', md: 'urn:oasis:names:tc:SAML:2.0:metadata',
  mdui: 'urn:oasis:names:tc:SAML:metadata:ui', mdattr: 'urn:oasis:names:tc:SAML:metadata:attribute', mdrpi: 'urn:oasis:names:tc:SAML:metadata:rpi', alg: 'urn:oasis:names:tc:SAML:metadata:algsupport',
  ds: 'http://www.w3.org/2000/09/xmldsig#', xenc: 'http://www.w3.org/2001/04/xmlenc#', xenc11: 'http://www.w3.org/2009/xmlenc11#', shibmd: 'urn:mace:shibboleth:metadata:1.0',
  idpdisc: 'urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol', init: 'urn:oasis:names:tc:SAML:profiles:SSO:request-init', psc: 'http://id.swedenconnect.se/authn/1.0/principal-selection/ns',
  xs: 'http://www.w3.org/2001/XMLSchema', xsi: 'http://www.w3.org/2001/XMLSchema-instance', soap: 'http://schemas.xmlsoap.org/soap/envelope/', xml: XML_NAMESPACE,
};
interface WrittenAttribute { readonly prefix: string; readonly name: string; readonly localName: string; readonly value: string }
export interface XmlNode {
  readonly prefix: string;
  readonly localName: string;
  readonly attributes: readonly WrittenAttribute[];
  readonly children: readonly (XmlNode | string)[];
  /** Signed: the text is final and stands for the children. */
  readonly written?: string;
}
export type Attributes = Readonly<Record<string, string | undefined>>;

const namespaceOf = (prefix: string): string => (prefix === '' ? '' : (prefixTable[prefix] ?? fail('xml.write', `prefix ${prefix} is not in the writer's table`)));
/** Most text is of this kind, and a class without surrogates is tested in a fraction of the time. */
const ORDINARY = /^[\t\n\r\u0020-\ud7ff]*$/;
const checkCharacters = (text: string): string => (ORDINARY.test(text) || !characters.illegal.test(text) ? text : fail('xml.write', 'a character that XML 1.0 forbids'));

const inOrder = (a: WrittenAttribute, b: WrittenAttribute): number => (a.prefix === b.prefix ? 0 : byCodePoint(namespaceOf(a.prefix), namespaceOf(b.prefix))) || byCodePoint(a.localName, b.localName);

/** One element. Attributes that are undefined are left out; the others are put in canonical order. */
export const element = (name: string, attributes: Attributes, children: readonly (XmlNode | string)[]): XmlNode => {
  const at = name.indexOf(':');
  const written: WrittenAttribute[] = [];
  for (const attribute in attributes) {
    const value = attributes[attribute];
    if (value === undefined) continue;
    const colon = attribute.indexOf(':');
    written.push({ prefix: colon < 0 ? '' : attribute.slice(0, colon), name: attribute, localName: colon < 0 ? attribute : attribute.slice(colon + 1), value });
  }
  if (written.length > 1) written.sort(inOrder);
  return { prefix: at < 0 ? '' : name.slice(0, at), localName: at < 0 ? name : name.slice(at + 1), attributes: written, children };
};

/** Prefixes rendered above, each between two blanks: ` saml ds `. Our documents nest few, and a short string is cheaper than a set. */
type Rendered = string;
const isRendered = (rendered: Rendered, prefix: string): boolean => rendered.includes(` ${prefix} `);

const write = (node: XmlNode, above: Rendered): string => {
  const { prefix, localName, attributes, children, written } = node;
  if (written !== undefined) return sharesPrefix(written, above) ? fail('xml.write', 'a signed node cannot stand inside an element that has declared one of its prefixes') : written;
  const name = prefix === '' ? localName : `${prefix}:${localName}`;
  const missing: string[] = prefix === '' || isRendered(above, prefix) ? [] : [prefix];
  for (const attribute of attributes) {
    if (attribute.prefix !== '' && attribute.prefix !== 'xml' && !missing.includes(attribute.prefix) && !isRendered(above, attribute.prefix)) missing.push(attribute.prefix);
  }
  if (missing.length > 1) missing.sort(byCodePoint);
  let text = `<${name}`;
  for (const declared of missing) text += ` xmlns:${declared}="${escapeValue(namespaceOf(declared))}"`;
  for (const attribute of attributes) text += ` ${attribute.name}="${escapeValue(checkCharacters(attribute.value))}"`;
  text += '>';
  const below = missing.length === 0 ? above : `${above}${missing.join(' ')} `;
  for (const child of children) text += typeof child === 'string' ? escapeText(checkCharacters(child)) : write(child, below);
  return `${text}</${name}>`;
};
/** A prefix rendered above would not be declared again inside: then the text written alone is not the text here. */
const sharesPrefix = (written: string, above: Rendered): boolean => above.trim() !== '' && above.trim().split(' ').some((prefix) => written.includes(` xmlns:${prefix}="`));

/** Errors: `xml.write` for a forbidden character or an unknown prefix. */
export const writeXml = (node: XmlNode): string => write(node, ' ');
