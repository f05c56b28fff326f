import { notFound } from '../../spec/errors.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import type { Transaction } from '../../storage/database.js';
import { userTopic } from '../../storage/news.js';
import type { MembershipStore } from './membership.store.js';
import type { RoomStore } from './rooms.store.js';

/** Lets users forget rooms that they left: they no longer see them. */
export class RoomForgetter {
  constructor(private readonly deps: { readonly rooms: RoomStore; readonly memberships: MembershipStore }) {}

  /**
   * @returns false when the user is still in the room, or never was
   * @throws MatrixError M_NOT_FOUND for an unknown room
   */
  async forget(tx: Transaction, roomId: RoomId, userId: UserId): Promise<boolean> {
    const room = await this.deps.rooms.byId(tx, roomId);
    if (!room) throw notFound('this server does not know that room');
    const forgot = await this.deps.memberships.forget(tx, room.nid, userId);
    if (forgot) tx.announce(userTopic(userId));
    return forgot;
  }
}
