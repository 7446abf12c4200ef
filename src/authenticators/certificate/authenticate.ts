/**
 * authenticators/certificate: SITHS, Efos and their like by client certificate. This file makes a VerifiedIdentity of what a listener
 * read: path, validity, usage, revocation, level, identifier, each failure with its own code. Nothing else may make one from a certificate.
 */
import { lowerOf, type AssuranceLevel } from '../../core/assurance.ts';
import { fail } from '../../core/errors.ts';
import type { HsaIdFormat } from '../../core/ids.ts';
import type { Clock } from '../../core/ports.ts';
import type { AuthenticationMethod } from '../../login/ports.ts';
import type { VerifiedIdentity } from '../../login/transaction.ts';
import { verifyChain, type Assurance, type RevocationChecker, type TrustStore, type VerifiedChain } from '../../pki/index.ts';
import { demandGood, demandStillGood, identityOf } from '../chain-identity.ts';
import type { PresentedCertificate } from './card-endpoint.ts';

export interface CertificateMethodSettings {
  readonly id: string;
  /** Origin of the card host, e.g. `https://card.example.se`. */
  readonly cardUrl: string;
  /** A fresh name below the card host for every try, so that the browser asks for a card again. */
  readonly freshHostNames: boolean;
  readonly issuers: readonly string[];
  readonly highestLevel: AssuranceLevel;
  readonly hsaIdFormat: HsaIdFormat;
}
export interface CertificateMethodPorts {
  readonly trust: TrustStore;
  readonly revocation: RevocationChecker;
  readonly clock: Clock;
  /** One DNS label of random letters. */
  readonly freshLabel: () => string;
  /** Told when policy and issuer disagree about the level; the lower counts. */
  readonly onDisagreement: (issuer: string, disagreement: NonNullable<Assurance['disagreement']>) => void;
  /** Told when a login rested on a list past its end, within what the issuer's row allows: each use is audited. */
  readonly onStaleList?: (issuer: string, asOf: number) => void;
}

const chainOf = (presented: PresentedCertificate | null, settings: CertificateMethodSettings, ports: CertificateMethodPorts): VerifiedChain =>
  presented === null ? fail('card.none', 'no certificate was chosen') : verifyChain(presented.leafDer, ports.trust, { now: ports.clock.now(), credentialTypes: ['card'], issuers: settings.issuers });

/** What the proxy objects to is judged by us first, so that the person learns the reason; it is refused in any case. */
const conclude = (chain: VerifiedChain, presented: PresentedCertificate | null, settings: CertificateMethodSettings, ports: CertificateMethodPorts): VerifiedIdentity => {
  const status = ports.revocation.check(chain);
  demandGood(status);
  if (status.status === 'good' && status.stale) ports.onStaleList?.(chain.issuer.id, status.asOf);
  const complaint = presented?.proxyComplaint ?? null;
  if (complaint !== null) return fail('card.proxy', 'the proxy did not accept a certificate that we find good', { complaint });
  return identityOf(chain, settings, ports);
};

/** From revocation data in memory alone. Errors: `card.none` and every other `card.*` of the catalogue. */
export const authenticateCertificate = (presented: PresentedCertificate | null, settings: CertificateMethodSettings, ports: CertificateMethodPorts): VerifiedIdentity =>
  conclude(chainOf(presented, settings, ports), presented, settings, ports);

/** The login's way: responders are asked first where their issuers' rows say so, bounded in time; then as above. */
export const authenticateCard = async (presented: PresentedCertificate | null, settings: CertificateMethodSettings, ports: CertificateMethodPorts): Promise<VerifiedIdentity> => {
  const chain = chainOf(presented, settings, ports);
  await ports.revocation.ask(chain);
  return conclude(chain, presented, settings, ports);
};

const acceptedIssuers = (settings: Pick<CertificateMethodSettings, 'issuers'>, trust: TrustStore, type: 'card' | 'function' = 'card'): TrustStore['issuers'] =>
  trust.issuers.filter(({ row }) => row.credentialType === type && (settings.issuers.length === 0 || settings.issuers.includes(row.id)));
/**
 * PEM of the issuing CAs that some method accepts, for `CardListenerSettings.hints`: a browser then offers these cards' certificates
 * and no others, neither a system's nor one of an unlisted CA below the same root [RFC 5246 §7.4.4, RFC 8446 §4.2.4].
 */
export const certificateHints = (methods: readonly Pick<CertificateMethodSettings, 'issuers'>[], trust: TrustStore, type: 'card' | 'function' = 'card'): readonly string[] => {
  const accepted = new Set(methods.flatMap((method) => acceptedIssuers(method, trust, type)));
  return [...accepted].map(({ certificate }) => `-----BEGIN CERTIFICATE-----\n${certificate.der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`);
};

/** The method as the flow sees it. */
export const createCertificateMethod = (settings: CertificateMethodSettings, ports: CertificateMethodPorts): AuthenticationMethod => {
  const reachable = new Set(acceptedIssuers(settings, ports.trust).flatMap(({ row }) => [...(row.level === null ? [] : [row.level]), ...row.policies.values()]).map((level) => lowerOf(level, settings.highestLevel)));
  return {
    id: settings.id, kind: 'certificate', highestLevel: settings.highestLevel, levels: [...reachable],
    startUrl: (handle) => {
      const url = new URL(settings.cardUrl);
      if (settings.freshHostNames) url.hostname = `${ports.freshLabel()}.${url.hostname}`;
      return `${url.origin}/card/${handle}`;
    },
    recheck: (identity) => demandStillGood(identity, ports.revocation, ports.clock.now()),
  };
};
