import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { defaultReleasePolicy } from '../../src/attributes/policy.ts';
import { checkRoot, findingsOf, loadConfiguration, refuseDemoParts, registrySettings } from '../../src/config/load.ts';
import type { Configuration } from '../../src/config/model.ts';
import { Secret } from '../../src/config/secret.ts';
import { isError, type Finding } from '../../src/core/findings.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { developmentRoot, hardenedRoot, removeRoots, type TestRoot } from './root.ts';

afterAll(removeRoots);
const noService = (): never => { throw new Error('no service here'); };
const faultsOf = (root: TestRoot, environment = {}): readonly Finding[] => findingsOf(refusedWith('config.invalid', () => loadConfiguration(root.path, environment)));
/** Frozen all the way down, but for the objects that guard a secret. */
const unfrozen = (value: unknown, path = 'configuration'): string[] =>
  typeof value !== 'object' || value === null || value instanceof Secret ? [] : [...(Object.isFrozen(value) ? [] : [path]), ...Object.entries(value).flatMap(([key, inner]) => unfrozen(inner, `${path}.${key}`))];

describe('the configuration that ships', () => {
  const configuration: Configuration = loadConfiguration(developmentRoot().path, {});
  test('loads, and is frozen in every corner', () => {
    expect(configuration.environment).toBe('test');
    expect(unfrozen(configuration)).toEqual([]);
  });
  test('accepts every listed authority of the development PKI and nothing else', () => {
    expect(new Set(configuration.issuers.map(({ environment }) => environment))).toEqual(new Set(['development']));
    expect(configuration.issuers).toHaveLength(11);
    expect(configuration.roots).toHaveLength(2);
    const [card] = configuration.methods;
    expect(card?.kind === 'certificate' && card.issuers.toSorted()).toEqual(['dev-efos-hsa-id', 'dev-efos-person-id', 'dev-siths-hsa-id-2', 'dev-siths-hsa-id-3', 'dev-siths-hsa-id-new', 'dev-siths-person-id-2', 'dev-siths-person-id-3']);
  });
  test('has the release policy that attributes/ calls its default', () => expect(configuration.release).toEqual(defaultReleasePolicy));
  test('answers and understands exactly the levels of each federation', () => {
    const levels = Object.fromEntries(configuration.federations.map(({ id, assurance }) => [id, assurance]));
    const sambi = { issue: { loa2: 'http://id.sambi.se/loa/loa2', loa3: 'http://id.sambi.se/loa/loa3' }, accept: { 'http://id.sambi.se/loa/loa2': 'loa2', 'http://id.sambi.se/loa/loa3': 'loa3' } };
    const uncertified = { issue: { loa2: 'http://id.swedenconnect.se/loa/1.0/uncertified-loa2', loa3: 'http://id.swedenconnect.se/loa/1.0/uncertified-loa3' }, accept: { 'http://id.swedenconnect.se/loa/1.0/uncertified-loa2': 'loa2', 'http://id.swedenconnect.se/loa/1.0/uncertified-loa3': 'loa3' } };
    expect(levels).toEqual({ sambi, inera: sambi, 'sweden-connect': uncertified, local: sambi });
  });
  test('keeps what differs between the federations as data', () => {
    const rows = Object.fromEntries(configuration.federations.map((row) => [row.id, [row.defaultNameId, row.sign.response, row.sign.assertion, row.encryption, row.must.join(' '), row.clockSkew, row.sessionLifetime, row.cancelStatus, row.showRelease]]));
    expect(rows).toEqual({
      sambi: ['transient', true, true, 'if-key', 'sign-assertion', 180, 28_800, null, false],
      inera: ['transient', true, true, 'if-key', '', 180, 28_800, null, false],
      'sweden-connect': ['persistent', true, false, 'require', 'sign-response encrypt', 60, 3600, 'http://id.elegnamnden.se/status/1.0/cancel', true],
      local: ['transient', true, true, 'if-key', '', 180, 28_800, null, false],
    });
  });
  test('puts everything that the service writes below the state directory', () => {
    const { state, keys, audit, store } = configuration;
    expect([keys.audit.keyFile, keys.sealing.directory, keys.pseudonyms.secretFile, audit.directory, store.kind === 'sqlite' ? store.file : ''].every((path) => path.startsWith(join(state, '/')))).toBe(true);
  });
  test('is complete for parties and services too: check has no error', async () => {
    const findings = await checkRoot(developmentRoot().path, {}, noService);
    expect(findings.filter(isError)).toEqual([]);
  });
});

describe('faults', () => {
  test('all of them are told at once, each with file, place, what and what to do', () => {
    const root = developmentRoot();
    root.set('broker', ['publicUrl'], 'http://idp.example.se/');
    root.set('broker', ['listeners', 'public', 'prt'], 8443);
    root.set('broker', ['session', 'idleSeconds'], 'an hour');
    root.set('methods', ['methods', 0, 'kind'], 'palm-reader');
    root.set('federation', ['federations', 0, 'defaultNameId'], undefined);
    root.write('config/release.yaml', 'rules:\n  - id: a\n   when: {}\n');
    root.remove('config/directory.yaml');
    root.write('config/parties/ale.yaml', 'name: Ale kommun\n');
    const faults = faultsOf(root);
    const told = faults.map(({ file, path, message, fix }) => [file, path, message, fix]);
    expect(told).toContainEqual(['config/broker.yaml', 'publicUrl', 'is not scheme, host and port alone', 'write https://host or https://host:port, in lower case, without a slash at the end']);
    expect(told).toContainEqual(['config/broker.yaml', 'listeners.public.prt', 'is not a known key', 'write port, or remove it']);
    expect(told).toContainEqual(['config/broker.yaml', 'session.idleSeconds', 'must be a number', 'write a number']);
    expect(told).toContainEqual(['config/methods.yaml', 'methods[0].kind', 'must be one of certificate, mobile, upstream', 'write one of certificate, mobile, upstream']);
    expect(told).toContainEqual(['config/federation.yaml', 'federations[0].defaultNameId', 'is missing', 'write one of transient, persistent']);
    expect(told).toContainEqual(['config/directory.yaml', '', 'is missing', expect.stringContaining('docs/configuration.md')]);
    expect(faults.some(({ file, rule, line }) => file === 'config/release.yaml' && rule === 'yaml' && line === 3)).toBe(true);
    expect(faults.some(({ file, path }) => file === 'config/parties/ale.yaml' && path === 'support')).toBe(true);
    expect(faults.filter(({ file, line, column }) => file !== 'config/directory.yaml' && (line === null || column === null))).toEqual([]);
  });
  test('a place is the line of the key, also in a file with comments above it', () => {
    const root = developmentRoot();
    const lines = root.read('config/broker.yaml').split('\n');
    const at = lines.findIndex((text) => text.startsWith('reload:'));
    root.write('config/broker.yaml', lines.with(at, 'relaod: auto').join('\n'));
    expect(faultsOf(root)).toEqual([{ file: 'config/broker.yaml', line: at + 1, column: 1, path: 'relaod', severity: 'error', rule: 'schema', message: 'is not a known key', fix: 'write reload, or remove it' }]);
  });
  test('an error says in its detail what the list says', () => {
    const root = developmentRoot();
    root.set('broker', ['environment'], 'staging');
    const error = refusedWith('config.invalid', () => loadConfiguration(root.path, {}));
    expect(error.detail).toMatch(/^1 fault in the configuration:\nconfig\/broker\.yaml:\d+:1: environment must be one of test, acceptance, production; fix: write one of them$/);
  });
  test('a file that nothing reads is a warning, not a silence', async () => {
    const root = developmentRoot();
    root.write('config/brokr.yaml', 'a: 1\n');
    expect((await checkRoot(root.path, {}, noService)).find(({ rule }) => rule === 'file-ignored')).toMatchObject({ file: 'config/brokr.yaml', severity: 'warning' });
    expect(loadConfiguration(root.path, {}).environment).toBe('test');
  });
  test('an empty root names every file that is missing', () => {
    const root = developmentRoot();
    root.remove('config');
    expect(faultsOf(root).map(({ file, rule }) => `${file} ${rule}`)).toEqual(['broker', 'directory', 'federation', 'issuers', 'methods', 'release'].map((name) => `config/${name}.yaml file-missing`));
  });
});

describe('secrets', () => {
  const MARK = 'hunter2-very-secret';
  const everything = (error: unknown): string => inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(findingsOf(error));
  test.each<[string, (root: TestRoot) => void]>([
    ['as an unknown key', (root) => root.set('broker', ['store'], { kind: 'redis', url: 'redis://127.0.0.1', password: MARK })],
    ['in the address of the store', (root) => root.set('broker', ['store'], { kind: 'redis', url: `redis://user:${MARK}@127.0.0.1` })],
    ['where a path belongs', (root) => root.set('broker', ['keys', 'samlMetadata', 'keyFile'], `-----BEGIN PRIVATE KEY-----\n${MARK}\n`)],
    ['where a number belongs', (root) => root.set('broker', ['clockSkewSeconds'], MARK)],
    ['on a line that is not YAML', (root) => root.write('config/broker.yaml', `environment: test\npassword: "${MARK}\n`)],
    ['as a key that is written twice', (root) => root.write('config/broker.yaml', `password: ${MARK}\npassword: ${MARK}\n`)],
  ])('%s are not repeated in the fault', (_where, change) => {
    const root = developmentRoot();
    change(root);
    const error = refusedWith('config.invalid', () => loadConfiguration(root.path, {}));
    expect(everything(error)).not.toContain(MARK);
    expect(findingsOf(error).length).toBeGreaterThan(0);
  });
  test('in REDIS_URL are taken apart, and printed by nothing', () => {
    const configuration = loadConfiguration(developmentRoot().path, { REDIS_URL: `rediss://bryggan:${MARK}@redis.example.se:6380/2` });
    expect(configuration.store).toMatchObject({ kind: 'redis', servers: { kind: 'single', url: 'rediss://redis.example.se:6380/2' }, username: 'bryggan' });
    expect(configuration.store.kind === 'redis' && configuration.store.password?.reveal()).toBe(MARK);
    expect(everything(configuration) + JSON.stringify(configuration) + String(configuration.store.kind === 'redis' && configuration.store.password)).not.toContain(MARK);
  });
  test('a REDIS_URL that is none is a fault that does not show it', () => {
    const error = refusedWith('config.invalid', () => loadConfiguration(developmentRoot().path, { REDIS_URL: `http://x:${MARK}@h` }));
    expect(findingsOf(error)).toMatchObject([{ file: 'environment', path: 'REDIS_URL' }]);
    expect(everything(error)).not.toContain(MARK);
  });
  test('in files are read once, and printed by nothing', () => {
    const { store } = loadConfiguration(hardenedRoot().path, { NODE_ENV: 'production' });
    expect(store.kind === 'redis' && store.password?.reveal()).toBe('a-password-that-nobody-prints');
    expect(everything(store)).not.toContain('nobody-prints');
  });
});

describe('the environment', () => {
  test('BRYGGAN_STATE names the state directory', () => expect(loadConfiguration(developmentRoot().path, { BRYGGAN_STATE: '/var/lib/bryggan' }).state).toBe('/var/lib/bryggan'));
  test('without a store and without REDIS_URL the embedded store serves', () => expect(loadConfiguration(developmentRoot().path, {}).store.kind).toBe('sqlite'));
  test('a store that is named wins over REDIS_URL', () => {
    const root = developmentRoot();
    root.set('broker', ['store'], { kind: 'sqlite', file: 'here.sqlite' });
    expect(loadConfiguration(root.path, { REDIS_URL: 'redis://127.0.0.1' }).store).toEqual({ kind: 'sqlite', file: join(root.path, 'here.sqlite') });
  });
  test('hardening and environment are two switches', () => {
    const root = hardenedRoot();
    expect(loadConfiguration(root.path, { NODE_ENV: 'production' })).toMatchObject({ hardened: true, environment: 'acceptance' });
    expect(loadConfiguration(root.path, {})).toMatchObject({ hardened: false, environment: 'acceptance' });
  });
  test('development authorities are trusted in test alone', () => {
    const root = developmentRoot();
    root.set('broker', ['environment'], 'acceptance');
    expect(faultsOf(root)).toMatchObject([{ rule: 'method-without-issuer' }]);
  });
});

describe('the demo key', () => {
  test('is known to the schema, and refused by serve by name', () => {
    const root = developmentRoot();
    expect(() => { refuseDemoParts(loadConfiguration(root.path, {})); }).not.toThrow();
    root.set('broker', ['demo'], { cardReader: 'https://localhost:8450' });
    const configuration = loadConfiguration(root.path, {});
    expect(configuration.demo).toEqual({ cardReader: 'https://localhost:8450' });
    expect(refusedWith('config.demo-part', () => { refuseDemoParts(configuration); }).detail).toContain('demo.cardReader');
  });
});

test('what parties and services may refer to comes from the configuration', () => {
  const settings = registrySettings(loadConfiguration(developmentRoot().path, {}));
  expect([...settings.federations.keys()]).toEqual(['sambi', 'inera', 'sweden-connect', 'local']);
  expect(settings.methods).toEqual(['siths-card']);
  expect(settings.attributes?.has('employeeHsaId')).toBe(true);
  expect(settings.ownEntityIds).toEqual(['https://localhost:8443/saml/metadata', 'https://localhost:8443/upstream/saml/metadata']);
});

test('check reads the directory of invented people too', async () => {
  const root = developmentRoot();
  const broken = async (): Promise<readonly string[]> => (await checkRoot(root.path, {}, noService)).filter(isError).map(({ file }) => file);
  expect(await broken()).toEqual([]);
  root.write('config/directory-data/people.yaml', 'peple: []\n');
  expect(await broken()).toContain('config/directory-data/people.yaml');
});

test('check goes on to parties and services when the configuration itself is broken', async () => {
  const root = developmentRoot();
  root.set('broker', ['reload'], 'never');
  root.set('broker', ['reload'], 'auto');
  root.set('federation', ['federations', 0, 'clockSkewSeconds'], 301);
  mkdirSync(join(root.path, 'metadata/services/nobody'), { recursive: true });
  writeFileSync(join(root.path, 'config/parties/hjo.yaml'), 'name: Hjo kommun\n');
  const files = (await checkRoot(root.path, {}, noService)).filter(isError).map(({ file }) => file);
  expect(files).toContain('config/federation.yaml');
  rmSync(join(root.path, 'metadata'), { recursive: true });
  root.set('federation', ['federations', 0, 'clockSkewSeconds'], 300);
  root.set('broker', ['session', 'idleSeconds'], 100_000);
  const both = (await checkRoot(root.path, {}, noService)).filter(isError).map(({ file }) => file);
  expect(new Set(both)).toEqual(new Set(['config/broker.yaml', 'config/parties/hjo.yaml']));
});
