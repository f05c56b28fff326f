import type { ServerName } from '../../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../../storage/database.js';

const all = statement<[], { server: ServerName; sent_pos: Position }>(
  'SELECT server, sent_pos FROM lagging_destinations',
);
const put = statement<[string, Position]>(`
  INSERT INTO lagging_destinations (server, sent_pos) VALUES (?, ?)
  ON CONFLICT (server) DO UPDATE SET sent_pos = excluded.sent_pos`);
const remove = statement<[readonly string[]]>('DELETE FROM lagging_destinations WHERE server IN TEXTS(?)');

/** Table `lagging_destinations`: how far servers have come that are behind the others. */
export class ProgressStore {
  async all(db: Reader): Promise<ReadonlyMap<ServerName, Position>> {
    return new Map((await db.all(all)).map((row) => [row.server, row.sent_pos]));
  }

  async put(tx: Transaction, lagging: ReadonlyMap<ServerName, Position>): Promise<void> {
    await tx.runMany(put, [...lagging]);
  }

  async remove(tx: Transaction, servers: readonly ServerName[]): Promise<void> {
    if (servers.length > 0) await tx.run(remove, servers);
  }
}
