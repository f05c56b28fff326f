import type { Caches } from '../../../base/caches.js';
import type { Clock } from '../../../base/clock.js';
import type { Database } from '../../../storage/database.js';
import type { Events } from '../../events/index.js';
import type { MessageTimes } from '../../federation/index.js';
import type { Rooms } from '../../rooms/index.js';
import type { SyncSources } from '../ports.js';
import { StrippedRooms } from '../v2/stripped-room.js';
import { Connections } from './connections.js';
import { ConnectionStore } from './connections.store.js';
import { Extensions } from './extensions.js';
import { KnownMembers } from './known-members.js';
import { RoomFilters } from './room-filters.js';
import { RoomLists } from './room-list.js';
import { RoomNewsBuilder } from './room-news.js';
import { RoomStates } from './room-state.js';
import { RoomsPart } from './rooms-part.js';
import { SlidingSync } from './sliding-sync.js';

interface SlidingDeps {
  readonly db: Database;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly events: Events;
  readonly rooms: Rooms;
  readonly sources: SyncSources;
  readonly times: Pick<MessageTimes, 'delivered'>;
}

/** Sliding sync, put together. */
export function createSliding({ db, caches, clock, events, rooms, sources, times }: SlidingDeps) {
  const { reader, activity, timeline, visibility, stateAt, stateNews } = events;
  const { clientEvents } = rooms;
  const { accountData, notifications } = sources;
  const store = new ConnectionStore();
  const states = new RoomStates({ clock, reader, stateNews, clientEvents });
  const stripped = new StrippedRooms({ reader });
  const news = new RoomNewsBuilder({
    reader,
    activity,
    timeline,
    visibility,
    times,
    stateAt,
    states,
    stripped,
    clientEvents,
  });
  const sync = new SlidingSync({
    db,
    clock,
    sources,
    connections: new Connections({ db, caches, clock, store }),
    knownMembers: new KnownMembers(caches),
    lists: new RoomLists({ db, reader, activity, accountData, caches }),
    filters: new RoomFilters({ db, reader, accountData, caches }),
    rooms: new RoomsPart({ news, states, notifications }),
    extensions: new Extensions(sources),
  });
  return { sync, store };
}
