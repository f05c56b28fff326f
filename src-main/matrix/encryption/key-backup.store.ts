import { type JsonObject, parseOwn } from '../../base/json.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

const BACKUP = 'version, algorithm, auth_data, etag, count, deleted';
const insert = statement<[string, number, string, string]>(`
  INSERT INTO key_backups (user_id, version, algorithm, auth_data, etag, count, deleted) VALUES (?, ?, ?, ?, 0, 0, 0)`);
const lastVersion = statement<[string], { version: number | null }>(
  'SELECT MAX(version) AS version FROM key_backups WHERE user_id = ?',
);
const current = statement<[string], BackupRow>(
  `SELECT ${BACKUP} FROM key_backups WHERE user_id = ? AND deleted = 0 ORDER BY version DESC LIMIT 1`,
);
const one = statement<[string, number], BackupRow>(
  `SELECT ${BACKUP} FROM key_backups WHERE user_id = ? AND version = ?`,
);
const setAuthData = statement<[string, string, number]>(
  'UPDATE key_backups SET auth_data = ? WHERE user_id = ? AND version = ?',
);
const markDeleted = statement<[string, number]>(
  `UPDATE key_backups SET deleted = 1, auth_data = '{}', count = 0, bytes = 0 WHERE user_id = ? AND version = ?`,
);
const change = statement<[number, number, string, number], { etag: number; count: number }>(`
  UPDATE key_backups SET etag = etag + 1, count = count + ?, bytes = bytes + ? WHERE user_id = ? AND version = ?
  RETURNING etag, count`);
const usage = statement<[string], { backups: number; bytes: number | null }>(
  'SELECT COUNT(*) AS backups, SUM(bytes) AS bytes FROM key_backups WHERE user_id = ? AND deleted = 0',
);
const owners = statement<[readonly string[]], { user_id: UserId }>(
  'SELECT DISTINCT user_id FROM key_backups WHERE user_id IN TEXTS(?) AND deleted = 0',
);
const bytesOfAll = statement<[string, number], { bytes: number | null }>(
  'SELECT bytes FROM key_backups WHERE user_id = ? AND version = ?',
);
const bytesInRoom = statement<[string, number, string], { bytes: number | null }>(`
  SELECT SUM(OCTET_LENGTH(session_data)) AS bytes FROM key_backup_sessions
  WHERE user_id = ? AND version = ? AND room_id = ?`);
const bytesOfOne = statement<[string, number, string, string], { bytes: number | null }>(`
  SELECT SUM(OCTET_LENGTH(session_data)) AS bytes FROM key_backup_sessions
  WHERE user_id = ? AND version = ? AND room_id = ? AND session_id = ?`);
const putSession = statement<[string, number, string, string, number, number, number, string]>(`
  INSERT INTO key_backup_sessions
    (user_id, version, session_id, room_id, first_message_index, forwarded_count, is_verified, session_data)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (user_id, version, session_id, room_id) DO UPDATE SET
    first_message_index = excluded.first_message_index, forwarded_count = excluded.forwarded_count,
    is_verified = excluded.is_verified, session_data = excluded.session_data`);
const SESSION = 'room_id, session_id, first_message_index, forwarded_count, is_verified, session_data';
const named = statement<[string, number, readonly string[]], SessionRow>(
  `SELECT ${SESSION} FROM key_backup_sessions WHERE user_id = ? AND version = ? AND session_id IN TEXTS(?)`,
);
const all = statement<[string, number], SessionRow>(
  `SELECT ${SESSION} FROM key_backup_sessions WHERE user_id = ? AND version = ?`,
);
const inRoom = statement<[string, number, string], SessionRow>(
  `SELECT ${SESSION} FROM key_backup_sessions WHERE user_id = ? AND version = ? AND room_id = ?`,
);
const removeAll = statement<[string, number]>('DELETE FROM key_backup_sessions WHERE user_id = ? AND version = ?');
const removeInRoom = statement<[string, number, string]>(
  'DELETE FROM key_backup_sessions WHERE user_id = ? AND version = ? AND room_id = ?',
);
const removeOne = statement<[string, number, string, string]>(
  'DELETE FROM key_backup_sessions WHERE user_id = ? AND version = ? AND room_id = ? AND session_id = ?',
);
const removeSessionsOf = statement<[string]>('DELETE FROM key_backup_sessions WHERE user_id = ?');
const removeBackupsOf = statement<[string]>('DELETE FROM key_backups WHERE user_id = ?');

interface BackupRow {
  version: number;
  algorithm: string;
  auth_data: string;
  etag: number;
  count: number;
  deleted: number;
}

interface SessionRow {
  room_id: RoomId;
  session_id: string;
  first_message_index: number;
  forwarded_count: number;
  is_verified: number;
  session_data: string;
}

/** A backup of room keys; of all versions of a user the last one that is not deleted is in use. */
export interface Backup {
  readonly version: number;
  readonly algorithm: string;
  readonly authData: JsonObject;
  /** grows with each change of the keys */
  readonly etag: number;
  /** how many keys it holds */
  readonly count: number;
  readonly isDeleted: boolean;
}

/** The key of a Megolm session, encrypted by its owner. */
export interface BackedUpSession {
  readonly roomId: RoomId;
  readonly sessionId: string;
  readonly firstMessageIndex: number;
  readonly forwardedCount: number;
  readonly isVerified: boolean;
  readonly sessionData: JsonObject;
}

/** By what a backup grew; below 0 when it shrank. */
export interface BackupGrowth {
  readonly keys: number;
  readonly bytes: number;
}

/** Keys of a backup: all, those of a room, or one. */
export interface KeyRange {
  readonly roomId?: RoomId;
  readonly sessionId?: string;
}

/** Tables `key_backups` and `key_backup_sessions`. */
export class KeyBackupStore {
  async insert(
    tx: Transaction,
    userId: UserId,
    version: number,
    algorithm: string,
    authData: JsonObject,
  ): Promise<void> {
    await tx.run(insert, userId, version, algorithm, JSON.stringify(authData));
  }

  /** The highest version ever given to this user's backups, deleted ones too; 0 when there was none. */
  async lastVersion(db: Reader, userId: UserId): Promise<number> {
    return (await db.get(lastVersion, userId))?.version ?? 0;
  }

  async current(db: Reader, userId: UserId): Promise<Backup | undefined> {
    const row = await db.get(current, userId);
    return row && toBackup(row);
  }

  async one(db: Reader, userId: UserId, version: number): Promise<Backup | undefined> {
    const row = await db.get(one, userId, version);
    return row && toBackup(row);
  }

  async setAuthData(tx: Transaction, userId: UserId, version: number, authData: JsonObject): Promise<void> {
    await tx.run(setAuthData, JSON.stringify(authData), userId, version);
  }

  /** Drops the keys and keeps the version's number. */
  async delete(tx: Transaction, userId: UserId, version: number): Promise<void> {
    await tx.run(removeAll, userId, version);
    await tx.run(markDeleted, userId, version);
  }

  /** Counts a change of the keys by which they grew. */
  async change(tx: Transaction, userId: UserId, version: number, { keys, bytes }: BackupGrowth) {
    return tx.get(change, keys, bytes, userId, version);
  }

  /** What all backups of a user take. */
  async usage(db: Reader, userId: UserId): Promise<{ backups: number; bytes: number }> {
    const row = await db.get(usage, userId);
    return { backups: row?.backups ?? 0, bytes: row?.bytes ?? 0 };
  }

  /** Those of some users that have a backup. */
  async owners(db: Reader, userIds: readonly UserId[]): Promise<UserId[]> {
    return (await db.all(owners, userIds)).map((row) => row.user_id);
  }

  async putSessions(
    tx: Transaction,
    userId: UserId,
    version: number,
    sessions: readonly BackedUpSession[],
  ): Promise<void> {
    await tx.runMany(
      putSession,
      sessions.map((session) => [
        userId,
        version,
        session.sessionId,
        session.roomId,
        session.firstMessageIndex,
        session.forwardedCount,
        session.isVerified ? 1 : 0,
        JSON.stringify(session.sessionData),
      ]),
    );
  }

  async named(db: Reader, userId: UserId, version: number, sessionIds: readonly string[]): Promise<BackedUpSession[]> {
    return (await db.all(named, userId, version, sessionIds)).map(toSession);
  }

  async sessions(
    db: Reader,
    userId: UserId,
    version: number,
    { roomId, sessionId }: KeyRange,
  ): Promise<BackedUpSession[]> {
    if (roomId === undefined) return (await db.all(all, userId, version)).map(toSession);
    if (sessionId === undefined) return (await db.all(inRoom, userId, version, roomId)).map(toSession);
    return (await this.named(db, userId, version, [sessionId])).filter((session) => session.roomId === roomId);
  }

  /** @returns by what the backup grew: nothing, or less than that */
  async remove(tx: Transaction, userId: UserId, version: number, range: KeyRange): Promise<BackupGrowth> {
    const bytes = await this.#bytesOf(tx, userId, version, range);
    return { keys: -(await this.#remove(tx, userId, version, range)), bytes: -bytes };
  }

  async #bytesOf(db: Reader, userId: UserId, version: number, { roomId, sessionId }: KeyRange): Promise<number> {
    const row =
      roomId === undefined
        ? await db.get(bytesOfAll, userId, version)
        : sessionId === undefined
          ? await db.get(bytesInRoom, userId, version, roomId)
          : await db.get(bytesOfOne, userId, version, roomId, sessionId);
    return row?.bytes ?? 0;
  }

  async #remove(tx: Transaction, userId: UserId, version: number, { roomId, sessionId }: KeyRange): Promise<number> {
    if (roomId === undefined) return tx.run(removeAll, userId, version);
    if (sessionId === undefined) return tx.run(removeInRoom, userId, version, roomId);
    return tx.run(removeOne, userId, version, roomId, sessionId);
  }

  /** Drops every backup of a user. */
  async removeUser(tx: Transaction, userId: UserId): Promise<void> {
    await tx.run(removeSessionsOf, userId);
    await tx.run(removeBackupsOf, userId);
  }
}

const toBackup = (row: BackupRow): Backup => ({
  version: row.version,
  algorithm: row.algorithm,
  authData: parseOwn(row.auth_data),
  etag: row.etag,
  count: row.count,
  isDeleted: row.deleted === 1,
});

const toSession = (row: SessionRow): BackedUpSession => ({
  roomId: row.room_id,
  sessionId: row.session_id,
  firstMessageIndex: row.first_message_index,
  forwardedCount: row.forwarded_count,
  isVerified: row.is_verified === 1,
  sessionData: parseOwn(row.session_data),
});
