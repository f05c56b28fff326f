import type { Milliseconds } from '../../../base/clock.js';
import { parseOwn } from '../../../base/json.js';
import type { RoomAlias, RoomId, UserId } from '../../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../../storage/database.js';
import type { TimePlace } from '../../events/index.js';

interface Row {
  removal_id: string;
  room_id: RoomId;
  kind: Removal['kind'];
  state: RemovalState;
  request: string;
  result: string;
  total: number;
  done: number;
  bytes: number;
  place: string | null;
  started: Milliseconds;
  ended: Milliseconds | null;
  pos: number;
}

const COLUMNS = 'removal_id, room_id, kind, state, request, result, total, done, bytes, place, started, ended, pos';
const insert = statement<[string, string, string, string, string, number, Milliseconds, number]>(`
  INSERT INTO room_removals (removal_id, room_id, kind, state, request, result, total, done, bytes, started, pos)
  VALUES (?, ?, ?, ?, ?, '{}', ?, 0, 0, ?, ?)`);
const save = statement<[string, string, number, number, string | null, Milliseconds | null, string]>(`
  UPDATE room_removals SET state = ?, result = ?, done = ?, bytes = ?, place = ?, ended = ? WHERE removal_id = ?`);
const one = statement<[string], Row>(`SELECT ${COLUMNS} FROM room_removals WHERE removal_id = ?`);
const open = statement<[], Row>(`SELECT ${COLUMNS} FROM room_removals WHERE ended IS NULL ORDER BY pos LIMIT 1`);
const openOf = statement<[string], Row>(
  `SELECT ${COLUMNS} FROM room_removals WHERE room_id = ? AND ended IS NULL ORDER BY pos LIMIT 1`,
);
const ofRoom = statement<[string, number], Row>(
  `SELECT ${COLUMNS} FROM room_removals WHERE room_id = ? ORDER BY pos DESC LIMIT ?`,
);
const latest = statement<[number], Row>(`SELECT ${COLUMNS} FROM room_removals ORDER BY pos DESC LIMIT ?`);

/** What is to become of a room. */
export interface RoomRequest {
  /** who asked; undefined: from the console */
  readonly by: UserId | undefined;
  /** what it was called here, for the record */
  readonly name?: string | undefined;
  /** nobody here may come in again */
  readonly block: boolean;
  /** what is stored of it goes, once nobody here is in it */
  readonly purge: boolean;
  /** it goes even where somebody could not be taken out */
  readonly force?: boolean | undefined;
  /** the people are brought into a new room of this user's, where they are told why */
  readonly newRoom?:
    | { readonly userId: UserId; readonly name?: string | undefined; readonly message: string }
    | undefined;
}

/** Which messages are to go. */
export interface HistoryRequest {
  readonly by: UserId | undefined;
  readonly name?: string | undefined;
  readonly before: Milliseconds;
  /** messages of people here go too */
  readonly ours: boolean;
}

/** What became of people and names. */
export interface RemovalResult {
  readonly removed?: readonly UserId[];
  readonly stayed?: readonly UserId[];
  readonly aliases?: readonly RoomAlias[];
  readonly newRoomId?: RoomId;
  /** English, why it failed */
  readonly error?: string;
}

/** `waiting`: others are before it; `leaving`: people are taken out; `telling`: other servers are being told. */
export type RemovalState = 'waiting' | 'leaving' | 'telling' | 'erasing' | 'done' | 'failed' | 'cancelled';

interface Common {
  readonly id: string;
  readonly roomId: RoomId;
  readonly state: RemovalState;
  readonly result: RemovalResult;
  /** events that there were to remove, about */
  readonly total: number;
  readonly done: number;
  /** of what was removed */
  readonly bytes: number;
  readonly place: TimePlace | undefined;
  readonly started: Milliseconds;
  readonly ended: Milliseconds | undefined;
}

/** The removal of a room or of some of its history: under way, or as a record of it. */
export type Removal = Common &
  (
    | { readonly kind: 'room'; readonly request: RoomRequest }
    | { readonly kind: 'history'; readonly request: HistoryRequest }
  );

/** Table `room_removals`. */
export class RemovalsStore {
  async insert(tx: Transaction, removal: Removal): Promise<void> {
    const { id, roomId, kind, state, request, total, started } = removal;
    await tx.run(insert, id, roomId, kind, state, JSON.stringify(request), total, started, tx.position());
  }

  /** How far it is, or how it ended. */
  async save(tx: Transaction, { id, state, result, done, bytes, place, ended }: Removal): Promise<void> {
    const at = place === undefined ? null : JSON.stringify(place);
    await tx.run(save, state, JSON.stringify(result), done, bytes, at, ended ?? null, id);
  }

  async one(db: Reader, id: string): Promise<Removal | undefined> {
    const row = await db.get(one, id);
    return row && toRemoval(row);
  }

  /** The first that is not over. */
  async firstOpen(db: Reader): Promise<Removal | undefined> {
    const row = await db.get(open);
    return row && toRemoval(row);
  }

  async openOf(db: Reader, roomId: RoomId): Promise<Removal | undefined> {
    const row = await db.get(openOf, roomId);
    return row && toRemoval(row);
  }

  /** The newest first. */
  async ofRoom(db: Reader, roomId: RoomId, limit: number): Promise<Removal[]> {
    return (await db.all(ofRoom, roomId, limit)).map(toRemoval);
  }

  /** The newest first. */
  async latest(db: Reader, limit: number): Promise<Removal[]> {
    return (await db.all(latest, limit)).map(toRemoval);
  }
}

const toRemoval = (row: Row): Removal =>
  ({
    id: row.removal_id,
    roomId: row.room_id,
    kind: row.kind,
    state: row.state,
    request: parseOwn<unknown>(row.request),
    result: parseOwn<RemovalResult>(row.result),
    total: row.total,
    done: row.done,
    bytes: row.bytes,
    place: row.place === null ? undefined : parseOwn<TimePlace>(row.place),
    started: row.started,
    ended: row.ended ?? undefined,
  }) as Removal;
