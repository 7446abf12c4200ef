import { describe, expect, it } from 'vitest';
import { extension } from '../../certs-dev/certificate.ts';
import { developmentSet, readDer } from '../../certs-dev/set.ts';
import { parseCertificate } from '../../src/pki/certificate.ts';
import { createTrustStore, isDevelopment, type AuthorityRow, type IssuerRow, type TrustStoreOptions } from '../../src/pki/trust-store.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { DAY, NOW, makeAuthority } from './authority.ts';
import { issuerRow, rowOf } from './store.ts';

const root = makeAuthority('Root');
const issuing = makeAuthority('Issuing', { parent: root });
const good = { roots: [rowOf('root', root)], issuers: [issuerRow('issuing', issuing)] };
const create = (change: { roots?: readonly AuthorityRow[]; issuers?: readonly IssuerRow[] } = {}, options: TrustStoreOptions = { hardened: false }) => createTrustStore(change.roots ?? good.roots, change.issuers ?? good.issuers, options);
const refused = (why: RegExp, change: Parameters<typeof create>[0], options?: TrustStoreOptions): void => {
  expect(refusedWith('pki.trust-store', () => create(change, options)).detail).toMatch(why);
};

describe('a store', () => {
  it('holds its rows, and the certificates as hints', () => {
    const store = create();
    expect([...store.roots.keys(), ...store.issuers.map(({ row }) => row.id)]).toEqual(['root', 'issuing']);
    expect(store.hints).toEqual([issuing.der, root.der]);
  });
  it('may list an authority before or after its time: each login looks at the dates', () => {
    const [future, past] = [makeAuthority('Future', { parent: root, notBefore: NOW + DAY }), makeAuthority('Past', { parent: root, notBefore: NOW - 9 * DAY, notAfter: NOW - DAY })];
    expect(create({ issuers: [issuerRow('future', future), issuerRow('past', past)] }).issuers).toHaveLength(2);
  });
  it('may list an authority below another listed one', () => {
    const sub = makeAuthority('Sub', { parent: issuing });
    expect(create({ issuers: [...good.issuers, issuerRow('sub', sub)] }).issuers).toHaveLength(2);
    refused(/no path/, { issuers: [issuerRow('sub', sub)] });
  });
});
describe('what is wrong is found at start', () => {
  it('the certificate of another authority under a row’s name', () => refused(/subject is/, { issuers: [issuerRow('issuing', makeAuthority('Other', { parent: root }), { name: issuing.certificate.subjectName })] }));
  it('a root that is missing', () => refused(/not on the list/, { issuers: [issuerRow('issuing', issuing, { root: 'elsewhere' })] }));
  it('an issuer that hangs below another root', () => {
    const other = makeAuthority('Root');
    refused(/no path/, { roots: [rowOf('root', other)] });
  });
  it('a root that is not self-signed', () => refused(/no path/, { roots: [...good.roots, rowOf('second', issuing)], issuers: [] }));
  it('an issuer that is no authority', () => {
    const leaf = root.issue({ commonName: 'Leaf' });
    refused(/authority/, { issuers: [{ ...issuerRow('issuing', issuing), certificateDer: leaf.der, name: leaf.certificate.subjectName }] });
  });
  it('an issuer without key usage for certificates, or with an unknown critical extension', () => {
    const listsOnly = makeAuthority('Lists', { parent: root, extensions: [extension.authority(null), extension.keyUsage('cRLSign'), extension.subjectKey(root.key), extension.authorityKey(root.key)] });
    refused(/may not sign certificates/, { issuers: [issuerRow('issuing', listsOnly)] });
    refused(/critical extension/, { issuers: [issuerRow('issuing', makeAuthority('Odd', { parent: root, more: [extension.unknown(true)] }))] });
  });
  it('one id or one certificate twice', () => {
    refused(/twice/, { issuers: [...good.issuers, ...good.issuers] });
    refused(/twice/, { issuers: [...good.issuers, issuerRow('again', issuing)] });
  });
  it('an id that would leave the state directory', () => refused(/id/, { issuers: [issuerRow('../issuing', issuing)] }));
  it('bytes that are no certificate', () => refusedWith('card.unreadable', () => create({ roots: [{ ...good.roots[0]!, certificateDer: Buffer.from('x') }] })));
});
describe('environments', () => {
  const rows = (environment: AuthorityRow['environment']) => ({ roots: [rowOf('root', root, { environment: environment! })], issuers: [issuerRow('issuing', issuing, { environment: environment! })] });
  it.each([['test', 'test'], ['acceptance', 'acceptance'], ['production', 'production'], ['development', 'test']] as const)('a row of %s is taken in %s', (row, environment) => {
    expect(create(rows(row), { hardened: false, environment }).issuers).toHaveLength(1);
  });
  it.each([['test', 'production'], ['acceptance', 'production'], ['development', 'production'], ['development', 'acceptance'], ['production', 'test'], ['test', 'acceptance']] as const)('a row of %s is refused in %s', (row, environment) => {
    refused(/environment/, rows(row), { hardened: false, environment });
  });
  it('development is refused under hardening, by its row or by its certificate alone (threats M06)', () => {
    refused(/development/, rows('development'), { hardened: true, environment: 'test' });
    const set = developmentSet();
    const [own, sub] = [set.authority('siths-root'), set.authority('siths-hsa-id-3')];
    const real = { roots: [{ ...rowOf('root', root), certificateDer: readDer(own.certFile), name: own.name }], issuers: [{ ...issuerRow('issuing', issuing), certificateDer: readDer(sub.certFile), name: sub.name }] };
    refused(/development/, real, { hardened: true });
    expect(create(real, { hardened: false }).issuers).toHaveLength(1);
    expect([isDevelopment(parseCertificate(readDer(own.certFile))), isDevelopment(root.certificate)]).toEqual([true, false]);
  });
});
