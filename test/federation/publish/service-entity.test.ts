/** A service passed on to others: what it needs is there, what it claims about itself is not (threats F07, F08, F09). */
import { describe, expect, it } from 'vitest';
import { readServiceMetadata } from '../../../src/saml/metadata/read-service.ts';
import { writeXml } from '../../../src/saml/xml/index.ts';
import { serviceEntity, type VouchedFacts } from '../../../src/federation/publish/service-entity.ts';
import { serviceMetadata } from '../../fixtures/saml.ts';

const vouched: VouchedFacts = { entityCategories: [], organisation: { name: 'Ale kommun', displayName: 'Ale', url: 'https://ale.example/' } };
const good = serviceMetadata({});
const passedOn = (xml: string, facts: VouchedFacts = vouched): string => writeXml(serviceEntity(Buffer.from(xml), facts)({}));
const inRole = (xml: string): string => good.replace(/(<md:SPSSODescriptor[^>]*>)/, `$1<md:Extensions>${xml}</md:Extensions>`);
const inEntity = (xml: string): string => good.replace(/(<md:EntityDescriptor[^>]*>)/, `$1<md:Extensions>${xml}</md:Extensions>`);
const ui = (content: string): string => `<mdui:UIInfo xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui">${content}</mdui:UIInfo>`;

describe('what is passed on', () => {
  it('reads as the same service: keys, endpoints, wishes', () => {
    const [before, after] = [readServiceMetadata(Buffer.from(good), 'a.xml').wire, readServiceMetadata(Buffer.from(passedOn(good)), 'b.xml').wire];
    expect(JSON.stringify(after)).toBe(JSON.stringify(before));
  });
  it('stands under the party that answers for it', () => {
    expect(readServiceMetadata(Buffer.from(passedOn(good)), 'b.xml').organisation?.names.sv).toBe('Ale kommun');
  });
  it('carries the categories that we vouch for, and none of its own', () => {
    const claim = inEntity('<mdattr:EntityAttributes xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute"><saml:Attribute xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Name="http://macedir.org/entity-category" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"><saml:AttributeValue>http://claimed.example/</saml:AttributeValue></saml:Attribute></mdattr:EntityAttributes>');
    expect(readServiceMetadata(Buffer.from(claim), 'a.xml').wire.entityCategories).toEqual(['http://claimed.example/']);
    expect(passedOn(claim)).not.toContain('claimed.example');
    const after = passedOn(claim, { ...vouched, entityCategories: ['http://vouched.example/'] });
    expect(readServiceMetadata(Buffer.from(after), 'b.xml').wire.entityCategories).toEqual(['http://vouched.example/']);
  });
  it('has no other role, no scope, no registration, no signature', () => {
    const scope = '<shibmd:Scope xmlns:shibmd="urn:mace:shibboleth:metadata:1.0" regexp="false">vgregion.se</shibmd:Scope>';
    const registration = '<mdrpi:RegistrationInfo xmlns:mdrpi="urn:oasis:names:tc:SAML:metadata:rpi" registrationAuthority="http://x.example"/>';
    const role = '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:SingleSignOnService Binding="b" Location="https://evil.example/"/></md:IDPSSODescriptor>';
    const both = inEntity(scope + registration).replace('<md:SPSSODescriptor', `${role}<md:SPSSODescriptor`);
    const after = passedOn(both);
    expect(after).not.toMatch(/Scope|RegistrationInfo|IDPSSODescriptor|evil/);
    expect(after).toContain('SPSSODescriptor');
  });
  it('has pictures and addresses only of the harmless kinds', () => {
    const after = passedOn(inRole(ui('<mdui:DisplayName xml:lang="sv">&lt;script&gt;</mdui:DisplayName><mdui:Logo height="1" width="1">javascript:alert(1)</mdui:Logo><mdui:Logo height="2" width="2">data:image/svg+xml;base64,PHN2Zz4=</mdui:Logo><mdui:Logo height="3" width="3">https://a.example/logo.png</mdui:Logo><mdui:InformationURL xml:lang="sv">http://plain.example/</mdui:InformationURL>')));
    expect(after).toContain('&lt;script&gt;');
    expect(after).toContain('https://a.example/logo.png');
    expect(after).not.toMatch(/javascript|svg|plain\.example/);
  });
});
