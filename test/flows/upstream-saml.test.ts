/** A login at a party's own IdP on a running Bryggan: there and back, what stops it on the way, and logout in both directions (threats D). */
import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { nameIdFormats, namespaces, statuses } from '../../src/saml/names.ts';
import { askingService, goOn, LOA, receivedFrom, sambi, type Ask, type AskingService } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';
import { audienceOf, idpKey, requestAt, statusElement, upstreamAnswer, upstreamFiles, UPSTREAM_ID, UPSTREAM_SLO, UPSTREAM_SSO, type AnswerParts } from '../fixtures/upstream-idp.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';
import { messageIn } from '../fixtures/logout.ts';
import { EMPLOYEE_HSA_ID, redirectQuery, testKey, type TestKey } from '../fixtures/saml.ts';

const PERSON = 'SE2120001355-DEV1005';
const service = askingService({ name: 'alfa', party: 'goteborg' });
const other = askingService({ name: 'beta', party: 'goteborg' });
const elsewhere = askingService({ name: 'gamma', party: 'boras' });
const yaml = `names: { sv: Göteborgs inloggning, en: Gothenburg login }\ntrust:\n  levels: { '${LOA.two}': loa2, '${LOA.three}': loa3 }\n  highestLevel: loa3\n  hsaIdPrefixes: [SE2120001355-]\n`;
const PROVIDER = 'goteborg/adfs';
const folder = (bryggan: Pick<Bryggan, 'root'>): string => join(bryggan.root, 'metadata', 'identity-providers', 'goteborg');
const writeProvider = (place: Pick<Bryggan, 'root'>, text = yaml): void => {
  mkdirSync(folder(place), { recursive: true });
  const files = upstreamFiles();
  writeFileSync(join(folder(place), 'adfs.xml'), files.xml);
  writeFileSync(join(folder(place), 'adfs.yaml'), text);
};

let bryggan: Bryggan;
beforeAll(async () => {
  bryggan = await startBryggan({
    services: [service, other, elsewhere].map(({ files }) => files),
    prepare: (place) => {
      const path = join(place.root, 'config', 'methods.yaml');
      const methods = parseDocument(readFileSync(path, 'utf8'));
      methods.addIn(['methods'], methods.createNode({ id: 'organisation', kind: 'upstream' }));
      writeFileSync(path, String(methods));
      writeProvider(place);
    },
  });
});
afterAll(() => bryggan.stop());

/** To the IdP: where the browser stands there, with our request. */
const toProvider = async (agent: UserAgent, asker: AskingService = service, ask: Ask = {}): Promise<Visit> => {
  const chooser = await goOn(agent, await asker.start(agent, bryggan, ask));
  expect(chooser.step).toBe('choose-method');
  return agent.go(new URL(`method/${encodeURIComponent(`idp:${PROVIDER}`)}`, new URL(chooser.url.pathname.replace(/method$/, ''), chooser.url)).href, { from: chooser.url });
};
const spId = (): string => `${bryggan.baseUrl}/upstream/saml/metadata`;
const acs = (): string => `${bryggan.baseUrl}/upstream/saml/acs`;
const answerTo = (inResponseTo: string, parts: Partial<AnswerParts> = {}): string =>
  upstreamAnswer({ now: Date.now(), acs: acs(), audience: spId(), inResponseTo, classRef: LOA.three, attributes: { [EMPLOYEE_HSA_ID]: [PERSON] }, ...parts });
const post = (agent: UserAgent, xml: string, relayState: string | null): Promise<Visit> =>
  agent.go(acs(), { method: 'POST', from: new URL(UPSTREAM_SSO), body: new URLSearchParams({ SAMLResponse: Buffer.from(xml).toString('base64'), ...(relayState === null ? {} : { RelayState: relayState }) }).toString() });
const logIn = async (agent: UserAgent, parts: Partial<AnswerParts> = {}, asker: AskingService = service, ask: Ask = {}): Promise<Visit> => {
  const { request, relayState } = requestAt(await toProvider(agent, asker, ask));
  return goOn(agent, await post(agent, answerTo(request.id, parts), relayState));
};
const lastLine = (type: string) => bryggan.audit().filter((line) => line.type === type).at(-1);

/** AuthenticatingAuthority in the order of the answer. */
const authorities = (xml: string): readonly (string | undefined)[] => [...xml.matchAll(/<saml:AuthenticatingAuthority>([^<]*)</g)].map(([, id]) => id);
const scoping = (inside: string, attributes = ''): string => `<samlp:Scoping${attributes}>${inside}</samlp:Scoping>`;
const idpList = (...ids: readonly string[]): string => `<samlp:IDPList>${ids.map((id) => `<samlp:IDPEntry ProviderID="${id}"></samlp:IDPEntry>`).join('')}</samlp:IDPList>`;
const apply = async (change: () => void): Promise<void> => {
  const before = bryggan.audit().filter(({ type }) => type === 'registry.applied').length;
  change();
  await until('the changed files serve', () => Promise.resolve(bryggan.audit().filter(({ type }) => type === 'registry.applied').length > before));
};
const switchOff = (): Promise<void> => apply(() => writeFileSync(join(folder(bryggan), 'adfs.yaml'), `enabled: false\n${yaml}`));
const switchOn = (): Promise<void> => apply(() => writeFileSync(join(folder(bryggan), 'adfs.yaml'), yaml));

describe('there and back', () => {
  it('a signed answer becomes a login: the person of the IdP, the level, and who logged them in', async () => {
    const agent = bryggan.agentFor(null);
    const answer = receivedFrom(await logIn(agent, { authorities: ['https://behind.example/idp'] }));
    expect(answer.status).toEqual(['Success']);
    expect(answer.attributes['employeeHsaId']).toEqual([PERSON]);
    expect(answer.level).toBe(LOA.three);
    expect(authorities(answer.xml)).toEqual(['https://behind.example/idp', UPSTREAM_ID]);
    expect(lastLine('login.authenticated')?.facts).toMatchObject({ method: `idp:${PROVIDER}`, provider: PROVIDER });
    // The session answers the next service, and says of whom it has it.
    const second = receivedFrom(await goOn(agent, await other.start(agent, bryggan)));
    expect(second.status).toEqual(['Success']);
    expect(authorities(second.xml)).toEqual(['https://behind.example/idp', UPSTREAM_ID]);
  });
  it('what the service asked is asked of the IdP: level, fresh login, requesters, and one proxy less', async () => {
    const children = `<samlp:NameIDPolicy Format="${nameIdFormats.transient}" AllowCreate="true"></samlp:NameIDPolicy><samlp:RequestedAuthnContext Comparison="minimum"><saml:AuthnContextClassRef>${LOA.three}</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>${scoping('<samlp:RequesterID>https://first.example/sp</samlp:RequesterID>', ' ProxyCount="3"')}`;
    const { request, relayState } = requestAt(await toProvider(bryggan.agentFor(null), service, { children, attributes: { ForceAuthn: 'true' } }));
    expect(request.requestedAuthnContext).toEqual({ comparison: 'exact', classRefs: [LOA.three], declRefs: [] });
    expect(request.forceAuthn).toBe(true);
    expect(request.scoping).toEqual({ proxyCount: 2, idpList: null, requesterIds: ['https://first.example/sp', service.entityId] });
    expect(request).toMatchObject({ issuer: spId(), acsUrl: acs(), destination: UPSTREAM_SSO });
    expect(relayState.length).toBeLessThanOrEqual(80);
  });
  it('our metadata as a service says where answers go, with keys of its own', async () => {
    const { body, headers } = await bryggan.agentFor(null).go(spId());
    expect(headers.get('content-type')).toContain('application/samlmetadata+xml');
    expect(body).toContain(`Location="${acs()}"`);
    expect(body).toContain('use="encryption"');
    expect(body).not.toContain('IDPSSODescriptor');
    const ours = (await bryggan.agentFor(null).go(bryggan.entityId)).body;
    const [certificate = 'none'] = /<ds:X509Certificate>[^<]*<\/ds:X509Certificate>/.exec(/<md:KeyDescriptor use="signing">[^]*?<\/md:KeyDescriptor>/.exec(body)?.[0] ?? '') ?? [];
    expect(ours).not.toContain(certificate);
  });
});

describe('answers that belong to no login', () => {
  it('D01: an answer that nobody asked for is refused, and the same answer to its own request is taken', async () => {
    const agent = bryggan.agentFor(null);
    const { request, relayState } = requestAt(await toProvider(agent));
    const xml = answerTo(request.id);
    expect((await post(bryggan.agentFor(null), xml, null)).status).toBe(400);
    const strange = await post(bryggan.agentFor(null), xml, `${'A'.repeat(22)}.${'B'.repeat(22)}`);
    expect(strange.forms.some(({ hidden }) => hidden.some(({ name }) => name === 'SAMLResponse'))).toBe(false);
    expect(receivedFrom(await goOn(agent, await post(agent, xml, relayState))).status).toEqual(['Success']);
  });
  it('D02: an answer to one login is not an answer to another', async () => {
    const [mine, hers] = [bryggan.agentFor(null), bryggan.agentFor(null)];
    const first = requestAt(await toProvider(mine));
    const second = requestAt(await toProvider(hers));
    const mixed = await goOn(mine, await post(mine, answerTo(second.request.id), first.relayState));
    expect(mixed.step).toBe('card-failed');
    expect(lastLine('upstream.refused')?.code).toBe('upstream.in-response-to');
    expect(receivedFrom(await goOn(hers, await post(hers, answerTo(second.request.id), second.relayState))).status).toEqual(['Success']);
  });
  it('D05: a second coming of the same answer changes nothing', async () => {
    const agent = bryggan.agentFor(null);
    const { request, relayState } = requestAt(await toProvider(agent));
    const xml = answerTo(request.id);
    const send = () => agent.once(acs(), { method: 'POST', from: new URL(UPSTREAM_SSO), body: new URLSearchParams({ SAMLResponse: Buffer.from(xml).toString('base64'), RelayState: relayState }).toString() });
    const replies = await Promise.all(Array.from({ length: 10 }, send));
    const codes = replies.map((reply) => new URL(reply.headers.get('location') ?? '', bryggan.baseUrl)).filter(({ searchParams }) => searchParams.has('code'));
    expect(codes).toHaveLength(1);
    expect(receivedFrom(await goOn(agent, await agent.go(codes[0]?.href ?? ''))).status).toEqual(['Success']);
  });
  it('D14: RelayState is never an address, and never shown', async () => {
    const agent = bryggan.agentFor(null);
    const { request } = requestAt(await toProvider(agent));
    for (const relayState of ['https://evil.example/', 'javascript:alert(1)', '//evil.example', '"><script>alert(1)</script>']) {
      const visit = await post(agent, answerTo(request.id), relayState);
      expect(visit.trail.join(' ')).not.toContain('evil.example');
      expect(visit.body).not.toContain(relayState);
    }
  });
  it('D15: another browser brings the answer: it logs in nobody', async () => {
    const [victim, attacker] = [bryggan.agentFor(null), bryggan.agentFor(null)];
    const { request, relayState } = requestAt(await toProvider(attacker));
    const visit = await post(victim, answerTo(request.id), relayState);
    expect(visit.status).toBe(403);
    expect((await victim.go(`${bryggan.baseUrl}/me`)).step).not.toBe('me');
  });
  it('D17: answers come by POST alone, and there is no artifact resolution', async () => {
    const agent = bryggan.agentFor(null);
    expect((await agent.go(`${acs()}?SAMLart=x`)).status).toBe(404);
    expect((await agent.go(spId())).body).not.toContain('Artifact');
  });
});

describe('what the IdP says itself', () => {
  const refusal = (second: string): Partial<AnswerParts> => ({ status: statusElement(statuses.responder, second), editResponse: (xml) => xml.replace(/<saml:Assertion[^]*<\/saml:Assertion>/, '') });
  it('is shown first, and told to the service when the person goes back there', async () => {
    const agent = bryggan.agentFor(null);
    const page = await logIn(agent, refusal(statuses.requestDenied));
    expect(page.step).toBe('card-failed');
    const back = await goOn(agent, await agent.submit(page, { form: ({ action }) => action.endsWith('/cancel') }));
    expect(receivedFrom(back).status).toEqual(['Responder', 'RequestDenied']);
  });
  it('a level that was not asked for: NoAuthnContext', async () => {
    const agent = bryggan.agentFor(null);
    const page = await logIn(agent, { classRef: LOA.two }, service, { levels: [LOA.three] });
    expect(receivedFrom(await goOn(agent, await agent.submit(page, { form: ({ action }) => action.endsWith('/cancel') }))).status).toEqual(['Responder', 'NoAuthnContext']);
  });
});

describe('without showing anything (IsPassive)', () => {
  const passive: Ask = { children: scoping(idpList(UPSTREAM_ID)), attributes: { IsPassive: 'true' } };
  it('the one IdP that the request names is asked the same way, and its login answers', async () => {
    const agent = bryggan.agentFor(null);
    const { request, relayState } = requestAt(await goOn(agent, await service.start(agent, bryggan, passive)));
    expect(request.isPassive).toBe(true);
    expect(receivedFrom(await goOn(agent, await post(agent, answerTo(request.id), relayState))).status).toEqual(['Success']);
  });
  it('its NoPassive is the service’s, at once', async () => {
    const agent = bryggan.agentFor(null);
    const { request, relayState } = requestAt(await goOn(agent, await service.start(agent, bryggan, passive)));
    const refusal: Partial<AnswerParts> = { status: statusElement(statuses.responder, statuses.noPassive), editResponse: (xml) => xml.replace(/<saml:Assertion[^]*<\/saml:Assertion>/, '') };
    expect(receivedFrom(await goOn(agent, await post(agent, answerTo(request.id, refusal), relayState))).status).toEqual(['Responder', 'NoPassive']);
  });
});

describe('Scoping', () => {
  it('ProxyCount 0 leaves no IdP to choose, and our own methods stay', async () => {
    const agent = bryggan.agentFor(null);
    const visit = await goOn(agent, await service.start(agent, bryggan, { children: scoping('', ' ProxyCount="0"') }));
    expect(visit.text).not.toContain('Göteborgs inloggning');
    const forced = await agent.go(new URL(`method/${encodeURIComponent(`idp:${PROVIDER}`)}`, new URL(visit.url.pathname.replace(/method\/.*$|method$/, ''), visit.url)).href, { from: visit.url });
    expect(forced.url.origin).toBe(bryggan.baseUrl);
  });
  it('IDPList of somebody whom nobody here knows is refused at once', async () => {
    const agent = bryggan.agentFor(null);
    expect(receivedFrom(await goOn(agent, await service.start(agent, bryggan, { children: scoping(idpList('https://nobody.example/idp')) }))).status).toEqual(['Requester', 'NoSupportedIDP']);
  });
  it('IDPList is asked at the answer too: a session of an IdP that it does not name does not answer', async () => {
    const agent = bryggan.agentFor(null);
    receivedFrom(await logIn(agent));
    expect(receivedFrom(await goOn(agent, await other.start(agent, bryggan, { children: scoping(idpList(UPSTREAM_ID)) }))).status).toEqual(['Success']);
    const visit = await goOn(agent, await other.start(agent, bryggan, { children: scoping(idpList(bryggan.entityId)) }));
    expect(visit.forms.some(({ hidden }) => hidden.some(({ name }) => name === 'SAMLResponse'))).toBe(false);
  });
});

describe('encrypted to the key that we publish', () => {
  const published = async (): Promise<TestKey> => {
    const { body } = await bryggan.agentFor(null).go(spId());
    const [, certificate = ''] = /use="encryption">[^]*?<ds:X509Certificate>([^<]*)</.exec(body) ?? [];
    return { ...testKey('unused'), certificate, publicKey: new X509Certificate(Buffer.from(certificate, 'base64')).publicKey };
  };
  it('an encrypted assertion is read; one to another key is not', async () => {
    const key = await published();
    expect(receivedFrom(await logIn(bryggan.agentFor(null), { encryptFor: { key } })).attributes['employeeHsaId']).toEqual([PERSON]);
    expect((await logIn(bryggan.agentFor(null), { encryptFor: { key: testKey('not ours') } })).step).toBe('card-failed');
    expect(lastLine('upstream.refused')?.code).toBe('upstream.encryption');
  });
});

describe('where the IdP’s own facts stand', () => {
  const nobody = 'SE2120001355-NOBODY';
  const brought = { attributes: { [EMPLOYEE_HSA_ID]: [nobody], [sambi('givenName')]: ['Greta'], [sambi('surname')]: ['Greve'] } };
  it('somebody whom the directory does not know is refused, unless the operator lets the IdP’s facts stand; then these are what is told, within its limits', async () => {
    expect((await logIn(bryggan.agentFor(null), brought)).step).toBe('error');
    await apply(() => writeFileSync(join(folder(bryggan), 'adfs.yaml'), `${yaml}  directory: stands\n  attributes: [employeeHsaId, givenName]\n`));
    const answer = receivedFrom(await logIn(bryggan.agentFor(null), brought));
    expect(answer.attributes).toEqual({ employeeHsaId: [nobody], givenName: ['Greta'] });
    await switchOn();
  });
});

describe('another party’s person, named by number', () => {
  const NUMBER = 'http://sambi.se/attributes/1/personalIdentityNumber';
  const numbered = `${yaml}  personalNumbers: true\nperson: { attribute: '${NUMBER}', kind: personal-identity-number }\n`;
  it('is refused, no session stands afterwards, and no page tells anything of them; the twin of its own is logged in', async () => {
    await apply(() => writeFileSync(join(folder(bryggan), 'adfs.yaml'), numbered));
    const [own, agent] = [bryggan.agentFor(null), bryggan.agentFor(null)];
    expect(receivedFrom(await logIn(own, { attributes: { [NUMBER]: ['189411179840'] } })).status).toEqual(['Success']);
    expect((await own.go(`${bryggan.baseUrl}/me`)).text).toContain('Johansson Wik');
    await logIn(agent, { attributes: { [NUMBER]: ['189109049818'] } });
    for (const path of ['/me', '/me/commission']) {
      const page = await agent.go(`${bryggan.baseUrl}${path}`);
      expect([page.step, /Sandström|Medicinmottagningen/.test(page.text)]).toEqual(['nobody', false]);
    }
    await switchOn();
  });
});

describe('what came in from afar is kept', () => {
  it('an old login of the IdP is no answer where the federation forbids it; the next try asks for a fresh one', async () => {
    const agent = bryggan.agentFor(null);
    const page = await logIn(agent, { statement: { AuthnInstant: new Date(Date.now() - 26 * 3_600_000).toISOString() } });
    expect(page.step).toBe('card-failed');
    const again = page.links.find(({ href }) => href.includes('/method/')) ?? { href: '' };
    // The same IdP at once, whichever method the browser used before.
    const there = await agent.go(new URL(again.href, page.url).href, { from: page.url });
    expect(requestAt(there).request.forceAuthn).toBe(true);
  });
  it('a refusal names the service desk of the organisation whose login it was, not that of the service; and nobody is told to try another card', async () => {
    const agent = bryggan.agentFor(null);
    const chooser = await goOn(agent, await elsewhere.start(agent, bryggan));
    expect(chooser.text).not.toContain('IT-stöd Göteborgs Stad');
    const page = await logIn(agent, { statement: { AuthnInstant: new Date(Date.now() - 26 * 3_600_000).toISOString() } }, elsewhere);
    expect(page.step).toBe('card-failed');
    expect(page.text).toContain('IT-stöd Göteborgs Stad');
    expect(page.text).not.toMatch(/annat kort/);
  });
  it('the IdP’s end of the session is ours: the service hears of no later one', async () => {
    const agent = bryggan.agentFor(null);
    const end = new Date(Math.floor(Date.now() / 1000) * 1000 + 600_000).toISOString();
    const answer = receivedFrom(await logIn(agent, { statement: { SessionNotOnOrAfter: end } }));
    expect(Date.parse(/SessionNotOnOrAfter="([^"]+)"/.exec(answer.xml)?.[1] ?? '')).toBe(Date.parse(end));
  });
  it.each([['OneTimeUse: it answers the login that asked, and no later one', '<saml:OneTimeUse></saml:OneTimeUse>', false], ['the twin without it answers the next', '', true]])('%s', async (_what, once, again) => {
    const agent = bryggan.agentFor(null);
    expect(receivedFrom(await logIn(agent, { restrictions: `${audienceOf(spId())}${once}` })).status).toEqual(['Success']);
    expect((await goOn(agent, await other.start(agent, bryggan))).forms.some(({ hidden }) => hidden.some(({ name }) => name === 'SAMLResponse'))).toBe(again);
  });
  it('ProxyRestriction: its audiences are asked of every service, its count goes on less one', async () => {
    const agent = bryggan.agentFor(null);
    const restricted = { restrictions: `${audienceOf(spId())}<saml:ProxyRestriction Count="2"><saml:Audience>${service.entityId}</saml:Audience></saml:ProxyRestriction>` };
    expect(receivedFrom(await logIn(agent, restricted)).xml).toContain('<saml:ProxyRestriction Count="1">');
    expect((await goOn(agent, await other.start(agent, bryggan))).forms.some(({ hidden }) => hidden.some(({ name }) => name === 'SAMLResponse'))).toBe(false);
  });
});

describe('limits narrowed', () => {
  it('D13: a session from before answers no longer at what the IdP may not say any more; what stays within it does', async () => {
    const agent = bryggan.agentFor(null);
    expect(receivedFrom(await logIn(agent)).status).toEqual(['Success']);
    await apply(() => writeFileSync(join(folder(bryggan), 'adfs.yaml'), yaml.replace('highestLevel: loa3', 'highestLevel: loa2')));
    expect((await goOn(agent, await other.start(agent, bryggan))).forms.some(({ hidden }) => hidden.some(({ name }) => name === 'SAMLResponse'))).toBe(false);
    await switchOn();
    expect(receivedFrom(await goOn(agent, await other.start(agent, bryggan))).status).toEqual(['Success']);
  });
});

describe('switched off', () => {
  it('D13: in the middle of a login the answer is worth nothing; and a session that began there answers no longer', async () => {
    const [going, gone] = [bryggan.agentFor(null), bryggan.agentFor(null)];
    expect(receivedFrom(await logIn(gone)).status).toEqual(['Success']);
    const { request, relayState } = requestAt(await toProvider(going));
    await switchOff();
    const page = await goOn(going, await post(going, answerTo(request.id), relayState));
    expect(page.step).toBe('card-failed');
    expect(lastLine('upstream.refused')?.code).toBe('upstream.disabled');
    expect((await goOn(gone, await other.start(gone, bryggan))).step).not.toBe('on-the-way');
    await switchOn();
    expect(receivedFrom(await goOn(gone, await other.start(gone, bryggan))).status).toEqual(['Success']);
  });
});

describe('logout', () => {
  const slo = (): string => `${bryggan.baseUrl}/upstream/saml/slo`;
  const named = (name: string): Partial<AnswerParts> => ({ nameId: `<saml:NameID Format="${nameIdFormats.transient}">${name}</saml:NameID>`, statement: { SessionIndex: `index-${name}` } });
  const isLoggedIn = async (agent: UserAgent): Promise<boolean> => (await agent.go(`${bryggan.baseUrl}/me`)).step === 'me';
  interface Demanded { readonly name: string; readonly index?: string | null; readonly key?: TestKey | null; readonly issuer?: string; readonly destination?: string; readonly issueInstant?: number }
  const demand = ({ name, index = `index-${name}`, key = idpKey(), issuer = UPSTREAM_ID, destination = slo(), issueInstant = Date.now() }: Demanded): string => {
    const xml = `<samlp:LogoutRequest xmlns:samlp="${namespaces.samlp}" xmlns:saml="${namespaces.saml}" ID="_demand${name}" Version="2.0" IssueInstant="${new Date(issueInstant).toISOString()}" Destination="${destination}"><saml:Issuer>${issuer}</saml:Issuer><saml:NameID Format="${nameIdFormats.transient}">${name}</saml:NameID>${index === null ? '' : `<samlp:SessionIndex>${index}</samlp:SessionIndex>`}</samlp:LogoutRequest>`;
    return `${slo()}?${redirectQuery(xml, { key, relayState: 'of the IdP' })}`;
  };
  const response = (inResponseTo: string, relayState: string | null, status = 'Success'): string => {
    const xml = `<samlp:LogoutResponse xmlns:samlp="${namespaces.samlp}" xmlns:saml="${namespaces.saml}" ID="_response${inResponseTo.slice(1, 20)}" Version="2.0" IssueInstant="${new Date().toISOString()}" Destination="${slo()}" InResponseTo="${inResponseTo}"><saml:Issuer>${UPSTREAM_ID}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${status}"></samlp:StatusCode></samlp:Status></samlp:LogoutResponse>`;
    return `${slo()}?${redirectQuery(xml, { parameter: 'SAMLResponse', key: idpKey(), ...(relayState === null ? {} : { relayState }) })}`;
  };

  it('here: the browser is carried to the IdP, which is named, and its answer is believed', async () => {
    const agent = bryggan.agentFor(null);
    receivedFrom(await logIn(agent, named('_here')));
    const page = await agent.go(`${bryggan.baseUrl}/logout`);
    const progress = await agent.submit(page, { form: ({ action }) => action.endsWith('/logout') });
    expect(progress.text).toContain('Göteborgs inloggning');
    const [, next = ''] = /url=([^"]*next)"/.exec(progress.body) ?? [];
    const there = await agent.go(new URL(next, progress.url).href, { from: progress.url });
    const asked = messageIn(there.url.href);
    expect(asked).toMatchObject({ kind: 'LogoutRequest', to: UPSTREAM_SLO, nameId: '_here', sessionIndex: 'index-_here', signed: true });
    const done = await agent.go(response(asked.id, asked.relayState), { from: new URL(UPSTREAM_SLO) });
    expect(done.step).toBe('logged-out');
    expect(await isLoggedIn(agent)).toBe(false);
  });
  it('at the IdP: our session ends, and the IdP is told', async () => {
    const agent = bryggan.agentFor(null);
    receivedFrom(await logIn(agent, named('_there')));
    const back = await agent.go(demand({ name: '_there' }), { from: new URL(UPSTREAM_SLO) });
    // The service has no way to be told: the person reads it, and goes back.
    const link = back.links.find(({ href }) => href.endsWith('/done'));
    const answered = link === undefined ? back : await agent.go(new URL(link.href, back.url).href, { from: back.url });
    expect(messageIn(answered.url.href)).toMatchObject({ kind: 'LogoutResponse', to: UPSTREAM_SLO, inResponseTo: '_demand_there', relayState: 'of the IdP', signed: true });
    expect(await isLoggedIn(agent)).toBe(false);
  });
  it('at the IdP without SessionIndex: found by the name alone, also from another browser', async () => {
    const agent = bryggan.agentFor(null);
    receivedFrom(await logIn(agent, named('_name')));
    await bryggan.agentFor(null).go(demand({ name: '_name', index: null }), { from: new URL(UPSTREAM_SLO) });
    expect(await isLoggedIn(agent)).toBe(false);
  });
  it('after a second login there, the IdP ends our session by its newer name', async () => {
    const agent = bryggan.agentFor(null);
    receivedFrom(await logIn(agent, named('_first')));
    const { request, relayState } = requestAt(await goOn(agent, await service.start(agent, bryggan, { children: scoping(idpList(UPSTREAM_ID)), attributes: { ForceAuthn: 'true' } })));
    receivedFrom(await goOn(agent, await post(agent, answerTo(request.id, named('_second')), relayState)));
    await agent.go(demand({ name: '_first' }), { from: new URL(UPSTREAM_SLO) });
    expect(await isLoggedIn(agent)).toBe(true);
    await agent.go(demand({ name: '_second' }), { from: new URL(UPSTREAM_SLO) });
    expect(await isLoggedIn(agent)).toBe(false);
  });
  it.each([
    ['unsigned', { key: null }], ['signed by somebody else', { key: testKey('mallory') }], ['of another IdP', { issuer: 'https://other.example/idp' }], ['for another address', { destination: 'https://evil.example/slo' }],
    ['an hour old', { issueInstant: Date.now() - 3_600_000 }], ['about another session', { index: 'index-other' }], ['about another name', { name: '_nobody', index: 'index-_forged' }],
  ] as const)('E08: a demand %s ends nothing', async (_what, change) => {
    const agent = bryggan.agentFor(null);
    receivedFrom(await logIn(agent, named('_forged')));
    await agent.go(demand({ name: '_forged', ...change }), { from: new URL(UPSTREAM_SLO) });
    expect(await isLoggedIn(agent)).toBe(true);
  });
});
