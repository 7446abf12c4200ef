/** A Response around one assertion, or around none when it refuses [SAMLCore §3.3.3]. Signed and encrypted as told, without parsing anything back. */
import { formatUtcDateTime } from '../../core/dates.ts';
import type { Instant } from '../../core/ports.ts';
import { statuses } from '../names.ts';
import { element, encryptAssertion, signNode, writeSigned, writeXml, type EncryptionTarget, type Signer, type XmlNode } from '../xml/index.ts';
import { statusNode, type Status } from './status.ts';

export interface ResponseHead {
  readonly id: string;
  readonly issueInstant: Instant;
  readonly issuer: string;
  readonly destination: string;
  readonly inResponseTo: string;
}
/** Null = not. An encrypted assertion needs a signed response: CBC is safe only inside a verified message [SC-DP §8]. */
export interface Protection { readonly signAssertion: Signer | null; readonly encryptFor: EncryptionTarget | null; readonly signResponse: Signer | null }

const responseNode = (head: ResponseHead, status: Status, content: readonly XmlNode[]): XmlNode =>
  element('samlp:Response', { ID: head.id, Version: '2.0', IssueInstant: formatUtcDateTime(head.issueInstant), Destination: head.destination, InResponseTo: head.inResponseTo }, [
    element('saml:Issuer', {}, [head.issuer]),
    statusNode(status),
    ...content,
  ]);

/** Success with exactly one assertion. Order: sign the assertion, encrypt it, sign the response around it. */
export const writeSuccess = async (head: ResponseHead, assertion: XmlNode, { signAssertion, encryptFor, signResponse }: Protection): Promise<string> => {
  const signed = signAssertion === null ? assertion : await signNode(assertion, signAssertion);
  const content = encryptFor === null ? signed : encryptAssertion(signed, encryptFor);
  const response = responseNode(head, { top: statuses.success, second: null, message: null }, [content]);
  return signResponse === null ? writeXml(response) : writeSigned(response, signResponse);
};

/** A refusal. There is no way to put an assertion into it (threats D16). */
export const writeRefusal = async (head: ResponseHead, status: Status, signer: Signer | null): Promise<string> => {
  const response = responseNode(head, status, []);
  return signer === null ? writeXml(response) : writeSigned(response, signer);
};
