import type { UserId } from '../../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../../storage/database.js';

// What was kept for previews of pages is nobody's upload.
const some = statement<[string, number], { media_id: string; size: number | null }>(`
  SELECT m.media_id, m.size FROM media m WHERE m.user_id = ?
    AND NOT EXISTS (SELECT 1 FROM url_preview_pictures p WHERE p.media_id = m.media_id)
  ORDER BY m.created LIMIT ?`);
const remove = statement<[readonly string[]], { hash: string | null }>(
  'DELETE FROM media WHERE media_id IN TEXTS(?) RETURNING hash',
);

/** Table `media`, by who uploaded it. */
export class PersonMediaStore {
  /** The oldest of what somebody uploaded, or was about to. */
  async some(db: Reader, userId: UserId, limit: number): Promise<{ mediaId: string; size: number }[]> {
    return (await db.all(some, userId, limit)).map((row) => ({ mediaId: row.media_id, size: row.size ?? 0 }));
  }

  /** @returns the names of their files */
  async remove(tx: Transaction, mediaIds: readonly string[]): Promise<string[]> {
    return (await tx.all(remove, mediaIds)).flatMap(({ hash }) => (hash === null ? [] : [hash]));
  }
}
