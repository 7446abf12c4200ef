/**
 * Bytes → verified list without holding up logins: what is small is read here, what is large in a worker of its own, one at a time. The
 * worker hands bytes and index over without a copy.
 */
import { Worker } from 'node:worker_threads';
import { BrygganError, fail } from '../../core/errors.ts';
import type { Certificate } from '../certificate.ts';
import { listFromIndex, readRevocationList, type RevocationList } from './list.ts';
import type { ListIndex } from './list-index.ts';

/** About 8 ms of work; beyond that a login would feel it. */
const INLINE_BYTES = 512 * 1024;
const WORKER_MILLISECONDS = 60_000;

export interface LoadJob { readonly list: ArrayBuffer; readonly authority: Uint8Array; readonly signers: readonly Uint8Array[] }
export type LoadResult = { readonly ok: true; readonly list: ArrayBuffer; readonly index: ListIndex } | { readonly ok: false; readonly detail: string };

const inWorker = (job: LoadJob): Promise<LoadResult> => new Promise((resolve, reject) => {
  const worker = new Worker(new URL('./load-worker.ts', import.meta.url), { workerData: job, transferList: [job.list], resourceLimits: { maxOldGenerationSizeMb: 256 } });
  const timer = setTimeout(() => void worker.terminate(), WORKER_MILLISECONDS);
  worker.unref();
  worker.once('message', (result: LoadResult) => resolve(result));
  worker.once('error', reject);
  worker.once('exit', () => { clearTimeout(timer); reject(new Error('the worker ended without a result')); });
});

let queue: Promise<unknown> = Promise.resolve();
const oneAtATime = <T>(run: () => Promise<T>): Promise<T> => {
  const mine = queue.then(run, run);
  queue = mine.catch(() => undefined);
  return mine;
};

/** As `readRevocationList`; large lists off the event loop. `bytes` are not to be used afterwards. Errors: `pki.crl`. */
export const loadRevocationList = async (bytes: Uint8Array, authority: Certificate, signers: readonly Certificate[] = [authority]): Promise<{ readonly list: RevocationList; readonly der: Buffer }> => {
  if (bytes.byteLength <= INLINE_BYTES) return { list: readRevocationList(bytes, authority, signers), der: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  const own = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer ? bytes.buffer : Uint8Array.from(bytes).buffer;
  const result = await oneAtATime(() => inWorker({ list: own, authority: authority.der, signers: signers.map(({ der }) => der) })).catch((error: unknown) => fail('pki.crl', 'the list could not be read in the background', {}, error));
  if (!result.ok) throw new BrygganError('pki.crl', result.detail);
  const der = Buffer.from(result.list);
  return { list: listFromIndex(der, result.index), der };
};
