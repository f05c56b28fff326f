import type { RateLimit } from '../../../config/config.js';
import type { RateExceptions } from '../../../http/rate-limit.js';
import { MatrixError, notFound } from '../../../spec/errors.js';
import type { UserId } from '../../../spec/ids.js';
import type { Database } from '../../../storage/database.js';
import type { Users } from '../users.js';
import type { RateExceptionStore } from './rate-exceptions.store.js';

/** For whom other limits count than for all: bots that say much. Kept in memory, for every request asks. */
export class UserRateExceptions implements RateExceptions {
  #known: ReadonlyMap<string, RateLimit> = new Map();

  constructor(
    private readonly deps: { readonly db: Database; readonly store: RateExceptionStore; readonly users: Users },
  ) {}

  /** To be called before the first request. */
  async load(): Promise<void> {
    this.#known = await this.deps.store.all(this.deps.db);
  }

  isExempt(key: string): boolean {
    return this.#known.get(key)?.perSecond === 0;
  }

  messageRate(key: string): RateLimit | undefined {
    return this.#known.get(key);
  }

  /** @throws MatrixError as `set` does */
  async of(userId: UserId): Promise<RateLimit | undefined> {
    await this.#requireLocal(userId);
    return this.#known.get(userId);
  }

  /**
   * @param rate of what the user says; with `perSecond` 0 nothing of theirs is limited; undefined: as for all
   * @throws MatrixError M_UNKNOWN 400 for people of other servers; M_NOT_FOUND
   */
  async set(userId: UserId, rate: RateLimit | undefined): Promise<void> {
    await this.#requireLocal(userId);
    const { db, store } = this.deps;
    await db.write((tx) => (rate ? store.put(tx, userId, rate) : store.remove(tx, userId)));
    await this.load();
  }

  async #requireLocal(userId: UserId): Promise<void> {
    const { users } = this.deps;
    if (!users.isLocal(userId)) throw new MatrixError(400, 'M_UNKNOWN', 'only users of this server are limited here');
    if (!(await users.get(userId))) throw notFound('there is no such user');
  }
}
