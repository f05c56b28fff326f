import type { Milliseconds } from '../../base/clock.js';
import type { ServerName, UserId } from '../../spec/ids.js';
import type { MediaAddress } from '../../spec/mxc.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';
import type { Content } from './media.store.js';

const put = statement<[string, string, string, number, string, string | null, number, number]>(`
  INSERT INTO remote_media (origin, media_id, hash, size, content_type, name, fetched, last_used)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (origin, media_id) DO UPDATE SET hash = excluded.hash, size = excluded.size,
    content_type = excluded.content_type, name = excluded.name, fetched = excluded.fetched, last_used = excluded.last_used`);
const one = statement<[string, string], Row>(`
  SELECT hash, size, content_type, name, quarantined_by FROM remote_media WHERE origin = ? AND media_id = ?`);
const setUsed = statement<[number, string, string]>(
  'UPDATE remote_media SET last_used = ? WHERE origin = ? AND media_id = ?',
);
const setQuarantined = statement<[string | null, string, string]>(
  'UPDATE remote_media SET quarantined_by = ? WHERE origin = ? AND media_id = ?',
);
const unused = statement<[number, number], { origin: ServerName; media_id: string; hash: string }>(`
  SELECT origin, media_id, hash FROM remote_media WHERE last_used < ? AND quarantined_by IS NULL
  ORDER BY last_used LIMIT ?`);
const remove = statement<[string, string]>('DELETE FROM remote_media WHERE origin = ? AND media_id = ?');

interface Row {
  hash: string;
  size: number;
  content_type: string;
  name: string | null;
  quarantined_by: UserId | null;
}

/** A copy of what was uploaded elsewhere. */
export interface RemoteContent extends Content {
  readonly isQuarantined: boolean;
}

/** Something that somebody asked for. */
export interface UsedMedia extends MediaAddress {
  readonly at: Milliseconds;
}

/** Table `remote_media`: copies of what was uploaded to other servers. */
export class RemoteMediaStore {
  async put(tx: Transaction, { server, mediaId }: MediaAddress, content: Content, now: Milliseconds): Promise<void> {
    const { hash, size, contentType, name = null } = content;
    await tx.run(put, server, mediaId, hash, size, contentType, name, now, now);
  }

  async one(db: Reader, { server, mediaId }: MediaAddress): Promise<RemoteContent | undefined> {
    const row = await db.get(one, server, mediaId);
    if (!row) return undefined;
    const { hash, size, content_type: contentType, name, quarantined_by } = row;
    return { hash, size, contentType, name: name ?? undefined, isQuarantined: quarantined_by !== null };
  }

  async setUsed(tx: Transaction, used: readonly UsedMedia[]): Promise<void> {
    await tx.runMany(
      setUsed,
      used.map(({ server, mediaId, at }) => [at, server, mediaId]),
    );
  }

  /** @param by undefined: lets it be seen again. @returns false when there is no such copy */
  async setQuarantined(tx: Transaction, { server, mediaId }: MediaAddress, by: UserId | undefined): Promise<boolean> {
    return (await tx.run(setQuarantined, by ?? null, server, mediaId)) > 0;
  }

  /** Copies that nobody asked for since `before`. Those in quarantine stay, or they would be fetched again. */
  async unused(db: Reader, before: Milliseconds, limit: number): Promise<(MediaAddress & { hash: string })[]> {
    const rows = await db.all(unused, before, limit);
    return rows.map(({ origin: server, media_id: mediaId, hash }) => ({ server, mediaId, hash }));
  }

  async remove(tx: Transaction, { server, mediaId }: MediaAddress): Promise<void> {
    await tx.run(remove, server, mediaId);
  }
}
