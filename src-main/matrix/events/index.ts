import type { Caches } from '../../base/caches.js';
import type { Clock } from '../../base/clock.js';
import type { Config } from '../../config/config.js';
import type { Logger } from '../../base/logger.js';
import type { Database } from '../../storage/database.js';
import { createStream, type Stream, type WritableStream } from '../../storage/stream.js';
import { AppendIncoming } from './append-incoming.js';
import { DraftPlaces } from './draft-place.js';
import { FirstState } from './first-state.js';
import { ForkPlanner } from './fork-planner.js';
import { ForkStore } from './forks.store.js';
import { RoomIntake } from './intake.js';
import { EventTextStore } from './event-texts.store.js';
import { JudgedEventStore } from './judged-events.store.js';
import { LateMembers } from './late-members.js';
import { OpenRoom } from './open-room.js';
import { OutOfBandMemberships } from './out-of-band.js';
import { PartialRooms } from './partial-rooms.js';
import { PartialRoomStore } from './partial-rooms.store.js';
import { Outliers } from './outliers.js';
import { SignedPduChecks } from './pdu-checks.js';
import { Prepend } from './prepend.js';
import { ResolutionInputs } from './resolution-input.js';
import { RoomGraph } from './room-graph.js';
import { RoomTemplates } from './room-templates.js';
import { StateResolver } from './state-resolver.js';
import { StatesAfter } from './states-after.js';
import type { Graph, Intake, PduChecks, Templates } from './ports.js';
import type { KeyRing } from '../servers/index.js';
import { ActivityStore } from './activity.store.js';
import { EventAppender } from './append.js';
import { Authored } from './authored.js';
import { AuthoredStore } from './authored.store.js';
import type { Author } from './build-event.js';
import { ChangeState } from './change-state.js';
import { CompleteRoom, type WholeRoom } from './complete-room.js';
import { CurrentStateStore } from './current-state.store.js';
import { EventTimeStore } from './event-times.store.js';
import { EventTimes } from './event-times.js';
import { ErasedSenders } from './erased-senders.js';
import { ErasedSenderStore } from './erased-senders.store.js';
import { EventStore } from './events.store.js';
import { EventsStream } from './events-stream.js';
import { GraphStore } from './graph.store.js';
import { MembershipStore } from './membership.store.js';
import { NameStore } from './names.store.js';
import { OutgoingEvents } from './outgoing-events.js';
import { OutgoingStore } from './outgoing.store.js';
import { PersistEvent } from './persist.js';
import { EventRedactor } from './redact-event.js';
import { RedactionStore } from './redactions.store.js';
import { RelationReader } from './relation-reader.js';
import { RelationStore } from './relations.store.js';
import { EventRemoval } from './removal/event-removal.js';
import { RemovalStore } from './removal/removal.store.js';
import { Retention } from './retention.js';
import { RetentionStore } from './retention.store.js';
import { RoomActivity } from './room-activity.js';
import { RoomHeads } from './room-heads.js';
import { RoomMemory } from './room-memory.js';
import { RoomReader } from './room-reader.js';
import { RoomForgetter } from './room-forgetter.js';
import { RoomServerStore } from './room-servers.store.js';
import { ServersInCommonStore } from './servers-in-common.store.js';
import { RoomStore } from './rooms.store.js';
import { SnapshotViews } from './snapshot-views.js';
import { StateNews } from './state-news.js';
import { StateNewsStore } from './state-news.store.js';
import { StateStore } from './state.store.js';
import { StateAt } from './state-at.js';
import { StoreEvent } from './store-event.js';
import { StrippedStateStore } from './stripped-state.store.js';
import { TieLeaves } from './tie-leaves.js';
import { Timeline } from './timeline.js';
import { Visibility } from './visibility.js';

export type { CreateDraft, EventAppender, EventDraft } from './append.js';
export type { Authored, PlacedEvent } from './authored.js';
export type { WholeRoom } from './complete-room.js';
export type { EventContent } from './build-event.js';
export type { EventTimes } from './event-times.js';
export type { StoredEvent } from './events.store.js';
export type { Membership, MembershipChange, MembershipState } from './membership.store.js';
export { withNamedMembers } from './named-members.js';
export type { OutgoingEvents } from './outgoing-events.js';
export type { OutgoingPdu } from './outgoing.store.js';
export { relationOf } from './persist.js';
export type { PartialRoom, PartialRooms } from './partial-rooms.js';
export type {
  AppendOptions,
  Appended,
  CheckedEvent,
  Completed,
  CompletedRoom,
  EventTemplate,
  Gap,
  Graph,
  Intake,
  Knowledge,
  OpenedRoom,
  OutliersAdded,
  OutOfBand,
  PduChecks,
  PduVerdict,
  Prepended,
  RefusedEvent,
  Templates,
} from './ports.js';
export type { EventRemoval, RemovedBatch } from './removal/event-removal.js';
export type { Amount, TimePlace } from './removal/removal.store.js';
export type { RelationReader } from './relation-reader.js';
export type { Relation, ThreadSummary } from './relations.store.js';
export type { KeptRoom, Retention } from './retention.js';
export type { RoomActivity } from './room-activity.js';
export type { RoomForgetter } from './room-forgetter.js';
export type { RoomReader, StateStep } from './room-reader.js';
export { isFetchedLater } from './stored-event.js';
export type { Room } from './rooms.store.js';
export { isSameContent } from './same-content.js';
export type { InCommon } from './servers-in-common.store.js';
export type { ChangedState, GoneEntry, StateNews } from './state-news.js';
export type { StateAt } from './state-at.js';
export type { Matches, Timeline, TimelinePage, TimelineRange } from './timeline.js';
export { EVENTS_STREAM, MEMBERSHIPS_TOPIC, OUTGOING_STREAM } from './topics.js';
export type { Visibility } from './visibility.js';

export interface EventsDeps {
  readonly db: Database;
  readonly config: { readonly rooms: Pick<Config['rooms'], 'retention'> };
  readonly caches: Caches;
  readonly clock: Clock;
  readonly log: Logger;
  readonly author: Author;
  /** other servers' keys */
  readonly keys: Pick<KeyRing, 'verify'>;
}

/** The tables. */
function openStores(caches: Caches) {
  const rooms = new RoomStore(caches);
  return {
    rooms,
    names: new NameStore(caches),
    events: new EventStore(rooms, caches),
    current: new CurrentStateStore(),
    memberships: new MembershipStore(caches),
    relations: new RelationStore(),
    redactions: new RedactionStore(),
    state: new StateStore(),
    graph: new GraphStore(),
    servers: new RoomServerStore(caches),
    outgoing: new OutgoingStore(),
    stripped: new StrippedStateStore(),
    partialRooms: new PartialRoomStore(),
    judged: new JudgedEventStore(),
    texts: new EventTextStore(),
  };
}

/** What knows states, and what writes events. */
function createGraphParts(deps: EventsDeps & { readonly stores: ReturnType<typeof openStores> }) {
  const { db, caches, clock, stores } = deps;
  const { serverName } = deps.author;
  const heads = new RoomHeads({ ...stores, caches });
  const views = new SnapshotViews(stores);
  const states = new StatesAfter({ ...stores, db });
  const inputs = new ResolutionInputs(stores);
  const resolver = new StateResolver({ ...stores, db, caches, inputs });
  const changeState = new ChangeState({ ...stores, serverName, heads });
  const redactor = new EventRedactor(stores);
  const store = new StoreEvent(stores);
  const persist = new PersistEvent({ ...stores, serverName, heads, redactor, changeState, views, store });
  const places = new DraftPlaces({ ...stores, heads, views, states, resolver });
  const log = deps.log.child({ part: 'events' });
  const partials = new PartialRooms({ db, clock, store: stores.partialRooms });
  return {
    ...stores,
    db,
    clock,
    log,
    serverName,
    heads,
    views,
    states,
    resolver,
    changeState,
    persist,
    places,
    partials,
  };
}

/** The way of other servers' events into rooms. */
function createIntake(
  parts: ReturnType<typeof createGraphParts>,
  appender: EventAppender,
  whole: WritableStream<WholeRoom>,
) {
  const outliers = new Outliers(parts);
  const planner = new ForkPlanner(parts);
  const prepending = new Prepend(parts);
  const tying = new TieLeaves({ ...parts, appender });
  const firstState = new FirstState(parts);
  const lateMembers = new LateMembers(parts);
  return new RoomIntake({
    ...parts,
    outliers,
    appending: new AppendIncoming({ ...parts, planner, prepending, tying }),
    prepending,
    opening: new OpenRoom({ ...parts, outliers, firstState }),
    completing: new CompleteRoom({ ...parts, lateMembers, whole }),
    outOfBandMemberships: new OutOfBandMemberships(parts),
  });
}

/** The rooms' graphs: the only writer of room events, and who reads them. No endpoints. */
export function createEvents(deps: EventsDeps) {
  const { db, caches, author } = deps;
  const stores = openStores(caches);
  const parts = createGraphParts({ ...deps, stores });
  const { names, events, relations } = stores;
  const stateAt = new StateAt({ db, ...stores, caches });
  const appender = new EventAppender({ ...parts, author });
  const memory = new RoomMemory({ db, caches });
  /** rooms whose members were left out, once they are here */
  const wholeRooms = createStream<WholeRoom>(db, 'whole rooms');
  const reader = new RoomReader({ db, ...stores, memory });
  const retention = new Retention({
    ...deps,
    settings: deps.config.rooms.retention,
    store: new RetentionStore(),
    reader,
  });
  const erased = new ErasedSenders({ db, store: new ErasedSenderStore() });
  return {
    /** whom we share rooms with: for consoles */
    inCommon: new ServersInCommonStore(),
    appender,
    /** what somebody wrote: for who takes it back */
    authored: new Authored({ db, store: new AuthoredStore() }),
    intake: createIntake(parts, appender, wholeRooms) as Intake,
    pdus: new SignedPduChecks(deps) as PduChecks,
    graph: new RoomGraph(parts) as Graph,
    templates: new RoomTemplates(parts) as Templates,
    reader,
    stateAt,
    stateNews: new StateNews({ db, names, events, store: new StateNewsStore() }),
    activity: new RoomActivity({ db, names, store: new ActivityStore(), caches }),
    timeline: new Timeline({ ...stores, db, memory }),
    times: new EventTimes({ db, times: new EventTimeStore(), events }),
    visibility: new Visibility({ stateAt, reader, retention, erased }),
    erased,
    retention,
    relations: new RelationReader({ db, names, relations, memory }),
    forgetter: new RoomForgetter(stores),
    /** rooms that cost more than they should */
    forks: new ForkStore(),
    stream: new EventsStream({ db, events }),
    wholeRooms: wholeRooms as Stream<WholeRoom>,
    partials: parts.partials,
    outgoing: new OutgoingEvents(parts),
    /** what takes events out of the store again */
    removal: new EventRemoval({ ...parts, removals: new RemovalStore() }),
    endpoints: [],
    jobs: [],
  };
}

export type Events = ReturnType<typeof createEvents>;
