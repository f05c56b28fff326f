import type { Milliseconds } from '../../base/clock.js';
import type { UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

const COLUMNS = 'media_id, user_id, created, expires, hash, size, content_type, name';
const insert = statement<
  [string, string, number, number | null, string | null, number | null, string | null, string | null, number]
>(`INSERT INTO media (${COLUMNS}, last_used) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
const fill = statement<[string, number, string, string | null, string]>(`
  UPDATE media SET hash = ?, size = ?, content_type = ?, name = ?, expires = NULL WHERE media_id = ? AND hash IS NULL`);
const one = statement<[string], Row>(`SELECT ${COLUMNS}, quarantined_by FROM media WHERE media_id = ?`);
const setQuarantined = statement<[string | null, string]>(
  'UPDATE media SET quarantined_by = CASE WHEN protected = 1 THEN NULL ELSE ? END WHERE media_id = ?',
);
const countWaiting = statement<[string, number], { count: number }>(
  'SELECT COUNT(*) AS count FROM media WHERE user_id = ? AND hash IS NULL AND expires > ?',
);
const uploadedSince = statement<[string, Milliseconds], { size: number | null }>(
  'SELECT SUM(size) AS size FROM media WHERE user_id = ? AND created > ?',
);
const removeExpired = statement<[number]>('DELETE FROM media WHERE hash IS NULL AND expires <= ?');

interface Row {
  media_id: string;
  user_id: UserId;
  created: Milliseconds;
  expires: Milliseconds | null;
  hash: string | null;
  size: number | null;
  content_type: string | null;
  name: string | null;
  quarantined_by: UserId | null;
}

/** What was uploaded. */
export interface Content {
  /** SHA-256 in hexadecimal: the name of its file */
  readonly hash: string;
  /** bytes */
  readonly size: number;
  /** as the uploader said */
  readonly contentType: string;
  /** the name that it had with the uploader */
  readonly name: string | undefined;
}

/** A media id of this server. */
export interface Media {
  readonly mediaId: string;
  readonly userId: UserId;
  readonly created: Milliseconds;
  /** until when something can be uploaded to it; undefined once it is */
  readonly expires: Milliseconds | undefined;
  /** undefined before it is uploaded */
  readonly content: Content | undefined;
}

/** Media as it stands in the store. */
export interface StoredMedia extends Media {
  /** nobody may see it */
  readonly isQuarantined: boolean;
}

/** Table `media`: what local users uploaded, or are about to. */
export class MediaStore {
  async insert(tx: Transaction, { mediaId, userId, created, expires, content }: Media): Promise<void> {
    const { hash = null, size = null, contentType = null, name = null } = content ?? {};
    await tx.run(insert, mediaId, userId, created, expires ?? null, hash, size, contentType, name, created);
  }

  /** @returns false when there is nothing to fill: no such media, or it has its content */
  async fill(tx: Transaction, mediaId: string, { hash, size, contentType, name }: Content): Promise<boolean> {
    return (await tx.run(fill, hash, size, contentType, name ?? null, mediaId)) > 0;
  }

  /** @param by undefined: lets it be seen again. @returns false when there is no such media */
  async setQuarantined(tx: Transaction, mediaId: string, by: UserId | undefined): Promise<boolean> {
    return (await tx.run(setQuarantined, by ?? null, mediaId)) > 0;
  }

  async one(db: Reader, mediaId: string): Promise<StoredMedia | undefined> {
    const row = await db.get(one, mediaId);
    return row && toMedia(row);
  }

  /** How many media ids of a user wait for their content at `now`. */
  async countWaiting(db: Reader, userId: UserId, now: Milliseconds): Promise<number> {
    return (await db.get(countWaiting, userId, now))?.count ?? 0;
  }

  /** How many bytes a user uploaded after `time`. */
  async uploadedSince(db: Reader, userId: UserId, time: Milliseconds): Promise<number> {
    return (await db.get(uploadedSince, userId, time))?.size ?? 0;
  }

  /** Forgets media ids to which nothing came in time. */
  async removeExpired(tx: Transaction, now: Milliseconds): Promise<void> {
    await tx.run(removeExpired, now);
  }
}

const toMedia = (row: Row): StoredMedia => ({
  isQuarantined: row.quarantined_by !== null,
  mediaId: row.media_id,
  userId: row.user_id,
  created: row.created,
  expires: row.expires ?? undefined,
  content:
    row.hash === null
      ? undefined
      : {
          hash: row.hash,
          size: row.size ?? 0,
          contentType: row.content_type ?? 'application/octet-stream',
          name: row.name ?? undefined,
        },
});
