import type { Clock, Milliseconds } from '../../base/clock.js';
import { forbidden } from '../../spec/errors.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import { roomTopic } from '../../storage/news.js';
import type { RoomReader } from '../events/index.js';
import type { EphemeralCounter } from './ephemeral-counter.js';
import type { OtherServers } from './other-servers.js';

interface TypingUser {
  /** ends it, or makes it last longer */
  readonly ending: AbortController;
  /** when other servers were told */
  readonly toldAt: Milliseconds;
}

interface RoomTyping {
  /** who types */
  readonly users: Map<UserId, TypingUser>;
  /** when the list last changed */
  changed: number;
}

const LONGEST: Milliseconds = 120_000;
/** Other servers forget who types unless they are told again. */
const TELL_EVERY: Milliseconds = 30_000;
/** What another server says of its people holds so long. */
const HEARD_FOR: Milliseconds = 60_000;
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
      readonly others: OtherServers;
    },
  ) {}

  /** @param timeout ms after which it ends by itself. @throws MatrixError M_FORBIDDEN unless the user is joined */
  async start(roomId: RoomId, userId: UserId, timeout: Milliseconds): Promise<void> {
    if (!(await this.deps.reader.isJoined(roomId, userId))) throw forbidden('you are not in this room');
    this.#begin(roomId, userId, Math.min(timeout, LONGEST));
  }

  /** Ends it. @throws MatrixError M_FORBIDDEN unless the user is joined */
  async stop(roomId: RoomId, userId: UserId): Promise<void> {
    if (!(await this.deps.reader.isJoined(roomId, userId))) throw forbidden('you are not in this room');
    this.#end(roomId, userId);
  }

  /** Another server says whether somebody of it types; of those who are not in the room it means nothing. */
  async hear(roomId: RoomId, userId: UserId, types: boolean): Promise<void> {
    if (!(await this.deps.reader.mayBeJoined(roomId, userId))) return;
    if (types) this.#begin(roomId, userId, HEARD_FOR);
    else this.#end(roomId, userId);
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

  #begin(roomId: RoomId, userId: UserId, timeout: Milliseconds): void {
    const { clock } = this.deps;
    const room = this.#room(roomId);
    const known = room.users.get(userId);
    known?.ending.abort(new Error('typing goes on'));
    const ending = new AbortController();
    const now = clock.now();
    const isDue = !known || Math.abs(now - known.toldAt) >= TELL_EVERY;
    room.users.set(userId, { ending, toldAt: isDue ? now : known.toldAt });
    if (isDue) this.#tell(roomId, userId, true);
    if (!known) this.#announce(roomId, room);
    void this.#last(roomId, userId, timeout, ending.signal);
  }

  /** Lasts until it is ended or the time is up; other servers are told now and then. */
  async #last(roomId: RoomId, userId: UserId, timeout: Milliseconds, signal: AbortSignal): Promise<void> {
    const { clock } = this.deps;
    try {
      for (let left = timeout; left > 0; left -= TELL_EVERY) {
        await clock.sleep(Math.min(left, TELL_EVERY), signal);
        if (left > TELL_EVERY) this.#tell(roomId, userId, true);
      }
      this.#end(roomId, userId);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #end(roomId: RoomId, userId: UserId): void {
    const room = this.#rooms.get(roomId);
    const known = room?.users.get(userId);
    if (!room || !known) return;
    known.ending.abort(new Error('typing ended'));
    room.users.delete(userId);
    this.#tell(roomId, userId, false);
    this.#announce(roomId, room);
  }

  /** Other servers hear of our people from us, and of theirs from them. */
  #tell(roomId: RoomId, userId: UserId, typing: boolean): void {
    const { others } = this.deps;
    if (!others.isLocal(userId)) return;
    const content = { room_id: roomId, user_id: userId, typing };
    void others.tellRoom(roomId, { type: 'm.typing', content, key: `${roomId} ${userId}` });
  }

  #announce(roomId: RoomId, room: RoomTyping): void {
    const { db, counter } = this.deps;
    room.changed = counter.next();
    db.news.announce([roomTopic(roomId)], db.position());
  }

  #room(roomId: RoomId): RoomTyping {
    const known = this.#rooms.get(roomId);
    if (known) return known;
    const room = { users: new Map<UserId, TypingUser>(), changed: 0 };
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
