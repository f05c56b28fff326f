import type { RoomId, ServerName } from '../../spec/ids.js';
import { type Reader, statement } from '../../storage/database.js';

const top = statement<[number], { server: ServerName }>(`
  SELECT n.name AS server FROM room_servers s JOIN names n ON n.nid = s.server_nid
  WHERE s.joined > 0 GROUP BY n.name ORDER BY COUNT(*) DESC, n.name LIMIT ?`);
const counts = statement<[readonly string[]], { server: ServerName; rooms: number; people: number }>(`
  SELECT n.name AS server, COUNT(*) AS rooms, SUM(s.joined) AS people
  FROM names n JOIN room_servers s ON s.server_nid = n.nid AND s.joined > 0
  WHERE n.name IN TEXTS(?) GROUP BY n.name`);
const rooms = statement<[string, number], { room_id: RoomId; people: number }>(`
  SELECT r.room_id, s.joined AS people FROM names n
  JOIN room_servers s ON s.server_nid = n.nid AND s.joined > 0
  JOIN rooms r ON r.nid = s.room_nid WHERE n.name = ? ORDER BY s.joined DESC LIMIT ?`);

/** What this server has in common with another. */
export interface InCommon {
  readonly rooms: number;
  /** memberships of its people in those rooms: who is in two counts twice */
  readonly people: number;
}

/** Table `room_servers` by server: whom we share rooms with. */
export class ServersInCommonStore {
  /** Those that we share most rooms with, those first. */
  async top(db: Reader, limit: number): Promise<ServerName[]> {
    return (await db.all(top, limit)).map(({ server }) => server);
  }

  /** For each of some servers; those without a room in common are left out. */
  async counts(db: Reader, servers: readonly ServerName[]): Promise<ReadonlyMap<ServerName, InCommon>> {
    if (servers.length === 0) return new Map();
    const rows = await db.all(counts, servers);
    return new Map(rows.map((row) => [row.server, { rooms: Number(row.rooms), people: Number(row.people) }]));
  }

  /** The rooms that a server is in, those with most of its people first. */
  async rooms(db: Reader, server: ServerName, limit: number): Promise<{ roomId: RoomId; people: number }[]> {
    return (await db.all(rooms, server, limit)).map((row) => ({ roomId: row.room_id, people: row.people }));
  }
}
