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
export interface XmlNode {
  readonly prefix: string;
  readonly localName: string;
  readonly attributes: readonly { readonly prefix: string; readonly name: string; readonly localName: string; readonly value: string }[];
  readonly children: readonly (XmlNode | string)[];
}
export type Attributes = Readonly<Record<string, string | undefined>>;

const namespaceOf = (prefix: string): string => (prefix === '' ? '' : (prefixTable[prefix] ?? fail('xml.write', `prefix ${prefix} is not in the writer's table`)));
const checkCharacters = (text: string): string => (characters.illegal.test(text) ? fail('xml.write', 'a character that XML 1.0 forbids') : text);

/** One element. Attributes that are undefined are left out; the others are put in canonical order. */
export const element = (name: string, attributes: Attributes, children: readonly (XmlNode | string)[]): XmlNode => {
  const at = name.indexOf(':');
  const written = Object.entries(attributes).flatMap(([attribute, value]) => {
    if (value === undefined) return [];
    const colon = attribute.indexOf(':');
    return [{ prefix: colon < 0 ? '' : attribute.slice(0, colon), name: attribute, localName: attribute.slice(colon + 1), value }];
  });
  if (written.length > 1) written.sort((a, b) => byCodePoint(namespaceOf(a.prefix), namespaceOf(b.prefix)) || byCodePoint(a.localName, b.localName));
  return { prefix: name.slice(0, Math.max(at, 0)), localName: name.slice(at + 1), attributes: written, children };
};

const writeInto = (node: XmlNode, rendered: ReadonlySet<string>, out: string[]): void => {
  const name = node.prefix === '' ? node.localName : `${node.prefix}:${node.localName}`;
  const prefixes = new Set<string>(rendered.has(node.prefix) || node.prefix === '' ? [] : [node.prefix]);
  for (const { prefix } of node.attributes) if (prefix !== '' && prefix !== 'xml' && !rendered.has(prefix)) prefixes.add(prefix);
  out.push('<', name);
  for (const prefix of prefixes.size > 1 ? [...prefixes].sort(byCodePoint) : prefixes) out.push(` xmlns:${prefix}="`, escapeValue(namespaceOf(prefix)), '"');
  for (const attribute of node.attributes) out.push(' ', attribute.name, '="', escapeValue(checkCharacters(attribute.value)), '"');
  out.push('>');
  const below = prefixes.size === 0 ? rendered : new Set([...rendered, ...prefixes]);
  for (const child of node.children) {
    if (typeof child === 'string') out.push(escapeText(checkCharacters(child)));
    else writeInto(child, below, out);
  }
  out.push('</', name, '>');
};
/** Errors: `xml.write` for a forbidden character or an unknown prefix. */
export const writeXml = (node: XmlNode): string => {
  const out: string[] = [];
  writeInto(node, new Set(), out);
  return out.join('');
};
