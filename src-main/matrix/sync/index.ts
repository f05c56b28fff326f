import type { Clock } from '../../base/clock.js';
import type { Database } from '../../storage/database.js';
import type { Events } from '../events/index.js';
import type { Rooms } from '../rooms/index.js';
import { LazyMembers } from './lazy-members.js';
import type { SyncSources } from './ports.js';
import { syncEndpoints } from './sync.client.js';
import { Sync } from './sync.js';
import { RoomBlocks } from './v2/joined-room.js';
import { StateDeltas } from './v2/room-state-delta.js';
import { RoomTimelines } from './v2/room-timeline.js';
import { RoomsPart } from './v2/rooms-part.js';
import { StrippedRooms } from './v2/stripped-room.js';
import { Summaries } from './v2/summary.js';

export type { SyncSources } from './ports.js';
export { parseSyncToken, writeSyncToken } from './sync-token.js';

export interface SyncDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly events: Events;
  readonly rooms: Rooms;
  readonly sources: SyncSources;
}

/** What is new: reads every domain, and no domain reads it. */
export function createSync({ db, clock, events, rooms, sources }: SyncDeps) {
  const { reader, timeline, visibility } = events;
  const timelines = new RoomTimelines({ timeline, visibility });
  const deltas = new StateDeltas({ reader, lazyMembers: new LazyMembers() });
  const summaries = new Summaries({ reader });
  const blocks = new RoomBlocks({ reader, timelines, deltas, summaries, clientEvents: rooms.clientEvents });
  const part = new RoomsPart({ db, reader, blocks, stripped: new StrippedRooms({ reader }), sources });
  const sync = new Sync({ db, clock, reader, rooms: part, sources });
  return { sync, endpoints: syncEndpoints(sync, sources), jobs: [] };
}
