/** Reads a service's metadata file: one EntityDescriptor with one SPSSODescriptor [SAMLMeta §2.3.2, §2.4.4]. */
import { trimXmlSpace } from '../messages/shape.ts';
import { attributeNameFormats, bindings, entityAttributes, namespaces } from '../names.ts';
import { attributeOf, childElements, onlyChild, readXml, type XmlElement } from '../xml/index.ts';
import { describe } from './describe.ts';
import { earliestEnd, entityAttributeValues, entityIdOf, entityOf, inFile, sloList } from './entity.ts';
import { faultIn, type Fault } from './fault.ts';
import { roleKeys } from './keys.ts';
import { booleanOf, endpointUrl, extensionsOf, indexOf, localised, trimmedText } from './reading.ts';
import type { PublishedAcs, PublishedAttributeService, PublishedWish, ServiceMetadata, ServiceWire } from './service-metadata.ts';

const { idpdisc, md, samlp } = namespaces;

/** The role that asks for logins. A document that is only an identity provider is refused (threats F08). */
const serviceRoleOf = (entity: XmlElement, fault: Fault): XmlElement => {
  const roles = childElements(entity, md, 'SPSSODescriptor').filter((role) => (attributeOf(role, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(samlp));
  const [role] = roles;
  if (role === undefined) {
    const other = onlyChild(entity, md, 'IDPSSODescriptor') !== undefined;
    return fault(entity, other ? 'describes an identity provider, not a service' : 'has no SPSSODescriptor for SAML 2.0', 'save the metadata of the service (SPSSODescriptor with SAML 2.0 in protocolSupportEnumeration)');
  }
  return roles.length > 1 ? fault(roles[1] ?? role, 'is the second SPSSODescriptor', 'keep one of them') : role;
};

const distinctIndexes = (elements: readonly XmlElement[], fault: Fault): void => {
  const seen = new Set<number>();
  for (const element of elements) {
    const value = indexOf(element, fault);
    if (seen.has(value)) fault(element, `index ${value} is used twice`, 'give every endpoint its own index');
    seen.add(value);
  }
};

const acsList = (role: XmlElement, fault: Fault): readonly PublishedAcs[] => {
  const elements = childElements(role, md, 'AssertionConsumerService');
  distinctIndexes(elements, fault);
  const list = elements.map((element): PublishedAcs => {
    const binding = trimXmlSpace(attributeOf(element, 'Binding') ?? '');
    return { url: binding === bindings.post ? endpointUrl(element, 'Location', fault) : (attributeOf(element, 'Location') ?? ''), binding, index: indexOf(element, fault), isDefault: booleanOf(element, 'isDefault', fault) };
  });
  if (!list.some(({ binding }) => binding === bindings.post)) fault(role, 'has no AssertionConsumerService for HTTP-POST', `add one with Binding="${bindings.post}"`);
  return list;
};

const wishOf = (element: XmlElement, fault: Fault): PublishedWish => ({
  name: trimXmlSpace(attributeOf(element, 'Name') ?? '') || fault(element, 'has no Name', 'write the name of the attribute; FriendlyName is never matched'),
  nameFormat: trimXmlSpace(attributeOf(element, 'NameFormat') ?? attributeNameFormats.unspecified), // [SAMLCore §2.7.3.1]
  required: booleanOf(element, 'isRequired', fault),
});
const attributeServices = (role: XmlElement, fault: Fault): readonly PublishedAttributeService[] => {
  const elements = childElements(role, md, 'AttributeConsumingService');
  distinctIndexes(elements, fault);
  return elements.map((element) => ({
    index: indexOf(element, fault),
    isDefault: booleanOf(element, 'isDefault', fault),
    names: localised(childElements(element, md, 'ServiceName'), fault),
    attributes: childElements(element, md, 'RequestedAttribute').map((wish) => wishOf(wish, fault)),
  }));
};

/** What our discovery service could not use is left out: the service can still log in [IdPDisc §2.5]. */
const discoveryResponses = (role: XmlElement): { readonly discoveryResponses?: readonly string[] } => {
  const found = extensionsOf(role, idpdisc, 'DiscoveryResponse').filter((element) => attributeOf(element, 'Binding') === idpdisc && URL.parse(attributeOf(element, 'Location') ?? '')?.protocol === 'https:')
    .toSorted((a, b) => Number(attributeOf(b, 'isDefault') === 'true') - Number(attributeOf(a, 'isDefault') === 'true')).map((element) => attributeOf(element, 'Location') ?? '');
  return found.length === 0 ? {} : { discoveryResponses: found };
};

/**
 * `bytes` of the file to typed facts, or `saml.metadata` with file, line, element and fix in its facts.
 * A signature in the file is not looked at: files of the tree are their owner's word; feeds are verified in federation/.
 */
export const readServiceMetadata = (bytes: Uint8Array, fileName: string): ServiceMetadata => inFile(fileName, () => readDocument(bytes, fileName));

const readDocument = (bytes: Uint8Array, fileName: string): ServiceMetadata => {
  const root = readXml(bytes, 'metadata');
  const fault = faultIn({ fileName });
  const entity = entityOf(root, fault);
  const role = serviceRoleOf(entity, fault);
  const notes: string[] = [];
  const keys = roleKeys(role, fault, (sentence) => notes.push(sentence));
  const authnRequestsSigned = booleanOf(role, 'AuthnRequestsSigned', fault);
  if (authnRequestsSigned && keys.signing.length === 0) fault(role, 'says AuthnRequestsSigned but publishes no signing key', 'add a KeyDescriptor with use="signing"');
  const services = attributeServices(role, fault);
  if (services.length === 0) notes.push('There is no AttributeConsumingService: the service receives no attributes.');
  const wire: ServiceWire = {
    protocol: 'saml',
    entityId: entityIdOf(entity, fault),
    validUntil: earliestEnd([root, entity, role], fault),
    authnRequestsSigned,
    wantAssertionsSigned: booleanOf(role, 'WantAssertionsSigned', fault),
    signingKeys: keys.signing,
    encryptionKeys: keys.encryption,
    nameIdFormats: childElements(role, md, 'NameIDFormat').map((format) => trimmedText(format, fault)),
    assertionConsumerServices: acsList(role, fault),
    singleLogoutServices: sloList(role, fault),
    attributeConsumingServices: services,
    ...discoveryResponses(role),
    entityCategories: entityAttributeValues(entity, entityAttributes.entityCategory, fault),
  };
  const description = describe(entity, role, fault);
  const [service] = [...services].sort((a, b) => Number(b.isDefault) - Number(a.isDefault) || a.index - b.index);
  return { wire, ...description, names: Object.keys(description.names).length > 0 ? description.names : (service?.names ?? {}), notes };
};
