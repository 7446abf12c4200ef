/** Reads the registry's part of the root directory: config/parties and metadata/services, bytes only. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

export const partiesDirectory = 'config/parties';
export const servicesDirectory = 'metadata/services';
const MAX_BYTES = 2_097_152;

/** Content by path relative to the root, forward slashes, in the order of the paths. */
export type Tree = ReadonlyMap<string, Buffer>;

const absent = (error: unknown): boolean => (error as { code?: string }).code === 'ENOENT' || (error as { code?: string }).code === 'ENOTDIR';
const namesIn = async (directory: string): Promise<readonly string[]> => {
  try {
    return (await readdir(directory)).filter((name) => !name.startsWith('.')).sort();
  } catch (error) {
    if (absent(error)) return [];
    throw error;
  }
};
const pathsOf = async (root: string): Promise<readonly string[]> => {
  const parties = (await namesIn(join(root, partiesDirectory))).map((name) => `${partiesDirectory}/${name}`);
  const owners = await namesIn(join(root, servicesDirectory));
  const services = await Promise.all(owners.map(async (owner) => (await namesIn(join(root, servicesDirectory, owner))).map((name) => `${servicesDirectory}/${owner}/${name}`)));
  return [...parties, ...services.flat()];
};

/** Changes whenever a file is written, replaced, added or removed; cheap, and nothing but a reason to read. */
export const readSignature = async (root: string): Promise<string> => {
  const hash = createHash('sha256');
  for (const path of await pathsOf(root)) {
    const facts = await stat(join(root, path)).catch((error: unknown) => { if (absent(error)) return null; throw error; });
    hash.update(facts === null ? `${path}\0gone\n` : `${path}\0${facts.size}\0${facts.mtimeMs}\0${facts.ctimeMs}\0${facts.ino}\n`);
  }
  return hash.digest('base64url');
};

export const readTree = async (root: string): Promise<Tree> => {
  const tree = new Map<string, Buffer>();
  for (const path of await pathsOf(root)) {
    try {
      const facts = await stat(join(root, path));
      // What is too large is read far enough to be refused by name.
      if (facts.isFile()) tree.set(path, facts.size > MAX_BYTES ? Buffer.alloc(MAX_BYTES + 1) : await readFile(join(root, path)));
    } catch (error) {
      if (!absent(error)) throw error;
    }
  }
  return tree;
};

export const contentHash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url');
/** The same files under the same settings give the same version on every node. */
export const versionOf = (tree: Tree, settings: string): string => {
  const hash = createHash('sha256').update(`${Buffer.byteLength(settings)}\n${settings}`);
  for (const [path, bytes] of tree) hash.update(`${path}\0${contentHash(bytes)}\n`);
  return hash.digest('base64url');
};
