import type { JsonObject } from '../../base/json.js';
import type { UserCaller } from '../../http/endpoint.js';
import type { DeviceId, UserId } from '../../spec/ids.js';
import type { Position } from '../../storage/database.js';
import type { Stream } from '../../storage/stream.js';
import type { RoomReader } from '../events/index.js';

/** What encryption asks of rooms. */
export type SharedRooms = Pick<
  RoomReader,
  'joinedRooms' | 'members' | 'usersSharingRoom' | 'membershipChangesOf' | 'membershipChangesIn'
>;

/** What happened to devices of one user. */
export interface DeviceChange {
  readonly userId: UserId;
  readonly deviceIds: readonly DeviceId[];
  readonly change: 'added' | 'renamed' | 'deleted';
}

/** What encryption asks of accounts. */
export interface AccountsPort {
  readonly users: { existing(userIds: readonly UserId[]): Promise<readonly UserId[]> };
  readonly devices: {
    ofUsers(
      userIds: readonly UserId[],
    ): Promise<readonly { userId: UserId; deviceId: DeviceId; displayName: string | undefined }[]>;
  };
  readonly uia: {
    require(given: {
      caller: UserCaller;
      operation: string;
      auth: JsonObject | undefined;
      always?: true;
    }): Promise<void>;
  };
  readonly deviceChanges: Stream<DeviceChange>;
  /** users whose accounts were deactivated */
  readonly deactivations: Stream<{ readonly userId: UserId }>;
}

/** The position that a sync token stands for; undefined for what is no token of this server. */
export type PositionOfToken = (token: string) => Position | undefined;
