/** The catalogue of events: what each line says, who reads it, and which facts it may carry. docs/audit.md is made from it. */
import type { AuditEventType, RecordedEvent } from './model.ts';

/** `person`: tells of the person beyond the case; another party's export leaves it out. */
export type FactKind = 'case' | 'person';
export interface EventRow {
  readonly says: string;
  readonly reader: string;
  /** Name → what it means; a leading `person:` marks what tells of the person. */
  readonly facts: { readonly [name: string]: string };
  /** Carries the facts of the error too: clauses, algorithms, limits, entityIDs; never an attribute value. */
  readonly errorFacts?: true;
}
const parties = "the person's party and the service's party";
const detail = { detail: 'what was wrong, in words for operations' };
const identity = {
  method: 'method of the login', level: 'assurance level reached', authenticatedAt: 'when the person proved who they are, ms since 1970',
  provider: 'IdP of a party that the person logged in at', issuer: 'person: authority that issued the certificate', certificateSerial: 'person: serial number of the certificate',
};

export const auditEvents: Readonly<Record<AuditEventType, EventRow>> = {
  'login.authenticated': { says: 'Somebody proved who they are, with a card, a phone or at their own IdP.', reader: parties, facts: identity },
  'login.succeeded': {
    says: 'A service was answered: this person, at this level, with these attributes.', reader: `${parties}; it is the line that a care giver joins its own access log on`,
    facts: {
      ...identity, assurance: 'level as it was said to the service', reused: 'true when an earlier session answered', released: 'each attribute, what became of it, and the rule; never a value',
      requesters: 'local IdP: applications behind it, as its request named them', staleSince: 'the directory was away: its facts are from this time', algorithm: 'signature algorithm', inResponseTo: 'SAML: id of the request', responseId: 'SAML: id of the response', assertionId: 'SAML: id of the assertion',
      nameIdFormat: 'SAML: format of the subject', signedResponse: 'SAML: true when the response is signed', signedAssertion: 'SAML: true when the assertion is signed', encrypted: 'SAML: true when the assertion is encrypted',
      grant: 'OpenID Connect: id of the grant that its code and tokens hang on', responseMode: 'OpenID Connect: how the answer was sent', scopes: 'OpenID Connect: scopes granted', pushed: 'OpenID Connect: true when the request was pushed',
    },
  },
  'login.refused': { says: 'A login ended without the person being let in.', reader: parties, facts: { ...detail, missing: 'required attributes that could not be delivered', level: 'assurance level reached' }, errorFacts: true },
  'login.cancelled': { says: 'The person ended the login.', reader: parties, facts: {} },
  'session.ended': { says: 'The single sign-on session ended, and what became of the logout at each service.', reader: "the person's party", facts: { reason: 'why it ended', askedBy: 'service that asked for logout, or the operator who ordered it; null when the person did', services: 'each service with the result of its logout' } },
  'session.service-left': { says: 'The person left one service and stays logged in to the others.', reader: "the person's party, the service's party", facts: { result: 'what became of it at the service' } },
  'session.commission-changed': { says: 'The person goes on under another commission.', reader: "the person's party", facts: { commission: 'person: HSA-id of the commission' } },
  'phone.refused': { says: 'Identification by phone failed or was broken off.', reader: parties, facts: { method: 'method of the login', ...detail }, errorFacts: true },
  'upstream.refused': { says: 'The answer of a party’s own IdP was not accepted, or it said no.', reader: parties, facts: { method: 'method of the login, with the IdP', ...detail }, errorFacts: true },
  'card.refused': { says: 'A card was shown and not accepted.', reader: parties, facts: detail, errorFacts: true },
  'card.level-disagreement': { says: 'A certificate policy and its issuer stand for different levels; the lower one counted.', reader: 'operations', facts: { authority: 'issuer in config/issuers.yaml', byPolicy: 'level by policy', byIssuer: 'level by issuer' } },
  'card.stale-list': { says: 'A revocation list past its time was used, as the issuer’s row allows.', reader: 'operations', facts: { authority: 'issuer in config/issuers.yaml', asOf: 'end of the list’s validity' } },
  'card.proxy-refused': { says: 'Somebody forwarded a certificate without being the trusted proxy.', reader: 'operations, security', facts: { ...detail, via: 'listener' }, errorFacts: true },
  'request.refused': { says: 'A request was refused before anybody was known: broken, forged, stale, repeated or from nobody.', reader: "the service's party where it is known, operations", facts: { ...detail, via: 'listener', last: 'with `web.rate`: code of the request that was one too many' }, errorFacts: true },
  'registry.held': { says: 'Changed files are right but wait for a person.', reader: 'operations', facts: { version: 'hash of all files', serving: 'version that goes on serving', changes: 'what waits, in words' } },
  'registry.approved': { says: 'The first of two people said yes to risky changes.', reader: 'operations', facts: { version: 'hash of the files that were looked at', by: 'operator who ordered it' } },
  'registry.rolled-back': { says: 'What was applied before serves again.', reader: 'operations', facts: { by: 'who ordered it', changes: 'what changed by it, in words', version: 'hash of all files', previous: 'version that served until then', parties: 'number of parties', services: 'number of services', added: 'services added', removed: 'services removed' } },
  'registry.applied': { says: 'Changed files of parties and services were taken.', reader: 'operations', facts: { by: 'who ordered it, or “by itself”', changes: 'what changed, in words', version: 'hash of all files', previous: 'version that served until then', parties: 'number of parties', services: 'number of services', added: 'services added', removed: 'services removed' } },
  'registry.rejected': { says: 'Changed files had faults and were not taken; the registry before them serves.', reader: 'operations', facts: { version: 'hash of all files', serving: 'version that goes on serving', faults: 'number of faults', first: 'the first of them, with file and line' } },
  'metadata.accepted': { says: 'A person took a metadata document that is older, or much smaller, than the one before.', reader: 'operations', facts: { by: 'operator who ordered it', source: 'metadata source' } },
  'metadata.frozen': { says: 'The export for SAMBI was made anew; its checksums are read over the phone.', reader: 'operations', facts: { by: 'operator who ordered it', sha1: 'SHA-1 of the file', sha256: 'SHA-256 of the file' } },
  'key.step': { says: 'A key of ours was made, announced, switched to, retired, brought back or withdrawn.', reader: 'operations, security', facts: { by: 'operator who ordered it', use: 'what the key signs', step: 'what was done', key: 'SHA-256 of its certificate, or its kid; null when several changed', services: 'services that it was done for; none: all', past: 'what spoke against it and was gone past' } },
  'service.started': { says: 'A node began to serve.', reader: 'operations', facts: { registry: 'version of the registry', environment: 'environment of the configuration' } },
  'service.stopped': { says: 'A node ended after finishing what was under way.', reader: 'operations', facts: {} },
  'trail.recovered': {
    says: 'The trail could not be written, or its last line was torn by a crash, and goes on.', reader: 'operations, security; a line with missing lines is a finding of `audit verify`',
    facts: { tornBytes: 'bytes of an unfinished line that were cut off', missingLines: 'lines that the store remembered and the disk no longer had', otherHead: 'hash that the store remembered for the last line, which is another' },
  },
};
const isPersonal = (says: string | undefined): boolean => says?.startsWith('person:') === true;
/** Facts as another party may see them: without what tells of the person. What is in no catalogue is left out, unless it is an error's. */
export const factsForOthers = ({ type, facts }: RecordedEvent): RecordedEvent['facts'] => {
  const row = auditEvents[type] as EventRow | undefined;
  return Object.fromEntries(Object.entries(facts).filter(([name]) => (row?.facts[name] === undefined ? row?.errorFacts === true : !isPersonal(row.facts[name]))));
};
/** Names of facts that no row knows: a gap in the catalogue. */
export const unknownFacts = ({ type, facts }: Pick<RecordedEvent, 'type' | 'facts'>): readonly string[] => {
  const row = auditEvents[type] as EventRow | undefined;
  return row === undefined ? ['type'] : row.errorFacts === true ? [] : Object.keys(facts).filter((name) => row.facts[name] === undefined);
};
