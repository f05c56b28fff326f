import type { RoomId } from '../../../spec/ids.js';
import type { Database, Position } from '../../../storage/database.js';
import { roomTopic } from '../../../storage/news.js';
import type { RoomReader, StateNews } from '../../events/index.js';
import type { DelayedEvent, DelayedEventStore } from './delayed-events.store.js';

/**
 * Cancels delayed state events when somebody else changed what they are about: who is first knows better. A change of
 * the same person leaves them: one says anew that one is in a call, and still wants to leave it some time.
 */
export class OvertakenEvents {
  /** Up to where each room with such events was looked through. */
  #seen = new Map<RoomId, Position>();

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly store: DelayedEventStore;
      readonly reader: RoomReader;
      readonly stateNews: StateNews;
    },
  ) {}

  /** Looks where something may have changed. @returns rooms whose changes are waited for */
  async cancel(): Promise<RoomId[]> {
    const { db, store } = this.deps;
    const upTo = db.position();
    const byRoom = Map.groupBy(await store.ofState(db), ({ roomId }) => roomId);
    for (const [roomId, waiting] of byRoom) await this.#cancelIn(roomId, waiting, upTo);
    this.#seen = new Map([...byRoom.keys()].map((roomId) => [roomId, upTo]));
    return [...byRoom.keys()];
  }

  async #cancelIn(roomId: RoomId, waiting: readonly DelayedEvent[], upTo: Position): Promise<void> {
    const { db, store, reader, stateNews } = this.deps;
    const oldest = Math.min(...waiting.map(({ position }) => position));
    const after = this.#seen.get(roomId) ?? oldest;
    if (!db.news.mayHaveChangedSince(roomTopic(roomId), after)) return;
    const room = await reader.room(roomId);
    if (!room) return;
    const { events } = await stateNews.withoutMembers(room, { after, upTo });
    const overtaken = waiting.filter(({ type, stateKey, userId, position }) =>
      events.some(
        (event) =>
          event.type === type &&
          event.stateKey === stateKey &&
          event.sender !== userId &&
          (event.ord === undefined || event.ord > position),
      ),
    );
    if (overtaken.length === 0) return;
    await db.write(async (tx) => {
      for (const { delayId } of overtaken) await store.remove(tx, delayId);
    });
  }
}
