/** The agent for SAMBI: a member's service under its own organisation, with what SAMBI wants to read, and the lint as a gate before the frozen export. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exportLint } from '../../../src/app-lint.ts';
import { freeze } from '../../../src/federation/publish/frozen.ts';
import { serviceEntity, type VouchedFacts } from '../../../src/federation/publish/service-entity.ts';
import { writeXml } from '../../../src/saml/xml/index.ts';
import { NOW, serviceMetadata } from '../../fixtures/saml.ts';
import { organisation as ownOrganisation, goodService, lintWith } from '../lint/good.ts';
import { lintMetadata } from '../../../src/federation/lint/lint.ts';
import { feedOf, ourselves, serviceCalled } from './stage.ts';

const LOA3 = 'http://id.sambi.se/loa/loa3';
const facts: VouchedFacts = {
  entityCategories: [], organisation: { name: 'Ale kommun', displayName: 'Ale', url: 'https://ale.example/' }, names: { sv: 'Hemtjänst', en: 'Home care' },
  contacts: [{ type: 'technical', company: 'Region', email: 'drift@region.example', telephone: '031-390 06 02' }, { type: 'support', company: 'Ale kommun', email: 'it@ale.example', telephone: null }],
};
const passedOn = (xml: string, change: Partial<VouchedFacts> = {}): string => writeXml(serviceEntity(Buffer.from(xml), { ...facts, ...change })({}));
const bare = serviceMetadata({ entityId: 'https://bare.example/saml' }).replace(/<mdui:DisplayName[^]*<\/mdui:DisplayName>/, '');
const state = mkdtempSync(join(tmpdir(), 'bryggan-agent-'));
afterAll(() => { rmSync(state, { recursive: true, force: true }); });
const frozenFile = join(state, 'published/sambi-frozen.xml');
const lint = exportLint([], NOW);
const member = (xml: string, entityId = 'https://member.example/saml') => serviceCalled(entityId, { node: serviceEntity(Buffer.from(xml), facts) });

describe('a member’s service', () => {
  it('gets what its own file does not say: names in both languages, who runs it and who helps; SAMBI’s demands are met then', () => {
    expect(lintMetadata(Buffer.from(bare), 'a.xml', lintWith('sambi')).filter(({ severity }) => severity === 'error').map(({ rule }) => rule)).toEqual(['organisation-missing', 'contact-technical']);
    const after = passedOn(bare);
    expect(after).toContain('<mdui:DisplayName xml:lang="sv">Hemtjänst</mdui:DisplayName><mdui:DisplayName xml:lang="en">Home care</mdui:DisplayName>');
    expect(lint(Buffer.from(after), 'b.xml').filter(({ severity }) => severity === 'error')).toEqual([]);
  });
  it('keeps the names and contacts that its own file has', () => {
    const after = passedOn(goodService);
    expect(after).toContain('>Journal</mdui:DisplayName>');
    expect(after).not.toContain('Hemtjänst');
    expect([after.includes('drift@region.example'), after.includes('it@ale.example'), after.includes('mailto:drift@ale.example')]).toEqual([false, false, true]);
  });
  it('carries assurance certification when its party is approved, whatever its own file claims, and not otherwise', () => {
    const claims = goodService.replace('<md:Extensions><alg', `<md:Extensions><mdattr:EntityAttributes><saml:Attribute Name="urn:oasis:names:tc:SAML:attribute:assurance-certification"><saml:AttributeValue>${LOA3}</saml:AttributeValue></saml:Attribute></mdattr:EntityAttributes><alg`);
    expect(claims).toContain(LOA3);
    expect([passedOn(goodService), passedOn(claims)].some((text) => text.includes('assurance-certification'))).toBe(false);
    expect(passedOn(goodService, { assurance: [LOA3] })).toContain(`Name="urn:oasis:names:tc:SAML:attribute:assurance-certification" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"><saml:AttributeValue>${LOA3}</saml:AttributeValue>`);
  });
});

describe('the gate before the frozen export', () => {
  it('what SAMBI would refuse is not frozen, with every reason; what was frozen before stays', () => {
    const before = freeze(feedOf('sambi', ourselves, member(goodService)), state, lint);
    const without = serviceCalled('https://member.example/saml', { node: serviceEntity(Buffer.from(bare), { ...facts, contacts: [] }) });
    expect(() => freeze(feedOf('sambi', ourselves, without), state, lint)).toThrow(/sambi-frozen\.xml:\d+:1: SPSSODescriptor there is no technical contact \[saml2int v2 SDP-MD11; SAMBI: unread\]; fix: add ContactPerson/);
    expect(readFileSync(frozenFile)).toEqual(before.bytes);
  });
  it('a demand that could not be read is a setting: off lets it pass', () => {
    const without = serviceCalled('https://member.example/saml', { node: serviceEntity(Buffer.from(bare), { ...facts, contacts: [] }) });
    expect(freeze(feedOf('sambi', ourselves, without), state, exportLint([{ id: 'sambi', lint: { 'contact-technical': 'off' } }], NOW)).bytes.length).toBeGreaterThan(100);
  });
  it('the first refusal leaves no file behind', () => {
    const empty = mkdtempSync(join(tmpdir(), 'bryggan-agent-'));
    expect(() => freeze(feedOf('sambi', serviceCalled('https://member.example/saml', { node: serviceEntity(Buffer.from(goodService.replace(ownOrganisation, '').replaceAll('technical', 'other')), { ...facts, contacts: [] }) })), empty, lint)).toThrow(/technical contact/);
    expect(existsSync(join(empty, 'published'))).toBe(false);
    rmSync(empty, { recursive: true });
  });
});
