/**
 * The shape of the release policy (config/release.yaml) and the default that ships. Deny by default: an attribute leaves only
 * when the service asked for it, the service's own file allows it, and at least one rule here votes for it, and nobody denies.
 * Evaluated by release.ts; validated by config/.
 */
import type { EntityId, PartyId, ServiceId } from '../core/ids.ts';
import { catalogue } from './catalogue.ts';
import type { AttributeId } from './model.ts';

/**
 * What a service may be trusted with beyond ordinary facts.
 * - `personal-identity-number`: attributes that are or hold the number;
 * - `coordination-number`: the same when the number is a samordningsnummer [SC-EC accepts-coordination-number];
 * - `protected-person`: name, contact and whereabouts of people with protected identity (threats J08).
 */
export const entitlements = ['personal-identity-number', 'coordination-number', 'protected-person'] as const;
export type Entitlement = (typeof entitlements)[number];

/** All given conditions must hold, each by at least one of its values; an empty object means every service. */
export interface RuleCondition {
  readonly entityCategories?: readonly string[];
  readonly federations?: readonly string[];
  readonly parties?: readonly PartyId[];
  readonly services?: readonly (ServiceId | EntityId)[];
}
export interface ReleaseRule {
  /** Stable name: what `explain` and `release` print. Lower-case letters, digits and hyphens. */
  readonly id: string;
  readonly when: RuleCondition;
  /** Attribute ids of the catalogue, or `*` for every attribute of sensitivity `none`, `name`, `contact` and `whereabouts`. */
  readonly allow?: readonly AttributeId[];
  /** Held back whoever else allows it; the strongest word. */
  readonly deny?: readonly AttributeId[];
  readonly entitlements?: readonly Entitlement[];
}
export interface ReleasePolicy { readonly rules: readonly ReleaseRule[] }

const numberAttributes: readonly AttributeId[] = catalogue.filter(({ sensitivity }) => sensitivity === 'personal-identity-number' || sensitivity === 'certificate').map(({ id }) => id);

/** Categories that entitle a service to the personal identity number [SC-EC; facts: federation §4.4]. */
export const personNumberCategories: readonly string[] = [
  'http://id.elegnamnden.se/ec/1.0/loa2-pnr', 'http://id.elegnamnden.se/ec/1.0/loa3-pnr', 'http://id.elegnamnden.se/ec/1.0/loa4-pnr',
  'http://id.swedenconnect.se/ec/sc/uncertified-loa3-pnr',
];
export const acceptsCoordinationNumber = 'http://id.swedenconnect.se/general-ec/1.0/accepts-coordination-number';

/**
 * Ordinary facts to whom the service's own file allows them. The number: in Sweden Connect by the service's category, elsewhere
 * by being named in the service's file (SAMBI and Inera publish no categories; the set is agreed when the service is connected).
 */
export const defaultReleasePolicy: ReleasePolicy = {
  rules: [
    { id: 'ordinary-facts', when: {}, allow: ['*'] },
    { id: 'number-by-agreement', when: { federations: ['sambi', 'inera', 'local'] }, allow: numberAttributes, entitlements: ['personal-identity-number'] },
    { id: 'number-by-category', when: { entityCategories: personNumberCategories }, allow: numberAttributes, entitlements: ['personal-identity-number'] },
    { id: 'coordination-number-by-category', when: { entityCategories: [acceptsCoordinationNumber] }, entitlements: ['coordination-number'] },
  ],
};
