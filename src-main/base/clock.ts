/** Milliseconds, either since the epoch or as a duration; the name of the field says which. */
export type Milliseconds = number;

/** What the house knows of time; tests give it a clock of their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): Milliseconds;
  /** Resolves after `delay` ms, or rejects with the signal's reason when that comes first. */
  sleep(delay: Milliseconds, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep(delay, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, delay);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  },
};
