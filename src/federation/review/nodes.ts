/** Which version each node serves, told through the shared store: nodes that disagree for longer than a rollout takes are an alarm (threats F10). */
import type { Clock, Instant } from '../../core/ports.ts';
import type { Stores } from '../../sessions/ports.ts';

export interface NodeVersion { readonly node: string; readonly version: string; readonly seenAt: Instant; readonly since: Instant }
const NAME = 'registry-nodes';
/** Silent for so long: gone, and no longer counted. */
const GONE_MILLISECONDS = 120_000;
/** As long as two nodes may differ while files are being copied. */
const ROLLOUT_MILLISECONDS = 60_000;

const parse = (text: string | undefined): readonly NodeVersion[] => {
  try {
    return text === undefined ? [] : (JSON.parse(text) as readonly NodeVersion[]);
  } catch {
    return [];
  }
};
/** Says what this node serves and hears what the others do. A row lost between two writers comes back with the next word. */
export const exchangeVersions = async (node: string, version: string, shared: Stores['shared'], clock: Clock): Promise<readonly NodeVersion[]> => {
  const now = clock.now();
  const known = parse(await shared.get(NAME));
  const own = known.find((one) => one.node === node);
  const nodes = [...known.filter((one) => one.node !== node && now - one.seenAt < GONE_MILLISECONDS), { node, version, seenAt: now, since: own?.version === version ? own.since : now }];
  await shared.set(NAME, JSON.stringify(nodes));
  return nodes;
};
/** Nodes that serve something else than the one given, for longer than a rollout takes. */
export const disagreeing = (nodes: readonly NodeVersion[], node: string, now: Instant): readonly NodeVersion[] => {
  const own = nodes.find((one) => one.node === node);
  if (own === undefined) return [];
  const others = nodes.filter((one) => one.version !== own.version);
  return others.filter((one) => now - Math.max(one.since, own.since) > ROLLOUT_MILLISECONDS);
};
