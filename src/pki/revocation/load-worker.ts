/** Runs in a worker thread: verifies and indexes one large revocation list, answers, ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { isBrygganError } from '../../core/errors.ts';
import { parseCertificate } from '../certificate.ts';
import { verifyListBytes } from './list.ts';
import type { LoadJob, LoadResult } from './load.ts';

const { list, authority, signers } = workerData as LoadJob;
const answer = (): { readonly result: LoadResult; readonly transfer: readonly ArrayBuffer[] } => {
  try {
    const index = verifyListBytes(Buffer.from(list), parseCertificate(authority), signers.map(parseCertificate));
    return { result: { ok: true, list, index }, transfer: [list, index.table.buffer as ArrayBuffer] };
  } catch (error) {
    return { result: { ok: false, detail: isBrygganError(error) ? error.detail : 'unexpected error' }, transfer: [] };
  }
};
const { result, transfer } = answer();
parentPort?.postMessage(result, transfer);
