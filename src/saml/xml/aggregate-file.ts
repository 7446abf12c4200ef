/**
 * Aggregates on disk: verified in a worker, so that the event loop stays free, and read again entity by entity. The file is a
 * private copy that nobody writes to; an entity whose octets are not the verified ones is refused nevertheless.
 */
import { createHash, type KeyObject } from 'node:crypto';
import { open } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { ErrorCode } from '../../core/error-catalogue.ts';
import { fail, type ErrorFacts } from '../../core/errors.ts';
import { scopeOf, type AggregateEntry, type AggregateIndex } from './aggregate.ts';
import type { Circumstances } from './algorithms.ts';
import type { XmlLimits } from './limits.ts';
import { readSlice } from './reader.ts';
import type { SignedElement } from './signature.ts';

export interface AggregateOptions extends Circumstances { readonly limits?: Partial<XmlLimits>; /** Ends the work early. */ readonly signal?: AbortSignal }
/** What goes to the worker and what comes back. */
export interface AggregateTask { readonly path: string; readonly keys: readonly KeyObject[]; readonly circumstances: Circumstances; readonly limits: Partial<XmlLimits> }
export type AggregateReport = { readonly index: AggregateIndex } | { readonly code: ErrorCode; readonly detail: string; readonly facts: ErrorFacts };

/** Small young generation: nearly everything dies at once, and the peak is what operations pay for. */
const RESOURCES = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 };

/** Every octet verified, every entity indexed. Errors: `xml.*`, `signature.*`, `saml.metadata`; `internal` when the file cannot be read. */
export const verifyAggregate = async (path: string, keys: readonly KeyObject[], { limits = {}, signal, ...circumstances }: AggregateOptions): Promise<AggregateIndex> => {
  signal?.throwIfAborted();
  const workerData: AggregateTask = { path, keys, circumstances, limits };
  const worker = new Worker(new URL('./aggregate-worker.ts', import.meta.url), { workerData, resourceLimits: RESOURCES, execArgv: [], env: {} });
  const stop = (): void => void worker.terminate();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const report = await new Promise<AggregateReport>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the verification of the aggregate was ended')));
    });
    return 'index' in report ? report.index : fail(report.code, report.detail, report.facts);
  } finally {
    signal?.removeEventListener('abort', stop);
    await worker.terminate();
  }
};

/** One entity of a verified aggregate, read with the namespaces around it. Errors: `signature.digest` when the file is not what was verified. */
export const readEntity = async (path: string, index: AggregateIndex, { start, end, group, sha256 }: AggregateEntry): Promise<SignedElement> => {
  const octets = Buffer.alloc(end - start);
  const file = await open(path, 'r');
  try {
    await file.read(octets, 0, octets.length, start);
  } finally {
    await file.close();
  }
  if (createHash('sha256').update(octets).digest('base64') !== sha256) return fail('signature.digest', 'the file was changed after it was verified');
  const element = readSlice(octets, 'metadata', {}, scopeOf(index.groups[group]?.namespaces ?? []));
  return { element, algorithm: index.algorithm, keyIndex: index.keyIndex } as SignedElement;
};
