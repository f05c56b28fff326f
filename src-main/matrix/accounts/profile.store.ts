import { type JsonObject, type JsonValue, parseOwn } from '../../base/json.js';
import type { UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

interface FieldRow {
  user_id: string;
  field: string;
  value: string;
}

const put = statement<[UserId, string, string]>(`
  INSERT INTO profiles (user_id, field, value) VALUES (?, ?, ?)
  ON CONFLICT (user_id, field) DO UPDATE SET value = excluded.value
`);
const remove = statement<[UserId, string]>(`DELETE FROM profiles WHERE user_id = ? AND field = ?`);
const removeAll = statement<[UserId]>(`DELETE FROM profiles WHERE user_id = ?`);
const ofUser = statement<[UserId], FieldRow>(`SELECT user_id, field, value FROM profiles WHERE user_id = ?`);
const fieldsOf = statement<[readonly string[], readonly string[]], FieldRow>(`
  SELECT user_id, field, value FROM profiles WHERE user_id IN TEXTS(?) AND field IN TEXTS(?)
`);

/** Table `profiles`: one row for each field. */
export class ProfileStore {
  async put(tx: Transaction, userId: UserId, field: string, value: JsonValue): Promise<void> {
    await tx.run(put, userId, field, JSON.stringify(value));
  }

  /** @returns false when there was none */
  async remove(tx: Transaction, userId: UserId, field: string): Promise<boolean> {
    return (await tx.run(remove, userId, field)) === 1;
  }

  async removeAll(tx: Transaction, userId: UserId): Promise<void> {
    await tx.run(removeAll, userId);
  }

  async ofUser(db: Reader, userId: UserId): Promise<JsonObject> {
    const rows = await db.all(ofUser, userId);
    return Object.fromEntries(rows.map((row) => [row.field, parseOwn<JsonValue>(row.value)]));
  }

  /** Some fields of several users; users that have none of them are absent. */
  async fieldsOf(
    db: Reader,
    userIds: readonly UserId[],
    fields: readonly string[],
  ): Promise<Map<UserId, Record<string, JsonValue>>> {
    const found = new Map<UserId, Record<string, JsonValue>>();
    for (const row of await db.all(fieldsOf, userIds, fields)) {
      const userId = row.user_id as UserId;
      found.set(userId, { ...found.get(userId), [row.field]: parseOwn<JsonValue>(row.value) });
    }
    return found;
  }
}
