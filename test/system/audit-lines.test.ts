/**
 * Every code that can end a login leaves a line in the trail. Each row of the error catalogue stands in exactly one table here: provoked on a
 * running Bryggan, shown by a named test, or not a login's end. A new code fails this test until somebody places it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { errorCatalogue, type ErrorCode } from '../../src/core/error-catalogue.ts';
import { askingService, isAnswer, logIn, newRequestId, receivedFrom, type Ask } from '../fixtures/asking-service.ts';
import { product, startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import type { UserAgent } from '../fixtures/user-agent.ts';

const [simple, stranger, journal] = [askingService({ name: 'simple' }), askingService({ name: 'stranger' }), askingService({ name: 'journal', wants: ['employeeHsaId!', 'commissionHsaId!'] })];
const off = askingService({ name: 'switched-off', yaml: 'enabled: false\n' });
/** A request that a session has answered without a page. */
const answered = newRequestId();
let bryggan: Bryggan;
beforeAll(async () => {
  bryggan = await startBryggan({ services: [simple, journal, off].map(({ files }) => files) });
  const known = bryggan.agentFor('anna-berglund');
  await logIn(known, bryggan, simple);
  expect(isAnswer(await simple.start(known, bryggan, { id: answered }))).toBe(true);
});
afterAll(() => bryggan.stop());

type Provoke = (agent: UserAgent) => Promise<unknown>;
const body = (fields: readonly (readonly [string, string])[]): string => new URLSearchParams(fields.map(([name, value]) => [name, value])).toString();
const post = (fields: readonly (readonly [string, string])[]): Provoke => (agent) => agent.go(bryggan.ssoUrl, { method: 'POST', body: body(fields), from: new URL('https://simple.service.example/') });
const document = (xml: string | Uint8Array): Provoke => post([['SAMLRequest', Buffer.from(xml).toString('base64')]]);
const ask = (what: () => Ask): Provoke => (agent) => simple.start(agent, bryggan, what());
const attributes = (changed: Readonly<Record<string, string>>): Provoke => ask(() => ({ attributes: changed }));
const children = (xml: string): Provoke => ask(() => ({ children: xml }));
const card = (person: string | null): Provoke => () => logIn(bryggan.agentFor(person), bryggan, simple);
const commissionPage = async (): Promise<{ agent: UserAgent; page: Awaited<ReturnType<typeof logIn>> }> => {
  const agent = bryggan.agentFor('erik-sandstrom');
  return { agent, page: await logIn(agent, bryggan, journal) };
};

const provoked: Partial<Record<ErrorCode, Provoke>> = {
  'xml.encoding': document(Uint8Array.of(0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e)),
  'xml.illegal-character': document('<a>\u0001</a>'),
  'xml.doctype': document('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'),
  'xml.malformed': document('<a><b></a>'),
  'xml.multiple-roots': document('<a></a><b></b>'),
  'xml.comment': document('<a><!-- --></a>'),
  'xml.cdata': document('<a><![CDATA[x]]></a>'),
  'xml.processing-instruction': document('<a><?x y?></a>'),
  'xml.entity': document('<a>&b;</a>'),
  'xml.namespace': document('<p:a></p:a>'),
  'xml.limit': document(`${'<a>'.repeat(500)}${'</a>'.repeat(500)}`),
  'xml.duplicate-id': document('<a ID="x"><b ID="x"></b></a>'),
  'binding.parameter': post([['SAMLRequest', 'PGEvPg=='], ['SAMLRequest', 'PGEvPg==']]),
  'binding.encoding': post([['SAMLRequest', '!!!']]),
  'binding.relay-state': ask(() => ({ relayState: 'two\nlines' })),
  'saml.schema': document('<a></a>'),
  'saml.service-unknown': (agent) => stranger.start(agent, bryggan),
  'saml.version': attributes({ Version: '1.1' }),
  'saml.destination': attributes({ Destination: 'https://elsewhere.example/saml/sso' }),
  'saml.issue-instant': attributes({ IssueInstant: '2020-01-01T00:00:00Z' }),
  'saml.unsigned': ask(() => ({ unsigned: true })),
  'saml.return-address': attributes({ AssertionConsumerServiceURL: 'https://simple.service.example/acs/other' }),
  'saml.binding-unsupported': attributes({ ProtocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact' }),
  'saml.attribute-index': attributes({ AttributeConsumingServiceIndex: '77' }),
  'saml.authn-context': ask(() => ({ levels: ['http://nobody.example/issues/this'] })),
  'saml.name-id-policy': children('<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos"></samlp:NameIDPolicy>'),
  'saml.subject': children('<saml:Subject><saml:NameID>somebody</saml:NameID></saml:Subject>'),
  'saml.sign-message': children('<samlp:Extensions><csig:SignMessage xmlns:csig="http://id.elegnamnden.se/csig/1.1/dss-ext/ns" MustShow="true"><csig:Message>VGV4dA==</csig:Message></csig:SignMessage></samlp:Extensions>'),
  'saml.scoping': children('<samlp:Scoping><samlp:IDPList><samlp:IDPEntry ProviderID="https://another.example/idp"></samlp:IDPEntry></samlp:IDPList></samlp:Scoping>'),
  'saml.request-replayed': (agent) => simple.start(agent, bryggan, { id: answered }),
  'service.disabled': (agent) => off.start(agent, bryggan),
  'card.none': card(null), 'card.revoked': card('ingrid-soder'), 'card.expired': card('jonas-falk'), 'card.not-yet-valid': card('kerstin-moberg'),
  'card.level-unknown': card('leo-wallin'), 'card.issuer-unknown': card('mona-lund'), 'card.signature-certificate': card('oskar-renberg'),
  'directory.person-unknown': card('asa-hedlund'), 'directory.organisation': card('petra-vester'),
  'commission.none': () => logIn(bryggan.agentFor('john-asplund'), bryggan, journal),
  'login.interaction-needed': attributes({ IsPassive: 'true' }),
  'login.cookie-missing': async () => {
    const { agent, page } = await commissionPage();
    await agent.jar.removeAllCookies();
    return agent.go(page.url.href);
  },
  'login.cancelled': async () => {
    const { agent, page } = await commissionPage();
    return agent.submit(page, { form: ({ action }) => action.endsWith('/cancel') });
  },
  'commission.choice': async () => {
    const { agent, page } = await commissionPage();
    return agent.submit(page, { button: ({ data }) => data['commission'] === '0', fields: { choice: '999' } });
  },
  'login.no-method': async (agent) => {
    const page = await agent.settle(await simple.start(agent, bryggan), ({ step }) => step === 'card');
    return agent.go(`${page.url.origin}/login/${page.url.pathname.split('/')[2] ?? ''}/method/nobody-offers-this`, { from: page.url });
  },
  'login.code': async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const page = await agent.settle(await simple.start(agent, bryggan), ({ step }) => step === 'card');
    const parked = (await agent.once(new URL(page.refresh ?? '', page.url).href)).headers.get('location') ?? '';
    expect(parked).toMatch(/\/return\?code=/);
    return agent.go(parked.replace(/code=.*/, 'code=AAAAAAAAAAAAAAAAAAAAAA'));
  },
  'web.form-foreign': async () => {
    const { agent, page } = await commissionPage();
    return agent.submit(page, { button: ({ data }) => data['commission'] === '0', fields: { token: 'x' } });
  },
};
/** Shown elsewhere, by a test that names the code. */
const elsewhere: Partial<Record<ErrorCode, string>> = {
  'card.unreadable': 'pki/certificate.test.ts', 'card.path': 'flows/refusals.test.ts', 'card.identifier': 'flows/refusals.test.ts', 'card.revocation-unknown': 'authenticators/certificate/authenticate.test.ts',
  'card.proxy': 'vulnerabilities/card-header-spoofing.test.ts', 'card.resumed': 'authenticators/certificate/card-listener.test.ts', 'card.link-used': 'authenticators/certificate/docs.test.ts',
  'party.disabled': 'flows/not-the-colleague.test.ts', 'login.other-browser': 'flows/browser-rules.test.ts',
  'binding.too-large': 'vulnerabilities/saml-a03-deflate-bomb.test.ts', 'xml.too-large': 'saml/xml/reader.test.ts',
  'signature.missing': 'vulnerabilities/xml-cve-2024-45409-wrapping-elsewhere.test.ts', 'signature.reference': 'vulnerabilities/xml-b16-odd-references.test.ts', 'signature.digest': 'vulnerabilities/xml-cve-2025-66568-void-canonicalisation.test.ts', 'signature.invalid': 'vulnerabilities/xml-b22-malleable-signatures.test.ts', 'signature.key': 'vulnerabilities/xml-b21-algorithm-lowering.test.ts', 'signature.algorithm': 'vulnerabilities/xml-b21-algorithm-lowering.test.ts',
  'directory.unavailable': 'conformance/saml/samlcore-3.2.2-status-of-errors.test.ts', 'directory.answer': 'system/directory-away.test.ts', 'release.required-missing': 'conformance/saml/samlcore-3.2.2-status-of-errors.test.ts', 'release.required-held-back': 'system/directory-away.test.ts',
  'signature.shape': 'saml/xml/signature-shape.test.ts', 'signature.transform': 'vulnerabilities/xml-b17-transforms.test.ts', 'decrypt.failed': 'vulnerabilities/saml-c01-padding-oracle.test.ts',
  'employee.none': 'login/choose-commission.test.ts', 'principal.mismatch': 'login/choose-commission.test.ts',
};
/** Not provoked by a browser's request in any test here, and why. */
const reasons: Partial<Record<ErrorCode, string>> = {
  'internal': 'a fault of ours that nobody knows of; the way from error to line is the same for all codes',
  'login.session-limit': 'kept for a limit that no store draws yet',
  'login.done': 'told by a page that leads to the application', 'login.unknown': 'told by a page that leads to the application', 'login.state': 'told by a page that leads to the application',
  'web.rate': 'has a Bryggan of its own below', 'key.unavailable': 'needs a token that goes away in the middle of a login; the way from error to line is the same for all codes',
  'identifier.hsa-id': 'becomes card.identifier before a login sees it', 'identifier.personal-identity-number': 'becomes card.identifier before a login sees it',
  'store.sealed-value': 'shown by the contract of the stores', 'pki.crl': 'concerns a list, no login', 'pki.ocsp': 'concerns an answer of an authority; the login says card.revocation-unknown',
};

const linesOf = async (work: () => Promise<unknown>) => {
  const before = bryggan.audit().length;
  await work();
  return bryggan.audit().slice(before);
};
describe('a refusal leaves a line with its code', () => {
  it.each(Object.entries(provoked))('%s', async (code, provoke) => {
    const lines = await linesOf(() => provoke(bryggan.agentFor(null)));
    expect(lines.map((line) => line.code)).toContain(code);
    expect(lines.some(({ type }) => type === 'login.succeeded')).toBe(false);
  });
  it('the unbroken twin is let in: one line of success, none of refusal', async () => {
    const lines = await linesOf(async () => { expect(receivedFrom(await logIn(bryggan.agentFor('anna-berglund'), bryggan, simple)).status).toEqual(['Success']); });
    expect(lines.map(({ type }) => type)).toEqual(['login.authenticated', 'login.succeeded']);
  });
  it('so does an answer from the session', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    await logIn(agent, bryggan, simple);
    expect((await linesOf(async () => { expect(isAnswer(await simple.start(agent, bryggan))).toBe(true); })).map(({ type }) => type)).toEqual(['login.succeeded']);
  });
});
describe('more logins than the pace allows', () => {
  it('leave a line with web.rate; those before leave none', async () => {
    const paced = await startBryggan({ services: [simple.files], broker: (broker) => { broker.setIn(['login', 'startsPerMinute'], 3); } });
    onTestFinished(() => paced.stop());
    const start = async (): Promise<number> => (await simple.start(paced.agentFor(null), paced)).status;
    expect([await start(), await start(), await start()]).toEqual([200, 200, 200]);
    expect(paced.audit().some(({ code }) => code === 'web.rate')).toBe(false);
    expect(await start()).toBe(429);
    expect(paced.audit().filter(({ code }) => code === 'web.rate')).toHaveLength(1);
  });
});
describe('codes shown elsewhere', () => {
  it.each(Object.entries(elsewhere))('%s: %s', (code, file) => expect(readFileSync(join(product, 'test', file), 'utf8')).toContain(code));
  it('every audited code has its place: provoked, shown elsewhere, or a reason; phones and OpenID Connect have their own tests', () => {
    const placed = new Set([...Object.keys(provoked), ...Object.keys(elsewhere), ...Object.keys(reasons)]);
    const codes = (Object.keys(errorCatalogue) as ErrorCode[]).filter((code) => errorCatalogue[code].audited && !/^(mobile|oidc|upstream)\./.test(code));
    expect(codes.filter((code) => !placed.has(code))).toEqual([]);
    expect([...placed].filter((code) => (code in provoked ? 1 : 0) + (code in elsewhere ? 1 : 0) + (code in reasons ? 1 : 0) !== 1)).toEqual([]);
  });
  it('all are audited', () => {
    for (const code of [...Object.keys(provoked), ...Object.keys(elsewhere)] as ErrorCode[]) expect([code, errorCatalogue[code].audited]).toEqual([code, true]);
  });
});
