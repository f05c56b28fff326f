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
