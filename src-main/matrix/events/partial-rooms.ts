import type { Clock, Milliseconds } from '../../base/clock.js';
import { MatrixError } from '../../spec/errors.js';
import type { RoomId } from '../../spec/ids.js';
import type { Database, Position, Transaction } from '../../storage/database.js';
import { streamTopic, type Topic } from '../../storage/news.js';
import type { PartialRoom, PartialRoomStore } from './partial-rooms.store.js';
import type { Room } from './rooms.store.js';

/** Announced when a room begins to wait for its state, and when it does not wait any more. */
export const PARTIAL_ROOMS_TOPIC: Topic = streamTopic('partial rooms');
/** Who asks for what only the whole state can tell waits no longer. */
const LONGEST: Milliseconds = 120_000;

/**
 * Which rooms are open to people here while most of their members are still on their way.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#put_matrixfederationv2send_joinroomideventid `omit_members`
 */
export class PartialRooms {
  /** announced when a room begins to wait, and when it does not wait any more */
  readonly topic = PARTIAL_ROOMS_TOPIC;

  constructor(
    private readonly deps: { readonly db: Database; readonly clock: Clock; readonly store: PartialRoomStore },
  ) {}

  /** The rooms that wait for their state, the longest waiting first. */
  async list(): Promise<PartialRoom[]> {
    return [...(await this.deps.store.waiting(this.deps.db)).values()];
  }

  async one(roomId: RoomId): Promise<PartialRoom | undefined> {
    const waiting = await this.deps.store.waiting(this.deps.db);
    if (waiting.size === 0) return undefined;
    return [...waiting.values()].find((room) => room.roomId === roomId);
  }

  /** Whether the room waits for its state. */
  async isPartial(roomId: RoomId): Promise<boolean> {
    return (await this.one(roomId)) !== undefined;
  }

  /** The rooms that wait for their state. */
  async roomIds(): Promise<ReadonlySet<RoomId>> {
    return new Set((await this.list()).map(({ roomId }) => roomId));
  }

  /** The rooms whose state was whole from a position in (`after`, `upTo`] on. */
  async completedIn(after: Position, upTo: Position): Promise<ReadonlySet<RoomId>> {
    const { db, store } = this.deps;
    if (after >= upTo || !db.news.mayHaveChangedSince(PARTIAL_ROOMS_TOPIC, after)) return new Set();
    return new Set(await store.completedIn(db, after, upTo));
  }

  /**
   * Waits until the room's state is here, or nobody here is in the room any more.
   *
   * @throws MatrixError M_UNKNOWN 504 when that takes too long
   */
  async whenComplete(roomId: RoomId): Promise<void> {
    if (!(await this.isWholeWithin(roomId, LONGEST))) {
      throw new MatrixError(504, 'M_UNKNOWN', 'the members of this room are still on their way');
    }
  }

  /** Waits for the room's state, `longest` ms at most. @returns whether the room waits no more */
  async isWholeWithin(roomId: RoomId, longest: Milliseconds): Promise<boolean> {
    const { db, clock } = this.deps;
    if (!(await this.isPartial(roomId))) return true;
    const over = new AbortController();
    let isTooLong = false;
    const tooLong = clock.sleep(longest, over.signal).then(
      () => (isTooLong = true),
      () => false,
    );
    try {
      for (;;) {
        const news = Promise.withResolvers<void>();
        const unwatch = db.news.watch([PARTIAL_ROOMS_TOPIC], () => news.resolve());
        try {
          if (!(await this.isPartial(roomId))) return true;
          if (isTooLong) return false;
          await Promise.race([news.promise, tooLong]);
        } finally {
          unwatch();
        }
      }
    } finally {
      over.abort();
    }
  }

  /** The room is left: nobody waits for its state any more. */
  async abandon(roomId: RoomId): Promise<void> {
    const partial = await this.one(roomId);
    if (!partial) return;
    await this.deps.db.write(async (tx) => {
      await this.deps.store.remove(tx, partial.roomNid);
      tx.announce(PARTIAL_ROOMS_TOPIC);
    });
  }

  /** Whether a writer sees the room without its whole state. */
  async isPartialIn(tx: Transaction | Database, room: Room): Promise<boolean> {
    return (await this.deps.store.waiting(tx)).has(room.nid);
  }
}

export type { PartialRoom } from './partial-rooms.store.js';
