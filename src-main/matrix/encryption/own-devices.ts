import type { JsonObject } from '../../base/json.js';
import type { DeviceId, UserId } from '../../spec/ids.js';
import type { Database, Position } from '../../storage/database.js';
import type { DeviceKeys, KeyAnswer, KeyQuery } from './device-keys.js';
import type { DeviceUpdates } from './device-updates.js';
import type { DeviceDirectory } from './ports.js';

/** The devices of a user of this server that have keys, as other servers see them. */
export interface OwnDeviceList {
  /** the last change that is in it */
  readonly streamId: Position;
  readonly devices: readonly {
    readonly deviceId: DeviceId;
    readonly keys: JsonObject;
    readonly displayName: string | undefined;
  }[];
  readonly masterKey: JsonObject | undefined;
  readonly selfSigningKey: JsonObject | undefined;
}

/** Devices and keys of our users as other servers see them: with what users signed of their own, and nobody else's. */
export class OwnDevices {
  constructor(
    private readonly deps: {
      db: Database;
      deviceKeys: DeviceKeys;
      directory: DeviceDirectory;
      updates: DeviceUpdates;
      /** whether the names of devices are told */
      withNames: boolean;
    },
  ) {}

  /** @returns undefined when there is no such user */
  async list(userId: UserId): Promise<OwnDeviceList | undefined> {
    const { db, deviceKeys, directory, updates, withNames } = this.deps;
    // First: a change that comes meanwhile may be in the list already, but is never missing from it.
    const streamId = await updates.streamId(db, userId);
    const names = (await directory.devicesOf([userId])).get(userId);
    if (!names) return undefined;
    const { deviceKeys: all, crossSigningKeys } = await deviceKeys.query(undefined, new Map([[userId, new Set()]]));
    const devices = Object.entries(all[userId] ?? {}).map(([deviceId, { unsigned: _name, ...keys }]) => ({
      deviceId,
      keys,
      displayName: withNames ? names.get(deviceId) : undefined,
    }));
    const { master, self_signing } = crossSigningKeys;
    return { streamId, devices, masterKey: master[userId], selfSigningKey: self_signing[userId] };
  }

  /** Keys of some devices of our users. */
  async keys(wanted: KeyQuery): Promise<KeyAnswer> {
    const answer = await this.deps.deviceKeys.query(undefined, wanted);
    if (this.deps.withNames) return answer;
    const nameless = Object.entries(answer.deviceKeys).map(([userId, devices]) => [
      userId,
      Object.fromEntries(Object.entries(devices).map(([deviceId, { unsigned: _name, ...keys }]) => [deviceId, keys])),
    ]);
    return { ...answer, deviceKeys: Object.fromEntries(nameless) };
  }
}
