/**
 * demo: Bryggan, two applications of different parties, invented people and a simulated card reader, in one process with one command.
 * Owns only what stands around Bryggan; Bryggan itself is started like `serve` starts it. Never loaded by `serve`.
 */
import type { Server } from 'node:https';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { developmentSet, pathOf, readDer } from '../../certs-dev/set.ts';
import { createRevocationService } from '../../certs-dev/revocation.ts';
import { loadConfiguration } from '../config/load.ts';
import { newId, systemRandom } from '../core/ports.ts';
import { startApp, untilStopped } from '../serve.ts';
import { createApplication } from './application.ts';
import { followMetadata, type Followed } from './follow-metadata.ts';
import { createOidcApplication, demoOidcApplication, writeClientFile, type OidcApplication } from './oidc-application.ts';
import { createCardReader, type ReaderPerson } from './card-reader.ts';
import { PHONE_METHOD, phoneOwners, startDemoPhones } from './net-id-demo.ts';
import { createMunicipalIdp, demoCities, municipalEntityId, writeMunicipalFiles, type City, type Employee } from './municipal-idp.ts';
import { signerFor } from '../saml/xml/index.ts';
import { demoUrls, portsFrom, writeDemoRoot } from './root.ts';
import { behindApplication, demoApplications, jointApplication, requesterIdOf, writeServiceFiles, type DemoApplication } from './service-files.ts';
import { demoPeople, type DemoPerson } from './people.ts';

export interface DemoOptions { readonly port: number; readonly dir: string }
const product = resolve(import.meta.dirname, '../..');

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => done());
  });
const pem = (file: string): string => readFileSync(pathOf(file), 'utf8');

const readerPeople = (people: readonly DemoPerson[]): readonly ReaderPerson[] => people.flatMap(({ card, id, name, employer, story }) =>
  card === null ? [] : [{ id, name, employer, note: story, certificateDer: readDer(card.certFile), chainDer: [readDer(card.issuerCertFile)] }]);

/** Those whose HSA-id is the city's, as the city's own IdP would know them. */
const employeesOf = (people: readonly DemoPerson[], { prefix }: City): readonly Employee[] => people.flatMap(({ id, name, hsaId }) => (hsaId?.startsWith(prefix) === true ? [{ id, name, hsaId }] : []));

const startApplications = async (applications: readonly DemoApplication[], base: string): Promise<readonly { readonly server: Server; readonly followed: Followed }[]> => {
  const tls = { key: pem('tls/demo.key.pem'), cert: pem('tls/demo.crt.pem') };
  return Promise.all(applications.map(async (application, index) => {
    const followed = await followMetadata({ url: `${base}/saml/metadata?consumer=${application.party}/${application.id}`, ca: pem('tls/ca.crt.pem') });
    const keys = developmentSet().machine(applicationKey(index));
    const other = applications[(index + 1) % applications.length];
    const server = createApplication({
      id: application.id, party: application.party, partyName: partyNames[application.party] ?? application.party, name: application.names.en, baseUrl: application.baseUrl, entityId: application.entityId,
      idp: { ssoUrl: `${base}/saml/sso`, entityId: `${base}/saml/metadata`, certificate: followed.certificates },
      key: pem(keys.keyFile), certificate: pem(keys.certFile), levels: application.levels, tls,
      neighbour: other === undefined ? null : { name: other.names.en, url: other.baseUrl }, ...(application.through === undefined ? {} : { behind: requesterIdOf(application) }),
    });
    await listen(server, Number(new URL(application.baseUrl).port));
    return { server, followed };
  }));
};
/** The third key is an elliptic curve's, which the applications' library does not sign with. */
const applicationKey = (index: number): string => `demo-${(index % 2) + 1}`;
const partyNames: Readonly<Record<string, string>> = { vgr: 'Västra Götalandsregionen', boras: 'Borås Stad', joint: 'All 50 parties', goteborg: 'Göteborgs Stad, behind its own IdP' };

const describe = (options: DemoOptions, { root, state }: Readonly<Record<'root' | 'state', string>>, applications: readonly DemoApplication[], client: OidcApplication, people: readonly DemoPerson[]): string => {
  const urls = demoUrls(portsFrom(options.port));
  return JSON.stringify({
    idp: { baseUrl: urls.base, entityId: `${urls.base}/saml/metadata`, metadataUrl: `${urls.base}/saml/metadata`, cardUrl: urls.card, managementUrl: `http://127.0.0.1:${portsFrom(options.port).management}`, caFile: pathOf('tls/ca.crt.pem') },
    applications: [
      ...applications.map(({ id, party, entityId, baseUrl }) => ({ id, party, protocol: 'saml', entityId, loginUrl: `${baseUrl}/login` })),
      { id: client.id, party: client.party, protocol: 'oidc', entityId: client.clientId, loginUrl: `${client.baseUrl}/login` },
    ],
    people: people.flatMap(({ card, id, name, hsaId, tags }) => (card === null ? [] : [{ id, name, hsaId, tags, certFile: pathOf(card.certFile), keyFile: pathOf(card.keyFile), p12File: pathOf(card.p12File) }])),
    phone: { url: urls.phone, method: PHONE_METHOD, people: phoneOwners },
    root, state,
  }, null, 1);
};

const greeting = (applications: readonly DemoApplication[], client: OidcApplication, phoneUrl: string, { file, root, state }: Readonly<Record<'file' | 'root' | 'state', string>>): string => {
  const [first, second, third, behind] = applications;
  return `
  Bryggan's demo is ready. Everything and everybody in it is invented.

    1. Open   ${first?.baseUrl ?? ''}/   (${first?.names.en ?? ''}, of Region Västra Götaland)
       Your browser warns about the demo's own certificate: accept it, for localhost and 127.0.0.1.
    2. Log in with a card. With none in the browser you get a drawer of invented cards: take Anna Berglund,
       or Erik Sandström, who has several commissions and must choose one.
    3. Go on to ${second?.baseUrl ?? ''}/   (${second?.names.en ?? ''}, of Borås): no new login.
       And to ${client.baseUrl}/   (${client.names.en}), which speaks OpenID Connect: none either.

    4. With a phone, in another browser window: open ${third?.baseUrl ?? ''}/   (${third?.names.en ?? ''}, which all
       parties share), choose Mobile Efos, and answer on a simulated phone: ${phoneUrl}/
       Home Care Planning of Borås then knows you too.

    5. With an organisation's own login: open any of them in another browser window, choose My organisation,
       Göteborgs Stad, and be Lars Öhman there; he has a card too, and is the same person by both.
       ${behind?.baseUrl ?? ''}/   (${behind?.names.en ?? ''}) stands behind Göteborg's own IdP, which asks Bryggan for it.

  To operate it, in another shell: export BRYGGAN_ROOT=${root} BRYGGAN_STATE=${state}
  and then npm run -s bryggan -- doctor, service list, keys list; docs/operations.md has the rest.

  A real client certificate works too: PKCS#12 files below certs-dev/people/, password "bryggan".
  For scripts: ${file}          Stop with Ctrl+C.
`;
};

export const runDemo = async (options: DemoOptions): Promise<void> => {
  const directory = resolve(options.dir);
  const [root, state] = [join(directory, 'root'), join(directory, 'state')];
  const ports = portsFrom(options.port);
  const urls = demoUrls(ports);
  mkdirSync(directory, { recursive: true });
  writeDemoRoot({ product, root, state, ports });
  const tls = { key: pem('tls/demo.key.pem'), cert: pem('tls/demo.crt.pem') };
  const phones = await startDemoPhones(root, ports.phone ?? 0, tls);
  const secret = newId(systemRandom, 256);
  writeFileSync(join(state, 'proxy-secret'), secret, { mode: 0o600 });
  const cities = demoCities(urls.city);
  const citySigner = signerFor(createPrivateKey(pem('keys/saml-encryption.key.pem')), new X509Certificate(pem('keys/saml-encryption.crt.pem')).raw.toString('base64'));
  writeMunicipalFiles(root, cities, citySigner.certificate);
  const applications = [...demoApplications(urls.application), jointApplication(urls.application(3)), behindApplication(urls.application(4), municipalEntityId(urls.city(0)))];
  applications.forEach((application, index) => {
    writeServiceFiles(root, application, new X509Certificate(pem(developmentSet().machine(applicationKey(index)).certFile)).raw.toString('base64'));
  });
  const client = demoOidcApplication(urls.application(2));
  const clientKey = writeClientFile(root, client);
  const revocation = await createRevocationService({ now: () => Date.now() }).serve(ports.revocation);
  const configuration = loadConfiguration(root, { ...process.env, NODE_ENV: undefined, BRYGGAN_STATE: state });
  const running = await startApp(configuration, { withoutCertificate: (handle) => `${urls.reader}/card/${handle}` });
  const people = demoPeople();
  const started = await startApplications(applications, urls.base);
  const [first] = applications;
  const rota = createOidcApplication({ ...client, issuer: urls.base, ca: pem('tls/ca.crt.pem'), key: clientKey, tls, neighbour: first === undefined ? null : { name: first.names.en, url: first.baseUrl } });
  await listen(rota, Number(new URL(client.baseUrl).port));
  const service = { entityId: `${urls.base}/upstream/saml/metadata`, acsUrl: `${urls.base}/upstream/saml/acs` };
  const idps = cities.map((city) => createMunicipalIdp({ ...city, signer: citySigner, tls, service, employees: employeesOf(people, city) }));
  await Promise.all(idps.map((idp, index) => listen(idp, ports.cities?.[index] ?? 0)));
  const reader = createCardReader({ people: readerPeople(people), tls, proxy: { socketPath: join(state, 'card-proxy.sock'), secret, host: 'localhost' } });
  await listen(reader, ports.reader);
  const file = join(directory, 'demo.json');
  writeFileSync(file, `${describe(options, { root, state }, applications, client, people)}\n`);
  console.log(greeting(applications, client, urls.phone, { file, root, state }));
  await untilStopped(running);
  await Promise.all(started.map(({ followed }) => followed.stop()));
  for (const server of [...started.map(({ server }) => server), rota, reader, ...idps]) server.close();
  await phones.close();
  await revocation.close();
};
