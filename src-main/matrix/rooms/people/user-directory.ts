import type { Config } from '../../../config/config.js';
import type { RateLimiter } from '../../../http/rate-limit.js';
import { isOnServer } from '../../../spec/grammar.js';
import type { ServerName, UserId } from '../../../spec/ids.js';
import type { Database } from '../../../storage/database.js';
import type { Accounts } from '../../accounts/index.js';
import type { RoomReader } from '../../events/index.js';
import { type DirectoryEntry, type FoundUser, MOST_WORDS, type UserDirectoryStore } from './user-directory.store.js';
import { wordsOf } from '../words.js';

interface UserDirectoryDeps {
  readonly db: Database;
  readonly serverName: ServerName;
  readonly config: Config['userDirectory'];
  readonly store: UserDirectoryStore;
  readonly reader: RoomReader;
  readonly users: Pick<Accounts['users'], 'get' | 'isLocal'>;
  readonly limit: RateLimiter;
}

/** People looked at for one search at once, and in all. */
const CHUNK = 200;
const MOST_LOOKED_AT = 2_000;

/** Who finds whom by name. @see https://spec.matrix.org/v1.19/client-server-api/#user-directory */
export class UserDirectory {
  constructor(private readonly deps: UserDirectoryDeps) {}

  /**
   * Those whose id or name has words that begin with all words of `term`, as far as the asker may know of them: who is
   * in a room with them, or in one that anybody may join or read.
   *
   * @returns `isLimited` when there are more than `limit`
   * @throws MatrixError M_LIMIT_EXCEEDED
   */
  async search(userId: UserId, term: string, limit: number): Promise<{ found: DirectoryEntry[]; isLimited: boolean }> {
    const { config, limit: rate } = this.deps;
    rate.take(userId);
    const words = wordsOf(term, MOST_WORDS);
    if (!config.enabled || words.length === 0) return { found: [], isLimited: false };
    const found: DirectoryEntry[] = [];
    for (let offset = 0; offset < MOST_LOOKED_AT && found.length <= limit; offset += CHUNK) {
      const chunk = await this.#chunk(userId, words, offset);
      found.push(...(await this.#visible(userId, chunk)));
      if (chunk.length < CHUNK) break;
    }
    return { found: found.slice(0, limit), isLimited: found.length > limit };
  }

  #chunk(except: UserId, words: readonly string[], offset: number): Promise<FoundUser[]> {
    const { db, store, config, serverName } = this.deps;
    const first = config.preferLocalUsers ? `:${serverName}` : '';
    return store.find(db, { words, except, first, offset, limit: CHUNK });
  }

  async #visible(userId: UserId, chunk: readonly FoundUser[]): Promise<FoundUser[]> {
    const { config, reader, serverName } = this.deps;
    const wanted = config.excludeRemoteUsers ? chunk.filter((user) => isOnServer(user.userId, serverName)) : chunk;
    const others = wanted.filter(({ isInPublicRoom }) => !isInPublicRoom).map((user) => user.userId);
    const known = new Set(config.searchAllUsers ? others : await reader.usersSharingRoom(userId, others));
    const visible = wanted.filter((user) => user.isInPublicRoom || known.has(user.userId));
    return config.showLockedUsers ? visible : this.#unlocked(visible);
  }

  /** Accounts are remembered, so this mostly asks no database. */
  async #unlocked(found: readonly FoundUser[]): Promise<FoundUser[]> {
    const { users } = this.deps;
    const locked = await Promise.all(
      found.map(async ({ userId }) => users.isLocal(userId) && (await users.get(userId))?.isLocked),
    );
    return found.filter((_user, at) => !locked[at]);
  }
}
