/** Debian's Apache with mod_auth_mellon as a service of VGR, and its metadata as its owner would send it. */
import { developmentSet, pathOf, readDer, readFilePem } from '../../certs-dev/set.ts';
import type { ServiceFiles } from '../fixtures/bryggan.ts';
import { acsElement, keyDescriptor, serviceMetadata } from '../fixtures/saml.ts';
import { bindings } from '../../src/saml/names.ts';
import { startApache, type Apache } from './apache.ts';

const attribute = (name: string): string => `http://sambi.se/attributes/1/${name}`;
const shown = { HSAID: 'employeeHsaId', GIVENNAME: 'givenName', COMMISSION: 'commissionHsaId' };
const mellonKeys = () => developmentSet().machine('demo-2');

export const mellonService = (baseUrl: string, party = 'vgr'): ServiceFiles => ({
  party, name: 'mellon',
  xml: serviceMetadata({
    entityId: `${baseUrl}/mellon/metadata`, keys: keyDescriptor(readDer(mellonKeys().certFile).toString('base64'), 'signing'),
    logout: `<md:SingleLogoutService Binding="${bindings.redirect}" Location="${baseUrl}/mellon/logout"/>`,
    endpoints: acsElement(`Binding="${bindings.post}" Location="${baseUrl}/mellon/postResponse" index="0" isDefault="true"`),
    attributeServices: `<md:AttributeConsumingService index="1" isDefault="true"><md:ServiceName xml:lang="sv">Apache</md:ServiceName>${Object.values(shown).map((name) => `<md:RequestedAttribute Name="${attribute(name)}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" isRequired="${String(name === 'employeeHsaId')}"/>`).join('')}</md:AttributeConsumingService>`,
  }),
  yaml: `federation: sambi\nhomeUrl: ${baseUrl}/\n`,
});

/** `idpMetadata`: what Bryggan publishes; `signedBy`: believed only as signed by this certificate's key, else unsigned. The page /inside.shtml shows what mellon made of the answer. */
export const startMellon = (port: number, idpMetadata: string, signedBy: string | null = null): Promise<Apache> => {
  const baseUrl = `https://127.0.0.1:${String(port)}`;
  return startApache({
    port, certificateFile: pathOf('tls/application.crt.pem'), keyFile: pathOf('tls/application.key.pem'), modules: ['auth_mellon'],
    files: {
      'sp.xml': mellonService(baseUrl).xml, 'sp.key': readFilePem(mellonKeys().keyFile), 'sp.crt': readFilePem(mellonKeys().certFile), 'idp.xml': idpMetadata, ...(signedBy === null ? {} : { 'metadata.crt': signedBy }),
      'htdocs/inside.shtml': `<!doctype html><title>Inside</title>${Object.keys(shown).map((name) => `<p id="${name}"><!--#echo var="${name}" --></p>`).join('')}<p id="user"><!--#echo var="REMOTE_USER" --></p>`,
    },
    directives: `
  <Location />
    MellonEnable info
    MellonEndpointPath /mellon
    MellonSPMetadataFile @DIR@/sp.xml
    MellonSPPrivateKeyFile @DIR@/sp.key
    MellonSPCertFile @DIR@/sp.crt
    MellonIdPMetadataFile @DIR@/idp.xml${signedBy === null ? '' : ' @DIR@/metadata.crt'}
    MellonSecureCookie On
    MellonCookieSameSite none
    MellonSignatureMethod rsa-sha256
    MellonAuthnContextClassRef http://id.sambi.se/loa/loa3
    MellonAuthnContextComparisonType exact
    MellonUser ${attribute('employeeHsaId')}
    ${Object.entries(shown).map(([variable, name]) => `MellonSetEnvNoPrefix ${variable} ${attribute(name)}`).join('\n    ')}
  </Location>
  <Location /inside.shtml>
    MellonEnable auth
    AuthType Mellon
    Require valid-user
  </Location>`,
  });
};
