/** What the documents of services and of IdPs have in common: one entity, its id, its end, its logout addresses, its entity attributes. */
import { fail, isBrygganError } from '../../core/errors.ts';
import { toEntityId, type EntityId } from '../../core/ids.ts';
import { parseUtcDateTime } from '../../core/dates.ts';
import { trimXmlSpace } from '../messages/shape.ts';
import { bindings, namespaces } from '../names.ts';
import { attributeOf, childElements, type XmlElement } from '../xml/index.ts';
import type { Fault } from './fault.ts';
import { endpointUrl, extensionsOf, trimmedText } from './reading.ts';
import type { PublishedSlo } from './service-metadata.ts';

const { md, mdattr, saml } = namespaces;

/** Whatever is wrong with the XML itself also names the file. */
export const inFile = <T>(fileName: string, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (!isBrygganError(error) || error.code === 'saml.metadata') throw error;
    const { line } = error.facts;
    return fail('saml.metadata', `${fileName}${line === undefined ? '' : `:${line}`}: ${error.detail}; fix: export the file again, as plain UTF-8 XML without DOCTYPE`, { ...error.facts, file: fileName, reason: error.code }, error);
  }
};

export const entityOf = (root: XmlElement, fault: Fault): XmlElement => {
  if (root.namespace !== md) return fault(root, 'is not SAML metadata', 'save the metadata of the service, not another document');
  if (root.localName === 'EntityDescriptor') return root;
  if (root.localName !== 'EntitiesDescriptor') return fault(root, 'is neither EntityDescriptor nor EntitiesDescriptor', 'save the whole metadata document');
  const entities = childElements(root, md, 'EntityDescriptor');
  const [only] = entities;
  if (only === undefined || entities.length > 1 || childElements(root, md, 'EntitiesDescriptor').length > 0) return fault(root, 'must hold exactly one entity', 'save one file per service');
  return only;
};

export const entityIdOf = (entity: XmlElement, fault: Fault): EntityId => {
  const value = attributeOf(entity, 'entityID') ?? '';
  try {
    return toEntityId(value);
  } catch {
    return fault(entity, 'entityID is missing, longer than 1024 characters or holds white space', 'write the entityID that the service uses as Issuer');
  }
};

export const earliestEnd = (elements: readonly XmlElement[], fault: Fault): number | null => {
  const ends = elements.flatMap((element) => {
    const value = attributeOf(element, 'validUntil');
    if (value === undefined) return [];
    return [parseUtcDateTime(trimXmlSpace(value)) ?? fault(element, 'validUntil is not a time in UTC', 'write it like 2027-01-31T00:00:00Z')];
  });
  return ends.length === 0 ? null : Math.min(...ends);
};

const logoutBindings: ReadonlyMap<string, PublishedSlo['binding']> = new Map([[bindings.redirect, 'redirect'], [bindings.post, 'post'], [bindings.soap, 'soap']]);
export const sloList = (role: XmlElement, fault: Fault): readonly PublishedSlo[] =>
  childElements(role, md, 'SingleLogoutService').flatMap((element) => {
    const binding = logoutBindings.get(trimXmlSpace(attributeOf(element, 'Binding') ?? ''));
    if (binding === undefined) return [];
    const url = endpointUrl(element, 'Location', fault);
    return [{ url, responseUrl: attributeOf(element, 'ResponseLocation') === undefined ? url : endpointUrl(element, 'ResponseLocation', fault), binding }];
  });

/** Values of one entity attribute, e.g. the entity categories [SAMLMetaAttr]. */
export const entityAttributeValues = (entity: XmlElement, name: string, fault: Fault): readonly string[] => [
  ...new Set(
    extensionsOf(entity, mdattr, 'EntityAttributes')
      .flatMap((attributes) => childElements(attributes, saml, 'Attribute'))
      .filter((attribute) => attributeOf(attribute, 'Name') === name)
      .flatMap((attribute) => childElements(attribute, saml, 'AttributeValue'))
      .map((value) => trimmedText(value, fault)),
  ),
];
