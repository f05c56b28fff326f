import type { Clock, Milliseconds } from '../../base/clock.js';

/** One for all: without a reason, each end of a wait would make an exception of its own, with its stack. */
const ANSWERED = new Error('there is an answer');

/**
 * How long a client waits. Counted as time passes and not by the time of day, which may be set back meanwhile: then a
 * deadline would never come.
 */
export class Patience {
  readonly #stopped = new AbortController();
  #end: Promise<void> | undefined;
  #isOver: boolean;

  /** @param signal aborts when nobody waits any more */
  constructor(
    private readonly clock: Clock,
    private readonly timeout: Milliseconds,
    private readonly signal: AbortSignal,
  ) {
    this.#isOver = timeout <= 0;
  }

  get isOver(): boolean {
    return this.#isOver || this.signal.aborted;
  }

  /** Resolves when it is over; it begins when this is first asked for. */
  end(): Promise<void> {
    this.#end ??= this.#run();
    return this.#end;
  }

  /** To be called when there is an answer. */
  stop(): void {
    this.#stopped.abort(ANSWERED);
  }

  async #run(): Promise<void> {
    const stop = () => this.stop();
    this.signal.addEventListener('abort', stop, { once: true });
    await this.clock.sleep(this.timeout, this.#stopped.signal).catch(() => undefined);
    this.signal.removeEventListener('abort', stop);
    this.#isOver = true;
  }
}
