import type { Milliseconds } from '../../../base/clock.js';
import type { EventId, RoomId, UserId } from '../../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../../storage/database.js';

/** What somebody thinks administrators should look at. */
export interface Report {
  readonly kind: 'event' | 'room' | 'user';
  readonly roomId: RoomId | undefined;
  readonly eventId: EventId | undefined;
  /** who is reported, or sent the event */
  readonly aboutUser: UserId | undefined;
  readonly reporter: UserId;
  readonly reason: string | undefined;
  /** from -100, most offensive, to 0; as old clients say it */
  readonly score: number | undefined;
  readonly receivedAt: Milliseconds;
}

interface Row {
  report_id: number;
  kind: Report['kind'];
  room_id: RoomId | null;
  event_id: EventId | null;
  about_user: UserId | null;
  reporter: UserId;
  reason: string | null;
  score: number | null;
  received_ts: number;
}

const insert = statement<
  [number, string, string | null, string | null, string | null, string, string | null, number | null, number]
>(`
  INSERT INTO reports (report_id, kind, room_id, event_id, about_user, reporter, reason, score, received_ts)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
const newest = statement<[number, number], Row>(
  'SELECT * FROM reports WHERE report_id < ? ORDER BY report_id DESC LIMIT ?',
);

/** Table `reports`. */
export class ReportStore {
  async insert(tx: Transaction, report: Report): Promise<void> {
    const { kind, roomId, eventId, aboutUser, reporter, reason, score, receivedAt } = report;
    const about = [roomId ?? null, eventId ?? null, aboutUser ?? null] as const;
    await tx.run(insert, tx.position(), kind, ...about, reporter, reason ?? null, score ?? null, receivedAt);
  }

  /** The newest first, from before `before`. */
  async page(db: Reader, before: number, limit: number): Promise<(Report & { reportId: number })[]> {
    return (await db.all(newest, before, limit)).map(toReport);
  }
}

const toReport = (row: Row): Report & { reportId: number } => ({
  reportId: row.report_id,
  kind: row.kind,
  roomId: row.room_id ?? undefined,
  eventId: row.event_id ?? undefined,
  aboutUser: row.about_user ?? undefined,
  reporter: row.reporter,
  reason: row.reason ?? undefined,
  score: row.score ?? undefined,
  receivedAt: row.received_ts,
});
