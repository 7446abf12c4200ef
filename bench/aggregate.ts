/** A generated national aggregate: 10,000 entities of some 10.9 KB, signed by xmlsec1, verified and indexed in a worker while the event loop is watched. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testKey } from '../test/fixtures/saml.ts';
import type { BenchResult, BenchRow } from './row.ts';
import { certificatePem, cpuSecondsOf, hasXmlsec1 } from './xml-peers.ts';

const ENTITIES = 10_000;
/** xml-crypto needs minutes and gigabytes for the whole. */
const FEWER = 1_000;
const key = testKey('bench-federation');
const certificate = key.certificate.repeat(3).slice(0, 1600).replace(/.{64}/g, '$&\n');
const languages = ['sv', 'en', 'fi', 'nb'];
const keyDescriptor = (use: string): string => `      <md:KeyDescriptor use="${use}">\n        <ds:KeyInfo><ds:X509Data><ds:X509Certificate>\n${certificate}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo>\n      </md:KeyDescriptor>\n`;
const texts = (name: string, text: string): string => languages.map((language) => `          <mdui:${name} xml:lang="${language}">${text} (${language}) för vård &amp; omsorg</mdui:${name}>\n`).join('');
/** With what canonicalisation must work for: attributes out of order, empty elements, namespaces from the root, entities, letters beyond ASCII, indentation. */
const entity = (at: number): string => {
  const name = `https://sp${String(at)}.kommun.example/saml`;
  const values = Array.from({ length: 8 }, (_none, value) => `          <saml:AttributeValue>http://id.example.se/category/${String(value)}</saml:AttributeValue>\n`).join('');
  const services = Array.from({ length: 6 }, (_none, index) => `      <md:AssertionConsumerService index="${String(index)}" Location="${name}/acs/${String(index)}" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"/>\n`).join('');
  const attributes = Array.from({ length: 12 }, (_none, index) => `        <md:RequestedAttribute isRequired="true" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" Name="urn:oid:1.2.752.29.${String(index)}" FriendlyName="attribute${String(index)}"/>\n`).join('');
  return `  <md:EntityDescriptor entityID="${name}" ID="e${String(at)}">\n    <md:Extensions>\n      <mdattr:EntityAttributes>\n        <saml:Attribute NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" Name="http://macedir.org/entity-category">\n${values}        </saml:Attribute>\n      </mdattr:EntityAttributes>\n    </md:Extensions>\n` +
    `    <md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" AuthnRequestsSigned="true">\n      <md:Extensions>\n        <mdui:UIInfo>\n${texts('DisplayName', `Tjänst ${String(at)}`)}${texts('Description', 'Ett system som används av personal i region och kommun')}${texts('InformationURL', `${name}/om`)}          <mdui:Logo width="80" height="60">${name}/logo.svg</mdui:Logo>\n        </mdui:UIInfo>\n      </md:Extensions>\n` +
    `${keyDescriptor('signing')}${keyDescriptor('encryption')}      <md:SingleLogoutService Location="${name}/slo" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"/>\n${services}      <md:AttributeConsumingService isDefault="true" index="1">\n        <md:ServiceName xml:lang="sv">Tjänst</md:ServiceName>\n${attributes}      </md:AttributeConsumingService>\n    </md:SPSSODescriptor>\n` +
    `    <md:Organization>\n${languages.map((language) => `      <md:OrganizationName xml:lang="${language}">Åre &amp; Östersunds kommun</md:OrganizationName>\n`).join('')}      <md:OrganizationDisplayName xml:lang="sv">Åre &amp; Östersund</md:OrganizationDisplayName>\n      <md:OrganizationURL xml:lang="sv">https://kommun.example/</md:OrganizationURL>\n    </md:Organization>\n    <!-- förvaltas av kommunen -->\n    <md:ContactPerson contactType="technical"><md:GivenName>Drift</md:GivenName><md:EmailAddress>mailto:drift@kommun.example</md:EmailAddress></md:ContactPerson>\n  </md:EntityDescriptor>\n`;
};
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const DS = 'http://www.w3.org/2000/09/xmldsig#';
const HEAD = `<?xml version="1.0" encoding="UTF-8"?>\n<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="${DS}" xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui" xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" validUntil="2030-01-01T00:00:00Z" Name="urn:bench" ID="_all">\n` +
  `<ds:Signature><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI="#_all"><ds:Transforms><ds:Transform Algorithm="${DS}enveloped-signature"/><ds:Transform Algorithm="${EXCLUSIVE}"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>\n`;

const written = async (directory: string, entities: number): Promise<string> => {
  const template = join(directory, 'template.xml');
  const signed = join(directory, `signed-${String(entities)}.xml`);
  const privateKey = join(directory, 'key.pem');
  writeFileSync(privateKey, key.pem, { mode: 0o600 });
  const out = createWriteStream(template);
  out.write(HEAD);
  for (let at = 0; at < entities; at += 1) if (!out.write(entity(at))) await once(out, 'drain');
  out.end('</md:EntitiesDescriptor>\n');
  await once(out, 'close');
  execFileSync('/usr/bin/xmlsec1', ['--sign', '--privkey-pem', privateKey, '--id-attr:ID', 'urn:oasis:names:tc:SAML:2.0:metadata:EntitiesDescriptor', '--output', signed, template]);
  rmSync(template);
  return signed;
};
interface Told { readonly seconds: number; readonly cpuSeconds: number; readonly peakMb: number; readonly lagMs?: number; readonly loopCpuMs?: number; readonly entries?: number }
/** A process of its own for each, so that its peak is its own. */
const told = (how: string, path: string, publicKey: string): Told => {
  const { stdout, status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'programs', 'aggregate.ts'), how, path, publicKey], { encoding: 'utf8', maxBuffer: 1 << 20 });
  if (status !== 0) throw new Error(`${how}: ${stderr.slice(0, 300)}`);
  return JSON.parse(stdout) as Told;
};

const measure = async (): Promise<BenchResult | { readonly reason: string }> => {
  if (!hasXmlsec1) return { reason: 'xmlsec1 is not here to sign the aggregate' };
  const directory = mkdtempSync(join(tmpdir(), 'bryggan-bench-aggregate-'));
  try {
    const publicKey = join(directory, 'public.pem');
    const certificateFile = join(directory, 'crt.pem');
    writeFileSync(publicKey, key.publicKey.export({ type: 'spki', format: 'pem' }));
    writeFileSync(certificateFile, certificatePem(key));
    const all = await written(directory, ENTITIES);
    const runs = [told('bryggan', all, publicKey), told('bryggan', all, publicKey), told('bryggan', all, publicKey)].toSorted((a, b) => a.seconds - b.seconds);
    const [best, ours] = runs;
    if (best === undefined || ours === undefined || ours.entries !== ENTITIES) return { reason: `indexed ${String(ours?.entries)} of ${String(ENTITIES)} entities` };
    const libxml = told('libxml2-wasm', all, publicKey);
    const fewer = await written(directory, FEWER);
    const xmlCrypto = told('xml-crypto', fewer, publicKey);
    const xmlsec1 = cpuSecondsOf('/usr/bin/xmlsec1', ['--verify', '--pubkey-cert-pem', certificateFile, '--id-attr:ID', 'urn:oasis:names:tc:SAML:2.0:metadata:EntitiesDescriptor', '--enabled-key-data', 'rsa', all]);
    return {
      seconds: ours.seconds, peakMb: Math.max(...runs.map(({ peakMb }) => peakMb)), lagMs: Math.min(...runs.map(({ lagMs = 0 }) => lagMs)), loopCpuMs: Math.max(...runs.map(({ loopCpuMs = 0 }) => loopCpuMs)), cpuSeconds: ours.cpuSeconds,
      peers: { 'xml-crypto (1,000 entities)': xmlCrypto.cpuSeconds, 'xml-crypto MB (1,000 entities)': xmlCrypto.peakMb, 'libxml2-wasm (digest only)': libxml.cpuSeconds, 'libxml2-wasm MB': libxml.peakMb, 'xmlsec1': xmlsec1 },
      note: `${(statSync(all).size / 1e6).toFixed(0)} MB; peers in seconds of CPU`,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};
/** The same aggregate as a source refreshes it. */
const measureSource = async (): Promise<BenchResult | { readonly reason: string }> => {
  if (!hasXmlsec1) return { reason: 'xmlsec1 is not here to sign the aggregate' };
  const directory = mkdtempSync(join(tmpdir(), 'bryggan-bench-aggregate-'));
  try {
    const publicKey = join(directory, 'public.pem');
    writeFileSync(publicKey, key.publicKey.export({ type: 'spki', format: 'pem' }));
    const all = await written(directory, ENTITIES);
    const runs = [0, 1, 2].map(() => told('source', all, publicKey)).toSorted((a, b) => a.seconds - b.seconds);
    const ours = runs[1];
    if (ours?.entries !== ENTITIES) return { reason: `indexed ${String(ours?.entries)} of ${String(ENTITIES)} entities` };
    return { seconds: ours.seconds, cpuSeconds: ours.cpuSeconds, peakMb: Math.max(...runs.map(({ peakMb }) => peakMb)), lagMs: Math.min(...runs.map(({ lagMs = 0 }) => lagMs)), loopCpuMs: Math.max(...runs.map(({ loopCpuMs = 0 }) => loopCpuMs)), note: 'from a file: put in place, verified in a worker, kept, 50 entities read from it' };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};
export const rows: readonly BenchRow[] = [{ id: 'metadata-10k', budget: 3, unit: 's', measure }, { id: 'metadata-10k-source', budget: 3, unit: 's', measure: measureSource }];
