/**
 * protocols/saml-idp: what services see of Bryggan in SAML 2.0. Owns step 1 (accept.ts) and step 6 (respond.ts) for SAML,
 * and our metadata. Does not own: the login between them (login/), attribute rules (attributes/), HTTP (plugin.ts only).
 *
 * Order of belief: bytes → sender's key → signature → everything else. Until the return address is known every fault is
 * thrown and becomes a page; from then on a refusal is answered to the service (threats E01, E10).
 */
import type { AttributeId, RequestedAttribute } from '../../attributes/model.ts';
import { errorCatalogue } from '../../core/error-catalogue.ts';
import { fail, isBrygganError } from '../../core/errors.ts';
import type { Instant } from '../../core/ports.ts';
import type { Arrival } from '../../login/ports.ts';
import type { AcceptedRequest, AnswerSlip } from '../../login/transaction.ts';
import { isSamlParty, type Registry, type SamlParty, type ServiceParty } from '../../parties/model.ts';
import type { BoundMessage } from '../../saml/bindings/message.ts';
import { readPost } from '../../saml/bindings/post.ts';
import { readRedirect } from '../../saml/bindings/redirect.ts';
import { verifiedMessage } from '../../saml/bindings/verify.ts';
import { claimedIssuer, readAuthnRequest, type AuthnRequest } from '../../saml/messages/authn-request.ts';
import { readXml, type XmlElement } from '../../saml/xml/index.ts';
import { slipState } from './face-state.ts';
import { returnAddressFor } from './return-address.ts';
import { assuranceFor, checkProtocol, checkSignMessage, checkSubject, nameIdFormatFor, preselectionFor, proxyingFor, requestedAttributesFor } from './wishes.ts';

export type IncomingMessage =
  | { readonly binding: 'redirect'; readonly rawQuery: string }
  | { readonly binding: 'post'; readonly fields: Readonly<Record<string, unknown>>; readonly rawQuery?: string };

export interface AcceptContext {
  readonly registry: Registry;
  readonly now: Instant;
  /** Our own addresses for AuthnRequests, as published: a Destination must be one of them. */
  readonly ssoUrls: readonly string[];
  /** Provider ids that an IDPList may name: our entityID, and those of the IdPs that we may ask. */
  readonly providerIds: readonly string[];
  /** Our own among them; default: the first. */
  readonly ownProviderId?: string;
  /** WantAuthnRequestsSigned of our metadata: then nobody may come unsigned. */
  readonly wantSigned: boolean;
  readonly attributeByWireName: (name: string) => AttributeId | undefined;
  /** Attributes that a service's entity categories ask for without a RequestedAttribute [SC-DP §6.2.1]. */
  readonly impliedAttributes?: (service: ServiceParty) => readonly RequestedAttribute[];
  /** Told of every signed request, before its time is judged: when the service says that it wrote it. */
  readonly clockSeen?: (service: ServiceParty['id'], issued: Instant, now: Instant) => void;
}

/** How old a request may be. The replay guard must remember longer than this plus two skews (threats E03). */
export const REQUEST_LIFETIME_SECONDS = 300;

const readBinding = (message: IncomingMessage): BoundMessage => {
  const bound = message.binding === 'redirect' ? readRedirect(message.rawQuery) : readPost(message);
  return bound.kind === 'request' ? bound : fail('binding.parameter', 'a SAMLResponse where requests belong');
};

export const serviceBehind = (root: XmlElement, registry: Registry): SamlParty => {
  const issuer = claimedIssuer(root);
  const service = registry.servicesByEntityId.get(issuer);
  return service !== undefined && isSamlParty(service) ? service : fail('saml.service-unknown', 'no service has this entityID', { entityId: issuer });
};

/** The tree that may be read. */
export const verifiedTree = (message: BoundMessage, root: XmlElement, { wire }: SamlParty, options: { readonly now: Instant; readonly mustBeSigned: boolean }): XmlElement =>
  verifiedMessage(message, root, { entityId: wire.entityId, keys: wire.signingKeys.map(({ key }) => key) }, options);

export const checkEnabled = (service: SamlParty, { registry, now }: Pick<AcceptContext, 'registry' | 'now'>): void => {
  if (!service.enabled) fail('service.disabled', 'the service is switched off', { service: service.id });
  if (registry.parties.get(service.party)?.enabled !== true) fail('party.disabled', "the service's party is switched off", { party: service.party });
  const { validUntil } = service.wire;
  if (validUntil !== null && validUntil <= now) fail('service.disabled', "validUntil of the service's metadata has passed", { service: service.id }); // [SAMLMeta §2.3.2]
};

/** Destination is demanded also where nothing is signed: the strictest of the profiles [SC-DP §5.4.1, SAMLBind §3.4.5.2]. */
const checkAim = (request: AuthnRequest, service: SamlParty, context: AcceptContext): void => {
  if (request.destination === null || !context.ssoUrls.includes(request.destination)) fail('saml.destination', 'Destination is missing or not one of our addresses', { entityId: request.issuer });
  const skew = service.federation.clockSkew * 1000;
  const age = context.now - request.issueInstant;
  if (age > REQUEST_LIFETIME_SECONDS * 1000 + skew || age < -skew) fail('saml.issue-instant', 'IssueInstant is too old or in the future', { entityId: request.issuer, ageSeconds: Math.round(age / 1000), skewSeconds: service.federation.clockSkew });
};

const acceptedRequest = (request: AuthnRequest, slip: Omit<AnswerSlip, 'faceState'>, relayState: string | null, service: SamlParty, context: AcceptContext): AcceptedRequest => {
  checkProtocol(request);
  checkSubject(request);
  checkSignMessage(request);
  const proxying = proxyingFor(request, context.providerIds, context.ownProviderId ?? context.providerIds[0] ?? '');
  const nameIdFormat = nameIdFormatFor(request, service);
  const assurance = assuranceFor(request, service);
  const asked = requestedAttributesFor(request, service.wire, context.attributeByWireName);
  const requestedAttributes = [...asked, ...(context.impliedAttributes?.(service) ?? []).filter(({ attribute }) => !asked.some((wish) => wish.attribute === attribute))];
  return {
    slip: { ...slip, faceState: slipState({ requestId: request.id, relayState, nameIdFormat, wishes: requestedAttributes.map(({ attribute, wireName }) => [attribute, wireName]) }) },
    assurance,
    // No single sign-on for what somebody signs [SC-DP §7].
    freshLoginRequired: request.forceAuthn || request.signMessage !== null,
    noInteraction: request.isPassive,
    requestedAttributes,
    preselection: preselectionFor(request.principalSelection, context.attributeByWireName),
    receivedAt: context.now,
    ...(proxying === null ? {} : { proxying }),
  };
};

/**
 * Step 1 for SAML. Throws `binding.*`, `xml.*`, `signature.*`, `saml.*`, `service.disabled`, `party.disabled` while no return
 * address is verified; afterwards what has a SAML status in the catalogue is an arrival with `ok: false`.
 */
export const acceptAuthnRequest = (message: IncomingMessage, context: AcceptContext): Arrival => {
  const bound = readBinding(message);
  const root = readXml(bound.xml, 'message');
  const service = serviceBehind(root, context.registry);
  const request = readAuthnRequest(verifiedTree(bound, root, service, { now: context.now, mustBeSigned: service.wire.authnRequestsSigned || context.wantSigned })); // [SAMLMeta §2.4.4]
  if (service.wire.authnRequestsSigned) context.clockSeen?.(service.id, request.issueInstant, context.now);
  checkEnabled(service, context);
  checkAim(request, service, context);
  const slip = { protocol: 'saml', service: service.id, party: service.party, returnAddress: returnAddressFor(request, service.wire) } as const;
  const requestKey = { issuer: service.wire.entityId, id: request.id };
  try {
    return { requestKey, outcome: { ok: true, request: acceptedRequest(request, slip, bound.relayState, service, context) } };
  } catch (error) {
    if (!isBrygganError(error) || errorCatalogue[error.code].saml === null) throw error;
    const faceState = slipState({ requestId: request.id, relayState: bound.relayState, nameIdFormat: service.federation.defaultNameId, wishes: [] });
    return { requestKey, outcome: { ok: false, slip: { ...slip, faceState }, error } };
  }
};
