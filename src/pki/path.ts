/**
 * From a leaf to a root on our lists [RFC 5280 §6]. Issuing CAs come from the list alone; what the peer sends along is never needed
 * and never trusted, and nothing is fetched. Issuer = the key that signed, not the name (threats H07).
 */
import { fail } from '../core/errors.ts';
import type { Branded } from '../core/ids.ts';
import type { Instant } from '../core/ports.ts';
import { oids, parseCertificate, type Certificate } from './certificate.ts';
import type { Authority, IssuerRow, TrustStore } from './trust-store.ts';

export type VerifiedChain = Branded<{
  readonly leaf: Certificate;
  readonly issuer: IssuerRow;
  /** Leaf, issuing CA, root. */
  readonly path: readonly [Certificate, Certificate, Certificate];
}, 'VerifiedChain'>;
export interface PathOptions { readonly now: Instant; readonly credentialTypes: readonly IssuerRow['credentialType'][]; /** Rows that this method accepts; empty = all of these types. */ readonly issuers?: readonly string[] }

/** Extensions whose meaning is applied here; any other one that is critical is refused [RFC 5280 §4.2]. */
const understood: ReadonlySet<string> = new Set([oids.keyUsage, oids.extendedKeyUsage, oids.basicConstraints, oids.certificatePolicies, oids.subjectKeyId, oids.authorityKeyId]);
const checkExtensions = (certificate: Certificate): void => {
  const unknown = [...certificate.extensions.values()].find(({ oid, critical }) => critical && !understood.has(oid));
  if (unknown !== undefined) fail('card.path', 'a critical extension that is not understood', { oid: unknown.oid });
};
const checkAuthority = (certificate: Certificate, below: number, now: Instant): void => {
  checkExtensions(certificate);
  if (now < certificate.notBefore || now > certificate.notAfter) fail('card.path', 'an authority outside its validity', { authority: certificate.subjectName }); // [RFC 5280 §6.1.3 (a)(2)]
  if (!certificate.isAuthority || certificate.keyUsage?.has('keyCertSign') === false) fail('card.path', 'not an authority', { authority: certificate.subjectName }); // [RFC 5280 §6.1.4 (k)(n)]
  if (certificate.pathLength !== null && certificate.pathLength < below) fail('card.path', 'the path is longer than an authority allows', { authority: certificate.subjectName }); // [RFC 5280 §6.1.4 (m)]
};

const issuerOf = (leaf: Certificate, store: TrustStore, options: PathOptions): Authority<IssuerRow> => {
  const allowed = store.issuers.filter(({ row }) => options.credentialTypes.includes(row.credentialType) && (options.issuers === undefined || options.issuers.length === 0 || options.issuers.includes(row.id)));
  const named = allowed.filter(({ certificate }) => certificate.subjectDer.equals(leaf.issuerDer)); // [RFC 5280 §6.1.3 (a)(4)]
  const signer = named.find(({ certificate }) => leaf.isSignedBy(certificate.publicKey)); // [RFC 5280 §6.1.3 (a)(1)]
  return signer ?? fail('card.issuer-unknown', named.length > 0 ? 'the issuer has a listed name but another key signed' : 'the issuer is not on the list', { issuer: leaf.issuerName.slice(0, 200) });
};

const checkLeaf = (leaf: Certificate, now: Instant): void => {
  if (now > leaf.notAfter) fail('card.expired', 'the certificate has expired', { notAfter: new Date(leaf.notAfter).toISOString() });
  if (now < leaf.notBefore) fail('card.not-yet-valid', 'the certificate is not valid yet', { notBefore: new Date(leaf.notBefore).toISOString() });
  checkExtensions(leaf);
  if (leaf.isAuthority) fail('card.path', "an authority's certificate used by a person");
  // The two certificates of a card differ in this [facts: credentials §1.6 rule 3]; absent never means allowed.
  if (leaf.keyUsage?.has('digitalSignature') !== true) fail('card.signature-certificate', 'KeyUsage without digitalSignature');
  const extended = leaf.extendedKeyUsage;
  if (extended !== null && !extended.includes(oids.clientAuth) && !extended.includes(oids.anyExtendedKeyUsage)) fail('card.path', 'extended key usage without clientAuth'); // [RFC 5280 §4.2.1.12]
};

/** Errors: `card.unreadable`, `card.issuer-unknown`, `card.expired`, `card.not-yet-valid`, `card.signature-certificate`, `card.path`. */
export const verifyChain = (leafDer: Uint8Array, store: TrustStore, options: PathOptions): VerifiedChain => {
  const leaf = parseCertificate(leafDer);
  const issuer = issuerOf(leaf, store, options);
  const root = store.roots.get(issuer.row.root) ?? fail('card.path', 'the root is not on the list');
  if (!issuer.certificate.issuerDer.equals(root.certificate.subjectDer) || !issuer.certificate.isSignedBy(root.certificate.publicKey)) fail('card.path', 'the issuing authority was not issued by its root', { issuer: issuer.row.id });
  checkAuthority(root.certificate, 1, options.now);
  checkAuthority(issuer.certificate, 0, options.now);
  checkLeaf(leaf, options.now);
  return { leaf, issuer: issuer.row, path: [leaf, issuer.certificate, root.certificate] as const } as unknown as VerifiedChain;
};
