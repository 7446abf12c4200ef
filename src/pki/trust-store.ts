/**
 * Who may issue: the roots and issuing CAs of one environment, each on the list itself; hanging below the right root is not enough
 * (threats H06). Everything that can be wrong with the list is found here, at start, not at a login.
 */
import type { AssuranceLevel } from '../core/assurance.ts';
import { fail } from '../core/errors.ts';
import { parseCertificate, type Certificate } from './certificate.ts';
import { oids } from './oids.ts';
import { findPath } from './path/build.ts';
import { checkProfile } from './path/profile.ts';

export type RevocationSource = 'ocsp' | 'crl';
export interface RevocationRule {
  /** Asked in this order; when none answers the status is unknown, never good. */
  readonly order: readonly RevocationSource[];
  /** How long after its nextUpdate a list still counts while no newer one can be had. */
  readonly staleSeconds: number;
  /** How often a list is looked for; default 300. */
  readonly refreshSeconds?: number;
  /** `required`: an OCSP answer without our nonce does not count. Default: responders may answer from stock [RFC 9654 §3.1]. */
  readonly nonce?: 'required' | 'if-answered';
}
export type Environment = 'test' | 'acceptance' | 'production' | 'development';
export interface AuthorityRow {
  readonly id: string;
  /** Subject of the authority, RFC 4514. */
  readonly name: string;
  /** Where the row belongs; checked when the store is told its own environment. */
  readonly environment?: Environment;
  readonly certificateDer: Uint8Array;
  readonly crlUrls: readonly string[];
  readonly ocspUrl: string | null;
  readonly revocation: RevocationRule;
}
export interface IssuerRow extends AuthorityRow {
  readonly root: string;
  readonly credentialType: 'card' | 'mobile' | 'function';
  readonly identifierType: 'hsa-id' | 'personal-identity-number' | 'none';
  /** What the issuer alone stands for; null: only a policy can say. */
  readonly level: AssuranceLevel | null;
  /** Level by certificate policy, read before `level`. */
  readonly policies: ReadonlyMap<string, AssuranceLevel>;
}
export interface Authority<Row extends AuthorityRow = AuthorityRow> { readonly row: Row; readonly certificate: Certificate }
export interface TrustStore {
  readonly roots: ReadonlyMap<string, Authority>;
  readonly issuers: readonly Authority<IssuerRow>[];
  /** DER of issuing CAs and roots. */
  readonly hints: readonly Buffer[];
}
export interface TrustStoreOptions {
  /** NODE_ENV=production: development authorities are refused. */
  readonly hardened: boolean;
  /** Rows of another environment are refused; rows of `development` belong to `test` alone. */
  readonly environment?: Exclude<Environment, 'development'>;
}

const DEVELOPMENT = 'Bryggan Development';
/** Marked as development in subject or issuer (certs-dev/README.md). */
export const isDevelopment = ({ subjectDn, issuerDn }: Certificate): boolean =>
  [...subjectDn.attributes, ...issuerDn.attributes].some(({ oid, value }) => oid === oids.organisation && value === DEVELOPMENT);

const refuse = (id: string, why: string): never => fail('pki.trust-store', `${id}: ${why}`, { authority: id });
const authorityOf = <Row extends AuthorityRow>(row: Row): Authority<Row> => {
  // The id names a file in the state directory.
  if (!/^[a-z0-9][a-z0-9-]{0,60}$/.test(row.id)) return refuse(JSON.stringify(row.id), 'an id is lower-case letters, digits and hyphens');
  const certificate = parseCertificate(row.certificateDer);
  if (certificate.subjectName !== row.name) return refuse(row.id, `the certificate’s subject is ${certificate.subjectName}, not that of the row`);
  return { row, certificate };
};
/** Every rule of a path but the dates, which are looked at in each login: an authority may be listed before its time. */
const checkAuthority = ({ row, certificate }: Authority, roots: readonly Certificate[], others: readonly Certificate[]): void => {
  const found = findPath({ leaf: certificate, anchors: roots, authorities: others, now: null, keyPurpose: null, maxIntermediates: 4 });
  if ('fault' in found) refuse(row.id, `no path from its certificate to a listed root: ${found.fault.detail} [RFC 5280 ${found.fault.clause}]`);
  const own = checkProfile(certificate, 'authority');
  if (own !== null) refuse(row.id, `its certificate cannot stand above others: ${own.detail} [RFC 5280 ${own.clause}]`);
};
const checkEnvironment = ({ row, certificate }: Authority, { hardened, environment }: TrustStoreOptions): void => {
  if (hardened && (isDevelopment(certificate) || row.environment === 'development')) refuse(row.id, 'a development authority; production refuses it');
  if (environment === undefined || row.environment === undefined || row.environment === environment) return;
  if (row.environment !== 'development' || environment !== 'test') refuse(row.id, `a row of the environment ${row.environment} in ${environment}`);
};
const checkUnique = (authorities: readonly Authority[]): void => {
  const seen = new Set<string>();
  for (const { row, certificate } of authorities) {
    if (seen.has(row.id) || seen.has(certificate.fingerprint)) refuse(row.id, 'listed twice, by id or by certificate');
    seen.add(row.id).add(certificate.fingerprint);
  }
};

/**
 * `roots`: trust anchors; `issuers`: the CAs whose certificates count, each below its `root`. Errors: `card.unreadable` for a file that
 * is no certificate, `pki.trust-store` for everything else.
 */
export const createTrustStore = (roots: readonly AuthorityRow[], issuers: readonly IssuerRow[], options: TrustStoreOptions): TrustStore => {
  const anchors = roots.map(authorityOf);
  const listed = issuers.map(authorityOf);
  const trusted = new Map(anchors.map((anchor) => [anchor.row.id, anchor]));
  checkUnique([...anchors, ...listed]);
  for (const authority of [...anchors, ...listed]) checkEnvironment(authority, options);
  for (const anchor of anchors) checkAuthority(anchor, [anchor.certificate], []);
  for (const issuer of listed) {
    const root = trusted.get(issuer.row.root) ?? refuse(issuer.row.id, `its root ${issuer.row.root} is not on the list`);
    checkAuthority(issuer, [root.certificate], listed.map(({ certificate }) => certificate));
  }
  return { roots: trusted, issuers: listed, hints: [...listed, ...anchors].map(({ certificate }) => certificate.der) };
};
