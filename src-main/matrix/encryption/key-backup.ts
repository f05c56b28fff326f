import type { JsonObject } from '../../base/json.js';
import { invalidParam, MatrixError, notFound, tooLarge } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import type { Database, Reader, Transaction } from '../../storage/database.js';
import { isBetterKey } from './better-key.js';
import type { BackedUpSession, Backup, BackupGrowth, KeyBackupStore, KeyRange } from './key-backup.store.js';

/** What a backup holds after a change. */
export interface BackupCount {
  readonly etag: number;
  readonly count: number;
}

/** Backups that somebody has beside each other. Clients delete the last one when they make another. */
const MOST_BACKUPS = 100;
/** Of the keys of all of them. A key takes less than a thousand bytes. */
const MOST_BYTES = 1024 * 1024 * 1024;
const MOST_BYTES_OF_KEY = 65_536;
const MOST_BYTES_OF_AUTH = 65_536;

/**
 * Room keys that users keep on the server, encrypted by a key that only they have.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#server-side-key-backups
 */
export class KeyBackup {
  constructor(private readonly deps: { db: Database; store: KeyBackupStore }) {}

  /**
   * Starts a new backup, which is the current one from now on.
   *
   * @returns its version
   * @throws MatrixError M_TOO_LARGE; M_RESOURCE_LIMIT_EXCEEDED 403 when there are too many
   */
  async create(userId: UserId, algorithm: string, authData: JsonObject): Promise<number> {
    const { db, store } = this.deps;
    checkAuthData(authData);
    return db.write(async (tx) => {
      if ((await store.usage(tx, userId)).backups >= MOST_BACKUPS) throw tooMany();
      const version = (await store.lastVersion(tx, userId)) + 1;
      await store.insert(tx, userId, version, algorithm, authData);
      return version;
    });
  }

  /** Those of some users that have a backup: who has none loses what was encrypted with their last device. */
  async owners(userIds: readonly UserId[]): Promise<ReadonlySet<UserId>> {
    const { db, store } = this.deps;
    return new Set(userIds.length === 0 ? [] : await store.owners(db, userIds));
  }

  /** @throws MatrixError M_NOT_FOUND without a backup */
  async current(userId: UserId): Promise<Backup> {
    const backup = await this.deps.store.current(this.deps.db, userId);
    if (!backup) throw notFound('no current backup version');
    return backup;
  }

  /** @throws MatrixError M_NOT_FOUND for a version that never was or is deleted */
  get(userId: UserId, version: string): Promise<Backup> {
    return this.#existing(this.deps.db, userId, version);
  }

  /** @throws MatrixError M_NOT_FOUND; M_INVALID_PARAM for another algorithm than the backup has; M_TOO_LARGE */
  async setAuthData(userId: UserId, version: string, algorithm: string, authData: JsonObject): Promise<void> {
    const { db, store } = this.deps;
    checkAuthData(authData);
    await db.write(async (tx) => {
      const backup = await this.#existing(tx, userId, version);
      if (backup.algorithm !== algorithm) throw invalidParam('the algorithm of a backup cannot change');
      await store.setAuthData(tx, userId, backup.version, authData);
    });
  }

  /** Deletes a backup with its keys, also one that is deleted already. @throws MatrixError M_NOT_FOUND */
  async delete(userId: UserId, version: string): Promise<void> {
    const { db, store } = this.deps;
    await db.write(async (tx) => {
      const backup = await this.#find(tx, userId, version);
      if (!backup) throw unknownVersion();
      await store.delete(tx, userId, backup.version);
    });
  }

  /**
   * Stores keys, each only where it is better than the one that is there.
   *
   * @throws MatrixError M_NOT_FOUND; M_WRONG_ROOM_KEYS_VERSION 403 for a backup that is not the current one; M_TOO_LARGE
   *   when there is no room for them
   */
  async putSessions(userId: UserId, version: string, sessions: readonly BackedUpSession[]): Promise<BackupCount> {
    const { db, store } = this.deps;
    if (sessions.some((session) => sizeOf(session) > MOST_BYTES_OF_KEY)) throw tooLarge('a key is too large');
    return db.write(async (tx) => {
      const backup = await this.#existing(tx, userId, version);
      const current = await store.current(tx, userId);
      if (current && current.version !== backup.version) throw wrongVersion(current.version);
      const ids = [...new Set(sessions.map((session) => session.sessionId))];
      const kept = new Map(
        (await store.named(tx, userId, backup.version, ids)).map((session) => [nameOf(session), session]),
      );
      const better = sessions.filter((session) => {
        const before = kept.get(nameOf(session));
        return !before || isBetterKey(session, before);
      });
      if (better.length === 0) return backup;
      const growth = growthBy(better, kept);
      const { bytes } = await store.usage(tx, userId);
      if (growth.bytes > 0 && bytes + growth.bytes > MOST_BYTES) throw tooLarge('your backup is as large as it may be');
      await store.putSessions(tx, userId, backup.version, better);
      return (await store.change(tx, userId, backup.version, growth)) ?? backup;
    });
  }

  /** @throws MatrixError M_NOT_FOUND */
  async sessions(userId: UserId, version: string, range: KeyRange): Promise<BackedUpSession[]> {
    const { db, store } = this.deps;
    const backup = await this.#existing(db, userId, version);
    return store.sessions(db, userId, backup.version, range);
  }

  /** @throws MatrixError M_NOT_FOUND for the backup, or the one key that was asked for */
  async session(userId: UserId, version: string, range: Required<KeyRange>): Promise<BackedUpSession> {
    const [session] = await this.sessions(userId, version, range);
    if (!session) throw notFound('this key is not in the backup');
    return session;
  }

  /** Drops keys. @throws MatrixError M_NOT_FOUND for the backup */
  async removeSessions(userId: UserId, version: string, range: KeyRange): Promise<BackupCount> {
    const { db, store } = this.deps;
    return db.write(async (tx) => {
      const backup = await this.#existing(tx, userId, version);
      const growth = await store.remove(tx, userId, backup.version, range);
      if (growth.keys === 0) return backup;
      return (await store.change(tx, userId, backup.version, growth)) ?? backup;
    });
  }

  /** Drops every backup of a user who is gone. */
  async removeUser(tx: Transaction, userId: UserId): Promise<void> {
    await this.deps.store.removeUser(tx, userId);
  }

  async #existing(db: Reader, userId: UserId, version: string): Promise<Backup> {
    const backup = await this.#find(db, userId, version);
    if (!backup || backup.isDeleted) throw unknownVersion();
    return backup;
  }

  async #find(db: Reader, userId: UserId, version: string): Promise<Backup | undefined> {
    return /^[1-9]\d{0,14}$/.test(version) ? this.deps.store.one(db, userId, Number(version)) : undefined;
  }
}

const nameOf = ({ roomId, sessionId }: BackedUpSession): string => `${roomId} ${sessionId}`;

const sizeOf = ({ sessionData }: BackedUpSession): number => Buffer.byteLength(JSON.stringify(sessionData));

function growthBy(sessions: readonly BackedUpSession[], before: ReadonlyMap<string, BackedUpSession>): BackupGrowth {
  let [keys, bytes] = [0, 0];
  for (const session of sessions) {
    const replaced = before.get(nameOf(session));
    if (!replaced) keys += 1;
    bytes += sizeOf(session) - (replaced ? sizeOf(replaced) : 0);
  }
  return { keys, bytes };
}

function checkAuthData(authData: JsonObject): void {
  if (Buffer.byteLength(JSON.stringify(authData)) > MOST_BYTES_OF_AUTH) throw tooLarge('auth_data is too large');
}

const tooMany = () =>
  new MatrixError(403, 'M_RESOURCE_LIMIT_EXCEEDED', `nobody may have more than ${MOST_BACKUPS} backups: delete one`);
const unknownVersion = () => notFound('unknown backup version');
const wrongVersion = (current: number) =>
  new MatrixError(403, 'M_WRONG_ROOM_KEYS_VERSION', 'this is not the current backup', {
    current_version: String(current),
  });
