import type { Logger } from '../../base/logger.js';
import { MatrixError } from '../../spec/errors.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import type { MembershipState, RoomReader } from '../events/index.js';
import type { MembershipRequest } from './membership-request.js';
import type { RoomMembership } from './membership.js';
import type { Profiles } from './profiles.js';

/**
 * What changes in all of a user's rooms when the account itself changes. Doing it again changes nothing more; when it is
 * aborted it throws, so that it is done again.
 */
export class StandingRooms {
  constructor(
    private readonly deps: {
      readonly reader: RoomReader;
      readonly membership: RoomMembership;
      readonly profiles: Profiles;
      readonly log: Logger;
    },
  ) {}

  /** Shows the user's present name and picture in every room that they are in. */
  async renew(userId: UserId, signal: AbortSignal): Promise<void> {
    const profile = (await this.deps.profiles.of([userId])).get(userId);
    if (profile) await this.#inAll(userId, ['join'], 'join', signal);
  }

  /** Takes the user out of every room, and turns all invitations and knocks down. */
  leave(userId: UserId, signal: AbortSignal): Promise<void> {
    return this.#inAll(userId, ['join', 'invite', 'knock'], 'leave', signal);
  }

  /** Takes the user out of one room, if they are in it. */
  leaveOne(userId: UserId, roomId: RoomId): Promise<void> {
    return this.#change({ roomId, sender: userId, target: userId, membership: 'leave' }, ['join']);
  }

  async #inAll(
    userId: UserId,
    standing: readonly MembershipState[],
    membership: MembershipState,
    signal: AbortSignal,
  ): Promise<void> {
    for (const { roomId } of await this.deps.reader.roomsOf(userId, standing)) {
      signal.throwIfAborted();
      await this.#change({ roomId, sender: userId, target: userId, membership }, standing);
    }
  }

  /** A room whose rules forbid it stays as it is; the others must not wait for it. */
  async #change(request: MembershipRequest & { roomId: RoomId }, standing: readonly MembershipState[]): Promise<void> {
    try {
      await this.deps.membership.changeUncounted(request, (now) => {
        if (!now || !standing.includes(now.membership)) throw new MatrixError(403, 'M_BAD_STATE', 'gone meanwhile');
      });
    } catch (error) {
      if (!(error instanceof MatrixError)) throw error;
      const { roomId, target, membership } = request;
      this.deps.log.info('a membership stays as it is', { roomId, userId: target, membership, error: error.message });
    }
  }
}
