import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { ServerName } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import { createStream, type Stream } from '../../storage/stream.js';
import type { Accounts } from '../accounts/index.js';
import type { Events } from '../events/index.js';
import type { Federation } from '../federation/index.js';
import type { Media } from '../media/index.js';
import { AuthorRedactions } from './author-redactions.js';
import { erasing } from './erasures.job.js';
import { Erasures } from './erasures.js';
import { type Erasure, ErasureStore } from './erasures.store.js';

export type { ErasureAmount, Erasures } from './erasures.js';
export { ERASURES_TOPIC } from './erasures.js';
export type { Erasure, ErasureState } from './erasures.store.js';

export interface AdminDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly serverName: ServerName;
  readonly accounts: Pick<Accounts, 'users' | 'deactivations'>;
  readonly media: Pick<Media, 'ofPerson' | 'uses'>;
  readonly events: Pick<Events, 'reader' | 'authored'>;
  readonly federation: Pick<Federation, 'appender'>;
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
  return {
    erasures,
    /** people whose erasure is over: for who notes it */
    ended: ended as Stream<Erasure>,
    endpoints: [],
    jobs: [erasing({ db, erasures })],
  };
}

export type Admin = ReturnType<typeof createAdmin>;
