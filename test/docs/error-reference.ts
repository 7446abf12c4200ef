/** docs/errors.md, made from the catalogue of errors and the words of the pages. What a code means to operations is kept here. */
import { errorCatalogue, type Actor, type ErrorCode, type ErrorRow, type SamlStatus } from '../../src/core/error-catalogue.ts';
import { enErrors } from '../../src/ui/messages/en-errors.ts';
import { svErrors } from '../../src/ui/messages/sv-errors.ts';

/** Where the page's own words do not tell operations or a supplier what to look at. */
const meanings: Readonly<Partial<Record<ErrorCode, string>>> = {
  'internal': 'A fault of Bryggan itself. The log line with this reference holds what happened; report it.',
  'xml.too-large': 'The document is larger than the profile allows.',
  'xml.encoding': 'Not UTF-8, a byte order mark where none may be, or another encoding declared.',
  'xml.illegal-character': 'A character that XML does not allow.',
  'xml.doctype': 'A DOCTYPE. No document with one is read.',
  'xml.malformed': 'Not well-formed XML.',
  'xml.multiple-roots': 'More than one root element, or something after it.',
  'xml.comment': 'A comment in a protocol message.',
  'xml.cdata': 'A CDATA section in a protocol message.',
  'xml.processing-instruction': 'A processing instruction in a protocol message.',
  'xml.entity': 'An entity that XML itself does not define.',
  'xml.namespace': 'A namespace that is declared wrongly, relative, or reserved.',
  'xml.limit': 'Too deep, or too many elements, attributes or namespaces.',
  'xml.duplicate-id': 'Two elements with one ID.',
  'xml.write': 'Bryggan tried to write something that XML cannot hold.',
  'signature.missing': 'Not signed, though the metadata or the settings demand it.',
  'signature.shape': 'A Signature element with parts that are missing, doubled or not allowed.',
  'signature.reference': 'The signature does not refer to exactly the element that holds it.',
  'signature.transform': 'A transform other than enveloped signature and exclusive canonicalisation.',
  'signature.algorithm': 'An algorithm that is not allowed (SHA-1, HMAC, a small key …). The sender must choose another.',
  'signature.key': 'Signed with a key that the sender’s metadata does not hold. Is the metadata here older than the sender’s key?',
  'signature.digest': 'The signed content was changed after signing.',
  'signature.invalid': 'The signature does not verify with the sender’s key.',
  'decrypt.failed': 'What was encrypted to us cannot be read. The answer is the same whatever the reason.',
  'encrypt.failed': 'The service’s key cannot be encrypted to.',
  'binding.parameter': 'A parameter is missing, doubled or of another binding.',
  'binding.encoding': 'Base64, DEFLATE or URL encoding is broken.',
  'binding.too-large': 'The message is larger than the binding allows, before or after inflating.',
  'binding.relay-state': 'RelayState is longer than 1024 bytes, or holds a control character.',
  'saml.schema': 'The message is XML, but not the SAML message that belongs here.',
  'saml.service-unknown': 'No service with this entityID is connected. Compare letter for letter with `bryggan service list`.',
  'saml.version': 'Another version than SAML 2.0.',
  'saml.destination': 'Destination is missing or not this address. Has the service old metadata of ours?',
  'saml.issue-instant': 'The request was made too long ago or in the future. Compare clocks.',
  'saml.unsigned': 'An unsigned request, where the metadata, the settings or the federation demand a signature.',
  'saml.return-address': 'The address for the answer is not in the service’s metadata.',
  'saml.request-replayed': 'The same request a second time, from a browser that does not hold its login.',
  'saml.binding-unsupported': 'The service wants its answer by a binding that is not offered. HTTP-POST is.',
  'saml.name-id-policy': 'A NameID format or qualifier that is not offered.',
  'saml.authn-context': 'None of the levels asked for can be given. Are the URIs those of the service’s federation?',
  'saml.subject': 'The request names its subject (`Subject`), which is not supported.',
  'saml.scoping': 'The request lists identity providers, and none is here.',
  'saml.attribute-index': 'AttributeConsumingServiceIndex is not in the metadata.',
  'metadata.source': 'What a metadata source publishes was not taken; the last good document serves until its own end. `bryggan doctor` says why.',
  'saml.metadata': 'A metadata document of a service cannot be used; `bryggan check` names file, line and fix.',
  'oidc.request': 'A request that OpenID Connect does not allow, or that this client may not make.',
  'oidc.client': 'The client did not prove itself: wrong key, secret, audience, or a `jti` used before.',
  'oidc.client-unknown': 'No client with this client_id is connected.',
  'oidc.redirect-uri': 'redirect_uri is not registered letter for letter.',
  'oidc.request-used': 'A pushed request was used before.',
  'oidc.grant': 'A code or refresh token that is unknown, used, expired, or whose session ended.',
  'oidc.other-person': 'prompt=none for somebody else than the one who is logged in.',
  'service.disabled': '`enabled: false` in the service’s file, also when it was written during the login.',
  'party.disabled': '`enabled: false` in the party’s file, also when it was written during the login.',
  'card.path': 'The certificate does not chain to a trusted root by RFC 5280. The detail names the clause.',
  'card.identifier': 'subject serialNumber is missing, doubled, or not of the kind that the issuer uses.',
  'card.level-unknown': 'Neither the policies of the certificate nor its issuer stand for a level in config/issuers.yaml.',
  'card.revocation-unknown': 'Neither a current list nor an OCSP answer could be had. `bryggan doctor` shows each issuer; docs/cards.md tells what to do.',
  'card.proxy': 'Something on the proxy listener is not as it must be: secret, header, verify result. The detail says which.',
  'card.resumed': 'A resumed TLS session where only a whole handshake counts. Check the tickets of the proxy.',
  'mobile.elsewhere': 'The method demands that an app on the same device answers from the browser’s own address, and it answered from another.',
  'mobile.unavailable': 'The identification service does not answer, or answers what cannot be believed.',
  'upstream.unavailable': 'The IdP cannot be asked: it does not answer, its metadata is too old, or names no address that a browser can be sent to.',
  'upstream.secret': 'The secret or key by which Bryggan proves itself to the OpenID provider cannot be read: bryggan check names the file.',
  'upstream.disabled': 'The IdP, or its party, is switched off or gone; also when that happened in the middle of the login.',
  'upstream.unsolicited': 'An answer that no login here asked for.',
  'upstream.unreadable': 'The IdP’s answer is no SAML Response that can be read; the fact `reason` says why.',
  'upstream.signature': 'The IdP’s answer is not signed, or not with a key of its metadata. Has the IdP changed its key?',
  'upstream.encryption': 'The IdP encrypted to a key that is not ours (any more), or in a way that is not accepted.',
  'upstream.version': 'The IdP’s answer is of another version than SAML 2.0.',
  'upstream.issuer': 'The answer is by another IdP than the one that was asked.',
  'upstream.destination': 'Destination is missing or not our address. Has the IdP old metadata of ours?',
  'upstream.in-response-to': 'The answer is to another request than the one that this login sent.',
  'upstream.issue-instant': 'The answer was made too long ago or in the future. Compare clocks.',
  'upstream.status': 'The IdP refused and sent an assertion all the same.',
  'upstream.assertion-count': 'The answer holds no assertion, or more than one.',
  'upstream.subject-confirmation': 'Not exactly one SubjectConfirmation, or not for a bearer.',
  'upstream.recipient': 'Recipient is missing or not our address.',
  'upstream.confirmation-window': 'The time in which the assertion may be presented is missing, over, or longer than an hour.',
  'upstream.condition': 'Conditions are missing, or of a kind that is not known.',
  'upstream.condition-window': 'The assertion is not valid yet, not any more, or does not say when it is.',
  'upstream.audience': 'The assertion is for somebody else. Has the IdP our entityID right?',
  'upstream.statement': 'Not exactly one AuthnStatement.',
  'upstream.session-over': 'The IdP’s own session is over already.',
  'upstream.authn-instant': 'The person logged in at the IdP longer ago than was asked for; trying again asks for a fresh login.',
  'upstream.name-id': 'A NameID of another format than was asked for, or with a qualifier of somebody else.',
  'upstream.person': 'The IdP does not name exactly one person, or one that it may not speak for.',
  'upstream.replayed': 'The same answer a second time.',
  'upstream.authn-context': 'The IdP logged the person in at a level that was not asked for, or that is not agreed with it.',
  'upstream.proxy-count': 'ProxyCount leaves no room for an IdP behind us.',
  'upstream.proxy-restriction': 'The IdP does not let its login be used for this service.',
  'upstream.provider-list': 'IDPList does not name the IdP, or leaves no room for a login of our own.',
  'upstream.cancelled': 'The person ended the login at the IdP.',
  'upstream.no-passive': 'The IdP was asked without showing anything, and would have had to.',
  'upstream.failed': 'The IdP refused; its status is in the facts.',
  'mobile.pace': 'More orders for one person, browser or service than are allowed in a minute.',
  'pki.der': 'A file that should be a certificate, list or key cannot be read.',
  'pki.trust-store': 'config/issuers.yaml and its certificate files do not fit together.',
  'pki.crl': 'A revocation list was refused: signature, issuer, times, scope or number going back. The last good one stays.',
  'pki.ocsp': 'An OCSP answer was refused.',
  'identifier.hsa-id': 'Not a HSA-id as HSA writes it.',
  'identifier.personal-identity-number': 'Not a personal identity number, or its check digit is wrong.',
  'directory.organisation': 'The directory knows the person, but no post with a party or one of its affiliates. Is the employer’s number in config/parties/?',
  'directory.answer': 'A directory’s answer cannot be believed: malformed, about somebody else, about more than one.',
  'directory.source': 'A directory cannot be opened as configured.',
  'commission.choice': 'The option chosen is not on the list that was shown.',
  'principal.mismatch': 'The service named a person or commission beforehand, and it is another one.',
  'release.required-missing': 'An attribute that the metadata requires has no value in any source. `bryggan release` shows which.',
  'release.required-held-back': 'An attribute that the metadata requires may not leave. `bryggan release` shows the rule.',
  'release.policy': 'config/release.yaml cannot be used.',
  'login.other-browser': 'A login came back through another browser than it began in. Possibly an attack: a link sent to somebody.',
  'login.cookie-missing': 'The browser sent no cookie for this login. Cookies blocked, private window closed, or two host names mixed?',
  'login.code': 'A single-use code that was used, is older than 60 s, or belongs to another browser.',
  'login.state': 'A step that the login has passed or not reached.',
  'web.host': 'A Host header that this listener does not answer to. Does the proxy pass it on unchanged?',
  'web.parameter': 'A parameter twice, or in a form that is not read.',
  'service.rate': 'More requests of one service in a minute than `login.requestsPerService`: it floods us, or sends browsers in circles. Other services go on.',
  'web.rate': 'More logins from one address in a minute than `login.startsPerMinute`. A hospital is one address: list it under the party’s `networks`.',
  'store.unavailable': 'Redis, or the embedded store, does not answer.',
  'store.sealed-value': 'A stored value was altered or moved, or is sealed with a key that this node does not have. Have all nodes the same sealing keys?',
  'store.conflict': 'The login moved on in another tab at the same moment.',
  'store.configuration': 'The store answers but is not as it must be (rights, `noeviction`, version).',
  'audit.unavailable': 'The audit trail cannot be written: disk full, away or read-only. No audit, no login.',
  'audit.broken': 'The audit trail is not whole. Keep the files as they are.',
  'config.invalid': 'Faults in the configuration, all listed.',
  'config.production': 'NODE_ENV=production refuses this configuration, fault by fault.',
  'config.demo-part': '`serve` refuses parts of the demo.',
  'key.invalid': 'A key file cannot be read, others can read it, or it does not fit its certificate.',
  'key.waits': 'Something speaks against the next step of a key’s rollover: a node without the key, services that are not known to have it, signatures still under way.',
  'key.unavailable': 'The hardware token does not sign. A refused PIN is not tried again before a restart.',
  'federation.not-verified': 'Metadata that we signed was not confirmed by the second implementation; the one before stays published.',
  'federation.refused': 'Metadata of others was refused.',
  'outbound.refused': 'An outgoing call to an address that may not be reached. Private networks need `outbound.allowedNetworks`.',
  'outbound.failed': 'An outgoing call failed: no connection, too slow, too large, not the status wanted.',
  'command.usage': 'The command was used wrongly.',
  'command.not-running': 'No service runs on this state directory.',
};
const actors: Readonly<Record<Actor, string>> = { 'user': 'the person', 'organisation-it': 'the person’s organisation', 'service-owner': 'the application’s owner', 'operations': 'operations' };
interface Area { readonly title: string; readonly prefixes: readonly string[] }
const areas: readonly Area[] = [
  { title: 'Cards', prefixes: ['card', 'identifier'] },
  { title: 'Phones', prefixes: ['mobile'] },
  { title: 'The person and what a service may know', prefixes: ['directory', 'commission', 'employee', 'principal', 'release'] },
  { title: 'The login itself', prefixes: ['login', 'web', 'internal'] },
  { title: 'Requests: SAML', prefixes: ['saml', 'binding', 'service', 'party'] },
  { title: 'Requests: OpenID Connect', prefixes: ['oidc'] },
  { title: 'Requests: XML and signatures', prefixes: ['xml', 'signature', 'decrypt', 'encrypt'] },
  { title: 'Stores, keys, configuration, command line', prefixes: [] },
];
const named = new Set(areas.flatMap(({ prefixes }) => prefixes));
const codes = Object.keys(errorCatalogue) as ErrorCode[];
const prefixOf = (code: string): string => code.split('.')[0] ?? code;

const status = (saml: SamlStatus | null): string => (saml === null ? '–' : saml.flatMap((part) => (part === null ? [] : [part.split(':').at(-1) ?? part])).join(', '));
const lineOf = (code: ErrorCode, row: ErrorRow): string => {
  const page = row.text === 'not-a-page' ? '–' : `${svErrors[row.text].title} · ${enErrors[row.text].title}`;
  return `| \`${code}\` | ${meanings[code] ?? enErrors[row.text].happened.replaceAll('{service}', 'the service')} | ${page} | ${actors[row.actor]} | ${row.http} | ${status(row.saml)} | ${row.oauth === null ? '–' : `\`${row.oauth}\``} | ${row.audited ? 'yes' : 'no'} |`;
};
const area = ({ title, prefixes }: Area): string => {
  const rows = codes.filter((code) => (prefixes.length === 0 ? !named.has(prefixOf(code)) : prefixes.includes(prefixOf(code))));
  return `## ${title}

| code | what it means | on the page | who must act | HTTP | SAML status | OAuth error | trail |
|---|---|---|---|---|---|---|---|
${rows.map((code) => lineOf(code, errorCatalogue[code])).join('\n')}
`;
};

export const errorReference = (): string => `# Error codes

Made by \`node test/docs/write-errors.ts\` from \`src/core/error-catalogue.ts\` and the words of the pages; a test fails when it is not current.

A code is stable: it stands in the log, in the audit trail and in \`bryggan explain <reference>\`. On pages stand words, the support desk (of the person’s party once it is known, before that of the application’s) and a
reference, never the code. A SAML status or OAuth error goes to the service only when its return address is verified; where there is none (–) the person sees a page and the
service hears nothing. *trail*: whether the refusal is a line in the audit trail. SAML statuses are written without \`urn:oasis:names:tc:SAML:2.0:status:\`.

${areas.map(area).join('\n')}`;
