import type { EventId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

const insert = statement<[number, number, string, string, number, number, string | null]>(`
  INSERT INTO relations (event_nid, room_nid, parent_id, rel_type, type_nid, sender_nid, aggregation_key)
  VALUES (?, ?, ?, ?, ?, ?, ?)`);
const remove = statement<[number]>('DELETE FROM relations WHERE event_nid = ?');
// Whoever knows an event's id can relate to it from another room: that counts for nothing. Neither do edits of others.
const COUNTING = `
  FROM relations r JOIN events e ON e.nid = r.event_nid
  JOIN events p ON p.event_id = r.parent_id AND p.room_nid = r.room_nid
  JOIN names t ON t.nid = r.type_nid JOIN names s ON s.nid = r.sender_nid`;
const COLUMNS = 'r.event_nid, e.event_id, r.parent_id, r.rel_type, t.name AS type, s.name AS sender';
const ofParents = statement<[readonly string[], readonly string[], number], RelationRow>(`
  SELECT ${COLUMNS} ${COUNTING} WHERE r.parent_id IN TEXTS(?) AND r.rel_type IN TEXTS(?) LIMIT ?`);
const editsOf = statement<[string, number], RelationRow>(`
  SELECT ${COLUMNS} ${COUNTING}
  WHERE r.parent_id = ? AND r.rel_type = 'm.replace' AND r.sender_nid = p.sender_nid AND r.type_nid = p.type_nid
  ORDER BY r.event_nid DESC LIMIT ?`);
const referencesOf = statement<[string, number], RelationRow>(`
  SELECT ${COLUMNS} ${COUNTING}
  WHERE r.parent_id = ? AND r.rel_type = 'm.reference' ORDER BY r.event_nid LIMIT ?`);
const parentsAmong = statement<[readonly string[], readonly string[]], { parent_id: EventId }>(
  'SELECT DISTINCT parent_id FROM relations WHERE parent_id IN TEXTS(?) AND rel_type IN TEXTS(?)',
);
const THREAD = `r.parent_id = p.event_id AND r.rel_type = 'm.thread' AND r.room_nid = p.room_nid`;
const threads = statement<[number, string, readonly string[]], ThreadRow>(`
  SELECT p.event_id AS parent_id,
    (SELECT COUNT(*) FROM (SELECT 1 FROM relations r WHERE ${THREAD} LIMIT ?) counted) AS replies,
    (SELECT r.event_nid FROM relations r WHERE ${THREAD} ORDER BY r.event_nid DESC LIMIT 1) AS latest,
    CASE WHEN EXISTS (
      SELECT 1 FROM relations r WHERE ${THREAD} AND r.sender_nid = (SELECT nid FROM names WHERE name = ?)
    ) THEN 1 ELSE 0 END AS participated
  FROM events p WHERE p.event_id IN TEXTS(?)`);
const backwards = statement<[string, number, number, number], RelationRow>(`
  SELECT r.event_nid, e.event_id, r.parent_id, r.rel_type, t.name AS type, s.name AS sender
  FROM relations r JOIN events e ON e.nid = r.event_nid
  JOIN names t ON t.nid = r.type_nid JOIN names s ON s.nid = r.sender_nid
  WHERE r.parent_id = ? AND r.event_nid <= ? AND r.event_nid > ? ORDER BY r.event_nid DESC LIMIT ?`);
const forwards = statement<[string, number, number, number], RelationRow>(`
  SELECT r.event_nid, e.event_id, r.parent_id, r.rel_type, t.name AS type, s.name AS sender
  FROM relations r JOIN events e ON e.nid = r.event_nid
  JOIN names t ON t.nid = r.type_nid JOIN names s ON s.nid = r.sender_nid
  WHERE r.parent_id = ? AND r.event_nid > ? AND r.event_nid <= ? ORDER BY r.event_nid LIMIT ?`);
const ofAny = statement<[readonly string[], number], RelationRow>(`
  SELECT r.event_nid, e.event_id, r.parent_id, r.rel_type, t.name AS type, s.name AS sender
  FROM relations r JOIN events e ON e.nid = r.event_nid
  JOIN names t ON t.nid = r.type_nid JOIN names s ON s.nid = r.sender_nid
  WHERE r.parent_id IN TEXTS(?) ORDER BY r.event_nid LIMIT ?`);
const threadRows = statement<[number, number, number], { event_nid: number; parent_id: EventId }>(`
  SELECT event_nid, parent_id FROM relations
  WHERE room_nid = ? AND rel_type = 'm.thread' AND event_nid <= ? ORDER BY event_nid DESC LIMIT ?`);
const parentsOf = statement<[readonly number[]], { event_nid: number; parent_id: EventId; rel_type: string }>(
  'SELECT event_nid, parent_id, rel_type FROM relations WHERE event_nid IN INTS(?)',
);
const sameAnnotation = statement<[string, number, number, string], { event_nid: number }>(`
  SELECT event_nid FROM relations
  WHERE parent_id = ? AND rel_type = 'm.annotation' AND sender_nid = ? AND type_nid = ? AND aggregation_key = ? LIMIT 1`);

interface RelationRow {
  event_nid: number;
  event_id: EventId;
  parent_id: EventId;
  rel_type: string;
  type: string;
  sender: string;
}
interface ThreadRow {
  parent_id: EventId;
  replies: number;
  latest: number | null;
  participated: number;
}

/** An event that relates to another. */
export interface Relation {
  readonly eventNid: number;
  readonly eventId: EventId;
  readonly parentId: EventId;
  readonly relType: string;
  readonly type: string;
  readonly sender: string;
}

/** A thread as its root shows it. */
export interface ThreadSummary {
  readonly rootId: EventId;
  readonly replies: number;
  readonly latestNid: number;
  readonly hasParticipated: boolean;
}

/** An event in a thread. */
export interface ThreadReply {
  readonly eventNid: number;
  readonly rootId: EventId;
}

/** Table `relations`: events with `m.relates_to`, until they are redacted. */
export class RelationStore {
  async insert(
    tx: Transaction,
    row: {
      eventNid: number;
      roomNid: number;
      parentId: string;
      relType: string;
      typeNid: number;
      senderNid: number;
      key: string | undefined;
    },
  ): Promise<void> {
    const { eventNid, roomNid, parentId, relType, typeNid, senderNid, key } = row;
    await tx.run(insert, eventNid, roomNid, parentId, relType, typeNid, senderNid, key ?? null);
  }

  async remove(tx: Transaction, eventNid: number): Promise<void> {
    await tx.run(remove, eventNid);
  }

  /** Those of `events` that something of these types relates to. */
  async parentsAmong(db: Reader, events: readonly EventId[], relTypes: readonly string[]): Promise<EventId[]> {
    if (events.length === 0) return [];
    return (await db.all(parentsAmong, events, relTypes)).map((row) => row.parent_id);
  }

  /** Relations of some types to some parents, oldest first; undefined when there are more than `limit`. */
  async ofParents(
    db: Reader,
    parents: readonly EventId[],
    relTypes: readonly string[],
    limit: number,
  ): Promise<Relation[] | undefined> {
    if (parents.length === 0) return [];
    const rows = await db.all(ofParents, parents, relTypes, limit + 1);
    if (rows.length > limit) return undefined;
    return rows.map(toRelation).sort((a, b) => a.eventNid - b.eventNid);
  }

  /** The last edits of an event that can count, oldest first. */
  async editsOf(db: Reader, parent: EventId, limit: number): Promise<Relation[]> {
    return (await db.all(editsOf, parent, limit)).map(toRelation).reverse();
  }

  /** The first references to an event. */
  async referencesOf(db: Reader, parent: EventId, limit: number): Promise<Relation[]> {
    return (await db.all(referencesOf, parent, limit)).map(toRelation);
  }

  /** Relations of any type to some parents, oldest first. */
  async ofAny(db: Reader, parents: readonly EventId[], limit: number): Promise<Relation[]> {
    return (await db.all(ofAny, parents, limit)).map(toRelation);
  }

  /** The threads of those `roots` that have one. @param mostReplies up to where they are counted */
  async threads(db: Reader, roots: readonly EventId[], userId: string, mostReplies: number): Promise<ThreadSummary[]> {
    if (roots.length === 0) return [];
    const rows = await db.all(threads, mostReplies, userId, roots);
    return rows.flatMap(({ parent_id: rootId, replies, latest, participated }) =>
      latest === null ? [] : { rootId, replies, latestNid: latest, hasParticipated: participated === 1 },
    );
  }

  /** What a room's threads hold, of nids up to `upTo`: the newest first. */
  async inThreads(db: Reader, roomNid: number, upTo: number, limit: number): Promise<ThreadReply[]> {
    const rows = await db.all(threadRows, roomNid, upTo, limit);
    return rows.map((row) => ({ eventNid: row.event_nid, rootId: row.parent_id }));
  }

  /** Relations to `parent` with nids in (`after`, `upTo`], the newest first. */
  async before(db: Reader, parent: EventId, upTo: number, after: number, limit: number): Promise<Relation[]> {
    return (await db.all(backwards, parent, upTo, after, limit)).map(toRelation);
  }

  /** Relations to `parent` with nids in (`after`, `upTo`], the oldest first. */
  async after(db: Reader, parent: EventId, after: number, upTo: number, limit: number): Promise<Relation[]> {
    return (await db.all(forwards, parent, after, upTo, limit)).map(toRelation);
  }

  /** What those of `eventNids` that relate to something relate to. */
  async parentsOf(
    db: Reader,
    eventNids: readonly number[],
  ): Promise<ReadonlyMap<number, { parentId: EventId; relType: string }>> {
    if (eventNids.length === 0) return new Map();
    const rows = await db.all(parentsOf, eventNids);
    return new Map(rows.map((row) => [row.event_nid, { parentId: row.parent_id, relType: row.rel_type }]));
  }

  /** Whether this sender already put this very annotation (the same emoji) on `parent`. */
  async hasAnnotation(db: Reader, parent: EventId, senderNid: number, typeNid: number, key: string): Promise<boolean> {
    return (await db.get(sameAnnotation, parent, senderNid, typeNid, key)) !== undefined;
  }
}

const toRelation = (row: RelationRow): Relation => ({
  eventNid: row.event_nid,
  eventId: row.event_id,
  parentId: row.parent_id,
  relType: row.rel_type,
  type: row.type,
  sender: row.sender,
});
