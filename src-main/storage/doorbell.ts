import type { News, Topic } from './news.js';

/**
 * Rings at each change of one of some topics, and when it is time to stop. For who waits again and again: hung up once,
 * since to watch anew for each change costs more than most changes.
 */
export class Doorbell {
  readonly #takeDown: () => void;
  #hasRung = false;
  #open: (() => void) | undefined;

  constructor(
    news: News,
    topics: readonly Topic[],
    private readonly signal: AbortSignal,
  ) {
    const ring = () => this.ring();
    const unwatch = news.watch(topics, ring);
    signal.addEventListener('abort', ring, { once: true });
    this.#takeDown = () => {
      unwatch();
      signal.removeEventListener('abort', ring);
    };
  }

  ring(): void {
    this.#hasRung = true;
    this.#open?.();
    this.#open = undefined;
  }

  /** From now on it counts who rings: call it before you look for what there is, and nothing is missed. */
  listen(): void {
    this.#hasRung = this.signal.aborted;
  }

  /** Resolves once somebody rings, or has since `listen`. One may wait at a time. */
  async rung(): Promise<void> {
    if (!this.#hasRung) await new Promise<void>((resolve) => (this.#open = resolve));
  }

  [Symbol.dispose](): void {
    this.#takeDown();
  }
}
