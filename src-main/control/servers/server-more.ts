import { stringAt } from '../../base/json.js';
import type { Events } from '../../matrix/events/index.js';
import type { Queues } from '../../matrix/federation/index.js';
import type { Servers } from '../../matrix/servers/index.js';
import type { RoomId, ServerName } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { ServerMore } from '../contract.js';

export interface ServerMoreDeps {
  readonly db: Database;
  readonly events: Pick<Events, 'inCommon' | 'reader'>;
  readonly queues: Pick<Queues, 'types'>;
  readonly servers: Pick<Servers, 'destinations' | 'peers' | 'keysOf'>;
}

const MOST_ROOMS = 100;
const NAME_LENGTH = 200;

/** What only the page of one server shows. */
export async function readMore(
  { db, events, queues, servers }: ServerMoreDeps,
  serverName: ServerName,
): Promise<ServerMore> {
  const [attempts, keys, rooms, types] = await Promise.all([
    servers.destinations.attempts(serverName),
    servers.keysOf(serverName),
    events.inCommon.rooms(db, serverName, MOST_ROOMS),
    queues.types(serverName),
  ]);
  const names = await roomNames(
    events,
    rooms.map(({ roomId }) => roomId),
  );
  return {
    attempts: attempts.map(({ at, failure }) => ({ at, failure })),
    keys: keys.map(({ keyId, validUntil, isExpired, fetchedAt }) => ({ keyId, validUntil, isExpired, fetchedAt })),
    rooms: rooms.map(({ roomId, people }) => ({ roomId, name: names.get(roomId), people })),
    queue: [...types].map(([type, count]) => ({ type, count })),
    refusals: servers.peers.refusalsOf(serverName),
  };
}

/** The names that rooms were given; those without one are left out. */
export async function roomNames(
  { reader }: Pick<Events, 'reader'>,
  roomIds: readonly RoomId[],
): Promise<ReadonlyMap<RoomId, string>> {
  const states = await reader.stateInRooms(roomIds, ['m.room.name', '']);
  const names = new Map<RoomId, string>();
  for (const [roomId, { pdu }] of states) {
    const name = stringAt(pdu.content, 'name');
    if (name !== undefined && name !== '') names.set(roomId, name.slice(0, NAME_LENGTH));
  }
  return names;
}
