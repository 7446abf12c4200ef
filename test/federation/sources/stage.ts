/** A publisher on a real TLS socket, and sources and a registry of ours that listen to it; the clock is the test's. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SignedXml } from 'xml-crypto';
import { developmentSet, readFilePem } from '../../../certs-dev/set.ts';
import { silentLog } from '../../../src/core/ports.ts';
import type { SourceSettings } from '../../../src/federation/sources/model.ts';
import { openSources, type MetadataSources } from '../../../src/federation/sources/sources.ts';
import { createOutboundClient } from '../../../src/http/outbound.ts';
import type { FileRegistry } from '../../../src/parties/sources/file-registry.ts';
import { openFileRegistry } from '../../../src/parties/sources/files.ts';
import { sourcesDirectory } from '../../../src/parties/sources/overlay.ts';
import { readServiceMetadata } from '../../../src/saml/metadata/read-service.ts';
import { iso, NOW, testKey, type TestKey } from '../../fixtures/saml.ts';
import { goodFiles, serviceXml, settingsFor, type Files, type XmlParts } from '../../parties/tree.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const publisher = testKey('publisher');
export const nameOf = (name: string): string => `https://${name}.feed.example/saml`;
/** Of a service, without declaration. */
export const entity = (name: string, { attributes = '', extensions = '', ...parts }: XmlParts & { readonly attributes?: string; readonly extensions?: string } = {}): string =>
  serviceXml(nameOf(name), parts).replace(/^<\?xml[^>]*>\s*/, '').replace('<md:EntityDescriptor ', `<md:EntityDescriptor ${attributes} `).replace(/(<md:EntityDescriptor[^>]*>)/, `$1${extensions}`);
/** Signs the root, by another implementation than ours. */
export const signed = (xml: string, key: TestKey = publisher, root = '/*'): string => {
  const signer = new SignedXml({ privateKey: key.pem, signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#' });
  signer.addReference({ xpath: root, digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256', transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'] });
  signer.computeSignature(xml, { prefix: 'ds', location: { reference: root, action: 'prepend' } });
  return signer.getSignedXml();
};
export const list = (entities: readonly string[], validUntil: number | null = NOW + 7 * DAY): string =>
  `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_all" Name="urn:feed"${validUntil === null ? '' : ` validUntil="${iso(validUntil)}"`}>${entities.join('')}</md:EntitiesDescriptor>`;

export interface Asked { readonly path: string; readonly headers: IncomingHttpHeaders }
export const startPublisher = async () => {
  const routes = new Map<string, (headers: IncomingHttpHeaders, response: ServerResponse) => void>();
  const asked: Asked[] = [];
  const server = createServer({ key: readFilePem('tls/main.key.pem'), cert: readFilePem('tls/main.crt.pem') }, ({ url = '', headers }, response) => {
    asked.push({ path: url, headers });
    const route = routes.get(url);
    if (route === undefined) response.writeHead(404).end();
    else route(headers, response);
  });
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  const base = `https://localhost:${String((server.address() as AddressInfo).port)}`;
  return {
    base, asked, routes,
    serve: (path: string, body: string): void => void routes.set(path, (_headers, response) => response.end(body)),
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((done) => { server.close(done); });
    },
  };
};
export type Publisher = Awaited<ReturnType<typeof startPublisher>>;

const roots: string[] = [];
export const removeRoots = (): void => { for (const path of roots) rmSync(path, { recursive: true, force: true }); };
const ca = readFilePem(developmentSet().index.tlsAuthority.certFile);
export const settings = ({ base }: Publisher, overrides: Partial<SourceSettings> = {}): SourceSettings => ({
  id: 'feed', kind: 'aggregate', url: `${base}/feed.xml`, keys: [publisher.publicKey], unsigned: false, everySeconds: 3600, longestValiditySeconds: 30 * 86_400, largestMegabytes: 1, parties: null,
  filters: { registrationAuthorities: [], entityCategories: [], assuranceCertifications: [] }, ...overrides,
});
export const fromFeed = (name: string, source = 'feed'): string => `federation: sambi\nmetadataFrom: { source: ${source}, entityId: '${nameOf(name)}' }\n`;

/** One node: its files, its state, its clock. `open` again is a restart. */
export const node = (rows: readonly SourceSettings[], { reload = 'auto', networks = ['127.0.0.0/8', '::1/128'] }: { readonly reload?: 'auto' | 'review'; readonly networks?: readonly string[] } = {}) => {
  const root = mkdtempSync(join(tmpdir(), 'bryggan-sources-'));
  roots.push(root);
  const state = join(root, 'state');
  const time = { now: NOW };
  const clock = { now: () => time.now };
  const put = (files: Files): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };
  put(goodFiles);
  const outbound = createOutboundClient({ allowedNetworks: networks, ca });
  const open = async (sources = rows): Promise<{ readonly sources: MetadataSources; readonly registry: FileRegistry }> => {
    const opened = openSources({ sources, clock, log: silentLog, random: { bytes: (length) => randomBytes(length) }, directory: sourcesDirectory(state), download: (...args) => outbound.download(...args), check: (bytes, _role, file) => { readServiceMetadata(bytes, file); } });
    await opened.ready;
    const registry = await openFileRegistry({ root, state, settings: settingsFor(), readServiceMetadata, reload, clock, log: silentLog, audit: { record: () => Promise.resolve() }, onAlarm: () => undefined, sleep: () => Promise.resolve(), overlay: opened });
    return { sources: opened, registry };
  };
  return { root, state, time, put, open };
};
