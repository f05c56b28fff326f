import { abortable } from '../../base/abort.js';
import { isObject, type JsonObject, objectAt } from '../../base/json.js';
import type { Logger } from '../../base/logger.js';
import { randomLetters } from '../../base/random.js';
import { Semaphore } from '../../base/semaphore.js';
import type { Config } from '../../config/config.js';
import { invalidParam, MatrixError } from '../../spec/errors.js';
import { checkNewAliasLocalpart, isOnServer } from '../../spec/grammar.js';
import type { RoomAlias, RoomId, RoomVersion, ServerName, UserId } from '../../spec/ids.js';
import { type RoomVersionRules, roomVersionRules } from '../../spec/room-version.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { EventAppender } from '../events/index.js';
import type { Directory } from './directory.js';
import type { DirectoryRules } from './directory-rules.js';
import type { DirectoryStore } from './directory.store.js';
import { initialPowerLevels } from './initial-power-levels.js';
import type { NewRoom, Preset } from './new-room.js';
import type { ConsentRules, RoomMembership } from './membership.js';
import type { RoomLimits } from './room-limits.js';

interface CreateRoomDeps {
  readonly db: Database;
  readonly serverName: ServerName;
  readonly config: Config['rooms'];
  readonly appender: EventAppender;
  readonly membership: RoomMembership;
  readonly directory: Directory;
  readonly directoryStore: DirectoryStore;
  readonly rules: DirectoryRules;
  readonly consents: ConsentRules;
  readonly limits: RoomLimits;
  readonly log: Logger;
}

interface StateDraft {
  readonly type: string;
  readonly stateKey: string;
  readonly content: JsonObject;
}

const PRESETS: Readonly<Record<Preset, { join_rule: string; history_visibility: string; guest_access: string }>> = {
  private_chat: { join_rule: 'invite', history_visibility: 'shared', guest_access: 'can_join' },
  trusted_private_chat: { join_rule: 'invite', history_visibility: 'shared', guest_access: 'can_join' },
  public_chat: { join_rule: 'public', history_visibility: 'shared', guest_access: 'forbidden' },
};
const MOST_INVITES = 200;
/** Servers told of invitations to a new room at the same time. */
const INVITES_AT_ONCE = 10;
/** After so many ms the room is told of, and invitations that are under way go on. */
const PATIENCE = 15_000;

/** Makes rooms. @see https://spec.matrix.org/v1.19/client-server-api/#creation */
export class RoomCreation {
  constructor(private readonly deps: CreateRoomDeps) {}

  /**
   * Makes a room with all its first events, or none of it.
   *
   * @throws MatrixError M_UNSUPPORTED_ROOM_VERSION, M_ROOM_IN_USE, M_INVALID_ROOM_STATE, M_INVALID_PARAM, M_FORBIDDEN,
   *   M_LIMIT_EXCEEDED
   */
  async create(room: NewRoom): Promise<RoomId> {
    const rules = this.#rules(room.version);
    const alias = this.#alias(room.aliasLocalpart);
    const invites = [...new Set(room.invite)].filter((userId) => userId !== room.creator);
    if (invites.length > MOST_INVITES) throw invalidParam(`a new room can invite ${MOST_INVITES} people at most`);
    if (!room.byServer) {
      await this.deps.consents.requireGiven(room.creator);
      this.deps.limits.creation(room.creator, invites.length);
    }
    const preset = room.preset ?? (room.visibility === 'public' ? 'public_chat' : 'private_chat');
    const creatorJoins = await this.deps.membership.prepare({
      ...ownJoin(room.creator),
      content: room.byServer?.profile,
    });
    const invited = await Promise.all(
      invites.map(async (target) => ({ target, content: await this.#inviteContent(room, target) })),
    );
    const created = await this.deps.db.write(async (tx) => {
      const roomId = await invalidState(() => this.#start(tx, room, rules, preset, creatorJoins));
      await invalidState(() => this.#setState(tx, roomId, room, rules, preset, alias));
      if (alias !== undefined) await this.#nameRoom(tx, alias, roomId, room.creator);
      if (this.#isPublished(room, roomId, alias)) await this.deps.directoryStore.setPublished(tx, roomId, true);
      for (const { target, content } of invited) {
        const request = { roomId, sender: room.creator, target, membership: 'invite' as const };
        if (this.#isOurs(target)) await this.deps.membership.write(tx, request, content);
      }
      return roomId;
    });
    await this.#inviteOthers(room, created);
    return created;
  }

  /** A room that may not be in the directory is made all the same. */
  #isPublished(room: NewRoom, roomId: RoomId, alias: RoomAlias | undefined): boolean {
    const { rules, config } = this.deps;
    const isWanted = room.visibility === 'public' && config.policy.hasDirectory;
    return isWanted && rules.mayPublish(room.creator, roomId, alias === undefined ? [] : [alias]);
  }

  #isOurs(userId: UserId): boolean {
    return isOnServer(userId, this.deps.serverName);
  }

  /**
   * People of other servers, whom their servers must be asked for. The room is there, whatever becomes of them; whoever
   * made it does not wait long for servers that do not answer.
   */
  async #inviteOthers(room: NewRoom, roomId: RoomId): Promise<void> {
    const { membership, log } = this.deps;
    const places = new Semaphore(INVITES_AT_ONCE);
    const targets = [...new Set(room.invite)].filter((userId) => !this.#isOurs(userId));
    const content = room.isDirect ? { is_direct: true } : {};
    const inviting = targets.map((target) =>
      places.run(async () => {
        try {
          const request = { roomId, sender: room.creator, target, membership: 'invite' as const, content };
          await membership.changeUncounted(request);
        } catch (error) {
          const expected = error instanceof MatrixError;
          log[expected ? 'info' : 'error']('somebody could not be invited to a new room', { roomId, target, error });
        }
      }),
    );
    await abortable(Promise.all(inviting), AbortSignal.timeout(PATIENCE)).catch(() => undefined);
  }

  #rules(version: RoomVersion | undefined): RoomVersionRules {
    const rules = roomVersionRules(version ?? this.deps.config.defaultVersion);
    if (rules) return rules;
    throw new MatrixError(400, 'M_UNSUPPORTED_ROOM_VERSION', `this server does not know room version ${version}`);
  }

  #alias(localpart: string | undefined): RoomAlias | undefined {
    if (localpart === undefined) return undefined;
    const verdict = checkNewAliasLocalpart(localpart, this.deps.serverName);
    if (!verdict.valid) throw invalidParam(verdict.why);
    return `#${localpart}:${this.deps.serverName}`;
  }

  #inviteContent(room: NewRoom, target: UserId): Promise<JsonObject> {
    return this.deps.membership.prepare({
      roomId: NO_ROOM_YET,
      sender: room.creator,
      target,
      membership: 'invite',
      content: room.isDirect ? { is_direct: true } : {},
    });
  }

  /** The create event and the creator's join. */
  async #start(
    tx: Transaction,
    room: NewRoom,
    rules: RoomVersionRules,
    preset: Preset,
    joins: JsonObject,
  ): Promise<RoomId> {
    const { appender, membership, serverName } = this.deps;
    const create = await appender.create(tx, {
      sender: room.creator,
      rules,
      content: createContent(room, rules, preset),
      roomId: rules.roomIdIsCreateHash ? undefined : `!${randomLetters(18)}:${serverName}`,
    });
    await membership.write(tx, { ...ownJoin(room.creator), roomId: create.roomId }, joins);
    return create.roomId;
  }

  async #setState(
    tx: Transaction,
    roomId: RoomId,
    room: NewRoom,
    rules: RoomVersionRules,
    preset: Preset,
    alias: RoomAlias | undefined,
  ): Promise<void> {
    const put = (draft: StateDraft) => this.deps.appender.append(tx, { ...draft, roomId, sender: room.creator });
    const given = new Set(room.initialState.map(({ type, stateKey }) => `${type} ${stateKey}`));
    const levels = initialPowerLevels(room, rules, preset, this.deps.config.policy.powerLevels[preset]);
    const written = room.initialState.find(({ type, stateKey }) => type === 'm.room.power_levels' && stateKey === '');
    await put({ type: 'm.room.power_levels', stateKey: '', content: written?.content ?? levels });
    if (alias !== undefined) await put({ type: 'm.room.canonical_alias', stateKey: '', content: { alias } });
    for (const draft of [...presetState(preset), ...(room.byServer ? [] : this.#encryption(preset))]) {
      if (!given.has(`${draft.type} ${draft.stateKey}`)) await put(draft);
    }
    for (const draft of room.initialState) if (draft !== written) await put(draft);
    if (room.name !== undefined) await put({ type: 'm.room.name', stateKey: '', content: { name: room.name } });
    if (room.topic !== undefined) await put({ type: 'm.room.topic', stateKey: '', content: topicContent(room.topic) });
  }

  #encryption(preset: Preset): StateDraft[] {
    const { encryptionByDefault } = this.deps.config;
    const wanted = encryptionByDefault === 'all' || (encryptionByDefault === 'invite' && preset !== 'public_chat');
    const content = { algorithm: 'm.megolm.v1.aes-sha2' };
    return wanted ? [{ type: 'm.room.encryption', stateKey: '', content }] : [];
  }

  async #nameRoom(tx: Transaction, alias: RoomAlias, roomId: RoomId, creator: UserId): Promise<void> {
    if (await this.deps.directory.insert(tx, alias, roomId, creator)) return;
    throw new MatrixError(400, 'M_ROOM_IN_USE', `the alias ${alias} is taken`);
  }
}

/** Member events are prepared before the room has its id; nothing about it depends on the room. */
const NO_ROOM_YET: RoomId = '!';

const ownJoin = (userId: UserId) => ({
  roomId: NO_ROOM_YET,
  sender: userId,
  target: userId,
  membership: 'join' as const,
});

function createContent(room: NewRoom, rules: RoomVersionRules, preset: Preset): JsonObject {
  const { creator: _creator, ...given } = room.creationContent;
  const content = { ...given, room_version: rules.version, ...(rules.creatorInContent && { creator: room.creator }) };
  if (!rules.privilegedCreators || preset !== 'trusted_private_chat') return content;
  const named = given['additional_creators'] ?? [];
  // What is no list is refused by the auth rules.
  if (!Array.isArray(named)) return content;
  const creators = [...new Set([...named, ...room.invite])].filter((userId) => userId !== room.creator);
  return creators.length > 0 ? { ...content, additional_creators: creators } : content;
}

function presetState(preset: Preset): StateDraft[] {
  const { join_rule, history_visibility, guest_access } = PRESETS[preset];
  return [
    { type: 'm.room.join_rules', stateKey: '', content: { join_rule } },
    { type: 'm.room.history_visibility', stateKey: '', content: { history_visibility } },
    { type: 'm.room.guest_access', stateKey: '', content: { guest_access } },
  ];
}

/** @see https://spec.matrix.org/v1.19/client-server-api/#mroomtopic */
export const topicContent = (topic: string): JsonObject => ({
  topic,
  'm.topic': { 'm.text': [{ body: topic, mimetype: 'text/plain' }] },
});

/** What the auth rules refuse here, the request asked for. */
async function invalidState<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MatrixError) || error.errcode !== 'M_FORBIDDEN') throw error;
    throw new MatrixError(400, 'M_INVALID_ROOM_STATE', error.message);
  }
}

/** Whether a creation request's federation flag and the like have the right types. */
export const isCreationContent = (value: unknown): value is JsonObject =>
  isObject(value) && (value['predecessor'] === undefined || objectAt(value, 'predecessor') !== undefined);
