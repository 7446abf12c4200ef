/** Threats M06, M04, K03: what NODE_ENV=production refuses to start with, one thing at a time, from a root that it accepts. */
import { chmodSync, cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { readIndex } from '../../certs-dev/set.ts';
import { developmentKeys } from '../../src/config/development-keys.ts';
import { findingsOf, loadConfiguration } from '../../src/config/load.ts';
import { productionRules } from '../../src/config/production-rules.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { certificateOf, developmentRoot, hardenedRoot, removeRoots, type TestRoot } from './root.ts';

afterAll(removeRoots);
const production = { NODE_ENV: 'production' };
const certs = join(import.meta.dirname, '../../certs-dev');
/** Copies a committed development file into the root, under a name that says nothing. */
const borrow = (root: TestRoot, from: string, to: string, mode = 0o600): void => root.write(to, readFileSync(join(certs, from)), mode);
const borrowPair = (root: TestRoot, name: string): { certificateFile: string; keyFile: string } => {
  borrow(root, `${name}.crt.pem`, 'keys/borrowed.crt.pem');
  borrow(root, `${name}.key.pem`, 'keys/borrowed.key.pem');
  return { certificateFile: 'keys/borrowed.crt.pem', keyFile: 'keys/borrowed.key.pem' };
};
const redis = (change: object): object => ({ kind: 'redis', url: 'rediss://redis.example.se:6380/0', username: 'bryggan', passwordFile: 'keys/redis-password', ...change });

const matrix: readonly (readonly [rule: string, what: string, place: string, change: (root: TestRoot) => void])[] = [
  ['development-certificate', 'as TLS certificate', 'listeners.public.tls.certificateFile', (root) => root.set('broker', ['listeners', 'public', 'tls'], borrowPair(root, 'tls/main'))],
  ['development-certificate', 'as TLS certificate of the card host', 'listeners.card.tls.certificateFile', (root) => root.set('broker', ['listeners', 'card', 'tls'], borrowPair(root, 'tls/card'))],
  ['development-certificate', 'for signing answers', 'keys.samlSigning[0].certificateFile', (root) => root.set('broker', ['keys', 'samlSigning', 0], borrowPair(root, 'keys/saml-signing'))],
  ['development-certificate', 'for signing metadata', 'keys.samlMetadata.certificateFile', (root) => root.set('broker', ['keys', 'samlMetadata'], borrowPair(root, 'keys/metadata-signing'))],
  ['development-certificate', 'as trusted authority', 'issuers[0].certificateFile', (root) => borrow(root, 'authorities/siths-hsa-id-3.crt.pem', 'config/trust/person.crt')],
  ['development-key', 'for signing answers', 'keys.samlSigning[0].keyFile', (root) => root.set('broker', ['keys', 'samlSigning', 0], borrowPair(root, 'keys/saml-signing'))],
  ['development-key', 'with another certificate around it', 'keys.audit.keyFile', (root) => { borrow(root, 'keys/saml-signing-ec.key.pem', 'keys/audit.pem'); root.set('broker', ['keys', 'audit'], { keyFile: 'keys/audit.pem' }); }],
  ['development-file', 'from certs-dev/', 'keys.samlMetadata.certificateFile', (root) => { cpSync(join(certs, 'keys'), join(root.path, 'certs-dev/keys'), { recursive: true }); root.set('broker', ['keys', 'samlMetadata'], { certificateFile: 'certs-dev/keys/metadata-signing.crt.pem', keyFile: 'certs-dev/keys/metadata-signing.key.pem' }); }],
  ['development-issuer', 'row enabled', 'issuers[0].enabled', (root) => { root.set('issuers', ['roots', 0, 'environments'], ['acceptance', 'development']); root.set('issuers', ['issuers', 0, 'environments'], ['acceptance', 'development']); }],
  ['demo-part', 'the card reader', 'demo', (root) => root.set('broker', ['demo'], { cardReader: 'https://localhost:8450' })],
  ['demo-part', 'an empty demo key', 'demo', (root) => root.set('broker', ['demo'], {})],
  ['demo-directory', 'the invented people', 'sources.demo.path', (root) => root.set('directory', ['sources', 'demo', 'path'], 'config/directory-data')],
  ['secret-rights', 'a key that the group may read', 'keys.samlSigning[0].keyFile', (root) => { chmodSync(join(root.path, 'keys/signing.key.pem'), 0o640); }],
  ['secret-rights', 'a key that everybody may read', 'listeners.public.tls.keyFile', (root) => { chmodSync(join(root.path, 'keys/public.key.pem'), 0o604); }],
  ['secret-rights', 'a password that others may read', 'store.passwordFile', (root) => { chmodSync(join(root.path, 'keys/redis-password'), 0o644); }],
  ['secret-rights', 'a key directory that others may open', 'keys.sealing.directory', (root) => { mkdirSync(join(root.path, 'keys/sealing'), { mode: 0o755 }); root.set('broker', ['keys', 'sealing'], { directory: 'keys/sealing' }); }],
  ['state-rights', 'a state directory that others may open', '', (root) => { mkdirSync(join(root.path, 'state'), { mode: 0o755 }); }],
  ['store-named', 'no store', 'store', (root) => root.set('broker', ['store'], undefined)],
  ['store-named', 'the embedded store', 'store.kind', (root) => root.set('broker', ['store'], { kind: 'sqlite' })],
  ['store-named', 'Redis without address', 'store', (root) => root.set('broker', ['store'], redis({ url: undefined }))],
  ['store-tls', 'Redis in the clear', 'store.url', (root) => root.set('broker', ['store'], redis({ url: 'redis://redis.example.se:6379' }))],
  ['store-tls', 'a sentinel in the clear', 'store.sentinel.nodes[1]', (root) => root.set('broker', ['store'], redis({ url: undefined, sentinel: { name: 'b', nodes: ['rediss://a', 'redis://b'] } }))],
  ['store-user', 'no ACL user', 'store.username', (root) => root.set('broker', ['store'], redis({ username: undefined }))],
  ['store-user', 'the default user', 'store.username', (root) => root.set('broker', ['store'], redis({ username: 'default' }))],
  ['store-user', 'no password', 'store.passwordFile', (root) => root.set('broker', ['store'], redis({ passwordFile: undefined }))],
  ['card-host', 'the card on the main host', 'methods[0].cardUrl', (root) => { root.set('broker', ['listeners', 'card', 'hosts'], ['idp.example.se']); root.set('methods', ['methods', 0, 'cardUrl'], 'https://idp.example.se:8444'); }],
  ['card-host', 'a card certificate that covers the main host', 'listeners.card.tls.certificateFile', (root) => root.set('broker', ['listeners', 'card', 'tls'], { certificateFile: 'keys/public.crt.pem', keyFile: 'keys/public.key.pem' })],
];
const told = (root: TestRoot, environment: object): readonly string[] => {
  try {
    loadConfiguration(root.path, environment);
    return [];
  } catch (error) {
    return findingsOf(error).map(({ rule, path }) => `${rule} ${path}`);
  }
};

describe('NODE_ENV=production', () => {
  test('starts with keys, authorities and a store of one’s own', () => expect(loadConfiguration(hardenedRoot().path, production).hardened).toBe(true));
  test.each(matrix)('%s: refuses %s', (rule, _what, place, change) => {
    const root = hardenedRoot();
    change(root);
    expect(told(root, production)).toContain(`${rule} ${place}`);
    // The twin: the same files without the switch are not refused by this rule.
    expect(told(root, {})).not.toContain(`${rule} ${place}`);
  });
  test('every production rule has a case here', () => expect(new Set(matrix.map(([rule]) => rule))).toEqual(new Set(productionRules.map(({ id }) => id))));
  test.each([0o600, 0o400])('takes a key with mode %o', (mode) => {
    const root = hardenedRoot();
    chmodSync(join(root.path, 'keys/signing.key.pem'), mode);
    expect(told(root, production)).toEqual([]);
  });
  test('takes Redis over a Unix socket', () => {
    const root = hardenedRoot();
    root.set('broker', ['store'], redis({ url: 'unix:///run/redis/redis.sock' }));
    expect(told(root, production)).toEqual([]);
  });
  test('does not count REDIS_URL', () => {
    const root = hardenedRoot();
    root.set('broker', ['store'], undefined);
    expect(told(root, { ...production, REDIS_URL: 'rediss://u:p@redis.example.se' })).toEqual(['store-named store']);
  });
  test('takes a key in a hardware token instead of a file', () => {
    const root = hardenedRoot();
    root.write('keys/pin', '1234');
    root.write('keys/module.so', '');
    root.set('broker', ['keys', 'samlSigning', 0], { certificateFile: 'keys/signing.crt.pem', pkcs11: { module: 'keys/module.so', token: 'bryggan', label: 'signing', pinFile: 'keys/pin' } });
    expect(loadConfiguration(root.path, production).keys.samlSigning[0]).toMatchObject({ kind: 'pkcs11', token: 'bryggan', label: 'signing' });
  });
  test('says config.production when nothing else is wrong, and config.invalid when something is', () => {
    const root = hardenedRoot();
    root.set('broker', ['demo'], {});
    refusedWith('config.production', () => loadConfiguration(root.path, production));
    root.set('broker', ['session', 'idleSeconds'], 90_000);
    refusedWith('config.invalid', () => loadConfiguration(root.path, production));
  });
  test('refuses the configuration that ships, by every rule that it breaks at once', () => {
    const rules = new Set(findingsOf(refusedWith('config.invalid', () => loadConfiguration(developmentRoot().path, production))).map(({ rule }) => rule));
    for (const rule of ['development-certificate', 'development-key', 'development-file', 'development-issuer', 'demo-directory', 'store-named']) expect(rules).toContain(rule);
  });
  test('a mark in the subject is enough: organisation or common name', () => {
    const root = hardenedRoot();
    root.write('keys/signing.crt.pem', certificateOf('signing'));
    expect(told(root, production)).toEqual([]);
    root.write('keys/public.crt.pem', certificateOf('DEV public'));
    expect(told(root, production)).toContain('development-certificate listeners.public.tls.certificateFile');
  });
});

test('the list of development keys is the one of certs-dev', () => {
  const { authorities, machines, tlsAuthority } = readIndex();
  const files = [...authorities, ...machines, tlsAuthority].map(({ keyFile }) => keyFile);
  const ocsp = authorities.map(({ ocspKeyFile }) => ocspKeyFile);
  const prints = [...new Set([...files, ...ocsp])].map((file) => createHash('sha256').update(createPublicKey(createPrivateKey(readFileSync(join(certs, file)))).export({ type: 'spki', format: 'der' })).digest('base64url'));
  expect([...developmentKeys].toSorted()).toEqual([...new Set(prints)].toSorted());
});
