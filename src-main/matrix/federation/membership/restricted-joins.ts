import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../../base/json.js';
import { forbidden, MatrixError } from '../../../spec/errors.js';
import type { StateKey } from '../../../spec/event.js';
import { isOnServer } from '../../../spec/grammar.js';
import type { RoomId, ServerName, UserId } from '../../../spec/ids.js';
import { type PowerLevels, powerLevelsOf } from '../../../spec/power-levels.js';
import { creatorsOf, domainOf, joinRuleOf, type StateView } from '../../../spec/state-view.js';
import type { RoomReader } from '../../events/index.js';

/** Rooms looked at for a restricted join. */
const MOST_ALLOWED_ROOMS = 50;
/** People asked whether they may let somebody in. */
const MOST_AUTHORISERS = 500;
const KEYS: readonly StateKey[] = [
  ['m.room.create', ''],
  ['m.room.power_levels', ''],
  ['m.room.join_rules', ''],
];

/** Rooms that let in the members of other rooms. @see https://spec.matrix.org/v1.19/client-server-api/#restricted-rooms */
export class RestrictedJoins {
  constructor(private readonly deps: { readonly reader: RoomReader; readonly serverName: ServerName }) {}

  /**
   * Who of this server lets `userId` into the room, for a join that only the membership of another room allows;
   * undefined where a join needs nobody's help.
   *
   * @throws MatrixError M_FORBIDDEN for members of none of the rooms; M_UNABLE_TO_AUTHORISE_JOIN for somebody of another
   *   server when not all of the rooms are known here; M_UNABLE_TO_GRANT_JOIN where nobody here may invite
   */
  async authoriser(roomId: RoomId, userId: UserId): Promise<UserId | undefined> {
    const state = await this.#restrictions(roomId, userId);
    if (!state) return undefined;
    await this.#requireAllowed(state, userId);
    const authoriser = await this.#inviter(roomId, state);
    if (authoriser !== undefined) return authoriser;
    throw new MatrixError(400, 'M_UNABLE_TO_GRANT_JOIN', 'nobody of this server in that room may let you in');
  }

  /** @throws MatrixError M_FORBIDDEN, M_UNABLE_TO_AUTHORISE_JOIN: see `authoriser` */
  async requireAllowed(roomId: RoomId, userId: UserId): Promise<void> {
    const state = await this.#restrictions(roomId, userId);
    if (state) await this.#requireAllowed(state, userId);
  }

  /** Other servers in the room with somebody named in its power levels who may let people in. */
  async serversThatCan(roomId: RoomId): Promise<ServerName[]> {
    const state = await this.deps.reader.stateView(roomId, KEYS);
    const levels = powerLevelsOf(state);
    const named = namedUsers(state).filter((userId) => mayInvite(levels, userId));
    const members = await this.deps.reader.membersAmong(roomId, named.slice(0, MOST_AUTHORISERS));
    const joined = members.filter(({ membership, isLocal }) => membership === 'join' && !isLocal);
    return [...new Set(joined.map(({ userId }) => domainOf(userId)))];
  }

  /** What decides, where the membership of another room does. */
  async #restrictions(roomId: RoomId, userId: UserId): Promise<StateView | undefined> {
    const { reader } = this.deps;
    const standing = await reader.membership(roomId, userId);
    if (standing?.membership === 'join' || standing?.membership === 'invite') return undefined;
    const state = await reader.stateView(roomId, KEYS);
    const { restrictedJoins, knockRestricted } = state.get('m.room.create', '')?.rules ?? {};
    const rule = joinRuleOf(state);
    const isRestricted = (rule === 'restricted' && restrictedJoins) || (rule === 'knock_restricted' && knockRestricted);
    return isRestricted ? state : undefined;
  }

  async #requireAllowed(state: StateView, userId: UserId): Promise<void> {
    const { reader, serverName } = this.deps;
    const allowed = allowedRooms(state.get('m.room.join_rules', '')?.content ?? {});
    const joined = new Set<string>(await reader.joinedRooms(userId));
    // Of rooms that this server has left it knows only who was there then.
    for (const roomId of allowed) if (joined.has(roomId) && (await reader.isHere(roomId))) return;
    if (!isOnServer(userId, serverName)) await this.#requireKnown(allowed);
    throw forbidden('you are in none of the rooms whose members may join');
  }

  /** Whether somebody of another server is in a room is known where this server is in it too. */
  async #requireKnown(allowed: readonly RoomId[]): Promise<void> {
    for (const roomId of allowed) {
      const { reader } = this.deps;
      if ((await reader.isHere(roomId)) && !(await reader.isPartial(roomId))) continue;
      throw new MatrixError(
        400,
        'M_UNABLE_TO_AUTHORISE_JOIN',
        'this server does not know all rooms whose members may join',
      );
    }
  }

  /** Somebody of this server in the room who may invite: whoever was named for it, or anybody where all may. */
  async #inviter(roomId: RoomId, state: StateView): Promise<UserId | undefined> {
    const levels = powerLevelsOf(state);
    const named = namedUsers(state)
      .filter((userId) => mayInvite(levels, userId))
      .slice(0, MOST_AUTHORISERS);
    const { reader } = this.deps;
    const here = (await reader.membersAmong(roomId, named)).find(
      ({ isLocal, membership }) => isLocal && membership === 'join',
    );
    if (here || levels.levelFor('users_default') < levels.levelFor('invite')) return here?.userId;
    const members = await reader.localMembers(roomId, MOST_AUTHORISERS);
    return members.find(({ userId }) => mayInvite(levels, userId))?.userId;
  }
}

const allowedRooms = (joinRules: JsonObject): RoomId[] =>
  (arrayAt(joinRules, 'allow') ?? [])
    .slice(0, MOST_ALLOWED_ROOMS)
    .flatMap((entry) =>
      isObject(entry) && entry['type'] === 'm.room_membership' ? (stringAt(entry, 'room_id') ?? []) : [],
    ) as RoomId[];

const mayInvite = (levels: PowerLevels, userId: UserId): boolean => levels.powerOf(userId) >= levels.levelFor('invite');

/** Whom the room gives a level of their own. */
function namedUsers(state: StateView): UserId[] {
  const users = objectAt(state.get('m.room.power_levels', '')?.content, 'users') ?? {};
  return [...new Set([...creatorsOf(state), ...(Object.keys(users) as UserId[])])];
}
