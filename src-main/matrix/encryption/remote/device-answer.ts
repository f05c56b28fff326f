import { arrayAt, integerAt, isObject, type JsonObject, type JsonValue, stringAt } from '../../../base/json.js';
import type { DeviceId, UserId } from '../../../spec/ids.js';
import type { CrossSigningKey, KeyUsage } from '../cross-signing.store.js';
import { publicKeyOf } from '../signed-keys.js';
import { isShortName } from '../wire.js';
import type { RemoteDevice } from './remote-devices.store.js';

/** What another server says of the devices of one of its users. */
export interface DeviceList {
  readonly streamId: number;
  readonly devices: readonly RemoteDevice[];
  readonly crossSigningKeys: readonly CrossSigningKey[];
}

/** A list that is longer is nobody's, and counts as empty. */
export const MOST_DEVICES = 1000;
const MOST_KEY_BYTES = 65_536;
const MOST_NAME_LETTERS = 255;

/**
 * Reads the answer of `/user/devices`. Keys that are not of this user and device are left out.
 *
 * @returns undefined when it is no list of this user
 * @see https://spec.matrix.org/v1.19/server-server-api/#get_matrixfederationv1userdevicesuserid
 */
export function deviceList(answer: JsonValue, userId: UserId): DeviceList | undefined {
  const object = isObject(answer) && answer['user_id'] === userId ? answer : undefined;
  const streamId = integerAt(object, 'stream_id');
  const devices = arrayAt(object, 'devices');
  if (!object || streamId === undefined || !devices) return undefined;
  const read = devices.length > MOST_DEVICES ? [] : devices.flatMap((device) => listedDevice(device, userId) ?? []);
  return {
    streamId,
    devices: [...new Map(read.map((device) => [device.deviceId, device])).values()],
    crossSigningKeys: [
      crossSigningKey(object['master_key'], userId, 'master'),
      crossSigningKey(object['self_signing_key'], userId, 'self_signing'),
    ].filter((key) => key !== undefined),
  };
}

function listedDevice(value: JsonValue, userId: UserId): RemoteDevice | undefined {
  if (!isObject(value)) return undefined;
  const deviceId = stringAt(value, 'device_id');
  if (deviceId === undefined || !isShortName(deviceId)) return undefined;
  return { deviceId, displayName: displayName(value), keys: identityKeys(value['keys'], userId, deviceId) };
}

/** A name of a device, short enough to be one. */
export const displayName = (value: JsonObject): string | undefined =>
  stringAt(value, 'device_display_name')?.slice(0, MOST_NAME_LETTERS).toWellFormed();

/** Identity keys, without what their server added; undefined for those of another user or device. */
export function identityKeys(value: JsonValue | undefined, userId: UserId, deviceId: DeviceId): JsonObject | undefined {
  if (!isObject(value) || value['user_id'] !== userId || value['device_id'] !== deviceId) return undefined;
  const { unsigned: _added, ...keys } = value;
  if (!isObject(keys['keys']) || !Array.isArray(keys['algorithms']) || !isObject(keys['signatures'])) return undefined;
  return JSON.stringify(keys).length > MOST_KEY_BYTES ? undefined : keys;
}

/** A key of a user; undefined for what is no such key of this user. */
export function crossSigningKey(
  value: JsonValue | undefined,
  userId: UserId,
  usage: KeyUsage,
): CrossSigningKey | undefined {
  if (!isObject(value) || value['user_id'] !== userId) return undefined;
  const usages = value['usage'];
  const publicKey = publicKeyOf(value);
  if (!Array.isArray(usages) || !usages.includes(usage) || publicKey === undefined) return undefined;
  const { unsigned: _added, ...key } = value;
  return JSON.stringify(key).length > MOST_KEY_BYTES ? undefined : { userId, usage, publicKey, key };
}
