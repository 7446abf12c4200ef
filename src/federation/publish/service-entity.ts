/**
 * A service's metadata as we pass it on: its role, keys, endpoints and words, rewritten by our own writer. What it claims about itself
 * (categories, scopes, registration) is left behind, and so is every role but the service's: what stands there is what we vouch for
 * (threats F07, F08, F09).
 */
import { attributeNameFormats, entityAttributes, namespaces } from '../../saml/names.ts';
import { childElements, element, elementsOf, prefixTable, readXml, textOf, type XmlElement, type XmlNode } from '../../saml/xml/index.ts';
import { fail } from '../../core/errors.ts';
import type { LocalisedText } from '../../core/locale.ts';

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

export interface VouchedContact { readonly type: 'technical' | 'support'; readonly company: string; readonly email: string; readonly telephone: string | null }
export interface VouchedFacts {
  /** Categories that the operator vouches for. */
  readonly entityCategories: readonly string[];
  /** Levels that the federation has approved the party for; nobody else's word makes them stand. */
  readonly assurance?: readonly string[];
  /** Stand where the service's own metadata says nothing: a member is packaged by its agent (facts: federation §2.1). */
  readonly names?: LocalisedText;
  readonly contacts?: readonly VouchedContact[];
  /** The party that answers for it: stands as its Organization. */
  readonly organisation: { readonly name: string; readonly displayName: string; readonly url: string };
}
const both = (name: string, text: string): readonly XmlNode[] => [element(name, { 'xml:lang': 'sv' }, [text]), element(name, { 'xml:lang': 'en' }, [text])];

const roleIn = (entity: XmlElement): XmlElement =>
  childElements(entity, md, 'SPSSODescriptor').find((role) => role.attributes.some(({ localName, value }) => localName === 'protocolSupportEnumeration' && value.split(/\s+/).includes(samlp)))
  ?? fail('saml.metadata', 'no SPSSODescriptor for SAML 2.0');

const entityAttribute = (name: string, values: readonly string[]): readonly XmlNode[] =>
  (values.length === 0 ? [] : [element('saml:Attribute', { Name: name, NameFormat: attributeNameFormats.uri }, values.map((value) => element('saml:AttributeValue', {}, [value])))]);
const named = (children: readonly (XmlNode | string)[], prefix: string, localName: string): readonly XmlNode[] =>
  children.filter((child) => typeof child !== 'string').filter((child) => child.prefix === prefix && child.localName === localName);
/** The role's children with a name in both languages: what is missing is what we call the service. */
const withNames = (children: readonly (XmlNode | string)[], names: LocalisedText | undefined): readonly (XmlNode | string)[] => {
  if (names === undefined) return children;
  const [extensions] = named(children, 'md', 'Extensions');
  const [info] = named(extensions?.children ?? [], 'mdui', 'UIInfo');
  const known = named(info?.children ?? [], 'mdui', 'DisplayName').map(({ attributes }) => attributes.find(({ prefix, localName }) => prefix === 'xml' && localName === 'lang')?.value.slice(0, 2).toLowerCase());
  const missing = (['sv', 'en'] as const).filter((language) => !known.includes(language)).map((language) => element('mdui:DisplayName', { 'xml:lang': language }, [names[language]]));
  if (missing.length === 0) return children;
  const others = (extensions?.children ?? []).filter((child) => child !== info);
  const whole = element('md:Extensions', {}, [...others, element('mdui:UIInfo', {}, [...missing, ...(info?.children ?? [])])]);
  return [whole, ...children.filter((child) => child !== extensions)];
};
const contactNode = ({ type, company, email, telephone }: VouchedContact): XmlNode => element('md:ContactPerson', { contactType: type }, [
  element('md:Company', {}, [company]), element('md:EmailAddress', {}, [`mailto:${email}`]), ...(telephone === null ? [] : [element('md:TelephoneNumber', {}, [telephone])]),
]);

/** `bytes`: the file that the registry serves from. The result gives the EntityDescriptor with the attributes asked for. Errors: as `readXml`; `saml.metadata`. */
export const serviceEntity = (bytes: Uint8Array, { entityCategories, organisation, assurance = [], names, contacts = [] }: VouchedFacts): ((attributes: Readonly<Record<string, string | undefined>>) => XmlNode) => {
  const root = readXml(bytes, 'metadata');
  const entity = root.localName === 'EntityDescriptor' ? root : (childElements(root, md, 'EntityDescriptor')[0] ?? fail('saml.metadata', 'no EntityDescriptor'));
  const entityID = attributesOf(entity)['entityID'];
  // Ends and ids are the document's that it stands in.
  const roleAttributes = Object.fromEntries(Object.entries(attributesOf(roleIn(entity))).filter(([name]) => !['validUntil', 'cacheDuration', 'ID'].includes(name)));
  const found = rewritten(roleIn(entity));
  const role = found === null ? fail('saml.metadata', 'an empty role') : element('md:SPSSODescriptor', roleAttributes, withNames(found.children, names));
  const attributes = [...entityAttribute(entityAttributes.assuranceCertification, assurance), ...entityAttribute(entityAttributes.entityCategory, entityCategories)];
  const vouched = attributes.length === 0 ? [] : [element('md:Extensions', {}, [element('mdattr:EntityAttributes', {}, attributes)])];
  const published = childElements(entity, md, 'ContactPerson');
  const types = new Set(published.map((contact) => attributesOf(contact)['contactType']));
  const children = [
    ...vouched, role,
    element('md:Organization', {}, [...both('md:OrganizationName', organisation.name), ...both('md:OrganizationDisplayName', organisation.displayName), ...both('md:OrganizationURL', organisation.url)]),
    ...published.flatMap((contact) => rewritten(contact) ?? []),
    ...contacts.filter(({ type }) => !types.has(type)).map(contactNode),
  ];
  return (own) => element('md:EntityDescriptor', { ...own, entityID }, children);
};
