import type { Cache } from '../../base/caches.js';
import type { Transaction } from '../../storage/database.js';

/**
 * Answers of the database, remembered until a transaction changes them. What is asked for while an answer is on its
 * way waits for the same one; an answer on its way at that moment reaches only those who asked before.
 */
export class Remembered<T> {
  readonly #answers: Cache<string, Promise<T>>;

  /** @param answers where they are kept */
  constructor(answers: Cache<string, Promise<T>>) {
    this.#answers = answers;
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

  /** Forgets `keys` once `tx` is committed; or undone, since nobody may know which of the two it was. */
  forgetAfter(tx: Transaction, keys: readonly string[]): void {
    const forget = () => {
      for (const key of keys) this.#answers.delete(key);
    };
    tx.afterCommit(forget);
    tx.afterUndo(forget);
  }
}

/** One text for a device of a user. */
export const deviceKey = (userId: string, deviceId: string): string => `${userId}\n${deviceId}`;
