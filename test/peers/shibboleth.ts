/** Debian's Apache with the Shibboleth SP, which knows us by our feed alone: by the keys that it pins, and read again by itself. */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { developmentSet, pathOf, readDer, readFilePem } from '../../certs-dev/set.ts';
import type { ServiceFiles } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';
import { acsElement, keyDescriptor, serviceMetadata } from '../fixtures/saml.ts';
import { bindings } from '../../src/saml/names.ts';
import { startApache } from './apache.ts';

const HSA_ID = 'http://sambi.se/attributes/1/employeeHsaId';
const keys = () => developmentSet().machine('demo-2');
export const shibbolethService = (baseUrl: string): ServiceFiles => ({
  party: 'vgr', name: 'shibboleth',
  xml: serviceMetadata({
    entityId: `${baseUrl}/shibboleth`, keys: keyDescriptor(readDer(keys().certFile).toString('base64'), 'signing'),
    endpoints: acsElement(`Binding="${bindings.post}" Location="${baseUrl}/Shibboleth.sso/SAML2/POST" index="1" isDefault="true"`),
    attributeServices: `<md:AttributeConsumingService index="1" isDefault="true"><md:ServiceName xml:lang="sv">Shibboleth</md:ServiceName><md:RequestedAttribute Name="${HSA_ID}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" isRequired="true"/></md:AttributeConsumingService>`,
  }),
  yaml: `federation: inera\nhomeUrl: ${baseUrl}/\n`,
});

export interface ShibbolethSettings {
  readonly port: number;
  readonly idpEntityId: string;
  readonly feedUrl: string;
  /** PEM of certificates whose signature over the feed it believes. */
  readonly pinned: readonly string[];
}
export interface Shibboleth { log(): string; stop(): Promise<void> }
const logger = (file: string): string => `log4j.rootCategory=INFO, file
log4j.appender.file=org.apache.log4j.FileAppender
log4j.appender.file.fileName=${file}
log4j.appender.file.layout=org.apache.log4j.PatternLayout
log4j.appender.file.layout.ConversionPattern=%p %c: %m%n
`;
const configuration = (directory: string, { port, idpEntityId, feedUrl, pinned }: ShibbolethSettings): string => `<SPConfig xmlns="urn:mace:shibboleth:3.0:native:sp:config" clockSkew="180">
  <OutOfProcess logger="${directory}/shibd.logger"/>
  <InProcess logger="${directory}/native.logger"/>
  <UnixListener address="${directory}/shibd.sock"/>
  <ApplicationDefaults entityID="https://127.0.0.1:${String(port)}/shibboleth" REMOTE_USER="employeeHsaId" signing="true">
    <Sessions lifetime="28800" timeout="3600" relayState="ss:mem" checkAddress="false" handlerSSL="true" cookieProps="https">
      <SSO entityID="${idpEntityId}">SAML2</SSO>
    </Sessions>
    <MetadataProvider type="XML" url="${feedUrl}" backingFilePath="${directory}/feed.xml" minRefreshDelay="1" maxRefreshDelay="2">
      <MetadataFilter type="RequireValidUntil" maxValidityInterval="2419200"/>
      <MetadataFilter type="Signature">
        <TrustEngine type="ExplicitKey"/>
        <CredentialResolver type="Chaining">${pinned.map((_pem, index) => `<CredentialResolver type="File" certificate="${directory}/pinned-${String(index)}.pem"/>`).join('')}</CredentialResolver>
      </MetadataFilter>
    </MetadataProvider>
    <AttributeExtractor type="XML" path="${directory}/attribute-map.xml"/>
    <CredentialResolver type="File" key="${directory}/sp.key" certificate="${directory}/sp.pem"/>
  </ApplicationDefaults>
  <SecurityPolicyProvider type="XML" path="/etc/shibboleth/security-policy.xml"/>
  <ProtocolProvider type="XML" path="/etc/shibboleth/protocols.xml"/>
</SPConfig>
`;

/** The page /inside.shtml shows who it thinks came; `/Shibboleth.sso/Login?target=…` begins a login of its own each time. */
export const startShibboleth = async (settings: ShibbolethSettings): Promise<Shibboleth> => {
  const directory = mkdtempSync(join(tmpdir(), 'bryggan-shib-'));
  chmodSync(directory, 0o777);
  const log = (): string => ['shibd.log', 'native.log'].map((name) => (existsSync(join(directory, name)) ? readFileSync(join(directory, name), 'utf8') : '')).join('\n');
  const files: Readonly<Record<string, string>> = {
    'shibboleth2.xml': configuration(directory, settings), 'shibd.logger': logger(`${directory}/shibd.log`), 'native.logger': logger(`${directory}/native.log`),
    'attribute-map.xml': `<Attributes xmlns="urn:mace:shibboleth:2.0:attribute-map"><Attribute name="${HSA_ID}" id="employeeHsaId"/></Attributes>`,
    'sp.key': readFilePem(keys().keyFile), 'sp.pem': readFilePem(keys().certFile), ...Object.fromEntries(settings.pinned.map((pem, index) => [`pinned-${String(index)}.pem`, pem])),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  const shibd = spawn('/usr/sbin/shibd', ['-F', '-f', '-c', join(directory, 'shibboleth2.xml'), '-p', join(directory, 'shibd.pid'), '-w', '60'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  shibd.stderr.on('data', (chunk: Buffer) => { said += String(chunk); });
  const ended = new Promise<void>((done) => { shibd.once('exit', () => done()); });
  const end = async (): Promise<void> => {
    shibd.kill('SIGTERM');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await until('shibd listens', () => existsSync(join(directory, 'shibd.sock')), () => `${said}\n${log()}`);
    const apache = await startApache({
      port: settings.port, certificateFile: pathOf('tls/application.crt.pem'), keyFile: pathOf('tls/application.key.pem'), modules: [],
      files: { 'htdocs/inside.shtml': '<!doctype html><title>Inside</title><p id="user"><!--#echo var="REMOTE_USER" --></p>' },
      server: `LoadModule mod_shib /usr/lib/apache2/modules/mod_shib.so\nShibConfig ${directory}/shibboleth2.xml`,
      directives: '  <Location /inside.shtml>\n    AuthType shibboleth\n    ShibRequestSetting requireSession 1\n    Require valid-user\n  </Location>',
    });
    return { log: () => `${log()}\n${apache.log()}`, stop: async () => { await apache.stop(); await end(); } };
  } catch (error) {
    await end();
    throw error;
  }
};
