/**
 * LogoutRequests and LogoutResponses that come to us [SAMLProf §4.4.3.2, §4.4.4.2]. Every one must be signed, whatever carries it
 * (threats E08); errors are thrown while nothing of the message is believed.
 */
import { fail } from '../../core/errors.ts';
import type { LogoutWish } from '../../login/logout-record.ts';
import type { SamlParty } from '../../parties/model.ts';
import type { BoundMessage } from '../../saml/bindings/message.ts';
import { readPost } from '../../saml/bindings/post.ts';
import { readRedirect } from '../../saml/bindings/redirect.ts';
import { soapBody } from '../../saml/bindings/soap.ts';
import { checkLogout, isCompleteLogout, type LogoutAim } from '../../saml/messages/logout-checks.ts';
import { readLogoutRequest, readLogoutResponse, type LogoutRequest } from '../../saml/messages/logout.ts';
import { isSigned, readXml, verifyEnveloped, type XmlElement } from '../../saml/xml/index.ts';
import { checkEnabled, serviceBehind, verifiedTree, type AcceptContext, type IncomingMessage } from './accept.ts';
import { askerState } from './face-state.ts';

/** Addresses that a Destination may name: ours for logout. */
export type LogoutContext = Pick<AcceptContext, 'registry' | 'now'> & { readonly sloUrls: readonly string[] };
export type AcceptedLogout =
  | { readonly kind: 'request'; readonly wish: LogoutWish }
  /** `mark`: the step that our request belonged to; `service` has signed. */
  | { readonly kind: 'answer'; readonly mark: string; readonly service: string; readonly succeeded: boolean };

const wishOf = (request: LogoutRequest, service: SamlParty, relayState: string | null, answered: boolean): LogoutWish => ({
  asker: { protocol: 'saml', service: service.id, faceState: askerState({ requestId: request.id, relayState, answered }) },
  sessionIndexes: request.sessionIndexes, subject: { ...request.nameId }, ownSessionOnly: false,
});
const readRequest = (root: XmlElement, service: SamlParty, context: LogoutContext): LogoutRequest => {
  checkEnabled(service, context);
  const request = readLogoutRequest(root);
  checkLogout(request, aimOf(service, context));
  return request;
};
const aimOf = (service: SamlParty, { sloUrls, now }: LogoutContext): LogoutAim => ({ urls: sloUrls, now, skewSeconds: service.federation.clockSkew });

/** By Redirect or POST. Errors: `binding.*`, `xml.*`, `signature.*`, `saml.*`, `service.disabled`, `party.disabled`. */
export const acceptLogout = (message: IncomingMessage, context: LogoutContext): AcceptedLogout => {
  const bound: BoundMessage = message.binding === 'redirect' ? readRedirect(message.rawQuery) : readPost(message);
  const document = readXml(bound.xml, 'message');
  const service = serviceBehind(document, context.registry);
  const root = verifiedTree(bound, document, service, { now: context.now, mustBeSigned: true });
  if (bound.kind === 'request') {
    const request = readRequest(root, service, context);
    return { kind: 'request', wish: wishOf(request, service, bound.relayState, !request.asynchronous) };
  }
  const response = readLogoutResponse(root);
  checkLogout(response, aimOf(service, context));
  const mark = response.inResponseTo?.slice(1) ?? fail('saml.schema', 'LogoutResponse: InResponseTo is missing'); // [SAMLProf §4.4.4.2]
  return { kind: 'answer', mark, service: service.id, succeeded: isCompleteLogout(response.status) };
};

/** By SOAP: only requests come this way, and the answer goes back in the same exchange. */
export const acceptSoapLogout = (body: Uint8Array, context: LogoutContext): LogoutWish => {
  const root = soapBody(readXml(body, 'message'));
  const service = serviceBehind(root, context.registry);
  if (!isSigned(root)) fail('saml.unsigned', 'the request must be signed', { entityId: service.wire.entityId });
  const signed = verifyEnveloped(root, service.wire.signingKeys.map(({ key }) => key), { document: root, now: context.now }).element;
  return wishOf(readRequest(signed, service, context), service, null, true);
};
