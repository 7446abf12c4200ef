/** May this assertion be used here, now, for the request that was sent? One line per rule, with its clause; nothing is believed by default. */
import { fail, type ErrorFacts } from '../../core/errors.ts';
import type { Instant } from '../../core/ports.ts';
import type { NameIdContent } from '../../saml/messages/name-id.ts';
import type { Assertion, AuthnStatement, Conditions, Confirmation } from '../../saml/messages/read-assertion.ts';
import { confirmationMethods } from '../../saml/names.ts';
import type { RequestMemory, SamlUpstreamSettings } from './model.ts';

export interface Case { readonly memory: RequestMemory; readonly settings: SamlUpstreamSettings; readonly now: Instant; /** Milliseconds. */ readonly skew: number }

/** From its making to its arrival; pages that post by themselves take seconds, people without script a minute. */
export const MESSAGE_MILLISECONDS = 300_000;
/** Some products let an assertion be presented for an hour; that it was made just now is checked apart from it (threats D06). */
const LONGEST_MILLISECONDS = 3_600_000;

export const checkIssueInstant = (issueInstant: Instant, { now, skew }: Case): void => {
  const age = now - issueInstant;
  if (age > MESSAGE_MILLISECONDS + skew || age < -skew) fail('upstream.issue-instant', 'IssueInstant is too old or in the future', { ageSeconds: Math.round(age / 1000) }); // [SAMLCore §3.2.2, §2.3.3]
};

const checkConfirmation = ({ method, inResponseTo, recipient, notBefore, notOnOrAfter }: Confirmation, { memory, settings, now, skew }: Case): void => {
  if (method !== confirmationMethods.bearer) fail('upstream.subject-confirmation', 'the confirmation is not for a bearer', { method }); // [SAMLProf §4.1.4.2]
  if (recipient !== settings.acsUrl) fail('upstream.recipient', 'Recipient is missing or not our address', facts(recipient)); // [SAMLProf §4.1.4.3]
  if (inResponseTo !== memory.requestId) fail('upstream.in-response-to', 'InResponseTo of the confirmation is missing or of another request'); // [SAMLProf §4.1.4.3; threats D02]
  if (notBefore !== null) fail('upstream.confirmation-window', 'a bearer’s confirmation has no NotBefore'); // [SAMLProf §4.1.4.2]
  if (notOnOrAfter === null) return fail('upstream.confirmation-window', 'NotOnOrAfter of the confirmation is missing'); // [SAMLProf §4.1.4.2]
  if (notOnOrAfter + skew <= now) fail('upstream.confirmation-window', 'NotOnOrAfter of the confirmation has passed'); // [SAMLProf §4.1.4.3]
  if (notOnOrAfter > now + LONGEST_MILLISECONDS + skew) fail('upstream.confirmation-window', 'the assertion may be presented for longer than an hour'); // threats D06
};
const facts = (recipient: string | null): ErrorFacts => (recipient === null ? {} : { said: recipient.slice(0, 200) });

const checkConditions = (conditions: Conditions | null, { settings, now, skew }: Case): void => {
  if (conditions === null) return fail('upstream.condition', 'Conditions are missing'); // [SAMLProf §4.1.4.2]
  const { notBefore, notOnOrAfter, audienceRestrictions, proxyRestriction, unknown } = conditions;
  if (unknown) fail('upstream.condition', 'a condition of a kind that is not known'); // [SAMLCore §2.5.1.3; threats D10]
  if (notBefore === null || notOnOrAfter === null) return fail('upstream.condition-window', 'NotBefore or NotOnOrAfter is missing'); // threats D06
  if (notBefore >= notOnOrAfter) fail('upstream.condition-window', 'NotBefore is not before NotOnOrAfter'); // [SAMLCore §2.5.1.2]
  if (notBefore - skew > now) fail('upstream.condition-window', 'the assertion is not valid yet'); // [SAMLCore §2.5.1.2]
  if (notOnOrAfter + skew <= now) fail('upstream.condition-window', 'the assertion is not valid any more'); // [SAMLCore §2.5.1.2]
  if (audienceRestrictions.length === 0) fail('upstream.audience', 'AudienceRestriction is missing'); // [SAMLProf §4.1.4.2]
  if (!audienceRestrictions.every((audiences) => audiences.includes(settings.entityId))) fail('upstream.audience', 'an AudienceRestriction does not name us'); // [SAMLCore §2.5.1.4; threats D04]
  if (proxyRestriction?.count === 0) fail('upstream.proxy-restriction', 'the IdP does not let us speak of this login'); // [SAMLCore §2.5.1.6]
};

const checkStatement = ({ authnInstant, sessionNotOnOrAfter, classRef }: AuthnStatement, { memory, now, skew }: Case): void => {
  if (authnInstant > now + skew) fail('upstream.authn-instant', 'AuthnInstant is in the future'); // [SAMLCore §2.7.2]
  if (memory.forced && authnInstant < memory.sentAt - skew) fail('upstream.authn-instant', 'a fresh login was asked for and an old one came'); // [SAMLCore §3.4.1 ForceAuthn; threats D08]
  if (sessionNotOnOrAfter !== null && sessionNotOnOrAfter + skew <= now) fail('upstream.session-over', 'SessionNotOnOrAfter has passed'); // [SAMLCore §2.7.2]
  if (memory.contexts.length > 0 && (classRef === null || !memory.contexts.includes(classRef))) fail('upstream.authn-context', 'the login is at none of the levels that were asked for', classRef === null ? {} : { said: classRef.slice(0, 200) }); // [SAMLCore §3.3.2.2.1; threats D07]
};

const checkName = (nameId: NameIdContent | null, { memory, settings }: Case): void => {
  if (nameId === null) return;
  if (memory.nameIdFormat !== null && nameId.format !== memory.nameIdFormat) fail('upstream.name-id', 'the NameID is of another format than was asked for', { format: nameId.format.slice(0, 120) }); // [SAMLCore §3.4.1.1; threats D12]
  if (nameId.spNameQualifier !== null && nameId.spNameQualifier !== settings.entityId) fail('upstream.name-id', 'SPNameQualifier of somebody else'); // [SAMLCore §8.3.7]
};

/** The one statement about the login. Errors: `upstream.*`, one code per rule. */
export const checkAssertion = (assertion: Assertion, test: Case): AuthnStatement => {
  const { version, issuer, issueInstant, confirmations, authnStatements } = assertion;
  if (version !== '2.0') fail('upstream.version', 'Version of the assertion is not 2.0'); // [SAMLCore §2.3.3]
  if (issuer !== test.memory.entityId) fail('upstream.issuer', 'the assertion is by another IdP than was asked', { said: issuer.slice(0, 200) }); // [SAMLProf §4.1.4.2; threats D03]
  checkIssueInstant(issueInstant, test);
  const [confirmation, another] = confirmations;
  if (confirmation === undefined || another !== undefined) return fail('upstream.subject-confirmation', 'not exactly one SubjectConfirmation', { count: confirmations.length }); // [SAMLProf §4.1.4.2; threats D09]
  checkConfirmation(confirmation, test);
  checkConditions(assertion.conditions, test);
  checkName(assertion.nameId, test);
  const [statement, more] = authnStatements;
  if (statement === undefined || more !== undefined) return fail('upstream.statement', 'not exactly one AuthnStatement', { count: authnStatements.length }); // [SAMLProf §4.1.4.2; K-S2 SDP-IDP10]
  checkStatement(statement, test);
  return statement;
};
