import { expect } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
import type { RoomAlias, RoomId } from '../../src-main/spec/ids.js';
import type { TestUser } from '../support/test-client.js';

/** Two people of two servers; `host` makes the rooms. */
export interface Cast {
  readonly host: TestUser;
  readonly guest: TestUser;
  /** a second person of the guest's server */
  readonly friend: TestUser;
  readonly version: string;
}

export type Story = (cast: Cast) => Promise<void>;

export const seg = encodeURIComponent;
let rooms = 0;

/** A room of the host's that everybody may join, with an alias. */
export async function publicRoom(
  { host, version }: Cast,
  more: JsonObject = {},
): Promise<{ roomId: RoomId; alias: RoomAlias }> {
  const name = `room${rooms++}`;
  const options = { room_version: version, preset: 'public_chat', room_alias_name: name, name, ...more };
  const roomId = await host.createRoom(options);
  return { roomId, alias: `#${name}:${serverOf(host)}` as RoomAlias };
}

export const serverOf = ({ userId }: TestUser): string => userId.slice(userId.indexOf(':') + 1);

const membershipOf = async (reader: TestUser, roomId: RoomId, who: TestUser): Promise<string | undefined> =>
  (await reader.state(roomId)).find((e) => e.type === 'm.room.member' && e.state_key === who.userId)?.content
    .membership;

/** Waits until a reader in the room sees that membership. */
export const expectMembership = (reader: TestUser, roomId: RoomId, who: TestUser, membership: string) =>
  expect.poll(() => membershipOf(reader, roomId, who), { timeout: 15_000 }).toBe(membership);

/** Joins by the room's id, through the server of somebody who is in it. */
export const joinVia = async (who: TestUser, roomId: RoomId, via: TestUser) =>
  who.ok('POST', `/join/${seg(roomId)}`, { query: { via: serverOf(via), server_name: serverOf(via) }, body: {} });
