/** Whole or not at all: written beside, synced, renamed; readable by the owner alone. */
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

export const writeWhole = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
};
