import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { RateLimiter } from '../../http/rate-limit.js';
import { forbidden, MatrixError } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { WritableStream } from '../../storage/stream.js';
import type { AccessTokens } from './access-tokens.js';
import type { Login, Session } from './login.js';
import type { Profiles } from './profile.js';
import type { NewAccount } from './new-account.js';
import type { Users } from './users.js';
import type { UserStore } from './users.store.js';

/** All guests have a device of this id. */
const DEVICE_ID = 'guest_device';
/** Somebody may have been given a name of digits that is the next guest's. */
const MOST_TRIES = 10;

/**
 * People who look around without an account: they get one with a number for a name, which can become a real one.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#guest-access
 */
export class Guests {
  constructor(
    private readonly deps: {
      db: Database;
      store: UserStore;
      users: Users;
      profiles: Profiles;
      tokens: AccessTokens;
      stream: WritableStream<NewAccount>;
      login: Login;
      isOpen: boolean;
      /** accounts made from one address */
      limit: RateLimiter;
      clock: Clock;
      log: Logger;
    },
  ) {}

  /**
   * @param address where the request came from
   * @throws MatrixError M_GUEST_ACCESS_FORBIDDEN where there are no guests; M_LIMIT_EXCEEDED
   */
  async register(address: string, displayName: string | undefined): Promise<Session> {
    if (!this.deps.isOpen) throw new MatrixError(403, 'M_GUEST_ACCESS_FORBIDDEN', 'Guest access is disabled');
    this.deps.limit.take(address);
    return this.deps.db.write(async (tx) => {
      const userId = await this.#insert(tx);
      await this.deps.profiles.begin(tx, userId, userId.slice(1, userId.indexOf(':')));
      await this.deps.stream.append(tx, { userId, isGuest: true, isFirst: false });
      tx.afterCommit(() => this.deps.log.info('a guest came', { userId }));
      return this.deps.login.begin(tx, userId, { deviceId: DEVICE_ID, displayName, refreshable: false });
    });
  }

  /**
   * The guest who wants to stay, by their token.
   *
   * @param address where the request came from
   * @throws MatrixError M_FORBIDDEN when it is not the guest of that name; M_UNKNOWN_TOKEN
   */
  async visitor(accessToken: string, username: string, address: string): Promise<UserId> {
    const caller = await this.deps.tokens.user(accessToken, { address, userAgent: '', allowLocked: false });
    if (caller.isGuest && caller.userId === this.deps.users.idOf(username)) return caller.userId;
    throw forbidden('only the guest of that name can keep it');
  }

  /** A guest stays, with a password. @throws MatrixError M_USER_IN_USE when they are no guest any more */
  async endVisit(tx: Transaction, userId: UserId, passwordHash: string): Promise<void> {
    if (!(await this.deps.store.endVisit(tx, userId, passwordHash, this.deps.clock.now()))) {
      throw new MatrixError(400, 'M_USER_IN_USE', 'this user name is taken');
    }
    await this.deps.users.changed(tx, userId);
    tx.afterCommit(() => this.deps.log.info('a guest stays', { userId }));
  }

  async #insert(tx: Transaction): Promise<UserId> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const userId = this.deps.users.idOf(String(tx.position()));
      const isNew = await this.deps.store.insert(tx, {
        userId,
        passwordHash: undefined,
        userType: undefined,
        isAdmin: false,
        isGuest: true,
        isLocked: false,
        isSuspended: false,
        isDeactivated: false,
        isErased: false,
        createdAt: this.deps.clock.now(),
      });
      if (isNew) return userId;
    }
    throw new MatrixError(500, 'M_UNKNOWN', 'no name was free for the guest');
  }
}
