import type { JsonObject } from '../../base/json.js';
import type { ClaimedKey } from './one-time-keys.store.js';
import type { KeyClaim } from './one-time-keys.js';
import { byUser, isShortName } from './wire.js';

/** Reads `{ [user]: { [device]: algorithm } }`. */
export const readClaims = (wanted: Readonly<Record<string, Readonly<Record<string, string>>>>): KeyClaim[] =>
  byUser(wanted).flatMap(([userId, devices]) =>
    Object.entries(devices)
      .filter(([deviceId, algorithm]) => isShortName(deviceId) && isShortName(algorithm))
      .map(([deviceId, algorithm]) => ({ userId, deviceId, algorithm })),
  );

/** Writes `{ [user]: { [device]: { [name]: key } } }`. */
export function writeClaimed(keys: readonly ClaimedKey[]): Record<string, Record<string, JsonObject>> {
  const answer: Record<string, Record<string, JsonObject>> = {};
  for (const { userId, deviceId, name, key } of keys) (answer[userId] ??= {})[deviceId] = { [name]: JSON.parse(key) };
  return answer;
}
