import { turn } from '../../base/yield.js';
import type { EventId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

const putAfter = statement<[number, number]>(`
  INSERT INTO state_after (event_nid, snapshot) VALUES (?, ?)
  ON CONFLICT (event_nid) DO UPDATE SET snapshot = excluded.snapshot`);
const afters = statement<[readonly number[]], { event_nid: number; snapshot: number }>(
  'SELECT event_nid, snapshot FROM state_after WHERE event_nid IN INTS(?)',
);
const addEdge = statement<[number, number]>(
  'INSERT INTO auth_edges (event_nid, auth_nid) VALUES (?, ?) ON CONFLICT (event_nid, auth_nid) DO NOTHING',
);
const edges = statement<[readonly number[]], { event_nid: number; auth_nid: number }>(
  'SELECT event_nid, auth_nid FROM auth_edges WHERE event_nid IN INTS(?)',
);
const dependents = statement<[readonly number[], number], { event_nid: number }>(
  'SELECT DISTINCT event_nid FROM auth_edges WHERE auth_nid IN INTS(?) LIMIT ?',
);
const addGap = statement<[number, string, number]>(
  'INSERT INTO gaps (event_nid, missing, room_nid) VALUES (?, ?, ?) ON CONFLICT (event_nid, missing) DO NOTHING',
);
// The plus keeps SQLite from looking through all gaps of the room instead.
const gapsAt = statement<[readonly string[], number], { event_nid: number; missing: EventId }>(
  'SELECT event_nid, missing FROM gaps WHERE missing IN TEXTS(?) AND +room_nid = ?',
);
const lacking = statement<[readonly number[]], { event_nid: number }>(
  'SELECT DISTINCT event_nid FROM gaps WHERE event_nid IN INTS(?)',
);
const closeGap = statement<[string, number]>('DELETE FROM gaps WHERE missing = ? AND +room_nid = ?');
const gapsOfRoom = statement<
  [number, number, number],
  { event_id: EventId; depth: number; ord: number; missing: EventId }
>(`
  SELECT e.event_id, e.depth, e.ord, g.missing FROM gaps g JOIN events e ON e.nid = g.event_nid
  WHERE g.room_nid = ? AND e.ord IS NOT NULL AND e.ord <= ? ORDER BY e.ord DESC LIMIT ?`);

/** Numbers in one statement at most. */
const AT_ONCE = 1_000;

/** Tables `state_after`, `auth_edges` and `gaps`: what the rows of events do not say of their graph. */
export class GraphStore {
  /** `snapshot` is the state after the state event `eventNid`. */
  async putAfter(tx: Transaction, eventNid: number, snapshot: number): Promise<void> {
    await tx.run(putAfter, eventNid, snapshot);
  }

  /** The snapshots after those of some state events that have one. */
  async afters(db: Reader, eventNids: readonly number[]): Promise<Map<number, number>> {
    if (eventNids.length === 0) return new Map();
    return new Map((await db.all(afters, eventNids)).map((row) => [row.event_nid, row.snapshot]));
  }

  async addEdges(tx: Transaction, edges: readonly (readonly [eventNid: number, authNid: number])[]): Promise<void> {
    await tx.runMany(
      addEdge,
      edges.map(([eventNid, authNid]) => [eventNid, authNid] as [number, number]),
    );
  }

  /** The auth events of some state events: nid -> nids. Those without any are left out. */
  async edges(db: Reader, eventNids: readonly number[]): Promise<Map<number, number[]>> {
    const found = new Map<number, number[]>();
    for (let start = 0; start < eventNids.length; start += AT_ONCE) {
      if (start > 0) await turn();
      for (const row of await db.all(edges, eventNids.slice(start, start + AT_ONCE))) {
        const known = found.get(row.event_nid);
        if (known) known.push(row.auth_nid);
        else found.set(row.event_nid, [row.auth_nid]);
      }
    }
    return found;
  }

  /** State events that name one of `authNids`, up to `limit`. */
  async dependents(db: Reader, authNids: readonly number[], limit: number): Promise<number[]> {
    return (await db.all(dependents, authNids, limit)).map((row) => row.event_nid);
  }

  async addGaps(tx: Transaction, roomNid: number, eventNid: number, missing: readonly EventId[]): Promise<void> {
    await tx.runMany(
      addGap,
      [...new Set(missing)].map((id) => [eventNid, id, roomNid] as [number, string, number]),
    );
  }

  /** Which events of a room lack which of `missing`. */
  async gapsAt(
    db: Reader,
    roomNid: number,
    missing: readonly EventId[],
  ): Promise<{ eventNid: number; missing: EventId }[]> {
    if (missing.length === 0) return [];
    return (await db.all(gapsAt, missing, roomNid)).map((row) => ({ eventNid: row.event_nid, missing: row.missing }));
  }

  /** Those of some events that follow something that is not known. */
  async lacking(db: Reader, eventNids: readonly number[]): Promise<Set<number>> {
    if (eventNids.length === 0) return new Set();
    return new Set((await db.all(lacking, eventNids)).map((row) => row.event_nid));
  }

  /** An event of a room is here now. */
  async closeGap(tx: Transaction, roomNid: number, eventId: EventId): Promise<void> {
    await tx.run(closeGap, eventId, roomNid);
  }

  /** What is missing just before events at places up to `upTo`, the last of them first. */
  async gapsOfRoom(db: Reader, roomNid: number, upTo: number, limit: number) {
    return (await db.all(gapsOfRoom, roomNid, upTo, limit)).map((row) => ({
      eventId: row.event_id,
      depth: row.depth,
      ord: row.ord,
      missing: row.missing,
    }));
  }
}
