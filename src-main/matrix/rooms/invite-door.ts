import { forbidden } from '../../spec/errors.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import type { Accounts } from '../accounts/index.js';
import type { BlockedRooms } from './blocking/blocked-rooms.js';
import type { InviteBlocking } from './invite-blocking.js';
import type { RoomLimits } from './room-limits.js';

/** Who invites whom, and where to. */
interface Invitation {
  readonly roomId: RoomId;
  readonly sender: UserId;
  readonly target: UserId;
}

/** Which invitations from other servers reach the people here. */
export class InviteDoor {
  constructor(
    private readonly deps: {
      readonly users: Pick<Accounts['users'], 'existing'>;
      readonly inviteBlocking: InviteBlocking;
      readonly blocked: Pick<BlockedRooms, 'requireNotBlocked'>;
      readonly limits: RoomLimits;
    },
  ) {}

  /** @throws MatrixError M_FORBIDDEN where there is nobody of that name; M_INVITE_BLOCKED; M_LIMIT_EXCEEDED; M_UNKNOWN
   *   403 for a room that is blocked here */
  async requireWelcome({ roomId, sender, target }: Invitation): Promise<void> {
    const { users, inviteBlocking, blocked, limits } = this.deps;
    await blocked.requireNotBlocked(roomId);
    await inviteBlocking.requireMayInvite(sender);
    const [existing] = await users.existing([target]);
    if (existing === undefined) throw forbidden('there is nobody of that name here');
    await inviteBlocking.requireWelcome(target, sender);
    limits.invite(roomId, undefined, target);
  }
}
