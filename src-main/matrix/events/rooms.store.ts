import type { Cache, Caches } from '../../base/caches.js';
import type { Milliseconds } from '../../base/clock.js';
import type { EventId, RoomId, RoomVersion } from '../../spec/ids.js';
import { type RoomVersionRules, roomVersionRules } from '../../spec/room-version.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

interface RoomRow {
  nid: number;
  room_id: RoomId;
  version: RoomVersion;
}

const insertRoom = statement<[number, string, string, Milliseconds]>(
  'INSERT INTO rooms (nid, room_id, version, created_ts) VALUES (?, ?, ?, ?)',
);
const setVersion = statement<[string, number]>('UPDATE rooms SET version = ? WHERE nid = ?');
const byId = statement<[string], RoomRow>('SELECT nid, room_id, version FROM rooms WHERE room_id = ?');
const byNids = statement<[readonly number[]], RoomRow>('SELECT nid, room_id, version FROM rooms WHERE nid IN INTS(?)');
const head = statement<[number], { snapshot: number | null; joined: number; invited: number }>(
  'SELECT snapshot, joined, invited FROM rooms WHERE nid = ?',
);
const heads = statement<[readonly string[]], { room_id: RoomId; joined: number }>(
  'SELECT room_id, joined FROM rooms WHERE room_id IN TEXTS(?)',
);
const setSnapshot = statement<[number, number]>('UPDATE rooms SET snapshot = ? WHERE nid = ?');
const addCounts = statement<[number, number, number]>(
  'UPDATE rooms SET joined = joined + ?, invited = invited + ? WHERE nid = ?',
);
const setCounts = statement<[number, number, number]>('UPDATE rooms SET joined = ?, invited = ? WHERE nid = ?');
const extremities = statement<[number], { nid: number; event_id: EventId; depth: number }>(`
  SELECT e.nid, e.event_id, e.depth FROM forward_extremities f JOIN events e ON e.nid = f.event_nid
  WHERE f.room_nid = ? ORDER BY e.depth DESC, e.nid DESC`);
const addExtremity = statement<[number, number]>('INSERT INTO forward_extremities (room_nid, event_nid) VALUES (?, ?)');
const removeExtremities = statement<[number, readonly number[]]>(
  'DELETE FROM forward_extremities WHERE room_nid = ? AND event_nid IN INTS(?)',
);
const moveExtremity = statement<[number, number, number]>(
  'UPDATE forward_extremities SET event_nid = ? WHERE room_nid = ? AND event_nid = ?',
);

/** A room that this server knows. */
export interface Room {
  readonly nid: number;
  readonly roomId: RoomId;
  readonly rules: RoomVersionRules;
}

/** A leaf of the room's graph: what the next event builds on. */
export interface Extremity {
  readonly nid: number;
  readonly eventId: EventId;
  readonly depth: number;
}

/** Tables `rooms` and `forward_extremities`. */
export class RoomStore {
  readonly #byId: Cache<RoomId, Room>;
  readonly #byNid: Cache<number, Room>;
  /** those of which it is known that they have a state: a room keeps that as long as it is here */
  readonly #open = new WeakSet<Room>();

  constructor(caches: Caches) {
    const bounds = { share: 0.015, entryBytes: 180 };
    this.#byId = caches.lru('rooms by id', bounds);
    this.#byNid = caches.lru('rooms by nid', bounds);
  }

  async insert(tx: Transaction, roomId: RoomId, rules: RoomVersionRules, createdTs: Milliseconds): Promise<Room> {
    const room = { nid: tx.position(), roomId, rules };
    await tx.run(insertRoom, room.nid, roomId, rules.version, createdTs);
    this.#remember(room);
    tx.afterUndo(() => {
      this.#byId.delete(roomId);
      this.#byNid.delete(room.nid);
    });
    return room;
  }

  /**
   * The room, for what comes of it while nobody here is in it. Of a room that nobody here was ever in it is only hearsay
   * what version it has: who comes later with another is believed as much.
   */
  async heardOf(tx: Transaction, roomId: RoomId, rules: RoomVersionRules, now: Milliseconds): Promise<Room> {
    const known = await this.byId(tx, roomId);
    if (!known) return this.insert(tx, roomId, rules, now);
    if (known.rules === rules || (await this.snapshot(tx, known.nid)) !== undefined) return known;
    await tx.run(setVersion, rules.version, known.nid);
    this.#remember({ ...known, rules });
    tx.afterUndo(() => this.#remember(known));
    return { ...known, rules };
  }

  async byId(db: Reader, roomId: RoomId): Promise<Room | undefined> {
    const cached = this.#byId.get(roomId);
    if (cached) return cached;
    const row = await db.get(byId, roomId);
    return row && this.#toRoom(row);
  }

  async byNids(db: Reader, nids: Iterable<number>): Promise<ReadonlyMap<number, Room>> {
    const found = new Map<number, Room>();
    const unknown: number[] = [];
    for (const nid of nids) {
      const room = this.#byNid.get(nid);
      if (room) found.set(nid, room);
      else unknown.push(nid);
    }
    if (unknown.length === 0) return found;
    for (const row of await db.all(byNids, unknown)) found.set(row.nid, this.#toRoom(row));
    return found;
  }

  async head(db: Reader, roomNid: number): Promise<{ snapshot: number | undefined; extremities: Extremity[] }> {
    const row = await db.get(head, roomNid);
    const leaves = await db.all(extremities, roomNid);
    return {
      snapshot: row?.snapshot ?? undefined,
      extremities: leaves.map((leaf) => ({ nid: leaf.nid, eventId: leaf.event_id, depth: leaf.depth })),
    };
  }

  async snapshot(db: Reader, roomNid: number): Promise<number | undefined> {
    return (await db.get(head, roomNid))?.snapshot ?? undefined;
  }

  /** Whether the room has a state: whether this server ever was in it. */
  async isOpen(db: Reader, room: Room): Promise<boolean> {
    if (this.#open.has(room)) return true;
    const hasState = (await this.snapshot(db, room.nid)) !== undefined;
    if (hasState) this.#open.add(room);
    return hasState;
  }

  /** How many people are joined and invited. */
  async counts(db: Reader, roomNid: number): Promise<{ joined: number; invited: number }> {
    const row = await db.get(head, roomNid);
    return { joined: row?.joined ?? 0, invited: row?.invited ?? 0 };
  }

  /** How many people are joined to each of some rooms. */
  async joinedCounts(db: Reader, roomIds: readonly RoomId[]): Promise<Map<RoomId, number>> {
    return new Map((await db.all(heads, roomIds)).map((row) => [row.room_id, row.joined]));
  }

  async addCounts(tx: Transaction, roomNid: number, joined: number, invited: number): Promise<void> {
    if (joined !== 0 || invited !== 0) await tx.run(addCounts, joined, invited, roomNid);
  }

  async setCounts(tx: Transaction, roomNid: number, joined: number, invited: number): Promise<void> {
    await tx.run(setCounts, joined, invited, roomNid);
  }

  async setSnapshot(tx: Transaction, roomNid: number, snapshot: number): Promise<void> {
    await tx.run(setSnapshot, snapshot, roomNid);
  }

  /** `event` takes the place of the leaves `before`. */
  async setExtremity(tx: Transaction, roomNid: number, before: readonly number[], event: number): Promise<void> {
    const [only] = before;
    if (before.length === 1 && only !== undefined) {
      await tx.run(moveExtremity, event, roomNid, only);
      return;
    }
    if (before.length > 0) await tx.run(removeExtremities, roomNid, before);
    await tx.run(addExtremity, roomNid, event);
  }

  /** These are no leaves any more. */
  async removeExtremities(tx: Transaction, roomNid: number, eventNids: readonly number[]): Promise<void> {
    await tx.run(removeExtremities, roomNid, eventNids);
  }

  /** A room is gone for good. */
  forget(tx: Transaction, room: Room): void {
    const drop = () => {
      this.#byId.delete(room.roomId);
      this.#byNid.delete(room.nid);
      this.#open.delete(room);
    };
    drop();
    tx.afterCommit(drop);
  }

  #toRoom(row: RoomRow): Room {
    const rules = roomVersionRules(row.version);
    if (!rules) throw new Error(`the database has a room of unknown version ${row.version}`);
    const room = { nid: row.nid, roomId: row.room_id, rules };
    this.#remember(room);
    return room;
  }

  #remember(room: Room): void {
    this.#byId.set(room.roomId, room);
    this.#byNid.set(room.nid, room);
  }
}
