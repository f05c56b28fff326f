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
const one = statement<[number], Row>('SELECT id, at, kind, fields FROM activity WHERE id = ?');
const change = statement<[string, number]>('UPDATE activity SET fields = ? WHERE id = ?');
const last = statement<[], { id: number | null }>('SELECT max(id) AS id FROM activity');
const ofKind = statement<[string, number], Row>(
  'SELECT id, at, kind, fields FROM activity WHERE kind = ? ORDER BY id DESC LIMIT ?',
);
const page = statement<[number, number], Row>(
  'SELECT id, at, kind, fields FROM activity WHERE id < ? ORDER BY id DESC LIMIT ?',
);
const trim = statement<[number, number]>(`
  DELETE FROM activity WHERE id <= coalesce((SELECT id FROM activity ORDER BY id DESC LIMIT 1 OFFSET ?), 0) OR id IN (
    SELECT id FROM activity WHERE at < ? ORDER BY id LIMIT 1000)`);

/** Table `activity`: what happened, in order. */
export class ActivityStore {
  /** Gives it the next number. */
  async add(tx: Transaction, { at, kind, fields }: Omit<ActivityEntry, 'id'>): Promise<ActivityEntry> {
    const id = ((await tx.get(last))?.id ?? 0) + 1;
    await tx.run(add, id, at, kind, JSON.stringify(fields));
    return { id, at, kind, fields };
  }

  /** More of what happened; undefined when it is not kept any more. */
  async addTo(tx: Transaction, id: number, fields: ActivityEntry['fields']): Promise<ActivityEntry | undefined> {
    const row = await tx.get(one, id);
    if (!row) return undefined;
    const entry = toEntry(row);
    const after = { ...entry, fields: { ...entry.fields, ...fields } };
    await tx.run(change, JSON.stringify(after.fields), id);
    return after;
  }

  /** Before `before`, the newest first. */
  async page(db: Reader, before: number, limit: number): Promise<ActivityEntry[]> {
    return (await db.all(page, before, limit)).map(toEntry);
  }

  /** The newest of a kind. Looks at all that is kept. */
  async ofKind(db: Reader, kind: ActivityKind, limit: number): Promise<ActivityEntry[]> {
    return (await db.all(ofKind, kind, limit)).map(toEntry);
  }

  /** Keeps the newest `most`, and of them what is not older than `oldest`. */
  async trim(tx: Transaction, most: number, oldest: Milliseconds): Promise<void> {
    await tx.run(trim, most, oldest);
  }
}

const toEntry = ({ id, at, kind, fields }: Row): ActivityEntry => ({
  id,
  at,
  kind: kind as ActivityKind,
  fields: JSON.parse(fields) as ActivityEntry['fields'],
});
