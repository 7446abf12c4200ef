/**
 * Step 5's decision: of what the service asked for, what may it know? Deny by default (policy.ts says how the votes are
 * counted); every requested attribute gets one decision with the name of its rule, and no decision holds a value.
 * The only maker of `ReleasedIdentity`.
 */
import { fail } from '../core/errors.ts';
import { isCoordinationNumber } from '../core/ids.ts';
import type { ActingPerson } from '../login/acting-person.ts';
import type { ServiceParty } from '../parties/model.ts';
import { attributeRow, type AttributeRow } from './catalogue.ts';
import type { AttributeId, AttributeValue, ReleaseDecision, ReleasedIdentity, RequestedAttribute } from './model.ts';
import type { Entitlement, ReleasePolicy, ReleaseRule, RuleCondition } from './policy.ts';
import { factsOf, numberOf, type SessionFacts } from './values.ts';

export interface ReleaseContext extends SessionFacts { readonly environment: 'test' | 'acceptance' | 'production' }
export interface ReleaseQuestion {
  readonly service: ServiceParty;
  readonly policy: ReleasePolicy;
  readonly acting: ActingPerson;
  readonly requested: readonly RequestedAttribute[];
  /** Applications that the service asks for, as its request names them (RequesterID); they count where the service is a local IdP. */
  readonly requesters?: readonly string[];
  readonly context: ReleaseContext;
}

/** What policy and service file say about one service, whoever logs in. */
interface Standing {
  /** First rule that votes for the attribute, or undefined. */
  readonly voteFor: (row: AttributeRow) => string | undefined;
  readonly denied: ReadonlyMap<AttributeId, string>;
  readonly entitled: ReadonlySet<Entitlement>;
}

const holds = (condition: RuleCondition, service: ServiceParty): boolean => {
  const among = (wanted: readonly string[] | undefined, ...actual: readonly string[]): boolean => wanted === undefined || actual.some((value) => wanted.includes(value));
  return among(condition.entityCategories, ...service.wire.entityCategories) && among(condition.federations, service.federation.id)
    && among(condition.parties, service.party) && among(condition.services, service.id, service.wire.entityId);
};
/** `*` never reaches what is or holds a personal identity number: that must be named. */
const covers = (list: readonly string[], row: AttributeRow): boolean =>
  list.includes(row.id) || (list.includes('*') && row.sensitivity !== 'personal-identity-number' && row.sensitivity !== 'certificate');

const standingOf = (service: ServiceParty, policy: ReleasePolicy): Standing => {
  const rules: readonly ReleaseRule[] = policy.rules.filter((rule) => holds(rule.when, service));
  const denied = new Map<AttributeId, string>(rules.flatMap((rule) => (rule.deny ?? []).map((attribute): [string, string] => [attribute, rule.id])));
  for (const attribute of service.release.deny) denied.set(attribute, 'service-deny');
  return {
    denied,
    entitled: new Set(rules.flatMap((rule) => rule.entitlements ?? [])),
    voteFor: (row) => rules.find((rule) => covers(rule.allow ?? [], row))?.id,
  };
};
/** Both are immutable snapshots, so the answer lives as long as they do. */
const standings = new WeakMap<ReleasePolicy, WeakMap<ServiceParty, Standing>>();
const knownStanding = (service: ServiceParty, policy: ReleasePolicy): Standing => {
  const byService = standings.get(policy) ?? new WeakMap<ServiceParty, Standing>();
  standings.set(policy, byService);
  const standing = byService.get(service) ?? standingOf(service, policy);
  byService.set(service, standing);
  return standing;
};

/**
 * Everybody on the way sees what leaves, so each application named must be allowed the attribute. One that the service's file does
 * not know, and a request that names none, get the least [SAMLCore §3.4.1.2: RequesterID].
 */
const allowsRequesters = ({ service: { proxying }, requesters = [] }: ReleaseQuestion, row: AttributeRow): boolean => {
  if (proxying === undefined) return true;
  const known = requesters.map((requester) => proxying.requesters.get(requester)?.allow ?? proxying.others);
  return (known.length === 0 ? [proxying.others] : known).every((allow) => covers(allow, row));
};

const identifying = new Set<AttributeRow['sensitivity']>(['name', 'contact', 'whereabouts', 'certificate']);
const isFeigned = ({ employment, commission }: ActingPerson): boolean =>
  employment?.feigned === true || (commission !== null && (commission.feigned || commission.unit.feigned || commission.provider.feigned));

/** Rule that holds the attribute back because of who the person is, or undefined. */
const personalObjection = (row: AttributeRow, { acting, context }: ReleaseQuestion, { entitled }: Standing): string | undefined => {
  if (context.environment === 'production' && isFeigned(acting)) return 'feigned'; // test data must not pass for people [IN-AL]
  if (identifying.has(row.sensitivity) && !entitled.has('protected-person')) {
    if (acting.person === null && acting.identity.upstream?.directory !== 'stands') return 'person-not-known'; // whether somebody is protected is known by the directory alone
    if (acting.person?.protectedPerson === true) return 'not-entitled'; // threats J08: the word of other lacking entitlements, for the reason is kept in places that must not carry the mark
  }
  const number = row.sensitivity === 'personal-identity-number' || (row.sensitivity === 'certificate' && acting.identity.person.kind === 'personal-identity-number');
  if (!number) return undefined;
  if (!entitled.has('personal-identity-number')) return 'not-entitled'; // [SC-EC loa3-pnr; threats E04]
  const value = numberOf(acting);
  return value !== null && isCoordinationNumber(value) && !entitled.has('coordination-number') ? 'coordination-number' : undefined; // [SC-EC accepts-coordination-number]
};

interface Verdict { readonly outcome: 'released' | 'held-back'; readonly rule: string }
const judge = (attribute: AttributeId, question: ReleaseQuestion, standing: Standing): Verdict => {
  const row = attributeRow(attribute);
  const held = (rule: string): Verdict => ({ outcome: 'held-back', rule });
  if (row === undefined) return held('unknown-attribute');
  const denial = standing.denied.get(attribute);
  if (denial !== undefined) return held(denial);
  if (!covers(question.service.release.allow, row)) return held('service-not-allowed');
  if (!allowsRequesters(question, row)) return held('requester-not-allowed');
  const vote = standing.voteFor(row);
  if (vote === undefined) return held('policy-not-allowed');
  const objection = personalObjection(row, question, standing);
  return objection === undefined ? { outcome: 'released', rule: vote } : held(objection);
};

/**
 * The same for a person whatever card is used: the personal identity number where the directory or the credential knows it,
 * else the HSA-id. Several posts of one person are one subject (docs/decisions/0151).
 */
const subjectKeyOf = (acting: ActingPerson): string => {
  const number = numberOf(acting);
  if (number !== null) return `number:${number}`;
  const { person } = acting.identity;
  return person.kind === 'hsa-id' ? `hsa-id:${person.hsaId.toUpperCase()}` : fail('internal', 'an identity by number without a number');
};

/** Does what left once may leave again, by today's policy and settings? Who the person is was asked when it left first (threats G19). */
export const mayStillLeave = (attribute: AttributeId, service: ServiceParty, policy: ReleasePolicy): boolean => {
  const row = attributeRow(attribute);
  const { denied, voteFor, entitled } = knownStanding(service, policy);
  return row !== undefined && !denied.has(attribute) && covers(service.release.allow, row) && voteFor(row) !== undefined
    && (row.sensitivity !== 'personal-identity-number' || entitled.has('personal-identity-number'));
};

export interface ReleasePreview {
  readonly attributes: ReleasedIdentity['attributes'];
  readonly decisions: readonly ReleaseDecision[];
  /** Required attributes that cannot be delivered; a login fails when there are any. */
  readonly missing: readonly ReleaseDecision[];
}

/** Decides without failing: what `bryggan release` shows for a service and a person. */
export const previewRelease = (question: ReleaseQuestion): ReleasePreview => {
  const standing = knownStanding(question.service, question.policy);
  const facts = factsOf(question.acting, question.context);
  const required = new Set(question.requested.filter((wish) => wish.required).map(({ attribute }) => attribute));
  const attributes: Record<AttributeId, readonly AttributeValue[]> = {};
  const decisions: ReleaseDecision[] = [];
  for (const attribute of new Set(question.requested.map((wish) => wish.attribute))) {
    const { outcome, rule } = judge(attribute, question, standing);
    const values = outcome === 'released' ? facts(attribute) : [];
    if (values.length > 0) attributes[attribute] = values;
    decisions.push({ attribute, outcome: outcome === 'released' && values.length === 0 ? 'no-value' : outcome, rule });
  }
  return { attributes, decisions, missing: decisions.filter((decision) => decision.outcome !== 'released' && required.has(decision.attribute)) };
};

/**
 * What the service may know of the person acting. When an attribute that the service's metadata requires cannot be delivered the
 * whole login fails, optional ones are just left out [IN-AS; SC-DP §6.2.1]: `release.required-missing` when the sources have no
 * value, which the person's organisation can mend, else `release.required-held-back`, which is between the service and us.
 */
export const release = (question: ReleaseQuestion): ReleasedIdentity => {
  const { attributes, decisions, missing } = previewRelease(question);
  if (missing.length > 0) {
    const facts = {
      service: question.service.id, attributes: missing.map(({ attribute }) => attribute).join(' '),
      missing: missing.map(({ attribute, outcome, rule }) => `${attribute} (${outcome === 'no-value' ? 'no value' : rule})`).join(', '),
    };
    if (missing.some(({ outcome }) => outcome === 'no-value')) fail('release.required-missing', 'the service requires what no source has a value for', facts);
    fail('release.required-held-back', 'the service requires what it may not get', facts);
  }
  return { subjectKey: subjectKeyOf(question.acting), attributes, decisions, ...(question.service.proxying === undefined ? {} : { requesters: question.requesters ?? [] }) } as ReleasedIdentity;
};
