import type { Milliseconds } from '../../../base/clock.js';
import { parseOwn } from '../../../base/json.js';
import type { UserId } from '../../../spec/ids.js';
import type { PushAction } from '../../../spec/push-rules/ruleset.js';
import { type Position, type Reader, statement, type Transaction } from '../../../storage/database.js';

/** Those whom an event notifies in the same way. */
export interface NoticeReaders {
  /** what their rules say: `notify` and tweaks */
  readonly actions: readonly PushAction[];
  readonly users: readonly UserId[];
}

/** An event that notifies people who have pushers. */
export interface Notice {
  readonly nid: Position;
  /** when it was noticed */
  readonly ts: Milliseconds;
  readonly readers: readonly NoticeReaders[];
}

interface NoticeRow {
  event_nid: number;
  ts: number;
  readers: string;
}

const insert = statement<[number, number, string]>(`
  INSERT INTO push_notices (event_nid, ts, readers) VALUES (?, ?, ?)
  ON CONFLICT (event_nid) DO UPDATE SET readers = excluded.readers`);
const after = statement<[number, number], NoticeRow>(
  'SELECT event_nid, ts, readers FROM push_notices WHERE event_nid > ? ORDER BY event_nid LIMIT ?',
);
const removeBelow = statement<[number]>('DELETE FROM push_notices WHERE event_nid < ?');
const removeOlder = statement<[number]>('DELETE FROM push_notices WHERE ts < ?');

/** Table `push_notices`: what pushers have still to hand on, and a little of what they have. */
export class NoticeStore {
  async insert(tx: Transaction, notices: readonly Notice[]): Promise<void> {
    await tx.runMany(
      insert,
      notices.map(({ nid, ts, readers }) => [nid, ts, JSON.stringify(readers)]),
    );
  }

  /** In the order of the events. */
  async after(db: Reader, position: Position, limit: number): Promise<Notice[]> {
    const rows = await db.all(after, position, limit);
    return rows.map((row) => ({ nid: row.event_nid, ts: row.ts, readers: parseOwn<NoticeReaders[]>(row.readers) }));
  }

  /** Removes what is before `nid`, and what is older than `ts`. */
  async trim(tx: Transaction, nid: Position, ts: Milliseconds): Promise<void> {
    await tx.run(removeBelow, nid);
    await tx.run(removeOlder, ts);
  }
}
