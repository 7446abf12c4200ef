/** Every row of the rule tables has at least one file that breaks exactly it, and the unbroken twin that loads. */
import { afterAll, describe, expect, test } from 'vitest';
import { fileRules } from '../../src/config/file-rules.ts';
import { findingsOf, loadConfiguration } from '../../src/config/load.ts';
import { productionRules } from '../../src/config/production-rules.ts';
import { crossRules } from '../../src/config/rules.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { certificateOf, developmentRoot, keyPem, removeRoots, type TestRoot } from './root.ts';

afterAll(removeRoots);
type Break = (root: TestRoot) => void;
const inProduction: Break = (root) => {
  root.set('broker', ['environment'], 'production');
  root.write('config/issuers.yaml', root.read('config/issuers.yaml').replaceAll('environments: [development]', 'environments: [production]'));
};
const everything = (name: string): object => ({ post: [name], commissions: [name], professional: [name], roles: [name] });
const ldap = (root: TestRoot, change: object = {}): object => {
  root.write('password', 'a-password');
  return { kind: 'ldap', url: 'ldaps://localhost', authorityFile: 'certs-dev/tls/ca.crt.pem', bindDn: 'cn=bryggan,c=SE', passwordFile: 'password', base: 'c=SE', ...change };
};
const phone = { id: 'mobile-efos', kind: 'mobile', service: 'net-id-access', url: 'https://localhost/nias/ServiceServer.asmx', authorityFile: 'certs-dev/authorities/efos-root.crt.pem', certificateFile: 'certs-dev/functions/bryggan.crt.pem', keyFile: 'certs-dev/functions/bryggan.key.pem' };
const sourceRow = { id: 'feed', kind: 'aggregate', url: 'https://feed.example/all.xml', certificateFiles: ['certs-dev/tls/ca.crt.pem'] };
const soap = { kind: 'soap', endpoints: ['https://localhost/vp'], authorityFile: 'certs-dev/tls/ca.crt.pem', certificateFile: 'certs-dev/tls/main.crt.pem', keyFile: 'certs-dev/tls/main.key.pem' };
const cross: Readonly<Record<string, readonly [place: string, change: Break]>> = {
  'method-twice': ['methods[1].id', (root) => root.set('methods', ['methods', 1], { id: 'siths-card', kind: 'certificate', cardUrl: 'https://card.localhost:8444' })],
  'card-url-own-origin': ['methods[0].cardUrl', (root) => { root.set('broker', ['publicUrl'], 'https://card.localhost:8444'); }],
  'card-listener': ['methods[0].cardUrl', (root) => root.set('methods', ['methods', 0, 'cardUrl'], 'https://other.localhost:8444')],
  'method-organisation': ['methods[2]', (root) => { root.set('methods', ['methods', 1], { id: 'organisation', kind: 'upstream' }); root.set('methods', ['methods', 2], { id: 'another', kind: 'upstream' }); }],
  'method-issuer': ['methods[0].issuers[1]', (root) => root.set('methods', ['methods', 0, 'issuers'], ['dev-siths-hsa-id-3', 'nobody'])],
  'method-without-issuer': ['methods[0]', (root) => root.set('methods', ['methods', 0, 'issuers'], ['siths-hsa-id-3'])],
  'mobile-issuer': ['methods[1].issuers[1]', (root) => root.set('methods', ['methods', 1], { ...phone, issuers: ['dev-efos-mobile', 'dev-siths-hsa-id-3'] })],
  'mobile-name': ['methods[2]', (root) => { root.set('methods', ['methods', 1], { ...phone, names: { sv: 'Ett', en: 'One' } }); root.set('methods', ['methods', 2], { ...phone, id: 'other' }); }],
  'mobile-wire': ['methods[1].wire', (root) => root.set('methods', ['methods', 1], { ...phone, service: 'siths' })],
  'mobile-freja': ['methods[1].freja', (root) => root.set('methods', ['methods', 1], { ...phone, service: 'freja' })],
  'mobile-lifetime': ['methods[1].lifetimeSeconds', (root) => { root.set('methods', ['methods', 1], { ...phone, lifetimeSeconds: 301 }); root.set('broker', ['login', 'transactionSeconds'], 300); }],
  'issuer-twice': ['roots[1].id', (root) => root.set('issuers', ['roots', 1, 'id'], 'siths-root')],
  'issuer-root': ['issuers[0].root', (root) => root.set('issuers', ['issuers', 0, 'root'], 'nobody')],
  'issuer-policy-table': ['issuers[0].policyTable', (root) => root.set('issuers', ['issuers', 0, 'policyTable'], 'nobody')],
  'issuer-environments': ['issuers[0].environments', (root) => root.set('issuers', ['issuers', 0, 'environments'], ['production', 'test'])],
  'federation-twice': ['federations[4].id', (root) => root.set('federation', ['federations', 4], { id: 'local', defaultNameId: 'transient', sign: { response: true, assertion: true }, encryption: 'never', ciphers: ['http://www.w3.org/2009/xmlenc11#aes256-gcm'], sessionSeconds: 60, assurance: { issue: {}, accept: {} }, attributeDialect: 'sambi' })],
  'source-twice': ['sources[1].id', (root) => root.set('federation', ['sources'], [sourceRow, sourceRow])],
  'source-key': ['sources[0].certificateFiles', (root) => root.set('federation', ['sources'], [{ ...sourceRow, certificateFiles: [] }])],
  'federation-local': ['federations', (root) => root.set('federation', ['federations', 3, 'id'], 'nearby')],
  'federation-must': ['federations[0].must', (root) => root.set('federation', ['federations', 0, 'must'], ['encrypt'])],
  'federation-signs': ['federations[1].sign', (root) => root.set('federation', ['federations', 1, 'sign'], { response: false, assertion: false })],
  'federation-levels': ['federations[2].assurance.issue.loa3', (root) => root.set('federation', ['federations', 2, 'assurance'], { issue: { loa3: 'urn:a' }, accept: { 'urn:a': 'loa2' } })],
  'federation-session': ['federations[0].sessionSeconds', (root) => root.set('federation', ['federations', 0, 'sessionSeconds'], 28_801)],
  'listener-port': ['listeners.management.port', (root) => root.set('broker', ['listeners', 'management', 'port'], 8443)],
  'machine-host': ['listeners.machine.url', (root) => root.set('broker', ['listeners', 'machine'], { url: 'https://localhost:8455', port: 8455, tls: { certificateFile: 'certs-dev/tls/application.crt.pem', keyFile: 'certs-dev/tls/application.key.pem' } })],
  'machine-issuer': ['listeners.machine.issuers[0]', (root) => root.set('broker', ['listeners', 'machine'], { url: 'https://127.0.0.1:8455', port: 8455, tls: { certificateFile: 'certs-dev/tls/application.crt.pem', keyFile: 'certs-dev/tls/application.key.pem' }, issuers: ['dev-siths-hsa-id-3'] })],
  'plain-http': ['listeners.public.behindProxy', (root) => root.set('broker', ['listeners', 'public'], { address: '0.0.0.0', port: 8443, behindProxy: true })],
  'proxy-trust': ['listeners.proxy', (root) => { root.write('s', 'x'.repeat(32)); root.set('broker', ['listeners', 'proxy'], { hosts: ['card.localhost'], address: '0.0.0.0', port: 8445, secretFiles: ['s'] }); }],
  'session-limits': ['session.idleSeconds', (root) => root.set('broker', ['session', 'idleSeconds'], 28_801)],
  'metadata-key': ['keys.samlMetadata', (root) => root.set('broker', ['keys', 'samlMetadata'], { certificateFile: 'certs-dev/keys/saml-signing.crt.pem', keyFile: 'certs-dev/keys/saml-signing.key.pem' })],
  'store-address': ['store', (root) => root.set('broker', ['store'], { kind: 'redis' })],
  'store-tls-unused': ['store.tls', (root) => root.set('broker', ['store'], { kind: 'redis', url: 'redis://127.0.0.1', tls: { serverName: 'redis' } })],
  'release-twice': ['rules[1].id', (root) => root.set('release', ['rules', 1, 'id'], 'ordinary-facts')],
  'release-attribute': ['rules[0].allow[1]', (root) => root.set('release', ['rules', 0, 'allow'], ['*', 'employeeHsaID'])],
  'release-federation': ['rules[1].when.federations[0]', (root) => root.set('release', ['rules', 1, 'when', 'federations'], ['sambo'])],
  'directory-empty': ['sources', (root) => root.set('directory', ['sources'], {})],
  'directory-precedence': ['layers.precedence.roles[1]', (root) => root.set('directory', ['layers'], { precedence: { ...everything('demo'), roles: ['demo', 'hsa'] } })],
  'directory-unused': ['sources.other', (root) => { root.set('directory', ['sources', 'other'], { kind: 'file', path: 'config/directory-data' }); root.set('directory', ['layers'], { precedence: everything('demo') }); }],
  'directory-invented': ['sources.demo.kind', inProduction],
  'directory-ldaps': ['sources.demo.url', (root) => {
    inProduction(root);
    root.set('directory', ['sources', 'demo'], ldap(root, { url: 'ldap://localhost' }));
  }],
};
const files: Readonly<Record<string, readonly [place: string, change: Break]>> = {
  'file-missing': ['keys.samlSigning[1].keyFile', (root) => root.set('broker', ['keys', 'samlSigning', 1, 'keyFile'], 'keys/nobody.pem')],
  'certificate-unreadable': ['listeners.card.tls.certificateFile', (root) => root.set('broker', ['listeners', 'card', 'tls', 'certificateFile'], 'certs-dev/README.md')],
  'key-unreadable': ['listeners.card.tls.keyFile', (root) => root.set('broker', ['listeners', 'card', 'tls', 'keyFile'], 'certs-dev/README.md')],
  'key-pair': ['keys.samlMetadata.keyFile', (root) => root.set('broker', ['keys', 'samlMetadata', 'keyFile'], 'certs-dev/keys/saml-signing-ec.key.pem')],
  'metadata-key-pair': ['keys.samlMetadata.certificateFile', (root) => {
    root.write('a.crt', certificateOf('one key')); root.write('b.crt', certificateOf('one key')); root.write('a.key', keyPem('one key'));
    root.write('b.key', keyPem('one key'));
    root.set('broker', ['keys'], { samlSigning: [{ certificateFile: 'a.crt', keyFile: 'a.key' }], samlMetadata: { certificateFile: 'b.crt', keyFile: 'b.key' } });
  }],
  'secret-short': ['listeners.proxy.secretFiles[0]', (root) => { root.write('s', 'x'.repeat(31)); root.set('broker', ['listeners', 'proxy'], { hosts: ['card.localhost'], port: 8445, secretFiles: ['s'] }); }],
  'secret-empty': ['store.passwordFile', (root) => { root.write('s', '\nlater'); root.set('broker', ['store'], { kind: 'redis', url: 'redis://127.0.0.1', passwordFile: 's' }); }],
  'authority-name': ['roots[4].certificateFile', (root) => root.set('issuers', ['roots', 4, 'sha256'], '00'.repeat(32))],
  'authority-signed': ['issuers[14].certificateFile', (root) => root.set('issuers', ['issuers', 14, 'root'], 'dev-efos-root')],
};

const brokenIds = (root: TestRoot): readonly string[] => findingsOf(refusedWith('config.invalid', () => loadConfiguration(root.path, {}))).map(({ rule, path }) => `${rule} ${path}`);

describe('rules between keys', () => {
  test('the twin of all of these loads', () => expect(loadConfiguration(developmentRoot().path, {}).publicUrl).toBe('https://localhost:8443'));
  test('and so does one with a phone, which takes every mobile issuer of the environment', () => {
    const root = developmentRoot();
    root.set('methods', ['methods', 1], phone);
    expect(loadConfiguration(root.path, {}).methods[1]).toMatchObject({ id: 'mobile-efos', issuers: ['dev-siths-mobile', 'dev-efos-mobile'], byDefault: true, signature: 'required' });
  });
  test.each(Object.entries(cross))('%s', (id, [place, change]) => {
    const root = developmentRoot();
    change(root);
    expect(brokenIds(root)).toContain(`${id} ${place}`);
  });
  test('each has a case here, and an id of its own', () => {
    const ids = [...crossRules, ...fileRules, ...productionRules].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Object.keys(cross).toSorted()).toEqual(crossRules.map(({ id }) => id).toSorted());
  });
});

describe('directories', () => {
  const twoSources = (root: TestRoot, layers: object): void => root.set('directory', [], { sources: { local: ldap(root), hsa: soap }, layers });
  test('LDAP for the person and HSA for commissions, in production: the twin of what is refused', () => {
    const root = developmentRoot();
    inProduction(root);
    twoSources(root, { precedence: { ...everything('hsa'), post: ['local', 'hsa'] }, staleSeconds: { loa3: 60 } });
    const { sources, layers } = loadConfiguration(root.path, {}).directory;
    expect(sources.map(({ name, source }) => [name, source.kind])).toEqual([['local', 'ldap'], ['hsa', 'soap']]);
    expect(sources[1]?.source).toMatchObject({ keyFile: `${root.path}/certs-dev/tls/main.key.pem`, logicalAddress: 'SE165565594230-1000', maxConnections: 16 });
    expect(layers.staleSeconds).toEqual({ loa1: 3600, loa2: 3600, loa3: 60, loa4: 0 });
  });
  test('several sources without an order of precedence', () => {
    const root = developmentRoot();
    twoSources(root, {});
    expect(brokenIds(root)).toEqual(['directory-precedence layers.precedence']);
  });
  test('every fault at once: addresses, certificates, keys and passwords of all sources', () => {
    const root = developmentRoot();
    root.set('directory', [], {
      sources: { local: ldap(root, { authorityFile: 'nobody.pem', passwordFile: 'empty' }), hsa: { ...soap, keyFile: 'certs-dev/tls/card.key.pem' } },
      layers: { precedence: { ...everything('hsa'), post: ['lokal'] } },
    });
    root.write('empty', '\n');
    expect(brokenIds(root).toSorted()).toEqual(['directory-precedence layers.precedence.post[0]', 'directory-unused sources.local', 'file-missing sources.local.authorityFile', 'key-pair sources.hsa.keyFile', 'secret-empty sources.local.passwordFile'].toSorted());
  });
  test.each<readonly [what: string, place: string, source: (root: TestRoot) => object]>([
    ['HSA in the clear', 'sources.hsa.endpoints[0]', () => ({ ...soap, endpoints: ['http://localhost/vp'] })],
    ['HSA without client certificate', 'sources.hsa.certificateFile', () => ({ ...soap, certificateFile: undefined })],
    ['a catalogue without a way to bind', 'sources.hsa', (root) => ldap(root, { bindDn: undefined, passwordFile: undefined })],
    ['a password in the file', 'sources.hsa', (root) => ldap(root, { password: 'secret' })],
    ['an unknown kind', 'sources.hsa.kind', () => ({ ...soap, kind: 'rest' })],
  ])('%s is refused by the schema (threats J04)', (_what, place, source) => {
    const root = developmentRoot();
    root.set('directory', [], { sources: { hsa: source(root) } });
    expect(brokenIds(root).some((told) => told.startsWith(`schema ${place}`)), brokenIds(root).join()).toBe(true);
  });
});

describe('rules on files that are referred to', () => {
  test.each(Object.entries(files))('%s', (id, [place, change]) => {
    const root = developmentRoot();
    change(root);
    expect(brokenIds(root)).toContain(`${id} ${place}`);
  });
  test('each has a case here', () => expect(Object.keys(files).toSorted()).toEqual(fileRules.map(({ id }) => id).toSorted()));
  test('the secret behind pseudonyms has 256 bits', () => {
    const root = developmentRoot();
    root.set('broker', ['keys', 'pseudonyms'], { secretFile: 's' });
    root.write('s', 'x'.repeat(42));
    expect(brokenIds(root)).toEqual(['secret-short keys.pseudonyms.secretFile']);
    root.write('s', 'x'.repeat(43));
    expect(loadConfiguration(root.path, {}).keys.pseudonyms.secretFile).toContain('/s');
  });
  test('an authority is the one that its row names', () => {
    const root = developmentRoot();
    root.set('issuers', ['issuers', 14, 'name'], 'CN=DEV SITHS e-id Person HSA-id 9 CA v1,O=Bryggan Development,C=SE');
    expect(brokenIds(root)).toEqual(['authority-name issuers[14].certificateFile']);
  });
});

describe('forms of a value', () => {
  const accepts = (path: readonly (string | number)[], good: readonly unknown[], bad: readonly unknown[]) => {
    test(path.join('.'), () => {
      const spelled = path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
      for (const value of bad) {
        const root = developmentRoot();
        root.set('broker', path, value);
        expect(brokenIds(root).some((told) => told.startsWith(`schema ${spelled}`)), `${JSON.stringify(value)} is refused`).toBe(true);
      }
      for (const value of good) {
        const root = developmentRoot();
        root.set('broker', path, value);
        expect(() => loadConfiguration(root.path, {}), `${JSON.stringify(value)} is taken`).not.toThrow();
      }
    });
  };
  accepts(['publicUrl'], ['https://idp.example.se', 'https://idp.example.se:8443'], ['https://idp.example.se/', 'https://IDP.example.se', 'http://idp.example.se', 'https://u:p@idp.example.se', 'idp.example.se', 'javascript:alert(1)', 7]);
  accepts(['entityId'], ['https://idp.example.se/saml'], ['urn:idp', `https://idp.example.se/${'x'.repeat(250)}`, 'https://idp.example.se/#a', 'https://idp.example.se/a b']);
  accepts(['networks'], [[], ['10.0.0.0/8', '2001:db8::/32', '192.0.2.1/32', '::/0', '2001:db8:0:1::/64']], [['10.0.0.1/8'], ['10.0.0.0'], ['10.0.0.0/33'], ['2001:db8::1/64'], ['10.0.0.0/8/8'], ['x/8'], '10.0.0.0/8']);
  accepts(['listeners', 'card', 'hosts'], [['card.localhost', '*.card.localhost', 'kort.example.se']], [[], ['Card.localhost'], ['card.localhost:8444'], ['*card.localhost'], ['*.*.localhost'], ['https://card.localhost']]);
  accepts(['listeners', 'public'], [{ port: 8443, behindProxy: true }], [{ port: 8443 }, { port: 70_000, behindProxy: true }, { port: 8443, address: 'localhost', behindProxy: true }]);
  accepts(['clockSkewSeconds'], [0, 300], [301, -1, 1.5, '60']);
  accepts(['store'], [{ kind: 'sqlite' }, { kind: 'redis', url: 'unix:///run/redis.sock' }, { kind: 'redis', sentinel: { name: 'bryggan', nodes: ['redis://a:26379'] } }, { kind: 'redis', cluster: { nodes: ['redis://a', 'redis://b'] } }], [{ kind: 'memory' }, { kind: 'redis', url: 'http://a' }, { kind: 'redis', url: 'redis://a', cluster: { nodes: ['redis://b'] } }, { kind: 'redis', url: 'redis://a?tls=no' }]);
  accepts(['serviceName'], [{ sv: 'Bryggan', en: 'The Jetty' }], [{ sv: 'Bryggan' }, { sv: 'Bryggan', en: '' }, { sv: 'Bryg\u202egan', en: 'x' }, { sv: ' Bryggan', en: 'x' }]);
});
