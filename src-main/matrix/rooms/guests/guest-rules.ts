import { type JsonObject, stringAt } from '../../../base/json.js';
import { forbidden } from '../../../spec/errors.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { MembershipState, RoomReader } from '../../events/index.js';

/** What rooms ask `accounts` of guests. */
export interface Guests {
  isGuest(userId: UserId): Promise<boolean>;
  /** those of `userIds` that are guests */
  guestsAmong(userIds: readonly UserId[]): Promise<UserId[]>;
}

/** What guests may do in rooms; other servers know no difference. @see https://spec.matrix.org/v1.19/client-server-api/#guest-access */
export class GuestRules {
  constructor(private readonly deps: { readonly reader: RoomReader; readonly guests: Guests }) {}

  /**
   * @returns what the member event says of a guest
   * @throws MatrixError M_FORBIDDEN for guests who want more than to come, where they are welcome, and to go
   */
  async check(request: {
    readonly roomId: RoomId;
    readonly sender: UserId;
    readonly target: UserId;
    readonly membership: MembershipState;
  }): Promise<JsonObject> {
    const { roomId, sender, target, membership } = request;
    if (!(await this.deps.guests.isGuest(sender))) return {};
    if (sender !== target || (membership !== 'join' && membership !== 'leave')) {
      throw forbidden('guests may join and leave rooms, and no more than that');
    }
    if (membership === 'leave') return {};
    if (!(await this.areWelcome(roomId))) throw forbidden('guests may not join this room');
    return { kind: 'guest' };
  }

  async areWelcome(roomId: RoomId): Promise<boolean> {
    const event = await this.deps.reader.state(roomId, ['m.room.guest_access', '']);
    return stringAt(event?.content, 'guest_access') === 'can_join';
  }
}
