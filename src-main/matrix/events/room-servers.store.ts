import type { Cache, Caches } from '../../base/caches.js';
import type { RoomId, ServerName } from '../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../storage/database.js';

const join = statement<[number, number, number, number]>(`
  INSERT INTO room_servers (room_nid, server_nid, joined, since, until) VALUES (?, ?, ?, ?, NULL)
  ON CONFLICT (room_nid, server_nid) DO UPDATE SET
    joined = CASE WHEN room_servers.joined > 0 THEN room_servers.joined ELSE 0 END + excluded.joined,
    since = CASE WHEN room_servers.joined > 0 THEN room_servers.since ELSE excluded.since END,
    until = NULL`);
const leave = statement<[number, number, number]>(`
  UPDATE room_servers SET until = CASE WHEN joined > 1 THEN until ELSE ? END, joined = joined - 1
  WHERE room_nid = ? AND server_nid = ? AND joined > 0`);
const setCount = statement<[number, number, number, number]>(`
  INSERT INTO room_servers (room_nid, server_nid, joined, since, until) VALUES (?, ?, ?, ?, NULL)
  ON CONFLICT (room_nid, server_nid) DO UPDATE SET
    joined = excluded.joined,
    since = CASE WHEN room_servers.joined > 0 THEN room_servers.since ELSE excluded.since END,
    until = NULL`);
const end = statement<[number, number, number]>(
  'UPDATE room_servers SET until = ?, joined = 0 WHERE room_nid = ? AND server_nid = ?',
);
const counted = statement<[number], { server: ServerName; server_nid: number; joined: number }>(`
  SELECT n.name AS server, s.server_nid, s.joined FROM room_servers s JOIN names n ON n.nid = s.server_nid
  WHERE s.room_nid = ? AND s.joined > 0`);
const clear = statement<[number]>('DELETE FROM room_servers WHERE room_nid = ?');
const inRoom = statement<[number], { server: ServerName; since: number; until: number | null }>(`
  SELECT n.name AS server, s.since, s.until FROM room_servers s JOIN names n ON n.nid = s.server_nid
  WHERE s.room_nid = ?`);
const any = statement<[number], { server_nid: number }>(
  'SELECT server_nid FROM room_servers WHERE room_nid = ? AND joined > 0 LIMIT 1',
);
const roomsOf = statement<[string], { room_id: RoomId }>(`
  SELECT r.room_id FROM names n JOIN room_servers s ON s.server_nid = n.nid AND s.joined > 0
  JOIN rooms r ON r.nid = s.room_nid WHERE n.name = ?`);

/** Stands for how many people of a server are in a room of whose members most are not known. */
const SOME = 1_000_000_000;

/** A server in a room, with positions: those after `since` it is to be sent, up to and including `until`. */
export interface ServerInRoom {
  readonly server: ServerName;
  readonly since: Position;
  /** undefined while it is in the room */
  readonly until: Position | undefined;
}

const bytesOf = (servers: readonly ServerInRoom[]): number => 200 + 150 * servers.length;

/** Table `room_servers`: which other servers have people joined to which rooms. */
export class RoomServerStore {
  readonly #ofRooms: Cache<number, readonly ServerInRoom[]>;
  /** Counts changes, so that a read begun before one does not fill the cache after it. */
  #changes = 0;

  constructor(caches: Caches) {
    this.#ofRooms = caches.lru('servers in rooms', { share: 0.01, entryBytes: bytesOf });
  }

  /** `people` of a server joined. */
  async join(tx: Transaction, roomNid: number, serverNid: number, position: Position, people = 1): Promise<void> {
    await tx.run(join, roomNid, serverNid, people, position);
    this.#forgetAfter(tx, roomNid);
  }

  /** Somebody of a server left. */
  async leave(tx: Transaction, roomNid: number, serverNid: number, position: Position): Promise<void> {
    await tx.run(leave, position, roomNid, serverNid);
    this.#forgetAfter(tx, roomNid);
  }

  /** A server has people in the room, nobody knows how many: it stays in it until they are counted. */
  async expect(tx: Transaction, roomNid: number, serverNid: number, position: Position): Promise<void> {
    await tx.run(setCount, roomNid, serverNid, SOME, position);
    this.#forgetAfter(tx, roomNid);
  }

  /** How many people of a server are in the room. @param joined above 0 */
  async setCount(
    tx: Transaction,
    roomNid: number,
    serverNid: number,
    joined: number,
    position: Position,
  ): Promise<void> {
    await tx.run(setCount, roomNid, serverNid, joined, position);
    this.#forgetAfter(tx, roomNid);
  }

  /** Nobody of a server is in the room. */
  async end(tx: Transaction, roomNid: number, serverNid: number, position: Position): Promise<void> {
    await tx.run(end, position, roomNid, serverNid);
    this.#forgetAfter(tx, roomNid);
  }

  /** The servers that are in the room: name -> nid. */
  async present(db: Reader, roomNid: number): Promise<Map<ServerName, number>> {
    return new Map((await db.all(counted, roomNid)).map((row) => [row.server, row.server_nid]));
  }

  async clear(tx: Transaction, roomNid: number): Promise<void> {
    await tx.run(clear, roomNid);
    this.#forgetAfter(tx, roomNid);
  }

  /** Whether any other server is in the room. */
  async hasAny(db: Reader, roomNid: number): Promise<boolean> {
    return (await db.get(any, roomNid)) !== undefined;
  }

  /** All that are or were in the room, as committed. */
  async inRoom(db: Reader, roomNid: number): Promise<readonly ServerInRoom[]> {
    const cached = this.#ofRooms.get(roomNid);
    if (cached) return cached;
    const changes = this.#changes;
    const rows = await db.all(inRoom, roomNid);
    const servers = rows.map(({ server, since, until }) => ({ server, since, until: until ?? undefined }));
    if (changes === this.#changes) this.#ofRooms.set(roomNid, servers);
    return servers;
  }

  /** The rooms that a server is in. */
  async roomsOf(db: Reader, server: ServerName): Promise<RoomId[]> {
    return (await db.all(roomsOf, server)).map((row) => row.room_id);
  }

  #forgetAfter(tx: Transaction, roomNid: number): void {
    const forget = () => {
      this.#changes += 1;
      this.#ofRooms.delete(roomNid);
    };
    tx.afterCommit(forget);
    tx.afterUndo(forget);
  }
}
