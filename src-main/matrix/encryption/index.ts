import type { Caches } from '../../base/caches.js';
import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Database } from '../../storage/database.js';
import { crossSigningEndpoints } from './cross-signing.client.js';
import { CrossSigning } from './cross-signing.js';
import { CrossSigningStore } from './cross-signing.store.js';
import { dehydratedDeviceEndpoints } from './dehydrated-device.client.js';
import { DehydratedDevices } from './dehydrated-device.js';
import { DehydratedDeviceStore } from './dehydrated-device.store.js';
import { deactivationsFollower, deviceChangesFollower, forgetRepeats } from './device-cleanup.job.js';
import { DeviceDepartures } from './device-departures.js';
import { deviceKeyEndpoints } from './device-keys.client.js';
import { DeviceKeys } from './device-keys.js';
import { DeviceKeyStore } from './device-keys.store.js';
import { DeviceLists } from './device-lists.js';
import { DeviceListStore } from './device-lists.store.js';
import { keyBackupSessionEndpoints, keyBackupVersionEndpoints } from './key-backup.client.js';
import { KeyBackup } from './key-backup.js';
import { KeyBackupStore } from './key-backup.store.js';
import { KeySignatures } from './key-signatures.js';
import { KeySignatureStore } from './key-signatures.store.js';
import { OneTimeKeys } from './one-time-keys.js';
import { OneTimeKeyStore } from './one-time-keys.store.js';
import type { AccountsPort, SharedRooms } from './ports.js';
import { toDeviceEndpoints } from './to-device.client.js';
import { ToDevice } from './to-device.js';
import { ToDeviceStore } from './to-device.store.js';

export type { DeviceListChanges, DeviceLists } from './device-lists.js';
export type { KeyStock, OneTimeKeys } from './one-time-keys.js';
export type { Delivery, ToDevice } from './to-device.js';

export interface EncryptionDeps {
  readonly db: Database;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly log: Logger;
  readonly accounts: AccountsPort;
  readonly rooms: SharedRooms;
}

/** Keys of devices and people, messages between devices, key backups. Sync reads the first three services. */
export function createEncryption({ db, caches, clock, log, accounts, rooms }: EncryptionDeps) {
  const stores = {
    deviceKeys: new DeviceKeyStore(),
    crossSigning: new CrossSigningStore(),
    oneTimeKeys: new OneTimeKeyStore(),
    toDevice: new ToDeviceStore(),
    dehydrated: new DehydratedDeviceStore(),
  };
  const signatureStore = new KeySignatureStore();
  const directory = accounts.devices;
  const deviceLists = new DeviceLists({ db, store: new DeviceListStore(), rooms });
  const oneTimeKeys = new OneTimeKeys({ db, store: stores.oneTimeKeys, directory, caches, clock });
  const toDevice = new ToDevice({ db, store: stores.toDevice, directory, caches, clock, log });
  const keyBackup = new KeyBackup({ db, store: new KeyBackupStore() });
  const shared = { db, directory, deviceLists, signatures: signatureStore };
  const { crossSigning, deviceKeys: deviceKeyStore } = stores;
  const deviceKeys = new DeviceKeys({ ...shared, store: deviceKeyStore, crossSigning, oneTimeKeys });
  const crossSigningKeys = new CrossSigning({ ...shared, store: crossSigning, uia: accounts.uia });
  const signatures = new KeySignatures({
    db,
    store: signatureStore,
    crossSigning,
    deviceKeys: deviceKeyStore,
    deviceLists,
  });
  const dehydrated = new DehydratedDevices({
    db,
    store: stores.dehydrated,
    devices: accounts.devices,
    deviceKeys,
    toDevice,
  });
  const departures = new DeviceDepartures({
    ...shared,
    deviceKeys: deviceKeyStore,
    dehydrated: stores.dehydrated,
    oneTimeKeys,
    crossSigning,
    toDevice,
    keyBackup,
  });
  const following = { db, clock, log, accounts, departures };
  return {
    oneTimeKeys,
    toDevice,
    deviceLists,
    endpoints: [
      ...deviceKeyEndpoints({ deviceKeys, oneTimeKeys, deviceLists }),
      ...crossSigningEndpoints(crossSigningKeys, signatures),
      ...toDeviceEndpoints(toDevice),
      ...dehydratedDeviceEndpoints(dehydrated),
      ...keyBackupVersionEndpoints(keyBackup),
      ...keyBackupSessionEndpoints(keyBackup),
    ],
    jobs: [
      deviceChangesFollower(following),
      deactivationsFollower(following),
      forgetRepeats({ db, clock, log, ...stores }),
    ],
  };
}

export type Encryption = ReturnType<typeof createEncryption>;
