import { turn } from '../../base/yield.js';
import type { StateKey } from '../../spec/event.js';
import { type Position, type Reader, statement, type Transaction } from '../../storage/database.js';
import { streamTopic, type Topic } from '../../storage/news.js';

const put = statement<[number, number, number, number]>(`
  INSERT INTO current_state (room_nid, type_nid, state_nid, event_nid) VALUES (?, ?, ?, ?)
  ON CONFLICT (room_nid, type_nid, state_nid) DO UPDATE SET event_nid = excluded.event_nid`);
const remove = statement<[number, number, number]>(
  'DELETE FROM current_state WHERE room_nid = ? AND type_nid = ? AND state_nid = ?',
);
const clear = statement<[number]>('DELETE FROM current_state WHERE room_nid = ?');
const insertChange = statement<[number, number, number, number, number, number]>(`
  INSERT INTO state_changes (pos, room_nid, type_nid, state_nid, event_nid, previous_nid) VALUES (?, ?, ?, ?, ?, ?)`);
const all = statement<[number], { event_nid: number }>('SELECT event_nid FROM current_state WHERE room_nid = ?');
const allBut = statement<[number, number], { event_nid: number }>(
  'SELECT event_nid FROM current_state WHERE room_nid = ? AND type_nid <> ?',
);
const ofTypes = statement<[number, readonly number[]], { event_nid: number }>(
  'SELECT event_nid FROM current_state WHERE room_nid = ? AND type_nid IN INTS(?)',
);
const one = statement<[string, string, number], { event_nid: number }>(`
  SELECT c.event_nid FROM names n
  JOIN state_keys k ON k.type_nid = n.nid AND k.state_key = ?
  JOIN current_state c ON c.type_nid = n.nid AND c.state_nid = k.nid
  WHERE n.name = ? AND c.room_nid = ?`);
const inRooms = statement<[readonly number[], number, number], { room_nid: number; event_nid: number }>(
  'SELECT room_nid, event_nid FROM current_state WHERE room_nid IN INTS(?) AND type_nid = ? AND state_nid = ?',
);
const changes = statement<
  [number, number, number],
  { pos: number; type_nid: number; state_nid: number; event_nid: number; previous_nid: number }
>(`
  SELECT pos, type_nid, state_nid, event_nid, previous_nid FROM state_changes
  WHERE room_nid = ? AND pos > ? AND pos <= ? ORDER BY pos`);
const page = statement<
  [number, number, number, number, number],
  { type_nid: number; state_nid: number; event_nid: number }
>(`
  SELECT type_nid, state_nid, event_nid FROM current_state
  WHERE room_nid = ? AND (type_nid > ? OR (type_nid = ? AND state_nid > ?)) ORDER BY type_nid, state_nid LIMIT ?`);
const some = statement<[number, readonly number[]], { state_nid: number; event_nid: number }>(
  'SELECT state_nid, event_nid FROM current_state WHERE room_nid = ? AND state_nid IN INTS(?)',
);

const previous = statement<[readonly number[]], { pos: number; previous_nid: number }>(
  'SELECT pos, previous_nid FROM state_changes WHERE pos IN INTS(?) AND previous_nid <> 0',
);

/** Announced with each change of a room's current state; with nothing else. */
export const stateTopic = (roomNid: number): Topic => streamTopic(`state of ${roomNid}`);

/** Entries read without a turn of the event loop. */
const ENTRIES_AT_ONCE = 5_000;

/** A step in a room's current state; 0 stands for no event. */
export interface StateChange {
  readonly position: Position;
  readonly typeNid: number;
  readonly stateNid: number;
  readonly eventNid: number;
  readonly previousNid: number;
}

/** Tables `current_state` and `state_changes`. */
export class CurrentStateStore {
  async put(tx: Transaction, roomNid: number, change: StateChange): Promise<void> {
    const { position, typeNid, stateNid, eventNid, previousNid } = change;
    if (eventNid === 0) await tx.run(remove, roomNid, typeNid, stateNid);
    else await tx.run(put, roomNid, typeNid, stateNid, eventNid);
    await tx.run(insertChange, position, roomNid, typeNid, stateNid, eventNid, previousNid);
    tx.announce(stateTopic(roomNid));
  }

  /** Entries of a state of which nobody has to know how it came about. */
  async putMany(
    tx: Transaction,
    roomNid: number,
    entries: readonly { readonly typeNid: number; readonly stateNid: number; readonly eventNid: number }[],
  ): Promise<void> {
    await tx.runMany(
      put,
      entries.map(
        ({ typeNid, stateNid, eventNid }) => [roomNid, typeNid, stateNid, eventNid] as [number, number, number, number],
      ),
    );
    tx.announce(stateTopic(roomNid));
  }

  /** Several changes of entries, none of which goes away. */
  async putChanges(tx: Transaction, roomNid: number, entries: readonly StateChange[]): Promise<void> {
    await this.putMany(tx, roomNid, entries);
    await tx.runMany(
      insertChange,
      entries.map(
        ({ position, typeNid, stateNid, eventNid, previousNid }) =>
          [position, roomNid, typeNid, stateNid, eventNid, previousNid] as [
            number,
            number,
            number,
            number,
            number,
            number,
          ],
      ),
    );
  }

  /** All entries, in pieces: a large room has a hundred thousand. */
  async entries(db: Reader, roomNid: number): Promise<Map<number, { typeNid: number; eventNid: number }>> {
    const found = new Map<number, { typeNid: number; eventNid: number }>();
    for (let last = { type_nid: 0, state_nid: 0 }; ; await turn()) {
      const rows = await db.all(page, roomNid, last.type_nid, last.type_nid, last.state_nid, ENTRIES_AT_ONCE);
      for (const row of rows) found.set(row.state_nid, { typeNid: row.type_nid, eventNid: row.event_nid });
      const next = rows.at(-1);
      if (!next || rows.length < ENTRIES_AT_ONCE) return found;
      last = next;
    }
  }

  async clear(tx: Transaction, roomNid: number): Promise<void> {
    await tx.run(clear, roomNid);
    tx.announce(stateTopic(roomNid));
  }

  /** nids of all state events, or of all but one type's. */
  async all(db: Reader, roomNid: number, exceptTypeNid?: number): Promise<number[]> {
    const rows =
      exceptTypeNid === undefined ? await db.all(all, roomNid) : await db.all(allBut, roomNid, exceptTypeNid);
    return rows.map((row) => row.event_nid);
  }

  async ofTypes(db: Reader, roomNid: number, typeNids: readonly number[]): Promise<number[]> {
    return (await db.all(ofTypes, roomNid, typeNids)).map((row) => row.event_nid);
  }

  async one(db: Reader, roomNid: number, [type, stateKey]: StateKey): Promise<number | undefined> {
    return (await db.get(one, stateKey, type, roomNid))?.event_nid;
  }

  async some(db: Reader, roomNid: number, stateNids: readonly number[]): Promise<Map<number, number>> {
    if (stateNids.length === 0) return new Map();
    return new Map((await db.all(some, roomNid, stateNids)).map((row) => [row.state_nid, row.event_nid]));
  }

  /** One entry of many rooms: room nid -> event nid. */
  async inRooms(
    db: Reader,
    roomNids: readonly number[],
    typeNid: number,
    stateNid: number,
  ): Promise<Map<number, number>> {
    return new Map((await db.all(inRooms, roomNids, typeNid, stateNid)).map((row) => [row.room_nid, row.event_nid]));
  }

  /** How the state changed in (`after`, `upTo`], in order. */
  async changes(db: Reader, roomNid: number, after: Position, upTo: Position): Promise<StateChange[]> {
    const rows = await db.all(changes, roomNid, after, upTo);
    return rows.map((row) => ({
      position: row.pos,
      typeNid: row.type_nid,
      stateNid: row.state_nid,
      eventNid: row.event_nid,
      previousNid: row.previous_nid,
    }));
  }

  /** What state events replaced: nid of the event -> nid of the event before it. */
  async previous(db: Reader, eventNids: readonly number[]): Promise<Map<number, number>> {
    return new Map((await db.all(previous, eventNids)).map((row) => [row.pos, row.previous_nid]));
  }
}
