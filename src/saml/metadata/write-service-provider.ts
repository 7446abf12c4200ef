/** Our EntityDescriptor as a service of IdPs [SAMLMeta §2.4.4]. The same description gives the same bytes. */
import { createHash } from 'node:crypto';
import type { LocalisedText } from '../../core/locale.ts';
import { algorithms, attributeNameFormats, bindings, namespaces } from '../names.ts';
import { element, writeSigned, writeXml, type Signer, type XmlNode } from '../xml/index.ts';
import { algorithmExtensions, contactNode, endpoint, keyDescriptor, localised, organisationNode, type Contact, type OrganisationNames } from './writing.ts';

export interface ServiceProviderDescription {
  readonly entityId: string;
  /** Base64 of DER. Two of each during a rollover. */
  readonly signingCertificates: readonly string[];
  readonly encryptionCertificates: readonly string[];
  readonly acsUrl: string;
  readonly singleLogout: readonly { readonly binding: 'redirect' | 'post'; readonly url: string }[];
  readonly nameIdFormats: readonly string[];
  /** What we would like to be told; `required`: we cannot log anybody in without it. */
  readonly attributes: readonly { readonly name: string; readonly friendlyName: string | null; readonly required: boolean }[];
  readonly names: LocalisedText;
  readonly descriptions: LocalisedText;
  readonly organisation: OrganisationNames;
  readonly contacts: readonly Contact[];
}

/** GCM first: an assertion may come encrypted in a response that is not signed [SC-DP §8, K-FI IIP-ALG]. */
const encryptionMethods = [algorithms.aes256Gcm, algorithms.aes128Gcm, algorithms.aes256Cbc, algorithms.rsaOaepMgf1p, algorithms.rsaOaep];
const encryptionDescriptor = (certificate: string): XmlNode => {
  const descriptor = keyDescriptor('encryption')(certificate);
  return { ...descriptor, children: [...descriptor.children, ...encryptionMethods.map((algorithm) => element('md:EncryptionMethod', { Algorithm: algorithm }, []))] };
};

/** In the order that the schema fixes. */
const roleNode = (description: ServiceProviderDescription): XmlNode =>
  element('md:SPSSODescriptor', { protocolSupportEnumeration: namespaces.samlp, AuthnRequestsSigned: 'true', WantAssertionsSigned: 'true' }, [
    element('md:Extensions', {}, [
      element('mdui:UIInfo', {}, [...localised('mdui:DisplayName', description.names), ...localised('mdui:Description', description.descriptions)]),
      ...algorithmExtensions,
    ]),
    ...description.signingCertificates.map(keyDescriptor('signing')),
    ...description.encryptionCertificates.map(encryptionDescriptor),
    ...description.singleLogout.map(endpoint('md:SingleLogoutService')),
    ...description.nameIdFormats.map((format) => element('md:NameIDFormat', {}, [format])),
    element('md:AssertionConsumerService', { Binding: bindings.post, Location: description.acsUrl, index: '0', isDefault: 'true' }, []),
    ...(description.attributes.length === 0 ? [] : [element('md:AttributeConsumingService', { index: '0', isDefault: 'true' }, [
      ...localised('md:ServiceName', description.names),
      ...description.attributes.map(({ name, friendlyName, required }) => element('md:RequestedAttribute', { FriendlyName: friendlyName ?? undefined, Name: name, NameFormat: attributeNameFormats.uri, isRequired: required ? 'true' : undefined }, [])),
    ])]),
  ]);

const entityNode = (description: ServiceProviderDescription, id: string | undefined): XmlNode =>
  element('md:EntityDescriptor', { ID: id, entityID: description.entityId }, [roleNode(description), organisationNode(description.organisation), ...description.contacts.map(contactNode)]);

/** Signed document as text. The ID is the content's own hash, so that nothing in it depends on when it was made. */
export const writeServiceProvider = (description: ServiceProviderDescription, signer: Signer): Promise<string> => {
  const id = `_${createHash('sha256').update(writeXml(entityNode(description, undefined))).digest('hex')}`;
  return writeSigned(entityNode(description, id), signer);
};
