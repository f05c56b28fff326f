import type { EventId, RoomId, UserId } from '../../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../../storage/database.js';

interface Row {
  room_id: RoomId;
  root_id: EventId;
  subscribed: number;
  automatic: number;
  left_at: Position | null;
  pos: Position;
}

const COLUMNS = 'room_id, root_id, subscribed, automatic, left_at, pos';
const one = statement<[string, string, string], Row>(
  `SELECT ${COLUMNS} FROM thread_subscriptions WHERE user_id = ? AND room_id = ? AND root_id = ?`,
);
const put = statement<[string, string, string, number, number, Position | null, Position]>(`
  INSERT INTO thread_subscriptions (user_id, room_id, root_id, subscribed, automatic, left_at, pos)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (user_id, room_id, root_id) DO UPDATE SET subscribed = excluded.subscribed,
    automatic = excluded.automatic, left_at = excluded.left_at, pos = excluded.pos`);
const count = statement<[string], { count: number }>(
  'SELECT COUNT(*) AS count FROM thread_subscriptions WHERE user_id = ?',
);
const latest = statement<[string, Position, Position, number], Row>(`
  SELECT ${COLUMNS} FROM thread_subscriptions
  WHERE user_id = ? AND pos > ? AND pos <= ? ORDER BY pos DESC LIMIT ?`);

const among = statement<[string, string, readonly string[]], { user_id: UserId }>(`
  SELECT user_id FROM thread_subscriptions
  WHERE room_id = ? AND root_id = ? AND user_id IN TEXTS(?) AND subscribed = 1`);

/** Whether somebody wants to hear of a thread, or wanted to. */
export interface ThreadSubscription {
  readonly roomId: RoomId;
  readonly rootId: EventId;
  readonly isSubscribed: boolean;
  /** their client decided for them */
  readonly isAutomatic: boolean;
  /** when they last gave it up; undefined where they have it, or never had it */
  readonly leftAt: Position | undefined;
  /** of the last change */
  readonly position: Position;
}

/** Table `thread_subscriptions`. */
export class ThreadSubscriptionStore {
  async one(db: Reader, userId: UserId, roomId: RoomId, rootId: EventId): Promise<ThreadSubscription | undefined> {
    const row = await db.get(one, userId, roomId, rootId);
    return row && toSubscription(row);
  }

  async put(tx: Transaction, userId: UserId, subscription: ThreadSubscription): Promise<void> {
    const { roomId, rootId, isSubscribed, isAutomatic, leftAt, position } = subscription;
    await tx.run(put, userId, roomId, rootId, isSubscribed ? 1 : 0, isAutomatic ? 1 : 0, leftAt ?? null, position);
  }

  /** Those of some users who are subscribed to a thread. */
  async among(db: Reader, roomId: RoomId, rootId: EventId, userIds: readonly UserId[]): Promise<Set<UserId>> {
    return new Set((await db.all(among, roomId, rootId, userIds)).map((row) => row.user_id));
  }

  async count(db: Reader, userId: UserId): Promise<number> {
    return (await db.get(count, userId))?.count ?? 0;
  }

  /** What changed after `after`, up to and with `upTo`, the latest first. */
  async latest(
    db: Reader,
    userId: UserId,
    span: { readonly after: Position; readonly upTo: Position },
    limit: number,
  ): Promise<ThreadSubscription[]> {
    return (await db.all(latest, userId, span.after, span.upTo, limit)).map(toSubscription);
  }
}

const toSubscription = (row: Row): ThreadSubscription => ({
  roomId: row.room_id,
  rootId: row.root_id,
  isSubscribed: row.subscribed === 1,
  isAutomatic: row.automatic === 1,
  leftAt: row.left_at ?? undefined,
  position: row.pos,
});
