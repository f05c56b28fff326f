import type { EventId, UserId } from '../../spec/ids.js';
import { type Reader, statement } from '../../storage/database.js';
import type { Amount } from './removal/removal.store.js';

// What somebody said: no state, and no redactions, which say nothing themselves.
const SAID = `e.state_nid IS NULL AND e.type_nid NOT IN (SELECT nid FROM names WHERE name = 'm.room.redaction')`;
// How they came, went and called themselves.
const OWN_MEMBER = `e.state_nid IN (
  SELECT s.nid FROM state_keys s JOIN names t ON t.nid = s.type_nid WHERE s.state_key = ? AND t.name = 'm.room.member')`;
const FROM = `FROM events e WHERE e.room_nid = ? AND e.ord > ? AND e.status = 0 AND e.redacted_by IS NULL
  AND e.sender_nid = (SELECT nid FROM names WHERE name = ?)`;
const amount = statement<[number, number, string], { events: number; bytes: number | null }>(
  `SELECT COUNT(*) AS events, SUM(OCTET_LENGTH(e.json)) AS bytes ${FROM} AND ${SAID}`,
);
const after = statement<[number, number, string, string, number], { event_id: EventId; ord: number }>(
  `SELECT e.event_id, e.ord ${FROM} AND (${SAID} OR ${OWN_MEMBER}) ORDER BY e.ord LIMIT ?`,
);

/** Before every place of a timeline, history that was fetched later included. */
export const FIRST_PLACE = Number.MIN_SAFE_INTEGER;

/** Table `events`, by who sent them. Looks at each event of a room: for readers aside. */
export class AuthoredStore {
  /** What somebody said in a room that was not redacted. */
  async amount(db: Reader, roomNid: number, userId: UserId): Promise<Amount> {
    const row = await db.get(amount, roomNid, FIRST_PLACE, userId);
    return { events: row?.events ?? 0, bytes: row?.bytes ?? 0 };
  }

  /** The same and their own memberships, after a place, the earliest first. */
  async after(db: Reader, roomNid: number, userId: UserId, place: number, limit: number) {
    const rows = await db.all(after, roomNid, place, userId, userId, limit);
    return rows.map((row) => ({ eventId: row.event_id, ord: row.ord }));
  }
}
