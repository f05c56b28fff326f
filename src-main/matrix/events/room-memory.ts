import type { Cache, Caches } from '../../base/caches.js';
import type { RoomId } from '../../spec/ids.js';
import type { Database, Position } from '../../storage/database.js';
import { roomTopic } from '../../storage/news.js';

interface Remembered {
  /** the answer holds unless something happened in the room after this */
  readonly at: Position;
  readonly answer: Promise<unknown>;
}

/**
 * Answers about rooms, which hold until something happens in the room: when a message comes, everybody who waits for it
 * asks the same. Answers must be small.
 */
export class RoomMemory {
  readonly #answers: Cache<string, Remembered>;

  constructor(private readonly deps: { readonly db: Database; readonly caches: Caches }) {
    this.#answers = deps.caches.lru('answers about rooms', {
      share: 0.015,
      entryBytes: (_answer, key) => 500 + 2 * key.length,
    });
  }

  /**
   * What `ask` answers, asked again only once something was announced of the room.
   *
   * @param question names what is asked, with all that the answer depends on beside the room
   * @param topic what the answer depends on, where that is not all that happens in the room
   */
  recall<T>(roomId: RoomId, question: string, ask: () => Promise<T>, topic = roomTopic(roomId)): Promise<T> {
    const { db } = this.deps;
    const key = `${roomId} ${question}`;
    const known = this.#answers.get(key);
    if (known && !db.news.mayHaveChangedSince(topic, known.at)) return known.answer as Promise<T>;
    const at = db.position();
    const answer = ask();
    this.#answers.set(key, { at, answer });
    answer.catch(() => this.#answers.delete(key));
    return answer;
  }
}
