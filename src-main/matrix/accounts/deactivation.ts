import type { Logger } from '../../base/logger.js';
import { notFound } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { WritableStream } from '../../storage/stream.js';
import type { AccountDataStore } from './account-data.store.js';
import type { Devices } from './devices.js';
import type { Profiles } from './profile.js';
import type { Bindings } from './third-party/bindings.js';
import type { ThirdPartyIds } from './third-party-ids.js';
import type { Users } from './users.js';
import type { UserStore } from './users.store.js';

/** An account was given up: its rooms are to be left, and what is kept for it elsewhere is to go. */
export interface Deactivation {
  readonly userId: UserId;
  /** others shall see as little as possible of what the user wrote */
  readonly erase: boolean;
}

/**
 * Giving up accounts for good.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#account-deactivation
 */
export class Deactivations {
  constructor(
    private readonly deps: {
      db: Database;
      store: UserStore;
      users: Users;
      devices: Devices;
      profiles: Profiles;
      accountData: AccountDataStore;
      thirdPartyIds: ThirdPartyIds;
      bindings: Bindings;
      stream: WritableStream<Deactivation>;
      log: Logger;
    },
  ) {}

  /**
   * Signs the account out everywhere and keeps its name from being used again. Deactivating it again does nothing, or
   * erases it when that was not wanted before.
   *
   * @returns whether no identity server publishes an address of the account any more; false also when it had addresses
   *   and nobody knows where they are published
   * @param keepAnAdmin do not deactivate the last administrator
   * @throws MatrixError M_NOT_FOUND; LastAdminError
   */
  async deactivate(
    userId: UserId,
    erase: boolean,
    { keepAnAdmin = false }: { readonly keepAnAdmin?: boolean } = {},
  ): Promise<{ isUnbound: boolean }> {
    if (keepAnAdmin) await this.deps.users.requireAnotherAdmin(this.deps.db, userId);
    const unbound = await this.deps.bindings.tryUnbindAll(userId);
    const { hadThirdPartyIds } = await this.#deactivate(userId, erase, keepAnAdmin);
    return { isUnbound: unbound === 'all' || (unbound === 'nothing' && !hadThirdPartyIds) };
  }

  async #deactivate(userId: UserId, erase: boolean, keepAnAdmin: boolean): Promise<{ hadThirdPartyIds: boolean }> {
    return this.deps.db.write(async (tx) => {
      const user = await this.deps.store.get(tx, userId);
      if (!user) throw notFound('there is no such account');
      if (keepAnAdmin) await this.deps.users.requireAnotherAdmin(tx, userId);
      if (user.isDeactivated && (user.isErased || !erase)) return { hadThirdPartyIds: false };
      await this.deps.devices.deleteAll(tx, userId);
      const removed = await this.deps.thirdPartyIds.removeAll(tx, userId);
      await this.deps.accountData.removeAll(tx, userId);
      if (erase) await this.deps.profiles.erase(tx, userId);
      await this.deps.store.deactivate(tx, userId, erase);
      await this.deps.users.changed(tx, userId);
      await this.deps.stream.append(tx, { userId, erase });
      tx.afterCommit(() => this.deps.log.info('account deactivated', { userId, erase }));
      return { hadThirdPartyIds: removed > 0 };
    });
  }
}
