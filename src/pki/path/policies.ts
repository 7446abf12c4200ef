/**
 * Certificate policies along a path [RFC 5280 §6.1.2-§6.1.5 as amended by RFC 9618]. The amended form keeps a graph instead of a tree,
 * and of that graph only the last level is ever asked about: for each policy what it is expected to be called one level down, and by which
 * names it was known to the first authority. So work and memory grow with the policies of one certificate, not with products of them.
 */
import type { Certificate } from '../certificate.ts';
import type { PolicyMapping } from '../extensions.ts';
import { oids } from '../oids.ts';
import { fault, type PathFault } from './fault.ts';

export interface PolicyOptions {
  /** Policies that the caller accepts; null = any. */
  readonly acceptable: ReadonlySet<string> | null;
  readonly requireExplicit: boolean;
  readonly inhibitMapping: boolean;
  readonly inhibitAny: boolean;
}
export const anyPolicyAtAll: PolicyOptions = { acceptable: null, requireExplicit: false, inhibitMapping: false, inhibitAny: false };

interface Node { readonly expected: Set<string>; readonly origins: Set<string> }
type Level = Map<string, Node>;
const { anyPolicy } = oids;
/** More policies times mappings than any honest path carries (threats H12). */
const MAX_NODES = 2048;

const addTo = (level: Level, policy: string, origins: Iterable<string>): void => {
  const node = level.get(policy) ?? { expected: new Set([policy]), origins: new Set() };
  for (const origin of origins) node.origins.add(origin);
  level.set(policy, node);
};
/** Nodes of the level above that expect to be called `policy`. */
const expecting = (above: Level, policy: string): readonly (readonly [string, Node])[] => [...above].filter(([, node]) => node.expected.has(policy));
const originsFrom = (parents: readonly (readonly [string, Node])[], policy: string): Set<string> =>
  new Set(parents.flatMap(([parent, node]) => (parent === anyPolicy ? [policy] : [...node.origins])));

/** [RFC 5280 §6.1.3 (d)] */
const nextLevel = (above: Level, policies: readonly string[], anyAllowed: boolean): Level => {
  const level: Level = new Map();
  for (const policy of policies) {
    if (policy === anyPolicy) continue;
    const parents = expecting(above, policy);
    if (parents.length > 0) addTo(level, policy, originsFrom(parents, policy));
    else if (above.has(anyPolicy)) addTo(level, policy, [policy]);
  }
  if (anyAllowed && policies.includes(anyPolicy)) {
    for (const [parent, node] of above) {
      for (const policy of node.expected) if (!policies.includes(policy) || policy === anyPolicy) addTo(level, policy, parent === anyPolicy ? [policy] : node.origins);
    }
  }
  return level;
};
/** [RFC 5280 §6.1.4 (b)] */
const mapLevel = (level: Level, mappings: readonly PolicyMapping[], allowed: boolean): Level => {
  const mapped: Level = new Map(level);
  for (const issuerPolicy of new Set(mappings.map((mapping) => mapping.issuerPolicy))) {
    const expected = new Set(mappings.filter((mapping) => mapping.issuerPolicy === issuerPolicy).map(({ subjectPolicy }) => subjectPolicy));
    const node = level.get(issuerPolicy);
    if (!allowed) mapped.delete(issuerPolicy);
    else if (node !== undefined) mapped.set(issuerPolicy, { expected, origins: node.origins });
    else if (level.has(anyPolicy)) mapped.set(issuerPolicy, { expected, origins: new Set([issuerPolicy]) });
  }
  return mapped;
};

export interface PolicyState {
  /** One certificate of the path, root side first, the trust anchor left out. */
  step(certificate: Certificate, isLast: boolean): PathFault | null;
}
/** `length` = certificates of the path without the trust anchor. */
export const createPolicyState = (length: number, options: PolicyOptions): PolicyState => {
  let level: Level | null = new Map([[anyPolicy, { expected: new Set([anyPolicy]), origins: new Set([anyPolicy]) }]]);
  let explicit = options.requireExplicit ? 0 : length + 1;
  let mapping = options.inhibitMapping ? 0 : length + 1;
  let inhibitAny = options.inhibitAny ? 0 : length + 1;
  const refuse = (detail: string): PathFault => fault('policies', detail, '§6.1.3 (d)-(f), §6.1.5 (g)');

  const descend = (certificate: Certificate, isLast: boolean): PathFault | null => {
    const anyAllowed = inhibitAny > 0 || (!isLast && certificate.selfIssued);
    level = level === null || certificate.policies.length === 0 ? null : nextLevel(level, certificate.policies, anyAllowed);
    if (level?.size === 0) level = null;
    const nodes = level === null ? 0 : [...level.values()].reduce((sum, node) => sum + node.expected.size + node.origins.size, 0);
    if (nodes > MAX_NODES) return fault('work', 'more certificate policies than are looked at', '§6.1.3 (d)');
    return explicit > 0 || level !== null ? null : refuse('no certificate policy holds from the trust anchor on, and one is required');
  };
  /** [RFC 5280 §6.1.4 (a)-(b), (h)-(j)] */
  const prepare = (certificate: Certificate): PathFault | null => {
    const { policyMappings, policyConstraints, inhibitAnyPolicy, selfIssued } = certificate;
    if (policyMappings.some(({ issuerPolicy, subjectPolicy }) => issuerPolicy === anyPolicy || subjectPolicy === anyPolicy)) return refuse('anyPolicy is mapped');
    if (level !== null && policyMappings.length > 0) level = mapLevel(level, policyMappings, mapping > 0);
    if (level?.size === 0) level = null;
    if (!selfIssued) [explicit, mapping, inhibitAny] = [Math.max(0, explicit - 1), Math.max(0, mapping - 1), Math.max(0, inhibitAny - 1)];
    explicit = Math.min(explicit, policyConstraints?.requireExplicitPolicy ?? explicit);
    mapping = Math.min(mapping, policyConstraints?.inhibitPolicyMapping ?? mapping);
    inhibitAny = Math.min(inhibitAny, inhibitAnyPolicy ?? inhibitAny);
    return null;
  };
  /** [RFC 5280 §6.1.5 (a)-(b), (g)] */
  const wrapUp = (certificate: Certificate): PathFault | null => {
    explicit = certificate.policyConstraints?.requireExplicitPolicy === 0 ? 0 : Math.max(0, explicit - 1);
    const { acceptable } = options;
    const holds = level !== null && (acceptable === null || [...level.values()].some(({ origins }) => origins.has(anyPolicy) || [...origins].some((origin) => acceptable.has(origin))));
    return explicit > 0 || holds ? null : refuse('none of the accepted certificate policies holds, and one is required');
  };
  return { step: (certificate, isLast) => descend(certificate, isLast) ?? (isLast ? wrapUp(certificate) : prepare(certificate)) };
};
