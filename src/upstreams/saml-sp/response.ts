/** The answer of an IdP: from bytes to somebody who is verified, or one coded refusal. */
import type { ErrorCode } from '../../core/error-catalogue.ts';
import { BrygganError, fail, isBrygganError } from '../../core/errors.ts';
import type { VerifiedIdentity } from '../../login/transaction.ts';
import type { SamlProvider } from '../../parties/model.ts';
import { readAssertion, type Assertion, type AuthnStatement } from '../../saml/messages/read-assertion.ts';
import { readResponse, type Response } from '../../saml/messages/read-response.ts';
import type { Status } from '../../saml/messages/status.ts';
import { statuses } from '../../saml/names.ts';
import { decryptAssertion, isSigned, readXml, verifyEnveloped, type SignedElement, type XmlElement } from '../../saml/xml/index.ts';
import { checkAssertion, checkIssueInstant, MESSAGE_MILLISECONDS, type Case } from './assertion-checks.ts';
import { logoutMemory } from './logout.ts';
import type { RequestMemory, SamlUpstreamSettings } from './model.ts';

/** What is wrong with the document as such is the IdP's fault, not the asking service's: the original code goes into the facts. */
const asUpstream = <T>(code: ErrorCode, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (!isBrygganError(error) || error.code.startsWith('upstream.')) throw error;
    const own: ErrorCode = error.code.startsWith('signature.') ? 'upstream.signature' : error.code.startsWith('decrypt.') ? 'upstream.encryption' : code;
    throw new BrygganError(own, error.detail, { ...error.facts, reason: error.code }, error);
  }
};

/** Second-level codes that the service knows are said to it again (facts: federation §5.1 P13). */
const told: ReadonlyMap<string, ErrorCode> = new Map([
  [statuses.noPassive, 'upstream.no-passive'], [statuses.noAuthnContext, 'upstream.no-authn-context'], [statuses.unknownPrincipal, 'upstream.unknown-principal'],
  [statuses.requestDenied, 'upstream.request-denied'], [statuses.proxyCountExceeded, 'upstream.proxy-count'], [statuses.noAvailableIdp, 'upstream.no-available-provider'],
  [statuses.noSupportedIdp, 'upstream.no-supported-provider'], [statuses.swedenConnectCancel, 'upstream.cancelled'], [statuses.swedenConnectFraud, 'upstream.fraud'], [statuses.swedenConnectPossibleFraud, 'upstream.possible-fraud'],
]);
const checkStatus = ({ top, second }: Status, carries: number): void => {
  if (top === statuses.success && second === null) return; // [SAMLCore §3.2.2.2] nothing else is a success
  if (carries > 0) fail('upstream.status', 'an assertion beside a status that is not success'); // threats D16
  fail((second === null ? undefined : told.get(second)) ?? 'upstream.failed', 'the IdP refused', { top: top.slice(0, 120), second: (second ?? '').slice(0, 120) });
};

const checkResponse = (response: Response, signed: boolean, test: Case): void => {
  const { memory, settings } = test;
  const count = response.plainAssertions.length + response.encryptedAssertions.length;
  if (response.version !== '2.0') fail('upstream.version', 'Version of the response is not 2.0'); // [SAMLCore §3.2.2]
  if (response.issuer === null && (signed || response.encryptedAssertions.length > 0)) fail('upstream.issuer', 'Issuer of the response is missing'); // [SAMLProf §4.1.4.2]
  if (response.issuer !== null && response.issuer !== memory.entityId) fail('upstream.issuer', 'the response is by another IdP than was asked', { said: response.issuer.slice(0, 200) }); // [SAMLProf §4.1.4.2; threats D03]
  if (response.destination !== settings.acsUrl) fail('upstream.destination', 'Destination is missing or not our address'); // [SAMLBind §3.5.5.2; threats D04]
  if (response.inResponseTo !== memory.requestId) fail('upstream.in-response-to', 'InResponseTo of the response is missing or of another request'); // [SAMLCore §3.2.2; threats D02]
  checkIssueInstant(response.issueInstant, test);
  checkStatus(response.status, count);
  if (count !== 1) fail('upstream.assertion-count', 'not exactly one assertion', { count }); // [K-S2 SDP-IDP10; threats B]
};

/** The assertion that may be read: under its own signature or the response's, and every signature that is there must be right. */
const verifiedAssertion = (response: Response, covered: SignedElement | null, keys: readonly SamlProvider['wire']['signingKeys'][number]['key'][], { settings, now }: Case): Assertion => {
  const [plain] = response.plainAssertions;
  const [sealed] = response.encryptedAssertions;
  const element = plain ?? decryptAssertion(sealed ?? fail('upstream.assertion-count', 'no assertion'), settings.decryptionKeys, { coveredBy: covered, random: settings.random });
  // What came out of an envelope is a document of its own [SAMLCore §2.3.4]; a plain one is a child of the response.
  const document = plain === undefined ? element : (covered?.element ?? parentOf(response, plain));
  const own = isSigned(element);
  if (!own && covered === null) fail('upstream.signature', 'neither the response nor the assertion is signed'); // [SAMLProf §4.1.4.5; also for encrypted ones, threats §0.2]
  return readAssertion(own ? verifyEnveloped(element, keys, { document, now }).element : element);
};
/** The root is what the parts were read from; its children hold the assertion itself. */
const parentOf = ({ element }: Response, assertion: XmlElement): XmlElement => (element.children.includes(assertion) ? element : fail('upstream.signature', 'the assertion is not a child of the response'));

const personIn = (assertion: Assertion, { wire }: SamlProvider): string => {
  const { name } = wire.personAttribute;
  if (name === null) return assertion.nameId?.value ?? fail('upstream.person', 'the assertion has no NameID');
  const values = assertion.attributes.filter((attribute) => attribute.name === name).flatMap((attribute) => attribute.values);
  const [value, more] = values;
  return value === undefined || value === '' || more !== undefined ? fail('upstream.person', 'not exactly one value names the person', { attribute: name, count: values.length }) : value;
};
/** By catalogue id; matched by Name alone, never by FriendlyName [K-FI IIP-SP11]. */
const broughtAttributes = (assertion: Assertion, { wire }: SamlProvider, settings: SamlUpstreamSettings): Readonly<Record<string, readonly string[]>> => {
  const brought = new Map<string, string[]>();
  for (const { name, values } of assertion.attributes) {
    const id = wire.attributeNames.get(name) ?? settings.attributeByWireName(name);
    const filled = values.filter((value) => value !== '');
    if (id !== undefined && filled.length > 0) brought.set(id, [...(brought.get(id) ?? []), ...filled]);
  }
  return Object.fromEntries(brought);
};

const identityOf = (assertion: Assertion, statement: AuthnStatement, provider: SamlProvider, method: string, test: Case): VerifiedIdentity => {
  const { settings, memory, now } = test;
  const claims = { person: { kind: provider.wire.personAttribute.kind, value: personIn(assertion, provider) }, context: statement.classRef, attributes: broughtAttributes(assertion, provider, settings) };
  const { person, level, attributes } = settings.speakFor(claims, provider, settings.registry.current());
  const { nameId, conditions } = assertion;
  return {
    method, person, level, authenticatedAt: Math.min(statement.authnInstant, now),
    credential: { givenName: null, surname: null, displayName: '', organisationName: null, issuerName: '', subjectName: '', policies: [], certificate: null },
    revocationHandle: null,
    upstream: {
      // The IdP's own list first, the IdP itself last [SAMLCore §3.4.1.5.1; facts: federation §5.1 P7].
      provider: provider.id, authorities: [...statement.authenticatingAuthorities, memory.entityId], directory: provider.trust.directory, attributes,
      session: nameId === null ? null : logoutMemory(nameId, statement.sessionIndex), endsAt: statement.sessionNotOnOrAfter, restriction: conditions?.proxyRestriction ?? null, once: conditions?.oneTimeUse === true,
    },
  } as unknown as VerifiedIdentity;
};

/** Once over all nodes, for as long as it could be presented (threats D05). */
const claimOnce = async (response: Response, assertion: Assertion, { memory, settings, skew }: Case): Promise<void> => {
  const seconds = Math.ceil((2 * MESSAGE_MILLISECONDS + 2 * skew) / 1000);
  const ids = [['assertion', assertion.id], ['response', response.id]] as const;
  const earlier = await Promise.all(ids.map(([kind, id]) => settings.replay.claim(`upstream-${kind}:${memory.entityId}`, id, 'used', seconds)));
  if (earlier.some((note) => note !== undefined)) fail('upstream.replayed', 'this answer was used before'); // [SAMLProf §4.1.4.5]
};

/** `xml` as it came in the form. Errors: `upstream.*`. */
export const authenticateResponse = async (xml: Uint8Array, memory: RequestMemory, provider: SamlProvider, method: string, settings: SamlUpstreamSettings): Promise<VerifiedIdentity> => {
  const test: Case = { memory, settings, now: settings.clock.now(), skew: settings.clockSkew * 1000 };
  if (provider.wire.entityId !== memory.entityId) return fail('upstream.issuer', 'the IdP changed its entityID during the login', { provider: provider.id });
  if (provider.wire.validUntil !== null && provider.wire.validUntil <= test.now) return fail('upstream.unavailable', "validUntil of the IdP's metadata has passed", { provider: provider.id }); // [SAMLMeta §2.3.2; threats F02]
  const keys = provider.wire.signingKeys.map(({ key }) => key);
  const { response, assertion } = asUpstream('upstream.unreadable', () => {
    const root = readXml(xml, 'message');
    const covered = isSigned(root) ? verifyEnveloped(root, keys, { document: root, now: test.now }) : null;
    const read = readResponse(covered?.element ?? root);
    checkResponse(read, covered !== null, test);
    return { response: read, assertion: verifiedAssertion(read, covered, keys, test) };
  });
  const statement = checkAssertion(assertion, test);
  const identity = identityOf(assertion, statement, provider, method, test);
  await claimOnce(response, assertion, test);
  return identity;
};
