import type { Job } from '../base/supervisor.js';
import type { Database } from './database.js';
import type { Topic } from './news.js';

/**
 * A job that does what there is to do, one after the other, and then waits until `topic` is announced.
 *
 * @param next does the next; resolves with false when there is none
 */
export const workOff = (options: {
  readonly name: string;
  readonly db: Pick<Database, 'news'>;
  readonly topic: Topic;
  next(signal: AbortSignal): Promise<boolean>;
}): Job => ({
  name: options.name,
  async run(signal) {
    const { db, topic, next } = options;
    while (!signal.aborted) {
      const arrived = Promise.withResolvers<void>();
      const unwatch = db.news.watch([topic], arrived.resolve);
      const onAbort = () => arrived.resolve();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        if (!(await next(signal)) && !signal.aborted) await arrived.promise;
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        unwatch();
        signal.removeEventListener('abort', onAbort);
      }
    }
  },
});
