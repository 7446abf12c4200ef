/** A second implementation (xml-crypto) looks at every document before it is published, in a thread of its own: it is slow, and logins go on. */
import { Worker } from 'node:worker_threads';
import { fail } from '../../core/errors.ts';

/** PEM of the certificate, and documents as they would be served. Errors: `federation.not-verified` with the place of the first that fails. */
export type Verify = (certificate: string, documents: readonly string[]) => Promise<void>;

export const verifyByOther: Verify = async (certificate, documents) => {
  const worker = new Worker(new URL('./second-opinion-worker.ts', import.meta.url), { workerData: { certificate, documents }, execArgv: [], env: {} });
  try {
    const wrong = await new Promise<number | null>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the second verification was ended')));
    });
    if (wrong !== null) fail('federation.not-verified', 'another implementation does not verify what was signed; it is not published', { document: wrong });
  } finally {
    await worker.terminate();
  }
};
