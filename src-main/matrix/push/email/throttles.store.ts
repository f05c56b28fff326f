import type { Milliseconds } from '../../../base/clock.js';
import type { RoomId } from '../../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../../storage/database.js';

/** How long a room waits until it is the reason for an e-mail again. */
export interface Throttle {
  readonly sentAt: Milliseconds;
  /** when the last event that was told of was noticed */
  readonly noticedAt: Milliseconds;
  /** from `sentAt` on */
  readonly wait: Milliseconds;
}

interface ThrottleRow {
  room_id: string;
  sent_ts: number;
  noticed_ts: number;
  wait: number;
}

const put = statement<[number, string, number, number, number]>(`
  INSERT INTO push_throttles (pusher_id, room_id, sent_ts, noticed_ts, wait) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (pusher_id, room_id)
  DO UPDATE SET sent_ts = excluded.sent_ts, noticed_ts = excluded.noticed_ts, wait = excluded.wait`);
const ofPusher = statement<[number], ThrottleRow>(
  'SELECT room_id, sent_ts, noticed_ts, wait FROM push_throttles WHERE pusher_id = ?',
);
const removeOlder = statement<[number, number]>('DELETE FROM push_throttles WHERE pusher_id = ? AND sent_ts < ?');
const removeOrphans = statement<[]>(
  'DELETE FROM push_throttles WHERE pusher_id NOT IN (SELECT pusher_id FROM pushers)',
);

/** Table `push_throttles`: for each e-mail pusher the rooms that it wrote about lately. */
export class ThrottleStore {
  async ofPusher(db: Reader, pusherId: number): Promise<Map<RoomId, Throttle>> {
    const rows = await db.all(ofPusher, pusherId);
    return new Map(
      rows.map((row) => [row.room_id as RoomId, { sentAt: row.sent_ts, noticedAt: row.noticed_ts, wait: row.wait }]),
    );
  }

  /** Writes some, and forgets those of which nothing was sent since `before`. */
  async save(
    tx: Transaction,
    pusherId: number,
    throttles: ReadonlyMap<RoomId, Throttle>,
    before: Milliseconds,
  ): Promise<void> {
    await tx.runMany(
      put,
      [...throttles].map(([roomId, { sentAt, noticedAt, wait }]) => [pusherId, roomId, sentAt, noticedAt, wait]),
    );
    await tx.run(removeOlder, pusherId, before);
  }

  /** Forgets those of pushers that are gone. */
  async removeOrphans(tx: Transaction): Promise<void> {
    await tx.run(removeOrphans);
  }
}
