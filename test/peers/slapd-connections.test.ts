/** How Bryggan speaks with a real LDAP server: never in the clear, never anonymously, never without limit (threats J04). */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PersonKey } from '../../src/directory/model.ts';
import { openLdapDirectory, type LdapDirectory } from '../../src/directory/hsa-ldap/directory.ts';
import type { LdapServer, LdapSettings } from '../../src/directory/hsa-ldap/settings.ts';
import { ldapSettings } from '../contracts/stages/ldap.ts';
import { hsaId } from '../directory/people.ts';
import { complete, NOW, twoPosts } from '../directory/world.ts';
import { refusedWith, rejectedWith } from '../fixtures/refused.ts';
import { ldifFor, startSlapd, type Slapd } from './slapd.ts';

const root = new URL('../../', import.meta.url).pathname;
const key: PersonKey = { kind: 'hsa-id', hsaId: hsaId('POST1') };
const open: LdapDirectory[] = [];
const servers: Server[] = [];
let slapd: Slapd;
beforeAll(async () => { slapd = await startSlapd(ldifFor([complete, twoPosts])); });
afterAll(() => slapd.stop());
afterEach(async () => {
  for (const directory of open.splice(0)) await directory.close();
  for (const server of servers.splice(0)) server.close();
});
const directoryFor = (server: LdapServer, change: Partial<LdapSettings> = {}): LdapDirectory => {
  const directory = openLdapDirectory(ldapSettings(server, NOW, change));
  open.push(directory);
  return directory;
};
/** A tunnel to slapd that sees every byte and can be cut. */
const tunnel = async (port: number): Promise<{ port: number; seen: Buffer[]; connections: () => number; most: () => number; cut(): void }> => {
  const seen: Buffer[] = [];
  const sockets = new Set<Socket>();
  let [made, most] = [0, 0];
  const server = createServer((from) => {
    made += 1;
    const to = connect(port, '127.0.0.1');
    sockets.add(from);
    most = Math.max(most, sockets.size);
    from.on('data', (data) => seen.push(data));
    from.pipe(to).pipe(from);
    for (const socket of [from, to]) socket.on('error', () => {}).on('close', () => { from.destroy(); to.destroy(); sockets.delete(from); });
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, seen, connections: () => made, most: () => most, cut: () => { for (const socket of sockets) socket.destroy(); } };
};
const through = (server: LdapServer, port: number): LdapServer => ({ ...server, url: server.url.replace(/:\d+$/, `:${port}`) });
const tlsPort = () => Number(slapd.server.url.split(':').at(-1));

describe('the good twin', () => {
  it.each(['server', 'startTls'] as const)('%s: somebody is found', async (kind) => expect((await directoryFor(slapd[kind]).find(key))?.employments).toHaveLength(1));
  it('a client certificate may bind instead of a password (SASL EXTERNAL)', async () => {
    const file = (name: string) => readFileSync(`${root}certs-dev/functions/${name}.pem`, 'utf8');
    const server: LdapServer = { ...slapd.server, bind: { kind: 'certificate' }, certificate: file('bryggan.crt'), key: file('bryggan.key') };
    expect((await directoryFor(server).find(key))?.employments).toHaveLength(1);
    await rejectedWith('directory.unavailable', directoryFor({ ...slapd.server, bind: { kind: 'certificate' } }).find(key));
  });
});

describe('never in the clear', () => {
  it('over StartTLS nothing of the question or the password is seen on the wire', async () => {
    const wire = await tunnel(slapd.plainPort);
    expect(await directoryFor(through(slapd.startTls, wire.port)).find(key)).toBeDefined();
    const bytes = Buffer.concat(wire.seen).toString('latin1');
    expect(bytes).toContain('1.3.6.1.4.1.1466.20037');
    expect(bytes).not.toMatch(/POST1|only-for-tests|cn=bryggan/);
  });
  it('a server that does not offer StartTLS is not spoken to', async () => {
    const plain = await startSlapd(ldifFor([complete]), { withoutTls: true });
    try {
      const wire = await tunnel(plain.plainPort);
      await rejectedWith('directory.unavailable', directoryFor(through(plain.startTls, wire.port)).find(key));
      expect(Buffer.concat(wire.seen).toString('latin1')).not.toMatch(/POST1|only-for-tests|cn=bryggan/);
    } finally {
      await plain.stop();
    }
  });
  it('a connection that is lost is made anew with TLS and bind, not silently without', async () => {
    const wire = await tunnel(slapd.plainPort);
    const directory = directoryFor(through(slapd.startTls, wire.port), { placeSeconds: 0 });
    for (let round = 0; round < 3; round += 1) {
      expect(await directory.find(key)).toBeDefined();
      wire.cut();
    }
    expect(wire.connections()).toBeGreaterThanOrEqual(3);
    expect(Buffer.concat(wire.seen).toString('latin1')).not.toMatch(/POST1|only-for-tests|cn=bryggan/);
  });
  it('a certificate of another authority, or for another name, ends the conversation', async () => {
    const wrongCa = readFileSync(`${root}certs-dev/authorities/siths-root.crt.pem`, 'utf8');
    await rejectedWith('directory.unavailable', directoryFor({ ...slapd.server, ca: wrongCa }).find(key));
    await rejectedWith('directory.unavailable', directoryFor({ ...slapd.startTls, ca: wrongCa }).find(key));
    await rejectedWith('directory.unavailable', directoryFor({ ...slapd.server, url: slapd.server.url.replace('localhost', '127.0.0.2') }).find(key));
    expect(await directoryFor({ ...slapd.server, url: slapd.server.url.replace('localhost', '127.0.0.1') }).find(key)).toBeDefined();
  });
});

describe('never anonymously', () => {
  const bind = (dn: string, password: string): LdapServer => ({ ...slapd.server, bind: { kind: 'simple', dn, password } });
  it.each([['an empty password', 'cn=bryggan,c=SE', ''], ['an empty name', '', 'secret'], ['both empty', '', '']])('%s is refused at start [RFC 4513 §5.1.2]', (_, dn, password) => void refusedWith('directory.source', () => directoryFor(bind(dn, password))));
  it('a wrong password finds nobody, and the error names neither person nor account', async () => {
    const error = await rejectedWith('directory.unavailable', directoryFor(bind('cn=bryggan,c=SE', 'wrong')).find(key));
    expect(error.facts).toEqual({ kind: 'InvalidCredentialsError' });
    expect(JSON.stringify([error.message, error.detail])).not.toMatch(/POST1|bryggan,|wrong/);
  });
  it.each(['http://localhost', 'ldap://', 'localhost:389', ''])('an address like %j is refused at start', (url) => void refusedWith('directory.source', () => directoryFor({ ...slapd.server, url })));
  it('no authority is refused at start', () => void refusedWith('directory.source', () => directoryFor({ ...slapd.server, ca: ' ' })));
});

describe('never without limit', () => {
  it('a server that is gone is unavailable', async () => {
    await rejectedWith('directory.unavailable', directoryFor({ ...slapd.server, url: 'ldaps://localhost:1' }).find(key));
  });
  it('a server that accepts and says nothing is unavailable when time is up', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    servers.push(silent);
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    await rejectedWith('directory.unavailable', directoryFor({ ...slapd.server, url: `ldaps://localhost:${port}`, timeout: 200 }, { timeout: 400 }).find(key));
  });
  it('a server that stops answering in the middle is unavailable when time is up, and found again later', async () => {
    const directory = directoryFor({ ...slapd.server, timeout: 200 }, { timeout: 400, placeSeconds: 0 });
    expect(await directory.find(key)).toBeDefined();
    slapd.kill('SIGSTOP');
    await rejectedWith('directory.unavailable', directory.find(key));
    slapd.kill('SIGCONT');
    expect(await directory.find(key)).toBeDefined();
  });
  it('a hundred questions use no more connections than configured', async () => {
    const wire = await tunnel(tlsPort());
    const directory = directoryFor({ ...through(slapd.server, wire.port), maxConnections: 3 });
    const found = await Promise.all(Array.from({ length: 100 }, () => directory.find(key)));
    expect([found.filter((person) => person !== undefined).length, wire.most() <= 3, wire.connections() <= 3]).toEqual([100, true, true]);
  });
  it('after closing nothing is asked any more', async () => {
    const directory = openLdapDirectory(ldapSettings(slapd.server, NOW));
    await directory.find(key);
    await directory.close();
    await rejectedWith('directory.unavailable', directory.find(key));
  });
});
