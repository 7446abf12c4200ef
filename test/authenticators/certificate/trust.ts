/** The development PKI as a trust store with fresh revocation lists, and the certificate method on top of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRevocationService, type RevocationService } from '../../../certs-dev/revocation.ts';
import { readDer, type AuthorityEntry, type CertificateEntry, type KeyFiles } from '../../../certs-dev/set.ts';
import { authenticateCertificate, type CertificateMethodPorts, type CertificateMethodSettings } from '../../../src/authenticators/certificate/authenticate.ts';
import type { PresentedCertificate } from '../../../src/authenticators/certificate/card-endpoint.ts';
import { isBrygganError } from '../../../src/core/errors.ts';
import { silentLog } from '../../../src/core/ports.ts';
import type { VerifiedIdentity } from '../../../src/login/transaction.ts';
import { createRevocationChecker, createTrustStore, type AuthorityRow, type IssuerRow, type RevocationChecker, type TrustStore } from '../../../src/pki/index.ts';
import { set } from './stage.ts';

export const NOW = Date.UTC(2026, 10, 23, 12);
const crlUrl = (entry: AuthorityEntry): string => `http://lists.test/${entry.crlFile}`;
const rowOf = (entry: AuthorityEntry, staleSeconds: number): AuthorityRow => ({
  id: entry.id, name: entry.name, certificateDer: readDer(entry.certFile), crlUrls: [crlUrl(entry)], ocspUrl: null, revocation: { order: ['crl'], staleSeconds },
});
const policies = new Map(set.index.policies.flatMap(({ oid, level }) => (level === null ? [] : [[oid, level] as const])));
const listed = set.index.authorities.filter((entry) => entry.listed);
const trustWith = (staleSeconds: number): TrustStore => createTrustStore(
  listed.filter((entry) => entry.parent === null).map((entry) => rowOf(entry, staleSeconds)),
  listed.flatMap((entry): IssuerRow[] => (entry.parent === null || entry.credentialType === null ? [] : [{
    ...rowOf(entry, staleSeconds), root: entry.parent, credentialType: entry.credentialType, identifierType: entry.identifierType, level: entry.level, policies,
  }])),
  { hardened: false },
);
export const trust: TrustStore = trustWith(0);

export interface CardStage {
  readonly lists: RevocationService;
  readonly revocation: RevocationChecker;
  readonly disagreements: string[];
  readonly stale: string[];
  readonly ports: CertificateMethodPorts;
  readonly settings: CertificateMethodSettings;
  clock: { now(): number; at: number };
  close(): void;
}
/** `withLists` false: nothing was ever fetched. `staleSeconds`: how long a list counts after its end. */
export const cardStage = async ({ withLists = true, staleSeconds = 0 } = {}): Promise<CardStage> => {
  const store = trustWith(staleSeconds);
  const stale: string[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'lists-'));
  const clock = { at: NOW, now(): number { return this.at; } };
  const lists = createRevocationService({ now: () => clock.at });
  const disagreements: string[] = [];
  const revocation = createRevocationChecker({
    store, directory, clock, log: silentLog,
    fetchBytes: (url) => {
      const entry = listed.find((candidate) => crlUrl(candidate) === url);
      return entry === undefined || !withLists ? Promise.reject(new Error('away')) : Promise.resolve(lists.list(entry.id));
    },
  });
  await revocation.refresh();
  return {
    lists, revocation, disagreements, stale, clock,
    ports: { trust: store, revocation, clock, freshLabel: () => 'k3xq', onDisagreement: (issuer, { policy, issuer: byIssuer }) => disagreements.push(`${issuer}: ${policy} ${byIssuer}`), onStaleList: (issuer) => stale.push(issuer) },
    settings: { id: 'card', cardUrl: 'https://card.localhost:8444', freshHostNames: true, issuers: [], highestLevel: 'loa3', hsaIdFormat: 'production' },
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
};
export const presented = (files: KeyFiles, more: Partial<PresentedCertificate> = {}): PresentedCertificate => ({ leafDer: readDer(files.certFile), chainDer: [], proxyComplaint: null, ...more });
/** The identity, or the code that refused. */
export const outcomeOf = (stage: CardStage, peer: PresentedCertificate | null, settings: Partial<CertificateMethodSettings> = {}): VerifiedIdentity | string => {
  try {
    return authenticateCertificate(peer, { ...stage.settings, ...settings }, stage.ports);
  } catch (error) {
    if (isBrygganError(error)) return error.code;
    throw error;
  }
};
export const card = (person: string, wanted?: Partial<Pick<CertificateEntry, 'use' | 'identifier'>>): PresentedCertificate => presented(set.certificate(person, wanted));
export const odd = (id: string): PresentedCertificate => presented(set.odd(id));
