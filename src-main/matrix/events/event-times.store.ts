import type { Milliseconds } from '../../base/clock.js';
import { type Reader, statement } from '../../storage/database.js';

/** A place among a room's events in the order of their own times. */
export interface TimePlace {
  readonly ts: Milliseconds;
  readonly ord: number;
}

interface Row {
  nid: number;
  ts: number;
  ord: number;
}

const later = statement<[number, number, number, number], Row>(`
  SELECT nid, origin_server_ts AS ts, ord FROM events
  WHERE room_nid = ? AND status = 0 AND ord IS NOT NULL AND (origin_server_ts, ord) > (?, ?)
  ORDER BY origin_server_ts, ord LIMIT ?`);
const earlier = statement<[number, number, number, number], Row>(`
  SELECT nid, origin_server_ts AS ts, ord FROM events
  WHERE room_nid = ? AND status = 0 AND ord IS NOT NULL AND (origin_server_ts, ord) < (?, ?)
  ORDER BY origin_server_ts DESC, ord DESC LIMIT ?`);

/** Table `events` by the times that the events themselves say. */
export class EventTimeStore {
  /** The next events after a place, the earliest first. */
  after(db: Reader, roomNid: number, { ts, ord }: TimePlace, limit: number): Promise<(TimePlace & { nid: number })[]> {
    return db.all(later, roomNid, ts, ord, limit);
  }

  /** The next events before a place, the latest first. */
  before(db: Reader, roomNid: number, { ts, ord }: TimePlace, limit: number): Promise<(TimePlace & { nid: number })[]> {
    return db.all(earlier, roomNid, ts, ord, limit);
  }
}
