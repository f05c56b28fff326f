import { Semaphore } from './semaphore.js';

/** Places for work of many, of which nobody takes more than a few: what one of them waits for holds up no other. */
export class SharedPlaces<Key> {
  readonly #all: Semaphore;
  readonly #own = new Map<Key, { readonly places: Semaphore; pieces: number }>();

  /** @param each how many of the `all` places one of them may take */
  constructor(
    all: number,
    private readonly each: number,
  ) {
    this.#all = new Semaphore(all);
  }

  /** Runs `work` when there is a place for it, and one of those of `key`; resolves or rejects as it does. */
  async run<T>(key: Key, work: () => Promise<T>): Promise<T> {
    const own = this.#own.get(key) ?? { places: new Semaphore(this.each), pieces: 0 };
    this.#own.set(key, own);
    own.pieces += 1;
    try {
      return await own.places.run(() => this.#all.run(work));
    } finally {
      own.pieces -= 1;
      if (own.pieces === 0) this.#own.delete(key);
    }
  }
}
