import type { Cache, Caches } from '../../base/caches.js';
import type { ServerName } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import { canonicalJson } from '../../spec/canonical-json.js';
import type { ReadKeyAnswer } from './read-key-answer.js';
import type { ServerKey, ServerKeyStore, StoredAnswer } from './server-keys.store.js';

export interface KnownKeysDeps {
  readonly db: Database;
  readonly store: ServerKeyStore;
  readonly caches: Caches;
}

const AT_ONCE = 500;
/** Letters kept of one answer, which is written once for each of its keys. */
const MOST_LETTERS = 512 * 1024;
const bytesOf = (keys: readonly ServerKey[]) => 200 + 300 * keys.length;

/** The keys of other servers that we have been told, in memory and in the database. */
export class KnownKeys {
  readonly #cache: Cache<ServerName, readonly ServerKey[]>;

  constructor(private readonly deps: KnownKeysDeps) {
    this.#cache = deps.caches.lru('keys of servers', { share: 0.004, entryBytes: bytesOf });
  }

  /** Whether keys of a server are at hand without waiting for anything. */
  isAtHand(server: ServerName): boolean {
    return (this.#cache.peek(server)?.length ?? 0) > 0;
  }

  /** The keys of many; those without any have an empty list. */
  async ofAll(servers: readonly ServerName[]): Promise<Map<ServerName, readonly ServerKey[]>> {
    const found = new Map<ServerName, readonly ServerKey[]>();
    const missing: ServerName[] = [];
    for (const server of new Set(servers)) {
      const known = this.#cache.get(server);
      if (known) found.set(server, known);
      else missing.push(server);
    }
    for (let at = 0; at < missing.length; at += AT_ONCE) {
      const some = missing.slice(at, at + AT_ONCE);
      const stored = await this.deps.store.keysOf(this.deps.db, some);
      for (const server of some) this.#remember(found, server, stored.get(server) ?? []);
    }
    return found;
  }

  /** Keeps what servers said: keys that they no longer name stay, for what was signed with them. */
  async keep(answers: readonly ReadKeyAnswer[]): Promise<void> {
    if (answers.length === 0) return;
    const { db, store } = this.deps;
    await db.write(async (tx) => {
      for (const { server, keys } of answers) {
        await store.put(tx, server, keys);
        tx.afterCommit(() => this.#cache.delete(server));
      }
      await store.putAnswers(tx, answers.flatMap(toStored));
    });
  }

  #remember(found: Map<ServerName, readonly ServerKey[]>, server: ServerName, keys: readonly ServerKey[]): void {
    found.set(server, keys);
    this.#cache.set(server, keys);
  }
}

function toStored({ server, keys, validUntil, answer }: ReadKeyAnswer): StoredAnswer[] {
  const text = canonicalJson(answer, 'lenient');
  // Those in use are the last.
  const kept = keys.slice(-Math.max(1, Math.floor(MOST_LETTERS / text.length)));
  return kept.map(({ keyId }) => ({ server, keyId, validUntil, text }));
}
