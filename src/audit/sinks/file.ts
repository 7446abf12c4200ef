/** The trail's medium: one append-only file per node and day, and the checkpoints beside them, which outlive retention. */
import { closeSync, fdatasync, fdatasyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, rmSync, statfsSync, write, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkpointFile, dayFile, daysOf, type TrailSink } from '../files.ts';

const writeAsync = promisify(write);
const syncAsync = promisify(fdatasync);

export const openFileSink = (directory: string, node: string): TrailSink => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const open = new Map<string, number>();
  const handle = (name: string): number => {
    const known = open.get(name);
    if (known !== undefined) return known;
    const fd = openSync(join(directory, name), 'a', 0o600);
    open.set(name, fd);
    return fd;
  };
  return {
    append: async (day, text) => {
      const fd = handle(dayFile(node, day));
      await writeAsync(fd, text);
      await syncAsync(fd);
    },
    appendCheckpoint: (text) => {
      const fd = handle(checkpointFile(node));
      writeSync(fd, text);
      fdatasyncSync(fd);
    },
    newest: () => {
      const day = daysOf(directory, node).at(-1);
      return day === undefined ? null : { day, text: readFileSync(join(directory, dayFile(node, day)), 'utf8') };
    },
    truncate: (day, length) => {
      const fd = openSync(join(directory, dayFile(node, day)), 'r+');
      ftruncateSync(fd, length);
      fdatasyncSync(fd);
      closeSync(fd);
    },
    freeMegabytes: () => {
      const { bavail, bsize } = statfsSync(directory);
      return (bavail * bsize) / 1_048_576;
    },
    deleteBefore: (limit) => {
      const old = daysOf(directory, node).filter((day) => day < limit);
      for (const day of old) rmSync(join(directory, dayFile(node, day)));
      return old;
    },
    close: () => {
      for (const fd of open.values()) closeSync(fd);
      open.clear();
    },
  };
};
