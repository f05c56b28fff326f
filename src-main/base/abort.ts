import type { Milliseconds } from './clock.js';

/** A signal that aborts when `signal` does, or after `limit` ms. */
export const withTimeout = (signal: AbortSignal | undefined, limit: Milliseconds): AbortSignal =>
  signal ? AbortSignal.any([signal, AbortSignal.timeout(limit)]) : AbortSignal.timeout(limit);

/** What `work` resolves with, or the signal's reason when that comes first: then the work goes on for others. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
