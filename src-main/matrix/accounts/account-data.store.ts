import { type JsonObject, parseOwn } from '../../base/json.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../storage/database.js';

/** Something that a user's clients keep here, about one room or about none. */
export interface AccountData {
  /** undefined: about no room */
  readonly roomId: RoomId | undefined;
  readonly type: string;
  /** `{}` where it was deleted */
  readonly content: JsonObject;
}

interface DataRow {
  room_id: string;
  type: string;
  content: string;
}

const DELETED = '{}';

const put = statement<[UserId, string, string, string, Position]>(`
  INSERT INTO account_data (user_id, room_id, type, content, pos) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (user_id, room_id, type) DO UPDATE SET content = excluded.content, pos = excluded.pos
`);
const one = statement<[UserId, string, string], { content: string }>(`
  SELECT content FROM account_data WHERE user_id = ? AND room_id = ? AND type = ?
`);
const count = statement<[UserId, string], { count: number }>(`
  SELECT COUNT(*) AS count FROM account_data WHERE user_id = ? AND room_id = ?
`);
const usage = statement<[UserId], { types: number; bytes: number | null }>(`
  SELECT COUNT(*) AS types, SUM(OCTET_LENGTH(content)) AS bytes FROM account_data WHERE user_id = ?
`);
const changed = statement<[UserId, Position, Position], DataRow>(`
  SELECT room_id, type, content FROM account_data WHERE user_id = ? AND pos > ? AND pos <= ? ORDER BY pos
`);
const existing = statement<[UserId, Position], DataRow>(`
  SELECT room_id, type, content FROM account_data
  WHERE user_id = ? AND pos <= ? AND content <> '${DELETED}' ORDER BY pos
`);
const ofType = statement<[readonly string[], string], DataRow & { user_id: string }>(`
  SELECT user_id, room_id, type, content FROM account_data WHERE user_id IN TEXTS(?) AND room_id = '' AND type = ?
`);
const inRooms = statement<[UserId, readonly string[], Position], DataRow>(`
  SELECT room_id, type, content FROM account_data WHERE user_id = ? AND room_id IN TEXTS(?) AND pos <= ? ORDER BY pos
`);
const typeInRooms = statement<[UserId, string], DataRow>(`
  SELECT room_id, type, content FROM account_data
  WHERE user_id = ? AND type = ? AND room_id <> '' AND content <> '${DELETED}'
`);
const removeAll = statement<[UserId]>(`DELETE FROM account_data WHERE user_id = ?`);

/** Table `account_data`: one row for each user, room and type; those about no room have '' for it. */
export class AccountDataStore {
  async put(
    tx: Transaction,
    userId: UserId,
    { roomId, type, content }: AccountData,
    position: Position,
  ): Promise<void> {
    await tx.run(put, userId, roomId ?? '', type, JSON.stringify(content), position);
  }

  /** undefined when it was never there, or was deleted. */
  async get(db: Reader, userId: UserId, roomId: RoomId | undefined, type: string): Promise<JsonObject | undefined> {
    const row = await db.get(one, userId, roomId ?? '', type);
    return row && row.content !== DELETED ? parseOwn(row.content) : undefined;
  }

  /** How many types there are about one room, or about none. */
  async count(db: Reader, userId: UserId, roomId: RoomId | undefined): Promise<number> {
    return (await db.get(count, userId, roomId ?? ''))?.count ?? 0;
  }

  /** What all of it takes: rows, and bytes of their contents. */
  async usage(db: Reader, userId: UserId): Promise<{ types: number; bytes: number }> {
    const row = await db.get(usage, userId);
    return { types: row?.types ?? 0, bytes: row?.bytes ?? 0 };
  }

  /** What changed after `from`, up to and with `to`, deleted things too. */
  async changed(db: Reader, userId: UserId, from: Position, to: Position): Promise<AccountData[]> {
    return (await db.all(changed, userId, from, to)).map(toAccountData);
  }

  /** All that there is, as far as it has not changed after `to`. */
  async existing(db: Reader, userId: UserId, to: Position): Promise<AccountData[]> {
    return (await db.all(existing, userId, to)).map(toAccountData);
  }

  /** One type of several users, about no room; those who have none are absent. */
  async ofType(db: Reader, userIds: readonly UserId[], type: string): Promise<Map<UserId, JsonObject>> {
    const rows = await db.all(ofType, userIds, type);
    return new Map(rows.map((row) => [row.user_id as UserId, parseOwn(row.content)]));
  }

  /** All about some rooms, as far as it has not changed after `to`, deleted things too. */
  async inRooms(db: Reader, userId: UserId, roomIds: readonly RoomId[], to: Position): Promise<AccountData[]> {
    return (await db.all(inRooms, userId, roomIds, to)).map(toAccountData);
  }

  /** One type in every room that has it. */
  async typeInRooms(db: Reader, userId: UserId, type: string): Promise<AccountData[]> {
    return (await db.all(typeInRooms, userId, type)).map(toAccountData);
  }

  async removeAll(tx: Transaction, userId: UserId): Promise<void> {
    await tx.run(removeAll, userId);
  }
}

const toAccountData = (row: DataRow): AccountData => ({
  roomId: row.room_id === '' ? undefined : (row.room_id as RoomId),
  type: row.type,
  content: parseOwn(row.content),
});
