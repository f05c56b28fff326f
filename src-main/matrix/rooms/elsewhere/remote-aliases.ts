import { arrayAt, isObject, stringAt } from '../../../base/json.js';
import { MatrixError, notFound } from '../../../spec/errors.js';
import { isRoomId, serverOf } from '../../../spec/grammar.js';
import type { RoomAlias, RoomId, ServerName } from '../../../spec/ids.js';
import { isServerName } from '../../../spec/server-name.js';
import type { ServerRequests } from '../../servers/index.js';
import { refusalOf } from './answers.js';

/** A room behind a name, with servers through which one comes in. */
export interface NamedRoom {
  readonly roomId: RoomId;
  readonly servers: readonly ServerName[];
}

const PATH = '/_matrix/federation/v1/query/directory';
/** Servers that are kept of an answer: more than anybody tries. */
const MOST_SERVERS = 500;
const MOST_BYTES = 1024 * 1024;

/** Room aliases of other servers. @see https://spec.matrix.org/v1.19/server-server-api/#get_matrixfederationv1querydirectory */
export class RemoteAliases {
  readonly #asking = new Map<RoomAlias, Promise<NamedRoom>>();

  constructor(private readonly deps: { readonly requests: Pick<ServerRequests, 'json'> }) {}

  /** @throws MatrixError M_NOT_FOUND; M_UNKNOWN 502 when its server cannot be asked */
  resolve(alias: RoomAlias): Promise<NamedRoom> {
    const underway = this.#asking.get(alias);
    if (underway) return underway;
    const asking = this.#ask(alias).finally(() => this.#asking.delete(alias));
    this.#asking.set(alias, asking);
    return asking;
  }

  async #ask(alias: RoomAlias): Promise<NamedRoom> {
    const destination = serverOf(alias);
    const query = { room_alias: alias };
    const answer = await this.deps.requests
      .json({ destination, method: 'GET', path: PATH, query, maxBytes: MOST_BYTES, evenIfDown: true })
      .catch((error: unknown) => {
        throw refusalOf(error);
      });
    const object = isObject(answer) ? answer : undefined;
    const roomId = stringAt(object, 'room_id');
    if (roomId === undefined) throw notFound('nobody gave this name to a room');
    if (!isRoomId(roomId)) throw new MatrixError(502, 'M_UNKNOWN', 'the other server names no room');
    const named = (arrayAt(object, 'servers') ?? [])
      .slice(0, MOST_SERVERS)
      .filter((server): server is ServerName => typeof server === 'string' && isServerName(server));
    // Whoever gave the name most likely knows the room.
    return { roomId, servers: [...new Set(named.length > 0 ? named : [destination])] };
  }
}
