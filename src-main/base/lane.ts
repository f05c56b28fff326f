/**
 * One at a time per key: work given for the same key runs in the order given, work for other keys beside it.
 * A failure ends only the work that failed.
 */
export class Lanes<Key> {
  readonly #tails = new Map<Key, Promise<unknown>>();

  /** Runs `work` once everything given before for `key` has ended; resolves or rejects as it does. */
  async run<T>(key: Key, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    const turn = before === undefined ? work() : before.then(work, work);
    const tail = turn.catch(() => undefined);
    this.#tails.set(key, tail);
    try {
      return await turn;
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }
}
