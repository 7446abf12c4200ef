/** The level-by-level form of policies.ts against the tree as RFC 5280 §6.1 spells it out, on random small paths. PKITS 4.8 to 4.12 show the rest. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Certificate } from '../../../src/pki/certificate.ts';
import { anyPolicyAtAll, createPolicyState, type PolicyOptions } from '../../../src/pki/path/policies.ts';

const ANY = '2.5.29.32.0';
interface Link { readonly selfIssued: boolean; readonly policies: readonly string[]; readonly mappings: readonly (readonly [string, string])[]; readonly requireExplicit: number | null; readonly inhibitMapping: number | null; readonly inhibitAny: number | null }
const certificateOf = (link: Link): Certificate => ({
  selfIssued: link.selfIssued, policies: link.policies, policyMappings: link.mappings.map(([issuerPolicy, subjectPolicy]) => ({ issuerPolicy, subjectPolicy })),
  policyConstraints: { requireExplicitPolicy: link.requireExplicit, inhibitPolicyMapping: link.inhibitMapping }, inhibitAnyPolicy: link.inhibitAny,
}) as unknown as Certificate;
const byLevels = (path: readonly Link[], options: PolicyOptions): boolean => {
  const state = createPolicyState(path.length, options);
  return path.every((link, index) => state.step(certificateOf(link), index === path.length - 1) === null);
};

interface Node { readonly policy: string; expected: Set<string>; readonly parent: Node | null; children: Node[]; readonly depth: number }
const child = (parent: Node, policy: string): void => void parent.children.push({ policy, expected: new Set([policy]), parent, children: [], depth: parent.depth + 1 });
const nodesAt = (node: Node, depth: number): Node[] => (node.depth === depth ? [node] : node.children.flatMap((one) => nodesAt(one, depth)));
/** Deletes childless nodes above `depth`; null when nothing is left. */
const prune = (root: Node | null, depth: number): Node | null => {
  const keep = (node: Node): boolean => {
    node.children = node.children.filter(keep);
    return node.depth === depth || node.children.length > 0;
  };
  return root !== null && keep(root) ? root : null;
};
/** [RFC 5280 §6.1.3 (d)-(f), §6.1.4 (a)-(b), (h)-(j), §6.1.5 (a)-(b), (g)] read line by line. */
const byTree = (path: readonly Link[], options: PolicyOptions): boolean => {
  const n = path.length;
  let tree: Node | null = { policy: ANY, expected: new Set([ANY]), parent: null, children: [], depth: 0 };
  let [explicit, mapping, inhibitAny] = [options.requireExplicit, options.inhibitMapping, options.inhibitAny].map((set) => (set ? 0 : n + 1)) as [number, number, number];
  for (const [index, link] of path.entries()) {
    const i = index + 1;
    if (link.policies.length > 0 && tree !== null) {
      const above = nodesAt(tree, i - 1);
      for (const policy of link.policies.filter((one) => one !== ANY)) {
        const parents = above.filter(({ expected }) => expected.has(policy));
        for (const parent of parents) child(parent, policy);
        if (parents.length === 0) for (const parent of above.filter((one) => one.policy === ANY)) child(parent, policy);
      }
      if (link.policies.includes(ANY) && (inhibitAny > 0 || (i < n && link.selfIssued))) {
        for (const parent of above) for (const policy of parent.expected) if (!parent.children.some((one) => one.policy === policy)) child(parent, policy);
      }
      tree = prune(tree, i);
    }
    if (link.policies.length === 0) tree = null;
    if (explicit === 0 && tree === null) return false;
    if (i === n) break;
    if (link.mappings.some((pair) => pair.includes(ANY))) return false;
    for (const issuerPolicy of new Set(link.mappings.map(([from]) => from))) {
      if (tree === null) break;
      const subject = new Set(link.mappings.filter(([from]) => from === issuerPolicy).map(([, to]) => to));
      const here = nodesAt(tree, i);
      if (mapping > 0) {
        const mine = here.filter(({ policy }) => policy === issuerPolicy);
        for (const node of mine) node.expected = subject;
        const any = here.find(({ policy }) => policy === ANY);
        if (mine.length === 0 && any?.parent != null) any.parent.children.push({ policy: issuerPolicy, expected: subject, parent: any.parent, children: [], depth: i });
      } else {
        for (const node of here.filter(({ policy }) => policy === issuerPolicy)) node.parent!.children = node.parent!.children.filter((one) => one !== node);
        tree = prune(tree, i);
      }
    }
    if (!link.selfIssued) [explicit, mapping, inhibitAny] = [Math.max(0, explicit - 1), Math.max(0, mapping - 1), Math.max(0, inhibitAny - 1)];
    explicit = Math.min(explicit, link.requireExplicit ?? explicit);
    mapping = Math.min(mapping, link.inhibitMapping ?? mapping);
    inhibitAny = Math.min(inhibitAny, link.inhibitAny ?? inhibitAny);
  }
  explicit = path[n - 1]!.requireExplicit === 0 ? 0 : Math.max(0, explicit - 1);
  if (tree !== null && options.acceptable !== null) {
    const { acceptable } = options;
    const root = tree;
    const all = Array.from({ length: n }, (_, depth) => nodesAt(root, depth + 1)).flat();
    // (g)(iii): nodes directly below anyPolicy whose policy is not accepted go, with all below them; anyPolicy at the end becomes the accepted ones.
    for (const node of all.filter(({ parent, policy }) => parent?.policy === ANY && policy !== ANY && !acceptable.has(policy))) node.parent!.children = node.parent!.children.filter((one) => one !== node);
    if (nodesAt(root, n).some(({ policy }) => policy === ANY) && acceptable.size === 0) return explicit > 0;
    tree = prune(root, n);
  }
  return explicit > 0 || tree !== null;
};

const oneOf = fc.constantFrom('1.1', '1.2', '1.3', ANY);
const skip = fc.option(fc.nat(2), { nil: null, freq: 3 });
const link: fc.Arbitrary<Link> = fc.record({
  selfIssued: fc.boolean(), policies: fc.uniqueArray(oneOf, { maxLength: 3 }), mappings: fc.array(fc.tuple(fc.constantFrom('1.1', '1.2', '1.3'), fc.constantFrom('1.1', '1.2', '1.3')), { maxLength: 2 }),
  requireExplicit: skip, inhibitMapping: skip, inhibitAny: skip,
});
const options: fc.Arbitrary<PolicyOptions> = fc.record({
  acceptable: fc.option(fc.uniqueArray(fc.constantFrom('1.1', '1.2', '1.3'), { minLength: 1, maxLength: 2 }).map((list) => new Set(list)), { nil: null }),
  requireExplicit: fc.boolean(), inhibitMapping: fc.boolean(), inhibitAny: fc.boolean(),
});

describe('certificate policies', () => {
  it('the last level says what the whole tree says', () => {
    fc.assert(fc.property(fc.array(link, { minLength: 1, maxLength: 5 }), options, (path, settings) => {
      expect(byLevels(path, settings)).toBe(byTree(path, settings));
    }), { numRuns: 3000 });
  });
  it('cost does not grow with the product of policies and levels (threats H12)', () => {
    const policies = Array.from({ length: 30 }, (_, index) => `1.${index}`);
    const all: Link = { selfIssued: false, policies, mappings: policies.flatMap((from) => policies.slice(0, 20).map((to) => [from, to] as const)), requireExplicit: 0, inhibitMapping: null, inhibitAny: null };
    expect(byLevels(Array.from({ length: 10 }, () => all), anyPolicyAtAll)).toBe(true);
  });
  it('more policies than any honest path carries are refused', () => {
    const many = Array.from({ length: 3000 }, (_, index) => `1.${index}`);
    const path = [{ selfIssued: false, policies: many, mappings: [], requireExplicit: null, inhibitMapping: null, inhibitAny: null }];
    expect(createPolicyState(1, anyPolicyAtAll).step(certificateOf(path[0]!), true)?.reason).toBe('work');
  });
});
