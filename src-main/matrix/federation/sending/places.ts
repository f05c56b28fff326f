import type { Clock, Milliseconds } from '../../../base/clock.js';
import { Semaphore } from '../../../base/semaphore.js';

/**
 * Lets a number of requests run at once. One that takes long gives its place to others while it goes on, so that
 * servers which hang do not delay those that answer; how many go on like this is bounded too.
 */
export class Places {
  readonly #prompt: Semaphore;
  readonly #all: Semaphore;

  constructor(
    private readonly options: {
      readonly clock: Clock;
      /** that may run at once while they are prompt, and in all */
      readonly prompt: number;
      readonly all: number;
      /** after which a request counts as slow */
      readonly patience: Milliseconds;
    },
  ) {
    this.#prompt = new Semaphore(options.prompt);
    this.#all = new Semaphore(options.all);
  }

  /** Runs `work` when there is a place; resolves or rejects as it does. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#all.run(async () => {
      const leave = await this.#prompt.enter();
      const cancel = this.options.clock.alarm(this.options.patience, leave);
      try {
        return await work();
      } finally {
        cancel();
        leave();
      }
    });
  }
}
