import type { Milliseconds } from '../../base/clock.js';
import type { UserId } from '../../spec/ids.js';
import { type Reader, statement } from '../../storage/database.js';

/** What somebody uploaded, in all. */
export interface MediaUse {
  readonly files: number;
  readonly bytes: number;
}

/** An upload, for lists. */
export interface UploadedFile {
  readonly mediaId: string;
  readonly contentType: string;
  readonly bytes: number;
  readonly created: Milliseconds;
}

const sums = statement<[readonly string[]], { user_id: string; files: number; bytes: number | null }>(`
  SELECT user_id, COUNT(*) AS files, SUM(size) AS bytes FROM media
  WHERE user_id IN TEXTS(?) AND hash IS NOT NULL GROUP BY user_id
`);
const newest = statement<
  [UserId, number],
  { media_id: string; content_type: string | null; size: number | null; created: number }
>(`
  SELECT media_id, content_type, size, created FROM media
  WHERE user_id = ? AND hash IS NOT NULL ORDER BY created DESC LIMIT ?
`);

/** Table `media`, as those look at it who look after the server: how much of the disk each person's uploads take. */
export class MediaUseStore {
  /** Who never uploaded anything is absent. */
  async of(db: Reader, userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, MediaUse>> {
    if (userIds.length === 0) return new Map();
    const rows = await db.all(sums, userIds);
    return new Map(
      rows.map(({ user_id: userId, files, bytes }) => [userId as UserId, { files, bytes: Number(bytes ?? 0) }]),
    );
  }

  async newest(db: Reader, userId: UserId, limit: number): Promise<UploadedFile[]> {
    const rows = await db.all(newest, userId, limit);
    return rows.map((row) => ({
      mediaId: row.media_id,
      contentType: row.content_type ?? 'application/octet-stream',
      bytes: row.size ?? 0,
      created: row.created,
    }));
  }
}
