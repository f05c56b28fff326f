import { type JsonObject, objectAt, stringAt } from '../../base/json.js';
import { forbidden, MatrixError } from '../../spec/errors.js';
import type { StateKey } from '../../spec/event.js';
import { isOnServer, isUserId } from '../../spec/grammar.js';
import type { RoomId, ServerName, UserId } from '../../spec/ids.js';
import { powerLevelsOf } from '../../spec/power-levels.js';
import { createEventOf, creatorsIn, type StateView } from '../../spec/state-view.js';
import type { RoomReader } from '../events/index.js';
import type { PolicedAppender } from '../federation/index.js';
import type { RoomMembership } from './membership.js';

const KEYS: readonly StateKey[] = [
  ['m.room.create', ''],
  ['m.room.power_levels', ''],
  ['m.room.join_rules', ''],
];

/** Makes people of this server administrators of rooms that lost theirs: in the name of whoever here may do it. */
export class RoomAdmins {
  constructor(
    private readonly deps: {
      readonly serverName: ServerName;
      readonly reader: RoomReader;
      readonly policed: PolicedAppender;
      readonly membership: RoomMembership;
    },
  ) {}

  /**
   * Gives somebody the highest level that anybody here has in the room, and invites them where they could not join.
   *
   * @throws MatrixError M_UNKNOWN 400 where nobody here may do that; M_NOT_FOUND for an unknown room
   */
  async make(roomId: RoomId, userId: UserId): Promise<void> {
    const { reader, policed, membership, serverName } = this.deps;
    if (!isOnServer(userId, serverName)) throw new MatrixError(400, 'M_UNKNOWN', 'only people of this server');
    await reader.knownRoom(roomId);
    const state = await reader.stateView(roomId, KEYS);
    const giver = await this.#giver(roomId, state);
    if (!giver) throw new MatrixError(400, 'M_UNKNOWN', 'nobody of this server is an administrator of this room');
    if (powerLevelsOf(state).powerOf(userId) < giver.level) {
      const content = withLevel(state, userId, giver);
      await translated(
        policed.append({ roomId, sender: giver.userId, type: 'm.room.power_levels', stateKey: '', content }),
      );
    }
    if (await reader.isJoined(roomId, userId)) return;
    if (stringAt(state.get('m.room.join_rules', '')?.content, 'join_rule') === 'public') return;
    const standing = await reader.membership(roomId, userId);
    if (standing?.membership === 'invite') return;
    await membership.changeUncounted({ roomId, sender: giver.userId, target: userId, membership: 'invite' });
  }

  /** Who here has the highest level, and may change levels. */
  async #giver(roomId: RoomId, state: StateView): Promise<{ userId: UserId; level: number } | undefined> {
    const { reader, serverName } = this.deps;
    const levels = powerLevelsOf(state);
    const create = createEventOf(state);
    const named = Object.keys(objectAt(state.get('m.room.power_levels', '')?.content, 'users') ?? {});
    const candidates = [...new Set([...named, ...(create ? creatorsIn(create) : [])])]
      .filter((userId): userId is UserId => isUserId(userId) && isOnServer(userId, serverName))
      .sort((a, b) => levels.powerOf(b) - levels.powerOf(a));
    const needed = levels.levelForEvent('m.room.power_levels', true);
    for (const userId of candidates) {
      if (levels.powerOf(userId) < needed) return undefined;
      if (await reader.isJoined(roomId, userId)) return { userId, level: levels.powerOf(userId) };
    }
    return undefined;
  }
}

/** Creators of new rooms stand above all levels: whom they make an administrator gets the one that rooms begin with. */
function withLevel(state: StateView, userId: UserId, giver: { level: number }): JsonObject {
  const content = state.get('m.room.power_levels', '')?.content ?? {};
  const level = Number.isFinite(giver.level) ? giver.level : ADMIN;
  return { ...content, users: { ...objectAt(content, 'users'), [userId]: level } };
}

const ADMIN = 100;

async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof MatrixError) || error.status !== forbidden('').status) throw error;
    throw new MatrixError(400, 'M_UNKNOWN', 'nobody of this server may change the levels of this room');
  }
}
