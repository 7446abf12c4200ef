/** HSA's services answering wrongly, one thing at a time (threats J03, J05; issue: slow, fault, wrong person, empty, huge, malformed, mixed namespaces). */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/core/error-catalogue.ts';
import { openSoapDirectory, type SoapDirectory } from '../../../src/directory/hsa-soap/directory.ts';
import type { SoapSettings } from '../../../src/directory/hsa-soap/settings.ts';
import type { PersonKey } from '../../../src/directory/model.ts';
import { soapSettings } from '../../contracts/stages/soap.ts';
import { answerText, envelope, fault } from '../../fakes/hsa-soap/answers.ts';
import { startHsaSoap, type Misbehaviour, type Simulator } from '../../fakes/hsa-soap/simulator.ts';
import { refusedWith, rejectedWith } from '../../fixtures/refused.ts';
import { hsaId } from '../people.ts';
import { complete, NOW, protectedPerson, twoPosts, world } from '../world.ts';

const byPost: PersonKey = { kind: 'hsa-id', hsaId: hsaId('TWO1') };
const byNumber: PersonKey = { kind: 'personal-identity-number', number: twoPosts.personalIdentityNumber! };
const open: SoapDirectory[] = [];
let simulator: Simulator;
beforeAll(async () => { simulator = await startHsaSoap(world); });
afterAll(async () => {
  await simulator.stop();
  expect(simulator.violations).toEqual([]);
});
afterEach(() => {
  simulator.misbehave(null);
  simulator.hold(null);
  for (const directory of open.splice(0)) directory.close();
});
const directoryFor = (change: Partial<SoapSettings> = {}): SoapDirectory => {
  const directory = openSoapDirectory(soapSettings([simulator.url], world, NOW, change));
  open.push(directory);
  return directory;
};
const refused = async (how: Misbehaviour, code: ErrorCode, key: PersonKey = byNumber, change: Partial<SoapSettings> = {}) => {
  simulator.misbehave(how);
  const error = await rejectedWith(code, directoryFor(change).find(key));
  expect(JSON.stringify([error.message, error.detail, error.facts])).not.toMatch(/Johansson|1894|SE2321000131|Maria/);
  return error;
};
const body = (change: (right: string) => string): Misbehaviour => ({ body: change });
const credentialsOnly = (change: (right: string) => string): Misbehaviour => ({ only: 'GetCredentialsForPersonIncludingProtectedPerson', body: change });
const about = (person: typeof complete): Misbehaviour => credentialsOnly(() => answerText({ interaction: 'GetCredentialsForPersonIncludingProtectedPerson', personHsaId: null, personalIdentityNumber: person.personalIdentityNumber, includeFeigned: true }, world));

describe('the unbroken twin', () => {
  it.each([['by number', byNumber], ['by HSA-id', byPost]])('%s: the person with both posts', async (_, key) => expect((await directoryFor().find(key))?.employments).toHaveLength(2));
  it.each([
    ['a byte order mark, comments and CDATA', (right: string) => `\uFEFF<!-- from the platform -->${right.replace('<x:givenName>Maria</x:givenName>', '<!-- x --><x:givenName><![CDATA[Maria]]></x:givenName>')}`.replace("<?xml version='1.0' encoding='UTF-8'?>\n", '')],
    ['elements of a later minor version', (right: string) => right.replaceAll('</m:credentialInformation>', '<q:more xmlns:q="urn:riv:infrastructure:directory:authorizationmanagement:2.3"><q:deep/></q:more></m:credentialInformation>')],
    ['blanks and line breaks between elements', (right: string) => right.replaceAll('><', '>\n  <')],
  ])('%s change nothing', async (_, change) => {
    simulator.misbehave(body(change));
    expect(await directoryFor().find(byNumber)).toMatchObject({ employments: [{ givenName: 'Maria' }, { givenName: 'Maria' }] });
  });
  it('an empty answer is nobody, and no fault [HSA-TKB]', async () => {
    simulator.misbehave(credentialsOnly((right) => right.replace(/<m:credentialInformation>[^]*<\/m:credentialInformation>/, '')));
    expect([await directoryFor().find(byNumber), await directoryFor().find(byPost)]).toEqual([undefined, undefined]);
  });
});

describe('somebody else than asked', () => {
  it('another person, by number', async () => { await refused(about(complete), 'directory.answer'); });
  it('another person, by HSA-id', async () => { await refused(about(complete), 'directory.answer', byPost); });
  it('two people', async () => { await refused(credentialsOnly((right) => right.replace('</m:credentialInformation>', `</m:credentialInformation>${/<m:credentialInformation>[^]*?<\/m:credentialInformation>/.exec(answerText({ interaction: 'GetCredentialsForPersonIncludingProtectedPerson', personHsaId: hsaId('POST1'), personalIdentityNumber: null, includeFeigned: true }, world))![0]}`)), 'directory.answer'); });
  it('somebody without a number, when asked by number', async () => { await refused(credentialsOnly((right) => right.replaceAll(/<y:personalIdentity>[^]*?<\/y:personalIdentity>/g, '')), 'directory.answer'); });
  it('a number of another kind, when asked by number', async () => { await refused(credentialsOnly((right) => right.replaceAll('1.2.752.129.2.1.3.1', '1.2.752.74.9.1')), 'directory.answer'); });
  it('one HSA-id twice', async () => { await refused(credentialsOnly((right) => right.replaceAll('SE2120001355-TWO2', 'SE2321000131-TWO1')), 'directory.answer'); });
  it('contact data of other posts only', async () => { await refused({ only: 'GetEmployeeIncludingProtectedPerson', body: (right) => right.replaceAll('TWO1', 'ELSE1').replaceAll('TWO2', 'ELSE2') }, 'directory.answer'); });
});

describe('not the form of the contract', () => {
  it.each<[string, Misbehaviour]>([
    ['a known element in another namespace: a mark must not be passed over', credentialsOnly((right) => right.replaceAll('<x:personHsaId>', '<x:protectedPerson>true</x:protectedPerson><x:personHsaId>'))],
    ['the protected mark in the namespace of another version', credentialsOnly((right) => right.replaceAll('</m:credentialInformation>', '<y:protectedPerson>true</y:protectedPerson></m:credentialInformation>'))],
    ['the protected mark in no namespace', credentialsOnly((right) => right.replaceAll('</m:credentialInformation>', '<protectedPerson>true</protectedPerson></m:credentialInformation>'))],
    ['the protected mark in a namespace of nobody', credentialsOnly((right) => right.replaceAll('</m:credentialInformation>', '<e:protectedPerson xmlns:e="urn:evil">true</e:protectedPerson></m:credentialInformation>'))],
    ['an unknown element in a known namespace', credentialsOnly((right) => right.replaceAll('</m:credentialInformation>', '<x:surprise/></m:credentialInformation>'))],
    ['a mandatory element missing', credentialsOnly((right) => right.replaceAll(/<x:middleAndSurName>[^<]*<\/x:middleAndSurName>/g, ''))],
    ['a single element twice', credentialsOnly((right) => right.replaceAll('<x:givenName>Maria</x:givenName>', '<x:givenName>Maria</x:givenName><x:givenName>Eva</x:givenName>'))],
    ['a truth value that is none', credentialsOnly((right) => right.replaceAll('<x:commission>', '<x:protectedPerson>yes</x:protectedPerson><x:commission>'))],
    ['a truth value that is empty: a mark must not be passed over', credentialsOnly((right) => right.replaceAll('<x:commission>', '<x:protectedPerson/><x:commission>'))],
    ['a point in time that is none', { only: 'GetEmployeeIncludingProtectedPerson', body: (right: string) => right.replaceAll('</x:dn>', '</x:dn><x:personEndDate>never</x:personEndDate>') }],
    ['elements inside a text', credentialsOnly((right) => right.replaceAll('<x:givenName>Maria<', '<x:givenName><b>Maria</b><'))],
    ['text between elements', credentialsOnly((right) => right.replaceAll('<x:givenName>', 'text<x:givenName>'))],
    ['the answer of another contract', body((right) => right.replaceAll('GetCredentialsForPersonIncludingProtectedPersonResponse', 'GetCredentialsForPersonResponse'))],
    ['two answers', body((right) => right.replace(/(<m:[^]*<\/m:[A-Za-z]*Response>)/, '$1$1'))],
    ['an empty body', body(() => envelope(''))],
    ['SOAP 1.2', body((right) => right.replaceAll('http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope'))],
    ['a document type', body((right) => right.replace("<?xml version='1.0' encoding='UTF-8'?>", '<!DOCTYPE x [<!ENTITY e "x">]>'))],
    ['a processing instruction', body((right) => right.replace('<S:Body>', '<?php x?><S:Body>'))],
    ['half a document', body((right) => right.slice(0, right.length / 2))],
    ['nothing', body(() => '')],
    ['HTML that claims to be XML', body(() => '<html><body>Service temporarily moved<br></body></html>')],
    ['another encoding', { body: (right: string) => Buffer.from(right, 'latin1') }],
    ['HTML', { contentType: 'text/html', body: () => '<html></html>' }],
    ['an attachment', { contentType: 'multipart/related; boundary=x' }],
    ['another charset', { contentType: 'text/xml; charset=iso-8859-1' }],
  ])('%s is refused', async (_, how) => { await refused(how, 'directory.answer'); });
  it('more than the limit is refused before it is read', async () => {
    await refused(body((right) => right.replace('</S:Envelope>', `${' '.repeat(100_000)}</S:Envelope>`)), 'directory.answer', byNumber, { maxBytes: 100_000 });
    await refused({ instead: 'endless' }, 'directory.answer', byNumber, { maxBytes: 1_000_000 });
  });
});

describe('no answer', () => {
  it.each([
    ['a fault of the platform', { status: 500, body: () => fault('VP007 Caller was not authorized to access the requested resource') }, { fault: 'VP007', status: 500 }],
    ['a fault with status 200', { body: () => fault('something technical') }, { fault: 'unknown', status: 200 }],
    ['403: our certificate or agreement', { status: 403, contentType: 'text/plain', body: () => 'Access is denied' }, { status: 403 }],
    ['503', { status: 503, contentType: 'text/html', body: () => '' }, { status: 503 }],
    ['500 without a fault', { status: 500, contentType: 'text/html', body: () => '<html>' }, { status: 500 }],
    ['a redirect, which is not followed', { status: 302, headers: { location: 'https://localhost:1/' } }, { status: 302 }],
    ['a connection that is dropped', { instead: 'drop' }, { kind: 'ECONNRESET' }],
  ] as [string, Misbehaviour, object][])('%s is unavailable', async (_, how, facts) => expect((await refused(how, 'directory.unavailable')).facts).toMatchObject(facts));
  it('an answer that is cut off is unavailable', async () => { await refused({ instead: 'cut' }, 'directory.unavailable'); });
  it('silence is unavailable when time is up, never a hang', async () => {
    expect((await refused({ instead: 'silence' }, 'directory.unavailable', byNumber, { timeout: 150 })).facts).toEqual({ milliseconds: 150 });
  });
  it('one service of several that is away fails the question: half a person is none (threats J05)', async () => { await refused({ only: 'GetAdminCredentialsForPersonIncludingProtectedPerson', status: 503, contentType: 'text/plain' }, 'directory.unavailable'); });
  it('a host that is not there is unavailable', async () => { await rejectedWith('directory.unavailable', openSoapDirectory(soapSettings(['https://localhost:1/vp'], world, NOW)).find(byNumber)); });
});

describe('mutual TLS', () => {
  const root = new URL('../../../', import.meta.url).pathname;
  const file = (name: string) => readFileSync(`${root}certs-dev/${name}`, 'utf8');
  it('a service certified by somebody else is not spoken to', async () => { await rejectedWith('directory.unavailable', directoryFor({ ca: file('tls/ca.crt.pem') }).find(byNumber)); });
  it('a service that its certificate does not name is not spoken to', async () => { await rejectedWith('directory.unavailable', directoryFor({ endpoints: [simulator.url.replace('localhost', '127.0.0.1')] }).find(byNumber)); });
  it('a certificate of ours that the service does not know gets nothing', async () => { await rejectedWith('directory.unavailable', directoryFor({ certificate: file('tls/main.crt.pem'), key: file('tls/main.key.pem') }).find(byNumber)); });
  it.each([
    ['http', { endpoints: ['http://localhost/vp'] }], ['no endpoint', { endpoints: [] }], ['no authority', { ca: '' }], ['no certificate', { certificate: ' ' }], ['no key', { key: '' }], ['no logical address', { logicalAddress: '' }],
  ])('%s is refused at start', (_, change) => void refusedWith('directory.source', () => directoryFor(change)));
});

describe('connections', () => {
  it('a hundred people at once use no more than configured', async () => {
    const before = simulator.mostConnections();
    const fresh = await startHsaSoap(world);
    try {
      const directory = openSoapDirectory(soapSettings([fresh.url], world, NOW, { maxConnections: 3 }));
      const found = await Promise.all(Array.from({ length: 100 }, () => directory.find(byPost)));
      expect([found.every((person) => person?.employments.length === 2), fresh.mostConnections(), fresh.asked.length]).toEqual([true, 3, 400]);
      directory.close();
    } finally {
      await fresh.stop();
    }
    expect(simulator.mostConnections()).toBe(before);
  });
  it('without contact data and administration two calls less are made', async () => {
    const count = simulator.asked.length;
    expect((await directoryFor({ askEmployee: false, askAdministrative: false }).find(byNumber))?.employments[0]).toMatchObject({ title: null, organisation: { number: '0000000000' }, authorizationScopes: [] });
    expect(simulator.asked.slice(count).map(({ interaction }) => interaction)).toEqual(['GetCredentialsForPersonIncludingProtectedPerson']);
  });
  it('a person is protected when any of the services says so', async () => {
    simulator.misbehave({ only: 'GetCredentialsForPersonIncludingProtectedPerson', body: (right) => right.replaceAll('<x:protectedPerson>true</x:protectedPerson>', '') });
    expect((await directoryFor().find({ kind: 'hsa-id', hsaId: protectedPerson.employments[0]!.hsaId }))?.protectedPerson).toBe(true);
  });
});
