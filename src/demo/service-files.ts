/** Metadata of the demo applications, as their suppliers would send it, and the operator's file beside it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acsPath, logoPath, sloPath } from './application.ts';

export interface DemoApplication {
  readonly id: string;
  readonly party: string;
  readonly entityId: string;
  readonly baseUrl: string;
  readonly names: { readonly sv: string; readonly en: string };
  readonly levels: readonly string[];
  readonly wants: readonly { readonly name: string; readonly required: boolean }[];
  readonly federation: string;
  /** The local IdP that asks for it: a service of ours in its place. */
  readonly through?: { readonly sv: string; readonly en: string };
}
const sambi = (name: string, required = false) => ({ name: `http://sambi.se/attributes/1/${name}`, required });

export const demoApplications = (baseUrl: (index: number) => string): readonly DemoApplication[] => [
  {
    id: 'journal', party: 'vgr', entityId: `${baseUrl(0)}/saml`, baseUrl: baseUrl(0), names: { sv: 'Journalsystemet', en: 'Health Records' }, federation: 'inera',
    levels: ['http://id.sambi.se/loa/loa2', 'http://id.sambi.se/loa/loa3'],
    wants: [sambi('employeeHsaId', true), sambi('givenName'), sambi('surname'), sambi('healthcareProfessionalLicense'), sambi('commissionHsaId', true), sambi('commissionName'), sambi('commissionPurpose', true), sambi('commissionRight'), sambi('healthCareUnitHsaId', true), sambi('healthCareUnitName'), sambi('healthCareProviderHsaId', true), sambi('healthCareProviderName')],
  },
  {
    id: 'planering', party: 'boras', entityId: `${baseUrl(1)}/saml`, baseUrl: baseUrl(1), names: { sv: 'Hemvårdsplaneringen', en: 'Home Care Planning' }, federation: 'sambi',
    levels: ['http://id.sambi.se/loa/loa2', 'http://id.sambi.se/loa/loa3'],
    wants: [sambi('employeeHsaId', true), sambi('givenName'), sambi('surname'), sambi('paTitleCode'), sambi('mail'), { name: 'urn:userOrganizationName', required: false }],
  },
];

/** What all 50 parties share: its people come from everywhere, with a card or a phone. */
export const jointApplication = (baseUrl: string): DemoApplication => ({
  id: 'vardplan', party: 'joint', entityId: `${baseUrl}/saml`, baseUrl, names: { sv: 'Gemensamma vårdplanen', en: 'Shared Care Plan' }, federation: 'inera',
  levels: ['http://id.sambi.se/loa/loa2', 'http://id.sambi.se/loa/loa3'],
  wants: [sambi('employeeHsaId', true), sambi('givenName'), sambi('surname'), { name: 'urn:userOrganizationName', required: false }],
});

/** An application behind Göteborg's own IdP, which is Bryggan's service in its place. It has the IdP's entityID. */
export const behindApplication = (baseUrl: string, entityId: string): DemoApplication => ({
  id: 'idp', party: 'goteborg', entityId, baseUrl, names: { sv: 'Göteborgs personalportal', en: 'Gothenburg Staff Portal' }, through: { sv: 'Göteborgs Stads inloggning', en: 'City of Gothenburg Login' }, federation: 'sambi',
  levels: ['http://id.sambi.se/loa/loa2', 'http://id.sambi.se/loa/loa3'],
  wants: [sambi('employeeHsaId', true), sambi('givenName'), sambi('surname')],
});

/** How the IdP in between names the application. */
export const requesterIdOf = ({ baseUrl }: Pick<DemoApplication, 'baseUrl'>): string => `${baseUrl}/portal`;

const metadata = (application: DemoApplication, certificate: string, names = application.through ?? application.names): string => `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui" entityID="${application.entityId}">
  <md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:Extensions>
      <mdui:UIInfo>
        <mdui:DisplayName xml:lang="sv">${names.sv}</mdui:DisplayName>
        <mdui:DisplayName xml:lang="en">${names.en}</mdui:DisplayName>
        <mdui:Logo height="64" width="64">${application.baseUrl}${logoPath}</mdui:Logo>
      </mdui:UIInfo>
    </md:Extensions>
    <md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${application.baseUrl}${sloPath}"/>
    <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>
    <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${application.baseUrl}${acsPath}" index="1" isDefault="true"/>
    <md:AttributeConsumingService index="1" isDefault="true">
      <md:ServiceName xml:lang="sv">${names.sv}</md:ServiceName>
      <md:ServiceName xml:lang="en">${names.en}</md:ServiceName>
${application.wants.map(({ name, required }) => `      <md:RequestedAttribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" isRequired="${required}"/>`).join('\n')}
    </md:AttributeConsumingService>
  </md:SPSSODescriptor>
  <md:Organization>
    <md:OrganizationName xml:lang="sv">Påhittad leverantör</md:OrganizationName>
    <md:OrganizationDisplayName xml:lang="sv">Påhittad leverantör</md:OrganizationDisplayName>
    <md:OrganizationURL xml:lang="sv">https://supplier.example/</md:OrganizationURL>
  </md:Organization>
  <md:ContactPerson contactType="technical"><md:EmailAddress>mailto:drift@supplier.example</md:EmailAddress></md:ContactPerson>
  <md:ContactPerson contactType="support"><md:EmailAddress>mailto:support@supplier.example</md:EmailAddress></md:ContactPerson>
</md:EntityDescriptor>
`;

/** `certificate`: base64 of the application's certificate. */
export const writeServiceFiles = (root: string, application: DemoApplication, certificate: string): void => {
  const folder = join(root, 'metadata', 'services', application.party);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${application.id}.xml`), metadata(application, certificate));
  writeFileSync(join(folder, `${application.id}.yaml`), `# What the operator decides about this service; the file beside it is the supplier's.
federation: ${application.federation}
homeUrl: ${application.baseUrl}/
release:
  allow: ['*']
${application.through === undefined ? '' : `proxying:
  requesters:
    - entityId: ${requesterIdOf(application)}
      names: { sv: ${application.names.sv}, en: ${application.names.en} }
      allow: ['*']
`}`);
};
