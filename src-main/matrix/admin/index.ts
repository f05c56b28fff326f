import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Config } from '../../config/config.js';
import type { ServerName } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import { createStream, type Stream } from '../../storage/stream.js';
import type { Accounts } from '../accounts/index.js';
import type { Events } from '../events/index.js';
import type { Federation } from '../federation/index.js';
import type { Media } from '../media/index.js';
import type { Rooms } from '../rooms/index.js';
import type { Servers } from '../servers/index.js';
import { AuthorRedactions } from './author-redactions.js';
import { cleaningUp, clearingOldUploads } from './clean-ups.job.js';
import { CleanUps } from './clean-ups.js';
import { type CleanUp, CleanUpStore } from './clean-ups.store.js';
import { erasing } from './erasures.job.js';
import { Erasures } from './erasures.js';
import { type Erasure, ErasureStore } from './erasures.store.js';
import { forgettingServers } from './gone-servers.job.js';
import { GoneServers } from './gone-servers.js';
import { TidiedServerStore } from './tidied-servers.store.js';

export type { CleanUp } from './clean-ups.store.js';
export { CLEAN_UPS_TOPIC } from './clean-ups.js';
export type { CleanUpRequest, CleanUps } from './clean-ups.js';
export type { ErasureAmount, Erasures } from './erasures.js';
export { ERASURES_TOPIC } from './erasures.js';
export type { Erasure, ErasureState } from './erasures.store.js';
export type { GoneServers } from './gone-servers.js';

export interface AdminDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly serverName: ServerName;
  readonly config: Pick<Config, 'media'>;
  readonly accounts: Pick<Accounts, 'users' | 'deactivations'>;
  readonly media: Pick<Media, 'care' | 'ofPerson' | 'ofServers' | 'uses'>;
  readonly events: Pick<Events, 'reader' | 'authored' | 'inCommon'>;
  readonly federation: Pick<Federation, 'appender' | 'queues'>;
  readonly rooms: Pick<Rooms, 'care'>;
  readonly servers: Pick<Servers, 'destinations' | 'peers'>;
}

/** What those who look after the server do that reaches through many domains. */
export function createAdmin(deps: AdminDeps) {
  const { db, accounts, media, events, federation } = deps;
  const log = deps.log.child({ part: 'admin' });
  const ended = createStream<Erasure>(db, 'ended erasures');
  const redactions = new AuthorRedactions({ ...deps, ...events, log, appender: federation.appender });
  const erasures = new Erasures({
    ...deps,
    ...accounts,
    log,
    store: new ErasureStore(),
    redactions,
    uploads: media.ofPerson,
    uses: media.uses,
    ended,
  });
  const rooms = deps.rooms.care;
  const { queues } = federation;
  const gone = new GoneServers({
    ...deps,
    log,
    rooms,
    queues,
    copies: media.ofServers,
    store: new TidiedServerStore(),
  });
  const cleared = createStream<CleanUp>(db, 'ended media clean-ups');
  const cleanUps = new CleanUps({ ...deps, log, store: new CleanUpStore(), care: media.care, rooms, ended: cleared });
  const { localLifetime: lifetime } = deps.config.media;
  return {
    erasures,
    gone,
    cleanUps,
    /** clean-ups that are over: for who notes it */
    cleared: cleared as Stream<CleanUp>,
    /** people whose erasure is over: for who notes it */
    ended: ended as Stream<Erasure>,
    endpoints: [],
    jobs: [
      erasing({ db, erasures }),
      forgettingServers({ ...deps, log, rooms, gone }),
      cleaningUp({ db, cleanUps }),
      ...(lifetime === undefined ? [] : [clearingOldUploads({ ...deps, cleanUps, lifetime })]),
    ],
  };
}

export type Admin = ReturnType<typeof createAdmin>;
