/** Reads an IdP's metadata file: one EntityDescriptor with one IDPSSODescriptor [SAMLMeta §2.4.3]. */
import { trimXmlSpace } from '../messages/shape.ts';
import { bindings, entityAttributes, namespaces } from '../names.ts';
import { attributeOf, childElements, onlyChild, readXml, type XmlElement } from '../xml/index.ts';
import { describe } from './describe.ts';
import { earliestEnd, entityAttributeValues, entityIdOf, entityOf, inFile, sloList } from './entity.ts';
import { faultIn, type Fault } from './fault.ts';
import { roleKeys } from './keys.ts';
import { booleanOf, endpointUrl, trimmedText } from './reading.ts';
import type { ServiceMetadata, ServiceWire } from './service-metadata.ts';

const { md, samlp } = namespaces;
export interface IdentityProviderWire extends Pick<ServiceWire, 'entityId' | 'validUntil' | 'signingKeys' | 'singleLogoutServices' | 'nameIdFormats' | 'entityCategories'> {
  readonly singleSignOnServices: readonly { readonly url: string; readonly binding: 'redirect' | 'post' }[];
  readonly wantAuthnRequestsSigned: boolean;
  readonly assuranceCertification: readonly string[];
}
export interface IdentityProviderMetadata extends Omit<ServiceMetadata, 'wire'> { readonly wire: IdentityProviderWire }

/** The role that logs people in. A document that is only a service is refused (threats F08). */
const providerRoleOf = (entity: XmlElement, fault: Fault): XmlElement => {
  const roles = childElements(entity, md, 'IDPSSODescriptor').filter((role) => (attributeOf(role, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(samlp));
  const [role] = roles;
  if (role === undefined) {
    const other = onlyChild(entity, md, 'SPSSODescriptor') !== undefined;
    return fault(entity, other ? 'describes a service, not an identity provider' : 'has no IDPSSODescriptor for SAML 2.0', 'save the metadata of the identity provider (IDPSSODescriptor with SAML 2.0 in protocolSupportEnumeration)');
  }
  return roles.length > 1 ? fault(roles[1] ?? role, 'is the second IDPSSODescriptor', 'keep one of them') : role;
};
const signOnBindings: ReadonlyMap<string, 'redirect' | 'post'> = new Map([[bindings.redirect, 'redirect'], [bindings.post, 'post']]);
const signOnServices = (role: XmlElement, fault: Fault): IdentityProviderWire['singleSignOnServices'] => {
  const found = childElements(role, md, 'SingleSignOnService').flatMap((element) => {
    const binding = signOnBindings.get(trimXmlSpace(attributeOf(element, 'Binding') ?? ''));
    return binding === undefined ? [] : [{ url: endpointUrl(element, 'Location', fault), binding }];
  });
  return found.length === 0 ? fault(role, 'has no SingleSignOnService for HTTP-Redirect or HTTP-POST', `add one with Binding="${bindings.redirect}"`) : found;
};

/**
 * `bytes` of the file to typed facts, or `saml.metadata` with file, line, element and fix in its facts. A signature in the file is not
 * looked at: files of the tree are their owner's word; feeds are verified in federation/.
 */
export const readIdentityProviderMetadata = (bytes: Uint8Array, fileName: string): IdentityProviderMetadata => inFile(fileName, () => {
  const root = readXml(bytes, 'metadata');
  const fault = faultIn({ fileName });
  const entity = entityOf(root, fault);
  const role = providerRoleOf(entity, fault);
  const notes: string[] = [];
  const keys = roleKeys(role, fault, (sentence) => notes.push(sentence));
  if (keys.signing.length === 0) fault(role, 'publishes no signing key', 'add a KeyDescriptor with use="signing": unsigned answers are never believed');
  const wire: IdentityProviderWire = {
    entityId: entityIdOf(entity, fault), validUntil: earliestEnd([root, entity, role], fault), signingKeys: keys.signing,
    singleSignOnServices: signOnServices(role, fault), singleLogoutServices: sloList(role, fault), wantAuthnRequestsSigned: booleanOf(role, 'WantAuthnRequestsSigned', fault),
    nameIdFormats: childElements(role, md, 'NameIDFormat').map((format) => trimmedText(format, fault)),
    entityCategories: entityAttributeValues(entity, entityAttributes.entityCategory, fault), assuranceCertification: entityAttributeValues(entity, entityAttributes.assuranceCertification, fault),
  };
  return { wire, ...describe(entity, role, fault), notes };
});
