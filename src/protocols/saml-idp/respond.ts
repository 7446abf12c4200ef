/** Step 6 in SAML: what was released becomes an assertion for one service; what failed becomes a status, never an assertion. */
import type { AttributeId, AttributeValue } from '../../attributes/model.ts';
import { errorCatalogue, type ErrorCode } from '../../core/error-catalogue.ts';
import { fail, type BrygganError } from '../../core/errors.ts';
import type { PostForm } from '../../core/http-types.ts';
import type { ServiceId } from '../../core/ids.ts';
import { newXmlId, type Clock, type Random } from '../../core/ports.ts';
import { hmac } from '../../core/secrets.ts';
import type { FaceAnswer, ProtocolFace } from '../../login/ports.ts';
import type { AnswerSlip, ReleasedTransaction } from '../../login/transaction.ts';
import { isSamlParty, type SamlParty, type ServiceParty } from '../../parties/model.ts';
import { writePost } from '../../saml/bindings/post.ts';
import { assertionNode, type AttributeContent } from '../../saml/messages/assertion.ts';
import type { NameIdContent } from '../../saml/messages/name-id.ts';
import { writeRefusal, writeSuccess, type Protection, type ResponseHead } from '../../saml/messages/response.ts';
import { bindings, nameIdFormats, statuses, topStatus } from '../../saml/names.ts';
import type { EncryptionTarget, Signer } from '../../saml/xml/index.ts';
import { entryState, readSlipState, type SlipState } from './face-state.ts';

export interface SamlFaceSettings {
  /** Our entityID: Issuer of everything. */
  readonly entityId: string;
  /** Key of assertions and responses; never the metadata key. */
  readonly signer: Signer;
  /** Where keys are rolled service by service; without it `signer` signs for all. */
  readonly signerFor?: (service: ServiceId) => Signer;
  readonly clock: Clock;
  readonly random: Random;
  /** Derives NameIDs. At least 256 bits; changing it changes every persistent id. */
  readonly subjectSecret: string;
  /** Text of one value in the service's dialect. */
  readonly serialise: (attribute: AttributeId, value: AttributeValue, service: SamlParty) => string;
  /** FriendlyName beside a wire name; informational, nobody matches on it. */
  readonly friendlyName?: (attribute: AttributeId) => string | null;
}
type SessionFacts = Parameters<ProtocolFace['respond']>[2];

/** How long an assertion may be presented; short, since the browser carries it at once. */
const ASSERTION_SECONDS = 300;

/**
 * Opaque, different for every service, and lower-case hexadecimal so that nothing hangs on case [K-FI IIP-IDP21].
 * Persistent: the same for ever. Transient: the same within one session of one service, so that logout finds it.
 */
const nameIdFor = (state: SlipState, transaction: ReleasedTransaction, service: SamlParty, sessionIndex: string, settings: SamlFaceSettings): NameIdContent => {
  const { entityId } = service.wire;
  const derive = (...parts: readonly string[]): string => `_${Buffer.from(hmac(settings.subjectSecret, ...parts), 'base64url').toString('hex')}`;
  return state.nameIdFormat === 'persistent'
    ? { value: derive('persistent', transaction.released.subjectKey, entityId), format: nameIdFormats.persistent, nameQualifier: settings.entityId, spNameQualifier: entityId } // [SAMLCore §8.3.7]
    : { value: derive('transient', sessionIndex, entityId), format: nameIdFormats.transient, nameQualifier: null, spNameQualifier: null };
};

/** To some services' XML libraries these are line ends: they would read other octets than were signed. No fact about a person needs them. */
const OTHER_LINE_ENDS = /[\u0085\u2028]/g;
/** Under the names that the service asked by, in its order; what was not released is not there. */
const attributesOf = (state: SlipState, transaction: ReleasedTransaction, service: SamlParty, settings: SamlFaceSettings): readonly AttributeContent[] =>
  state.wishes.flatMap(([attribute, name]) => {
    const values = transaction.released.attributes[attribute] ?? [];
    return values.length === 0 ? [] : [{ name, friendlyName: settings.friendlyName?.(attribute) ?? null, values: values.map((value) => settings.serialise(attribute, value, service).replace(OTHER_LINE_ENDS, ' ')) }];
  });

const encryptionFor = (service: SamlParty): EncryptionTarget | null => {
  if (service.encryption === 'never') return null;
  const [key] = service.wire.encryptionKeys;
  if (key === undefined) return service.encryption === 'if-key' ? null : fail('encrypt.failed', "encryption is required but the service's metadata has no key for it", { service: service.id });
  return key;
};

const signerOf = ({ id }: SamlParty, { signer, signerFor }: SamlFaceSettings): Signer => signerFor?.(id) ?? signer;
const protectionFor = (service: SamlParty, signer: Signer): Protection => {
  const encryptFor = encryptionFor(service);
  const assertion = service.sign.assertion || service.wire.wantAssertionsSigned; // [SAMLMeta §2.4.4]
  const response = service.sign.response || encryptFor !== null || !assertion;
  return { signAssertion: assertion ? signer : null, encryptFor, signResponse: response ? signer : null };
};

const headFor = (slip: AnswerSlip, state: SlipState, settings: SamlFaceSettings): ResponseHead => ({
  id: newXmlId(settings.random), issueInstant: settings.clock.now(), issuer: settings.entityId, destination: slip.returnAddress.url, inResponseTo: state.requestId,
});
const formFor = (slip: AnswerSlip, state: SlipState, xml: string): PostForm =>
  slip.returnAddress.binding === bindings.post ? writePost(slip.returnAddress.url, { kind: 'response', xml, relayState: state.relayState }) : fail('internal', 'a return address that is not for HTTP-POST');

const respond = async (transaction: ReleasedTransaction, service: SamlParty, session: SessionFacts, settings: SamlFaceSettings): Promise<FaceAnswer> => {
  const { slip, identity, assuranceUri } = transaction;
  const restriction = identity.upstream?.restriction;
  const state = readSlipState(slip.faceState);
  const head = headFor(slip, state, settings);
  const nameId = nameIdFor(state, transaction, service, session.index, settings);
  const assertionId = newXmlId(settings.random);
  const assertion = assertionNode({
    id: assertionId, issueInstant: head.issueInstant, issuer: settings.entityId,
    nameId, audience: service.wire.entityId, inResponseTo: state.requestId, recipient: slip.returnAddress.url,
    notBefore: head.issueInstant - service.federation.clockSkew * 1000,
    notOnOrAfter: head.issueInstant + ASSERTION_SECONDS * 1000,
    authnInstant: identity.authenticatedAt, sessionIndex: session.index, sessionNotOnOrAfter: session.expiresAt,
    authnContextClassRef: assuranceUri, authenticatingAuthorities: identity.upstream?.authorities ?? [], // [SAMLCore §3.4.1.5.1] in their order, all of them
    ...(restriction?.count == null ? {} : { proxyCount: restriction.count - 1 }), // [SAMLCore §2.5.1.6]
    attributes: attributesOf(state, transaction, service, settings), typedValues: service.federation.attributeDialect === 'sweden-connect', // [SC-ATT §3.1]
  });
  const signer = signerOf(service, settings);
  const protection = protectionFor(service, signer);
  const xml = await writeSuccess(head, assertion, protection);
  return {
    answer: formFor(slip, state, xml),
    entry: {
      key: `saml:${service.id}`, service: service.id, party: service.party, protocol: 'saml', answeredAt: head.issueInstant,
      faceState: entryState({ nameId: nameId.value, nameIdFormat: nameId.format, nameQualifier: nameId.nameQualifier, spNameQualifier: nameId.spNameQualifier, sessionIndex: session.index }),
    },
    auditFacts: {
      responseId: head.id, assertionId, inResponseTo: state.requestId, nameIdFormat: state.nameIdFormat, algorithm: signer.algorithm,
      signedResponse: protection.signResponse !== null, signedAssertion: protection.signAssertion !== null, encrypted: protection.encryptFor !== null,
    },
  };
};

/** Sweden Connect's own codes mean nothing to services elsewhere [SC-DP §6.4]. */
const swedenConnectStatus: Readonly<Partial<Record<ErrorCode, string>>> = { 'upstream.fraud': statuses.swedenConnectFraud, 'upstream.possible-fraud': statuses.swedenConnectPossibleFraud };
const secondStatus = (code: ErrorCode, { federation }: SamlParty): string | null => {
  if (code === 'login.cancelled' || code === 'upstream.cancelled') return federation.cancelStatus ?? errorCatalogue[code].saml?.[1] ?? null;
  return (federation.attributeDialect === 'sweden-connect' ? swedenConnectStatus[code] : undefined) ?? errorCatalogue[code].saml?.[1] ?? null;
};
/** The catalogue's status pair; a federation may spell "the person cancelled" its own way [SC-DP §6.4]. */
const refuse = async (slip: AnswerSlip, error: BrygganError, service: SamlParty, settings: SamlFaceSettings): Promise<PostForm | null> => {
  const { saml } = errorCatalogue[error.code];
  if (saml === null) return null;
  const state = readSlipState(slip.faceState);
  // The code is all that the peer is told in words: it is stable, and holds nothing about the person.
  const status = { top: topStatus(saml[0]), second: secondStatus(error.code, service), message: error.code };
  return formFor(slip, state, await writeRefusal(headFor(slip, state, settings), status, service.sign.response ? signerOf(service, settings) : null));
};

const ours = (service: ServiceParty): SamlParty => (isSamlParty(service) ? service : fail('internal', 'a service of another protocol', { service: service.id }));

/** The SAML face of the login: step 6 for requests that `acceptAuthnRequest` took in. */
export const createSamlFace = (settings: SamlFaceSettings): ProtocolFace => ({
  protocol: 'saml',
  respond: (transaction, service, session) => respond(transaction, ours(service), session, settings),
  refuse: (slip, error, service) => refuse(slip, error, ours(service), settings),
});
