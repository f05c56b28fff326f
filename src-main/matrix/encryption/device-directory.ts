import type { DeviceId, UserId } from '../../spec/ids.js';
import type { AccountsPort } from './ports.js';

/** The devices of a user with their display names. */
export type DevicesOfUser = ReadonlyMap<DeviceId, string | undefined>;

/** Which devices there are; keys and messages of others count for nothing. */
export class DeviceDirectory {
  constructor(private readonly accounts: Pick<AccountsPort, 'users' | 'devices'>) {}

  /**
   * The devices of local users. Users who do not exist are absent, users without devices have an empty map.
   *
   * @param userIds of any server
   */
  async devicesOf(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, DevicesOfUser>> {
    const found = new Map<UserId, Map<DeviceId, string | undefined>>();
    for (const { userId, deviceId, displayName } of await this.accounts.devices.ofUsers(userIds)) {
      const ofUser = found.get(userId);
      if (ofUser) ofUser.set(deviceId, displayName);
      else found.set(userId, new Map([[deviceId, displayName]]));
    }
    const others = userIds.filter((userId) => !found.has(userId));
    const existing = others.length > 0 ? await this.accounts.users.existing(others) : [];
    for (const userId of existing) found.set(userId, new Map());
    return found;
  }
}
