/** Who may issue: the roots and issuing CAs of one environment, each on the list itself; below the right root is not enough (threats H06). */
import type { AssuranceLevel } from '../core/assurance.ts';
import { fail } from '../core/errors.ts';
import { parseCertificate, type Certificate } from './certificate.ts';

export interface RevocationRule { readonly order: readonly ('ocsp' | 'crl')[]; readonly staleSeconds: number }
export interface AuthorityRow {
  readonly id: string;
  /** Subject of the authority, RFC 4514. */
  readonly name: string;
  readonly certificateDer: Uint8Array;
  readonly crlUrls: readonly string[];
  readonly ocspUrl: string | null;
  readonly revocation: RevocationRule;
}
export interface IssuerRow extends AuthorityRow {
  readonly root: string;
  readonly credentialType: 'card' | 'mobile' | 'function';
  readonly identifierType: 'hsa-id' | 'personal-identity-number' | 'none';
  readonly level: AssuranceLevel | null;
  /** Level by certificate policy, read before `level`. */
  readonly policies: ReadonlyMap<string, AssuranceLevel>;
}
export interface Authority<Row extends AuthorityRow = AuthorityRow> { readonly row: Row; readonly certificate: Certificate }
export interface TrustStore {
  readonly roots: ReadonlyMap<string, Authority>;
  readonly issuers: readonly Authority<IssuerRow>[];
  /** DER of issuing CAs and roots: names that browsers filter certificates by. */
  readonly hints: readonly Buffer[];
}

const DEVELOPMENT_MARK = 'O=Bryggan Development';
export const isDevelopment = (certificate: Certificate): boolean => certificate.subjectName.includes(DEVELOPMENT_MARK) || certificate.issuerName.includes(DEVELOPMENT_MARK);

const authorityOf = <Row extends AuthorityRow>(row: Row): Authority<Row> => {
  const certificate = parseCertificate(row.certificateDer);
  if (certificate.subjectName !== row.name) return fail('pki.trust-store', `the certificate of ${row.id} has another subject than its row`, { issuer: row.id, subject: certificate.subjectName });
  if (!certificate.isAuthority || certificate.keyUsage?.has('keyCertSign') === false) return fail('pki.trust-store', `the certificate of ${row.id} is not an authority's`, { issuer: row.id });
  return { row, certificate };
};

/** Errors: `pki.trust-store`: a row and its certificate that do not agree, a root missing, development certificates under hardening. */
export const createTrustStore = (roots: readonly AuthorityRow[], issuers: readonly IssuerRow[], options: { readonly hardened: boolean }): TrustStore => {
  const trusted = new Map(roots.map((row) => [row.id, authorityOf(row)]));
  const listed = issuers.map(authorityOf);
  for (const { row } of listed) if (!trusted.has(row.root)) fail('pki.trust-store', `root ${row.root} of ${row.id} is not on the list`, { issuer: row.id });
  const development = [...trusted.values(), ...listed].find(({ certificate }) => options.hardened && isDevelopment(certificate));
  if (development !== undefined) return fail('pki.trust-store', `${development.row.id} is a development authority; production refuses it`, { issuer: development.row.id });
  return { roots: trusted, issuers: listed, hints: [...listed, ...trusted.values()].map(({ certificate }) => certificate.der) };
};
