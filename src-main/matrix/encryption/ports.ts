import type { Accounts } from '../accounts/index.js';
import type { RoomReader } from '../events/index.js';

/** What encryption asks of accounts. */
export type AccountsPort = Pick<Accounts, 'devices' | 'streams' | 'uia'>;

/** Which devices there are, with their names; keys of and messages for others count for nothing. */
export type DeviceDirectory = Pick<Accounts['devices'], 'devicesOf'>;

/** What encryption asks of rooms. */
export type SharedRooms = Pick<
  RoomReader,
  | 'isHere'
  | 'joinedRooms'
  | 'localMembers'
  | 'members'
  | 'membershipChangesIn'
  | 'membershipChangesOf'
  | 'serversIn'
  | 'usersHere'
  | 'usersSharingRoom'
>;
