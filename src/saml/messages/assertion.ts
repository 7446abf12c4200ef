/** An Assertion about one login, as a node of the canonical writer [SAMLCore §2.3.3, SAMLProf §4.1.4.2]. */
import { formatUtcDateTime } from '../../core/dates.ts';
import type { Instant } from '../../core/ports.ts';
import { attributeNameFormats, confirmationMethods, namespaces } from '../names.ts';
import { element, type XmlNode } from '../xml/index.ts';
import { nameIdNode, type NameIdContent } from './name-id.ts';

export interface AttributeContent { readonly name: string; readonly friendlyName: string | null; readonly values: readonly string[] }
export interface AssertionContent {
  readonly id: string;
  readonly issueInstant: Instant;
  readonly issuer: string;
  readonly nameId: NameIdContent;
  /** entityID of the one service that may read it. */
  readonly audience: string;
  readonly inResponseTo: string;
  readonly recipient: string;
  readonly notBefore: Instant;
  readonly notOnOrAfter: Instant;
  readonly authnInstant: Instant;
  readonly sessionIndex: string;
  readonly sessionNotOnOrAfter: Instant;
  readonly authnContextClassRef: string;
  /** Upstreams in the order of the chain, the nearest last (facts: federation §5.1 P7). */
  readonly authenticatingAuthorities: readonly string[];
  /** How many more may pass it on, where an upstream has set a limit [SAMLCore §2.5.1.6]. */
  readonly proxyCount?: number;
  readonly attributes: readonly AttributeContent[];
  /** Values say that they are strings [SC-ATT §3.1]. */
  readonly typedValues?: boolean;
}

const subjectNode = (content: AssertionContent): XmlNode =>
  element('saml:Subject', {}, [
    nameIdNode(content.nameId),
    element('saml:SubjectConfirmation', { Method: confirmationMethods.bearer }, [
      // [SAMLProf §4.1.4.2] all three for a bearer, and no NotBefore.
      element('saml:SubjectConfirmationData', { InResponseTo: content.inResponseTo, NotOnOrAfter: formatUtcDateTime(content.notOnOrAfter), Recipient: content.recipient }, []),
    ]),
  ]);

const statementNode = (content: AssertionContent): XmlNode =>
  element('saml:AuthnStatement', { AuthnInstant: formatUtcDateTime(content.authnInstant), SessionIndex: content.sessionIndex, SessionNotOnOrAfter: formatUtcDateTime(content.sessionNotOnOrAfter) }, [
    element('saml:AuthnContext', {}, [
      element('saml:AuthnContextClassRef', {}, [content.authnContextClassRef]),
      ...content.authenticatingAuthorities.map((authority) => element('saml:AuthenticatingAuthority', {}, [authority])),
    ]),
  ]);

/** Several values stand in one Attribute [SC-ATT §3.1]. */
const attributeNode = ({ name, friendlyName, values }: AttributeContent, typed: boolean): XmlNode =>
  element('saml:Attribute', { FriendlyName: friendlyName ?? undefined, Name: name, NameFormat: attributeNameFormats.uri }, values.map((value) => element('saml:AttributeValue', typed ? { 'xsi:type': 'xs:string' } : {}, [value])));

/** One AuthnStatement and at most one AttributeStatement, which is left out when it would be empty [S2-02 rule 7, SAMLCore §2.7.3]. */
export const assertionNode = (content: AssertionContent): XmlNode => {
  const typed = content.typedValues === true && content.attributes.length > 0;
  return element('saml:Assertion', { 'xmlns:xs': typed ? namespaces.xs : undefined, ID: content.id, IssueInstant: formatUtcDateTime(content.issueInstant), Version: '2.0' }, [
    element('saml:Issuer', {}, [content.issuer]),
    subjectNode(content),
    element('saml:Conditions', { NotBefore: formatUtcDateTime(content.notBefore), NotOnOrAfter: formatUtcDateTime(content.notOnOrAfter) }, [
      element('saml:AudienceRestriction', {}, [element('saml:Audience', {}, [content.audience])]), // [SAMLProf §4.1.4.2]
      ...(content.proxyCount === undefined ? [] : [element('saml:ProxyRestriction', { Count: String(content.proxyCount) }, [])]),
    ]),
    statementNode(content),
    ...(content.attributes.length === 0 ? [] : [element('saml:AttributeStatement', {}, content.attributes.map((attribute) => attributeNode(attribute, typed)))]),
  ]);
};
