/**
 * Step 4, the pure part: under which post and commission does somebody act, asking for the least choice that lets the service's
 * wishes be answered (facts: federation §3.6). Knows nothing of pages or stores. An open choice is a list whose order the
 * server keeps; the browser only ever names an index into it (threats J06).
 */
import { attributeRow, choiceLevelOf } from '../attributes/catalogue.ts';
import type { AttributeId, ChoiceLevel, RequestedAttribute } from '../attributes/model.ts';
import { factsOf } from '../attributes/values.ts';
import { fail } from '../core/errors.ts';
import { sameHsaId, type HsaId } from '../core/ids.ts';
import type { Commission, DirectoryPerson, Employment } from '../directory/model.ts';
import type { ActingPerson } from './acting-person.ts';
import type { CommissionOption, EmployeeOption } from './pages.ts';
import type { ActingChoice, VerifiedIdentity } from './transaction.ts';

export interface ChoiceQuestion {
  readonly identity: VerifiedIdentity;
  /** Only posts that may be acted under: valid now, and of enabled parties. Null when the directory was not asked. */
  readonly person: DirectoryPerson | null;
  readonly requested: readonly RequestedAttribute[];
  /** By attribute id: the login ends as exactly this, or fails. */
  readonly preselection: { readonly [attribute: AttributeId]: string };
  /** Made earlier in this session: reused as long as it still exists. */
  readonly previousChoice: ActingChoice | null;
  /** Made at this browser for this service before: offered first, never taken silently. */
  readonly remembered: (choice: ActingChoice) => boolean;
}
export interface Offered<Option> { readonly choice: ActingChoice; readonly option: Option }
export type ChoiceOutcome =
  | { readonly kind: 'chosen'; readonly acting: ActingPerson }
  | { readonly kind: 'ask-employee'; readonly options: readonly Offered<EmployeeOption>[] }
  | { readonly kind: 'ask-commission'; readonly options: readonly Offered<CommissionOption>[] };

/** A post, and the commissions on it that the preselection leaves. */
interface Candidate { readonly post: Employment; readonly commissions: readonly Commission[] }

const needs = (question: ChoiceQuestion): { level: ChoiceLevel; required: (level: ChoiceLevel) => boolean } => {
  const attributes = question.requested.map(({ attribute }) => attribute);
  const required = choiceLevelOf(question.requested.filter((wish) => wish.required).map(({ attribute }) => attribute));
  return {
    level: choiceLevelOf([...attributes, ...Object.keys(question.preselection)]),
    required: (level) => (level === 'employee' ? required !== 'none' : required === 'commission'),
  };
};

/** The post that the certificate itself names; a certificate with a personal identity number names none. */
const fixedPost = ({ identity, person }: ChoiceQuestion): Employment | undefined =>
  // The card speaks for this post: when it is not among the valid ones, no other post takes its place.
  identity.person.kind === 'hsa-id' && person !== null ? (findPost(person, identity.person.hsaId) ?? fail('employee.none', 'the post that the certificate names may not be acted under')) : undefined;
const findPost = (person: DirectoryPerson | null, hsaId: HsaId): Employment | undefined => person?.employments.find((post) => sameHsaId(post.hsaId, hsaId));

const isHsaIdAttribute = (attribute: AttributeId): boolean => /HsaId$/.test(attribute);
/** Does acting like this give the attribute exactly this value? HSA-ids are compared without regard to case. */
const gives = (question: ChoiceQuestion, attribute: AttributeId, employment: Employment | null, commission: Commission | null): boolean => {
  const wanted = question.preselection[attribute] ?? '';
  const values = factsOf({ identity: question.identity, person: question.person, employment, commission }, { assuranceUri: '' })(attribute);
  return values.some((value) => typeof value === 'string' && (isHsaIdAttribute(attribute) ? value.toUpperCase() === wanted.toUpperCase() : value === wanted));
};
const preselectedAt = (question: ChoiceQuestion, level: ChoiceLevel): readonly AttributeId[] => Object.keys(question.preselection).filter((attribute) => attributeRow(attribute)?.level === level);

/** Everything of the person that the certificate and the preselection leave, or `principal.mismatch` [SC-PSC]. */
const candidatesOf = (question: ChoiceQuestion): readonly Candidate[] => {
  const mismatch = (detail: string): never => fail('principal.mismatch', detail, { attributes: Object.keys(question.preselection).join(', ') });
  if (Object.keys(question.preselection).some((attribute) => attributeRow(attribute) === undefined)) mismatch('the preselection names an unknown attribute');
  if (!preselectedAt(question, 'none').every((attribute) => gives(question, attribute, null, null))) mismatch('the request is about another person');
  const fixed = fixedPost(question);
  const posts = fixed === undefined ? (question.person?.employments ?? []) : [fixed];
  const wantedOfPost = preselectedAt(question, 'employee');
  const wantedOfCommission = preselectedAt(question, 'commission');
  const left = posts
    .filter((post) => wantedOfPost.every((attribute) => gives(question, attribute, post, null)))
    .map((post) => ({ post, commissions: post.commissions.filter((commission) => wantedOfCommission.every((attribute) => gives(question, attribute, post, commission))) }))
    .filter(({ commissions }) => wantedOfCommission.length === 0 || commissions.length > 0);
  if (left.length === 0 && wantedOfPost.length + wantedOfCommission.length > 0) mismatch('nothing the person may act under is what the request demands');
  return left;
};

const swedish = new Intl.Collator('sv');
const inOrder = <Option extends { index: number; lastUsed: boolean }>(offers: readonly Offered<Option>[], key: (option: Option) => readonly string[]): readonly Offered<Option>[] =>
  offers
    .toSorted((a, b) => Number(b.option.lastUsed) - Number(a.option.lastUsed) || swedish.compare(key(a.option).join('\u0000'), key(b.option).join('\u0000'))
      || compareText(keyOf(a.choice), keyOf(b.choice)))
    .map((offer, index) => ({ ...offer, option: { ...offer.option, index } }));
const keyOf = ({ employeeHsaId, commissionHsaId }: ActingChoice): string => `${employeeHsaId ?? ''}/${commissionHsaId ?? ''}`;
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const askEmployee = (candidates: readonly Candidate[], { remembered, person }: ChoiceQuestion): ChoiceOutcome => {
  const offers = candidates.map(({ post }) => {
    const choice: ActingChoice = { employeeHsaId: post.hsaId, commissionHsaId: null };
    const usedBefore = remembered(choice) || post.commissions.some(({ hsaId }) => remembered({ employeeHsaId: post.hsaId, commissionHsaId: hsaId }));
    return { choice, option: { index: 0, organisation: post.organisation.name, title: post.title ?? titleApart(post, person), lastUsed: usedBefore } };
  });
  return { kind: 'ask-employee', options: inOrder(offers, ({ organisation, title }) => [organisation, title ?? '']) };
};
/** Two posts with one employer and no titles look the same: then their HSA-ids tell them apart. */
const titleApart = (post: Employment, person: DirectoryPerson | null): string | null =>
  (person?.employments ?? []).some((other) => other !== post && other.organisation.number === post.organisation.number) ? post.hsaId : null;

const askCommission = ({ post, commissions }: Candidate, { remembered }: ChoiceQuestion): ChoiceOutcome => {
  const offers = commissions.map((commission) => {
    const choice: ActingChoice = { employeeHsaId: post.hsaId, commissionHsaId: commission.hsaId };
    const { name, purpose, unit, provider } = commission;
    return { choice, option: { index: 0, unit: unit.name, provider: provider.name, purpose, name, lastUsed: remembered(choice) } };
  });
  return { kind: 'ask-commission', options: inOrder(offers, ({ provider, unit, purpose, name }) => [provider, unit, purpose, name]) };
};

const earlierPost = (candidates: readonly Candidate[], previous: ActingChoice | null): Candidate | undefined => {
  const hsaId = previous?.employeeHsaId ?? null;
  return hsaId === null ? undefined : candidates.find(({ post }) => sameHsaId(post.hsaId, hsaId));
};
const earlierCommission = ({ commissions }: Candidate, previous: ActingChoice | null): Commission | undefined => {
  const hsaId = previous?.commissionHsaId ?? null;
  return hsaId === null ? undefined : commissions.find((commission) => sameHsaId(commission.hsaId, hsaId));
};

/**
 * Somebody acting, or the one question that is left. Refusals: `employee.none` and `commission.none` when the service requires
 * what the person lacks; `principal.mismatch` when the request demands somebody or something else.
 */
export const chooseActing = (question: ChoiceQuestion): ChoiceOutcome => {
  const { identity, person, previousChoice } = question;
  const { level, required } = needs(question);
  const candidates = candidatesOf(question);
  const chosen = (employment: Employment | null, commission: Commission | null): ChoiceOutcome => ({ kind: 'chosen', acting: { identity, person, employment, commission } });

  // A commission that must exist narrows the posts: nobody is asked to pick one that cannot answer.
  const able = level === 'commission' && required('commission') ? candidates.filter(({ commissions }) => commissions.length > 0) : candidates;
  if (able.length === 0) {
    if (candidates.length > 0) return fail('commission.none', 'the service requires a commission and the person has none');
    if (required('employee')) return fail('employee.none', 'the service requires an employee and the person has no valid post');
    return chosen(null, null);
  }
  const earlier = earlierPost(able, previousChoice);
  const candidate = earlier ?? (able.length === 1 ? able[0] : undefined);
  if (candidate === undefined) return level === 'none' ? chosen(null, null) : askEmployee(able, question);
  // What was chosen in this session stays chosen, also past a service that does not look at it (facts: federation §3.6 rule 6).
  const kept = earlierCommission(candidate, previousChoice);
  if (kept !== undefined || level !== 'commission') return chosen(candidate.post, kept ?? null);
  if (candidate.commissions.length > 1) return askCommission(candidate, question);
  return chosen(candidate.post, candidate.commissions[0] ?? null);
};
