import type { Clock, Milliseconds } from '../../base/clock.js';
import { forbidden } from '../../spec/errors.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import { roomTopic } from '../../storage/news.js';
import type { RoomReader } from '../events/index.js';
import type { EphemeralCounter } from './ephemeral-counter.js';

interface RoomTyping {
  /** who types, with what ends it */
  readonly users: Map<UserId, AbortController>;
  /** when the list last changed */
  changed: number;
}

const LONGEST: Milliseconds = 120_000;
/** Rooms whose empty list is kept, so that clients hear of the end. */
const REMEMBERED_ROOMS = 10_000;

/** Who is typing where: in memory, each for a while. @see https://spec.matrix.org/v1.19/client-server-api/#typing-notifications */
export class Typing {
  readonly #rooms = new Map<RoomId, RoomTyping>();

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly clock: Clock;
      readonly counter: EphemeralCounter;
      readonly reader: RoomReader;
    },
  ) {}

  /** @param timeout ms after which it ends by itself. @throws MatrixError M_FORBIDDEN unless the user is joined */
  async start(roomId: RoomId, userId: UserId, timeout: Milliseconds): Promise<void> {
    if (!(await this.deps.reader.isJoined(roomId, userId))) throw forbidden('you are not in this room');
    const room = this.#room(roomId);
    room.users.get(userId)?.abort(new Error('typing goes on'));
    const isNew = !room.users.has(userId);
    const ending = new AbortController();
    room.users.set(userId, ending);
    if (isNew) this.#announce(roomId, room);
    void this.deps.clock.sleep(Math.min(timeout, LONGEST), ending.signal).then(
      () => this.#end(roomId, userId),
      () => undefined,
    );
  }

  /** Ends it. @throws MatrixError M_FORBIDDEN unless the user is joined */
  async stop(roomId: RoomId, userId: UserId): Promise<void> {
    if (!(await this.deps.reader.isJoined(roomId, userId))) throw forbidden('you are not in this room');
    this.#rooms.get(roomId)?.users.get(userId)?.abort(new Error('typing ended'));
    this.#end(roomId, userId);
  }

  /** Who types in those of `roomIds` whose list changed after `after`; empty lists only where `after` is of this run. */
  changed(roomIds: readonly RoomId[], after: number): ReadonlyMap<RoomId, readonly UserId[]> {
    const changed = new Map<RoomId, readonly UserId[]>();
    for (const roomId of roomIds) {
      const room = this.#rooms.get(roomId);
      if (!room || room.changed <= after || (after === 0 && room.users.size === 0)) continue;
      changed.set(roomId, [...room.users.keys()]);
    }
    return changed;
  }

  #end(roomId: RoomId, userId: UserId): void {
    const room = this.#rooms.get(roomId);
    if (room?.users.delete(userId)) this.#announce(roomId, room);
  }

  #announce(roomId: RoomId, room: RoomTyping): void {
    const { db, counter } = this.deps;
    room.changed = counter.next();
    db.news.announce([roomTopic(roomId)], db.position());
  }

  #room(roomId: RoomId): RoomTyping {
    const known = this.#rooms.get(roomId);
    if (known) return known;
    const room = { users: new Map<UserId, AbortController>(), changed: 0 };
    this.#rooms.set(roomId, room);
    if (this.#rooms.size > REMEMBERED_ROOMS) this.#forgetOne();
    return room;
  }

  #forgetOne(): void {
    for (const [roomId, room] of this.#rooms) {
      if (room.users.size > 0) continue;
      this.#rooms.delete(roomId);
      return;
    }
  }
}
