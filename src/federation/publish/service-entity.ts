/**
 * A service's metadata as we pass it on: its role, keys, endpoints and words, rewritten by our own writer. What it claims about itself
 * (categories, scopes, registration) is left behind, and so is every role but the service's: what stands there is what we vouch for
 * (threats F07, F08, F09).
 */
import { attributeNameFormats, entityAttributes, namespaces } from '../../saml/names.ts';
import { childElements, element, elementsOf, prefixTable, readXml, textOf, type XmlElement, type XmlNode } from '../../saml/xml/index.ts';
import { fail } from '../../core/errors.ts';

const { md, mdui, ds, alg, idpdisc, init, saml, samlp, xenc, xenc11 } = namespaces;
const passed = new Map<string, string>([md, mdui, ds, alg, idpdisc, init, saml, xenc, xenc11].map((uri) => [uri, Object.entries(prefixTable).find(([, of]) => of === uri)?.[0] ?? '']));
const XML = prefixTable['xml'];

const addresses = new Set(['Logo', 'InformationURL', 'PrivacyStatementURL']);
/** [threats F07] An address in a description is a web address, or an inline picture that holds no script. */
const isHarmless = (node: XmlElement): boolean => {
  if (node.namespace !== mdui || !addresses.has(node.localName)) return true;
  const value = textOf(node).trim();
  return URL.parse(value)?.protocol === 'https:' || (node.localName === 'Logo' && /^data:image\/(?:png|jpeg|gif|webp);base64,/.test(value));
};
const isPassed = (node: XmlElement): boolean => passed.has(node.namespace) && !(node.namespace === ds && node.localName === 'Signature') && isHarmless(node);

const attributesOf = (node: XmlElement): Readonly<Record<string, string>> =>
  Object.fromEntries(node.attributes.flatMap(({ namespace, localName, value }) => (namespace === '' ? [[localName, value]] : namespace === XML && localName === 'lang' ? [['xml:lang', value]] : [])));
const rewritten = (node: XmlElement): XmlNode | null => {
  const name = `${passed.get(node.namespace) ?? ''}:${node.localName}`;
  const children = elementsOf(node);
  if (children.length === 0) {
    const text = textOf(node).trim();
    return element(name, attributesOf(node), text === '' ? [] : [node.localName === 'X509Certificate' ? text.replace(/\s+/g, '') : text]);
  }
  const kept = children.filter(isPassed).flatMap((child) => rewritten(child) ?? []);
  // [SAMLMeta §2.2.1] Extensions are never empty.
  return kept.length === 0 && node.localName === 'Extensions' ? null : element(name, attributesOf(node), kept);
};

export interface VouchedFacts {
  /** Categories that the operator vouches for. */
  readonly entityCategories: readonly string[];
  /** The party that answers for it: stands as its Organization. */
  readonly organisation: { readonly name: string; readonly displayName: string; readonly url: string };
}
const both = (name: string, text: string): readonly XmlNode[] => [element(name, { 'xml:lang': 'sv' }, [text]), element(name, { 'xml:lang': 'en' }, [text])];

const roleIn = (entity: XmlElement): XmlElement =>
  childElements(entity, md, 'SPSSODescriptor').find((role) => role.attributes.some(({ localName, value }) => localName === 'protocolSupportEnumeration' && value.split(/\s+/).includes(samlp)))
  ?? fail('saml.metadata', 'no SPSSODescriptor for SAML 2.0');

/** `bytes`: the file that the registry serves from. The result gives the EntityDescriptor with the attributes asked for. Errors: as `readXml`; `saml.metadata`. */
export const serviceEntity = (bytes: Uint8Array, { entityCategories, organisation }: VouchedFacts): ((attributes: Readonly<Record<string, string | undefined>>) => XmlNode) => {
  const root = readXml(bytes, 'metadata');
  const entity = root.localName === 'EntityDescriptor' ? root : (childElements(root, md, 'EntityDescriptor')[0] ?? fail('saml.metadata', 'no EntityDescriptor'));
  const entityID = attributesOf(entity)['entityID'];
  // Ends and ids are the document's that it stands in.
  const roleAttributes = Object.fromEntries(Object.entries(attributesOf(roleIn(entity))).filter(([name]) => !['validUntil', 'cacheDuration', 'ID'].includes(name)));
  const found = rewritten(roleIn(entity));
  const role = found === null ? fail('saml.metadata', 'an empty role') : element('md:SPSSODescriptor', roleAttributes, found.children);
  const vouched = entityCategories.length === 0 ? [] : [element('md:Extensions', {}, [element('mdattr:EntityAttributes', {}, [
    element('saml:Attribute', { Name: entityAttributes.entityCategory, NameFormat: attributeNameFormats.uri }, entityCategories.map((category) => element('saml:AttributeValue', {}, [category]))),
  ])])];
  const children = [
    ...vouched, role,
    element('md:Organization', {}, [...both('md:OrganizationName', organisation.name), ...both('md:OrganizationDisplayName', organisation.displayName), ...both('md:OrganizationURL', organisation.url)]),
    ...childElements(entity, md, 'ContactPerson').flatMap((contact) => rewritten(contact) ?? []),
  ];
  return (attributes) => element('md:EntityDescriptor', { ...attributes, entityID }, children);
};
