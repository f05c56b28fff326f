import type { ServerName } from '../../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../../storage/database.js';
import type { MediaAmount } from './media-care.store.js';

const sums = statement<[readonly string[]], { origin: ServerName; count: number; bytes: number | null }>(`
  SELECT origin, COUNT(*) AS count, SUM(size) AS bytes FROM remote_media WHERE origin IN TEXTS(?) GROUP BY origin`);
const some = statement<[string, number], { media_id: string; hash: string; size: number }>(
  'SELECT media_id, hash, size FROM remote_media WHERE origin = ? ORDER BY media_id LIMIT ?',
);
const remove = statement<[string, readonly string[]]>(
  'DELETE FROM remote_media WHERE origin = ? AND media_id IN TEXTS(?)',
);

/** Table `remote_media`, by where it is from. */
export class CopiesOfServersStore {
  /** Servers of which nothing was copied are absent. */
  async amounts(db: Reader, servers: readonly ServerName[]): Promise<Map<ServerName, MediaAmount>> {
    const rows = await db.all(sums, servers);
    return new Map(rows.map((row) => [row.origin, { count: Number(row.count), bytes: Number(row.bytes ?? 0) }]));
  }

  async some(db: Reader, server: ServerName, limit: number) {
    const rows = await db.all(some, server, limit);
    return rows.map((row) => ({ mediaId: row.media_id, hash: row.hash, size: row.size }));
  }

  async remove(tx: Transaction, server: ServerName, mediaIds: readonly string[]): Promise<void> {
    await tx.run(remove, server, mediaIds);
  }
}
