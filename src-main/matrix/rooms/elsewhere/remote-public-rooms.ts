import { arrayAt, integerAt, isObject, type JsonObject, type JsonValue } from '../../../base/json.js';
import { MatrixError } from '../../../spec/errors.js';
import type { ServerName } from '../../../spec/ids.js';
import { parseMxc } from '../../../spec/mxc.js';
import type { ServerRequests } from '../../servers/index.js';
import type { PublicRoomsPage, PublicRoomsQuery } from '../public-rooms.js';
import type { PublicRoom } from '../room-cards.js';
import { refusalOf, shortText } from './answers.js';
import { isRoomId } from '../../../spec/grammar.js';

const PATH = '/_matrix/federation/v1/publicRooms';
const MOST_BYTES = 10 * 1024 * 1024;
const MOST_ROOMS = 1000;

/** What is asked for beside a page of the directory. */
export interface Networks {
  readonly includeAll: boolean;
  readonly thirdPartyInstance: string | undefined;
}

/** The published rooms of other servers. @see https://spec.matrix.org/v1.19/server-server-api/#published-room-directory */
export class RemotePublicRooms {
  constructor(private readonly deps: { readonly requests: Pick<ServerRequests, 'json'> }) {}

  /** @throws MatrixError M_UNKNOWN 502 when that server does not say */
  async page(server: ServerName, query: PublicRoomsQuery, networks: Networks): Promise<PublicRoomsPage> {
    const answer = await this.#ask(server, query, networks).catch((error: unknown) => {
      throw refusalOf(error);
    });
    const chunk = isObject(answer) ? arrayAt(answer, 'chunk') : undefined;
    if (!isObject(answer) || !chunk) throw new MatrixError(502, 'M_UNKNOWN', 'the other server lists no rooms');
    const [next, previous] = [shortText(answer['next_batch']), shortText(answer['prev_batch'])];
    return {
      chunk: chunk.slice(0, MOST_ROOMS).flatMap((room) => publicRoom(room) ?? []),
      total_room_count_estimate: integerAt(answer, 'total_room_count_estimate') ?? chunk.length,
      ...(next !== undefined && { next_batch: next }),
      ...(previous !== undefined && { prev_batch: previous }),
    };
  }

  /** With a filter by POST, without one by GET, which is all that some servers know. */
  #ask(server: ServerName, query: PublicRoomsQuery, networks: Networks): Promise<JsonValue> {
    const { limit, since, searchTerm, roomTypes } = query;
    const common = {
      limit,
      ...(since !== undefined && { since }),
      ...(networks.includeAll && { include_all_networks: true }),
      ...(networks.thirdPartyInstance !== undefined && { third_party_instance_id: networks.thirdPartyInstance }),
    };
    const request = { destination: server, path: PATH, maxBytes: MOST_BYTES, evenIfDown: true };
    if (searchTerm === undefined && roomTypes === undefined) {
      return this.deps.requests.json({ ...request, method: 'GET', query: common });
    }
    const filter = {
      ...(searchTerm !== undefined && { generic_search_term: searchTerm }),
      ...(roomTypes !== undefined && { room_types: roomTypes }),
    };
    return this.deps.requests.json({ ...request, method: 'POST', body: { ...common, filter } });
  }
}

const TEXTS = ['name', 'topic', 'canonical_alias', 'join_rule', 'room_type'] as const;

/**
 * A room as another server shows it, with what clients rely on and no more.
 *
 * @returns undefined for what is no description of a room
 */
export function publicRoom(value: JsonValue | undefined): PublicRoom | undefined {
  if (!isObject(value)) return undefined;
  const { room_id: roomId, num_joined_members: joined } = value;
  if (typeof roomId !== 'string' || !isRoomId(roomId) || !isCount(joined)) return undefined;
  return {
    room_id: roomId,
    num_joined_members: joined,
    world_readable: value['world_readable'] === true,
    guest_can_join: value['guest_can_join'] === true,
    ...texts(value),
  };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function texts(value: JsonObject): Partial<PublicRoom> {
  const found: Record<string, string> = {};
  for (const key of TEXTS) {
    const text = shortText(value[key], 65_536);
    if (text !== undefined && text !== '') found[key] = text;
  }
  const avatar = shortText(value['avatar_url']);
  return avatar !== undefined && parseMxc(avatar) ? { ...found, avatar_url: avatar } : found;
}
