import type { Milliseconds } from '../../base/clock.js';
import type { RoomId, ServerName } from '../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../storage/database.js';

interface PartialRow {
  room_nid: number;
  room_id: RoomId;
  join_nid: number;
  via: ServerName;
  started_ts: Milliseconds;
  since: Position;
}

const put = statement<[number, number, string, Milliseconds, Position]>(`
  INSERT INTO partial_rooms (room_nid, join_nid, via, started_ts, since, completed) VALUES (?, ?, ?, ?, ?, NULL)
  ON CONFLICT (room_nid) DO UPDATE SET
    join_nid = excluded.join_nid, via = excluded.via, started_ts = excluded.started_ts, since = excluded.since,
    completed = NULL`);
const waiting = statement<[], PartialRow>(`
  SELECT p.room_nid, r.room_id, p.join_nid, p.via, p.started_ts, p.since
  FROM partial_rooms p JOIN rooms r ON r.nid = p.room_nid WHERE p.completed IS NULL ORDER BY p.since`);
const complete = statement<[Position, number]>('UPDATE partial_rooms SET completed = ? WHERE room_nid = ?');
const remove = statement<[number]>('DELETE FROM partial_rooms WHERE room_nid = ?');
const completedIn = statement<[Position, Position], { room_id: RoomId }>(`
  SELECT r.room_id FROM partial_rooms p JOIN rooms r ON r.nid = p.room_nid
  WHERE p.completed > ? AND p.completed <= ?`);

/** A room that this server is in, and of whose state before its join only a part is here. */
export interface PartialRoom {
  readonly roomNid: number;
  readonly roomId: RoomId;
  /** the event by which this server came in */
  readonly joinNid: number;
  /** the server that let it in */
  readonly via: ServerName;
  readonly startedAt: Milliseconds;
  /** when it came in */
  readonly since: Position;
}

/** Table `partial_rooms`. The few rooms that wait for their state are in memory: whoever writes or reads asks. */
export class PartialRoomStore {
  #waiting: Promise<Map<number, PartialRoom>> | undefined;

  /** The rooms that wait, by their nid. */
  async waiting(db: Reader): Promise<ReadonlyMap<number, PartialRoom>> {
    return this.#known(db);
  }

  async put(tx: Transaction, room: PartialRoom): Promise<void> {
    const { roomNid, joinNid, via, startedAt, since } = room;
    await tx.run(put, roomNid, joinNid, via, startedAt, since);
    await this.#change(tx, (known) => known.set(roomNid, room));
  }

  async complete(tx: Transaction, roomNid: number, position: Position): Promise<void> {
    await tx.run(complete, position, roomNid);
    await this.#change(tx, (known) => known.delete(roomNid));
  }

  /** Nobody waits for the state of this room any more. */
  async remove(tx: Transaction, roomNid: number): Promise<void> {
    await tx.run(remove, roomNid);
    await this.#change(tx, (known) => known.delete(roomNid));
  }

  /** The rooms whose state was all here from a position in (`after`, `upTo`] on. */
  async completedIn(db: Reader, after: Position, upTo: Position): Promise<RoomId[]> {
    return (await db.all(completedIn, after, upTo)).map((row) => row.room_id);
  }

  /** Later writers see it at once: they come after this transaction, or it is undone before them. */
  async #change(tx: Transaction, change: (known: Map<number, PartialRoom>) => void): Promise<void> {
    tx.afterUndo(() => {
      this.#waiting = undefined;
    });
    change(await this.#known(tx));
  }

  #known(db: Reader): Promise<Map<number, PartialRoom>> {
    this.#waiting ??= this.#read(db).catch((error: unknown) => {
      this.#waiting = undefined;
      throw error;
    });
    return this.#waiting;
  }

  async #read(db: Reader): Promise<Map<number, PartialRoom>> {
    const rows = await db.all(waiting);
    return new Map(
      rows.map((row) => [
        row.room_nid,
        {
          roomNid: row.room_nid,
          roomId: row.room_id,
          joinNid: row.join_nid,
          via: row.via,
          startedAt: row.started_ts,
          since: row.since,
        },
      ]),
    );
  }
}
