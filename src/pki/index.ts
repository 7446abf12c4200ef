/**
 * pki: is this certificate good, now, for this purpose? Owns reading certificates, paths to listed authorities, revocation, and what an
 * issuer's row says about level and identifier. Does not own: how a certificate reached us (authenticators/certificate), who the person
 * is (directory/), which rows exist (config/), how bytes are fetched (http/). Knows core/ alone.
 *
 *   parseCertificate → verifyChain (VerifiedChain) → RevocationChecker.ask, .check → assuranceOf, identifierOf
 */
export { certificatesIn, parseCertificate, subjectValue, type Certificate } from './certificate.ts';
export { checkPhoneSignature } from './cms.ts';
export { oids } from './oids.ts';
export { createTrustStore, isDevelopment, type Authority, type AuthorityRow, type Environment, type IssuerRow, type RevocationRule, type RevocationSource, type TrustStore, type TrustStoreOptions } from './trust-store.ts';
export { checkDates } from './path/validate.ts';
export { issuerOf, verifyChain, type ChainOptions, type VerifiedChain } from './verify.ts';
export { assuranceOf, identifierOf, type Assurance, type Identifier } from './person.ts';
export { readRevocationList, type RevocationList } from './revocation/list.ts';
export { createRevocationChecker, type RevocationChecker, type RevocationOptions, type RevocationStatus } from './revocation/checker.ts';
export type { FreshnessAlarm, IssuerFreshness } from './revocation/freshness.ts';
