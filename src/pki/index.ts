/**
 * pki: is this certificate good, now, for this purpose? Owns reading certificates, paths, revocation, levels and identifiers by issuer.
 * Does not own: how a certificate reached us (authenticators/certificate), who the person is (directory/).
 */
export { parseCertificate, oids, subjectValue, type Certificate } from './certificate.ts';
export { createTrustStore, isDevelopment, type AuthorityRow, type IssuerRow, type TrustStore } from './trust-store.ts';
export { verifyChain, type PathOptions, type VerifiedChain } from './path.ts';
export { assuranceOf, identifierOf, type Assurance, type Identifier } from './person.ts';
export { readRevocationList, type RevocationList } from './crl.ts';
export { createRevocationChecker, type IssuerFreshness, type RevocationChecker, type RevocationStatus } from './revocation.ts';
