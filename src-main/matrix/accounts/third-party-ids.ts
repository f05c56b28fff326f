import type { Clock, Milliseconds } from '../../base/clock.js';
import { forbidden, MatrixError } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { WritableStream } from '../../storage/stream.js';
import { canonicalAddress, type Medium } from './third-party/addresses.js';
import type { ThirdPartyId, ThirdPartyIdStore } from './third-party-ids.store.js';

/** An address was added to an account, or taken from it. */
export interface ThirdPartyIdChange {
  readonly userId: UserId;
  readonly medium: Medium;
  readonly address: string;
  readonly change: 'registered' | 'added' | 'removed';
}

/** E-mail addresses and phone numbers of accounts. @see https://spec.matrix.org/v1.19/client-server-api/#adding-account-administrative-contact-information */
export class ThirdPartyIds {
  constructor(
    private readonly deps: {
      db: Database;
      store: ThirdPartyIdStore;
      stream: WritableStream<ThirdPartyIdChange>;
      /** whether users may add and remove addresses */
      changesAllowed: boolean;
      clock: Clock;
    },
  ) {}

  async list(userId: UserId): Promise<ThirdPartyId[]> {
    return this.deps.store.ofUser(this.deps.db, userId);
  }

  /** Whose address it is, however it is written. */
  async owner(medium: string, address: string): Promise<UserId | undefined> {
    return this.deps.store.owner(this.deps.db, medium, canonicalAddress(medium, address));
  }

  /** @throws MatrixError M_FORBIDDEN when users may neither add nor remove addresses */
  requireChangesAllowed(): void {
    if (!this.deps.changesAllowed) throw forbidden('addresses of accounts cannot be changed on this server');
  }

  /**
   * Gives an account an address that was proved; one that it has already stays its.
   *
   * @throws MatrixError M_THREEPID_IN_USE when it is another account's
   */
  async add(
    tx: Transaction,
    userId: UserId,
    { medium, address, validatedAt }: { medium: Medium; address: string; validatedAt: Milliseconds },
    change: 'registered' | 'added' = 'added',
  ): Promise<void> {
    const id = { medium, address, validatedAt, addedAt: this.deps.clock.now() };
    if (await this.deps.store.insert(tx, userId, id)) {
      await this.deps.stream.append(tx, { userId, medium, address, change });
    } else if ((await this.deps.store.owner(tx, medium, address)) !== userId) {
      throw new MatrixError(400, 'M_THREEPID_IN_USE', 'this address is already in use');
    }
  }

  /** Takes an address from an account; no matter whether it had it. */
  async remove(tx: Transaction, userId: UserId, medium: Medium, given: string): Promise<void> {
    const address = canonicalAddress(medium, given);
    if (!(await this.deps.store.remove(tx, userId, medium, address))) return;
    await this.deps.stream.append(tx, { userId, medium, address, change: 'removed' });
  }

  /**
   * Somebody who looks after the server gives an account an address that is not proved.
   *
   * @throws MatrixError M_THREEPID_IN_USE
   */
  async assign(userId: UserId, medium: Medium, given: string): Promise<void> {
    const address = canonicalAddress(medium, given);
    await this.deps.db.write((tx) =>
      this.add(tx, userId, { medium, address, validatedAt: this.deps.clock.now() }, 'added'),
    );
  }

  /** Takes an address from an account, by somebody who looks after the server. */
  async unassign(userId: UserId, medium: Medium, given: string): Promise<void> {
    await this.deps.db.write((tx) => this.remove(tx, userId, medium, given));
  }

  /** The account is given up. @returns how many addresses it had */
  async removeAll(tx: Transaction, userId: UserId): Promise<number> {
    const all = await this.deps.store.ofUser(tx, userId);
    for (const { medium, address } of all) await this.remove(tx, userId, medium, address);
    return all.length;
  }
}
