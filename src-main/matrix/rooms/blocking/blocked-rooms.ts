import type { Clock } from '../../../base/clock.js';
import { MatrixError } from '../../../spec/errors.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { Database } from '../../../storage/database.js';
import type { BlockedRoom, BlockedRoomStore } from './blocked-rooms.store.js';

/** Rooms that administrators closed to everybody here: nobody joins them, is invited or asks to be let in. */
export class BlockedRooms {
  constructor(
    private readonly deps: { readonly db: Database; readonly clock: Clock; readonly store: BlockedRoomStore },
  ) {}

  /** @throws MatrixError M_UNKNOWN 403 */
  async requireNotBlocked(roomId: RoomId): Promise<void> {
    if (await this.one(roomId)) throw new MatrixError(403, 'M_UNKNOWN', 'this room is blocked on this server');
  }

  one(roomId: RoomId): Promise<BlockedRoom | undefined> {
    return this.deps.store.one(this.deps.db, roomId);
  }

  page(after: string, limit: number): Promise<BlockedRoom[]> {
    return this.deps.store.page(this.deps.db, after, limit);
  }

  /** The room need not be known here. Blocking twice changes nothing. */
  async block(roomId: RoomId, by: UserId | undefined, name?: string): Promise<void> {
    const { db, clock, store } = this.deps;
    await db.write((tx) => store.put(tx, { roomId, by, at: clock.now(), name }));
  }

  async unblock(roomId: RoomId): Promise<void> {
    await this.deps.db.write((tx) => this.deps.store.remove(tx, roomId));
  }
}
