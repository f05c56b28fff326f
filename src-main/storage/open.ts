import type { Caches } from '../base/caches.js';
import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { DatabaseConfig } from '../config/config.js';
import type { Database } from './database.js';
import { migrations } from './migrations/index.js';
import { openSqlite } from './sqlite.js';

/**
 * Opens the database, made when it is not there and brought up to date, and keeps other servers out of it.
 *
 * @throws StorageError `refused`, with a sentence for people: it is in use, or from a newer version
 */
export async function openDatabase(
  config: DatabaseConfig,
  { caches, clock, log }: { caches: Caches; clock: Clock; log: Logger },
): Promise<Database> {
  const mostTopics = caches.mostEntries('news', { share: 0.04, entryBytes: 150 });
  const deps = { clock, log, migrations, mostTopics };
  switch (config.engine) {
    case 'sqlite':
      return openSqlite(config.path, deps);
    case 'postgres': {
      // Loaded only where it is used.
      const { openPostgres } = await import('./postgres.js');
      return openPostgres(config.connection, { ...deps, poolSize: config.poolSize });
    }
  }
}
