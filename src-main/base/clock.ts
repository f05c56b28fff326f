/** Milliseconds, either since the epoch or as a duration; the name of the field says which. */
export type Milliseconds = number;

/** What the house knows of time; tests give it a clock of their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): Milliseconds;
  /** Resolves after `delay` ms, or rejects with the signal's reason when that comes first. */
  sleep(delay: Milliseconds, signal?: AbortSignal): Promise<void>;
  /**
   * Calls `ring` after `delay` ms, unless the function that it returns is called before. For bounds of what happens often
   * and mostly ends in time: less work than a sleep that is broken off.
   */
  alarm(delay: Milliseconds, ring: () => void): () => void;
}

/** Whether `work` ends, well or not, within `limit` ms; resolves as soon as that is known. */
export function endsWithin(clock: Clock, work: Promise<unknown>, limit: Milliseconds): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.alarm(limit, () => resolve(false));
    const onEnd = () => {
      cancel();
      resolve(true);
    };
    work.then(onEnd, onEnd);
  });
}

export const systemClock: Clock = {
  now: () => Date.now(),
  alarm(delay, ring) {
    const timer = setTimeout(ring, delay);
    return () => clearTimeout(timer);
  },
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
