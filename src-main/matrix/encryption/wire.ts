import { type TSchema, Type } from 'typebox';
import type { UserCaller } from '../../http/endpoint.js';
import { badJson, MatrixError } from '../../spec/errors.js';
import { isRoomId, isUserId } from '../../spec/grammar.js';
import type { DeviceId, RoomId, UserId } from '../../spec/ids.js';

/** An object with values of one shape. */
export const mapOf = <S extends TSchema>(shape: S) => Type.Record(Type.String(), shape);

/** A key that may be absent, or null as some clients write it. */
export const maybe = <S extends TSchema>(shape: S) => Type.Optional(Type.Union([shape, Type.Null()]));

const signatures = mapOf(mapOf(Type.String()));

/** Identity keys of a device. */
export const deviceKeysShape = Type.Object({
  user_id: Type.String(),
  device_id: Type.String(),
  algorithms: Type.Array(Type.String()),
  keys: mapOf(Type.String()),
  signatures,
});

/** One-time or fallback keys by name. */
export const keyMap = mapOf(
  Type.Union([
    Type.String(),
    Type.Object({ key: Type.String(), signatures: Type.Optional(signatures), fallback: Type.Optional(Type.Boolean()) }),
  ]),
);

/** A name that the database can hold and that is no longer than any real one. */
export const shortName = Type.String({ minLength: 1, maxLength: 512, pattern: '^[^\\u0000]*$' });

/** Those members of `body` whose names are user ids; there is nothing to know of others. */
export const byUser = <T>(body: Readonly<Record<string, T>>): [UserId, T][] =>
  Object.entries(body).filter((entry): entry is [UserId, T] => isUserId(entry[0]));

/** Whether `text` can be the name of a device, an algorithm or a session. */
export const isShortName = (text: string): boolean => text.length <= 512 && !text.includes('\0');

/** @throws MatrixError M_UNKNOWN 400 for a token that belongs to no device */
export function deviceOf({ deviceId }: UserCaller): DeviceId {
  if (deviceId !== undefined) return deviceId;
  throw new MatrixError(400, 'M_UNKNOWN', 'this access token belongs to no device');
}

/** Those members of `body` whose names are room ids. @throws MatrixError M_BAD_JSON for others, and for session ids that are none */
export function byRoom<T extends { readonly sessions: object }>(body: Readonly<Record<string, T>>): [RoomId, T][] {
  for (const [name, room] of Object.entries(body)) {
    if (!isRoomId(name)) throw badJson(`${name.slice(0, 100)} is not a room id`);
    checkSessionIds(room.sessions);
  }
  return Object.entries(body) as [RoomId, T][];
}

/** @throws MatrixError M_BAD_JSON */
export function checkSessionIds(sessions: object): void {
  if (!Object.keys(sessions).every(isShortName)) throw badJson('a session id is too long');
}
