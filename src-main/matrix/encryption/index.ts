import type { Caches } from '../../base/caches.js';
import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Config } from '../../config/config.js';
import type { Database } from '../../storage/database.js';
import { createStream } from '../../storage/stream.js';
import type { Events } from '../events/index.js';
import type { Federation } from '../federation/index.js';
import type { ServerRequests } from '../servers/index.js';
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
import { deviceKeyFederationEndpoints } from './device-keys.federation.js';
import { DeviceLists } from './device-lists.js';
import { DeviceListStore } from './device-lists.store.js';
import { type DeviceNews, DeviceUpdates } from './device-updates.js';
import { DeviceStreamStore } from './device-updates.store.js';
import { takeEncryptionEdus } from './encryption-edus.federation.js';
import { EveryonesKeys } from './everyones-keys.js';
import { keyBackupSessionEndpoints, keyBackupVersionEndpoints } from './key-backup.client.js';
import { KeyBackup } from './key-backup.js';
import { KeyBackupStore } from './key-backup.store.js';
import { KeySignatures } from './key-signatures.js';
import { KeySignatureStore } from './key-signatures.store.js';
import { OneTimeKeys } from './one-time-keys.js';
import { OneTimeKeyStore } from './one-time-keys.store.js';
import { OwnDevices } from './own-devices.js';
import type { AccountsPort } from './ports.js';
import {
  deviceNewsFollower,
  sharedRoomsFollower,
  wholeRoomsFollower,
  staleListsJob,
} from './remote/device-news.job.js';
import { DeviceNewsSender } from './remote/device-news.js';
import { RemoteDeviceLists } from './remote/remote-device-lists.js';
import { RemoteDeviceStore } from './remote/remote-devices.store.js';
import { RemoteKeys } from './remote/remote-keys.js';
import { SharedRoomSteps } from './remote/shared-room-steps.js';
import { ToDeviceFromElsewhere } from './remote/to-device-from-elsewhere.js';
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
  readonly config: Pick<Config, 'serverName' | 'federation'>;
  readonly accounts: AccountsPort;
  readonly events: Pick<Events, 'reader' | 'stream' | 'wholeRooms'>;
  readonly federation: Pick<Federation, 'edus' | 'sending'>;
  /** how other servers are asked */
  readonly requests: Pick<ServerRequests, 'json'>;
}

const createStores = () => ({
  deviceKeys: new DeviceKeyStore(),
  crossSigning: new CrossSigningStore(),
  oneTimeKeys: new OneTimeKeyStore(),
  signatures: new KeySignatureStore(),
  toDevice: new ToDeviceStore(),
  dehydrated: new DehydratedDeviceStore(),
  remoteDevices: new RemoteDeviceStore(),
});
type Stores = ReturnType<typeof createStores>;

/** Keys of devices and people, messages between devices, key backups. Sync reads the first three services. */
export function createEncryption(deps: EncryptionDeps) {
  const { db, clock, log, accounts, config, federation } = deps;
  const { serverName } = config;
  const stores = createStores();
  const directory = accounts.devices;
  const own = createOwn(deps, stores);
  const { deviceLists, deviceKeys, oneTimeKeys } = own;
  const toDevice = new ToDevice({ ...deps, ...federation, store: stores.toDevice, directory, serverName });
  const keyBackup = new KeyBackup({ db, store: new KeyBackupStore() });
  const remote = createRemote(deps, stores, own);
  const { crossSigning, signatures, deviceKeys: deviceKeyStore } = stores;
  const shared = { db, directory, deviceLists, signatures };
  const crossSigningKeys = new CrossSigning({ ...shared, store: crossSigning, uia: accounts.uia });
  const keySignatures = new KeySignatures({
    db,
    store: signatures,
    crossSigning,
    deviceKeys: deviceKeyStore,
    deviceLists,
    remote: remote.keys,
    serverName,
  });
  const dehydrated = new DehydratedDevices({ db, store: stores.dehydrated, devices: directory, deviceKeys, toDevice });
  const departures = new DeviceDepartures({
    ...shared,
    deviceKeys: deviceKeyStore,
    dehydrated: stores.dehydrated,
    oneTimeKeys,
    crossSigning,
    toDevice,
    keyBackup,
  });
  const everyonesKeys = new EveryonesKeys({ deviceKeys, oneTimeKeys, remote: remote.keys, serverName });
  takeEncryptionEdus(federation.edus, {
    lists: remote.lists,
    toDevice: new ToDeviceFromElsewhere({ toDevice, serverName, log }),
  });
  const following = { db, clock, log, accounts, departures };
  return {
    oneTimeKeys,
    toDevice,
    deviceLists,
    /** who has a key backup: for consoles */
    keyBackups: keyBackup as Pick<KeyBackup, 'owners'>,
    endpoints: [
      ...deviceKeyEndpoints({ deviceKeys, deviceLists, everyonesKeys }),
      ...crossSigningEndpoints(crossSigningKeys, keySignatures),
      ...toDeviceEndpoints(toDevice),
      ...dehydratedDeviceEndpoints(dehydrated),
      ...keyBackupVersionEndpoints(keyBackup),
      ...keyBackupSessionEndpoints(keyBackup),
      ...deviceKeyFederationEndpoints({ devices: own.ownDevices, oneTimeKeys, serverName }),
    ],
    jobs: [
      deviceChangesFollower(following),
      deactivationsFollower(following),
      forgetRepeats({ db, clock, log, ...stores }),
      ...remote.jobs,
    ],
  };
}

export type Encryption = ReturnType<typeof createEncryption>;

/** Keys of our users, and what is told of them. */
function createOwn({ db, caches, clock, accounts, config, events }: EncryptionDeps, stores: Stores) {
  const directory = accounts.devices;
  const withNames = config.federation.allowDeviceNameLookup;
  const stream = createStream<DeviceNews>(db, 'device_news');
  const updates = new DeviceUpdates({ store: new DeviceStreamStore(), stream });
  const deviceLists = new DeviceLists({ db, store: new DeviceListStore(), rooms: events.reader, updates });
  const oneTimeKeys = new OneTimeKeys({ db, store: stores.oneTimeKeys, directory, caches, clock });
  const { crossSigning, signatures, deviceKeys: store } = stores;
  const deviceKeys = new DeviceKeys({ db, directory, deviceLists, signatures, store, crossSigning, oneTimeKeys });
  const ownDevices = new OwnDevices({ db, deviceKeys, directory, updates, withNames });
  return { stream, updates, deviceLists, oneTimeKeys, deviceKeys, ownDevices, withNames };
}
type Own = ReturnType<typeof createOwn>;

/** Keys of people elsewhere, and how other servers are kept in step with ours. */
function createRemote(deps: EncryptionDeps, stores: Stores, { stream, updates, deviceKeys, withNames, ...own }: Own) {
  const { db, clock, log, accounts, config, events, federation, requests } = deps;
  const { serverName } = config;
  const rooms = events.reader;
  const directory = accounts.devices;
  const { crossSigning, signatures, remoteDevices: store } = stores;
  const copying = { db, store, crossSigning, signatures, rooms, requests };
  const lists = new RemoteDeviceLists({ ...copying, deviceLists: own.deviceLists, serverName, clock, log });
  const keys = new RemoteKeys({ ...copying, lists });
  const { sending } = federation;
  const sender = new DeviceNewsSender({ db, deviceKeys, directory, rooms, sending, withNames });
  const steps = new SharedRoomSteps({ db, lists, updates, directory, rooms, serverName });
  const following = { db, clock, log };
  const jobs = [
    deviceNewsFollower({ ...following, stream, sender }),
    sharedRoomsFollower({ ...following, stream: events.stream, steps }),
    wholeRoomsFollower({ ...following, stream: events.wholeRooms, steps }),
    staleListsJob({ ...following, store, lists }),
  ];
  return { lists, keys, jobs };
}
