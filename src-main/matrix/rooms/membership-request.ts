import type { JsonObject } from '../../base/json.js';
import type { DeviceId, RoomId, ServerName, UserId } from '../../spec/ids.js';
import type { MembershipState } from '../events/index.js';

/** A change of somebody's membership, as the one who makes it wants it. */
export interface MembershipRequest {
  readonly roomId: RoomId;
  readonly sender: UserId;
  readonly target: UserId;
  readonly membership: MembershipState;
  /** what else the member event shall say: `reason`, `is_direct` … */
  readonly content?: JsonObject | undefined;
  /** other servers that may help where this one is not in the room, the likeliest first */
  readonly servers?: readonly ServerName[] | undefined;
  readonly transaction?: { readonly deviceId: DeviceId; readonly txnId: string } | undefined;
}
