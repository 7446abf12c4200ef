/** The thread that verifies one aggregate and ends. */
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { toBrygganError } from '../../core/errors.ts';
import type { AggregateReport, AggregateTask } from './aggregate-file.ts';
import { AggregateVerifier } from './aggregate.ts';
import { aggregateLimits } from './limits.ts';

const CHUNK = 65_536;
const verify = ({ path, keys, circumstances, limits }: AggregateTask): AggregateReport => {
  const verifier = new AggregateVerifier(keys, circumstances, { ...aggregateLimits, ...limits });
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK);
    for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) verifier.push(chunk.subarray(0, length));
    return { index: verifier.finish() };
  } finally {
    closeSync(file);
  }
};
const attempt = (task: AggregateTask): AggregateReport => {
  try {
    return verify(task);
  } catch (error) {
    const { code, detail, facts } = toBrygganError(error);
    return { code, detail, facts };
  }
};
parentPort?.postMessage(attempt(workerData as AggregateTask));
