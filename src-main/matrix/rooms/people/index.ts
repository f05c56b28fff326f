import { RateLimiter } from '../../../http/rate-limit.js';
import { userDirectoryEndpoints } from './user-directory.client.js';
import { UserDirectoryIndex } from './user-directory-index.js';
import { userDirectoryJobs } from './user-directory.job.js';
import { UserDirectoryStore } from './user-directory.store.js';
import { UserDirectory } from './user-directory.js';
import type { RoomsDeps } from '../rooms-deps.js';

/** Who finds whom by name. */
export function createUserDirectory({ db, clock, serverName, config, events, accounts, log }: RoomsDeps) {
  const { reader } = events;
  const { profiles, streams, users } = accounts;
  const store = new UserDirectoryStore();
  const limit = new RateLimiter(config.rateLimits.userDirectory, clock, accounts.rateExceptions);
  const directory = new UserDirectory({ db, serverName, config: config.userDirectory, store, reader, users, limit });
  const index = new UserDirectoryIndex({ db, store, reader, profiles, users });
  return {
    endpoints: userDirectoryEndpoints(directory),
    jobs: userDirectoryJobs({ db, clock, log, events, streams, index }),
  };
}
