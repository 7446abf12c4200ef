/** Reads a Response that somebody else wrote [SAMLCore §3.3.3]; its assertions are left as elements, for each must be verified or decrypted first. */
import { fail } from '../../core/errors.ts';
import type { EntityId } from '../../core/ids.ts';
import type { Instant } from '../../core/ports.ts';
import { namespaces } from '../names.ts';
import type { XmlElement } from '../xml/index.ts';
import { issuerName } from './authn-request.ts';
import { address, instant, partsOf, xmlId, type Shape } from './shape.ts';
import { readStatus, type Status } from './status.ts';

export interface Response {
  readonly element: XmlElement;
  readonly id: string;
  readonly version: string;
  readonly issueInstant: Instant;
  readonly destination: string | null;
  readonly inResponseTo: string | null;
  /** Null where the message does not say; then the assertion does [SAMLProf §4.1.4.2]. */
  readonly issuer: EntityId | null;
  readonly status: Status;
  readonly plainAssertions: readonly XmlElement[];
  readonly encryptedAssertions: readonly XmlElement[];
}

const { saml, samlp, ds } = namespaces;
const responseShape: Shape = {
  name: 'Response', namespace: samlp, attributes: ['ID', 'InResponseTo?', 'Version', 'IssueInstant', 'Destination?', 'Consent?'],
  children: [[saml, 'Issuer', '?'], [ds, 'Signature', '?'], [samlp, 'Extensions', '?'], [samlp, 'Status', '1'], [saml, 'Assertion', '*'], [saml, 'EncryptedAssertion', '*']],
};

/** Errors: `saml.schema`. */
export const readResponse = (root: XmlElement): Response => {
  const parts = partsOf(root, responseShape);
  const inResponseTo = parts.attribute('InResponseTo');
  const issuer = parts.only('Issuer');
  return {
    element: root,
    id: xmlId(parts.required('ID')),
    version: parts.required('Version'),
    issueInstant: instant(parts.required('IssueInstant'), 'IssueInstant'),
    destination: address(parts.attribute('Destination'), 'Destination'),
    inResponseTo: inResponseTo === undefined ? null : xmlId(inResponseTo, 'InResponseTo'),
    issuer: issuer === undefined ? null : issuerName(issuer),
    status: readStatus(parts.only('Status') ?? fail('saml.schema', 'Response: Status is missing')),
    plainAssertions: parts.all('Assertion'),
    encryptedAssertions: parts.all('EncryptedAssertion'),
  };
};
