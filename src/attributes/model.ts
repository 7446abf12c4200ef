/**
 * attributes: which facts exist, what they are called in each federation and protocol, and which of them a
 * service may know. Owns the catalogue (catalogue.ts, the single table), mapping and release. Does not own:
 * where facts come from (directory/, authenticators/) or how they are written on the wire (protocols/).
 */
import type { Branded } from '../core/ids.ts';
import type { JsonValue } from '../core/json.ts';

/** Internal id of a catalogue row, e.g. `commissionPurpose`. */
export type AttributeId = string;
/** Text, or a structured fact (a commission right, a speciality) that each federation serialises its own way. */
export type AttributeValue = string | { readonly [key: string]: JsonValue };
/** none < employee < commission: the least choice that lets this attribute be answered (facts: federation §3.6). */
export type ChoiceLevel = 'none' | 'employee' | 'commission';

/** One wish of the asking service, already translated from its wire name. */
export interface RequestedAttribute { readonly attribute: AttributeId; readonly wireName: string; readonly required: boolean }

/** Why one attribute was released or held back; kept for `explain` and shown by `release`. Holds no value. */
export interface ReleaseDecision {
  readonly attribute: AttributeId;
  readonly outcome: 'released' | 'held-back' | 'no-value';
  /** Stable rule name, e.g. `requested`, `not-requested`, `service-deny`, `not-entitled`, `coordination-number`. */
  readonly rule: string;
}

/** What the service may know, and nothing else. Made only by release.ts. */
export type ReleasedIdentity = Branded<{
  /** Stable per person; faces derive pseudonymous subject ids from it by HMAC and never send it. */
  readonly subjectKey: string;
  readonly attributes: { readonly [attribute: AttributeId]: readonly AttributeValue[] };
  readonly decisions: readonly ReleaseDecision[];
  /** Applications behind a local IdP that this release was narrowed for, as its request named them. */
  readonly requesters?: readonly string[];
}, 'ReleasedIdentity'>;
