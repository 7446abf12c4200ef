/** A real slapd with a likeness of HSA's schema, filled with the invented people of a test; loopback only, TLS always. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Commission, DirectoryPerson, Employment, HealthcareUnit } from '../../src/directory/model.ts';
import type { LdapServer } from '../../src/directory/hsa-ldap/settings.ts';

const root = new URL('../../', import.meta.url).pathname;
export const BIND_DN = 'cn=bryggan,c=SE';
export const BIND_PASSWORD = 'only-for-tests';

type Values = Readonly<Record<string, string | readonly string[] | null>>;
const line = (name: string, value: string): string => `${name}:: ${Buffer.from(value).toString('base64')}`;
export const entryText = (dn: string, classes: readonly string[], values: Values): string =>
  [line('dn', dn), ...classes.map((name) => `objectClass: ${name}`), ...Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [value].flat().map((each) => line(name, each))))].join('\n');
const time = (instant: number | null): string | null => (instant === null ? null : `${new Date(instant).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`);
const dates = (object: { validFrom: number | null; validTo: number | null }): Values => ({ startDate: time(object.validFrom), endDate: time(object.validTo) });
const escapeDn = (text: string): string => text.replace(/([,+"\\<>;=#])/g, '\\$1');
const licenceNames: Readonly<Record<string, string>> = { LK: 'Läkare', SJ: 'Sjuksköterska', AT: 'Arbetsterapeut' };

const marks = ({ archived, feigned }: { archived?: boolean; feigned: boolean }): readonly string[] => [...(archived === true ? ['hsaArchivedObject'] : []), ...(feigned ? ['hsaFeignedDataObject'] : [])];
const organisationDn = (post: Employment): string => `o=${escapeDn(post.organisation.name)},c=SE`;
const providerDn = (commission: Commission): string => `ou=${commission.provider.hsaId},c=SE`;
const unitDn = (commission: Commission): string => (commission.atProvider === true ? providerDn(commission) : `ou=${commission.unit.hsaId},${providerDn(commission)}`);

const unitText = (dn: string, unit: HealthcareUnit, extra: Values, kind: 'hsaHealthCareUnit' | 'hsaHealthCareProvider'): string =>
  entryText(dn, ['organizationalUnit', kind, ...marks(unit)], { ou: [unit.name, unit.hsaId], hsaIdentity: unit.hsaId, ...dates(unit), ...extra });
const personText = (post: Employment, person: DirectoryPerson): string => {
  const [middle, ...rest] = post.surname.split(' ');
  return entryText(`cn=${post.hsaId},ou=people,${organisationDn(post)}`, ['person', 'hsaPersonExtension', ...marks(post), ...(person.protectedPerson ? ['hsaConfidentialPerson'] : [])], {
    cn: post.hsaId, ...(rest.length > 0 ? { middleName: middle!, sn: rest.join(' ') } : { sn: post.surname }), givenName: post.givenName, hsaIdentity: post.hsaId,
    personalIdentityNumber: person.personalIdentityNumber, title: post.title, mail: post.mail, telephoneNumber: post.telephone, mobile: post.mobileTelephone,
    paTitleCode: post.titleCodes, occupationalCode: post.occupationalCodes, hsaTitle: post.licences.map((code) => licenceNames[code] ?? code), hospIdentityNumber: post.licenceIdentityNumber,
    hsaSosTitleCodeSpeciality: post.specialities.map(({ licenceCode, code, name }) => `${licenceCode};${code};${name}`), personalPrescriptionCode: post.personalPrescriptionCode,
    hsaGroupPrescriptionCode: post.groupPrescriptionCodes, hsaSystemRole: post.systemRoles.map(({ systemId, role }) => `${systemId};${role}`), ...dates(post),
  });
};
/** Everything that these people's entries need above and beside them; each entry once. */
export const ldifFor = (people: readonly DirectoryPerson[], extra: readonly string[] = []): string => {
  const entries = new Map<string, string>([['c=SE', entryText('c=SE', ['country'], { c: 'SE' })]]);
  const members = new Map<string, { commission: Commission; ids: string[] }>();
  for (const person of people) for (const post of person.employments) {
    const { organisation } = post;
    entries.set(organisationDn(post), entryText(organisationDn(post), ['organization', 'hsaTestObject'], { o: organisation.name, orgNo: `${organisation.number.slice(0, 6)}-${organisation.number.slice(6)}`, hsaIdentity: organisation.hsaId }));
    entries.set(`ou=people,${organisationDn(post)}`, entryText(`ou=people,${organisationDn(post)}`, ['organizationalUnit'], { ou: 'people' }));
    entries.set(post.hsaId, personText(post, person));
    for (const commission of post.commissions) {
      const { provider, unit } = commission;
      entries.set(providerDn(commission), unitText(providerDn(commission), provider, { orgNo: provider.organisationNumber }, 'hsaHealthCareProvider'));
      if (commission.atProvider !== true) entries.set(unitDn(commission), unitText(unitDn(commission), unit, { hsaResponsibleHealthCareProvider: provider.hsaId, hsaGlnCode: commission.pharmacyIdentifier }, 'hsaHealthCareUnit'));
      const known = members.get(commission.hsaId) ?? { commission, ids: [] };
      known.ids.push(post.hsaId);
      members.set(commission.hsaId, known);
    }
  }
  // Every second membership is written with its dates behind it, as the directory may have either form.
  for (const [index, [hsaId, { commission, ids }]] of [...members].entries()) entries.set(hsaId, entryText(`cn=${hsaId},${unitDn(commission)}`, ['hsaCommission', ...marks(commission)], {
    cn: [commission.name, hsaId], hsaIdentity: hsaId, hsaCommissionPurpose: commission.purpose,
    hsaCommissionRight: commission.rights.map(({ activity, informationClass, scope }) => `${activity};${informationClass};${scope}`),
    hsaCommissionMember: ids.map((id) => (index % 2 === 0 ? id : `${id};;`)), ...dates(commission),
  }));
  return `${[...entries.values(), ...extra].join('\n\n')}\n`;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};
const isUp = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
};

export interface Slapd { readonly server: LdapServer; readonly startTls: LdapServer; readonly plainPort: number; stop(): Promise<void>; kill(signal: 'SIGSTOP' | 'SIGCONT'): void }
/** `withoutTls` leaves TLS out of the configuration: what a stripping attacker makes of it. `database`: further directives. */
export interface SlapdFiles { readonly certificateFile: string; readonly keyFile: string; readonly clientAuthorityFile: string }
const developmentFiles: SlapdFiles = { certificateFile: `${root}certs-dev/tls/demo.crt.pem`, keyFile: `${root}certs-dev/tls/demo.key.pem`, clientAuthorityFile: `${root}certs-dev/authorities/siths-function.crt.pem` };
export const startSlapd = async (ldif: string, { withoutTls = false, database = '', files = developmentFiles }: { readonly withoutTls?: boolean; readonly database?: string; readonly files?: SlapdFiles } = {}): Promise<Slapd> => {
  const folder = mkdtempSync(join(tmpdir(), 'slapd-'));
  const [plainPort, tlsPort] = [await freePort(), await freePort()];
  mkdirSync(join(folder, 'data'));
  const tls = withoutTls ? '' : `TLSCertificateFile ${files.certificateFile}\nTLSCertificateKeyFile ${files.keyFile}\nTLSCACertificateFile ${files.clientAuthorityFile}\nTLSVerifyClient try`;
  writeFileSync(join(folder, 'slapd.conf'), `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include ${root}test/peers/hsa.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${folder}/slapd.pid
disallow bind_anon
require authc
${tls}
authz-regexp ".*cn=DEV Bryggan as a client.*" "${BIND_DN}"
database mdb
suffix "c=SE"
rootdn "${BIND_DN}"
rootpw ${BIND_PASSWORD}
directory ${folder}/data
index hsaIdentity,personalIdentityNumber eq
index hsaCommissionMember eq,sub
${database}
`);
  writeFileSync(join(folder, 'data.ldif'), ldif);
  const added = spawnSync('/usr/sbin/slapadd', ['-q', '-f', join(folder, 'slapd.conf'), '-l', join(folder, 'data.ldif')], { encoding: 'utf8' });
  if (added.status !== 0) throw new Error(`slapadd: ${added.stderr}`);
  const urls = withoutTls ? `ldap://127.0.0.1:${plainPort}/` : `ldap://127.0.0.1:${plainPort}/ ldaps://127.0.0.1:${tlsPort}/`;
  const child: ChildProcess = spawn('/usr/sbin/slapd', ['-d', '0', '-f', join(folder, 'slapd.conf'), '-h', urls], { stdio: 'ignore' });
  for (let tries = 0; !(await isUp(plainPort)); tries += 1) {
    if (tries > 200 || child.exitCode !== null) throw new Error('slapd did not start');
    await pause(25);
  }
  const ca = readFileSync(`${root}certs-dev/tls/ca.crt.pem`, 'utf8');
  const base = { ca, bind: { kind: 'simple', dn: BIND_DN, password: BIND_PASSWORD } as const, timeout: 5_000, maxConnections: 4 };
  return {
    server: { ...base, url: `ldaps://localhost:${tlsPort}` }, startTls: { ...base, url: `ldap://localhost:${plainPort}` }, plainPort,
    kill: (signal) => void child.kill(signal),
    stop: async () => {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
