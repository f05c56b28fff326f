import type { Cache, Caches } from '../../../base/caches.js';
import type { Clock, Milliseconds } from '../../../base/clock.js';
import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../../base/json.js';
import { isRoomId } from '../../../spec/grammar.js';
import type { RoomId, ServerName } from '../../../spec/ids.js';
import { isServerName } from '../../../spec/server-name.js';
import { RemoteError, type ServerRequests } from '../../servers/index.js';
import type { RoomSummary } from '../room-cards.js';
import { publicRoom } from './remote-public-rooms.js';
import { shortText } from './answers.js';

/** A room as another server describes it, with the rooms that it holds. */
export interface RemoteRoom {
  readonly room: RoomSummary;
  /** `m.space.child` events, stripped */
  readonly children: readonly JsonObject[];
  /** what that server says of the children; others are to be asked about those that are missing */
  readonly summaries: ReadonlyMap<RoomId, RoomSummary>;
  /** children that nobody here could join or read, as far as that server knows */
  readonly inaccessible: ReadonlySet<RoomId>;
}

/** What is asked about a room. */
export interface Question {
  readonly suggestedOnly: boolean;
  /** ask servers that failed of late too: somebody waits for this one room */
  readonly evenIfDown?: boolean;
}

interface Remembered {
  /** who said so: it counts for who would ask the same server */
  readonly server: ServerName;
  readonly until: Milliseconds;
  readonly room: RemoteRoom | undefined;
  readonly bytes: number;
}

const MOST_BYTES = 5 * 1024 * 1024;
const MOST_CHILDREN = 1_000;
const MOST_ALLOWED = 100;
/** Servers asked about one room. */
const MOST_SERVERS = 5;
const TIMEOUT: Milliseconds = 10_000;
const FRESH_FOR: Milliseconds = 5 * 60_000;

/**
 * Rooms that this server is not in, as those who are in them describe them.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#get_matrixfederationv1hierarchyroomid
 */
export class RemoteRooms {
  readonly #known: Cache<string, Remembered>;
  readonly #asking = new Map<string, Promise<RemoteRoom | undefined>>();

  constructor(
    private readonly deps: {
      readonly requests: Pick<ServerRequests, 'json'>;
      readonly caches: Caches;
      readonly clock: Clock;
      readonly serverName: ServerName;
    },
  ) {
    this.#known = deps.caches.lru('rooms of other servers', { share: 0.005, entryBytes: ({ bytes }) => bytes });
  }

  /** @returns undefined when none of `servers` says anything of the room */
  async find(roomId: RoomId, servers: readonly string[], question: Question): Promise<RemoteRoom | undefined> {
    const { suggestedOnly } = question;
    const others = servers.filter((server) => isServerName(server) && server !== this.deps.serverName);
    const asked = [...new Set(others)].slice(0, MOST_SERVERS);
    // Whoever names a server chooses what is said of the room: for others it says nothing.
    const known = this.#known.get(JSON.stringify([roomId, suggestedOnly]));
    const isFresh = known && known.until > this.deps.clock.now();
    if (isFresh && asked.includes(known.server)) return known.room;
    const key = JSON.stringify([roomId, suggestedOnly, asked]);
    const underway = this.#asking.get(key);
    if (underway) return underway;
    if (asked.length === 0) return undefined;
    const asking = this.#ask(roomId, asked, question).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  async #ask(roomId: RoomId, servers: readonly ServerName[], question: Question): Promise<RemoteRoom | undefined> {
    for (const destination of servers) {
      const answer = await this.#answer(destination, roomId, question);
      const room = answer && remoteRoom(answer, roomId);
      if (!room) continue;
      const bytes = 2 * JSON.stringify(answer).length + 500;
      const until = this.deps.clock.now() + FRESH_FOR;
      this.#known.set(JSON.stringify([roomId, question.suggestedOnly]), {
        server: destination,
        until,
        room,
        bytes,
      });
      return room;
    }
    return undefined;
  }

  /** Servers that are down, old or not in the room are passed over. */
  async #answer(
    destination: ServerName,
    roomId: RoomId,
    { suggestedOnly, evenIfDown = false }: Question,
  ): Promise<JsonObject | undefined> {
    const path = `/_matrix/federation/v1/hierarchy/${encodeURIComponent(roomId)}`;
    const query = { suggested_only: suggestedOnly };
    try {
      const answer = await this.deps.requests.json({
        destination,
        method: 'GET',
        path,
        query,
        maxBytes: MOST_BYTES,
        timeout: TIMEOUT,
        evenIfDown,
      });
      return isObject(answer) ? answer : undefined;
    } catch (error) {
      if (error instanceof RemoteError) return undefined;
      throw error;
    }
  }
}

function remoteRoom(answer: JsonObject, roomId: RoomId): RemoteRoom | undefined {
  const given = objectAt(answer, 'room');
  const room = roomSummary(given);
  if (room?.room_id !== roomId) return undefined;
  const summaries = (arrayAt(answer, 'children') ?? [])
    .slice(0, MOST_CHILDREN)
    .flatMap((one) => roomSummary(one) ?? []);
  const inaccessible = (arrayAt(answer, 'inaccessible_children') ?? []).slice(0, MOST_CHILDREN);
  return {
    room,
    children: (arrayAt(given, 'children_state') ?? []).slice(0, MOST_CHILDREN).flatMap(strippedChild),
    summaries: new Map(summaries.map((summary) => [summary.room_id, summary])),
    inaccessible: new Set(inaccessible.filter((id): id is RoomId => typeof id === 'string' && isRoomId(id))),
  };
}

function roomSummary(value: JsonValue | undefined): RoomSummary | undefined {
  const room = publicRoom(value);
  if (!room || !isObject(value)) return undefined;
  const version = shortText(value['room_version'], 64);
  const encryption = shortText(value['encryption'], 255);
  const allowed = arrayAt(value, 'allowed_room_ids')?.slice(0, MOST_ALLOWED);
  return {
    ...room,
    ...(version !== undefined && { room_version: version }),
    ...(encryption !== undefined && { encryption }),
    ...(allowed && {
      allowed_room_ids: allowed.filter((id): id is RoomId => typeof id === 'string' && isRoomId(id)),
    }),
  };
}

/** A link to a child that clients can rely on. */
function strippedChild(value: JsonValue): JsonObject[] {
  if (!isObject(value) || value['type'] !== 'm.space.child') return [];
  const stateKey = stringAt(value, 'state_key');
  const sender = stringAt(value, 'sender');
  const content = objectAt(value, 'content');
  const ts = value['origin_server_ts'];
  if (stateKey === undefined || !isRoomId(stateKey) || sender === undefined || !content) return [];
  if (!Number.isSafeInteger(ts)) return [];
  return [{ type: 'm.space.child', state_key: stateKey, sender, content, origin_server_ts: ts }];
}
