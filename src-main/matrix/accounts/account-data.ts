import type { JsonObject } from '../../base/json.js';
import { MatrixError, tooLarge } from '../../spec/errors.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import type { Database, Position, Transaction } from '../../storage/database.js';
import { userTopic } from '../../storage/news.js';
import type { AccountData, AccountDataStore } from './account-data.store.js';

/** What only the server writes, and where clients change it instead. */
const SERVER_CONTROLLED: Readonly<Record<string, string>> = {
  'm.fully_read': 'the read markers',
  'm.push_rules': 'the push rules',
};
/** About one room, or about none. */
const MOST_TYPES = 1000;
/** Of one user in all: rooms need not exist for something to be kept about them. */
const MOST_ROWS = 50_000;
const MOST_BYTES = 50 * 1024 * 1024;
const MOST_TYPE_BYTES = 255;

/**
 * What a user's clients keep on the server, for no other eyes.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#client-config
 */
export class AccountDataKeeper {
  constructor(private readonly deps: { db: Database; store: AccountDataStore }) {}

  /** undefined when there is none. */
  async get(userId: UserId, roomId: RoomId | undefined, type: string): Promise<JsonObject | undefined> {
    return this.deps.store.get(this.deps.db, userId, roomId, type);
  }

  /** One type of several users, about no room, such as `m.ignored_user_list`; those who have none are absent. */
  async ofType(userIds: readonly UserId[], type: string): Promise<Map<UserId, JsonObject>> {
    return userIds.length === 0 ? new Map() : this.deps.store.ofType(this.deps.db, userIds, type);
  }

  /** What a client writes. `{}` deletes. @throws MatrixError 405 M_BAD_JSON for what only the server writes; M_TOO_LARGE */
  async setByClient(userId: UserId, data: AccountData): Promise<void> {
    const elsewhere = Object.hasOwn(SERVER_CONTROLLED, data.type) ? SERVER_CONTROLLED[data.type] : undefined;
    if (elsewhere !== undefined) {
      throw new MatrixError(405, 'M_BAD_JSON', `${data.type} cannot be set here, only by ${elsewhere}`);
    }
    if (Buffer.byteLength(data.type) > MOST_TYPE_BYTES) throw tooLarge(`a type may have ${MOST_TYPE_BYTES} bytes`);
    await this.deps.db.write(async (tx) => {
      await this.#requireSpace(tx, userId, data);
      await this.set(tx, userId, data);
    });
  }

  /** Writes as part of a transaction, anything: for the parts of the server that keep account data themselves. */
  async set(tx: Transaction, userId: UserId, data: AccountData): Promise<void> {
    await this.#requireRoom(tx, userId, data);
    await this.deps.store.put(tx, userId, data, tx.position());
    tx.announce(userTopic(userId));
  }

  /**
   * Changes what is there, with nobody in between.
   *
   * @param change gets what is there, undefined when there is none; returns what is to be there
   * @throws MatrixError M_TOO_LARGE
   */
  async change(
    userId: UserId,
    roomId: RoomId | undefined,
    type: string,
    change: (content: JsonObject | undefined) => JsonObject,
  ): Promise<void> {
    await this.deps.db.write(async (tx) => {
      const content = await this.deps.store.get(tx, userId, roomId, type);
      const data = { roomId, type, content: change(content) };
      await this.#requireSpace(tx, userId, data);
      await this.set(tx, userId, data);
    });
  }

  /** For sync: what changed after `from`, up to and with `to`, oldest first; what was deleted has content `{}`. */
  async changedSince(userId: UserId, from: Position, to: Position): Promise<AccountData[]> {
    return this.deps.store.changed(this.deps.db, userId, from, to);
  }

  /** For the first sync: all that there is and has not changed after `to`. */
  async all(userId: UserId, to: Position): Promise<AccountData[]> {
    return this.deps.store.existing(this.deps.db, userId, to);
  }

  /** All about some rooms as of `to`; what was deleted has content `{}`. */
  async inRooms(userId: UserId, roomIds: readonly RoomId[], to: Position): Promise<AccountData[]> {
    return roomIds.length === 0 ? [] : this.deps.store.inRooms(this.deps.db, userId, roomIds, to);
  }

  /** One type, such as `m.tag`, in every room that has it. */
  async typeInRooms(userId: UserId, type: string): Promise<AccountData[]> {
    return this.deps.store.typeInRooms(this.deps.db, userId, type);
  }

  /** What takes space away is always possible. */
  async #requireSpace(tx: Transaction, userId: UserId, { content }: AccountData): Promise<void> {
    const size = Buffer.byteLength(JSON.stringify(content));
    if (size <= '{}'.length) return;
    const { types, bytes } = await this.deps.store.usage(tx, userId);
    if (types >= MOST_ROWS || bytes + size > MOST_BYTES) throw tooLarge('your account data is as large as it may be');
  }

  async #requireRoom(tx: Transaction, userId: UserId, { roomId, type }: AccountData): Promise<void> {
    if ((await this.deps.store.get(tx, userId, roomId, type)) !== undefined) return;
    if ((await this.deps.store.count(tx, userId, roomId)) >= MOST_TYPES) {
      throw tooLarge(`no more than ${MOST_TYPES} types can be kept`);
    }
  }
}
