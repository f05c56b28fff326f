import type { Cache, Caches } from '../../base/caches.js';
import type { JsonObject } from '../../base/json.js';
import { sha256Base64Url } from '../../base/sha256.js';
import { invalidParam, notFound } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { FilterStore } from './filters.store.js';

const MOST_FILTERS = 1_000;

/** What a filter takes in memory, about. */
const bytesOf = (filter: JsonObject): number => 300 + 4 * JSON.stringify(filter).length;

/**
 * Filters for sync that clients upload once and name ever after. A filter never changes.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#filtering
 */
export class Filters {
  readonly #known: Cache<string, JsonObject>;

  constructor(private readonly deps: { db: Database; store: FilterStore; caches: Caches }) {
    this.#known = deps.caches.lru('filters', { share: 0.01, entryBytes: bytesOf });
  }

  /** @returns the filter's id; the same for the same filter. @throws MatrixError M_INVALID_PARAM when there are too many */
  async add(userId: UserId, filter: JsonObject): Promise<string> {
    const digest = sha256Base64Url(JSON.stringify(filter));
    const known = await this.deps.store.idOf(this.deps.db, userId, digest);
    if (known !== undefined) return String(known);
    return this.deps.db.write(async (tx) => {
      const meanwhile = await this.deps.store.idOf(tx, userId, digest);
      if (meanwhile !== undefined) return String(meanwhile);
      const filterId = await this.deps.store.nextId(tx, userId);
      if (filterId >= MOST_FILTERS) throw invalidParam(`nobody may have more than ${MOST_FILTERS} filters`);
      await this.deps.store.insert(tx, userId, filterId, digest, filter);
      return String(filterId);
    });
  }

  /** @throws MatrixError M_INVALID_PARAM for what is no filter id, M_NOT_FOUND */
  async get(userId: UserId, filterId: string): Promise<JsonObject> {
    if (!/^\d{1,9}$/.test(filterId)) throw invalidParam('this is not the id of a filter');
    const key = `${filterId} ${userId}`;
    const known = this.#known.get(key);
    if (known) return known;
    const filter = await this.deps.store.get(this.deps.db, userId, Number(filterId));
    if (!filter) throw notFound('there is no such filter');
    this.#known.set(key, filter);
    return filter;
  }
}
