import type { Logger } from '../../../base/logger.js';
import { turn } from '../../../base/yield.js';
import type { ServerName } from '../../../spec/ids.js';
import type { Database } from '../../../storage/database.js';
import type { LooseFileStore } from '../loose-files.store.js';
import type { MediaRetention } from '../media-retention.js';
import type { CopiesOfServersStore } from './copies-of-servers.store.js';
import type { MediaAmount } from './media-care.store.js';

const AT_ONCE = 200;

/** Copies of what was uploaded to some servers. */
export class CopiesOfServers {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly log: Logger;
      readonly store: CopiesOfServersStore;
      readonly loose: LooseFileStore;
      readonly retention: Pick<MediaRetention, 'removeLooseFiles'>;
    },
  ) {}

  amounts(servers: readonly ServerName[]): Promise<ReadonlyMap<ServerName, MediaAmount>> {
    return this.deps.store.amounts(this.deps.db, servers);
  }

  /** Forgets them. Their files go in a moment, after a restart too. */
  async remove(servers: readonly ServerName[]): Promise<MediaAmount> {
    const { log, retention } = this.deps;
    let gone: MediaAmount = { count: 0, bytes: 0 };
    for (const server of servers) {
      for (;;) {
        const some = await this.#removeSome(server);
        if (some.count === 0) break;
        gone = { count: gone.count + some.count, bytes: gone.bytes + some.bytes };
        await turn();
      }
    }
    retention.removeLooseFiles(new AbortController().signal).catch((error: unknown) => {
      log.warn('files of copies could not be removed yet', { error });
    });
    return gone;
  }

  async #removeSome(server: ServerName): Promise<MediaAmount> {
    const { db, store, loose } = this.deps;
    const found = await store.some(db, server, AT_ONCE);
    if (found.length === 0) return { count: 0, bytes: 0 };
    await db.write(async (tx) => {
      const mediaIds = found.map(({ mediaId }) => mediaId);
      await store.remove(tx, server, mediaIds);
      for (const { hash } of found) await loose.add(tx, hash);
    });
    return { count: found.length, bytes: found.reduce((sum, { size }) => sum + size, 0) };
  }
}
