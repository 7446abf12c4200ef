/** Metadata of sources laid over the files: beside each settings file that says `metadataFrom` stands what its source gives. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Finding } from '../../core/findings.ts';
import { readYaml } from '../../core/yaml-file.ts';
import type { Supplied, Wanted } from '../../federation/sources/model.ts';
import { SUPPLIED_FILE } from '../../federation/sources/sources.ts';
import { metadataFromSchema } from '../metadata-from.ts';
import { findLastGood } from './last-good.ts';
import { identityProvidersDirectory, readTree, servicesDirectory, type Tree } from './tree.ts';

export interface Overlay { revision(): string; supply(wanted: readonly Wanted[]): Promise<Supplied> }
export const sourcesDirectory = (state: string): string => join(state, 'sources');

const schema = z.looseObject({ metadataFrom: metadataFromSchema });
/** Files that cannot be read so are left to the parser, which says what is wrong with them. */
export const wantedIn = (tree: Tree): readonly Wanted[] => [...tree].flatMap(([path, bytes]): Wanted[] => {
  const [, directory, party] = /^(metadata\/[a-z-]+)\/([^/]+)\/[^/]+\.yaml$/.exec(path) ?? [];
  if ((directory !== servicesDirectory && directory !== identityProvidersDirectory) || party === undefined || !bytes.includes('metadataFrom')) return [];
  const reading = readYaml(bytes, path, schema);
  return reading.ok ? [{ key: path.slice(0, -'.yaml'.length), party, role: directory === servicesDirectory ? 'service' : 'identity-provider', ...reading.value.metadataFrom }] : [];
});
const same = (a: Wanted, b: Wanted): boolean => a.key === b.key && a.source === b.source && a.entityId === b.entityId;

/** Files that name a source which is not there, or one that may not speak for their party: nothing will ever come for them. */
export const unsuppliable = (tree: Tree, sources: readonly { readonly id: string; readonly parties?: readonly string[] | undefined }[]): readonly Finding[] => wantedIn(tree).flatMap(({ key, source, party }): Finding[] => {
  const row = sources.find(({ id }) => id === source);
  const at = { file: `${key}.yaml`, line: null, column: null, path: 'metadataFrom.source', severity: 'error' as const, rule: 'source' };
  if (row === undefined) return [{ ...at, message: 'is no row of sources in config/federation.yaml', fix: `write one of ${sources.map(({ id }) => id).join(', ') || 'them there first'}` }];
  return row.parties?.includes(party) === false ? [{ ...at, message: `may not speak for ${party}`, fix: 'name the party in its row of sources in config/federation.yaml, or another source here' }] : [];
});

/**
 * Given: it stands there. Gone (null): so is the service. Nothing to be had: what serves goes on, until the end that is written in it; what
 * never served waits, and holds nothing else up.
 */
export const overlaid = async (tree: Tree, serving: Tree, overlay: Pick<Overlay, 'supply'> | undefined): Promise<Tree> => {
  const wanted = wantedIn(tree);
  const supplied: Supplied = (await overlay?.supply(wanted)) ?? new Map();
  if (wanted.length === 0) return tree;
  const before = wantedIn(serving);
  const files = new Map(tree);
  for (const one of wanted) {
    const path = `${one.key}.xml`;
    const given = supplied.get(path);
    const kept = given === undefined && before.some((old) => same(old, one)) ? serving.get(path) : given;
    if (kept != null) files.set(path, kept);
    else for (const gone of [path, `${one.key}.yaml`]) files.delete(gone);
  }
  return new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)));
};

const suppliedSchema = z.record(z.string(), z.base64().nullable());
const keptSupply = (state: string): Pick<Overlay, 'supply'> => ({
  supply: async () => {
    const text = await readFile(join(sourcesDirectory(state), SUPPLIED_FILE), 'utf8').catch(() => '{}');
    return new Map(Object.entries(suppliedSchema.parse(JSON.parse(text))).map(([path, base64]) => [path, base64 === null ? null : Buffer.from(base64, 'base64')]));
  },
});
/** The files, or what they would be with some changed (null: removed), as the running service would see them: for the command line. */
export const readWanted = async (root: string, state: string | null, changed: ReadonlyMap<string, Buffer | null> = new Map()): Promise<Tree> => {
  const files = new Map(await readTree(root));
  for (const [path, bytes] of changed) {
    if (bytes === null) files.delete(path);
    else files.set(path, bytes);
  }
  const tree: Tree = new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  if (state === null || wantedIn(tree).length === 0) return tree;
  return overlaid(tree, (await findLastGood(state))?.tree ?? new Map(), keptSupply(state));
};
