import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../base/json.js';
import { forbidden, MatrixError } from '../../spec/errors.js';
import type { StateKey } from '../../spec/event.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import { type PowerLevels, powerLevelsOf } from '../../spec/power-levels.js';
import { creatorsOf, joinRuleOf, type StateView } from '../../spec/state-view.js';
import type { RoomReader } from '../events/index.js';

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
  constructor(private readonly deps: { readonly reader: RoomReader }) {}

  /**
   * Who of this server lets `userId` into the room, for a join that only the membership of another room allows;
   * undefined where a join needs nobody's help.
   *
   * @throws MatrixError M_FORBIDDEN for members of none of the rooms; M_UNABLE_TO_GRANT_JOIN where nobody here may invite
   */
  async authoriser(roomId: RoomId, userId: UserId): Promise<UserId | undefined> {
    const { reader } = this.deps;
    const standing = await reader.membership(roomId, userId);
    if (standing?.membership === 'join' || standing?.membership === 'invite') return undefined;
    const state = await reader.stateView(roomId, KEYS);
    const joinRules = state.get('m.room.join_rules', '');
    if (!joinRules?.rules.restrictedJoins || !RESTRICTED.has(joinRuleOf(state))) return undefined;
    if (!(await this.#isInAllowedRoom(joinRules.content, userId))) {
      throw forbidden('you are in none of the rooms whose members may join');
    }
    const authoriser = await this.#inviter(roomId, state);
    if (authoriser !== undefined) return authoriser;
    throw new MatrixError(400, 'M_UNABLE_TO_GRANT_JOIN', 'nobody of this server in that room may let you in');
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
    const members = await reader.members(roomId, ['join'], MOST_AUTHORISERS);
    return members.find(({ isLocal, userId }) => isLocal && mayInvite(levels, userId))?.userId;
  }

  async #isInAllowedRoom(joinRules: JsonObject, userId: UserId): Promise<boolean> {
    const allowed = (arrayAt(joinRules, 'allow') ?? [])
      .slice(0, MOST_ALLOWED_ROOMS)
      .flatMap((entry) =>
        isObject(entry) && entry['type'] === 'm.room_membership' ? (stringAt(entry, 'room_id') ?? []) : [],
      );
    const joined = new Set<string>(await this.deps.reader.joinedRooms(userId));
    return allowed.some((roomId) => joined.has(roomId));
  }
}

const RESTRICTED: ReadonlySet<string> = new Set(['restricted', 'knock_restricted']);

const mayInvite = (levels: PowerLevels, userId: UserId): boolean => levels.powerOf(userId) >= levels.levelFor('invite');

/** Whom the room gives a level of their own. */
function namedUsers(state: StateView): UserId[] {
  const users = objectAt(state.get('m.room.power_levels', '')?.content, 'users') ?? {};
  return [...new Set([...creatorsOf(state), ...(Object.keys(users) as UserId[])])];
}
