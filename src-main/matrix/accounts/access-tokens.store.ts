import type { Milliseconds } from '../../base/clock.js';
import type { DeviceId, UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

/** An access token and the refresh token that was given out beside it. Tokens themselves are not kept, only hashes. */
export interface TokenPair {
  readonly tokenId: number;
  readonly userId: UserId;
  /** undefined for tokens that belong to no device */
  readonly deviceId: DeviceId | undefined;
  readonly tokenHash: string;
  /** undefined: never */
  readonly expiresAt: Milliseconds | undefined;
  /** undefined: cannot be refreshed */
  readonly refreshHash: string | undefined;
  readonly refreshExpiresAt: Milliseconds | undefined;
  /** when the session ends for good, refreshed or not */
  readonly sessionExpiresAt: Milliseconds | undefined;
  /** neither of the two was used yet; until then the pair that they replace still counts */
  readonly isUnused: boolean;
}

/** A pair with what authentication must know of its user. */
export interface TokenOfUser extends TokenPair {
  readonly isAdmin: boolean;
  readonly isGuest: boolean;
  readonly isSuspended: boolean;
  readonly isLocked: boolean;
}

interface TokenRow {
  token_id: number;
  user_id: string;
  device_id: string | null;
  token_hash: string;
  expires_ts: number | null;
  refresh_hash: string | null;
  refresh_expires_ts: number | null;
  session_expires_ts: number | null;
  unused: number;
}

interface TokenOfUserRow extends TokenRow {
  is_admin: number;
  is_guest: number;
  is_locked: number;
  is_suspended: number;
}

type Time = Milliseconds | null;

const insert = statement<[number, UserId, DeviceId | null, string, Time, string | null, Time, Time, number]>(`
  INSERT INTO access_tokens
    (token_id, user_id, device_id, token_hash, expires_ts, refresh_hash, refresh_expires_ts, session_expires_ts, unused)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
`);
const byHash = statement<[string], TokenOfUserRow>(`
  SELECT access_tokens.*, users.is_admin, users.is_guest, users.is_locked, users.is_suspended
  FROM access_tokens JOIN users ON users.user_id = access_tokens.user_id
  WHERE access_tokens.token_hash = ? AND users.is_deactivated = 0
`);
const byRefreshHash = statement<[string], TokenRow>(`SELECT * FROM access_tokens WHERE refresh_hash = ?`);
const setUsed = statement<[number]>(`UPDATE access_tokens SET unused = 0 WHERE token_id = ?`);
const removeOthers = statement<[UserId, DeviceId, number], { token_hash: string }>(`
  DELETE FROM access_tokens WHERE user_id = ? AND device_id = ? AND token_id <> ? RETURNING token_hash
`);
const removeOne = statement<[number], { token_hash: string }>(`
  DELETE FROM access_tokens WHERE token_id = ? RETURNING token_hash
`);
const removeOfDevices = statement<[UserId, readonly string[]], { token_hash: string }>(`
  DELETE FROM access_tokens WHERE user_id = ? AND device_id IN TEXTS(?) RETURNING token_hash
`);
const removeOfUser = statement<[UserId, number], { token_hash: string }>(`
  DELETE FROM access_tokens WHERE user_id = ? AND token_id <> ? RETURNING token_hash
`);
const hashesOfUser = statement<[UserId], { token_hash: string }>(`
  SELECT token_hash FROM access_tokens WHERE user_id = ?
`);
const removeExpired = statement<[Milliseconds, Milliseconds, Milliseconds]>(`
  DELETE FROM access_tokens
  WHERE expires_ts < ? AND (refresh_hash IS NULL OR refresh_expires_ts < ? OR session_expires_ts < ?)
`);

/** Table `access_tokens`: one row for each session, two while a refreshed pair waits for its first use. */
export class AccessTokenStore {
  async insert(tx: Transaction, pair: TokenPair): Promise<void> {
    await tx.run(
      insert,
      pair.tokenId,
      pair.userId,
      pair.deviceId ?? null,
      pair.tokenHash,
      pair.expiresAt ?? null,
      pair.refreshHash ?? null,
      pair.refreshExpiresAt ?? null,
      pair.sessionExpiresAt ?? null,
      Number(pair.isUnused),
    );
  }

  /** The pair whose access token has this hash, unless its user is deactivated. */
  async byHash(db: Reader, hash: string): Promise<TokenOfUser | undefined> {
    const row = await db.get(byHash, hash);
    if (!row) return undefined;
    return {
      ...toPair(row),
      isAdmin: row.is_admin === 1,
      isGuest: row.is_guest === 1,
      isLocked: row.is_locked === 1,
      isSuspended: row.is_suspended === 1,
    };
  }

  async byRefreshHash(db: Reader, hash: string): Promise<TokenPair | undefined> {
    const row = await db.get(byRefreshHash, hash);
    return row && toPair(row);
  }

  async setUsed(tx: Transaction, tokenId: number): Promise<void> {
    await tx.run(setUsed, tokenId);
  }

  /* What removes rows returns the hashes of their access tokens. */

  /** All of the device's but one. */
  async removeOthers(tx: Transaction, userId: UserId, deviceId: DeviceId, keep: number): Promise<string[]> {
    return hashes(await tx.all(removeOthers, userId, deviceId, keep));
  }

  async remove(tx: Transaction, tokenId: number): Promise<string[]> {
    return hashes(await tx.all(removeOne, tokenId));
  }

  async removeOfDevices(tx: Transaction, userId: UserId, deviceIds: readonly DeviceId[]): Promise<string[]> {
    return hashes(await tx.all(removeOfDevices, userId, deviceIds));
  }

  /** All of the user's but `keep` (0: none is kept). */
  async removeOfUser(tx: Transaction, userId: UserId, keep: number): Promise<string[]> {
    return hashes(await tx.all(removeOfUser, userId, keep));
  }

  async hashesOfUser(db: Reader, userId: UserId): Promise<string[]> {
    return hashes(await db.all(hashesOfUser, userId));
  }

  /** Removes what was of no use any more at `then`. */
  async removeExpired(tx: Transaction, then: Milliseconds): Promise<void> {
    await tx.run(removeExpired, then, then, then);
  }
}

const hashes = (rows: { token_hash: string }[]) => rows.map((row) => row.token_hash);

const toPair = (row: TokenRow): TokenPair => ({
  tokenId: row.token_id,
  userId: row.user_id as UserId,
  deviceId: row.device_id ?? undefined,
  tokenHash: row.token_hash,
  expiresAt: row.expires_ts ?? undefined,
  refreshHash: row.refresh_hash ?? undefined,
  refreshExpiresAt: row.refresh_expires_ts ?? undefined,
  sessionExpiresAt: row.session_expires_ts ?? undefined,
  isUnused: row.unused === 1,
});
