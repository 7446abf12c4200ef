/**
 * What every source's answer must pass before anybody acts on it: it is about the person asked for, and holds only what is
 * valid at this moment. Adapters end with `answerFor`; the cache repeats `validAt` on every use.
 */
import { fail } from '../core/errors.ts';
import { sameHsaId } from '../core/ids.ts';
import type { Instant } from '../core/ports.ts';
import type { Commission, DirectoryPerson, Employment, HealthcareUnit, PersonKey } from './model.ts';

/** Feigned (fingerade) objects are HSA's test data: dropped in production, kept elsewhere. */
export type FeignedObjects = 'keep' | 'drop';
interface Dated { readonly validFrom: Instant | null; readonly validTo: Instant | null }
/** The end is the first moment that is no longer valid (facts: credentials §4.3). */
const isCurrent = ({ validFrom, validTo }: Dated, now: Instant): boolean => (validFrom === null || validFrom <= now) && (validTo === null || now < validTo);
const isShown = (object: { readonly feigned: boolean }, feigned: FeignedObjects): boolean => feigned === 'keep' || !object.feigned;

const unitHolds = (unit: HealthcareUnit, now: Instant, feigned: FeignedObjects): boolean => !unit.archived && isCurrent(unit, now) && isShown(unit, feigned);
const commissionHolds = (commission: Commission, now: Instant, feigned: FeignedObjects): boolean =>
  isCurrent(commission, now) && isShown(commission, feigned) && unitHolds(commission.unit, now, feigned) && unitHolds(commission.provider, now, feigned);

const postAt = (post: Employment, now: Instant, feigned: FeignedObjects): Employment => {
  const commissions = post.commissions.filter((commission) => commissionHolds(commission, now, feigned));
  const authorizationScopes = feigned === 'keep' ? post.authorizationScopes : post.authorizationScopes
    .map((scope) => ({ ...scope, adminCommissions: scope.adminCommissions.filter((admin) => !admin.feigned).map((admin) => ({ ...admin, sectors: admin.sectors.filter((sector) => !sector.feignedUnit) })) }))
    .filter(({ adminCommissions }) => adminCommissions.length > 0);
  return { ...post, commissions, authorizationScopes };
};

/** The person with what holds now; posts, commissions, units and providers outside their dates, archived or feigned are gone. */
export const validAt = (person: DirectoryPerson, now: Instant, feigned: FeignedObjects): DirectoryPerson => ({
  ...person,
  employments: person.employments.filter((post) => isCurrent(post, now) && isShown(post, feigned)).map((post) => postAt(post, now, feigned)),
});

const namesPost = (person: DirectoryPerson, key: Extract<PersonKey, { kind: 'hsa-id' }>): boolean => person.employments.some((post) => sameHsaId(post.hsaId, key.hsaId));

/** `directory.answer` when a source answered about somebody else than asked; an answer that does not say is no answer (threats J03). */
export const checkSamePerson = (key: PersonKey, person: DirectoryPerson): void => {
  const same = key.kind === 'hsa-id' ? namesPost(person, key) : person.personalIdentityNumber === key.number;
  if (!same) fail('directory.answer', 'the directory answered about another person than asked', { asked: key.kind });
};

/**
 * What the port returns for what a source found: undefined also when the post that was asked for by HSA-id does not hold now,
 * as HSA itself leaves such a post out.
 */
export const answerFor = (key: PersonKey, found: DirectoryPerson | undefined, now: Instant, feigned: FeignedObjects): DirectoryPerson | undefined => {
  if (found === undefined) return undefined;
  checkSamePerson(key, found);
  const person = validAt(found, now, feigned);
  if (key.kind === 'hsa-id') return namesPost(person, key) ? person : undefined;
  // Nobody left by number: the person has no post that holds, which is another answer than being unknown, unless all was feigned.
  return found.employments.length > 0 && found.employments.every((post) => !isShown(post, feigned)) ? undefined : person;
};

/** One spelling per person for caches and single flight; never logged, never leaves the process. */
export const keyText = (key: PersonKey): string => (key.kind === 'hsa-id' ? `hsa-id:${key.hsaId.toUpperCase()}` : `number:${key.number}`);
