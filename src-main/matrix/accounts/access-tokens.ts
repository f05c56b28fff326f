import type { Cache, Caches } from '../../base/caches.js';
import type { Clock, Milliseconds } from '../../base/clock.js';
import { randomToken } from '../../base/random.js';
import { sha256Base64Url } from '../../base/sha256.js';
import type { Config } from '../../config/config.js';
import type { AuthenticateUser, UserCaller } from '../../http/endpoint.js';
import { MatrixError, unknownToken } from '../../spec/errors.js';
import type { DeviceId, UserId } from '../../spec/ids.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { AccessTokenStore, TokenOfUser, TokenPair } from './access-tokens.store.js';
import type { LastSeen } from './last-seen.js';

/** What a client gets to keep. The only place where the tokens themselves appear. */
export interface IssuedTokens {
  readonly accessToken: string;
  /** undefined when the client did not ask for one */
  readonly refreshToken: string | undefined;
  /** how long the access token lives, ms; undefined: for ever */
  readonly expiresIn: Milliseconds | undefined;
}

/** Whom tokens are for. */
export interface TokenOwner {
  readonly userId: UserId;
  readonly deviceId: DeviceId | undefined;
  /** the client knows how to refresh */
  readonly refreshable: boolean;
}

interface KnownToken {
  readonly caller: UserCaller;
  readonly expiresAt: Milliseconds;
  readonly isLocked: boolean;
}

/**
 * Access and refresh tokens, and who calls with them. Stored as hashes, with an in-memory cache in front: what is
 * revoked is out of the cache the moment it is committed.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#using-access-tokens
 */
export class AccessTokens implements AuthenticateUser {
  readonly #known: Cache<string, KnownToken>;
  /** Counts what was forgotten, so that a read that began before is not remembered. */
  #forgotten = 0;

  constructor(
    private readonly deps: {
      db: Database;
      store: AccessTokenStore;
      lastSeen: LastSeen;
      clock: Clock;
      lifetimes: Config['tokens'];
      caches: Caches;
    },
  ) {
    this.#known = deps.caches.lru('access tokens', { share: 0.03, entryBytes: 400 });
  }

  /** @throws MatrixError M_UNKNOWN_TOKEN (with `soft_logout` for one that expired), M_USER_LOCKED */
  async user(
    accessToken: string,
    { address, userAgent, allowLocked }: { address: string; userAgent: string; allowLocked: boolean },
  ): Promise<UserCaller> {
    const hash = sha256Base64Url(accessToken);
    const { caller, expiresAt, isLocked } = this.#known.get(hash) ?? (await this.#read(hash));
    const now = this.deps.clock.now();
    if (now >= expiresAt) throw unknownToken('the access token expired', true);
    if (isLocked && !allowLocked) throw locked();
    if (caller.deviceId !== undefined) this.deps.lastSeen.note(caller.userId, caller.deviceId, now, address, userAgent);
    return caller;
  }

  /** Gives out tokens for a session that begins now; whatever the device had before counts no more. */
  async issue(tx: Transaction, owner: TokenOwner): Promise<IssuedTokens> {
    const { sessionLifetime } = this.deps.lifetimes;
    const sessionExpiresAt = sessionLifetime === undefined ? undefined : this.deps.clock.now() + sessionLifetime;
    const { tokenId, issued } = await this.#insert(tx, owner, sessionExpiresAt, false);
    if (owner.deviceId !== undefined) {
      this.#forgetAfter(tx, await this.deps.store.removeOthers(tx, owner.userId, owner.deviceId, tokenId));
    }
    return issued;
  }

  /**
   * Exchanges a refresh token. The old pair counts until one of the new ones is used.
   *
   * @throws MatrixError M_UNKNOWN_TOKEN
   * @see https://spec.matrix.org/v1.19/client-server-api/#refreshing-access-tokens
   */
  async refresh(refreshToken: string): Promise<IssuedTokens> {
    const hash = sha256Base64Url(refreshToken);
    return this.deps.db.write(async (tx) => {
      const pair = await this.deps.store.byRefreshHash(tx, hash);
      if (!pair?.deviceId) throw unknownToken('the refresh token is unknown or was used before');
      const now = this.deps.clock.now();
      if (isPast(pair.refreshExpiresAt, now)) throw unknownToken('the refresh token expired', true);
      if (isPast(pair.sessionExpiresAt, now)) throw unknownToken('the session is over', true);
      await this.#use(tx, pair);
      const owner = { userId: pair.userId, deviceId: pair.deviceId, refreshable: true };
      return (await this.#insert(tx, owner, pair.sessionExpiresAt, true)).issued;
    });
  }

  async revoke(tx: Transaction, tokenId: number): Promise<void> {
    this.#forgetAfter(tx, await this.deps.store.remove(tx, tokenId));
  }

  async revokeDevices(tx: Transaction, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void> {
    this.#forgetAfter(tx, await this.deps.store.removeOfDevices(tx, userId, deviceIds));
  }

  /** @param keep the token that stays, if any */
  async revokeAll(tx: Transaction, userId: UserId, keep?: number): Promise<void> {
    this.#forgetAfter(tx, await this.deps.store.removeOfUser(tx, userId, keep ?? 0));
  }

  /** Something that callers are told of their account changes with `tx`. */
  async userChanged(tx: Transaction, userId: UserId): Promise<void> {
    this.#forgetAfter(tx, await this.deps.store.hashesOfUser(tx, userId));
  }

  async #read(hash: string): Promise<KnownToken> {
    const asOf = this.#forgotten;
    const token = await this.deps.store.byHash(this.deps.db, hash);
    if (!token) throw unknownToken('the access token is not known');
    if (token.isUnused) await this.deps.db.write((tx) => this.#use(tx, token));
    const known = toKnown(token);
    if (asOf === this.#forgotten) this.#known.set(hash, known);
    return known;
  }

  /** The first use of a pair ends the one before it, and whatever else was given out for the device. */
  async #use(tx: Transaction, pair: TokenPair): Promise<void> {
    if (pair.deviceId === undefined) return;
    await this.deps.store.setUsed(tx, pair.tokenId);
    this.#forgetAfter(tx, await this.deps.store.removeOthers(tx, pair.userId, pair.deviceId, pair.tokenId));
  }

  async #insert(
    tx: Transaction,
    { userId, deviceId, refreshable }: TokenOwner,
    sessionExpiresAt: Milliseconds | undefined,
    isUnused: boolean,
  ): Promise<{ tokenId: number; issued: IssuedTokens }> {
    const { refreshableAccessLifetime, nonRefreshableAccessLifetime, refreshLifetime } = this.deps.lifetimes;
    const now = this.deps.clock.now();
    const accessToken = `hat_${randomToken()}`;
    const refreshToken = refreshable ? `hrt_${randomToken()}` : undefined;
    const expiresAt = earliest(
      now,
      refreshable ? refreshableAccessLifetime : nonRefreshableAccessLifetime,
      sessionExpiresAt,
    );
    const tokenId = tx.position();
    await this.deps.store.insert(tx, {
      tokenId,
      userId,
      deviceId,
      tokenHash: sha256Base64Url(accessToken),
      expiresAt,
      refreshHash: refreshToken && sha256Base64Url(refreshToken),
      refreshExpiresAt: refreshable ? earliest(now, refreshLifetime, sessionExpiresAt) : undefined,
      sessionExpiresAt,
      isUnused,
    });
    const expiresIn = expiresAt === undefined ? undefined : expiresAt - now;
    return { tokenId, issued: { accessToken, refreshToken, expiresIn } };
  }

  #forgetAfter(tx: Transaction, hashes: readonly string[]): void {
    if (hashes.length === 0) return;
    const forget = () => {
      this.#forgotten += 1;
      for (const hash of hashes) this.#known.delete(hash);
    };
    tx.afterCommit(forget);
    // Whoever lost the database at the commit does not know which of the two it was.
    tx.afterUndo(forget);
  }
}

const isPast = (time: Milliseconds | undefined, now: Milliseconds) => time !== undefined && now >= time;

function earliest(now: Milliseconds, lifetime: Milliseconds | undefined, end: Milliseconds | undefined) {
  if (lifetime === undefined) return end;
  return Math.min(now + lifetime, end ?? Number.POSITIVE_INFINITY);
}

const toKnown = (token: TokenOfUser): KnownToken => ({
  caller: Object.freeze({
    kind: 'user',
    userId: token.userId,
    deviceId: token.deviceId,
    tokenId: token.tokenId,
    isGuest: token.isGuest,
    isAdmin: token.isAdmin,
    isSuspended: token.isSuspended,
  }),
  expiresAt: token.expiresAt ?? Number.POSITIVE_INFINITY,
  isLocked: token.isLocked,
});

const locked = () => new MatrixError(401, 'M_USER_LOCKED', 'your account is locked', { soft_logout: true });
