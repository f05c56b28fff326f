import { type JsonObject, integerAt } from '../../../base/json.js';
import { randomLetters } from '../../../base/random.js';
import { MatrixError } from '../../../spec/errors.js';
import type { RoomId, RoomVersion, ServerName, UserId } from '../../../spec/ids.js';
import { type RoomVersionRules, roomVersionRules } from '../../../spec/room-version.js';
import { creatorsOf, viewOfEvents } from '../../../spec/state-view.js';
import type { Database, Transaction } from '../../../storage/database.js';
import type { EventAppender, RoomReader, StoredEvent } from '../../events/index.js';
import type { DirectoryStore } from '../directory.store.js';
import type { ConsentRules, RoomMembership, Suspensions } from '../membership.js';
import type { RoomLimits } from '../room-limits.js';
import { type SuccessorLevels, successorLevels } from './successor-levels.js';
import { type StateCopy, successorCreate, successorState } from './successor-state.js';

export interface UpgradeRequest {
  readonly roomId: RoomId;
  readonly userId: UserId;
  readonly version: RoomVersion;
  /** who shall stand above all levels beside the upgrader, in versions that know this */
  readonly additionalCreators: readonly UserId[];
}

interface UpgradeDeps {
  readonly db: Database;
  readonly serverName: ServerName;
  readonly reader: RoomReader;
  readonly appender: EventAppender;
  readonly membership: RoomMembership;
  readonly directoryStore: DirectoryStore;
  readonly users: Suspensions;
  readonly consents: ConsentRules;
  readonly limits: RoomLimits;
}

/** All that is decided before anything is written. */
interface Plan {
  readonly request: UpgradeRequest;
  readonly rules: RoomVersionRules;
  readonly create: JsonObject;
  readonly joins: JsonObject;
  readonly state: readonly StateCopy[];
  readonly levels: SuccessorLevels;
  readonly oldLevels: JsonObject;
  readonly canonicalAlias: JsonObject | undefined;
}

/** Bans carried over in one transaction: others shall write in between. */
const BANS_AT_ONCE = 50;

/**
 * Replaces a room by one of another version. People are told where it went and follow by themselves; those who were
 * banned stay so.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#room-upgrades
 */
export class RoomUpgrade {
  constructor(private readonly deps: UpgradeDeps) {}

  /**
   * @returns the id of the new room
   * @throws MatrixError M_UNSUPPORTED_ROOM_VERSION; M_FORBIDDEN for those who may not close the room; M_USER_SUSPENDED;
   *   M_LIMIT_EXCEEDED
   */
  async upgrade(request: UpgradeRequest): Promise<RoomId> {
    this.deps.limits.creation(request.userId, 0);
    const plan = await this.#plan(request);
    const newRoom = await this.deps.db.write(async (tx) => {
      const roomId = await this.#replace(tx, plan);
      await this.#fill(tx, roomId, plan);
      await this.#moveNames(tx, roomId, plan);
      await this.#quieten(tx, plan);
      return roomId;
    });
    await this.#carryBans(newRoom, request);
    if (plan.levels.final) await this.#setFinalLevels(newRoom, request.userId, plan.levels.final);
    return newRoom;
  }

  async #plan(request: UpgradeRequest): Promise<Plan> {
    const { reader, membership, users, consents } = this.deps;
    const { roomId, userId, additionalCreators } = request;
    const rules = roomVersionRules(request.version);
    if (!rules) throw new MatrixError(400, 'M_UNSUPPORTED_ROOM_VERSION', 'this server does not know that room version');
    await users.requireNotSuspended(userId);
    await consents.requireGiven(userId);
    const joins = await membership.prepare({ roomId, sender: userId, target: userId, membership: 'join' });
    const events = await reader.allState(roomId, { withMembers: false });
    const state = viewOfEvents(events);
    const oldCreate = events.find(({ type }) => type === 'm.room.create');
    const oldLevels = state.get('m.room.power_levels', '')?.content ?? {};
    return {
      request,
      rules,
      joins,
      create: successorCreate(oldCreate, rules, userId, additionalCreators),
      state: successorState(events),
      levels: successorLevels({
        old: oldLevels,
        oldRules: oldCreate?.rules ?? rules,
        rules,
        upgrader: userId,
        oldCreators: creatorsOf(state) as UserId[],
        creators: [userId, ...additionalCreators],
      }),
      oldLevels,
      canonicalAlias: state.get('m.room.canonical_alias', '')?.content,
    };
  }

  /**
   * The end of the old room and the begin of the new one, each naming the other. Where the new room's id is the hash of
   * its first event, that event can not name the last of the old one.
   */
  async #replace(tx: Transaction, { request, rules, create }: Plan): Promise<RoomId> {
    const { appender, serverName } = this.deps;
    const begin = async (roomId: RoomId | undefined, predecessor: JsonObject) => {
      const content = { ...create, predecessor: { room_id: request.roomId, ...predecessor } };
      return (await appender.create(tx, { sender: request.userId, rules, content, roomId })).roomId;
    };
    if (rules.roomIdIsCreateHash) {
      const roomId = await begin(undefined, {});
      await this.#close(tx, request, roomId);
      return roomId;
    }
    const roomId: RoomId = `!${randomLetters(18)}:${serverName}`;
    const tombstone = await this.#close(tx, request, roomId);
    return begin(roomId, { event_id: tombstone.eventId });
  }

  #close(tx: Transaction, { roomId, userId }: UpgradeRequest, successor: RoomId): Promise<StoredEvent> {
    const content = { body: 'This room has been replaced', replacement_room: successor };
    return this.deps.appender.append(tx, { roomId, sender: userId, type: 'm.room.tombstone', stateKey: '', content });
  }

  async #fill(tx: Transaction, roomId: RoomId, { request, joins, levels, state }: Plan): Promise<void> {
    const { membership, appender } = this.deps;
    const sender = request.userId;
    await membership.write(tx, { roomId, sender, target: sender, membership: 'join' }, joins);
    await appender.append(tx, { roomId, sender, type: 'm.room.power_levels', stateKey: '', content: levels.first });
    for (const copy of state) await appender.append(tx, { ...copy, roomId, sender });
  }

  /** The new room is found where the old one was. */
  async #moveNames(tx: Transaction, roomId: RoomId, { request, canonicalAlias }: Plan): Promise<void> {
    const { directoryStore } = this.deps;
    if (await directoryStore.isPublished(tx, request.roomId)) {
      await directoryStore.setPublished(tx, request.roomId, false);
      await directoryStore.setPublished(tx, roomId, true);
    }
    await directoryStore.moveAliases(tx, request.roomId, roomId);
    if (!canonicalAlias || Object.keys(canonicalAlias).length === 0) return;
    const names = { sender: request.userId, type: 'm.room.canonical_alias', stateKey: '' };
    await this.#unlessRefused(tx, { ...names, roomId: request.roomId, content: {} });
    await this.#unlessRefused(tx, { ...names, roomId, content: canonicalAlias });
  }

  /** In the old room nobody but its moderators writes or invites any more. */
  async #quieten(tx: Transaction, { request, oldLevels }: Plan): Promise<void> {
    const usersDefault = integerAt(oldLevels, 'users_default') ?? 0;
    const restricted = Math.max(usersDefault + 1, 50);
    const raised = ['events_default', 'invite'].filter((name) => (integerAt(oldLevels, name) ?? 0) < restricted);
    if (raised.length === 0) return;
    const content = { ...oldLevels, ...Object.fromEntries(raised.map((name) => [name, restricted])) };
    const { roomId, userId: sender } = request;
    await this.#unlessRefused(tx, { roomId, sender, type: 'm.room.power_levels', stateKey: '', content });
  }

  async #carryBans(roomId: RoomId, { roomId: oldRoomId, userId }: UpgradeRequest): Promise<void> {
    const { db, reader, membership } = this.deps;
    const banned = await reader.members(oldRoomId, ['ban']);
    for (let at = 0; at < banned.length; at += BANS_AT_ONCE) {
      const some = await reader.eventsByNid(banned.slice(at, at + BANS_AT_ONCE).map(({ eventNid }) => eventNid));
      await db.write(async (tx) => {
        for (const { stateKey, content } of some) {
          const target = stateKey as UserId;
          await membership.write(tx, { roomId, sender: userId, target, membership: 'ban' }, content);
        }
      });
    }
  }

  async #setFinalLevels(roomId: RoomId, sender: UserId, content: JsonObject): Promise<void> {
    await this.deps.db.write((tx) =>
      this.deps.appender.append(tx, { roomId, sender, type: 'm.room.power_levels', stateKey: '', content }),
    );
  }

  /** What the upgrader may not say stays as it is: the upgrade itself stands. */
  async #unlessRefused(tx: Transaction, draft: StateCopy & { roomId: RoomId; sender: UserId }): Promise<void> {
    try {
      await this.deps.appender.append(tx, draft);
    } catch (error) {
      if (!(error instanceof MatrixError) || error.errcode !== 'M_FORBIDDEN') throw error;
    }
  }
}
