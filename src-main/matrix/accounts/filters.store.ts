import { type JsonObject, parseOwn } from '../../base/json.js';
import type { UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

const insert = statement<[UserId, number, string, string]>(`
  INSERT INTO filters (user_id, filter_id, digest, filter) VALUES (?, ?, ?, ?)
`);
const byDigest = statement<[UserId, string], { filter_id: number }>(`
  SELECT filter_id FROM filters WHERE user_id = ? AND digest = ?
`);
const byId = statement<[UserId, number], { filter: string }>(`
  SELECT filter FROM filters WHERE user_id = ? AND filter_id = ?
`);
const last = statement<[UserId], { last: number | null }>(`
  SELECT MAX(filter_id) AS last FROM filters WHERE user_id = ?
`);

/** Table `filters`: a user's filters have ids 0, 1, 2 …; the same filter is there once. */
export class FilterStore {
  async insert(tx: Transaction, userId: UserId, filterId: number, digest: string, filter: JsonObject): Promise<void> {
    await tx.run(insert, userId, filterId, digest, JSON.stringify(filter));
  }

  async idOf(db: Reader, userId: UserId, digest: string): Promise<number | undefined> {
    return (await db.get(byDigest, userId, digest))?.filter_id;
  }

  async get(db: Reader, userId: UserId, filterId: number): Promise<JsonObject | undefined> {
    const row = await db.get(byId, userId, filterId);
    return row && parseOwn(row.filter);
  }

  /** The next filter's id. */
  async nextId(db: Reader, userId: UserId): Promise<number> {
    return ((await db.get(last, userId))?.last ?? -1) + 1;
  }
}
