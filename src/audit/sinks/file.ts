/** The trail's medium: one append-only file per node and day, and the checkpoints beside them, which outlive retention. */
import { closeSync, existsSync, fdatasync, fdatasyncSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, readSync, rmSync, statfsSync, write, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkpointFile, dayFile, daysOf, type TrailSink } from '../files.ts';

const writeAsync = promisify(write);
const syncAsync = promisify(fdatasync);
/** As much of a file's end as is read to find where the chain stands; far more than one line. */
const TAIL_BYTES = 1_048_576;

/** A file that only we append to: one that was moved away, or that somebody else wrote to, is noticed before the next line. */
class AppendedFile {
  readonly #fd: number;
  #size: number;
  constructor(directory: string, name: string) {
    const path = join(directory, name);
    const isNew = !existsSync(path);
    this.#fd = openSync(path, 'a', 0o600);
    this.#size = fstatSync(this.#fd).size;
    if (!isNew) return;
    // The name is durable too.
    const folder = openSync(directory, 'r');
    fsyncSync(folder);
    closeSync(folder);
  }
  #check(): void {
    const { nlink, size } = fstatSync(this.#fd);
    if (nlink === 0) throw new Error('the file was removed or replaced while it was written to');
    if (size !== this.#size) throw new Error('somebody else wrote to the file');
  }
  /** A disk that is nearly full takes a part without a word: the rest is asked for until all of it is there, or it says no. */
  async append(text: string): Promise<void> {
    this.#check();
    const bytes = Buffer.from(text);
    try {
      for (let at = 0; at < bytes.length; at += (await writeAsync(this.#fd, bytes, at)).bytesWritten);
      await syncAsync(this.#fd);
    } catch (error) {
      ftruncateSync(this.#fd, this.#size);
      throw error;
    }
    this.#size += bytes.length;
  }
  appendNow(text: string): void {
    this.#check();
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += writeSync(this.#fd, bytes, at));
    fdatasyncSync(this.#fd);
    this.#size += bytes.length;
  }
  close(): void {
    closeSync(this.#fd);
  }
}

const readTail = (path: string): { lines: readonly string[]; torn: number } => {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    const end = bytes.lastIndexOf(10) + 1;
    const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
    return { lines: bytes.length < size ? lines.slice(1) : lines, torn: bytes.length - end };
  } finally {
    closeSync(fd);
  }
};

export const openFileSink = (directory: string, node: string): TrailSink => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = (day: string): string => join(directory, dayFile(node, day));
  let today: { readonly day: string; readonly file: AppendedFile } | null = null;
  let checkpoints: AppendedFile | null = null;
  const closeDay = (): void => {
    today?.file.close();
    today = null;
  };
  return {
    append: async (day, text) => {
      if (today?.day !== day) closeDay();
      today ??= { day, file: new AppendedFile(directory, dayFile(node, day)) };
      try {
        await today.file.append(text);
      } catch (error) {
        // Opened anew at the next line: what stands there by then is what counts.
        closeDay();
        throw error;
      }
    },
    appendCheckpoint: (text) => {
      checkpoints ??= new AppendedFile(directory, checkpointFile(node));
      try {
        checkpoints.appendNow(text);
      } catch (error) {
        checkpoints.close();
        checkpoints = null;
        throw error;
      }
    },
    days: () => daysOf(directory, node),
    tail: (day) => readTail(path(day)),
    cut: (day, torn) => {
      const fd = openSync(path(day), 'r+');
      ftruncateSync(fd, fstatSync(fd).size - torn);
      fdatasyncSync(fd);
      closeSync(fd);
    },
    checkpoints: () => (existsSync(join(directory, checkpointFile(node))) ? readFileSync(join(directory, checkpointFile(node)), 'utf8').split('\n').filter((line) => line !== '') : []),
    freeMegabytes: () => {
      const { bavail, bsize } = statfsSync(directory);
      return (bavail * bsize) / 1_048_576;
    },
    deleteBefore: (limit) => {
      const old = daysOf(directory, node).filter((day) => day < limit);
      for (const day of old) rmSync(path(day));
      return old;
    },
    close: () => {
      closeDay();
      checkpoints?.close();
      checkpoints = null;
    },
  };
};
