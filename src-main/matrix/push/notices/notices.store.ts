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
export interface NewNotice {
  readonly nid: Position;
  /** when it was noticed */
  readonly ts: Milliseconds;
  readonly readers: readonly NoticeReaders[];
}

/** The same with its place among all that were written down. */
export interface Notice extends NewNotice {
  readonly position: Position;
}

interface NoticeRow {
  pos: number;
  event_nid: number;
  ts: number;
  readers: string;
}

const insert = statement<[number, number, number, string]>(
  'INSERT INTO push_notices (pos, event_nid, ts, readers) VALUES (?, ?, ?, ?)',
);
const after = statement<[number, number], NoticeRow>(
  'SELECT pos, event_nid, ts, readers FROM push_notices WHERE pos > ? ORDER BY pos LIMIT ?',
);
const removeBelow = statement<[number]>('DELETE FROM push_notices WHERE pos < ?');
const removeOlder = statement<[number]>('DELETE FROM push_notices WHERE ts < ?');

/** Table `push_notices`: what pushers have still to hand on, and a little of what they have. */
export class NoticeStore {
  async insert(tx: Transaction, notices: readonly NewNotice[]): Promise<void> {
    await tx.runMany(
      insert,
      notices.map(({ nid, ts, readers }) => [tx.position(), nid, ts, JSON.stringify(readers)]),
    );
  }

  /** In the order in which they were written down. */
  async after(db: Reader, position: Position, limit: number): Promise<Notice[]> {
    const rows = await db.all(after, position, limit);
    return rows.map((row) => ({
      position: row.pos,
      nid: row.event_nid,
      ts: row.ts,
      readers: parseOwn<NoticeReaders[]>(row.readers),
    }));
  }

  /** Removes what is before `position`, and what is older than `ts`. */
  async trim(tx: Transaction, position: Position, ts: Milliseconds): Promise<void> {
    await tx.run(removeBelow, position);
    await tx.run(removeOlder, ts);
  }
}
