/**
 * `start-500`: from nothing in memory to a registry of 50 parties and 500 services, in a process of its own so that imports and
 * cold code count. The configuration, the metadata of every service and every key are read; listeners and stores are not part yet.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { makeCertificate } from '../certs-dev/certificate.ts';
import type { BenchRow } from './row.ts';

const project = join(import.meta.dirname, '..');
const SERVICES = 500;
const ROUNDS = 5;

const certificate = (index: number): string => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = [[{ type: 'CN', value: `service ${index}` }]] as const;
  return makeCertificate({ subject, issuer: subject, notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2036-01-01T00:00:00Z'), extensions: [], hash: 'sha256' }, privateKey, privateKey).toString('base64');
};
const wishes = ['employeeHsaId', 'givenName', 'surname', 'commissionHsaId', 'commissionName', 'commissionPurpose', 'healthCareUnitHsaId', 'healthCareProviderHsaId'];
const metadata = (index: number, key: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui" entityID="https://service-${index}.example.se/saml">
  <md:SPSSODescriptor AuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:Extensions><mdui:UIInfo><mdui:DisplayName xml:lang="sv">Tjänst ${index}</mdui:DisplayName><mdui:DisplayName xml:lang="en">Service ${index}</mdui:DisplayName></mdui:UIInfo></md:Extensions>
    <md:KeyDescriptor><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${key}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://service-${index}.example.se/slo"/>
    <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>
    <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://service-${index}.example.se/acs" index="1" isDefault="true"/>
    <md:AttributeConsumingService index="1"><md:ServiceName xml:lang="sv">Tjänst ${index}</md:ServiceName>
${wishes.map((name) => `      <md:RequestedAttribute Name="http://sambi.se/attributes/1/${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" FriendlyName="${name}"/>`).join('\n')}
    </md:AttributeConsumingService>
  </md:SPSSODescriptor>
</md:EntityDescriptor>
`;
const settings = (index: number): string => `federation: ${['sambi', 'inera', 'local'][index % 3] ?? 'local'}
homeUrl: https://service-${index}.example.se/
minimumLevel: loa3
release:
  allow: [employeeHsaId, givenName, surname, commissionHsaId, commissionName, commissionPurpose, healthcareUnitHsaId, healthcareProviderHsaId]
`;

const makeRoot = (): string => {
  const root = mkdtempSync(join(tmpdir(), 'bryggan-bench-'));
  cpSync(join(project, 'config'), join(root, 'config'), { recursive: true });
  symlinkSync(join(project, 'certs-dev'), join(root, 'certs-dev'));
  const parties = readdirSync(join(root, 'config/parties')).map((name) => name.replace('.yaml', '')).filter((id) => id !== 'joint');
  for (let index = 0; index < SERVICES; index += 1) {
    const folder = join(root, 'metadata/services', parties[index % parties.length] ?? 'vgr');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `service-${index}.xml`), metadata(index, certificate(index)));
    writeFileSync(join(folder, `service-${index}.yaml`), settings(index));
  }
  return root;
};

const child = `
import { loadConfiguration, registrySettings } from ${JSON.stringify(join(project, 'src/config/load.ts'))};
import { silentLog, systemClock } from ${JSON.stringify(join(project, 'src/core/ports.ts'))};
import { openFileRegistry } from ${JSON.stringify(join(project, 'src/parties/sources/files.ts'))};
import { readServiceMetadata } from ${JSON.stringify(join(project, 'src/saml/metadata/read-service.ts'))};
const root = process.argv[1];
const configuration = loadConfiguration(root, {});
const registry = await openFileRegistry({ root, state: null, settings: registrySettings(configuration), readServiceMetadata, reload: 'auto', clock: systemClock, log: silentLog, audit: { record: () => Promise.resolve() }, onAlarm: () => undefined });
const { user, system } = process.cpuUsage();
process.stdout.write(JSON.stringify({ services: registry.current().services.size, seconds: process.uptime(), cpuMs: (user + system) / 1000, peakMb: process.resourceUsage().maxRSS / 1024 }));
`;
interface Round { readonly services: number; readonly seconds: number; readonly cpuMs: number; readonly peakMb: number }
const round = (root: string): Round => JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', child, root], { encoding: 'utf8' })) as Round;

export const rows: readonly BenchRow[] = [{
  id: 'start-500',
  budget: 1.5,
  unit: 's',
  measure: () => {
    const root = makeRoot();
    try {
      round(root);
      const results = Array.from({ length: ROUNDS }, () => round(root)).toSorted((a, b) => a.seconds - b.seconds);
      const median = results[Math.floor(ROUNDS / 2)];
      if (median?.services !== SERVICES) return Promise.resolve({ reason: `${median?.services ?? 0} of ${SERVICES} services were read` });
      return Promise.resolve({ seconds: median.seconds, cpuMs: median.cpuMs, peakMb: median.peakMb });
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
}];
