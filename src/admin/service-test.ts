/**
 * `service test`: does this service work here, as far as can be seen without it? Checks what is settled, tries its keys, asks what a test person
 * would give it, and logs that person in for real. What only the application can show is said to be unseen.
 */
import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { attributeByWireName } from '../attributes/catalogue.ts';
import type { AssuranceLevel } from '../core/assurance.ts';
import { fail, isBrygganError } from '../core/errors.ts';
import type { ServiceId } from '../core/ids.ts';
import type { Instant } from '../core/ports.ts';
import { mayStillLeave } from '../attributes/release.ts';
import type { OidcClient, SamlService, ServiceParty } from '../parties/model.ts';
import { authnRequestNode } from '../saml/messages/write-authn-request.ts';
import { bindings, namespaces } from '../saml/names.ts';
import { attributeOf, childElements, element, encryptAssertion, readXml, writeXml, type XmlElement } from '../saml/xml/index.ts';
import { previewFor } from './preview.ts';
import type { Opened } from './tools.ts';
import type { TestCard, Walk, WalkEnd } from './walk.ts';

export interface TestStep { readonly step: string; readonly state: 'works' | 'wrong' | 'unseen'; readonly finding: string }
export interface TestQuestion { readonly service: string; readonly person: string | undefined; readonly commission: string | undefined; readonly card: TestCard | null; readonly ca: string | null; /** Where the application itself sent a browser: its own request, which nobody else could make. */ readonly begun: string | null }

const works = (step: string, finding: string): TestStep => ({ step, state: 'works', finding });
const wrong = (step: string, finding: string): TestStep => ({ step, state: 'wrong', finding });
const unseen = (step: string, finding: string): TestStep => ({ step, state: 'unseen', finding });
const DAY = 86_400_000;
const TEST_LEVEL: AssuranceLevel = 'loa3';

const switchedOn = (service: ServiceParty, { registry }: Opened, now: Instant): TestStep => {
  if (!service.enabled) return wrong('switched on', 'the service is switched off in its settings file');
  if (registry.parties.get(service.party)?.enabled !== true) return wrong('switched on', 'its party is switched off');
  if (service.wire.protocol === 'saml' && service.wire.validUntil !== null && service.wire.validUntil <= now) return wrong('switched on', 'validUntil of its metadata has passed: ask for a new file');
  return works('switched on', 'service, party and metadata are in force');
};
const encryptionStep = (service: ServiceParty, { encryptionKeys }: SamlService): TestStep => {
  const [key] = encryptionKeys;
  if (service.encryption === 'never') return works('encryption', 'switched off for this service');
  if (key === undefined) return service.encryption === 'require' ? wrong('encryption', 'demanded, but the metadata has no key to encrypt for') : works('encryption', 'not encrypted: the metadata has no key, and none is demanded');
  try {
    encryptAssertion(element('saml:Assertion', { ID: '_test', Version: '2.0' }, []), key);
    return works('encryption', `its key takes what we encrypt (${key.methods[0] ?? 'our default'}); whether it can decrypt, the application alone can show`);
  } catch (error) {
    return wrong('encryption', isBrygganError(error) ? error.detail : String(error));
  }
};
const samlSteps = (service: ServiceParty, wire: SamlService, now: Instant, accepted: boolean): readonly TestStep[] => {
  const old = wire.signingKeys.filter(({ notAfter }) => notAfter <= now + 30 * DAY);
  const post = wire.assertionConsumerServices.filter(({ binding }) => binding === bindings.post);
  return [
    wire.signingKeys.length === 0 ? wrong('signed requests', 'no signing key: requests and logouts of the service cannot be checked')
      : (accepted ? works : unseen)('signed requests', `${wire.authnRequestsSigned ? 'demanded' : 'allowed unsigned, checked when signed'}; ${accepted ? 'the one that was begun at the application was accepted' : 'only the application can sign one'}${old.length === 0 ? '' : `; ${String(old.length)} certificate${old.length === 1 ? ' ends' : 's end'} within 30 days`}`),
    post.length === 0 ? wrong('answer address', 'no AssertionConsumerService for HTTP-POST') : works('answer address', `${String(post.length)} for HTTP-POST: ${post.map(({ url }) => url).join(', ')}`),
    encryptionStep(service, wire),
    wire.singleLogoutServices.length === 0 ? wrong('logout', 'no SingleLogoutService: who logs out elsewhere stays logged in there') : unseen('logout', `told at ${wire.singleLogoutServices.map(({ binding, url }) => `${url} (${binding})`).join(', ')}; only the application can show that it ends its session`),
  ];
};
const oidcSteps = (wire: OidcClient, accepted: boolean): readonly TestStep[] => [
  wire.authentication === 'client_secret_basic' && wire.secretHashes.length === 0 ? wrong('client’s proof', 'no checksum of a secret is set')
    : accepted ? works('client’s proof', `${wire.authentication}: the request that it brought was accepted`) : unseen('client’s proof', `${wire.authentication}: only the application can show it`),
  wire.redirectUris.length === 0 ? wrong('answer address', 'no redirect_uri is registered') : works('answer address', wire.redirectUris.join(', ')),
  wire.backchannelLogoutUri === null && wire.frontchannelLogoutUri === null ? wrong('logout', 'neither backchannelLogoutUri nor frontchannelLogoutUri: who logs out elsewhere stays logged in there') : unseen('logout', `told at ${wire.backchannelLogoutUri ?? wire.frontchannelLogoutUri ?? ''}; only the application can show that it ends its session`),
];
const attributeStep = async (service: ServiceParty, { person, commission }: TestQuestion, opened: Opened, now: Instant): Promise<TestStep> => {
  if (service.wire.protocol === 'saml' && person === undefined) {
    const wishes = service.wire.attributeConsumingServices.flatMap(({ attributes }) => attributes);
    const lost = wishes.filter(({ name }) => { const id = attributeByWireName(name); return id === undefined || !mayStillLeave(id, service, opened.releasePolicy); });
    if (wishes.length === 0) return wrong('attributes', 'the metadata asks for none: the service gets only a NameID');
    return lost.length === 0 ? works('attributes', `all ${String(wishes.length)} may leave; name a test person with --person to see who lacks which`) : wrong('attributes', `never delivered: ${lost.map(({ name, required }) => `${name}${required ? ' (required: every login fails)' : ''}`).join(', ')}`);
  }
  if (person === undefined) return unseen('attributes', 'depend on the scopes asked for; bryggan service show --guide lists what may leave');
  try {
    const asked = { service: service.id, person, commission, level: TEST_LEVEL, requesters: [] };
    const preview = await previewFor(asked, opened, now);
    if (!('attributes' in preview)) return works('attributes', `the person would be asked ${preview.wouldAsk}; name one with --commission to see what comes`);
    const missing = preview.attributes.filter(({ outcome }) => outcome !== 'released');
    const list = missing.map(({ attribute, outcome, rule, required }) => `${attribute} (${outcome === 'no-value' ? 'this person has none' : rule}${required ? ', required' : ''})`).join(', ');
    return preview.loginFails ? wrong('attributes', `the login would fail; missing: ${list}`) : works('attributes', missing.length === 0 ? `all ${String(preview.attributes.length)} come` : `missing, none of them required: ${list}`);
  } catch (error) {
    if (!isBrygganError(error) || error.code === 'command.usage') throw error;
    return wrong('attributes', `${error.code}: ${error.detail}`);
  }
};

const startOf = (service: ServiceParty, { our }: Opened, now: Instant): string => {
  const { wire } = service;
  if (wire.protocol === 'oidc') {
    const query = { client_id: wire.entityId, redirect_uri: wire.redirectUris[0] ?? '', response_type: 'code', scope: 'openid', state: randomBytes(16).toString('hex'), nonce: randomBytes(16).toString('hex'), code_challenge: randomBytes(32).toString('base64url'), code_challenge_method: 'S256' };
    return `${our.publicUrl}/oidc/authorize?${new URLSearchParams(query).toString()}`;
  }
  const acs = wire.assertionConsumerServices.find(({ binding, isDefault }) => binding === bindings.post && isDefault) ?? wire.assertionConsumerServices.find(({ binding }) => binding === bindings.post);
  const request = authnRequestNode({ id: `_${randomBytes(16).toString('hex')}`, issueInstant: now, destination: `${our.publicUrl}/saml/sso`, issuer: wire.entityId, acsUrl: acs?.url ?? '', forceAuthn: false, isPassive: false, nameIdFormat: null, classRefs: [], scoping: null, principalSelection: [] });
  return `${our.publicUrl}/saml/sso?${new URLSearchParams({ SAMLRequest: deflateRawSync(writeXml(request)).toString('base64') }).toString()}`;
};
const has = (parent: XmlElement, namespace: string, name: string): boolean => childElements(parent, namespace, name).length > 0;
const judgeAnswer = (service: ServiceParty, wire: SamlService, end: Extract<WalkEnd, { kind: 'answer' }>): TestStep => {
  const response = readXml(Buffer.from(end.response, 'base64'), 'message');
  const [status] = childElements(response, namespaces.samlp, 'Status').flatMap((one) => childElements(one, namespaces.samlp, 'StatusCode'));
  const said = status === undefined ? '' : (attributeOf(status, 'Value') ?? '').split(':').at(-1) ?? '';
  if (said !== 'Success') return wrong('login', `the answer to the service is ${said}, ${(status === undefined ? [] : childElements(status, namespaces.samlp, 'StatusCode')).map((one) => (attributeOf(one, 'Value') ?? '').split(':').at(-1)).join(', ')}`);
  const known = wire.assertionConsumerServices.some(({ url }) => url === end.address);
  const encrypted = has(response, namespaces.saml, 'EncryptedAssertion');
  if (!known || (service.encryption === 'require' && !encrypted)) return wrong('login', known ? 'the answer is not encrypted' : 'the answer goes to an address that is not the service’s');
  return works('login', `a real one, through ${end.steps.join(', ') || 'no page'}; the answer (${encrypted ? 'encrypted' : 'readable'}${has(response, namespaces.ds, 'Signature') ? ', response signed' : ''}) waits for ${end.address} and was not sent there`);
};
/** What only the application can make is begun there; every service may be tried so. */
const BEGIN = 'begin a login at the application, copy the address that it sends the browser to, and give it with --begun';
const provesItself = ({ wire }: ServiceParty): boolean => (wire.protocol === 'saml' ? wire.authnRequestsSigned : wire.pushedRequests || wire.signedRequests);
const begunAt = (address: string, { our, hostNames }: Opened): string => {
  const url = URL.parse(address);
  const ours = url?.protocol === 'https:' && hostNames.includes(url.hostname);
  return ours ? url.href : fail('command.usage', `--begun wants the address at ${new URL(our.publicUrl).host} that the application sends a browser to, copied from the browser`);
};
const loginStep = async (service: ServiceParty, { card, ca, begun }: TestQuestion, opened: Opened, now: Instant, walk: Walk): Promise<TestStep> => {
  const { wire } = service;
  if (opened.environment === 'production') return unseen('login', 'test logins are made in the test environment and the demo alone');
  if (card === null) return unseen('login', 'name a test card with --card and --card-key to log in for real');
  if (begun === null && provesItself(service)) return unseen('login', `${wire.protocol === 'saml' ? 'the service signs its requests, and nobody else can' : 'the client proves itself when it asks, and nobody else can'}: ${BEGIN}`);
  const end = await walk(begun === null ? startOf(service, opened, now) : begunAt(begun, opened), { ours: opened.hostNames, card, ca });
  if (end.kind === 'stopped') return wrong('login', `stopped at a page: ${end.page} (${String(end.status)}); its story: bryggan explain with the reference on it`);
  if (wire.protocol === 'saml') return end.kind === 'answer' ? judgeAnswer(service, wire, end) : wrong('login', `sent elsewhere: ${new URL(end.address).origin}`);
  const query = new URL(end.address).searchParams;
  if (end.kind !== 'redirect' || !wire.redirectUris.some((uri) => end.address.startsWith(`${uri}${uri.includes('?') ? '&' : '?'}`))) return wrong('login', 'the answer goes to an address that is not the client’s');
  return query.has('code') ? works('login', `a real one, through ${end.steps.join(', ') || 'no page'}; a code waits at ${wire.redirectUris[0] ?? ''} and was not redeemed`) : wrong('login', `the answer to the client is ${query.get('error') ?? 'nothing'}`);
};

/** Errors: `command.usage`. */
export const testService = async (question: TestQuestion, opened: Opened, now: Instant, walk: Walk): Promise<readonly TestStep[]> => {
  const service = opened.registry.services.get(question.service as ServiceId) ?? fail('command.usage', `there is no service ${question.service}; \`bryggan service list\` names them all`);
  const { wire } = service;
  const login = await loginStep(service, question, opened, now, walk);
  const accepted = question.begun !== null && login.state === 'works' && provesItself(service);
  return [
    switchedOn(service, opened, now), ...(wire.protocol === 'saml' ? samlSteps(service, wire, now, accepted) : oidcSteps(wire, accepted)),
    await attributeStep(service, question, opened, now), login,
    unseen('in the application', 'that it checks signature, time, audience and level, and knows people by a stable fact: its own tests show that'),
  ];
};
