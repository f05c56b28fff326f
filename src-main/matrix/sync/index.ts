import type { Caches } from '../../base/caches.js';
import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Database } from '../../storage/database.js';
import type { Accounts } from '../accounts/index.js';
import type { Encryption } from '../encryption/index.js';
import type { Ephemeral } from '../ephemeral/index.js';
import type { Events } from '../events/index.js';
import type { MessageTimes } from '../federation/index.js';
import type { Push } from '../push/index.js';
import type { Rooms } from '../rooms/index.js';
import { LazyMembers } from './lazy-members.js';
import { EventStream } from './old/event-stream.js';
import { InitialSync } from './old/initial-sync.js';
import { oldSyncEndpoints, oneEventEndpoint } from './old/old-sync.client.js';
import type { SyncSources } from './ports.js';
import { createSliding } from './sliding/create.js';
import { slidingDevicesFollower } from './sliding/device-cleanup.job.js';
import { slidingEndpoints } from './sliding/sliding.client.js';
import { syncSources } from './sources.js';
import { syncEndpoints } from './sync.client.js';
import { Sync } from './sync.js';
import { RoomBlocks } from './v2/joined-room.js';
import { StateDeltas } from './v2/room-state-delta.js';
import { RoomTimelines } from './v2/room-timeline.js';
import { RoomsPart } from './v2/rooms-part.js';
import { StrippedRooms } from './v2/stripped-room.js';
import { Summaries } from './v2/summary.js';

export { parseSyncToken, writeSyncToken } from './sync-token.js';

export interface SyncDeps {
  readonly db: Database;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: Events;
  readonly rooms: Rooms;
  readonly accounts: Accounts;
  readonly encryption: Encryption;
  readonly ephemeral: Ephemeral;
  readonly push: Push;
  /** told what devices are told */
  readonly times: Pick<MessageTimes, 'delivered'>;
}

/** What is new: reads every domain, and no domain reads it. */
export function createSync({ db, caches, clock, log, events, rooms, times, ...domains }: SyncDeps) {
  const sources = syncSources({ ...domains, rooms });
  const { reader, timeline, visibility, partials } = events;
  const timelines = new RoomTimelines({ timeline, visibility, times });
  const deltas = new StateDeltas({ reader, lazyMembers: new LazyMembers(caches) });
  const summaries = new Summaries({ reader });
  const blocks = new RoomBlocks({ reader, timelines, deltas, summaries, clientEvents: rooms.clientEvents });
  const part = new RoomsPart({ db, reader, blocks, stripped: new StrippedRooms({ reader }), sources });
  const sync = new Sync({ db, clock, reader, partials, rooms: part, sources });
  const sliding = createSliding({ db, caches, clock, events, rooms, sources, times });
  const { accounts } = domains;
  const old = createOldSync({ db, clock, events, rooms, sources });
  return {
    sync,
    endpoints: [...syncEndpoints(sync, sources), ...slidingEndpoints(sliding.sync, sources.ephemeral), ...old],
    jobs: [slidingDevicesFollower({ db, clock, log, accounts, store: sliding.store })],
  };
}

/** What clients called before there was /sync. */
function createOldSync({
  db,
  clock,
  events,
  rooms,
  sources,
}: Pick<SyncDeps, 'db' | 'clock' | 'events' | 'rooms'> & { readonly sources: SyncSources }) {
  const { reader, timeline, visibility } = events;
  const { access, clientEvents } = rooms;
  const { accountData } = sources;
  const stream = new EventStream({ db, clock, reader, timeline, visibility, access, clientEvents, accountData });
  const initial = new InitialSync({ db, reader, partials: events.partials, rooms, sources });
  return [...oldSyncEndpoints(stream, initial), oneEventEndpoint(reader, rooms)];
}
