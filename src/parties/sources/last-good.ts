/**
 * The applied state, beside the wanted state in the files: the content of the last registry that was taken, kept in the state
 * directory, so that a restart on files that no longer validate serves what it served before and says so.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Instant } from '../../core/ports.ts';
import { writeWhole } from '../../core/whole-file.ts';
import type { Tree } from './tree.ts';

const fileSchema = z.strictObject({ version: z.string(), appliedAt: z.number(), files: z.record(z.string(), z.base64()) });
const pathIn = (state: string): string => join(state, 'registry', 'last-good.json');

export const keepLastGood = async (state: string, version: string, appliedAt: Instant, tree: Tree): Promise<void> => {
  await writeWhole(pathIn(state), JSON.stringify({ version, appliedAt, files: Object.fromEntries([...tree].map(([name, bytes]) => [name, bytes.toString('base64')])) }));
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
