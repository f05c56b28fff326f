import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import { randomToken } from '../../base/random.js';
import { sha256Base64Url } from '../../base/sha256.js';
import { forbidden, notFound, unknownToken } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { PasswordLink, PasswordLinkStore } from './password-links.store.js';
import type { PasswordManagement } from './password-management.js';
import type { Users } from './users.js';

const LIFETIME: Milliseconds = 24 * 3_600_000;

/** A link's token, to be handed over: it is not kept. */
export interface IssuedPasswordLink {
  readonly token: string;
  readonly expiresAt: Milliseconds;
}

/** Links by which somebody chooses a new password themselves: each works once, and for a day. */
export class PasswordLinks {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly store: PasswordLinkStore;
      readonly users: Users;
      readonly passwords: PasswordManagement;
      readonly clock: Clock;
      readonly log: Logger;
    },
  ) {}

  /**
   * The only one that works for this account from now on.
   *
   * @param signOut the new password signs out everywhere
   * @throws MatrixError M_NOT_FOUND; M_FORBIDDEN for a deactivated account
   */
  async issue(userId: UserId, signOut: boolean): Promise<IssuedPasswordLink> {
    const { db, store, users, clock, log } = this.deps;
    const user = await users.get(userId);
    if (!user) throw notFound('there is no such account');
    if (user.isDeactivated) throw forbidden('the account is deactivated');
    const token = randomToken();
    const expiresAt = clock.now() + LIFETIME;
    await db.write(async (tx) => {
      await store.removeOf(tx, userId);
      await store.insert(tx, sha256Base64Url(token), { userId, signOut, expiresAt });
    });
    log.info('a link for a new password was made', { userId });
    return { token, expiresAt };
  }

  /** Whose new password it is for. @throws MatrixError M_UNKNOWN_TOKEN when it works no more, or never did */
  async owner(token: string): Promise<UserId> {
    return (await this.#find(token)).userId;
  }

  /** @throws MatrixError M_UNKNOWN_TOKEN; M_WEAK_PASSWORD; M_FORBIDDEN */
  async use(token: string, password: string): Promise<UserId> {
    const { db, store, passwords } = this.deps;
    const { userId, signOut } = await this.#find(token);
    passwords.checkNew(password);
    // who comes twice at once finds it used
    await db.write(async (tx) => {
      if (!(await store.one(tx, sha256Base64Url(token)))) throw unknown();
      await store.removeOf(tx, userId);
    });
    await passwords.set(userId, password, { others: signOut });
    return userId;
  }

  async #find(token: string): Promise<PasswordLink> {
    const { db, store, clock } = this.deps;
    const link = await store.one(db, sha256Base64Url(token));
    if (!link || link.expiresAt <= clock.now()) throw unknown();
    return link;
  }
}

const unknown = () => unknownToken('the link is unknown, used or expired');
