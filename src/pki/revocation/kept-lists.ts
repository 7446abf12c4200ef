/**
 * Lists on disk between restarts. What is read back is verified like what comes over the network: the disk only saves the download, and
 * remembers the number below which no list is taken any more.
 */
import { open, mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

export type KeptKind = 'list' | 'delta';
export interface KeptLists {
  /** Null when there is none. */
  read(authority: string, kind: KeptKind): Promise<Buffer | null>;
  /** Written beside, synced and renamed into place: a crash leaves the old one or the new one. */
  keep(authority: string, kind: KeptKind, der: Uint8Array): Promise<void>;
}
const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

export const keptListsIn = (directory: string): KeptLists => {
  const pathOf = (authority: string, kind: KeptKind): string => join(directory, `${authority}${kind === 'delta' ? '.delta' : ''}.crl`);
  return {
    read: (authority, kind) => readFile(pathOf(authority, kind)).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    }),
    keep: async (authority, kind, der) => {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const beside = `${pathOf(authority, kind)}.new`;
      const file = await open(beside, 'w', 0o600);
      try {
        await file.writeFile(der);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, pathOf(authority, kind));
    },
  };
};
