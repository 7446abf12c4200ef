/**
 * The applied state, beside the wanted state in the files: the content of the last registry that was taken, kept in the state
 * directory, so that a restart on files that no longer validate serves what it served before and says so.
 */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Instant } from '../../core/ports.ts';
import type { Tree } from './tree.ts';

const fileSchema = z.strictObject({ version: z.string(), appliedAt: z.number(), files: z.record(z.string(), z.base64()) });
const pathIn = (state: string): string => join(state, 'registry', 'last-good.json');

/** Whole or not at all: written beside, synced, renamed; readable by the owner alone. */
export const keepLastGood = async (state: string, version: string, appliedAt: Instant, tree: Tree): Promise<void> => {
  const path = pathIn(state);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify({ version, appliedAt, files: Object.fromEntries([...tree].map(([name, bytes]) => [name, bytes.toString('base64')])) }));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
};

/** Null when there is none, or when it cannot be read as what it should be. */
export const findLastGood = async (state: string): Promise<{ readonly version: string; readonly appliedAt: Instant; readonly tree: Tree } | null> => {
  const text = await readFile(pathIn(state), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const { version, appliedAt, files } = fileSchema.parse(JSON.parse(text));
    return { version, appliedAt, tree: new Map(Object.entries(files).map(([name, base64]) => [name, Buffer.from(base64, 'base64')])) };
  } catch {
    return null;
  }
};
