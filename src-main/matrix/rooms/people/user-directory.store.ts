import type { RoomId, UserId } from '../../../spec/ids.js';
import { type Reader, statement, type Statement, type Transaction } from '../../../storage/database.js';

/** Somebody as others find them. */
export interface DirectoryEntry {
  readonly userId: UserId;
  readonly displayName: string | undefined;
  readonly avatarUrl: string | undefined;
}

/** Somebody found; everybody may find those in a public room. */
export interface FoundUser extends DirectoryEntry {
  readonly isInPublicRoom: boolean;
}

export interface UserQuery {
  /** beginnings of words, 1 to `MOST_WORDS` of them; each must be there */
  readonly words: readonly string[];
  /** who is not to be found: the one who looks */
  readonly except: UserId;
  /** end of the ids of those to be listed first; '' for nobody */
  readonly first: string;
  readonly offset: number;
  readonly limit: number;
}

interface Row {
  user_id: UserId;
  display_name: string | null;
  avatar_url: string | null;
}
interface FoundRow extends Row {
  is_public: number;
}

export const MOST_WORDS = 5;
/** Comes after every word that begins with what is before it. */
const END = '\u{10ffff}';

const put = statement<[string, string | null, string | null]>(`
  INSERT INTO user_directory (user_id, display_name, avatar_url) VALUES (?, ?, ?)
  ON CONFLICT (user_id) DO UPDATE SET display_name = excluded.display_name, avatar_url = excluded.avatar_url`);
const remove = statement<[string]>('DELETE FROM user_directory WHERE user_id = ?');
const putWord = statement<[string, string]>(
  'INSERT INTO user_directory_words (word, user_id) VALUES (?, ?) ON CONFLICT (word, user_id) DO NOTHING',
);
const removeWords = statement<[string]>('DELETE FROM user_directory_words WHERE user_id = ?');
const entries = statement<[readonly string[]], Row>(
  'SELECT user_id, display_name, avatar_url FROM user_directory WHERE user_id IN TEXTS(?)',
);
const putPublic = statement<[string, string]>(
  'INSERT INTO user_directory_public (user_id, room_id) VALUES (?, ?) ON CONFLICT (user_id, room_id) DO NOTHING',
);
const removePublic = statement<[string, string]>('DELETE FROM user_directory_public WHERE user_id = ? AND room_id = ?');
const removePublicRoom = statement<[string]>('DELETE FROM user_directory_public WHERE room_id = ?');

/** Parameters: who not, a pair (from, to) for each word, the whole first word, who first, limit, offset. */
const find: readonly Statement<readonly (string | number)[], FoundRow>[] = Array.from(
  { length: MOST_WORDS },
  (_, more) => {
    const oneWord = 'd.user_id IN (SELECT w.user_id FROM user_directory_words w WHERE w.word >= ? AND w.word < ?)';
    const words = Array.from({ length: more + 1 }, () => oneWord).join(' AND ');
    return statement<readonly (string | number)[], FoundRow>(`
    SELECT d.user_id, d.display_name, d.avatar_url,
      CASE WHEN EXISTS (SELECT 1 FROM user_directory_public p WHERE p.user_id = d.user_id) THEN 1 ELSE 0 END AS is_public
    FROM user_directory d WHERE d.user_id <> ? AND ${words}
    ORDER BY
      CASE WHEN EXISTS (
        SELECT 1 FROM user_directory_words x WHERE x.user_id = d.user_id AND x.word = ?) THEN 0 ELSE 1 END,
      CASE WHEN d.user_id LIKE ? THEN 0 ELSE 1 END,
      CASE WHEN d.display_name IS NULL THEN 1 ELSE 0 END, CASE WHEN d.avatar_url IS NULL THEN 1 ELSE 0 END, d.user_id
    LIMIT ? OFFSET ?`);
  },
);

/** Tables `user_directory`, `user_directory_words` and `user_directory_public`. */
export class UserDirectoryStore {
  async put(tx: Transaction, { userId, displayName, avatarUrl }: DirectoryEntry, words: readonly string[]) {
    await tx.run(put, userId, displayName ?? null, avatarUrl ?? null);
    await tx.run(removeWords, userId);
    await tx.runMany(
      putWord,
      words.map((word): [string, string] => [word, userId]),
    );
  }

  async remove(tx: Transaction, userId: UserId): Promise<void> {
    await tx.run(remove, userId);
    await tx.run(removeWords, userId);
  }

  async entries(db: Reader, userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, DirectoryEntry>> {
    if (userIds.length === 0) return new Map();
    return new Map((await db.all(entries, userIds)).map((row) => [row.user_id, toEntry(row)]));
  }

  async setInPublicRoom(tx: Transaction, userId: UserId, roomId: RoomId, isIn: boolean): Promise<void> {
    await tx.run(isIn ? putPublic : removePublic, userId, roomId);
  }

  /** Nobody else is in this public room; no one at all where it is none. */
  async setPublicRoom(tx: Transaction, roomId: RoomId, userIds: readonly UserId[]): Promise<void> {
    await tx.run(removePublicRoom, roomId);
    await tx.runMany(
      putPublic,
      userIds.map((userId): [string, string] => [userId, roomId]),
    );
  }

  /** The best matches first. */
  async find(db: Reader, { words, except, first, offset, limit }: UserQuery): Promise<FoundUser[]> {
    const query = find[words.length - 1];
    const [whole = ''] = words;
    if (!query) return [];
    const ranges = words.flatMap((word) => [word, word + END]);
    const rows = await db.all(query, except, ...ranges, whole, first === '' ? '' : `%${first}`, limit, offset);
    return rows.map((row) => ({ ...toEntry(row), isInPublicRoom: row.is_public === 1 }));
  }
}

const toEntry = (row: Row): DirectoryEntry => ({
  userId: row.user_id,
  displayName: row.display_name ?? undefined,
  avatarUrl: row.avatar_url ?? undefined,
});
