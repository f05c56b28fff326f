import type { Milliseconds } from '../../../base/clock.js';
import type { JsonObject } from '../../../base/json.js';
import type { RateLimiter } from '../../../http/rate-limit.js';
import { forbidden, MatrixError, notFound } from '../../../spec/errors.js';
import { isOnServer } from '../../../spec/grammar.js';
import type { RoomId, RoomVersion, ServerName } from '../../../spec/ids.js';
import type { PartialRooms, Room, RoomReader, Templates } from '../../events/index.js';
import type { ServerAcls } from '../server-acls.js';
import type { RestrictedJoins } from './restricted-joins.js';
import { AUTHORISER, type Wish } from './template.js';

interface MakeMembershipDeps {
  readonly serverName: ServerName;
  readonly reader: RoomReader;
  readonly partials: Pick<PartialRooms, 'isWholeWithin'>;
  readonly templates: Templates;
  readonly acls: ServerAcls;
  readonly restricted: RestrictedJoins;
  /** by room */
  readonly joinLimit: RateLimiter;
}

/** A wish of a user of another server, as that server brings it to us. */
export interface ForeignWish extends Wish {
  readonly origin: ServerName;
  /** the room versions that the server knows; undefined: it was not asked to say */
  readonly versions: readonly RoomVersion[] | undefined;
}

/** Events for users of other servers to sign: how they come into our rooms, ask to, and leave. */
export class MakeMembership {
  constructor(private readonly deps: MakeMembershipDeps) {}

  /**
   * The event as it would be now, with the room's version.
   *
   * @throws MatrixError M_FORBIDDEN; M_NOT_FOUND for a room that this server is not in; M_INCOMPATIBLE_ROOM_VERSION;
   *   M_UNABLE_TO_AUTHORISE_JOIN, M_UNABLE_TO_GRANT_JOIN; M_LIMIT_EXCEEDED
   * @see https://spec.matrix.org/v1.19/server-server-api/#get_matrixfederationv1make_joinroomiduserid
   */
  async make(wish: ForeignWish): Promise<JsonObject> {
    const { asking, roomId, userId, origin, versions } = wish;
    const { rules } = await this.#room(roomId, origin);
    if (asking !== 'leave') await requireWhole(this.deps.partials, roomId);
    if (versions && !versions.includes(rules.version)) throw incompatible(rules.version);
    if (asking === 'join') this.deps.joinLimit.check(roomId);
    if (asking === 'knock' && !rules.knocking) throw forbidden('rooms of this version take no knocks');
    if (!isOnServer(userId, origin)) throw forbidden('that user is not of your server');
    const authoriser = asking === 'join' ? await this.deps.restricted.authoriser(roomId, userId) : undefined;
    const content = { membership: asking, ...(authoriser !== undefined && { [AUTHORISER]: authoriser }) };
    const draft = { roomId, sender: userId, type: 'm.room.member', stateKey: userId, content };
    const { pdu } = await this.deps.templates.template(draft);
    return { room_version: rules.version, event: { ...pdu, origin: this.deps.serverName } };
  }

  async #room(roomId: RoomId, origin: ServerName): Promise<Room> {
    return residentRoom(this.deps, roomId, origin);
  }
}

/**
 * A room that this server can speak for, to a server that it lets in.
 *
 * @throws MatrixError M_FORBIDDEN, M_NOT_FOUND
 */
export async function residentRoom(
  { reader, acls }: { readonly reader: RoomReader; readonly acls: ServerAcls },
  roomId: RoomId,
  origin: ServerName,
): Promise<Room> {
  await acls.require(roomId, origin);
  const room = await reader.room(roomId);
  if (!room || !(await reader.isHere(roomId))) throw notFound('this server is not in that room');
  return room;
}

/** Most rooms are whole a moment after somebody here joined them: others wait so long. */
const MOMENT: Milliseconds = 1_000;

/**
 * Whoever does not have all of a room yet lets nobody in.
 *
 * @throws MatrixError M_NOT_FOUND as if this server were not in the room
 */
export async function requireWhole(partials: Pick<PartialRooms, 'isWholeWithin'>, roomId: RoomId): Promise<void> {
  if (!(await partials.isWholeWithin(roomId, MOMENT))) throw notFound('this server is not fully in that room yet');
}

const incompatible = (version: RoomVersion) =>
  new MatrixError(400, 'M_INCOMPATIBLE_ROOM_VERSION', `your server does not know rooms of version ${version}`, {
    room_version: version,
  });
