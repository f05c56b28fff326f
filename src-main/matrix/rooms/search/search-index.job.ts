import type { Clock } from '../../../base/clock.js';
import type { Job } from '../../../base/supervisor.js';
import { batchFollower } from '../../../storage/batch-follower.js';
import type { Database } from '../../../storage/database.js';
import type { Events } from '../../events/index.js';
import type { SearchIndex } from './search-index.js';

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly events: Pick<Events, 'stream'>;
  readonly index: SearchIndex;
}

/** Makes what is said in rooms found by search. */
export const searchIndexing = ({ events, index, ...deps }: Deps): Job =>
  batchFollower({
    ...deps,
    name: 'rooms.search',
    stream: events.stream,
    gather: 200,
    prepare: (changes) => index.prepare(changes.map(({ change }) => change)),
  });
