import { forbidden, invalidParam, notFound } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import type { Users } from './users.js';
import type { User } from './users.store.js';

/** What administrators may do to an account of theirs, and take back. */
export type Restriction = 'isLocked' | 'isSuspended';

/** Administrators who suspend and lock accounts. @see https://spec.matrix.org/v1.19/client-server-api/#server-administration */
export class AccountModeration {
  constructor(private readonly users: Users) {}

  /** @throws MatrixError M_INVALID_PARAM for users of other servers; M_NOT_FOUND; M_FORBIDDEN for administrators */
  async is(target: UserId, restriction: Restriction): Promise<boolean> {
    return (await this.#account(target))[restriction];
  }

  /** @throws MatrixError M_INVALID_PARAM, M_NOT_FOUND, M_FORBIDDEN also for oneself */
  async set(admin: UserId, target: UserId, restriction: Restriction, value: boolean): Promise<void> {
    if (admin === target) throw forbidden('you cannot do this to your own account');
    const user = await this.#account(target);
    if (user[restriction] !== value) await this.users.setFlag(target, restriction, value);
  }

  async #account(target: UserId): Promise<User> {
    if (!this.users.isLocal(target)) throw invalidParam('that user is of another server');
    const user = await this.users.get(target);
    if (!user || user.isDeactivated) throw notFound('there is no such account');
    if (user.isAdmin) throw forbidden('that user is an administrator');
    return user;
  }
}
