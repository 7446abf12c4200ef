/** Rows and stores around test authorities. */
import type { IssuerRow, AuthorityRow, TrustStore } from '../../src/pki/trust-store.ts';
import { createTrustStore } from '../../src/pki/trust-store.ts';
import { makeAuthority, type TestAuthority } from './authority.ts';

export const rowOf = (id: string, authority: TestAuthority, more: Partial<AuthorityRow> = {}): AuthorityRow => ({
  id, name: authority.certificate.subjectName, certificateDer: authority.der, crlUrls: [`http://lists.test/${id}.crl`], ocspUrl: null, revocation: { order: ['crl'], staleSeconds: 0 }, ...more,
});
export const issuerRow = (id: string, authority: TestAuthority, more: Partial<IssuerRow> = {}): IssuerRow => ({
  ...rowOf(id, authority), root: 'root', credentialType: 'card', identifierType: 'hsa-id', level: 'loa3', policies: new Map(), ...more,
});
export interface Hierarchy { readonly root: TestAuthority; readonly issuing: TestAuthority; readonly store: TrustStore }
/** One root and one issuing CA on the list. */
export const hierarchy = (issuer: Partial<IssuerRow> = {}, root: Partial<AuthorityRow> = {}): Hierarchy => {
  const own = makeAuthority('Root');
  const issuing = makeAuthority('Issuing', { parent: own });
  return { root: own, issuing, store: createTrustStore([rowOf('root', own, root)], [issuerRow('issuing', issuing, issuer)], { hardened: false }) };
};
