import type { Caches } from '../../base/caches.js';
import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Config } from '../../config/config.js';
import type { ServerName } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { Accounts } from '../accounts/index.js';
import type { Events } from '../events/index.js';
import type { Federation } from '../federation/index.js';
import type { ServerRequests } from '../servers/index.js';

/** What everything about rooms is made of. */
export interface RoomsDeps {
  readonly db: Database;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly serverName: ServerName;
  readonly config: Config;
  readonly events: Events;
  readonly federation: Federation;
  readonly accounts: Pick<
    Accounts,
    | 'accountData'
    | 'consents'
    | 'identityServers'
    | 'rateExceptions'
    | 'inviteRules'
    | 'profiles'
    | 'streams'
    | 'tags'
    | 'users'
  >;
  readonly log: Logger;
  /** how other servers are asked */
  readonly requests: Pick<ServerRequests, 'json'>;
}
