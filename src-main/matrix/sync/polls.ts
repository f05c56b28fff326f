import type { UserId } from '../../spec/ids.js';
import type { Patience } from './patience.js';

/** Long polls of one user that wait at once: each holds memory and a connection for minutes. */
const MOST_WAITING = 50;

/** The long polls that wait now. A user who has too many gets the answer to the oldest. */
export class Polls {
  readonly #ofUsers = new Map<UserId, Set<Patience>>();

  /** @returns what to call when the poll is answered */
  enter(userId: UserId, patience: Patience): () => void {
    const own = this.#ofUsers.get(userId) ?? new Set<Patience>();
    this.#ofUsers.set(userId, own.add(patience));
    const [oldest] = own;
    if (own.size > MOST_WAITING && oldest) {
      own.delete(oldest);
      oldest.stop();
    }
    return () => {
      own.delete(patience);
      if (own.size === 0 && this.#ofUsers.get(userId) === own) this.#ofUsers.delete(userId);
    };
  }
}
