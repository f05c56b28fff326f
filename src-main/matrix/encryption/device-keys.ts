import { type JsonObject, parseOwn } from '../../base/json.js';
import { badJson } from '../../spec/errors.js';
import type { DeviceId, UserId } from '../../spec/ids.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { CrossSigningStore, KeyUsage } from './cross-signing.store.js';
import type { DeviceKeyStore } from './device-keys.store.js';
import type { Audience, DeviceLists } from './device-lists.js';
import { keysOfUsers, named, onKeys, signaturesOn, withSignatures } from './key-answers.js';
import type { KeySignatureStore } from './key-signatures.store.js';
import { type KeysByName, namedKeys, type OneTimeKeys } from './one-time-keys.js';
import type { DeviceDirectory } from './ports.js';
import { isSameJson, isSameKey, signable } from './signed-keys.js';

/** What a device uploads of its keys. */
export interface KeyUpload {
  /** identity keys */
  readonly deviceKeys: JsonObject | undefined;
  readonly oneTimeKeys: KeysByName;
  readonly fallbackKeys: KeysByName;
}

/** How many one-time keys a device has, by algorithm. */
export type KeyCounts = Readonly<Record<string, number>>;

/** Whose keys are wanted: no device ids means all devices. */
export type KeyQuery = ReadonlyMap<UserId, ReadonlySet<DeviceId>>;

/** Keys as their owners uploaded them, with the signatures that the asking user may see. */
export interface KeyAnswer {
  readonly deviceKeys: Readonly<Record<UserId, Readonly<Record<DeviceId, JsonObject>>>>;
  readonly crossSigningKeys: Readonly<Record<KeyUsage, Readonly<Record<UserId, JsonObject>>>>;
}

const MOST_BYTES = 65_536;

/** Identity keys of devices, with what goes up and down beside them. */
export class DeviceKeys {
  constructor(
    private readonly deps: {
      db: Database;
      store: DeviceKeyStore;
      crossSigning: CrossSigningStore;
      signatures: KeySignatureStore;
      oneTimeKeys: OneTimeKeys;
      deviceLists: DeviceLists;
      directory: DeviceDirectory;
    },
  ) {}

  /**
   * Stores what a device says of its own keys; the same upload twice changes nothing.
   *
   * @returns how many one-time keys the device has now, by algorithm
   * @throws MatrixError M_BAD_JSON for keys of another user or device, or misnamed ones; M_UNKNOWN for a one-time key
   *   that is not the one of the same name uploaded before
   * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysupload
   */
  async upload(userId: UserId, deviceId: DeviceId, given: KeyUpload): Promise<KeyCounts> {
    const { db, oneTimeKeys } = this.deps;
    const hasKeys = [given.oneTimeKeys, given.fallbackKeys].some((keys) => Object.keys(keys).length > 0);
    if (!given.deviceKeys && !hasKeys) return (await oneTimeKeys.stock(userId, deviceId)).counts;
    const write = await this.prepare(userId, deviceId, given);
    return db.write(write);
  }

  /** Checks an upload; what it resolves with stores it, as part of a transaction. @throws MatrixError as `upload` does */
  async prepare(
    userId: UserId,
    deviceId: DeviceId,
    given: KeyUpload,
  ): Promise<(tx: Transaction) => Promise<KeyCounts>> {
    const { db, store, oneTimeKeys, deviceLists } = this.deps;
    const keys = given.deviceKeys && checkedText(given.deviceKeys, userId, deviceId);
    const oneTime = namedKeys(given.oneTimeKeys);
    const fallback = namedKeys(given.fallbackKeys);
    const mayBeNew = keys !== undefined && keys !== (await store.one(db, userId, deviceId));
    const audience: Audience = mayBeNew ? await deviceLists.audience(userId) : [];
    return async (tx) => {
      await store.enter(tx, userId, deviceId);
      if (keys !== undefined) await this.#put(tx, userId, deviceId, keys, audience);
      return oneTimeKeys.add(tx, { userId, deviceId }, oneTime, fallback);
    };
  }

  /** With a new identity, what the old one signed and what was signed of it is worth nothing. */
  async #put(tx: Transaction, userId: UserId, deviceId: DeviceId, text: string, audience: Audience) {
    const { store, signatures, oneTimeKeys, deviceLists } = this.deps;
    const before = await store.one(tx, userId, deviceId);
    if (before === text) return;
    if (before !== undefined) {
      const [old, keys] = [parseOwn(before), parseOwn(text)];
      if (!isSameKey(old, keys)) await signatures.removeOn(tx, userId, [deviceId]);
      if (!isSameJson(old['keys'], keys['keys'])) await oneTimeKeys.remove(tx, userId, [deviceId]);
    }
    await store.put(tx, userId, deviceId, text);
    await deviceLists.record(tx, userId, audience, { devices: [deviceId] });
  }

  /**
   * The keys of local users. Users who do not exist are absent.
   *
   * @param asking undefined: another server, which sees what users signed of their own
   * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysquery
   */
  async query(asking: UserId | undefined, wanted: KeyQuery): Promise<KeyAnswer> {
    const { db, store, crossSigning, signatures, directory } = this.deps;
    const userIds = [...wanted.keys()];
    const [devices, stored, userKeys, visible] = await Promise.all([
      directory.devicesOf(userIds),
      store.ofUsers(db, userIds),
      crossSigning.ofUsers(db, userIds),
      signatures.visible(db, userIds, asking ?? ''),
    ]);
    const onKey = onKeys(visible);
    const deviceKeys: Record<UserId, Record<DeviceId, JsonObject>> = {};
    for (const userId of devices.keys()) deviceKeys[userId] = {};
    for (const { userId, deviceId, keys } of stored) {
      const only = wanted.get(userId);
      const ofUser = devices.get(userId);
      if (!ofUser?.has(deviceId) || (only && only.size > 0 && !only.has(deviceId))) continue;
      const signed = withSignatures(keys, signaturesOn(onKey, userId, deviceId));
      (deviceKeys[userId] ??= {})[deviceId] = named(signed, ofUser.get(deviceId));
    }
    return { deviceKeys, crossSigningKeys: keysOfUsers(userKeys, onKey, asking) };
  }
}

/** JSON of identity keys that say they are of this device. */
function checkedText(keys: JsonObject, userId: UserId, deviceId: DeviceId): string {
  if (keys['user_id'] !== userId) throw badJson('the user_id of device_keys is not yours');
  if (keys['device_id'] !== deviceId) throw badJson('the device_id of device_keys is not that of this device');
  const text = signable({ ...keys, unsigned: undefined });
  if (text.length > MOST_BYTES) throw badJson('device_keys are too large');
  return text;
}
