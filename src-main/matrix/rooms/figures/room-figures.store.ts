import type { Milliseconds } from '../../../base/clock.js';
import { parseOwn } from '../../../base/json.js';
import type { RoomId, RoomVersion, ServerName } from '../../../spec/ids.js';
import { type Reader, statement, type Statement, type Transaction } from '../../../storage/database.js';

interface Row {
  room_nid: number;
  room_id: RoomId;
  counted: number;
  events: number;
  bytes: number;
  last_ts: Milliseconds;
  joined: number;
  local: number;
  name: string | null;
  alias: string | null;
  people: string;
  is_encrypted: number;
  is_space: number;
  join_rule: string;
  version: RoomVersion;
  is_public: number;
  is_blocked: number;
}

/** What a room says of itself, and who is in it. */
export interface RoomFacts {
  readonly name: string | undefined;
  readonly alias: string | undefined;
  /** some who are in it, where it has neither name nor alias */
  readonly people: readonly string[];
  readonly joined: number;
  /** of them people of this server */
  readonly local: number;
  readonly isEncrypted: boolean;
  readonly isSpace: boolean;
  readonly joinRule: string;
  readonly version: RoomVersion;
}

/** A room with its figures. */
export interface RoomFigures extends RoomFacts {
  readonly nid: number;
  readonly roomId: RoomId;
  readonly events: number;
  /** of its events' JSON */
  readonly bytes: number;
  readonly lastActive: Milliseconds;
  /** stands in the directory of this server */
  readonly isPublic: boolean;
  readonly isBlocked: boolean;
}

export type RoomOrder = 'name' | 'members' | 'local' | 'events' | 'bytes' | 'active';
export type RoomFilter = 'all' | 'spaces' | 'rooms' | 'empty' | 'public' | 'blocked';

export interface RoomsQuery {
  /** lower case */
  readonly search: string;
  readonly filter: RoomFilter;
  readonly order: RoomOrder;
  readonly isDescending: boolean;
  readonly offset: number;
  readonly limit: number;
}

const ORDERS: Readonly<Record<RoomOrder, string>> = {
  name: 'sort_name',
  members: 'joined',
  local: 'local',
  events: 'events',
  bytes: 'bytes',
  active: 'last_ts',
};
const IS_PUBLIC = 'EXISTS (SELECT 1 FROM published_rooms p WHERE p.room_id = f.room_id)';
const IS_BLOCKED = 'EXISTS (SELECT 1 FROM blocked_rooms b WHERE b.room_id = f.room_id)';
const FILTERS: Readonly<Record<RoomFilter, string>> = {
  all: '1 = 1',
  rooms: 'f.is_space = 0',
  spaces: 'f.is_space = 1',
  empty: 'f.local = 0',
  public: IS_PUBLIC,
  blocked: IS_BLOCKED,
};
const COLUMNS = `f.room_nid, f.room_id, f.counted, f.events, f.bytes, f.last_ts, f.joined, f.local, f.name, f.alias,
  f.people, f.is_encrypted, f.is_space, f.join_rule, f.version, CASE WHEN ${IS_PUBLIC} THEN 1 ELSE 0 END AS is_public,
  CASE WHEN ${IS_BLOCKED} THEN 1 ELSE 0 END AS is_blocked`;
const SEARCH = `(f.sort_name LIKE ? ESCAPE '!' OR LOWER(f.room_id) LIKE ? ESCAPE '!'
  OR LOWER(COALESCE(f.alias, '')) LIKE ? ESCAPE '!')`;

const byId = statement<[string], Row>(`SELECT ${COLUMNS} FROM room_figures f WHERE f.room_id = ?`);
const known = statement<[readonly number[]], { room_nid: number; counted: number }>(
  'SELECT room_nid, counted FROM room_figures WHERE room_nid IN INTS(?)',
);
const add = statement<[number, number, number, Milliseconds, Milliseconds, number]>(`
  UPDATE room_figures SET events = events + ?, bytes = bytes + ?, counted = ?,
    last_ts = CASE WHEN last_ts < ? THEN ? ELSE last_ts END
  WHERE room_nid = ?`);
const insert = statement<[number, string, number, number, number, Milliseconds]>(`
  INSERT INTO room_figures (room_nid, room_id, counted, events, bytes, last_ts, joined, local, people, sort_name,
    is_encrypted, is_space, join_rule, version)
  VALUES (?, ?, ?, ?, ?, ?, 0, 0, '[]', '', 0, 0, 'invite', '1')
  ON CONFLICT (room_nid) DO UPDATE SET counted = excluded.counted, events = excluded.events, bytes = excluded.bytes`);
const isRoom = statement<[number], { nid: number }>('SELECT nid FROM rooms WHERE nid = ?');
const setFacts = statement<
  [number, number, string | null, string | null, string, string, number, number, string, string, number]
>(`
  UPDATE room_figures SET joined = ?, local = ?, name = ?, alias = ?, people = ?, sort_name = ?, is_encrypted = ?,
    is_space = ?, join_rule = ?, version = ?
  WHERE room_nid = ?`);
const remove = statement<[number]>('DELETE FROM room_figures WHERE room_nid = ?');
const localCount = statement<[number], { count: number }>(
  "SELECT COUNT(*) AS count FROM memberships WHERE room_nid = ? AND is_local = 1 AND membership = 'join'",
);
const spaces = statement<[number], { room_id: RoomId }>(
  'SELECT room_id FROM room_figures WHERE is_space = 1 ORDER BY sort_name LIMIT ?',
);
const someIds = statement<[readonly string[]], Row>(
  `SELECT ${COLUMNS} FROM room_figures f WHERE f.room_id IN TEXTS(?)`,
);
const sums = statement<[], { rooms: number; events: number | null; bytes: number | null }>(
  'SELECT COUNT(*) AS rooms, SUM(events) AS events, SUM(bytes) AS bytes FROM room_figures',
);

const days = statement<[number, Milliseconds], { day: number; events: number }>(`
  SELECT origin_server_ts / 86400000 AS day, COUNT(*) AS events FROM events
  WHERE room_nid = ? AND origin_server_ts >= ? AND status = 0 AND ord IS NOT NULL AND state_nid IS NULL GROUP BY 1`);
const types = statement<[number, number], { type: string; events: number; bytes: number }>(`
  SELECT n.name AS type, t.events, t.bytes FROM (
    SELECT type_nid, COUNT(*) AS events, SUM(OCTET_LENGTH(json)) AS bytes FROM events WHERE room_nid = ?
    GROUP BY type_nid ORDER BY bytes DESC LIMIT ?
  ) t JOIN names n ON n.nid = t.type_nid ORDER BY t.bytes DESC`);
const servers = statement<[number, number], { server: ServerName; people: number }>(`
  SELECT n.name AS server, s.joined AS people FROM room_servers s JOIN names n ON n.nid = s.server_nid
  WHERE s.room_nid = ? AND s.until IS NULL ORDER BY s.joined DESC, s.server_nid LIMIT ?`);
const serverCount = statement<[number], { count: number }>(
  'SELECT COUNT(*) AS count FROM room_servers WHERE room_nid = ? AND until IS NULL',
);

const pictures = statement<[], { json: string }>(`
  SELECT e.json FROM rooms r
  JOIN current_state c ON c.room_nid = r.nid AND c.type_nid = (SELECT nid FROM names WHERE name = 'm.room.avatar')
  JOIN events e ON e.nid = c.event_nid`);

const pages = new Map<string, Statement<readonly (string | number)[], Row>>();
const counts = new Map<string, Statement<readonly (string | number)[], { count: number }>>();

/** Made once for each way of looking at the list: each has its index. */
function pageOf({ filter, order, isDescending, search }: RoomsQuery) {
  const key = `${filter} ${order} ${isDescending} ${search !== ''}`;
  const way = isDescending ? 'DESC' : 'ASC';
  const made =
    pages.get(key) ??
    statement<readonly (string | number)[], Row>(`SELECT ${COLUMNS} FROM room_figures f
      WHERE ${FILTERS[filter]}${search === '' ? '' : ` AND ${SEARCH}`}
      ORDER BY f.${ORDERS[order]} ${way}, f.room_nid ${way} LIMIT ? OFFSET ?`);
  pages.set(key, made);
  return made;
}

function countOf({ filter, search }: RoomsQuery) {
  const key = `${filter} ${search !== ''}`;
  const made =
    counts.get(key) ??
    statement<readonly (string | number)[], { count: number }>(
      `SELECT COUNT(*) AS count FROM room_figures f WHERE ${FILTERS[filter]}${search === '' ? '' : ` AND ${SEARCH}`}`,
    );
  counts.set(key, made);
  return made;
}

/** Table `room_figures`. */
export class RoomFiguresStore {
  /** For readers aside: a search looks at every room. */
  async page(db: Reader, query: RoomsQuery): Promise<{ rooms: RoomFigures[]; total: number }> {
    const like = `%${query.search.replaceAll(/[%_!]/g, (letter) => `!${letter}`)}%`;
    const wanted = query.search === '' ? [] : [like, like, like];
    const [rows, total] = await Promise.all([
      db.all(pageOf(query), ...wanted, query.limit, query.offset),
      db.get(countOf(query), ...wanted),
    ]);
    return { rooms: rows.map(toFigures), total: total?.count ?? 0 };
  }

  async one(db: Reader, roomId: RoomId): Promise<RoomFigures | undefined> {
    const row = await db.get(byId, roomId);
    return row && toFigures(row);
  }

  async some(db: Reader, roomIds: readonly RoomId[]): Promise<RoomFigures[]> {
    return (await db.all(someIds, roomIds)).map(toFigures);
  }

  async spaces(db: Reader, limit: number): Promise<RoomId[]> {
    return (await db.all(spaces, limit)).map((row) => row.room_id);
  }

  async sums(db: Reader): Promise<{ rooms: number; events: number; bytes: number }> {
    const row = await db.get(sums);
    return { rooms: row?.rooms ?? 0, events: row?.events ?? 0, bytes: row?.bytes ?? 0 };
  }

  /** Messages a day since a time, by the number of the day. For readers aside. */
  async days(db: Reader, roomNid: number, since: Milliseconds): Promise<Map<number, number>> {
    return new Map((await db.all(days, roomNid, since)).map((row) => [row.day, row.events]));
  }

  /** What takes the most space. For readers aside. */
  async types(db: Reader, roomNid: number, limit: number) {
    return db.all(types, roomNid, limit);
  }

  /** Other servers with people in a room, the largest first. */
  async servers(db: Reader, roomNid: number, limit: number) {
    const [largest, count] = await Promise.all([db.all(servers, roomNid, limit), db.get(serverCount, roomNid)]);
    return { largest, count: count?.count ?? 0 };
  }

  /** What rooms show as their picture: events. For readers aside. */
  async pictures(db: Reader): Promise<string[]> {
    return (await db.all(pictures)).map((row) => row.json);
  }

  /** Up to which position the events of some rooms are counted. */
  async counted(db: Reader, nids: readonly number[]): Promise<Map<number, number>> {
    return new Map((await db.all(known, nids)).map((row) => [row.room_nid, row.counted]));
  }

  async add(
    tx: Transaction,
    roomNid: number,
    {
      events,
      bytes,
      counted,
      lastActive,
    }: { events: number; bytes: number; counted: number; lastActive: Milliseconds },
  ): Promise<void> {
    await tx.run(add, events, bytes, counted, lastActive, lastActive, roomNid);
  }

  /** A room as it is counted anew; nothing for one that was erased meanwhile. */
  async put(
    tx: Transaction,
    room: { nid: number; roomId: RoomId },
    {
      events,
      bytes,
      counted,
      lastActive,
    }: { events: number; bytes: number; counted: number; lastActive: Milliseconds },
  ): Promise<void> {
    if (!(await tx.get(isRoom, room.nid))) return;
    await tx.run(insert, room.nid, room.roomId, counted, events, bytes, lastActive);
  }

  async setFacts(tx: Transaction, roomNid: number, facts: RoomFacts): Promise<void> {
    const { name, alias, people, joined, local, isEncrypted, isSpace, joinRule, version } = facts;
    const sortName = (name ?? alias ?? people.join(', ')).trim().toLowerCase().slice(0, 200);
    await tx.run(
      setFacts,
      joined,
      local,
      name ?? null,
      alias ?? null,
      JSON.stringify(people),
      sortName,
      isEncrypted ? 1 : 0,
      isSpace ? 1 : 0,
      joinRule,
      version,
      roomNid,
    );
  }

  /** How many people of this server are in a room. */
  async localCount(db: Reader, roomNid: number): Promise<number> {
    return (await db.get(localCount, roomNid))?.count ?? 0;
  }

  async remove(tx: Transaction, roomNid: number): Promise<void> {
    await tx.run(remove, roomNid);
  }
}

const toFigures = (row: Row): RoomFigures => ({
  nid: row.room_nid,
  roomId: row.room_id,
  events: row.events,
  bytes: row.bytes,
  lastActive: row.last_ts,
  joined: row.joined,
  local: row.local,
  name: row.name ?? undefined,
  alias: row.alias ?? undefined,
  people: parseOwn<string[]>(row.people),
  isEncrypted: row.is_encrypted === 1,
  isSpace: row.is_space === 1,
  joinRule: row.join_rule,
  version: row.version,
  isPublic: row.is_public === 1,
  isBlocked: row.is_blocked === 1,
});
