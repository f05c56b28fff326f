import type { DeviceId, UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { CrossSigningStore } from './cross-signing.store.js';
import type { DeviceDirectory } from './ports.js';
import type { DehydratedDeviceStore } from './dehydrated-device.store.js';
import type { DeviceKeyStore } from './device-keys.store.js';
import type { DeviceLists } from './device-lists.js';
import type { KeyBackup } from './key-backup.js';
import type { KeySignatureStore } from './key-signatures.store.js';
import type { OneTimeKeys } from './one-time-keys.js';
import type { ToDevice } from './to-device.js';

/** What happens here when devices and users go. All of it can happen twice. */
export class DeviceDepartures {
  constructor(
    private readonly deps: {
      db: Database;
      directory: DeviceDirectory;
      deviceKeys: DeviceKeyStore;
      dehydrated: DehydratedDeviceStore;
      oneTimeKeys: OneTimeKeys;
      crossSigning: CrossSigningStore;
      signatures: KeySignatureStore;
      toDevice: ToDevice;
      keyBackup: KeyBackup;
      deviceLists: DeviceLists;
    },
  ) {}

  /** Drops keys of and messages for devices; a device that signed in again meanwhile keeps what it has. */
  async devicesLeft(userId: UserId, deviceIds: readonly DeviceId[]): Promise<void> {
    const { db, directory, deviceKeys, dehydrated, oneTimeKeys, signatures, toDevice, deviceLists } = this.deps;
    const present = (await directory.devicesOf([userId])).get(userId);
    const gone = deviceIds.filter((deviceId) => !present?.has(deviceId));
    if (gone.length === 0) return;
    const audience = await deviceLists.audience(userId);
    await db.write(async (tx) => {
      const hadKeys = await deviceKeys.remove(tx, userId, gone);
      await oneTimeKeys.remove(tx, userId, gone);
      await signatures.removeOn(tx, userId, gone);
      await signatures.removeMadeWith(
        tx,
        userId,
        gone.map((deviceId) => `ed25519:${deviceId}`),
      );
      await toDevice.remove(tx, userId, gone);
      await dehydrated.remove(tx, userId, gone);
      if (hadKeys) await deviceLists.record(tx, userId, audience, { devices: gone });
    });
  }

  /** The name of a device is told with its keys. */
  async devicesRenamed(userId: UserId, deviceIds: readonly DeviceId[]): Promise<void> {
    const { db, deviceKeys, deviceLists } = this.deps;
    const withKeys = await deviceKeys.ofUsers(db, [userId]);
    if (!withKeys.some(({ deviceId }) => deviceIds.includes(deviceId))) return;
    const audience = await deviceLists.audience(userId);
    await db.write((tx) => deviceLists.record(tx, userId, audience, { devices: deviceIds }));
  }

  /** Drops everything of a user, whose devices go by themselves. */
  async userLeft(userId: UserId): Promise<void> {
    const { db, crossSigning, signatures, keyBackup, deviceLists } = this.deps;
    const hadKeys = (await crossSigning.ofUsers(db, [userId])).length > 0;
    const audience = await deviceLists.audience(userId);
    await db.write(async (tx) => {
      await crossSigning.removeAll(tx, userId);
      await signatures.removeAll(tx, userId);
      await keyBackup.removeUser(tx, userId);
      if (hadKeys) await deviceLists.record(tx, userId, audience, { devices: [], signingKeys: true });
    });
  }
}
