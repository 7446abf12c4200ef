/**
 * From a leaf to a root on our lists. The certificate directly above the leaf is always one of ours: its key, not its name, decides
 * (threats H06, H07). What the peer sends along can at most help between there and the root; nothing is fetched.
 */
import { fail } from '../core/errors.ts';
import type { Branded } from '../core/ids.ts';
import type { Instant } from '../core/ports.ts';
import { isSignedBy, parseCertificate, type Certificate } from './certificate.ts';
import { oids } from './oids.ts';
import { findPath, type PathFound } from './path/build.ts';
import { checkDates } from './path/validate.ts';
import type { Authority, IssuerRow, TrustStore } from './trust-store.ts';

export type VerifiedChain = Branded<{
  readonly leaf: Certificate;
  readonly issuer: IssuerRow;
  /** Leaf first, root last. */
  readonly path: readonly Certificate[];
}, 'VerifiedChain'>;
export interface ChainOptions {
  readonly now: Instant;
  /** What the certificate is wanted for: issuers of other kinds are unknown. */
  readonly credentialTypes: readonly IssuerRow['credentialType'][];
  /** Rows that this method accepts; empty or absent = all of these types. */
  readonly issuers?: readonly string[];
  /** Certificates sent along, DER. Looked at only when ours do not lead to the root. */
  readonly intermediates?: readonly Uint8Array[];
}
/** Leaf, issuing CA, at most two more, root [threats H12]. */
const MAX_INTERMEDIATES = 3;
const MAX_SENT_ALONG = 4;

/** The listed authority whose key signed it, whatever else is wrong with the certificate. Errors: `card.issuer-unknown`. */
export const issuerOf = (leaf: Certificate, store: TrustStore, { credentialTypes, issuers = [] }: Pick<ChainOptions, 'credentialTypes' | 'issuers'>): Authority<IssuerRow> => {
  const wanted = store.issuers.filter(({ row }) => credentialTypes.includes(row.credentialType) && (issuers.length === 0 || issuers.includes(row.id)));
  const named = wanted.filter(({ certificate }) => certificate.subjectDn.key === leaf.issuerDn.key); // [RFC 5280 §6.1.3 (a)(4)]
  return named.find(({ certificate }) => isSignedBy(leaf, certificate)) // [RFC 5280 §6.1.3 (a)(1)]
    ?? fail('card.issuer-unknown', named.length > 0 ? 'the issuer has a listed name but another key signed' : 'the issuer is not on the list for this purpose', { issuer: leaf.issuerName.slice(0, 200) });
};
const day = (at: Instant): string => new Date(at).toISOString();

/** What concerns the person at the card reader, each with its own code, before anything about the authorities above. */
const checkLeaf = (leaf: Certificate, now: Instant): void => {
  // The two certificates of a card differ in this [facts: credentials §1.6 rule 3]; absent never means allowed.
  if (leaf.keyUsage?.has('digitalSignature') !== true) fail('card.signature-certificate', 'KeyUsage without digitalSignature');
  const dates = checkDates(leaf, now);
  if (dates?.reason === 'expired') fail('card.expired', 'the certificate has expired', { notAfter: day(leaf.notAfter) });
  if (dates !== null) fail('card.not-yet-valid', 'the certificate is not valid yet', { notBefore: day(leaf.notBefore) });
  if (leaf.basicConstraints?.isAuthority === true) fail('card.path', 'an authority’s certificate used by a person (threats H13)');
};
const readable = (intermediates: readonly Uint8Array[]): readonly Certificate[] => intermediates.slice(0, MAX_SENT_ALONG).flatMap((der) => {
  // A stranger's certificate that cannot be read is as good as none.
  try { return [parseCertificate(der)]; } catch { return []; }
});
const pathTo = (leaf: Certificate, issuer: Authority<IssuerRow>, store: TrustStore, options: ChainOptions): PathFound => {
  const root = store.roots.get(issuer.row.root);
  if (root === undefined) return fail('card.path', 'the root is not on the list', { issuer: issuer.row.id });
  const question = {
    leaf, anchors: [root.certificate], leafIssuers: [issuer.certificate], authorities: store.issuers.map(({ certificate }) => certificate),
    now: options.now, keyPurpose: oids.clientAuth, maxIntermediates: MAX_INTERMEDIATES,
  };
  const found = findPath(question);
  if ('path' in found || found.fault.reason !== 'no-issuer' || (options.intermediates ?? []).length === 0) return found;
  return findPath({ ...question, authorities: [...question.authorities, ...readable(options.intermediates ?? [])] });
};

/**
 * The only maker of a VerifiedChain: RFC 5280 §6.1 in full, issuing CA and root of our lists, fit for client authentication.
 * Says nothing about revocation. Errors: `card.unreadable`, `card.issuer-unknown`, `card.signature-certificate`, `card.expired`,
 * `card.not-yet-valid`, `card.path`.
 */
export const verifyChain = (leafDer: Uint8Array, store: TrustStore, options: ChainOptions): VerifiedChain => {
  const leaf = parseCertificate(leafDer);
  const issuer = issuerOf(leaf, store, options);
  checkLeaf(leaf, options.now);
  const found = pathTo(leaf, issuer, store, options);
  if ('fault' in found) return fail('card.path', `${found.fault.detail} [RFC 5280 ${found.fault.clause}]`, { reason: found.fault.reason, issuer: issuer.row.id });
  return { leaf, issuer: issuer.row, path: found.path.toReversed() } as unknown as VerifiedChain;
};
