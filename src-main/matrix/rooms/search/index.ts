import type { Transaction } from '../../../storage/database.js';
import type { ClientEvents } from '../client-events.js';
import { searchEndpoints } from './search.client.js';
import { Search } from './search.js';
import { SearchStore } from './search.store.js';
import { SearchAnswer } from './search-answer.js';
import { searchIndexing } from './search-index.job.js';
import { SearchIndex } from './search-index.js';
import type { RoomsDeps } from '../rooms-deps.js';

/** What was said, by its words. */
export function createSearch({ db, clock, config, events }: RoomsDeps, clientEvents: ClientEvents) {
  const { reader, visibility } = events;
  const store = new SearchStore();
  const search = new Search({ db, store, reader, visibility, isEnabled: config.searchEnabled });
  const answer = new SearchAnswer({ ...events, clientEvents });
  const indexing = searchIndexing({ db, clock, events, index: new SearchIndex({ store, reader }) });
  return {
    endpoints: searchEndpoints(search, answer),
    jobs: config.searchEnabled ? [indexing] : [],
    /** what was indexed of messages that are deleted */
    forget: (tx: Transaction, nids: readonly number[]) => store.removeAll(tx, nids),
  };
}
