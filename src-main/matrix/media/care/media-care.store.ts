import type { Milliseconds } from '../../../base/clock.js';
import type { ServerName, UserId } from '../../../spec/ids.js';
import { type Reader, statement, type Statement, type Transaction } from '../../../storage/database.js';

/** How many, and how much. */
export interface MediaAmount {
  readonly count: number;
  readonly bytes: number;
}

/** `own`: uploaded here; `copies`: of what was uploaded elsewhere. */
export type MediaKind = 'own' | 'copies';
export type MediaOrder = 'size' | 'created' | 'used';

/** A file as those see it who look after the server. */
export interface MediaFile {
  readonly server: ServerName | undefined;
  readonly mediaId: string;
  /** of a copy: nobody here */
  readonly userId: UserId | undefined;
  readonly hash: string;
  readonly size: number;
  readonly contentType: string;
  readonly name: string | undefined;
  /** uploaded or fetched */
  readonly created: Milliseconds;
  readonly lastUsed: Milliseconds;
  readonly isQuarantined: boolean;
  readonly isProtected: boolean;
}

export interface MediaQuery {
  readonly kind: MediaKind;
  /** part of a name, of who uploaded it or where it is from; lower case */
  readonly search: string;
  readonly order: MediaOrder;
  readonly isDescending: boolean;
  readonly offset: number;
  readonly limit: number;
}

interface Row {
  server: ServerName | null;
  media_id: string;
  user_id: UserId | null;
  hash: string;
  size: number | null;
  content_type: string | null;
  name: string | null;
  created: Milliseconds;
  last_used: Milliseconds;
  quarantined_by: string | null;
  protected: number;
}

type Sum = { count: number; bytes: number | null };

// What was kept for previews of pages is nobody's upload.
const OWN = `FROM media m WHERE m.hash IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM url_preview_pictures p WHERE p.media_id = m.media_id)`;
const COPIES = 'FROM remote_media m WHERE 1 = 1';
const OWN_COLUMNS = `NULL AS server, m.media_id, m.user_id, m.hash, m.size, m.content_type, m.name, m.created, m.last_used,
  m.quarantined_by, m.protected`;
const COPY_COLUMNS = `m.origin AS server, m.media_id, NULL AS user_id, m.hash, m.size, m.content_type, m.name,
  m.fetched AS created, m.last_used, m.quarantined_by, 0 AS protected`;
const FROM: Readonly<Record<MediaKind, string>> = { own: OWN, copies: COPIES };
const COLUMNS: Readonly<Record<MediaKind, string>> = { own: OWN_COLUMNS, copies: COPY_COLUMNS };
const ORDERS: Readonly<Record<MediaKind, Readonly<Record<MediaOrder, string>>>> = {
  own: { size: 'm.size', created: 'm.created', used: 'm.last_used' },
  copies: { size: 'm.size', created: 'm.fetched', used: 'm.last_used' },
};
const SEARCHED: Readonly<Record<MediaKind, string>> = {
  own: `(LOWER(COALESCE(m.name, '')) LIKE ? ESCAPE '!' OR LOWER(m.user_id) LIKE ? ESCAPE '!' OR LOWER(m.media_id) LIKE ? ESCAPE '!')`,
  copies: `(LOWER(COALESCE(m.name, '')) LIKE ? ESCAPE '!' OR LOWER(m.origin) LIKE ? ESCAPE '!' OR LOWER(m.media_id) LIKE ? ESCAPE '!')`,
};

const sums = {
  own: statement<[], Sum>(`SELECT COUNT(*) AS count, SUM(m.size) AS bytes ${OWN}`),
  copies: statement<[], Sum>('SELECT COUNT(*) AS count, SUM(size) AS bytes FROM remote_media'),
  thumbnails: statement<[], Sum>('SELECT COUNT(*) AS count, SUM(size) AS bytes FROM thumbnails'),
  previews: statement<[], Sum>(`
    SELECT COUNT(*) AS count, COALESCE(SUM(m.size), 0) + (SELECT COALESCE(SUM(OCTET_LENGTH(preview)), 0) FROM url_previews)
      AS bytes
    FROM url_preview_pictures p JOIN media m ON m.media_id = p.media_id`),
} as const;
const people = statement<[number], { user_id: UserId; count: number; bytes: number | null }>(`
  SELECT m.user_id, COUNT(*) AS count, SUM(m.size) AS bytes ${OWN} GROUP BY m.user_id ORDER BY bytes DESC LIMIT ?`);
const origins = statement<[number], { origin: ServerName; count: number; bytes: number | null }>(`
  SELECT origin, COUNT(*) AS count, SUM(size) AS bytes FROM remote_media GROUP BY origin ORDER BY bytes DESC LIMIT ?`);

const UNUSED_OWN = `${OWN} AND m.last_used < ? AND m.created < ? AND m.protected = 0 AND m.quarantined_by IS NULL`;
const UNUSED_COPIES = `${COPIES} AND m.last_used < ? AND m.quarantined_by IS NULL`;
const unusedOwn = statement<[Milliseconds, Milliseconds, Milliseconds, string, number], Row>(`
  SELECT ${OWN_COLUMNS} ${UNUSED_OWN} AND (m.last_used, m.media_id) > (?, ?)
  ORDER BY m.last_used, m.media_id LIMIT ?`);
const unusedCopies = statement<[Milliseconds, Milliseconds, string, number], Row>(`
  SELECT ${COPY_COLUMNS} ${UNUSED_COPIES} AND (m.last_used, m.media_id) > (?, ?)
  ORDER BY m.last_used, m.media_id LIMIT ?`);
const copiesSum = statement<[Milliseconds], Sum>(`SELECT COUNT(*) AS count, SUM(m.size) AS bytes ${UNUSED_COPIES}`);
const ownSizes = statement<[Milliseconds, Milliseconds], { media_id: string; size: number | null }>(
  `SELECT m.media_id, m.size ${UNUSED_OWN}`,
);
const setUsed = statement<[Milliseconds, string]>('UPDATE media SET last_used = ? WHERE media_id = ?');
const setProtected = statement<[number, string]>('UPDATE media SET protected = ? WHERE media_id = ?');
const removeOwn = statement<[string], { hash: string | null }>('DELETE FROM media WHERE media_id = ? RETURNING hash');
const removeCopy = statement<[string, string], { hash: string }>(
  'DELETE FROM remote_media WHERE origin = ? AND media_id = ? RETURNING hash',
);
const avatars = statement<[], { value: string }>("SELECT value FROM profiles WHERE field = 'avatar_url'");
const previewBytes = statement<[], { bytes: number }>(
  'SELECT COALESCE(SUM(OCTET_LENGTH(preview)), 0) AS bytes FROM url_previews',
);
const removePreviews = statement<[]>('DELETE FROM url_previews');
const expirePictures = statement<[Milliseconds]>('UPDATE url_preview_pictures SET expires = ?');

const pages = new Map<string, Statement<readonly (string | number)[], Row>>();
const counts = new Map<string, Statement<readonly (string | number)[], { count: number }>>();

/** Made once for each way of looking at the list: each has its index. */
function pageOf({ kind, order, isDescending, search }: MediaQuery) {
  const key = `${kind} ${order} ${isDescending} ${search !== ''}`;
  const way = isDescending ? 'DESC' : 'ASC';
  const made =
    pages.get(key) ??
    statement<readonly (string | number)[], Row>(`SELECT ${COLUMNS[kind]} ${FROM[kind]}
      ${search === '' ? '' : `AND ${SEARCHED[kind]}`} ORDER BY ${ORDERS[kind][order]} ${way}, m.media_id ${way}
      LIMIT ? OFFSET ?`);
  pages.set(key, made);
  return made;
}

function countOf({ kind, search }: MediaQuery) {
  const key = `${kind} ${search !== ''}`;
  const made =
    counts.get(key) ??
    statement<readonly (string | number)[], { count: number }>(
      `SELECT COUNT(*) AS count ${FROM[kind]} ${search === '' ? '' : `AND ${SEARCHED[kind]}`}`,
    );
  counts.set(key, made);
  return made;
}

/** A place among files by when they were last used. */
export interface UsePlace {
  readonly lastUsed: Milliseconds;
  readonly mediaId: string;
}

/** Reads and clears the tables of media. What counts everything is for readers aside. */
export class MediaCareStore {
  async sum(db: Reader, what: keyof typeof sums): Promise<MediaAmount> {
    return toAmount(await db.get(sums[what]));
  }

  /** Who uploaded the most. */
  async people(db: Reader, limit: number): Promise<(MediaAmount & { userId: UserId })[]> {
    return (await db.all(people, limit)).map((row) => ({ userId: row.user_id, ...toAmount(row) }));
  }

  /** Where most copies are from. */
  async origins(db: Reader, limit: number): Promise<(MediaAmount & { server: ServerName })[]> {
    return (await db.all(origins, limit)).map((row) => ({ server: row.origin, ...toAmount(row) }));
  }

  async page(db: Reader, query: MediaQuery): Promise<{ files: MediaFile[]; total: number }> {
    const like = `%${query.search.replaceAll(/[%_!]/g, (letter) => `!${letter}`)}%`;
    const wanted = query.search === '' ? [] : [like, like, like];
    const [rows, total] = await Promise.all([
      db.all(pageOf(query), ...wanted, query.limit, query.offset),
      db.get(countOf(query), ...wanted),
    ]);
    return { files: rows.map(toFile), total: total?.count ?? 0 };
  }

  /** Copies that nobody asked for since a time. */
  async unusedCopiesSum(db: Reader, before: Milliseconds): Promise<MediaAmount> {
    return toAmount(await db.get(copiesSum, before));
  }

  /** Uploads that nobody asked for since a time, each with its size. */
  async unusedOwnSizes(db: Reader, before: Milliseconds): Promise<{ mediaId: string; size: number }[]> {
    const rows = await db.all(ownSizes, before, before);
    return rows.map((row) => ({ mediaId: row.media_id, size: row.size ?? 0 }));
  }

  /** The next files after a place that nobody asked for since a time. */
  async unused(
    db: Reader,
    kind: MediaKind,
    before: Milliseconds,
    after: UsePlace,
    limit: number,
  ): Promise<MediaFile[]> {
    const { lastUsed, mediaId } = after;
    const rows =
      kind === 'own'
        ? await db.all(unusedOwn, before, before, lastUsed, mediaId, limit)
        : await db.all(unusedCopies, before, lastUsed, mediaId, limit);
    return rows.map(toFile);
  }

  async setUsed(tx: Transaction, used: ReadonlyMap<string, Milliseconds>): Promise<void> {
    await tx.runMany(
      setUsed,
      [...used].map(([mediaId, at]) => [at, mediaId] as [number, string]),
    );
  }

  /** @returns false when there is no such media */
  async setProtected(tx: Transaction, mediaId: string, isProtected: boolean): Promise<boolean> {
    return (await tx.run(setProtected, isProtected ? 1 : 0, mediaId)) > 0;
  }

  /** @returns the name of its file; undefined when there was none */
  async remove(tx: Transaction, server: ServerName | undefined, mediaId: string): Promise<string | undefined> {
    const row = server === undefined ? await tx.get(removeOwn, mediaId) : await tx.get(removeCopy, server, mediaId);
    return row?.hash ?? undefined;
  }

  /** What people show of themselves: mxc URIs, as JSON strings. */
  async avatars(db: Reader): Promise<string[]> {
    return (await db.all(avatars)).map((row) => row.value);
  }

  /**
   * Deletes what pages say of themselves. Their pictures are old now: what forgets old ones forgets them.
   *
   * @returns bytes
   */
  async removePreviews(tx: Transaction): Promise<number> {
    const sum = await tx.get(previewBytes);
    await tx.run(removePreviews);
    await tx.run(expirePictures, 0);
    return Number(sum?.bytes ?? 0);
  }
}

const toAmount = (row: Sum | undefined): MediaAmount => ({ count: row?.count ?? 0, bytes: row?.bytes ?? 0 });

const toFile = (row: Row): MediaFile => ({
  server: row.server ?? undefined,
  mediaId: row.media_id,
  userId: row.user_id ?? undefined,
  hash: row.hash,
  size: row.size ?? 0,
  contentType: row.content_type ?? 'application/octet-stream',
  name: row.name ?? undefined,
  created: row.created,
  lastUsed: row.last_used,
  isQuarantined: row.quarantined_by !== null,
  isProtected: row.protected === 1,
});
