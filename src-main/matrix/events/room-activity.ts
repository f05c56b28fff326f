import type { Cache, Caches } from '../../base/caches.js';
import type { RoomId } from '../../spec/ids.js';
import type { Database, Position } from '../../storage/database.js';
import { roomTopic } from '../../storage/news.js';
import type { ActivityStore } from './activity.store.js';
import type { NameStore } from './names.store.js';
import type { Room } from './rooms.store.js';

interface Known {
  /** what is said of the room holds unless it changed after this */
  readonly at: Position;
  readonly ord: Position;
}

/** Events looked at for the last one of a kind: people may come and go for long where nobody speaks. */
const MOST_LOOKED_AT = 500;

/** When something last happened in rooms; remembered, so that long lists of rooms are sorted without the database. */
export class RoomActivity {
  readonly #last: Cache<RoomId, Known>;
  readonly #ofTypes: Cache<string, Known>;

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly names: NameStore;
      readonly store: ActivityStore;
      readonly caches: Caches;
    },
  ) {
    this.#last = deps.caches.lru('activity in rooms', { share: 0.015, entryBytes: 200 });
    this.#ofTypes = deps.caches.lru('activity of types', { share: 0.01, entryBytes: 250 });
  }

  /** The place of the newest event of each room; one query for all that changed since they were asked for. */
  async last(roomIds: readonly RoomId[]): Promise<ReadonlyMap<RoomId, Position>> {
    const { db, store } = this.deps;
    const places = new Map<RoomId, Position>();
    const unknown: RoomId[] = [];
    for (const roomId of roomIds) {
      const known = this.#last.get(roomId);
      if (known && !db.news.mayHaveChangedSince(roomTopic(roomId), known.at)) places.set(roomId, known.ord);
      else unknown.push(roomId);
    }
    const at = db.position();
    for (const [roomId, ord] of await store.lastOrds(db, unknown)) {
      places.set(roomId, ord);
      this.#last.set(roomId, { at, ord });
    }
    return places;
  }

  /**
   * The place of the newest event of some types, told apart from other lists of types by `name`. Where there is none
   * among the newest events, a place that it is not after.
   */
  async lastOfTypes(room: Room, name: string, types: readonly string[]): Promise<Position> {
    const { db, names, store } = this.deps;
    const key = `${name} ${room.roomId}`;
    const known = this.#ofTypes.get(key);
    if (known && !db.news.mayHaveChangedSince(roomTopic(room.roomId), known.at)) return known.ord;
    const at = db.position();
    const wanted = new Set(await names.findMany(db, types));
    const newest = await store.newest(db, room.nid, known?.ord ?? 0, MOST_LOOKED_AT);
    const found = newest.find(({ typeNid }) => wanted.has(typeNid))?.ord;
    const ord = found ?? known?.ord ?? newest.at(-1)?.ord ?? 0;
    this.#ofTypes.set(key, { at, ord });
    return ord;
  }
}
