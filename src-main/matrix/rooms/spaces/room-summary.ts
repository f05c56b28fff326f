import { notFound } from '../../../spec/errors.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { MembershipState, RoomReader } from '../../events/index.js';
import type { RoomCards, RoomSummary } from '../room-cards.js';

/** A summary, with what the asker is in the room; nothing is said of that to those without an account. */
export interface OwnRoomSummary extends RoomSummary {
  readonly membership?: MembershipState;
}

/** What a room is, for those who think of joining. @see https://spec.matrix.org/v1.19/client-server-api/#room-summary */
export class RoomSummaries {
  constructor(private readonly deps: { readonly cards: RoomCards; readonly reader: RoomReader }) {}

  /** @throws MatrixError M_NOT_FOUND, also for rooms that the asker may know nothing of */
  async of(roomId: RoomId, userId: UserId | undefined): Promise<OwnRoomSummary> {
    const summary = (await this.deps.cards.visibleTo(userId, [roomId])).get(roomId);
    if (!summary) throw notFound('there is no such room, or it shows itself to its members only');
    if (userId === undefined) return summary;
    const standing = await this.deps.reader.membership(roomId, userId);
    return { ...summary, membership: standing?.membership ?? 'leave' };
  }
}
