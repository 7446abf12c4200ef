/** No question to a directory waits without limit: when time is up the asker goes on, whatever becomes of the work. */
import { BrygganError } from '../core/errors.ts';

/** `directory.unavailable` when `work` takes longer; `signal` tells it to stop. */
export const within = async <T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const stop = new AbortController();
  const { promise: up, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new BrygganError('directory.unavailable', 'the directory did not answer in time', { milliseconds }));
    stop.abort();
  }, milliseconds);
  const running = work(stop.signal);
  running.catch(() => undefined);
  try {
    return await Promise.race([running, up]);
  } finally {
    clearTimeout(timer);
  }
};
