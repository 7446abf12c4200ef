/** Every lint rule: the good document passes, and the same with one thing broken is told by that rule alone, with its line. */
import { describe, expect, it } from 'vitest';
import { demandClean, lintMetadata, type LintOptions } from '../../../src/federation/lint/lint.ts';
import { lintRules } from '../../../src/federation/lint/rules.ts';
import { describeFinding } from '../../../src/core/findings.ts';
import { certificateFor, testKey } from '../../fixtures/saml.ts';
import { acs, certificate, contact, goodProvider, goodService, keyXml, lintWith, logo, organisation, serviceName, signing, slo, wish } from './good.ts';

const findingsOf = (text: string, options: LintOptions) => lintMetadata(Buffer.from(text), 'journal.xml', options);
const replaced = (from: string | RegExp, to: string) => (text: string): string => { const changed = text.replace(from, to); if (changed === text) throw new Error(`nothing to break: ${String(from)}`); return changed; };
const everywhere = (from: string, to: string) => (text: string): string => text.replaceAll(from, to);
const post = /<md:AssertionConsumerService[^>]*>/;
const idp = /<md:SingleSignOnService Binding="[^"]*Redirect"[^>]*><\/md:SingleSignOnService>/;

interface Case { readonly rule: string; readonly federation: string; readonly breaks: (text: string) => string; readonly of?: 'provider'; readonly forExport?: true }
const cases: readonly Case[] = [
  { rule: 'key-unreadable', federation: 'local', breaks: replaced(signing, 'AAAA') },
  { rule: 'certificate-expired', federation: 'local', breaks: replaced(signing, certificate([2019, 2020])) },
  { rule: 'certificate-ends-soon', federation: 'local', breaks: replaced(signing, certificateFor(testKey().privateKey, 'soon', [2025, 2026])) },
  { rule: 'key-small', federation: 'local', breaks: replaced(signing, testKey('small', 'rsa-1024').certificate) },
  { rule: 'key-3072', federation: 'sweden-connect', breaks: replaced(signing, testKey().certificate) },
  { rule: 'key-of-both-uses', federation: 'sweden-connect', breaks: replaced('use="encryption"', '') },
  { rule: 'signing-key-missing', federation: 'sambi', breaks: replaced('use="signing"', 'use="encryption"') },
  { rule: 'encryption-key-missing', federation: 'sweden-connect', breaks: replaced('use="encryption"', 'use="signing"') },
  { rule: 'encryption-key-advised', federation: 'local', breaks: replaced('use="encryption"', 'use="signing"') },
  { rule: 'encryption-not-rsa', federation: 'sambi', breaks: (text) => text.replace(keyXml('encryption', signing).slice(0, -'</md:KeyDescriptor>'.length), keyXml('encryption', testKey('curve', 'ec').certificate).slice(0, -'</md:KeyDescriptor>'.length)) },
  { rule: 'algorithm-sha1', federation: 'inera', breaks: replaced('<alg:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>', '<alg:DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/>') },
  { rule: 'algorithm-refused', federation: 'inera', breaks: replaced('<md:EncryptionMethod ', '<md:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-1_5"/><md:EncryptionMethod ') },
  { rule: 'algorithm-no-block', federation: 'inera', breaks: replaced('http://www.w3.org/2009/xmlenc11#aes256-gcm', 'http://www.w3.org/2009/xmlenc11#rsa-oaep') },
  { rule: 'endpoint-http', federation: 'local', breaks: replaced('Location="https://journal.example.se/saml/acs"', 'Location="http://journal.example.se/saml/acs"') },
  { rule: 'link-http', federation: 'local', breaks: replaced('>https://journal.example.se/personuppgifter', '>http://journal.example.se/personuppgifter') },
  { rule: 'error-url', federation: 'local', of: 'provider', breaks: replaced('https://login.example.se/help', 'http://login.example.se/help') },
  { rule: 'entity-id-long', federation: 'local', breaks: replaced('entityID="', `entityID="https://journal.example.se/${'a'.repeat(240)}/`) },
  { rule: 'acs-post', federation: 'local', breaks: replaced('HTTP-POST', 'HTTP-Artifact') },
  { rule: 'acs-index-repeated', federation: 'local', breaks: replaced(post, (acs + acs).replace(' isDefault="true"', '')) },
  { rule: 'acs-two-defaults', federation: 'local', breaks: replaced(post, acs + acs.replace('index="1"', 'index="2"')) },
  { rule: 'logout-missing', federation: 'local', breaks: replaced(slo, '') },
  { rule: 'login-redirect', federation: 'local', of: 'provider', breaks: replaced(idp, '') },
  { rule: 'login-post', federation: 'sweden-connect', of: 'provider', breaks: replaced(/(<md:SingleSignOnService Binding="[^"]*)HTTP-POST/, '$1HTTP-Artifact') },
  { rule: 'name-sv', federation: 'sambi', breaks: replaced('<mdui:DisplayName xml:lang="sv">Journal</mdui:DisplayName>', '') },
  { rule: 'name-en', federation: 'sambi', breaks: replaced('<mdui:DisplayName xml:lang="en">Records</mdui:DisplayName>', '') },
  { rule: 'description-sv', federation: 'sweden-connect', breaks: replaced('<mdui:Description xml:lang="sv">Journaler</mdui:Description>', '') },
  { rule: 'logo-missing', federation: 'sweden-connect', breaks: replaced(logo, '') },
  { rule: 'logo-unsafe', federation: 'local', breaks: replaced('https://journal.example.se/logo.png', 'data:image/svg+xml;base64,PHN2Zy8+') },
  { rule: 'logo-size', federation: 'local', breaks: replaced('width="80"', '') },
  { rule: 'privacy-statement', federation: 'local', breaks: replaced(/<mdui:PrivacyStatementURL.*<\/mdui:PrivacyStatementURL>/, '') },
  { rule: 'organisation-missing', federation: 'sambi', breaks: replaced(organisation, '') },
  { rule: 'organisation-incomplete', federation: 'sambi', breaks: replaced('<md:OrganizationDisplayName xml:lang="sv">Ale kommun</md:OrganizationDisplayName>', '') },
  { rule: 'contact-technical', federation: 'sambi', breaks: replaced(contact('technical'), '') },
  { rule: 'contact-support', federation: 'sambi', breaks: replaced(contact('support'), '') },
  { rule: 'contact-mail', federation: 'local', breaks: replaced('mailto:drift@ale.example', 'drift@ale.example') },
  { rule: 'valid-until-past', federation: 'local', breaks: replaced('entityID=', 'validUntil="2026-05-31T00:00:00Z" entityID=') },
  { rule: 'valid-until-soon', federation: 'local', breaks: replaced('entityID=', 'validUntil="2026-06-15T00:00:00Z" entityID=') },
  { rule: 'varies-between-reads', federation: 'sambi', forExport: true, breaks: replaced('entityID=', 'cacheDuration="PT1H" entityID=') },
  { rule: 'role-missing', federation: 'local', breaks: replaced('SAML:2.0:protocol"', 'SAML:1.1:protocol"') },
  { rule: 'attribute-service-missing', federation: 'local', breaks: replaced(/<md:AttributeConsumingService.*<\/md:AttributeConsumingService>/, '') },
  { rule: 'attribute-service-name', federation: 'local', breaks: replaced(serviceName, '') },
  { rule: 'attribute-name-format', federation: 'local', breaks: replaced('attrname-format:uri', 'attrname-format:basic') },
  { rule: 'attribute-unknown', federation: 'local', breaks: replaced(wish, wish.replace('http://sambi.se/attributes/1/employeeHsaId', 'employeeHsaId')) },
  { rule: 'name-id-unanswered', federation: 'local', breaks: replaced('SAML:2.0:nameid-format:transient', 'SAML:1.1:nameid-format:emailAddress') },
  { rule: 'registered-by-itself', federation: 'sambi', breaks: replaced('<md:Extensions><alg', '<md:Extensions><mdrpi:RegistrationInfo registrationAuthority="http://www.sambi.se/"/><alg') },
  { rule: 'level-claimed', federation: 'sambi', breaks: replaced('<md:Extensions><alg', '<md:Extensions><mdattr:EntityAttributes><saml:Attribute Name="urn:oasis:names:tc:SAML:attribute:assurance-certification"><saml:AttributeValue>http://id.sambi.se/loa/loa3</saml:AttributeValue></saml:Attribute></mdattr:EntityAttributes><alg') },
  { rule: 'level-missing', federation: 'sambi', of: 'provider', breaks: replaced('assurance-certification', 'assurance') },
  { rule: 'attributes-unlisted', federation: 'sambi', of: 'provider', breaks: (text) => text.replaceAll(/<saml:Attribute [^>]*Name="http:\/\/sambi[^>]*><\/saml:Attribute>/g, '') },
  { rule: 'scope-pattern', federation: 'local', of: 'provider', breaks: everywhere('regexp="false"', 'regexp="true"') },
];

describe('lint', () => {
  it.each(['sambi', 'inera', 'sweden-connect', 'local'])('a good service and a good identity provider have no finding in %s', (federation) => {
    expect(findingsOf(goodService, lintWith(federation, { forExport: true })).map(describeFinding)).toEqual([]);
    expect(findingsOf(goodProvider, lintWith(federation, { forExport: true })).map(describeFinding)).toEqual([]);
  });
  it.each(cases)('$rule ($federation)', ({ rule, federation, breaks, of, forExport }) => {
    const broken = breaks(of === 'provider' ? goodProvider : goodService);
    const now = rule === 'certificate-ends-soon' ? Date.UTC(2025, 11, 20) : undefined;
    const found = findingsOf(broken, lintWith(federation, { ...(forExport === true ? { forExport } : {}), ...(now === undefined ? {} : { now }) }));
    expect([...new Set(found.map((finding) => finding.rule))]).toEqual([rule]);
    const row = lintRules.find(({ id }) => id === rule);
    expect(found[0]).toMatchObject({ file: 'journal.xml', clause: row?.clause, message: row?.sentence, fix: row?.fix });
    expect(found[0]?.line).toBeGreaterThan(0);
  });
  it('every rule has its case, and no id stands twice', () => {
    expect(cases.map(({ rule }) => rule).toSorted()).toEqual(lintRules.map(({ id }) => id).toSorted());
  });
  it('a finding stands at the line of what is wrong', () => {
    const found = findingsOf(goodService.replace('<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https:', '<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="http:'), lintWith('local'));
    expect(found.map(({ line }) => line)).toEqual([goodService.split('\n').findIndex((text) => text.includes('saml/acs')) + 1]);
  });
  it('what is missing is an error where the federation demands it, a warning where it advises, and a setting overrules both', () => {
    const without = goodService.replace(organisation, '');
    const severity = (federation: string, settings = {}) => findingsOf(without, lintWith(federation, { settings })).map((finding) => finding.severity);
    expect([severity('sambi'), severity('local'), severity('sambi', { 'organisation-missing': 'off' }), severity('local', { 'organisation-missing': 'error' })]).toEqual([['error'], ['warning'], [], ['error']]);
  });
  it('a federation of one’s own gets the rules of local', () => {
    expect(findingsOf(goodService.replaceAll('use="encryption"', 'use="signing"'), lintWith('our-own')).map(({ rule }) => rule)).toEqual(['encryption-key-advised']);
  });
  it('every entity of an aggregate is looked at', () => {
    const both = `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${goodService.replace(slo, '')}${goodService.replace(slo, '').replace('journal.example.se/saml"', 'other.example.se/saml"')}</md:EntitiesDescriptor>`;
    expect(findingsOf(both, lintWith('local')).map(({ rule }) => rule)).toEqual(['logout-missing', 'logout-missing']);
  });
  it.each([['not XML', 'hello', 'not-readable'], ['a document type', `<!DOCTYPE a>${goodService}`, 'not-readable'], ['another document', '<a/>', 'not-metadata']])('%s is one finding, not a fall', (_what, text, rule) => {
    expect(findingsOf(text, lintWith('local')).map((finding) => [finding.rule, finding.severity])).toEqual([[rule, 'error']]);
  });
  it('the gate names every error, and lets warnings pass', () => {
    const warned = findingsOf(goodService.replace(slo, ''), lintWith('sambi'));
    expect(() => { demandClean(warned); }).not.toThrow();
    const wrong = findingsOf(goodService.replace(organisation, '').replace(contact('technical'), ''), lintWith('sambi'));
    expect(() => { demandClean(wrong); }).toThrow(/there is no Organization.*\n.*there is no technical contact/);
  });
});
