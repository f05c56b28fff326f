import type { Logger } from '../../base/logger.js';
import type { Config } from '../../config/config.js';
import { forbidden, notFound } from '../../spec/errors.js';
import type { DeviceId, UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { Devices } from './devices.js';
import { checkPasswordPolicy } from './password-policy.js';
import type { Passwords } from './passwords.js';
import type { Users } from './users.js';
import type { UserStore } from './users.store.js';

/** Whether a new password ends the other sessions of its owner, and which one stays. */
export interface SignOut {
  readonly others: boolean;
  /** the session that asks, if it is the owner's */
  readonly keep?: { readonly deviceId: DeviceId | undefined; readonly tokenId: number };
}

/**
 * Giving accounts other passwords.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#password-management
 */
export class PasswordManagement {
  constructor(
    private readonly deps: {
      db: Database;
      store: UserStore;
      users: Users;
      devices: Devices;
      passwords: Passwords;
      settings: Config['passwords'];
      log: Logger;
    },
  ) {}

  /** @throws MatrixError M_WEAK_PASSWORD; M_FORBIDDEN when there are no passwords here */
  checkNew(password: string): void {
    if (!this.deps.settings.enabled) throw forbidden('there are no passwords on this server');
    checkPasswordPolicy(password, this.deps.settings.policy);
  }

  /** @throws MatrixError M_NOT_FOUND; M_FORBIDDEN for a deactivated account */
  async set(userId: UserId, password: string, { others, keep }: SignOut): Promise<void> {
    const hash = await this.deps.passwords.hash(password);
    await this.deps.db.write(async (tx) => {
      const user = await this.deps.store.get(tx, userId);
      if (!user) throw notFound('there is no such account');
      if (user.isDeactivated) throw forbidden('the account is deactivated');
      await this.deps.store.setPasswordHash(tx, userId, hash);
      if (others) await this.deps.devices.deleteAll(tx, userId, keep);
      await this.deps.users.changed(tx, userId);
    });
    this.deps.log.info('password changed', { userId, othersSignedOut: others });
  }
}
