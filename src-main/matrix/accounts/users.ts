import type { Cache, Caches } from '../../base/caches.js';
import type { Logger } from '../../base/logger.js';
import { forbidden, MatrixError, notFound } from '../../spec/errors.js';
import { isOnServer } from '../../spec/grammar.js';
import type { ServerName, UserId } from '../../spec/ids.js';
import { userTopic } from '../../storage/news.js';
import type { Database, Reader, Transaction } from '../../storage/database.js';
import type { AccessTokens } from './access-tokens.js';
import type { User, UserFlag, UserPage, UserStore } from './users.store.js';

/** A server without administrator cannot be looked after by anybody. */
export class LastAdminError extends MatrixError {
  constructor() {
    super(403, 'M_FORBIDDEN', 'this is the only administrator');
  }
}

/** The accounts of this server: who there is, and what administrators have switched for them. */
export class Users {
  readonly #known: Cache<UserId, User>;
  /** Counts what was forgotten, so that a read that began before is not remembered. */
  #forgotten = 0;

  constructor(
    private readonly deps: {
      db: Database;
      store: UserStore;
      tokens: AccessTokens;
      serverName: ServerName;
      caches: Caches;
      log: Logger;
    },
  ) {
    this.#known = deps.caches.lru('users', { share: 0.01, entryBytes: 500 });
  }

  get serverName(): ServerName {
    return this.deps.serverName;
  }

  /** Whether a user id is of this server, whether or not there is such an account. */
  isLocal(userId: UserId): boolean {
    return isOnServer(userId, this.deps.serverName);
  }

  /** `@localpart:` of this server. */
  idOf(localpart: string): UserId {
    return `@${localpart}:${this.deps.serverName}`;
  }

  /** The account, deactivated or not; undefined when there never was one. */
  async get(userId: UserId): Promise<User | undefined> {
    const known = this.#known.get(userId);
    if (known) return known;
    const asOf = this.#forgotten;
    const user = await this.deps.store.get(this.deps.db, userId);
    if (user && asOf === this.#forgotten) this.#known.set(userId, user);
    return user;
  }

  /** Those of `userIds` that have an account here that is not deactivated. */
  async existing(userIds: readonly UserId[]): Promise<UserId[]> {
    return userIds.length === 0 ? [] : this.deps.store.existing(this.deps.db, userIds);
  }

  async isGuest(userId: UserId): Promise<boolean> {
    return (await this.get(userId))?.isGuest === true;
  }

  /** Those of `userIds` that are guests of this server. */
  async guestsAmong(userIds: readonly UserId[]): Promise<UserId[]> {
    return userIds.length === 0 ? [] : this.deps.store.guestsAmong(this.deps.db, userIds);
  }

  /** @throws MatrixError M_USER_SUSPENDED: for what suspended users may not do, such as writing and joining */
  async requireNotSuspended(userId: UserId): Promise<void> {
    const user = await this.get(userId);
    if (user?.isSuspended) throw new MatrixError(403, 'M_USER_SUSPENDED', 'your account is suspended');
  }

  /** Accounts for lists in consoles. */
  async page(page: UserPage): Promise<{ users: User[]; total: number }> {
    return this.deps.store.page(this.deps.db, page);
  }

  /** How many accounts are in use, and how many of them are administrators'. */
  async count(): Promise<{ users: number; admins: number }> {
    return this.deps.store.count(this.deps.db);
  }

  /**
   * As part of what would take an administrator away.
   *
   * @throws LastAdminError when there is no other
   */
  async requireAnotherAdmin(db: Reader, userId: UserId): Promise<void> {
    const user = await this.deps.store.get(db, userId);
    if (user?.isAdmin && (await this.deps.store.count(db)).admins <= 1) throw new LastAdminError();
  }

  /**
   * @param keepAnAdmin do not take the last administrator's rights
   * @throws MatrixError M_NOT_FOUND; M_FORBIDDEN for deactivated accounts; LastAdminError
   */
  async setFlag(
    userId: UserId,
    flag: UserFlag,
    value: boolean,
    { keepAnAdmin = false }: { readonly keepAnAdmin?: boolean } = {},
  ): Promise<void> {
    const user = await this.get(userId);
    if (!user) throw notFound('there is no such account');
    if (user.isDeactivated) throw forbidden('the account is deactivated');
    await this.deps.db.write(async (tx) => {
      if (keepAnAdmin && flag === 'isAdmin' && !value) await this.requireAnotherAdmin(tx, userId);
      await this.deps.store.setFlag(tx, userId, flag, value);
      await this.changed(tx, userId);
    });
    this.deps.log.info('account switched', { userId, [flag]: value });
  }

  /** What is remembered of `userId` counts no more once `tx` is committed. */
  async changed(tx: Transaction, userId: UserId): Promise<void> {
    await this.deps.tokens.userChanged(tx, userId);
    tx.announce(userTopic(userId));
    const forget = () => {
      this.#forgotten += 1;
      this.#known.delete(userId);
    };
    tx.afterCommit(forget);
    tx.afterUndo(forget);
  }
}
