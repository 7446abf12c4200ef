/**
 * messages: what SAML says: requests, responses, assertions, logout. Owns their structure, read strictly and written in
 * canonical form. Does not own: bytes and signatures (xml/), transport (bindings/), or whether a message is acceptable
 * to us (protocols/, upstreams/). Reading believes nothing: it turns a tree into typed fields or fails with `saml.schema`.
 */
import { fail } from '../../core/errors.ts';
import { toEntityId, type EntityId } from '../../core/ids.ts';
import type { Instant } from '../../core/ports.ts';
import { nameIdFormats, namespaces } from '../names.ts';
import type { XmlElement } from '../xml/index.ts';
import { address, bareText, boolean, index, instant, partsOf, plainText, trimXmlSpace, xmlId, type Shape } from './shape.ts';

export type Comparison = 'exact' | 'minimum' | 'maximum' | 'better';
export interface RequestedAuthnContext { readonly comparison: Comparison; readonly classRefs: readonly string[]; readonly declRefs: readonly string[] }
export interface NameIdPolicy { readonly format: string | null; readonly spNameQualifier: string | null; readonly allowCreate: boolean }
/** `idpList` null = no IDPList: anybody may authenticate. */
export interface Scoping { readonly proxyCount: number | null; readonly idpList: readonly string[] | null; readonly requesterIds: readonly string[] }
export interface MatchValue { readonly name: string; readonly nameFormat: string | null; readonly value: string }
export interface AuthnRequest {
  readonly id: string;
  /** Major.minor as written; only `2.0` is understood. */
  readonly version: string;
  readonly issueInstant: Instant;
  readonly destination: string | null;
  readonly issuer: EntityId;
  readonly forceAuthn: boolean;
  readonly isPassive: boolean;
  readonly acsUrl: string | null;
  readonly acsIndex: number | null;
  readonly protocolBinding: string | null;
  readonly attributeConsumingServiceIndex: number | null;
  readonly hasSubject: boolean;
  readonly nameIdPolicy: NameIdPolicy | null;
  readonly requestedAuthnContext: RequestedAuthnContext | null;
  /** Wishes about the assertion's validity, which the responder may leave out [SAMLCore §3.4.1]. */
  readonly conditions: { readonly notBefore: Instant | null; readonly notOnOrAfter: Instant | null } | null;
  readonly scoping: Scoping | null;
  /** psc:PrincipalSelection: the person must be exactly this one [SC-PSC]. */
  readonly principalSelection: readonly MatchValue[];
  /** csig:SignMessage: a text that is to be shown to whoever signs; `mustShow`: or else an error [SC-DP §7]. Null: none. */
  readonly signMessage: { readonly mustShow: boolean } | null;
}

const { saml, samlp, ds, psc, csig } = namespaces;
/** [SAMLCore §3.2.1, §3.4.1] */
const requestShape: Shape = {
  name: 'AuthnRequest', namespace: samlp,
  attributes: ['ID', 'Version', 'IssueInstant', 'Destination?', 'Consent?', 'ForceAuthn?', 'IsPassive?', 'ProtocolBinding?', 'AssertionConsumerServiceIndex?', 'AssertionConsumerServiceURL?', 'AttributeConsumingServiceIndex?', 'ProviderName?'],
  children: [[saml, 'Issuer', '1'], [ds, 'Signature', '?'], [samlp, 'Extensions', '?'], [saml, 'Subject', '?'], [samlp, 'NameIDPolicy', '?'], [saml, 'Conditions', '?'], [samlp, 'RequestedAuthnContext', '?'], [samlp, 'Scoping', '?']],
};
const policyShape: Shape = { name: 'NameIDPolicy', namespace: samlp, attributes: ['Format?', 'SPNameQualifier?', 'AllowCreate?'], children: [] };
const contextShape: Shape = { name: 'RequestedAuthnContext', namespace: samlp, attributes: ['Comparison?'], children: [[saml, 'AuthnContextClassRef', '*'], [saml, 'AuthnContextDeclRef', '*']] };
const conditionsShape: Shape = { name: 'Conditions', namespace: saml, attributes: ['NotBefore?', 'NotOnOrAfter?'], children: [[saml, 'AudienceRestriction', '*'], [saml, 'OneTimeUse', '?'], [saml, 'ProxyRestriction', '?']] };
const scopingShape: Shape = { name: 'Scoping', namespace: samlp, attributes: ['ProxyCount?'], children: [[samlp, 'IDPList', '?'], [samlp, 'RequesterID', '*']] };
const idpListShape: Shape = { name: 'IDPList', namespace: samlp, attributes: [], children: [[samlp, 'IDPEntry', '+'], [samlp, 'GetComplete', '?']] };
const idpEntryShape: Shape = { name: 'IDPEntry', namespace: samlp, attributes: ['ProviderID', 'Name?', 'Loc?'], children: [] };
const selectionShape: Shape = { name: 'PrincipalSelection', namespace: psc, attributes: [], children: [[psc, 'MatchValue', '+']] };
const issuerAttributes = new Set(['Format', 'NameQualifier', 'SPNameQualifier', 'SPProvidedID']);

/** entityID of an Issuer: format absent or entity, no qualifiers [SAMLProf §4.1.4.1, SAMLCore §8.3.6]. */
export const issuerName = (element: XmlElement): EntityId => {
  for (const { namespace, localName, value } of element.attributes) {
    if (namespace !== '' || !issuerAttributes.has(localName)) fail('saml.schema', 'Issuer: an attribute that the schema does not have');
    if (localName !== 'Format' || value !== nameIdFormats.entity) fail('saml.schema', 'Issuer: must be a plain entityID', { attribute: localName });
  }
  return toEntityId(plainText(element, 'Issuer'));
};

/** Who says that it sent this message: needed to find the keys, and not to be believed before they have been used. */
export const claimedIssuer = (root: XmlElement): EntityId => {
  const issuers = root.children.filter((child): child is XmlElement => typeof child !== 'string' && child.namespace === saml && child.localName === 'Issuer');
  const [issuer] = issuers;
  return issuer === undefined || issuers.length > 1 ? fail('saml.schema', 'a message has exactly one Issuer') : issuerName(issuer);
};

const comparisons: readonly string[] = ['exact', 'minimum', 'maximum', 'better'] satisfies readonly Comparison[];
const readContext = (element: XmlElement): RequestedAuthnContext => {
  const parts = partsOf(element, contextShape);
  const comparison = parts.attribute('Comparison') ?? 'exact'; // [SAMLCore §3.3.2.2.1]
  if (!comparisons.includes(comparison)) fail('saml.schema', 'RequestedAuthnContext: Comparison is not one of the four');
  const classRefs = parts.all('AuthnContextClassRef').map((ref) => bareText(ref, 'AuthnContextClassRef'));
  const declRefs = parts.all('AuthnContextDeclRef').map((ref) => bareText(ref, 'AuthnContextDeclRef'));
  if (classRefs.length === 0 ? declRefs.length === 0 : declRefs.length > 0) fail('saml.schema', 'RequestedAuthnContext: class references or declaration references, one kind of them');
  return { comparison: comparison as Comparison, classRefs, declRefs };
};

const readPolicy = (element: XmlElement): NameIdPolicy => {
  const parts = partsOf(element, policyShape);
  return { format: address(parts.attribute('Format'), 'Format'), spNameQualifier: parts.attribute('SPNameQualifier') ?? null, allowCreate: boolean(parts.attribute('AllowCreate'), 'AllowCreate', false) };
};

const readConditions = (element: XmlElement): AuthnRequest['conditions'] => {
  const parts = partsOf(element, conditionsShape);
  const notBefore = parts.attribute('NotBefore');
  const notOnOrAfter = parts.attribute('NotOnOrAfter');
  return { notBefore: notBefore === undefined ? null : instant(notBefore, 'NotBefore'), notOnOrAfter: notOnOrAfter === undefined ? null : instant(notOnOrAfter, 'NotOnOrAfter') };
};

const readScoping = (element: XmlElement): Scoping => {
  const parts = partsOf(element, scopingShape);
  const list = parts.only('IDPList');
  return {
    proxyCount: index(parts.attribute('ProxyCount'), 'ProxyCount'),
    idpList: list === undefined ? null : partsOf(list, idpListShape).all('IDPEntry').map((entry) => partsOf(entry, idpEntryShape).required('ProviderID')),
    requesterIds: parts.all('RequesterID').map((requester) => bareText(requester, 'RequesterID')),
  };
};

const readMatchValue = (element: XmlElement): MatchValue => {
  const attributes = new Map<string, string>();
  for (const { namespace, localName, value } of element.attributes) {
    if (namespace === '' && (localName === 'Name' || localName === 'NameFormat')) attributes.set(localName, value);
    else if (namespace === '') fail('saml.schema', 'MatchValue: an attribute that the schema does not have');
  }
  return { name: attributes.get('Name') ?? fail('saml.schema', 'MatchValue: attribute Name is missing'), nameFormat: attributes.get('NameFormat') ?? null, value: plainText(element, 'MatchValue', 256) };
};

const readSignMessage = ({ attributes }: XmlElement): { readonly mustShow: boolean } =>
  ({ mustShow: boolean(attributes.find(({ namespace, localName }) => namespace === '' && localName === 'MustShow')?.value, 'MustShow', false) });
/** Of the extensions PrincipalSelection is understood, and SignMessage noticed; others are skipped whole, as extensions may be [SAMLCore §3.2.1]. */
const readExtensions = (element: XmlElement | undefined): Pick<AuthnRequest, 'principalSelection' | 'signMessage'> => {
  const selections: XmlElement[] = [];
  const messages: XmlElement[] = [];
  for (const child of element?.children ?? []) {
    if (typeof child === 'string') {
      if (trimXmlSpace(child) !== '') fail('saml.schema', 'Extensions: text between elements');
    } else if (child.namespace === samlp || child.namespace === saml) {
      fail('saml.schema', 'Extensions: elements of SAML itself are not extensions'); // [SAMLCore §3.2.1]
    } else if (child.namespace === psc && child.localName === 'PrincipalSelection') {
      selections.push(child);
    } else if (child.namespace === csig && child.localName === 'SignMessage') {
      messages.push(child);
    }
  }
  if (selections.length > 1) fail('saml.schema', 'Extensions: PrincipalSelection repeated');
  if (messages.length > 1) fail('saml.schema', 'Extensions: SignMessage repeated');
  const [message] = messages;
  return {
    principalSelection: selections.flatMap((selection) => partsOf(selection, selectionShape).all('MatchValue').map(readMatchValue)),
    signMessage: message === undefined ? null : readSignMessage(message),
  };
};

/** Reads an AuthnRequest. Errors: `saml.schema`. */
export const readAuthnRequest = (root: XmlElement): AuthnRequest => {
  const parts = partsOf(root, requestShape);
  const version = parts.required('Version');
  if (!/^\d{1,3}\.\d{1,3}$/.test(version)) fail('saml.schema', 'attribute Version is not major.minor');
  const [policy, context, conditions, scoping] = (['NameIDPolicy', 'RequestedAuthnContext', 'Conditions', 'Scoping'] as const).map(parts.only);
  return {
    id: xmlId(parts.required('ID')),
    version,
    issueInstant: instant(parts.required('IssueInstant'), 'IssueInstant'),
    destination: address(parts.attribute('Destination'), 'Destination'),
    issuer: claimedIssuer(root),
    forceAuthn: boolean(parts.attribute('ForceAuthn'), 'ForceAuthn', false),
    isPassive: boolean(parts.attribute('IsPassive'), 'IsPassive', false),
    acsUrl: address(parts.attribute('AssertionConsumerServiceURL'), 'AssertionConsumerServiceURL'),
    acsIndex: index(parts.attribute('AssertionConsumerServiceIndex'), 'AssertionConsumerServiceIndex'),
    protocolBinding: address(parts.attribute('ProtocolBinding'), 'ProtocolBinding'),
    attributeConsumingServiceIndex: index(parts.attribute('AttributeConsumingServiceIndex'), 'AttributeConsumingServiceIndex'),
    hasSubject: parts.only('Subject') !== undefined,
    nameIdPolicy: policy === undefined ? null : readPolicy(policy),
    requestedAuthnContext: context === undefined ? null : readContext(context),
    conditions: conditions === undefined ? null : readConditions(conditions),
    scoping: scoping === undefined ? null : readScoping(scoping),
    ...readExtensions(parts.only('Extensions')),
  };
};
