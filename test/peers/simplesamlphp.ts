/**
 * Debian's SimpleSAMLphp in Apache, as a municipality runs it: as the party's own IdP with people of its own (upstream of us), and as
 * an IdP that sends its people on to Bryggan (downstream: a service to us, an IdP to the applications behind it).
 */
import { developmentSet, pathOf, readDer, readFilePem } from '../../certs-dev/set.ts';
import { bindings, nameIdFormats } from '../../src/saml/names.ts';
import type { ServiceFiles } from '../fixtures/bryggan.ts';
import { acsElement, keyDescriptor, serviceMetadata } from '../fixtures/saml.ts';
import { startApache, type Apache } from './apache.ts';

const keys = () => developmentSet().machine('demo-1');
const PROGRAM = '/usr/share/simplesamlphp/www';
const sambi = (name: string): string => `http://sambi.se/attributes/1/${name}`;
const php = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll('\'', '\\\'')}'`;
/** Where it stands, and its names there. */
export const addressesOf = (port: number) => {
  const base = `https://127.0.0.1:${String(port)}/simplesaml`;
  return {
    base, idp: `${base}/saml2/idp/metadata.php`, sp: `${base}/module.php/saml/sp/metadata.php/bryggan`,
    acs: `${base}/module.php/saml/sp/saml2-acs.php/bryggan`, spLogout: `${base}/module.php/saml/sp/saml2-logout.php/bryggan`,
    sso: `${base}/saml2/idp/SSOService.php`, idpLogout: `${base}/saml2/idp/SingleLogoutService.php`,
  };
};

/** Its SP side as a service of Bryggan's. */
export const simplesamlphpService = (port: number, names: readonly string[], extra = ''): ServiceFiles => {
  const { base, sp, acs, spLogout } = addressesOf(port);
  return {
    party: 'goteborg', name: 'simplesamlphp',
    xml: serviceMetadata({
      entityId: sp, keys: keyDescriptor(readDer(keys().certFile).toString('base64'), 'signing'),
      logout: `<md:SingleLogoutService Binding="${bindings.redirect}" Location="${spLogout}"/>`,
      endpoints: acsElement(`Binding="${bindings.post}" Location="${acs}" index="0" isDefault="true"`),
      attributeServices: `<md:AttributeConsumingService index="1" isDefault="true"><md:ServiceName xml:lang="sv">SimpleSAMLphp</md:ServiceName>${names.map((name) => `<md:RequestedAttribute Name="${sambi(name)}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" isRequired="${String(name === 'employeeHsaId')}"/>`).join('')}</md:AttributeConsumingService>`,
    }),
    yaml: `federation: sambi\nhomeUrl: ${base}/\n${extra}`,
  };
};

const configuration = (base: string, level: string): string => `<?php
$config = [
  'baseurlpath' => ${php(`${base}/`)}, 'certdir' => dirname(__DIR__) . '/', 'loggingdir' => dirname(__DIR__) . '/temporary/', 'datadir' => dirname(__DIR__) . '/temporary/',
  'tempdir' => dirname(__DIR__) . '/temporary', 'secretsalt' => 'invented-for-the-tests-of-bryggan', 'auth.adminpassword' => 'invented-for-tests', 'timezone' => 'UTC',
  'logging.level' => SimpleSAML\\Logger::${level}, 'logging.handler' => 'errorlog', 'debug' => ['saml' => false, 'backtraces' => true], 'showerrors' => true, 'errorreporting' => false,
  'enable.saml20-idp' => true, 'module.enable' => ['core' => true, 'saml' => true, 'exampleauth' => true],
  'session.duration' => 28800, 'session.cookie.secure' => true, 'session.cookie.samesite' => 'None', 'session.cookie.name' => 'SimpleSAMLSessionID', 'session.phpsession.cookiename' => 'SimpleSAML',
  'session.phpsession.savepath' => null, 'session.phpsession.httponly' => true, 'session.authtoken.cookiename' => 'SimpleSAMLAuthToken', 'store.type' => 'phpsession',
  'language.default' => 'en', 'language.available' => ['en'], 'theme.use' => 'default', 'production' => true,
  'metadatadir' => __DIR__ . '/../metadata', 'metadata.sources' => array_merge([['type' => 'flatfile']], array_map(function ($file) { return ['type' => 'xml', 'file' => $file]; }, glob(dirname(__DIR__) . '/peer-*.xml'))),
];
`;
const hosted = (entityId: string, source: string): string => `<?php
$metadata[${php(entityId)}] = [
  'host' => '__DEFAULT__', 'privatekey' => 'saml.key', 'certificate' => 'saml.crt', 'auth' => ${php(source)}, 'sign.logout' => true, 'redirect.sign' => true,
  'NameIDFormat' => ${php(nameIdFormats.transient)}, 'attributes.NameFormat' => 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
];
`;
/** A person of the local IdP: user name, password, and what it says of her by Sambi's names. */
export interface LocalPerson { readonly user: string; readonly password: string; readonly facts: Readonly<Record<string, string>> }
export interface SimplesamlphpSettings {
  readonly port: number;
  /** Metadata of those it talks to: the IdP it asks, the services it serves. */
  readonly peers: readonly string[];
  /** Demands `level` of this IdP, and tells it the requester; or has people of its own. Either way it says that they logged in at `level`. */
  readonly people: { readonly level: string } & ({ readonly askedOf: string } | { readonly own: readonly LocalPerson[] });
}
const sources = (people: SimplesamlphpSettings['people'], entityId: string): string => {
  if ('askedOf' in people) {
    return `'bryggan' => ['saml:SP', 'entityID' => ${php(entityId)}, 'idp' => ${php(people.askedOf)}, 'privatekey' => 'saml.key', 'certificate' => 'saml.crt',
      'sign.authnrequest' => true, 'sign.logout' => true, 'AuthnContextClassRef' => ${php(people.level)}, 'AuthnContextComparison' => 'exact']`;
  }
  const rows = people.own.map(({ user, password, facts }) => `${php(`${user}:${password}`)} => [${Object.entries(facts).map(([name, value]) => `${php(sambi(name))} => [${php(value)}]`).join(', ')}]`);
  return `'people' => ['exampleauth:UserPass', ${rows.join(', ')}]`;
};
/** This version answers with one level, and cannot hand on the one that was asked for. */
const levelStep = (people: SimplesamlphpSettings['people']): string =>
  `$metadata[key($metadata)]['authproc'] = [3 => ['class' => 'saml:AuthnContextClassRef', 'AuthnContextClassRef' => ${php(people.level)}]];\n`;

/** Starts it; the metadata of its IdP side is at `addressesOf(port).idp`. */
export const startSimplesamlphp = ({ port, peers, people }: SimplesamlphpSettings): Promise<Apache> => {
  const { base, idp, sp } = addressesOf(port);
  const source = 'askedOf' in people ? 'bryggan' : 'people';
  return startApache({
    port, certificateFile: pathOf('tls/application.crt.pem'), keyFile: pathOf('tls/application.key.pem'), modules: ['alias'], processes: 'prefork',
    server: 'LoadModule php_module /usr/lib/apache2/modules/libphp8.2.so', writable: ['temporary', 'sessions', 'config', 'metadata'],
    files: {
      'saml.key': readFilePem(keys().keyFile), 'saml.crt': readFilePem(keys().certFile),
      'config/config.php': configuration(base, 'INFO'), 'config/authsources.php': `<?php\n$config = [${sources(people, sp)}];\n`,
      'metadata/saml20-idp-hosted.php': hosted(idp, source) + levelStep(people),
      ...Object.fromEntries(peers.map((xml, index) => [`peer-${String(index)}.xml`, xml])),
    },
    directives: `
  SetEnv SIMPLESAMLPHP_CONFIG_DIR @DIR@/config
  php_admin_value session.save_path @DIR@/sessions
  php_admin_flag log_errors on
  php_admin_flag display_errors off
  Alias /simplesaml ${PROGRAM}
  <Directory ${PROGRAM}>
    Require all granted
    <FilesMatch "\\.php$">
      SetHandler application/x-httpd-php
    </FilesMatch>
    AcceptPathInfo On
  </Directory>`,
  });
};
