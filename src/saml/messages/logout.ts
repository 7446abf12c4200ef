/** LogoutRequest and LogoutResponse, read and written [SAMLCore §3.7]. */
import { formatUtcDateTime } from '../../core/dates.ts';
import { fail } from '../../core/errors.ts';
import type { EntityId } from '../../core/ids.ts';
import type { Instant } from '../../core/ports.ts';
import { namespaces } from '../names.ts';
import { element, type XmlElement, type XmlNode } from '../xml/index.ts';
import { claimedIssuer } from './authn-request.ts';
import { nameIdNode, readNameId, type NameIdContent } from './name-id.ts';
import { address, bareText, instant, partsOf, xmlId, type Shape } from './shape.ts';
import { readStatus, statusNode, type Status } from './status.ts';

export interface LogoutRequest {
  readonly id: string;
  readonly version: string;
  readonly issueInstant: Instant;
  readonly destination: string | null;
  readonly issuer: EntityId;
  readonly notOnOrAfter: Instant | null;
  readonly reason: string | null;
  readonly nameId: NameIdContent;
  readonly sessionIndexes: readonly string[];
  /** The sender wants no answer [SAML-ASLO]. */
  readonly asynchronous: boolean;
}
export interface LogoutResponse {
  readonly id: string;
  readonly version: string;
  readonly issueInstant: Instant;
  readonly destination: string | null;
  readonly issuer: EntityId;
  readonly inResponseTo: string | null;
  readonly status: Status;
}

const { saml, samlp, ds } = namespaces;
const ASYNCHRONOUS = 'urn:oasis:names:tc:SAML:2.0:protocol:ext:async-slo';
/** EncryptedID and BaseID are not in the shape: no profile here uses them [K-S2 SDP-IDP21-31]. */
const requestShape: Shape = {
  name: 'LogoutRequest', namespace: samlp,
  attributes: ['ID', 'Version', 'IssueInstant', 'Destination?', 'Consent?', 'Reason?', 'NotOnOrAfter?'],
  children: [[saml, 'Issuer', '1'], [ds, 'Signature', '?'], [samlp, 'Extensions', '?'], [saml, 'NameID', '1'], [samlp, 'SessionIndex', '*']],
};
const responseShape: Shape = {
  name: 'LogoutResponse', namespace: samlp,
  attributes: ['ID', 'Version', 'IssueInstant', 'InResponseTo?', 'Destination?', 'Consent?'],
  children: [[saml, 'Issuer', '1'], [ds, 'Signature', '?'], [samlp, 'Extensions', '?'], [samlp, 'Status', '1']],
};

/** Reads a LogoutRequest; whose it is and whether it is signed is for the caller. Errors: `saml.schema`. */
export const readLogoutRequest = (root: XmlElement): LogoutRequest => {
  const parts = partsOf(root, requestShape);
  const end = parts.attribute('NotOnOrAfter');
  const nameId = parts.only('NameID') ?? fail('saml.schema', 'LogoutRequest: NameID is missing');
  return {
    id: xmlId(parts.required('ID')),
    version: parts.required('Version'),
    issueInstant: instant(parts.required('IssueInstant'), 'IssueInstant'),
    destination: address(parts.attribute('Destination'), 'Destination'),
    issuer: claimedIssuer(root),
    notOnOrAfter: end === undefined ? null : instant(end, 'NotOnOrAfter'),
    reason: parts.attribute('Reason') ?? null,
    nameId: readNameId(nameId),
    sessionIndexes: parts.all('SessionIndex').map((index) => bareText(index, 'SessionIndex')),
    asynchronous: (parts.only('Extensions')?.children ?? []).some((child) => typeof child !== 'string' && child.namespace === ASYNCHRONOUS && child.localName === 'Asynchronous'),
  };
};
/** Reads a LogoutResponse. Errors: `saml.schema`. */
export const readLogoutResponse = (root: XmlElement): LogoutResponse => {
  const parts = partsOf(root, responseShape);
  const inResponseTo = parts.attribute('InResponseTo');
  const status = parts.only('Status') ?? fail('saml.schema', 'LogoutResponse: Status is missing');
  return {
    id: xmlId(parts.required('ID')),
    version: parts.required('Version'),
    issueInstant: instant(parts.required('IssueInstant'), 'IssueInstant'),
    destination: address(parts.attribute('Destination'), 'Destination'),
    issuer: claimedIssuer(root),
    inResponseTo: inResponseTo === undefined ? null : xmlId(inResponseTo, 'InResponseTo'),
    status: readStatus(status),
  };
};

type Outgoing = { readonly id: string; readonly issueInstant: Instant; readonly issuer: string; readonly destination: string };
/** NameID and session indexes exactly as they were issued [SAMLCore §3.7.1]. */
export const logoutRequestNode = (request: Outgoing & { readonly nameId: NameIdContent; readonly sessionIndexes: readonly string[]; readonly notOnOrAfter: Instant; readonly reason: string | null }): XmlNode =>
  element('samlp:LogoutRequest', { ID: request.id, Version: '2.0', IssueInstant: formatUtcDateTime(request.issueInstant), Destination: request.destination, NotOnOrAfter: formatUtcDateTime(request.notOnOrAfter), Reason: request.reason ?? undefined }, [
    element('saml:Issuer', {}, [request.issuer]),
    nameIdNode(request.nameId),
    ...request.sessionIndexes.map((index) => element('samlp:SessionIndex', {}, [index])),
  ]);
export const logoutResponseNode = (response: Omit<Outgoing, 'destination'> & { readonly destination: string | null } & { readonly inResponseTo: string; readonly status: Status }): XmlNode =>
  element('samlp:LogoutResponse', { ID: response.id, Version: '2.0', IssueInstant: formatUtcDateTime(response.issueInstant), Destination: response.destination ?? undefined, InResponseTo: response.inResponseTo }, [
    element('saml:Issuer', {}, [response.issuer]),
    statusNode(response.status),
  ]);
