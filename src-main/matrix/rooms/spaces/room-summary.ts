import { notFound } from '../../../spec/errors.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { MembershipState, RoomReader } from '../../events/index.js';
import type { RemoteRooms } from '../elsewhere/remote-rooms.js';
import type { RoomCards, RoomSummary } from '../room-cards.js';

/** A summary, with what the asker is in the room; nothing is said of that to those without an account. */
export interface OwnRoomSummary extends RoomSummary {
  readonly membership?: MembershipState;
}

/** What a room is, for those who think of joining. @see https://spec.matrix.org/v1.19/client-server-api/#room-summary */
export class RoomSummaries {
  constructor(
    private readonly deps: { readonly cards: RoomCards; readonly reader: RoomReader; readonly remote: RemoteRooms },
  ) {}

  /**
   * @param via servers to be asked about rooms that this server is not in
   * @throws MatrixError M_NOT_FOUND, also for rooms that the asker may know nothing of
   */
  async of(roomId: RoomId, userId: UserId | undefined, via: readonly string[]): Promise<OwnRoomSummary> {
    const summary = await this.#summary(roomId, userId, via);
    if (!summary) throw notFound('there is no such room, or it shows itself to its members only');
    if (userId === undefined) return summary;
    const standing = await this.deps.reader.membership(roomId, userId);
    return { ...summary, membership: standing?.membership ?? 'leave' };
  }

  async #summary(roomId: RoomId, userId: UserId | undefined, via: readonly string[]): Promise<RoomSummary | undefined> {
    const { cards, reader, remote } = this.deps;
    if (await reader.isHere(roomId)) return (await cards.visibleTo(userId, [roomId])).get(roomId);
    // Nobody without an account makes this server ask others.
    const found =
      userId === undefined ? undefined : await remote.find(roomId, via, { suggestedOnly: false, evenIfDown: true });
    return found && (await cards.mayKnow(userId, found.room)) ? found.room : undefined;
  }
}
