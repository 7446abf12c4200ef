/** What a verified certificate says about its holder: at which level of assurance, and under which identifier. Both by the issuer's row. */
import { lowerOf, type AssuranceLevel } from '../core/assurance.ts';
import { fail } from '../core/errors.ts';
import { isHsaId, isPersonalIdentityNumber, type HsaId, type HsaIdFormat, type PersonalIdentityNumber } from '../core/ids.ts';
import { subjectValue } from './certificate.ts';
import { oids } from './oids.ts';
import type { VerifiedChain } from './verify.ts';

export interface Assurance { readonly level: AssuranceLevel; /** Policy and issuer said different things; the lower counts and the trail gets a warning. */ readonly disagreement: { readonly policy: AssuranceLevel; readonly issuer: AssuranceLevel } | null }

/** Policy OID first, then issuing CA [facts: credentials §1.1]; neither known = `card.level-unknown`, never a guess. */
export const assuranceOf = ({ leaf, issuer }: VerifiedChain): Assurance => {
  const byPolicy = leaf.policies.flatMap((oid) => issuer.policies.get(oid) ?? []).reduce<AssuranceLevel | null>((low, level) => (low === null ? level : lowerOf(low, level)), null);
  // A policy that the table does not know is not silently replaced by the issuer's level where the issuer has a table.
  if (byPolicy === null && leaf.policies.length > 0 && issuer.policies.size > 0) return fail('card.level-unknown', 'no policy of the certificate is in the table', { policies: leaf.policies.join(' ').slice(0, 200), issuer: issuer.id });
  if (byPolicy === null) return { level: issuer.level ?? fail('card.level-unknown', 'neither policy nor issuer gives a level', { issuer: issuer.id }), disagreement: null };
  if (issuer.level === null || issuer.level === byPolicy) return { level: byPolicy, disagreement: null };
  return { level: lowerOf(byPolicy, issuer.level), disagreement: { policy: byPolicy, issuer: issuer.level } };
};

export type Identifier = { readonly kind: 'hsa-id'; readonly hsaId: HsaId } | { readonly kind: 'personal-identity-number'; readonly number: PersonalIdentityNumber };
/** Subject serialNumber: type by the issuer's row, then checked by its syntax [facts: credentials §1.6]. Errors: `card.identifier`. */
export const identifierOf = ({ leaf, issuer }: VerifiedChain, format: HsaIdFormat): Identifier => {
  const value = subjectValue(leaf, oids.serialNumber) ?? fail('card.identifier', 'subject serialNumber is missing or repeated'); // threats H08
  if (issuer.identifierType === 'hsa-id' && isHsaId(value, format)) return { kind: 'hsa-id', hsaId: value as HsaId };
  if (issuer.identifierType === 'personal-identity-number' && isPersonalIdentityNumber(value)) return { kind: 'personal-identity-number', number: value as PersonalIdentityNumber };
  return fail('card.identifier', `subject serialNumber is not of the kind that the issuer uses (${issuer.identifierType})`, { issuer: issuer.id });
};
