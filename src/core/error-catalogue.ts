/**
 * The catalogue of errors: one row per stable code. A code is never reused for
 * another meaning; removing one is a CHANGELOG line. The page text of a row is
 * ui/messages under its `text` key in Swedish and English.
 */

/** Who must act for the error to go away. */
export type Actor = 'user' | 'organisation-it' | 'service-owner' | 'operations';
export type SamlStatus = readonly [top: 'Requester' | 'Responder' | 'VersionMismatch', second: string | null];
export interface ErrorRow {
  /** Status to the asking service once its address is verified; null = never tell the service, show a page. */
  readonly saml: SamlStatus | null;
  readonly oauth: string | null;
  readonly http: number;
  readonly actor: Actor;
  readonly log: 'info' | 'warn' | 'error';
  readonly audited: boolean;
  /** Key of title and body in ui/messages. Several codes may share a text. */
  readonly text: ErrorText;
}
export type ErrorText =
  | 'request-broken' | 'request-untrusted' | 'request-repeated' | 'request-old' | 'service-unknown' | 'service-disabled' | 'party-disabled'
  | 'level-impossible' | 'interaction-needed' | 'address-unknown' | 'request-unsupported'
  | 'card-none' | 'card-signature' | 'card-expired' | 'card-not-yet-valid' | 'card-revoked' | 'card-issuer-unknown' | 'card-level-unknown'
  | 'card-cannot-check' | 'card-unreadable' | 'card-proxy' | 'card-link-used'
  | 'person-unknown' | 'person-elsewhere' | 'directory-away' | 'commission-none' | 'employee-none' | 'required-missing' | 'required-held-back' | 'wrong-person'
  | 'login-cancelled' | 'login-lost' | 'login-over' | 'login-elsewhere' | 'login-done' | 'method-none' | 'choice-unknown'
  | 'store-away' | 'audit-away' | 'busy' | 'service-busy' | 'form-foreign' | 'page-unknown' | 'host-unknown' | 'internal'
  | 'mobile-refused' | 'mobile-replaced' | 'mobile-expired' | 'mobile-credential' | 'mobile-app' | 'mobile-elsewhere' | 'mobile-unknown' | 'mobile-away' | 'upstream-refused' | 'upstream-away' | 'upstream-closed' | 'not-a-page';

const REQUEST_DENIED = 'urn:oasis:names:tc:SAML:2.0:status:RequestDenied';
const AUTHN_FAILED = 'urn:oasis:names:tc:SAML:2.0:status:AuthnFailed';
const status = (name: string): string => `urn:oasis:names:tc:SAML:2.0:status:${name}`;
type Row = Omit<ErrorRow, 'log' | 'audited'> & Partial<Pick<ErrorRow, 'log' | 'audited'>>;
/** Refused on arrival: nothing is known yet of who asks, so the answer is a page. */
const arrival = (text: ErrorText, http = 400): Row => ({ saml: null, oauth: 'invalid_request', http, actor: 'service-owner', text });
/** Refused after step 1: the service is told in its own protocol. */
const answered = (saml: SamlStatus, oauth: string, actor: Actor, text: ErrorText, http = 403): Row => ({ saml, oauth, http, actor, text });
const card = (text: ErrorText, actor: Actor = 'user', second: string = AUTHN_FAILED): Row => answered(['Responder', second], 'access_denied', actor, text);
/** Concerns files, keys or command lines: seen by operations, never by a browser. */
const operator = (): Row => ({ saml: null, oauth: null, http: 500, actor: 'operations', text: 'not-a-page', audited: false, log: 'error' });

/** An IdP of a party answered in a way that cannot be believed: its own people mend it. */
const untrue = (): Row => answered(['Responder', AUTHN_FAILED], 'access_denied', 'organisation-it', 'upstream-away', 502);
/** An IdP of a party said no, in words that the asking service knows too. */
const said = (text: ErrorText, second: string = AUTHN_FAILED, oauth = 'access_denied'): Row => answered(['Responder', second], oauth, 'user', text);

const rows = {
  'internal': { ...answered(['Responder', null], 'server_error', 'operations', 'internal', 500), log: 'error' },

  // XML on the wire (saml/xml). Never answered with a SAML status: nothing in the document is trusted.
  'xml.too-large': arrival('request-broken', 413),
  'xml.encoding': arrival('request-broken'),
  'xml.illegal-character': arrival('request-broken'),
  'xml.doctype': arrival('request-untrusted'),
  'xml.malformed': arrival('request-broken'),
  'xml.multiple-roots': arrival('request-untrusted'),
  'xml.comment': arrival('request-untrusted'),
  'xml.cdata': arrival('request-untrusted'),
  'xml.processing-instruction': arrival('request-untrusted'),
  'xml.entity': arrival('request-untrusted'),
  'xml.namespace': arrival('request-untrusted'),
  'xml.limit': arrival('request-broken', 413),
  'xml.duplicate-id': arrival('request-untrusted'),
  'xml.write': operator(),

  'signature.missing': arrival('request-untrusted'),
  'signature.shape': arrival('request-untrusted'),
  'signature.reference': arrival('request-untrusted'),
  'signature.transform': arrival('request-untrusted'),
  'signature.algorithm': arrival('request-untrusted'),
  'signature.key': arrival('request-untrusted'),
  'signature.digest': arrival('request-untrusted'),
  'signature.invalid': arrival('request-untrusted'),
  'decrypt.failed': arrival('request-untrusted'),
  'encrypt.failed': operator(),

  'binding.parameter': arrival('request-broken'),
  'binding.encoding': arrival('request-broken'),
  'binding.too-large': arrival('request-broken', 413),
  'binding.relay-state': arrival('request-broken'),

  'saml.schema': arrival('request-broken'),
  'saml.service-unknown': arrival('service-unknown', 404),
  'saml.version': { ...answered(['VersionMismatch', null], 'invalid_request', 'service-owner', 'request-unsupported', 400) },
  'saml.destination': arrival('request-untrusted'),
  'saml.issue-instant': arrival('request-old'),
  'saml.unsigned': arrival('request-untrusted'),
  'saml.return-address': arrival('address-unknown'),
  'saml.request-replayed': arrival('request-repeated'),
  'saml.binding-unsupported': answered(['Requester', status('UnsupportedBinding')], 'invalid_request', 'service-owner', 'request-unsupported', 400),
  'saml.name-id-policy': answered(['Requester', status('InvalidNameIDPolicy')], 'invalid_request', 'service-owner', 'request-unsupported', 400),
  'saml.authn-context': answered(['Requester', status('NoAuthnContext')], 'unmet_authentication_requirements', 'service-owner', 'level-impossible', 400),
  'saml.subject': answered(['Requester', status('RequestUnsupported')], 'invalid_request', 'service-owner', 'request-unsupported', 400),
  'saml.sign-message': answered(['Requester', status('RequestUnsupported')], 'invalid_request', 'service-owner', 'request-unsupported', 400),
  'saml.scoping': answered(['Requester', status('NoSupportedIDP')], 'invalid_request', 'service-owner', 'request-unsupported', 400),
  'saml.attribute-index': answered(['Requester', status('RequestUnsupported')], 'invalid_request', 'service-owner', 'request-unsupported', 400),
  'saml.metadata': operator(),
  'metadata.source': operator(),

  // OpenID Connect (protocols/oidc-op); what oidc-provider refuses itself keeps its own OAuth error on the wire.
  'oidc.request': arrival('request-broken'),
  'oidc.client': arrival('service-unknown', 401),
  'oidc.client-unknown': arrival('service-unknown', 404),
  'oidc.redirect-uri': arrival('address-unknown'),
  'oidc.request-used': arrival('request-repeated'),
  'oidc.grant': arrival('request-repeated'),
  'oidc.other-person': answered(['Responder', status('UnknownPrincipal')], 'login_required', 'user', 'wrong-person'),

  'service.disabled': { ...arrival('service-disabled', 403), actor: 'organisation-it' },
  'party.disabled': { ...arrival('party-disabled', 403), actor: 'organisation-it' },

  // Cards and certificates (pki, authenticators/certificate)
  'card.none': card('card-none'),
  'card.signature-certificate': card('card-signature'),
  'card.expired': card('card-expired'),
  'card.not-yet-valid': card('card-not-yet-valid'),
  'card.revoked': card('card-revoked'),
  'card.issuer-unknown': card('card-issuer-unknown', 'organisation-it'),
  'card.level-unknown': card('card-level-unknown', 'organisation-it'),
  'card.revocation-unknown': { ...card('card-cannot-check', 'operations'), http: 503, log: 'error' },
  'card.unreadable': card('card-unreadable', 'organisation-it'),
  'card.identifier': card('card-unreadable', 'organisation-it'),
  'card.path': card('card-issuer-unknown', 'organisation-it'),
  'card.link-used': card('card-link-used'),
  'card.proxy': { saml: null, oauth: null, http: 403, actor: 'operations', text: 'card-proxy', log: 'error' },
  'card.resumed': { saml: null, oauth: null, http: 403, actor: 'operations', text: 'card-proxy' },

  // Log in with a phone (authenticators/mobile-eid).
  'mobile.cancelled': card('mobile-refused'),
  'mobile.replaced': card('mobile-replaced'),
  'mobile.expired': card('mobile-expired'),
  'mobile.credential': card('mobile-credential', 'organisation-it'),
  'mobile.app': card('mobile-app'),
  'mobile.elsewhere': card('mobile-elsewhere'),
  'mobile.unknown-user': card('mobile-unknown', 'organisation-it'),
  'mobile.unavailable': { ...card('mobile-away', 'operations'), http: 503, log: 'error' },
  'mobile.pace': { ...card('busy'), http: 429 },

  // Logins at a party's own IdP: what its answer lacks (upstreams/), one code per check.
  'upstream.unavailable': { ...answered(['Responder', status('NoAvailableIDP')], 'temporarily_unavailable', 'organisation-it', 'upstream-away', 503), log: 'error' },
  /** What we prove ourselves to it with cannot be read: ours to mend. */
  'upstream.secret': { ...answered(['Responder', status('NoAvailableIDP')], 'temporarily_unavailable', 'operations', 'upstream-away', 503), log: 'error' },
  'upstream.disabled': answered(['Responder', REQUEST_DENIED], 'access_denied', 'organisation-it', 'upstream-closed'),
  'upstream.unsolicited': { ...arrival('login-over'), actor: 'user' },
  'upstream.unreadable': untrue(),
  'upstream.signature': untrue(),
  'upstream.encryption': untrue(),
  'upstream.version': untrue(),
  'upstream.issuer': untrue(),
  'upstream.destination': untrue(),
  'upstream.in-response-to': untrue(),
  'upstream.issue-instant': untrue(),
  'upstream.status': untrue(),
  'upstream.assertion-count': untrue(),
  'upstream.subject-confirmation': untrue(),
  'upstream.recipient': untrue(),
  'upstream.confirmation-window': untrue(),
  'upstream.condition': untrue(),
  'upstream.condition-window': untrue(),
  'upstream.audience': untrue(),
  'upstream.statement': untrue(),
  'upstream.session-over': untrue(),
  'upstream.authn-instant': { ...untrue(), text: 'upstream-refused' },
  'upstream.name-id': untrue(),
  'upstream.person': untrue(),
  'upstream.replayed': untrue(),
  'upstream.authn-context': { ...said('level-impossible', status('NoAuthnContext'), 'unmet_authentication_requirements'), actor: 'organisation-it' },
  'upstream.proxy-count': { ...said('upstream-refused', status('ProxyCountExceeded')), actor: 'service-owner' },
  'upstream.proxy-restriction': { ...said('upstream-refused', REQUEST_DENIED), actor: 'organisation-it' },
  'upstream.provider-list': { ...said('upstream-refused', status('NoSupportedIDP')), actor: 'service-owner' },
  // What the IdP said itself (facts: federation §5.1 P13).
  'upstream.cancelled': said('login-cancelled'),
  'upstream.no-passive': said('interaction-needed', status('NoPassive'), 'login_required'),
  'upstream.no-authn-context': said('level-impossible', status('NoAuthnContext'), 'unmet_authentication_requirements'),
  'upstream.unknown-principal': said('wrong-person', status('UnknownPrincipal')),
  'upstream.request-denied': said('upstream-refused', REQUEST_DENIED),
  'upstream.fraud': said('upstream-refused'),
  'upstream.possible-fraud': said('upstream-refused'),
  'upstream.no-available-provider': said('upstream-away', status('NoAvailableIDP'), 'temporarily_unavailable'),
  'upstream.no-supported-provider': said('upstream-refused', status('NoSupportedIDP')),
  'upstream.failed': said('upstream-refused'),

  'pki.der': operator(),
  'pki.trust-store': operator(),
  'pki.crl': { ...operator(), audited: true },
  'pki.ocsp': { ...operator(), audited: true },

  'identifier.hsa-id': card('card-unreadable', 'organisation-it'),
  'identifier.personal-identity-number': card('card-unreadable', 'organisation-it'),

  // Directory, commission, release
  'directory.person-unknown': answered(['Responder', REQUEST_DENIED], 'access_denied', 'organisation-it', 'person-unknown'),
  'directory.organisation': answered(['Responder', REQUEST_DENIED], 'access_denied', 'organisation-it', 'person-elsewhere'),
  'directory.unavailable': { ...answered(['Responder', null], 'temporarily_unavailable', 'operations', 'directory-away', 503), log: 'error' },
  'directory.answer': { ...answered(['Responder', null], 'server_error', 'operations', 'directory-away', 502), log: 'error' },
  'directory.source': operator(),
  'commission.none': answered(['Responder', REQUEST_DENIED], 'access_denied', 'organisation-it', 'commission-none'),
  'commission.choice': { ...arrival('choice-unknown'), actor: 'user' },
  'employee.none': answered(['Responder', REQUEST_DENIED], 'access_denied', 'organisation-it', 'employee-none'),
  'principal.mismatch': answered(['Responder', status('UnknownPrincipal')], 'access_denied', 'user', 'wrong-person'),
  'release.required-missing': answered(['Responder', REQUEST_DENIED], 'access_denied', 'organisation-it', 'required-missing'),
  'release.required-held-back': answered(['Responder', REQUEST_DENIED], 'access_denied', 'service-owner', 'required-held-back'),
  'release.policy': operator(),

  // The login itself
  'login.interaction-needed': answered(['Responder', status('NoPassive')], 'login_required', 'user', 'interaction-needed', 400),
  'login.cancelled': answered(['Responder', AUTHN_FAILED], 'access_denied', 'user', 'login-cancelled'),
  'login.unknown': { ...arrival('login-over', 410), actor: 'user', audited: false },
  'login.other-browser': { ...arrival('login-elsewhere', 403), actor: 'user' },
  'login.cookie-missing': { ...arrival('login-lost', 403), actor: 'user' },
  'login.code': { ...arrival('login-lost', 403), actor: 'user' },
  'login.state': { ...arrival('login-lost', 409), actor: 'user', audited: false },
  'login.done': { ...arrival('login-done', 409), actor: 'user', audited: false },
  'login.no-method': answered(['Responder', status('NoAuthnContext')], 'unmet_authentication_requirements', 'organisation-it', 'method-none'),
  'login.session-limit': { ...arrival('busy', 429), actor: 'user' },

  // Web
  'web.form-foreign': { ...arrival('form-foreign', 403), actor: 'user' },
  'web.host': { ...arrival('host-unknown', 421), actor: 'operations', audited: false },
  'web.not-found': { ...arrival('page-unknown', 404), actor: 'user', audited: false },
  'web.method': { ...arrival('page-unknown', 405), actor: 'user', audited: false },
  'web.parameter': { ...arrival('request-broken'), audited: false },
  'web.rate': { ...arrival('busy', 429), actor: 'user' },
  'service.rate': { ...arrival('service-busy', 429), audited: false },

  // Stores, audit, configuration
  'store.unavailable': { ...answered(['Responder', null], 'temporarily_unavailable', 'operations', 'store-away', 503), log: 'error', audited: false },
  'store.sealed-value': { ...answered(['Responder', null], 'server_error', 'operations', 'login-lost', 500), log: 'error' },
  'store.conflict': { ...arrival('login-lost', 409), actor: 'user', audited: false },
  'store.configuration': operator(),
  'audit.unavailable': { ...answered(['Responder', null], 'temporarily_unavailable', 'operations', 'audit-away', 503), log: 'error', audited: false },
  'audit.broken': operator(),
  'config.invalid': operator(),
  'config.production': operator(),
  'config.demo-part': operator(),
  'key.invalid': operator(),
  /** Something speaks against the next step of a key's rollover. */
  'key.waits': operator(),
  /** Nothing can be signed, so the service cannot be told. */
  'key.unavailable': { ...arrival('store-away', 503), oauth: 'temporarily_unavailable', actor: 'operations', log: 'error' },
  /** Metadata that we trade with others (federation/). */
  'federation.not-verified': operator(),
  'federation.refused': operator(),
  /** A feed that is wanted cannot be served now. */
  'federation.unavailable': { ...arrival('store-away', 503), actor: 'operations', audited: false },
  'outbound.refused': operator(),
  'outbound.failed': operator(),
  'command.usage': operator(),
  'command.not-running': operator(),
} satisfies Record<string, Row>;

export type ErrorCode = keyof typeof rows;
export const errorCatalogue: Readonly<Record<ErrorCode, ErrorRow>> = Object.freeze(
  Object.fromEntries(Object.entries(rows).map(([code, row]) => [code, Object.freeze({ log: 'warn', audited: true, ...row })])) as Record<ErrorCode, ErrorRow>,
);
/** Who must act; null for a code that the catalogue no longer has: the trail is older than the program. */
export const actorOf = (code: string): Actor | null => (Object.hasOwn(errorCatalogue, code) ? errorCatalogue[code as ErrorCode].actor : null);
