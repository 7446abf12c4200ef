/**
 * Reads an Assertion that somebody else wrote [SAMLCore §2.3.3]: strict about structure, believing nothing. Whether it is signed, whose
 * it is and whether it may be used is for the caller.
 */
import { fail } from '../../core/errors.ts';
import type { EntityId } from '../../core/ids.ts';
import type { Instant } from '../../core/ports.ts';
import { attributeNameFormats, namespaces } from '../names.ts';
import { elementsOf, type XmlElement } from '../xml/index.ts';
import { issuerName } from './authn-request.ts';
import { readNameId, type NameIdContent } from './name-id.ts';
import { address, bareText, index, instant, partsOf, trimXmlSpace, xmlId, type Parts, type Shape } from './shape.ts';

export interface Confirmation {
  readonly method: string;
  readonly inResponseTo: string | null;
  readonly recipient: string | null;
  readonly notBefore: Instant | null;
  readonly notOnOrAfter: Instant | null;
}
export interface Conditions {
  readonly notBefore: Instant | null;
  readonly notOnOrAfter: Instant | null;
  /** Every one of them must hold one of us [SAMLCore §2.5.1.4]. */
  readonly audienceRestrictions: readonly (readonly string[])[];
  /** `audiences` null: any. */
  /** What it says is for this one occasion [SAMLCore §2.5.1.5]. */
  readonly oneTimeUse: boolean;
  readonly proxyRestriction: { readonly count: number | null; readonly audiences: readonly string[] | null } | null;
  /** A condition of a kind that is not known here [SAMLCore §2.5.1.3]. */
  readonly unknown: boolean;
}
export interface AuthnStatement {
  readonly authnInstant: Instant;
  readonly sessionIndex: string | null;
  readonly sessionNotOnOrAfter: Instant | null;
  readonly classRef: string | null;
  readonly authenticatingAuthorities: readonly string[];
}
/** Values that are text; structured ones are left out. */
export interface AssertedAttribute { readonly name: string; readonly nameFormat: string; readonly values: readonly string[] }
export interface Assertion {
  readonly id: string;
  readonly version: string;
  readonly issueInstant: Instant;
  readonly issuer: EntityId;
  readonly nameId: NameIdContent | null;
  readonly confirmations: readonly Confirmation[];
  readonly conditions: Conditions | null;
  readonly authnStatements: readonly AuthnStatement[];
  readonly attributes: readonly AssertedAttribute[];
}

const { saml, ds, xsi } = namespaces;
const statements = ['AuthnStatement', 'AttributeStatement'] as const;
/** Statements come in any order of their kinds [SAMLCore §2.3.3]; decisions of authorisation are not read here. */
const assertionShape = (kinds: readonly string[]): Shape => ({
  name: 'Assertion', namespace: saml, attributes: ['Version', 'ID', 'IssueInstant'],
  children: [[saml, 'Issuer', '1'], [ds, 'Signature', '?'], [saml, 'Subject', '?'], [saml, 'Conditions', '?'], [saml, 'Advice', '?'], ...kinds.map((kind) => [saml, kind, '*'] as const)],
});
const subjectShape: Shape = { name: 'Subject', namespace: saml, attributes: [], children: [[saml, 'NameID', '?'], [saml, 'SubjectConfirmation', '*']] };
const confirmationShape: Shape = { name: 'SubjectConfirmation', namespace: saml, attributes: ['Method'], children: [[saml, 'NameID', '?'], [saml, 'SubjectConfirmationData', '?']] };
const dataShape: Shape = { name: 'SubjectConfirmationData', namespace: saml, attributes: ['NotBefore?', 'NotOnOrAfter?', 'Recipient?', 'InResponseTo?', 'Address?'], children: [] };
const conditionsShape = (children: Shape['children']): Shape => ({ name: 'Conditions', namespace: saml, attributes: ['NotBefore?', 'NotOnOrAfter?'], children });
const audienceShape: Shape = { name: 'AudienceRestriction', namespace: saml, attributes: [], children: [[saml, 'Audience', '+']] };
const proxyShape: Shape = { name: 'ProxyRestriction', namespace: saml, attributes: ['Count?'], children: [[saml, 'Audience', '*']] };
const statementShape: Shape = { name: 'AuthnStatement', namespace: saml, attributes: ['AuthnInstant', 'SessionIndex?', 'SessionNotOnOrAfter?'], children: [[saml, 'SubjectLocality', '?'], [saml, 'AuthnContext', '1']] };
const contextShape: Shape = { name: 'AuthnContext', namespace: saml, attributes: [], children: [[saml, 'AuthnContextClassRef', '?'], [saml, 'AuthnContextDecl', '?'], [saml, 'AuthnContextDeclRef', '?'], [saml, 'AuthenticatingAuthority', '*']] };
const attributesShape: Shape = { name: 'AttributeStatement', namespace: saml, attributes: [], children: [[saml, 'Attribute', '+']] };

const instantOf = (parts: Parts, name: string): Instant | null => {
  const value = parts.attribute(name);
  return value === undefined ? null : instant(value, name);
};

const readConfirmation = (element: XmlElement): Confirmation => {
  const parts = partsOf(element, confirmationShape);
  const method = parts.required('Method');
  const found = parts.only('SubjectConfirmationData');
  if (found === undefined) return { method, inResponseTo: null, recipient: null, notBefore: null, notOnOrAfter: null };
  const data = partsOf(found, dataShape);
  const inResponseTo = data.attribute('InResponseTo');
  return { method, inResponseTo: inResponseTo === undefined ? null : xmlId(inResponseTo, 'InResponseTo'), recipient: address(data.attribute('Recipient'), 'Recipient'), notBefore: instantOf(data, 'NotBefore'), notOnOrAfter: instantOf(data, 'NotOnOrAfter') };
};

const known = ['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'];
/** Conditions stand in any order [SAMLCore §2.5.1]; a kind from elsewhere is reported, never skipped. */
const readConditions = (element: XmlElement): Conditions => {
  const kinds = [...new Map(elementsOf(element).map((child) => [`${child.namespace} ${child.localName}`, child])).values()];
  const unknown = kinds.some(({ namespace, localName }) => namespace !== saml || !known.includes(localName));
  const ordered = { ...element, children: unknown ? [] : kinds.flatMap(({ localName }) => elementsOf(element).filter((child) => child.localName === localName)) };
  const parts = partsOf(ordered, conditionsShape(unknown ? [] : kinds.map(({ localName }) => [saml, localName, localName === 'AudienceRestriction' ? '*' : '?'])));
  const restriction = parts.only('ProxyRestriction');
  const proxy = restriction === undefined ? null : partsOf(restriction, proxyShape);
  const audiences = proxy?.all('Audience').map((audience) => bareText(audience, 'Audience')) ?? [];
  return {
    notBefore: instantOf(parts, 'NotBefore'), notOnOrAfter: instantOf(parts, 'NotOnOrAfter'), unknown, oneTimeUse: parts.only('OneTimeUse') !== undefined,
    audienceRestrictions: parts.all('AudienceRestriction').map((one) => partsOf(one, audienceShape).all('Audience').map((audience) => bareText(audience, 'Audience'))),
    proxyRestriction: proxy === null ? null : { count: index(proxy.attribute('Count'), 'Count'), audiences: audiences.length === 0 ? null : audiences },
  };
};

const readStatement = (element: XmlElement): AuthnStatement => {
  const parts = partsOf(element, statementShape);
  const context = partsOf(parts.only('AuthnContext') ?? fail('saml.schema', 'AuthnStatement: AuthnContext is missing'), contextShape);
  const classRef = context.only('AuthnContextClassRef');
  return {
    authnInstant: instant(parts.required('AuthnInstant'), 'AuthnInstant'),
    sessionIndex: parts.attribute('SessionIndex') ?? null,
    sessionNotOnOrAfter: instantOf(parts, 'SessionNotOnOrAfter'),
    classRef: classRef === undefined ? null : bareText(classRef, 'AuthnContextClassRef'),
    authenticatingAuthorities: context.all('AuthenticatingAuthority').map((authority) => bareText(authority, 'AuthenticatingAuthority')),
  };
};

const attributeNames = new Set(['Name', 'NameFormat', 'FriendlyName']);
const valueText = (value: XmlElement): readonly string[] => {
  if (value.namespace !== saml || value.localName !== 'AttributeValue') return fail('saml.schema', 'Attribute: another element than AttributeValue');
  if (value.attributes.some(({ namespace, localName, value: said }) => namespace === xsi && localName === 'nil' && (said === 'true' || said === '1'))) return [];
  return value.children.every((child) => typeof child === 'string') ? [trimXmlSpace(value.children.join(''))] : [];
};
/** Attributes of other namespaces say where a value comes from, not what it is [SAMLCore §2.7.3.1]. */
const readAttribute = (element: XmlElement): AssertedAttribute => {
  const values = new Map<string, string>();
  for (const { namespace, localName, value } of element.attributes) {
    if (namespace !== '') continue;
    if (!attributeNames.has(localName)) fail('saml.schema', 'Attribute: an attribute that the schema does not have');
    values.set(localName, value);
  }
  return {
    name: values.get('Name') ?? fail('saml.schema', 'Attribute: Name is missing'), nameFormat: values.get('NameFormat') ?? attributeNameFormats.unspecified,
    values: elementsOf(element).flatMap(valueText),
  };
};

/** Errors: `saml.schema`. */
export const readAssertion = (element: XmlElement): Assertion => {
  const first = elementsOf(element).find(({ namespace, localName }) => namespace === saml && statements.some((kind) => kind === localName))?.localName;
  const parts = partsOf(element, assertionShape(first === 'AttributeStatement' ? [...statements].toReversed() : statements));
  const subject = parts.only('Subject');
  const said = subject === undefined ? undefined : partsOf(subject, subjectShape);
  const nameId = said?.only('NameID');
  const conditions = parts.only('Conditions');
  return {
    id: xmlId(parts.required('ID')),
    version: parts.required('Version'),
    issueInstant: instant(parts.required('IssueInstant'), 'IssueInstant'),
    issuer: issuerName(parts.only('Issuer') ?? fail('saml.schema', 'Assertion: Issuer is missing')),
    nameId: nameId === undefined ? null : readNameId(nameId),
    confirmations: said?.all('SubjectConfirmation').map(readConfirmation) ?? [],
    conditions: conditions === undefined ? null : readConditions(conditions),
    authnStatements: parts.all('AuthnStatement').map(readStatement),
    attributes: parts.all('AttributeStatement').flatMap((statement) => partsOf(statement, attributesShape).all('Attribute').map(readAttribute)),
  };
};
