/** Who a certificate names, and at which level: the same for a card in a reader and a key in a phone. Nothing else makes a VerifiedIdentity from a chain. */
import { lowerOf, type AssuranceLevel } from '../core/assurance.ts';
import { fail } from '../core/errors.ts';
import type { HsaIdFormat } from '../core/ids.ts';
import type { Clock, Instant } from '../core/ports.ts';
import type { VerifiedIdentity } from '../login/transaction.ts';
import { assuranceOf, checkDates, identifierOf, oids, subjectValue, type Assurance, type RevocationChecker, type RevocationStatus, type VerifiedChain } from '../pki/index.ts';

export interface ChainSettings { readonly id: string; readonly highestLevel: AssuranceLevel; readonly hsaIdFormat: HsaIdFormat }
export interface ChainPorts {
  readonly clock: Clock;
  /** Told when policy and issuer disagree about the level; the lower counts. */
  readonly onDisagreement: (issuer: string, disagreement: NonNullable<Assurance['disagreement']>) => void;
}

/** *Unknown* is refused, never taken for good (threats H09). */
export const demandGood = (status: RevocationStatus): void => {
  if (status.status === 'revoked') fail('card.revoked', 'the certificate is on the revocation list', { listOf: new Date(status.asOf).toISOString() });
  if (status.status === 'unknown') fail('card.revocation-unknown', `revocation cannot be checked: ${status.why}`);
};

/** Reuse of a session: as at the login, in what is cached. Errors: `card.expired`, `card.revoked`, `card.revocation-unknown`. */
export const demandStillGood = ({ revocationHandle, credential }: VerifiedIdentity, revocation: RevocationChecker, now: Instant): void => {
  if (revocationHandle === null) return fail('card.revocation-unknown', 'the session does not name its certificate');
  const { notAfter } = revocationHandle;
  // A list need not name a certificate that has ended [RFC 5280 §3.3].
  if (notAfter !== undefined && checkDates({ notBefore: 0, notAfter }, now) !== null) return fail('card.expired', 'the certificate has expired during the session', { notAfter: new Date(notAfter).toISOString() });
  demandGood(revocation.cached(revocationHandle.issuerId, revocationHandle.serial, credential.certificate === null ? null : Buffer.from(credential.certificate, 'base64')));
};

export const identityOf = (chain: VerifiedChain, settings: ChainSettings, ports: ChainPorts): VerifiedIdentity => {
  const { leaf, issuer } = chain;
  const person = identifierOf(chain, settings.hsaIdFormat);
  const { level, disagreement } = assuranceOf(chain);
  if (disagreement !== null) ports.onDisagreement(issuer.id, disagreement);
  const givenName = subjectValue(leaf, oids.givenName);
  const surname = subjectValue(leaf, oids.surname);
  return {
    method: settings.id, person, level: lowerOf(level, settings.highestLevel), authenticatedAt: ports.clock.now(),
    credential: {
      givenName, surname, displayName: subjectValue(leaf, oids.commonName) ?? [givenName, surname].filter((part) => part !== null).join(' '),
      organisationName: subjectValue(leaf, oids.organisation), issuerName: leaf.issuerName, subjectName: leaf.subjectName, policies: leaf.policies, certificate: leaf.der.toString('base64'),
    },
    revocationHandle: { issuerId: issuer.id, serial: leaf.serial, notAfter: leaf.notAfter },
  } as unknown as VerifiedIdentity;
};
