import type { Milliseconds } from '../../../base/clock.js';
import { type JsonObject, parseOwn } from '../../../base/json.js';
import { type Reader, statement, type Transaction } from '../../../storage/database.js';

const put = statement<[string, string, Milliseconds, Milliseconds]>(`
  INSERT INTO url_previews (url, preview, fetched, expires) VALUES (?, ?, ?, ?)
  ON CONFLICT (url) DO UPDATE SET preview = excluded.preview, fetched = excluded.fetched, expires = excluded.expires`);
const one = statement<[string, Milliseconds], { preview: string }>(
  'SELECT preview FROM url_previews WHERE url = ? AND expires > ?',
);
const removeExpired = statement<[Milliseconds]>('DELETE FROM url_previews WHERE expires <= ?');
const putPicture = statement<[string, Milliseconds]>(
  'INSERT INTO url_preview_pictures (media_id, expires) VALUES (?, ?)',
);
const expiredPictures = statement<
  [Milliseconds, number],
  { media_id: string; hash: string | null; size: number | null }
>(`
  SELECT p.media_id, m.hash, m.size FROM url_preview_pictures p LEFT JOIN media m ON m.media_id = p.media_id
  WHERE p.expires <= ? ORDER BY p.expires LIMIT ?`);
const removePicture = statement<[string]>('DELETE FROM url_preview_pictures WHERE media_id = ?');
const removeMedia = statement<[string]>('DELETE FROM media WHERE media_id = ?');

/** A picture whose time is over. */
export interface ExpiredPicture {
  readonly mediaId: string;
  /** of its file; undefined where it is gone already */
  readonly hash: string | undefined;
  /** bytes */
  readonly size: number;
}

/** Tables `url_previews` and `url_preview_pictures`. */
export class UrlPreviewStore {
  async put(
    tx: Transaction,
    url: string,
    preview: JsonObject,
    time: { readonly fetched: Milliseconds; readonly expires: Milliseconds },
  ): Promise<void> {
    await tx.run(put, url, JSON.stringify(preview), time.fetched, time.expires);
  }

  /** What is known of a page and still good at `now`. */
  async one(db: Reader, url: string, now: Milliseconds): Promise<JsonObject | undefined> {
    const row = await db.get(one, url, now);
    return row && parseOwn(row.preview);
  }

  async removeExpired(tx: Transaction, now: Milliseconds): Promise<void> {
    await tx.run(removeExpired, now);
  }

  async putPicture(tx: Transaction, mediaId: string, expires: Milliseconds): Promise<void> {
    await tx.run(putPicture, mediaId, expires);
  }

  async expiredPictures(db: Reader, now: Milliseconds, limit: number): Promise<ExpiredPicture[]> {
    const rows = await db.all(expiredPictures, now, limit);
    return rows.map((row) => ({ mediaId: row.media_id, hash: row.hash ?? undefined, size: row.size ?? 0 }));
  }

  /** Forgets a picture with its media id; its file is somebody else's to remove. */
  async removePicture(tx: Transaction, mediaId: string): Promise<void> {
    await tx.run(removePicture, mediaId);
    await tx.run(removeMedia, mediaId);
  }
}
