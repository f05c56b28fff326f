import type { Logger } from '../../../base/logger.js';
import { MatrixError } from '../../../spec/errors.js';
import type { UserId } from '../../../spec/ids.js';
import type { Database } from '../../../storage/database.js';
import { canonicalAddress } from './addresses.js';
import type { Binding, BindingStore } from './bindings.store.js';
import { checkIdServer, type IdentityServer, type IdentityServers } from './identity-servers.js';

/** An address that is to be withdrawn. */
export interface Withdrawal {
  readonly medium: string;
  readonly address: string;
  /** undefined: wherever it was published through this server */
  readonly idServer: string | undefined;
}

/** Addresses of users that identity servers publish, because their users asked for it here. */
export class Bindings {
  constructor(
    private readonly deps: { db: Database; store: BindingStore; identityServers: IdentityServers; log: Logger },
  ) {}

  /** @throws MatrixError M_INVALID_PARAM; what the identity server said; 502 and 504 M_UNKNOWN when it does not answer */
  async bind(
    userId: UserId,
    server: IdentityServer,
    { sid, clientSecret }: { sid: string; clientSecret: string },
  ): Promise<void> {
    const { medium, address } = await this.deps.identityServers.bind(server, { sid, clientSecret, userId });
    const binding = { medium, address: canonicalAddress(medium, address), idServer: server.idServer };
    if (medium === '' || address === '') return;
    await this.deps.db.write((tx) => this.deps.store.insert(tx, userId, binding));
  }

  /**
   * Has an address withdrawn from the identity servers that publish it.
   *
   * @returns whether all of them did, and there was one
   * @throws MatrixError M_INVALID_PARAM; 502 and 504 M_UNKNOWN when one does not answer: it stays known, for another try
   */
  async unbind(userId: UserId, { medium, address: given, idServer }: Withdrawal): Promise<boolean> {
    const address = canonicalAddress(medium, given);
    if (idServer !== undefined) {
      checkIdServer(idServer);
      return this.#withdraw(userId, { medium, address, idServer });
    }
    const known = await this.deps.store.ofAddress(this.deps.db, userId, medium, address);
    return known.length > 0 && this.#withdrawAll(userId, known);
  }

  /**
   * The same, for somebody who shall get rid of the address whether or not the identity server is there.
   *
   * @throws MatrixError M_INVALID_PARAM
   */
  async tryUnbind(userId: UserId, withdrawal: Withdrawal): Promise<boolean> {
    try {
      return await this.unbind(userId, withdrawal);
    } catch (error) {
      if (!(error instanceof MatrixError) || error.errcode === 'M_INVALID_PARAM') throw error;
      this.deps.log.warn('an identity server did not withdraw an address', { userId, error: error.message });
      return false;
    }
  }

  /** All that a user published. */
  async tryUnbindAll(userId: UserId): Promise<'all' | 'not all' | 'nothing'> {
    const bindings = await this.deps.store.ofUser(this.deps.db, userId);
    if (bindings.length === 0) return 'nothing';
    const done = await Promise.all(bindings.map((binding) => this.tryUnbind(userId, binding)));
    return done.every(Boolean) ? 'all' : 'not all';
  }

  async #withdrawAll(userId: UserId, bindings: readonly Binding[]): Promise<boolean> {
    const done = await Promise.all(bindings.map((binding) => this.#withdraw(userId, binding)));
    return done.every(Boolean);
  }

  async #withdraw(userId: UserId, binding: Binding): Promise<boolean> {
    const { idServer, medium, address } = binding;
    const isDone = await this.deps.identityServers.unbind(idServer, userId, medium, address);
    await this.deps.db.write((tx) => this.deps.store.remove(tx, userId, binding));
    return isDone;
  }
}
