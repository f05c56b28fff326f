import type { Logger } from '../../../base/logger.js';
import { MatrixError } from '../../../spec/errors.js';
import type { RoomAlias, RoomId, UserId } from '../../../spec/ids.js';
import type { Database } from '../../../storage/database.js';
import type { EventAppender, RoomReader } from '../../events/index.js';
import type { RoomCreation } from '../create-room.js';
import type { DirectoryStore } from '../directory.store.js';
import type { RoomMembership } from '../membership.js';
import type { RemovalResult, RoomRequest } from './removals.store.js';

const DEFAULT_NAME = 'Content Violation Notification';
/** Those who are brought there may not write. */
const LISTENERS_LEVEL = -10;
const MOST_PEOPLE = 100_000;

/** Takes everybody of this server out of a room. */
export class Evacuation {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly reader: RoomReader;
      readonly membership: RoomMembership;
      readonly creation: RoomCreation;
      readonly appender: EventAppender;
      readonly directory: DirectoryStore;
      readonly isOurs: (userId: UserId) => boolean;
      readonly log: Logger;
    },
  ) {}

  /**
   * Makes the room where the people are told why, once.
   *
   * @throws MatrixError where its owner may make none
   */
  async openNewRoom({ newRoom }: RoomRequest): Promise<RoomId | undefined> {
    if (!newRoom) return undefined;
    const { userId, message, name = DEFAULT_NAME } = newRoom;
    const roomId = await this.deps.creation.create({
      creator: userId,
      visibility: 'private',
      preset: 'public_chat',
      version: undefined,
      aliasLocalpart: undefined,
      name,
      topic: undefined,
      invite: [],
      isDirect: false,
      creationContent: {},
      initialState: [],
      powerLevels: { users_default: LISTENERS_LEVEL },
      byServer: { profile: {} },
    });
    const content = { msgtype: 'm.text', body: message };
    const draft = { roomId, sender: userId, type: 'm.room.message', content };
    await this.deps.db.write((tx) => this.deps.appender.append(tx, draft));
    return roomId;
  }

  /** Takes out whoever is joined, invited or knocking, and brings them to the new room. Goes on where it broke off. */
  async run(roomId: RoomId, so: RemovalResult, signal: AbortSignal, onStep: (result: RemovalResult) => Promise<void>) {
    const removed = new Set(so.removed);
    const stayed = new Set<UserId>();
    for (const userId of await this.#people(roomId)) {
      signal.throwIfAborted();
      if (await this.#takeOut(roomId, userId)) {
        removed.add(userId);
        if (so.newRoomId !== undefined) await this.#bringTo(so.newRoomId, userId);
      } else stayed.add(userId);
      await onStep({ ...so, removed: [...removed], stayed: [...stayed] });
    }
    return {
      ...so,
      removed: [...removed],
      stayed: [...stayed],
      aliases: await this.#moveAliases(roomId, so.newRoomId),
    };
  }

  async #people(roomId: RoomId): Promise<UserId[]> {
    const { reader, isOurs } = this.deps;
    const joined = await reader.localMembers(roomId, MOST_PEOPLE);
    const others = await reader.members(roomId, ['invite', 'knock'], MOST_PEOPLE);
    return [...joined, ...others].map(({ userId }) => userId).filter(isOurs);
  }

  /** A room whose rules or servers keep somebody in is left to those who look after it. */
  async #takeOut(roomId: RoomId, userId: UserId): Promise<boolean> {
    const { membership, log } = this.deps;
    try {
      await membership.changeUncounted({ roomId, sender: userId, target: userId, membership: 'leave' });
      await membership.forget(roomId, userId);
      return true;
    } catch (error) {
      if (!(error instanceof MatrixError)) throw error;
      log.warn('somebody could not be taken out of a room', { roomId, userId, error: error.message });
      return false;
    }
  }

  async #bringTo(newRoomId: RoomId, userId: UserId): Promise<void> {
    const request = { roomId: newRoomId, sender: userId, target: userId, membership: 'join' as const };
    try {
      await this.deps.membership.changeUncounted(request);
    } catch (error) {
      if (!(error instanceof MatrixError)) throw error;
      this.deps.log.warn('somebody could not be told why', { roomId: newRoomId, userId, error: error.message });
    }
  }

  async #moveAliases(roomId: RoomId, newRoomId: RoomId | undefined): Promise<RoomAlias[]> {
    const { db, directory } = this.deps;
    const records = await directory.ofRoom(db, roomId);
    if (newRoomId !== undefined) await db.write((tx) => directory.moveAliases(tx, roomId, newRoomId));
    return records.map(({ alias }) => alias);
  }
}
