/** From a tree to a registry or to the list of what stands in its way; shared by start, reload and `check`. */
import type { Finding } from '../../core/findings.ts';
import { inReadingOrder, isError } from '../../core/findings.ts';
import type { RegistrySettings } from '../content.ts';
import type { Registry } from '../model.ts';
import { buildRegistry } from '../registry.ts';
import { parseTree, type ParseCache, type ReadServiceMetadata } from './parse-tree.ts';
import { readWanted } from './overlay.ts';
import { versionOf, type Tree } from './tree.ts';

export interface Loaded { readonly version: string; readonly registry: Registry | null; readonly findings: readonly Finding[] }
export interface LoadOptions { readonly settings: RegistrySettings; readonly readServiceMetadata: ReadServiceMetadata }

const spelled = (settings: RegistrySettings): string =>
  JSON.stringify({ ...settings, federations: [...settings.federations], attributes: settings.attributes === null ? null : [...settings.attributes].sort() });
export const versionFor = (tree: Tree, settings: RegistrySettings): string => versionOf(tree, spelled(settings));

export const loadTree = async (tree: Tree, { settings, readServiceMetadata }: LoadOptions, cache: ParseCache): Promise<Loaded> => {
  const version = versionFor(tree, settings);
  const { content, findings } = await parseTree(tree, version, readServiceMetadata, cache);
  // Rules over several files also run on what could be read, so that one look names everything.
  const built = buildRegistry(content, settings);
  const all = inReadingOrder([...findings, ...built.findings]);
  return { version, registry: all.some(isError) ? null : built.registry, findings: all };
};

/** `check`: every finding about parties and services below `root`, warnings included. `state`: where the running service keeps what sources gave. Reads, changes nothing. */
export const checkTree = async (root: string, options: LoadOptions, state: string | null = null): Promise<Loaded> => loadTree(await readWanted(root, state), options, new Map());
