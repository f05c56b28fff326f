import type { Cache, Caches } from '../../base/caches.js';
import { objectAt } from '../../base/json.js';
import type { UserId } from '../../spec/ids.js';
import type { Database, Position } from '../../storage/database.js';
import { userTopic } from '../../storage/news.js';
import type { Accounts } from '../accounts/index.js';

interface Known {
  /** holds unless something happened to the user after this */
  readonly at: Position;
  readonly users: ReadonlySet<string>;
}

const NOBODY: ReadonlySet<string> = new Set();

/** Whom people ignore: what those do notifies nobody who ignores them. */
export class IgnoredUsers {
  readonly #known: Cache<UserId, Known>;

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly accountData: Pick<Accounts['accountData'], 'get'>;
      readonly caches: Caches;
    },
  ) {
    this.#known = deps.caches.lru('people ignored by readers', {
      share: 0.004,
      entryBytes: ({ users }) => 200 + 100 * users.size,
    });
  }

  /** The same set as before for as long as it holds the same people. */
  async by(userId: UserId): Promise<ReadonlySet<string>> {
    const { db, accountData } = this.deps;
    const known = this.#known.get(userId);
    if (known && !db.news.mayHaveChangedSince(userTopic(userId), known.at)) return known.users;
    const at = db.position();
    const list = await accountData.get(userId, undefined, 'm.ignored_user_list');
    const listed = Object.keys(objectAt(list, 'ignored_users') ?? {});
    const users = unchanged(known?.users ?? NOBODY, listed);
    this.#known.set(userId, { at, users });
    return users;
  }
}

const unchanged = (before: ReadonlySet<string>, listed: readonly string[]): ReadonlySet<string> =>
  before.size === listed.length && listed.every((user) => before.has(user)) ? before : new Set(listed);
