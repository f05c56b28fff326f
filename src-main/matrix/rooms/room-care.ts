import type { RoomId, ServerName } from '../../spec/ids.js';
import { isOnServer } from '../../spec/grammar.js';
import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Database } from '../../storage/database.js';
import { createStream, type Stream } from '../../storage/stream.js';
import type { Events } from '../events/index.js';
import type { Federation } from '../federation/index.js';
import type { BlockedRooms } from './blocking/blocked-rooms.js';
import type { RoomCreation } from './create-room.js';
import type { Directory } from './directory.js';
import type { DirectoryStore } from './directory.store.js';
import { RoomFiguresIndex } from './figures/room-figures.js';
import { RoomFiguresStore } from './figures/room-figures.store.js';
import type { RoomMembership } from './membership.js';
import { Evacuation } from './removal/evacuation.js';
import { RemovalsStore } from './removal/removals.store.js';
import { RoomLeftoverStore } from './removal/room-leftovers.store.js';
import { type RemovedRoom, RoomRemovals } from './removal/room-removals.js';
import { RoomAdmins } from './room-admins.js';
import { SearchStore } from './search/search.store.js';
import { SpaceTree } from './spaces/space-tree.js';

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly serverName: ServerName;
  readonly events: Events;
  readonly federation: Federation;
  readonly membership: RoomMembership;
  readonly creation: RoomCreation;
  readonly directory: Directory;
  readonly directoryStore: DirectoryStore;
  readonly blocked: BlockedRooms;
}

/** Servers asked about: of larger rooms these are enough to tell that it is under way. */
const MOST_SERVERS = 200;

/** What those do with rooms who look after the server. */
export function createRoomCare(deps: Deps) {
  const { db, serverName, events, federation, directory, directoryStore, blocked } = deps;
  const { reader, removal, appender } = events;
  const figuresStore = new RoomFiguresStore();
  const figures = new RoomFiguresIndex({ ...deps, store: figuresStore, reader, removal });
  const gone = createStream<RemovedRoom>(db, 'removed rooms');
  const isAnyoneWaiting = async (roomId: RoomId) => {
    const servers = (await reader.serversIn(roomId)).slice(0, MOST_SERVERS);
    const waiting = await federation.queues.waiting(servers);
    return [...waiting.values()].some(({ events: count }) => count > 0);
  };
  const evacuation = new Evacuation({
    ...deps,
    reader,
    appender,
    directory: directoryStore,
    isOurs: (userId) => isOnServer(userId, serverName),
  });
  const removals = new RoomRemovals({
    ...deps,
    reader,
    removal,
    store: new RemovalsStore(),
    leftovers: new RoomLeftoverStore(),
    figures,
    figuresStore,
    search: new SearchStore(),
    blocked,
    evacuation,
    isAnyoneWaiting,
    gone,
  });
  return {
    reader,
    graph: events.graph,
    directory,
    figures,
    removals,
    blocked,
    admins: new RoomAdmins({ ...deps, reader, policed: federation.appender }),
    spaces: new SpaceTree({ figures, reader }),
    /** rooms that are not stored any more: for who keeps something about them */
    gone: gone as Stream<RemovedRoom>,
  };
}
