/** Files of parties and services in memory: good ones, for tests that break one thing. */
import { loadTree, type Loaded } from '../../src/parties/sources/load.ts';
import type { RegistrySettings } from '../../src/parties/content.ts';
import type { FederationRules } from '../../src/parties/model.ts';
import { readServiceMetadata } from '../../src/saml/metadata/read-service.ts';
import { testFederation, testKey } from '../fixtures/saml.ts';

export { readServiceMetadata };
export const rulesOf = (overrides: Partial<FederationRules> = {}): FederationRules => ({ ...testFederation(), must: [], requestsSigned: false, ciphers: ['http://www.w3.org/2009/xmlenc11#aes256-gcm'], ...overrides });
export const settingsFor = (overrides: Partial<RegistrySettings> = {}): RegistrySettings => ({
  environment: 'test',
  federations: new Map([['local', rulesOf({ id: 'local' })], ['sambi', rulesOf({ id: 'sambi', must: ['sign-assertion'] })], ['sweden-connect', rulesOf({ id: 'sweden-connect', sign: { response: true, assertion: false }, encryption: 'require', must: ['sign-response', 'encrypt'] })]]),
  methods: ['siths-card', 'phone'],
  attributes: new Set(['*', 'employeeHsaId', 'commissionPurpose']),
  ownEntityIds: ['https://idp.example.se/saml'],
  approvedLookAlikes: [],
  ...overrides,
});

export const partyYaml = (name: string, number: string, more = ''): string =>
  `name: ${name}\norganisationNumber: '${number}'\ndomain: example.se\nsupport: { name: IT-stöd, phone: 031-390 06 00, email: it-stod@example.se, hours: { sv: Vardagar, en: Weekdays } }\n${more}`;
export interface XmlParts { readonly encryption?: boolean; readonly signing?: boolean; readonly names?: string; readonly categories?: readonly string[]; readonly logo?: string; readonly requestsSigned?: boolean }
export const serviceXml = (entityId: string, { encryption = false, signing = true, names, categories = [], logo, requestsSigned = false }: XmlParts = {}): string => {
  const key = (use: string): string => `<md:KeyDescriptor use="${use}"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${testKey('registry').certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
  const attributes = categories.length === 0 ? '' : `<md:Extensions><mdattr:EntityAttributes xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><saml:Attribute Name="http://macedir.org/entity-category" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">${categories.map((category) => `<saml:AttributeValue>${category}</saml:AttributeValue>`).join('')}</saml:Attribute></mdattr:EntityAttributes></md:Extensions>`;
  const ui = names === undefined && logo === undefined ? '' : `<md:Extensions><mdui:UIInfo xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui">${names === undefined ? '' : `<mdui:DisplayName xml:lang="sv">${names}</mdui:DisplayName>`}${logo === undefined ? '' : `<mdui:Logo width="10" height="10">${logo}</mdui:Logo>`}</mdui:UIInfo></md:Extensions>`;
  return `<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">${attributes}
  <md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" AuthnRequestsSigned="${requestsSigned}">${ui}${signing ? key('signing') : ''}${encryption ? key('encryption') : ''}
    <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://app.example.se/acs" index="1" isDefault="true"/>
    <md:AttributeConsumingService index="1"><md:ServiceName xml:lang="sv">Tjänsten</md:ServiceName><md:RequestedAttribute Name="http://sambi.se/attributes/1/employeeHsaId" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"/></md:AttributeConsumingService>
  </md:SPSSODescriptor>
</md:EntityDescriptor>
`;
};

export type Files = Readonly<Record<string, string>>;
/** Two parties, a shared one, and a service of each. */
export const goodFiles: Files = {
  'config/parties/ale.yaml': partyYaml('Ale kommun', '212000-1439'),
  'config/parties/hjo.yaml': partyYaml('Hjo kommun', '212000-1728', "sso: confirm\naffiliates: [{ name: Bryggvården AB, organisationNumber: '559998-0017', invented: true }]\n"),
  'config/parties/joint.yaml': partyYaml('Gemensamt', '0').replace("organisationNumber: '0'", 'operatedBy: ale'),
  'metadata/services/ale/journal.xml': serviceXml('https://journal.example.se/saml'),
  'metadata/services/ale/journal.yaml': 'federation: sambi\nrelease: { allow: [employeeHsaId] }\n',
  'metadata/services/hjo/plan.xml': serviceXml('https://plan.example.se/saml'),
  'metadata/services/hjo/plan.yaml': 'sso: silent\n',
  'metadata/services/joint/mail.xml': serviceXml('https://mail.example.se/saml'),
  'metadata/services/joint/mail.yaml': '',
};
export const treeOf = (files: Files): ReadonlyMap<string, Buffer> => new Map(Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([path, text]) => [path, Buffer.from(text)]));
export const loadFiles = (files: Files, settings: RegistrySettings = settingsFor()): Promise<Loaded> => loadTree(treeOf(files), { settings, readServiceMetadata }, new Map());
