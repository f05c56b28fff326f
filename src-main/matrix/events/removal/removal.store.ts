import type { Milliseconds } from '../../../base/clock.js';
import type { EventId, UserId } from '../../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../../storage/database.js';

const ofRoom = statement<[number, number], { nid: number; event_id: EventId; bytes: number }>(
  'SELECT nid, event_id, OCTET_LENGTH(json) AS bytes FROM events WHERE room_nid = ? LIMIT ?',
);
const HISTORY = `
  FROM events e WHERE e.room_nid = ? AND e.status = 0 AND e.ord IS NOT NULL AND e.state_nid IS NULL
    AND e.origin_server_ts < ?
    AND NOT EXISTS (SELECT 1 FROM forward_extremities f WHERE f.room_nid = e.room_nid AND f.event_nid = e.nid)`;
const hidden = statement<[number, Milliseconds, number], { nid: number; event_id: EventId; bytes: number }>(`
  SELECT nid, event_id, OCTET_LENGTH(json) AS bytes FROM events
  WHERE room_nid = ? AND state_nid IS NULL AND (status <> 0 OR ord IS NULL) AND origin_server_ts < ? LIMIT ?`);
const BY_OTHERS = ' AND NOT EXISTS (SELECT 1 FROM names n WHERE n.nid = e.sender_nid AND n.name LIKE ?)';
const PAGE =
  ' AND (e.origin_server_ts > ? OR (e.origin_server_ts = ? AND e.ord > ?)) ORDER BY e.origin_server_ts, e.ord LIMIT ?';
const COLUMNS = 'SELECT e.nid, e.event_id, e.origin_server_ts AS ts, e.ord, OCTET_LENGTH(e.json) AS bytes';
const history = statement<[number, Milliseconds, number, number, number, number], HistoryRow>(
  `${COLUMNS} ${HISTORY} ${PAGE}`,
);
const historyOfOthers = statement<[number, Milliseconds, string, number, number, number, number], HistoryRow>(
  `${COLUMNS} ${HISTORY} ${BY_OTHERS} ${PAGE}`,
);
const SUM = 'SELECT COUNT(*) AS events, SUM(OCTET_LENGTH(e.json)) AS bytes';
const count = statement<[number, Milliseconds], Sum>(`${SUM} ${HISTORY}`);
const countOfOthers = statement<[number, Milliseconds, string], Sum>(`${SUM} ${HISTORY} ${BY_OTHERS}`);
const all = statement<[number, Position], Sum>(
  'SELECT COUNT(*) AS events, SUM(OCTET_LENGTH(json)) AS bytes FROM events WHERE room_nid = ? AND nid <= ?',
);
const some = statement<[readonly number[]], Sum & { room_nid: number }>(`
  SELECT room_nid, COUNT(*) AS events, SUM(OCTET_LENGTH(json)) AS bytes FROM events
  WHERE nid IN INTS(?) GROUP BY room_nid`);
const remove = statement<[readonly number[]]>('DELETE FROM events WHERE nid IN INTS(?)');
const BY_EVENT = [
  'DELETE FROM relations WHERE event_nid IN INTS(?)',
  'DELETE FROM redactions WHERE redaction_nid IN INTS(?)',
  'DELETE FROM auth_edges WHERE event_nid IN INTS(?)',
  'DELETE FROM gaps WHERE event_nid IN INTS(?)',
  'DELETE FROM state_after WHERE event_nid IN INTS(?)',
].map((sql) => statement<[readonly number[]]>(sql));
const tops = statement<[readonly number[], readonly number[]], { snapshot: number }>(`
  SELECT snapshot FROM events WHERE nid IN INTS(?) AND snapshot IS NOT NULL
  UNION SELECT snapshot FROM state_after WHERE event_nid IN INTS(?)`);
const layers = statement<[readonly number[]], { snapshot: number; size: number }>(`
  WITH RECURSIVE chain (snapshot, parent, size) AS (
    SELECT snapshot, parent, size FROM state_snapshots WHERE snapshot IN INTS(?)
    UNION
    SELECT s.snapshot, s.parent, s.size FROM state_snapshots s JOIN chain c ON s.snapshot = c.parent
  ) SELECT snapshot, size FROM chain`);
const someEntries = statement<[number, number, number]>(`
  DELETE FROM state_deltas WHERE snapshot = ? AND state_nid IN (
    SELECT state_nid FROM state_deltas WHERE snapshot = ? LIMIT ?)`);
const entries = statement<[readonly number[]]>('DELETE FROM state_deltas WHERE snapshot IN INTS(?)');
const snapshots = statement<[readonly number[]]>('DELETE FROM state_snapshots WHERE snapshot IN INTS(?)');
const OF_ROOM = [
  ['current_state', 'state_nid'],
  ['state_changes', 'pos'],
  ['membership_changes', 'pos'],
  ['stripped_state', 'user_nid'],
  ['outgoing_events', 'pos'],
  ['forward_extremities', 'event_nid'],
  ['gaps', 'event_nid'],
].map(([table, key]) =>
  statement<[number, number, number]>(`
    DELETE FROM ${table} WHERE room_nid = ? AND ${key} IN (SELECT ${key} FROM ${table} WHERE room_nid = ? LIMIT ?)`),
);
const localMembers = statement<[number, number], { user_id: UserId; user_nid: number }>(`
  SELECT n.name AS user_id, m.user_nid FROM memberships m JOIN names n ON n.nid = m.user_nid
  WHERE m.room_nid = ? LIMIT ?`);
const removeMembers = statement<[number, readonly number[]]>(
  'DELETE FROM memberships WHERE room_nid = ? AND user_nid IN INTS(?)',
);
const room = statement<[number]>('DELETE FROM rooms WHERE nid = ?');

interface Sum {
  events: number;
  bytes: number | null;
}
interface HistoryRow {
  nid: number;
  event_id: EventId;
  ts: Milliseconds;
  ord: number;
  bytes: number;
}

/** Events that can go, and how much they are. */
export interface Amount {
  readonly events: number;
  /** of their JSON */
  readonly bytes: number;
}

/** An event to be removed. */
export interface Removable {
  readonly nid: number;
  readonly eventId: EventId;
  readonly bytes: number;
}

/** A place among the events of a room by their time. */
export interface TimePlace {
  readonly ts: Milliseconds;
  readonly ord: number;
}

/** Which messages of a room: never state, and never what the next event builds on. */
export interface HistoryQuery {
  readonly roomNid: number;
  /** said before this */
  readonly before: Milliseconds;
  /** those of people on this server stay: its name */
  readonly exceptOf?: string | undefined;
}

/** Deletes from the tables of events, a bounded number of rows at a time. */
export class RemovalStore {
  /** How much of a room came up to a position. Looks at each event: for readers aside. */
  async amount(db: Reader, roomNid: number, upTo: Position): Promise<Amount> {
    return toAmount(await db.get(all, roomNid, upTo));
  }

  /** How much some events are, by their room. */
  async amounts(db: Reader, nids: readonly number[]): Promise<Map<number, Amount>> {
    return new Map((await db.all(some, nids)).map((row) => [row.room_nid, toAmount(row)]));
  }

  /** How much history there is. Looks at each event: for readers aside. */
  async historyAmount(db: Reader, { roomNid, before, exceptOf }: HistoryQuery): Promise<Amount> {
    return toAmount(
      exceptOf === undefined
        ? await db.get(count, roomNid, before)
        : await db.get(countOfOthers, roomNid, before, endingIn(exceptOf)),
    );
  }

  /** History after a place, in order of time. */
  async history(db: Reader, { roomNid, before, exceptOf }: HistoryQuery, after: TimePlace, limit: number) {
    const { ts, ord } = after;
    const rows =
      exceptOf === undefined
        ? await db.all(history, roomNid, before, ts, ts, ord, limit)
        : await db.all(historyOfOthers, roomNid, before, endingIn(exceptOf), ts, ts, ord, limit);
    return rows.map((row) => ({ ...toRemovable(row), place: { ts: row.ts, ord: row.ord } }));
  }

  /** Messages that no timeline shows: refused ones, and those that are known without a place. In no order. */
  async hidden(db: Reader, roomNid: number, before: Milliseconds, limit: number): Promise<Removable[]> {
    return (await db.all(hidden, roomNid, before, limit)).map(toRemovable);
  }

  /** Some events of a room, in no order. */
  async some(db: Reader, roomNid: number, limit: number): Promise<Removable[]> {
    return (await db.all(ofRoom, roomNid, limit)).map(toRemovable);
  }

  /** The layers of state that some events stand on, with how many entries each has. */
  async layersUnder(db: Reader, nids: readonly number[]): Promise<{ snapshot: number; size: number }[]> {
    const found = (await db.all(tops, nids, nids)).map((row) => row.snapshot);
    return found.length === 0 ? [] : db.all(layers, found);
  }

  /** @returns how many entries went */
  async removeEntries(tx: Transaction, snapshot: number, limit: number): Promise<number> {
    return tx.run(someEntries, snapshot, snapshot, limit);
  }

  async removeLayers(tx: Transaction, given: readonly number[]): Promise<void> {
    await tx.run(entries, given);
    await tx.run(snapshots, given);
  }

  async removeEvents(tx: Transaction, nids: readonly number[]): Promise<void> {
    for (const each of BY_EVENT) await tx.run(each, nids);
    await tx.run(remove, nids);
  }

  /** What else is kept of a room. @returns how many rows went: 0 when nothing is left but the room itself */
  async removeAround(tx: Transaction, roomNid: number, limit: number): Promise<number> {
    let removed = 0;
    for (const each of OF_ROOM) removed += await tx.run(each, roomNid, roomNid, limit);
    return removed;
  }

  async members(db: Reader, roomNid: number, limit: number) {
    return (await db.all(localMembers, roomNid, limit)).map((row) => ({ userId: row.user_id, nid: row.user_nid }));
  }

  async removeMembers(tx: Transaction, roomNid: number, nids: readonly number[]): Promise<void> {
    await tx.run(removeMembers, roomNid, nids);
  }

  async removeRoom(tx: Transaction, roomNid: number): Promise<void> {
    await tx.run(room, roomNid);
  }
}

const endingIn = (serverName: string): string => `%:${serverName}`;
const toAmount = (row: Sum | undefined): Amount => ({ events: row?.events ?? 0, bytes: row?.bytes ?? 0 });
const toRemovable = (row: { nid: number; event_id: EventId; bytes: number }): Removable => ({
  nid: row.nid,
  eventId: row.event_id,
  bytes: row.bytes,
});
