/**
 * Our own EntityDescriptor: the union of what SAMBI, Inera-type applications, Sweden Connect and saml2int want to read
 * (facts: federation §5.7, §2.2, §3.2, §4.5). The same description gives the same bytes: no clock and no randomness here,
 * since a federation reads the file's checksum back over the phone (facts: federation §2.2).
 */
import { createHash } from 'node:crypto';
import { formatUtcDateTime } from '../../core/dates.ts';
import type { LocalisedText } from '../../core/locale.ts';
import type { Instant } from '../../core/ports.ts';
import { attributeNameFormats, entityAttributes, namespaces } from '../names.ts';
import { element, writeSigned, writeXml, type Signer, type XmlNode } from '../xml/index.ts';
import { algorithmExtensions, contactNode, endpoint, keyDescriptor, localised, organisationNode, type Contact, type OrganisationNames } from './writing.ts';

export type IdentityProviderContact = Contact;

export interface EntityAttribute { readonly name: string; readonly values: readonly string[] }
export interface IdentityProviderDescription {
  readonly entityId: string;
  /** Base64 of DER. Two signing certificates during a rollover; encryption is for encrypted NameIDs and empty by default. */
  readonly signingCertificates: readonly string[];
  readonly encryptionCertificates: readonly string[];
  readonly wantAuthnRequestsSigned: boolean;
  readonly singleSignOn: readonly { readonly binding: 'redirect' | 'post'; readonly url: string }[];
  readonly singleLogout: readonly { readonly binding: 'redirect' | 'post' | 'soap'; readonly url: string }[];
  readonly nameIdFormats: readonly string[];
  /** Everything that could be delivered to somebody. */
  readonly attributes: readonly { readonly name: string; readonly friendlyName: string | null }[];
  /** Level-of-assurance URIs of every federation we answer in. */
  readonly assuranceUris: readonly string[];
  readonly entityCategories: readonly string[];
  readonly otherEntityAttributes: readonly EntityAttribute[];
  /** One per party: organisation numbers and domains [SC-DP §2.1.3.1]. */
  readonly scopes: readonly string[];
  /** Attribute names by which a service may preselect the person [SC-PSC]. */
  readonly principalSelection: readonly string[];
  readonly ui: { readonly names: LocalisedText; readonly descriptions: LocalisedText; readonly informationUrls: LocalisedText | null; readonly privacyStatementUrls: LocalisedText | null; readonly logo: { readonly url: string; readonly width: number; readonly height: number } | null };
  readonly organisation: OrganisationNames;
  readonly contacts: readonly IdentityProviderContact[];
  readonly errorUrl: string | null;
  /** Left out in documents that must not change from day to day. */
  readonly validUntil: Instant | null;
}

const entityAttribute = ({ name, values }: EntityAttribute): readonly XmlNode[] =>
  values.length === 0 ? [] : [element('saml:Attribute', { Name: name, NameFormat: attributeNameFormats.uri }, values.map((value) => element('saml:AttributeValue', {}, [value])))];
const entityExtensions = (description: IdentityProviderDescription): readonly XmlNode[] => {
  const attributes = [
    { name: entityAttributes.assuranceCertification, values: description.assuranceUris },
    { name: entityAttributes.entityCategory, values: description.entityCategories },
    ...description.otherEntityAttributes,
  ].flatMap(entityAttribute);
  return attributes.length === 0 ? [] : [element('md:Extensions', {}, [element('mdattr:EntityAttributes', {}, attributes)])];
};

const roleExtensions = ({ scopes, ui, principalSelection }: IdentityProviderDescription): XmlNode =>
  element('md:Extensions', {}, [
    ...scopes.map((scope) => element('shibmd:Scope', { regexp: 'false' }, [scope])),
    element('mdui:UIInfo', {}, [
      ...localised('mdui:DisplayName', ui.names),
      ...localised('mdui:Description', ui.descriptions),
      ...localised('mdui:InformationURL', ui.informationUrls),
      ...localised('mdui:PrivacyStatementURL', ui.privacyStatementUrls),
      ...(ui.logo === null ? [] : [element('mdui:Logo', { height: String(ui.logo.height), width: String(ui.logo.width) }, [ui.logo.url])]),
    ]),
    ...algorithmExtensions,
    ...(principalSelection.length === 0 ? [] : [element('psc:RequestedPrincipalSelection', {}, principalSelection.map((name) => element('psc:MatchValue', { Name: name }, [])))]),
  ]);

/** In the order that the schema fixes [SAMLMeta §2.4.3; facts: federation §5.7]. */
const roleNode = (description: IdentityProviderDescription): XmlNode =>
  element('md:IDPSSODescriptor', { protocolSupportEnumeration: namespaces.samlp, WantAuthnRequestsSigned: String(description.wantAuthnRequestsSigned), errorURL: description.errorUrl ?? undefined }, [
    roleExtensions(description),
    ...description.signingCertificates.map(keyDescriptor('signing')),
    ...description.encryptionCertificates.map(keyDescriptor('encryption')),
    ...description.singleLogout.map(endpoint('md:SingleLogoutService')),
    ...description.nameIdFormats.map((format) => element('md:NameIDFormat', {}, [format])),
    ...description.singleSignOn.map(endpoint('md:SingleSignOnService')),
    ...description.attributes.map(({ name, friendlyName }) => element('saml:Attribute', { FriendlyName: friendlyName ?? undefined, Name: name, NameFormat: attributeNameFormats.uri }, [])),
  ]);

const entityNode = (description: IdentityProviderDescription, id: string | undefined): XmlNode =>
  element('md:EntityDescriptor', { ID: id, entityID: description.entityId, validUntil: description.validUntil === null ? undefined : formatUtcDateTime(description.validUntil) }, [
    ...entityExtensions(description),
    roleNode(description),
    organisationNode(description.organisation),
    ...description.contacts.map(contactNode),
  ]);

/** The EntityDescriptor unsigned, for documents that hold several; `attributes` go on its start tag. */
export const identityProviderNode = (description: IdentityProviderDescription, attributes: Readonly<Record<string, string | undefined>>): XmlNode => {
  const { children } = entityNode(description, undefined);
  return element('md:EntityDescriptor', { ...attributes, entityID: description.entityId }, children);
};

/** Signed document as text. The ID is the content's own hash, so that nothing in it depends on when it was made. */
export const writeIdentityProvider = (description: IdentityProviderDescription, signer: Signer): Promise<string> => {
  const id = `_${createHash('sha256').update(writeXml(entityNode(description, undefined))).digest('hex')}`;
  return writeSigned(entityNode(description, id), signer);
};
