import { LRUCache } from 'lru-cache';

/**
 * Answers of the database, remembered until `forget` says that they changed. What is asked for while an answer is on its
 * way waits for the same one; an answer on its way when its key is forgotten reaches only those who asked before.
 */
export class Remembered<T> {
  readonly #answers: LRUCache<string, Promise<T>>;

  /** @param most how many answers are kept */
  constructor(most: number) {
    this.#answers = new LRUCache({ max: most });
  }

  /** The answer for `key`: the remembered one, or what `load` gives. */
  get(key: string, load: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(key);
    if (known) return known;
    const answer = load();
    this.#answers.set(key, answer);
    answer.catch(() => {
      if (this.#answers.peek(key) === answer) this.#answers.delete(key);
    });
    return answer;
  }

  forget(key: string): void {
    this.#answers.delete(key);
  }
}

/** One text for a device of a user. */
export const deviceKey = (userId: string, deviceId: string): string => `${userId}\n${deviceId}`;
