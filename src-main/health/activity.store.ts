import type { Milliseconds } from '../base/clock.js';
import { type Reader, statement, type Transaction } from '../storage/database.js';
import type { ActivityEntry, ActivityKind } from './records.js';

interface Row {
  id: number;
  at: number;
  kind: string;
  fields: string;
}

const add = statement<[number, number, string, string]>(
  'INSERT INTO activity (id, at, kind, fields) VALUES (?, ?, ?, ?)',
);
const page = statement<[number, number], Row>(
  'SELECT id, at, kind, fields FROM activity WHERE id < ? ORDER BY id DESC LIMIT ?',
);
const trim = statement<[number, number]>(`
  DELETE FROM activity WHERE id <= coalesce((SELECT id FROM activity ORDER BY id DESC LIMIT 1 OFFSET ?), 0) OR id IN (
    SELECT id FROM activity WHERE at < ? ORDER BY id LIMIT 1000)`);

/** Table `activity`: what happened, in order. */
export class ActivityStore {
  async add(tx: Transaction, { id, at, kind, fields }: ActivityEntry): Promise<void> {
    await tx.run(add, id, at, kind, JSON.stringify(fields));
  }

  /** Before `before`, the newest first. */
  async page(db: Reader, before: number, limit: number): Promise<ActivityEntry[]> {
    const rows = await db.all(page, before, limit);
    return rows.map(({ id, at, kind, fields }) => ({
      id,
      at,
      kind: kind as ActivityKind,
      fields: JSON.parse(fields) as ActivityEntry['fields'],
    }));
  }

  /** Keeps the newest `most`, and of them what is not older than `oldest`. */
  async trim(tx: Transaction, most: number, oldest: Milliseconds): Promise<void> {
    await tx.run(trim, most, oldest);
  }
}
