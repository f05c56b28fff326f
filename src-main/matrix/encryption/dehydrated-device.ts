import type { JsonObject } from '../../base/json.js';
import { forbidden, invalidParam, notFound } from '../../spec/errors.js';
import type { DeviceId, UserId } from '../../spec/ids.js';
import type { Database, Position } from '../../storage/database.js';
import type { DehydratedDevice, DehydratedDeviceStore } from './dehydrated-device.store.js';
import type { DeviceKeys, KeyUpload } from './device-keys.js';
import type { AccountsPort } from './ports.js';
import type { Delivery, ToDevice } from './to-device.js';

const MOST_BYTES = 65_536;

/**
 * A device that receives room keys while its user is signed in nowhere; whoever signs in next opens it and reads them.
 *
 * @see https://github.com/matrix-org/matrix-spec-proposals/pull/3814
 */
export class DehydratedDevices {
  constructor(
    private readonly deps: {
      db: Database;
      store: DehydratedDeviceStore;
      devices: AccountsPort['devices'];
      deviceKeys: DeviceKeys;
      toDevice: ToDevice;
    },
  ) {}

  /**
   * Leaves a device in the place of the one before, whose keys and messages go.
   *
   * @throws MatrixError M_INVALID_PARAM for the id of a device that somebody is signed in with, or data too large; what
   *   uploading its keys throws
   */
  async put(userId: UserId, given: DehydratedDevice, displayName: string | undefined, keys: KeyUpload): Promise<void> {
    const { db, store, devices, deviceKeys } = this.deps;
    const { deviceId } = given;
    if (JSON.stringify(given.deviceData).length > MOST_BYTES) throw invalidParam('device_data is too large');
    const upload = await deviceKeys.prepare(userId, deviceId, keys);
    const isTaken = await devices.exists(userId, deviceId);
    await db.write(async (tx) => {
      const before = await store.one(tx, userId);
      if (isTaken && before?.deviceId !== deviceId) throw invalidParam('another device has this id');
      if (before && before.deviceId !== deviceId) await devices.deleteIn(tx, userId, [before.deviceId]);
      await devices.signIn(tx, userId, { deviceId, displayName });
      await store.put(tx, userId, given);
      await upload(tx);
    });
  }

  /** @throws MatrixError M_NOT_FOUND */
  async get(userId: UserId): Promise<DehydratedDevice> {
    const { db, store, devices } = this.deps;
    const device = await store.one(db, userId);
    if (!device || !(await devices.exists(userId, device.deviceId))) throw notFound('you have no dehydrated device');
    return device;
  }

  /** @returns the id of the device that is gone. @throws MatrixError M_NOT_FOUND */
  async delete(userId: UserId): Promise<DeviceId> {
    const { db, store, devices } = this.deps;
    const { deviceId } = await this.get(userId);
    await db.write(async (tx) => {
      await store.remove(tx, userId, [deviceId]);
      await devices.deleteIn(tx, userId, [deviceId]);
    });
    return deviceId;
  }

  /**
   * Messages that came for the device; those before `since` are dropped.
   *
   * @throws MatrixError M_FORBIDDEN for any other device than the dehydrated one
   */
  async events(userId: UserId, deviceId: DeviceId, since: Position): Promise<Delivery> {
    const { db, toDevice } = this.deps;
    if ((await this.get(userId)).deviceId !== deviceId) throw forbidden('this is not your dehydrated device');
    return toDevice.pending(userId, deviceId, since, db.position());
  }
}

/** The wire form of what was delivered. */
export const parsedEvents = ({ events }: Delivery): JsonObject[] =>
  events.map((text) => JSON.parse(text) as JsonObject);
