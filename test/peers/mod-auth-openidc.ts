/** Debian's Apache with mod_auth_openidc as a client of VGR. */
import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { pathOf } from '../../certs-dev/set.ts';
import type { ClientFiles } from '../fixtures/bryggan.ts';
import { startApache, type Apache } from './apache.ts';

export const CLIENT_SECRET = 'the-secret-of-an-apache-in-a-test-0123456789-abcdefghijkl';
const shown = { HSAID: 'OIDC_CLAIM_employeeHsaId', GIVENNAME: 'OIDC_CLAIM_given_name', LEVEL: 'OIDC_CLAIM_acr' };

export const apacheClient = (baseUrl: string): ClientFiles => ({
  party: 'vgr', name: 'apache-oidc', xml: null,
  yaml: stringify({
    names: { sv: 'Apache', en: 'Apache' }, federation: 'inera', homeUrl: `${baseUrl}/`,
    oidc: { clientId: `${baseUrl}/`, redirectUris: [`${baseUrl}/oidc/callback`], authentication: 'client_secret_basic', secretHashes: [createHash('sha256').update(CLIENT_SECRET).digest('hex')], refreshTokens: true, postLogoutRedirectUris: [`${baseUrl}/bye.html`], backchannelLogoutUri: `${baseUrl}/oidc/callback?logout=backchannel` },
  }),
});

/** `issuer`: Bryggan. The page /inside.shtml shows what the module made of the answer; /oidc/callback?info=json the tokens' state. */
export const startOpenidc = (port: number, issuer: string, caFile: string): Promise<Apache> => {
  const baseUrl = `https://127.0.0.1:${String(port)}`;
  return startApache({
    port, certificateFile: pathOf('tls/application.crt.pem'), keyFile: pathOf('tls/application.key.pem'), modules: ['auth_openidc'],
    files: { 'htdocs/inside.shtml': `<!doctype html><title>Inside</title>${Object.entries(shown).map(([id, variable]) => `<p id="${id}"><!--#echo var="${variable}" --></p>`).join('')}<p id="user"><!--#echo var="REMOTE_USER" --></p>`, 'htdocs/bye.html': '<!doctype html><title>Bye</title>' },
    directives: `
  OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
  OIDCCABundlePath ${caFile}
  OIDCClientID ${baseUrl}/
  OIDCClientSecret ${CLIENT_SECRET}
  OIDCProviderTokenEndpointAuth client_secret_basic
  OIDCRedirectURI ${baseUrl}/oidc/callback
  OIDCCryptoPassphrase a-passphrase-of-a-test-0123456789
  OIDCScope "openid profile employee"
  OIDCUnAuthAction auth true
  OIDCPKCEMethod S256
  OIDCResponseType code
  OIDCRemoteUserClaim employeeHsaId
  OIDCPassClaimsAs environment
  OIDCInfoHook iat access_token refresh_token userinfo
  OIDCSessionType server-cache
  OIDCCacheShmEntrySizeMax 66065
  <Location />
    AuthType openid-connect
    Require valid-user
  </Location>
  <Location /bye.html>
    AuthType None
    Require all granted
  </Location>`,
  });
};
