/** A root directory for tests: the product's own config/, or one that a hardened process accepts; then one thing is changed. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isMap, parseDocument } from 'yaml';
import { certificatePem, extension, makeCertificate, type Extension, type Name } from '../../certs-dev/certificate.ts';
import type { FileName } from '../../src/config/files.ts';

const project = join(import.meta.dirname, '..', '..');
export type Path = readonly (string | number)[];
export interface TestRoot {
  readonly path: string;
  /** Changes one value of config/<file>.yaml; undefined removes the key. */
  set(file: FileName, path: Path, value: unknown): void;
  write(path: string, content: string | Buffer, mode?: number): void;
  read(path: string): string;
  remove(path: string): void;
}
const rooted = (path: string): TestRoot => {
  const write = (name: string, content: string | Buffer, mode = 0o600): void => {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content, { mode });
    chmodSync(join(path, name), mode);
  };
  return {
    path, write,
    read: (name) => readFileSync(join(path, name), 'utf8'),
    remove: (name) => { rmSync(join(path, name), { recursive: true, force: true }); },
    set: (file, at, value) => {
      const document = parseDocument(readFileSync(join(path, `config/${file}.yaml`), 'utf8'));
      if (!isMap(document.contents)) throw new Error('not a map');
      if (at.length === 0) document.contents = document.createNode(value) as typeof document.contents;
      else if (value === undefined) document.deleteIn(at);
      else document.setIn(at, document.createNode(value));
      write(`config/${file}.yaml`, document.toString());
    },
  };
};

const made: string[] = [];
/** For `afterAll`. */
export const removeRoots = (): void => { for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true }); };

/** The product's own config/, as a developer has it. */
export const developmentRoot = (): TestRoot => {
  const path = mkdtempSync(join(tmpdir(), 'bryggan-root-'));
  made.push(path);
  cpSync(join(project, 'config'), join(path, 'config'), { recursive: true });
  mkdirSync(join(path, 'config/directory-data'), { recursive: true });
  mkdirSync(join(path, 'metadata/services'), { recursive: true });
  symlinkSync(join(project, 'certs-dev'), join(path, 'certs-dev'));
  return rooted(path);
};

const keys = new Map<string, KeyObject>();
const keyOf = (name: string): KeyObject => {
  const known = keys.get(name) ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  keys.set(name, known);
  return known;
};
/** A certificate of our own making around the key with this name; names end up in CN. */
export const certificateOf = (name: string, issuer = name, extensions: readonly Extension[] = []): string => {
  const dn = (cn: string): Name => [[{ type: 'C', value: 'SE' }], [{ type: 'O', value: 'Region Exempel' }], [{ type: 'CN', value: cn }]];
  return certificatePem(makeCertificate({ subject: dn(name), issuer: dn(issuer), notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2036-01-01T00:00:00Z'), extensions, hash: 'sha256' }, keyOf(name), keyOf(issuer)));
};
export const keyPem = (name: string): string => keyOf(name).export({ type: 'pkcs8', format: 'pem' }) as string;
const serverName = (host: string): Extension[] => [extension.alternativeNames([host], [])];

/** What a hardened process in the environment `acceptance` starts with: own keys, own authorities, Redis over TLS, an ACL user. */
export const hardenedRoot = (): TestRoot => {
  const root = developmentRoot();
  root.remove('certs-dev');
  const pair = (name: string, certificate = certificateOf(name)): { certificateFile: string; keyFile: string } => {
    root.write(`keys/${name}.crt.pem`, certificate, 0o644);
    root.write(`keys/${name}.key.pem`, keyPem(name));
    return { certificateFile: `keys/${name}.crt.pem`, keyFile: `keys/${name}.key.pem` };
  };
  root.set('broker', ['environment'], 'acceptance');
  root.set('broker', ['publicUrl'], 'https://idp.example.se');
  root.set('broker', ['entityId'], 'https://idp.example.se/saml/metadata');
  root.set('broker', ['listeners', 'public', 'tls'], pair('public', certificateOf('public', 'public', serverName('idp.example.se'))));
  root.set('broker', ['listeners', 'card'], { hosts: ['kort.example.se'], port: 8444, tls: pair('card', certificateOf('card', 'card', serverName('kort.example.se'))) });
  root.set('broker', ['keys'], { samlSigning: [pair('signing')], samlMetadata: pair('metadata') });
  root.write('keys/redis-password', 'a-password-that-nobody-prints\n');
  root.set('broker', ['store'], { kind: 'redis', url: 'rediss://redis.example.se:6380/0', username: 'bryggan', passwordFile: 'keys/redis-password' });
  root.set('methods', ['methods', 0, 'cardUrl'], 'https://kort.example.se');
  root.set('methods', ['methods', 0, 'freshHostNames'], false);
  root.write('config/trust/root.crt', certificateOf('Example Root CA'), 0o644);
  root.write('config/trust/person.crt', certificateOf('Example Person CA', 'Example Root CA'), 0o644);
  const row = { enabled: true, environments: ['test', 'acceptance'], crlUrls: ['http://crl.example.se/person.crl'] };
  root.set('issuers', ['roots'], [{ ...row, id: 'example-root', name: 'CN=Example Root CA,O=Region Exempel,C=SE', certificateFile: 'config/trust/root.crt' }]);
  root.set('issuers', ['issuers'], [{ ...row, id: 'example-person', name: 'CN=Example Person CA,O=Region Exempel,C=SE', certificateFile: 'config/trust/person.crt', root: 'example-root', credentialType: 'card', identifierType: 'hsa-id', level: 'loa3' }]);
  root.write('people/people.yaml', 'people: []\n');
  root.set('directory', ['sources', 'demo', 'path'], 'people');
  return root;
};
