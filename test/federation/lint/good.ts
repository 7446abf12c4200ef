/** A service and an identity provider that every profile is content with, for tests that break one thing. */
import { generateKeyPairSync } from 'node:crypto';
import type { LintOptions } from '../../../src/federation/lint/lint.ts';
import { identityProviderNode } from '../../../src/saml/metadata/write-identity-provider.ts';
import { writeXml } from '../../../src/saml/xml/index.ts';
import { idpDescription } from '../../fixtures/saml-metadata.ts';
import { certificateFor, NOW } from '../../fixtures/saml.ts';

const strong = generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey;
export const certificate = (years?: readonly [number, number]): string => certificateFor(strong, 'lint', years);
export const signing = certificate();
export const keyXml = (use: string, base64: string, inside = ''): string => `<md:KeyDescriptor${use === '' ? '' : ` use="${use}"`}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${base64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>${inside}</md:KeyDescriptor>`;
const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
export const acs = `<md:AssertionConsumerService Binding="${post}" Location="https://journal.example.se/saml/acs" index="1" isDefault="true"/>`;
export const slo = '<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://journal.example.se/saml/slo"/>';
export const logo = '<mdui:Logo width="80" height="60">https://journal.example.se/logo.png</mdui:Logo>';
export const organisation = `<md:Organization>
    <md:OrganizationName xml:lang="sv">Ale kommun</md:OrganizationName>
    <md:OrganizationDisplayName xml:lang="sv">Ale kommun</md:OrganizationDisplayName>
    <md:OrganizationURL xml:lang="sv">https://ale.example/</md:OrganizationURL>
  </md:Organization>`;
export const contact = (type: string): string => `<md:ContactPerson contactType="${type}"><md:EmailAddress>mailto:drift@ale.example</md:EmailAddress></md:ContactPerson>`;
export const wish = '<md:RequestedAttribute Name="http://sambi.se/attributes/1/employeeHsaId" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" isRequired="true"/>';
export const serviceName = '<md:ServiceName xml:lang="sv">Journal</md:ServiceName>';
export const goodService = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui" xmlns:alg="urn:oasis:names:tc:SAML:metadata:algsupport" xmlns:mdrpi="urn:oasis:names:tc:SAML:metadata:rpi" xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" entityID="https://journal.example.se/saml">
  <md:Extensions><alg:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/></md:Extensions>
  <md:SPSSODescriptor AuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:Extensions><mdui:UIInfo>
      <mdui:DisplayName xml:lang="sv">Journal</mdui:DisplayName>
      <mdui:DisplayName xml:lang="en">Records</mdui:DisplayName>
      <mdui:Description xml:lang="sv">Journaler</mdui:Description>
      <mdui:PrivacyStatementURL xml:lang="sv">https://journal.example.se/personuppgifter</mdui:PrivacyStatementURL>
      ${logo}
    </mdui:UIInfo></md:Extensions>
    ${keyXml('signing', signing)}
    ${keyXml('encryption', signing, '<md:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/>')}
    ${slo}
    <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>
    ${acs}
    <md:AttributeConsumingService index="1">${serviceName}${wish}</md:AttributeConsumingService>
  </md:SPSSODescriptor>
  ${organisation}
  ${contact('technical')}
  ${contact('support')}
</md:EntityDescriptor>
`;
export const goodProvider = writeXml(identityProviderNode({ ...idpDescription, signingCertificates: [signing], encryptionCertificates: [signing], errorUrl: 'https://login.example.se/help' }, {}));
export const lintWith = (federation: string, more: Partial<LintOptions> = {}): LintOptions => ({ federation, now: NOW, knowsAttribute: (name) => name.startsWith('http://sambi.se/attributes/1/'), ...more });
