/** What was applied, when and by whom: whole contents in the state directory, so that one can go back. Also what was rolled back, and first approvals. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Instant } from '../../core/ports.ts';
import { writeWhole } from '../../core/whole-file.ts';
import type { Tree } from './tree.ts';

const KEPT = 50;
const entrySchema = z.strictObject({ version: z.string(), at: z.number(), by: z.string(), changes: z.array(z.string()), files: z.record(z.string(), z.base64()) });
export interface AppliedEntry { readonly id: string; readonly version: string; readonly at: Instant; readonly by: string; readonly changes: readonly string[]; readonly tree: Tree }
const folder = (state: string): string => join(state, 'registry', 'history');

const namesIn = async (state: string): Promise<readonly string[]> => (await readdir(folder(state)).catch(() => [])).filter((name) => /^\d{15}-[\w-]+\.json$/.test(name)).toSorted();

export const addHistory = async (state: string, { version, at, by, changes, tree }: Omit<AppliedEntry, 'id'>): Promise<void> => {
  const name = `${String(at).padStart(15, '0')}-${version.slice(0, 12)}.json`;
  await writeWhole(join(folder(state), name), JSON.stringify({ version, at, by, changes, files: Object.fromEntries([...tree].map(([path, bytes]) => [path, bytes.toString('base64')])) }));
  for (const old of (await namesIn(state)).slice(0, -KEPT)) await rm(join(folder(state), old), { force: true });
};
/** Newest first. One that cannot be read is passed over. */
export const readHistory = async (state: string): Promise<readonly AppliedEntry[]> => {
  const entries = await Promise.all((await namesIn(state)).map(async (name) => {
    try {
      const { files, ...entry } = entrySchema.parse(JSON.parse(await readFile(join(folder(state), name), 'utf8')));
      return [{ id: name.slice(0, -'.json'.length), ...entry, tree: new Map(Object.entries(files).map(([path, base64]) => [path, Buffer.from(base64, 'base64')])) }];
    } catch {
      return [];
    }
  }));
  return entries.flat().toReversed();
};

const noteSchema = z.strictObject({ /** Hash of the wanted files that were rolled back: they wait for a person until they change. */ rolledBack: z.string().nullable().default(null), approval: z.strictObject({ version: z.string(), by: z.string(), at: z.number() }).nullable().default(null) });
export type ReviewNote = z.output<typeof noteSchema>;
const notePath = (state: string): string => join(state, 'registry', 'review.json');
export const readNote = async (state: string | null): Promise<ReviewNote> => {
  try {
    return noteSchema.parse(state === null ? {} : JSON.parse(await readFile(notePath(state), 'utf8')));
  } catch {
    return { rolledBack: null, approval: null };
  }
};
export const writeNote = async (state: string | null, note: ReviewNote): Promise<void> => {
  if (state !== null) await writeWhole(notePath(state), JSON.stringify(note));
};
