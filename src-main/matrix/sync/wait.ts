import type { Clock, Milliseconds } from '../../base/clock.js';
import type { News, Topic } from '../../storage/news.js';

/** Listens from now on, so that no news falls between what is read next and the wait for more. */
export interface Listening {
  /** Resolves with the next news, when the time is up, or when the signal aborts. */
  news(timeout: Milliseconds, signal: AbortSignal): Promise<void>;
  stop(): void;
}

/** Begins to listen to some topics. */
export function listen(news: News, clock: Clock, topics: readonly Topic[]): Listening {
  const woken = Promise.withResolvers<void>();
  const stop = news.watch(topics, () => woken.resolve());
  return {
    stop,
    async news(timeout, signal) {
      const over = new AbortController();
      const end = () => over.abort(new Error('woken'));
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
      const sleep = clock.sleep(timeout, over.signal).catch(() => undefined);
      await Promise.race([woken.promise, sleep]);
      signal.removeEventListener('abort', end);
      end();
    },
  };
}
