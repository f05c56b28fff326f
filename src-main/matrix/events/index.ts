import type { Caches } from '../../base/caches.js';
import type { Clock } from '../../base/clock.js';
import type { Database } from '../../storage/database.js';
import { ActivityStore } from './activity.store.js';
import { EventAppender } from './append.js';
import type { Author } from './build-event.js';
import { ChangeState } from './change-state.js';
import { CurrentStateStore } from './current-state.store.js';
import { EventTimeStore } from './event-times.store.js';
import { EventTimes } from './event-times.js';
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
import { RoomActivity } from './room-activity.js';
import { RoomHeads } from './room-heads.js';
import { RoomMemory } from './room-memory.js';
import { RoomReader } from './room-reader.js';
import { RoomForgetter } from './room-forgetter.js';
import { RoomServerStore } from './room-servers.store.js';
import { RoomStore } from './rooms.store.js';
import { SnapshotViews } from './snapshot-views.js';
import { StateNews } from './state-news.js';
import { StateNewsStore } from './state-news.store.js';
import { StateStore } from './state.store.js';
import { StateAt } from './state-at.js';
import { StoreEvent } from './store-event.js';
import { StrippedStateStore } from './stripped-state.store.js';
import { Timeline } from './timeline.js';
import { Visibility } from './visibility.js';

export type { CreateDraft, EventAppender, EventDraft } from './append.js';
export type { EventContent } from './build-event.js';
export type { EventTimes } from './event-times.js';
export type { StoredEvent } from './events.store.js';
export type { Membership, MembershipChange, MembershipState } from './membership.store.js';
export type { OutgoingEvents } from './outgoing-events.js';
export type { OutgoingPdu } from './outgoing.store.js';
export { relationOf } from './persist.js';
export type {
  AppendOptions,
  Appended,
  CheckedEvent,
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
  ServerInRoom,
  Templates,
} from './ports.js';
export type { RelationReader } from './relation-reader.js';
export type { Relation, ThreadSummary } from './relations.store.js';
export type { RoomActivity } from './room-activity.js';
export type { RoomForgetter } from './room-forgetter.js';
export type { RoomReader, StateStep } from './room-reader.js';
export type { Room } from './rooms.store.js';
export { isSameContent } from './same-content.js';
export type { ChangedState, GoneEntry, StateNews } from './state-news.js';
export type { StateAt } from './state-at.js';
export type { Matches, Timeline, TimelinePage, TimelineRange } from './timeline.js';
export { EVENTS_STREAM, MEMBERSHIPS_TOPIC, OUTGOING_STREAM } from './topics.js';
export type { Visibility } from './visibility.js';

export interface EventsDeps {
  readonly db: Database;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly author: Author;
}

/** The rooms' graphs: the only writer of room events, and who reads them. No endpoints. */
export function createEvents({ db, caches, clock, author }: EventsDeps) {
  const names = new NameStore(caches);
  const rooms = new RoomStore(caches);
  const events = new EventStore(rooms, caches);
  const current = new CurrentStateStore();
  const memberships = new MembershipStore(caches);
  const relations = new RelationStore();
  const redactions = new RedactionStore();
  const state = new StateStore();
  const graph = new GraphStore();
  const servers = new RoomServerStore(caches);
  const outgoing = new OutgoingStore();
  const stripped = new StrippedStateStore();
  const heads = new RoomHeads({ rooms, events, current, caches });
  const redactor = new EventRedactor({ events, relations, redactions });
  const { serverName } = author;
  const stores = { names, rooms, events, current, memberships, relations, state, graph, servers, outgoing, stripped };
  const views = new SnapshotViews(stores);
  const changeState = new ChangeState({ ...stores, serverName, heads });
  const store = new StoreEvent(stores);
  const persist = new PersistEvent({ ...stores, serverName, heads, redactor, changeState, views, store });
  const stateAt = new StateAt({ db, ...stores, caches });
  const memory = new RoomMemory({ db, caches });
  const reader = new RoomReader({ db, ...stores, memory });
  return {
    appender: new EventAppender({ ...stores, heads, persist, author, clock }),
    reader,
    stateAt,
    stateNews: new StateNews({ db, names, events, store: new StateNewsStore() }),
    activity: new RoomActivity({ db, names, store: new ActivityStore(), caches }),
    timeline: new Timeline({ db, events, memory }),
    times: new EventTimes({ db, times: new EventTimeStore(), events }),
    visibility: new Visibility({ stateAt, reader }),
    relations: new RelationReader({ db, names, relations, memory }),
    forgetter: new RoomForgetter({ rooms, memberships }),
    stream: new EventsStream({ db, events }),
    outgoing: new OutgoingEvents({ ...stores, db, serverName }),
    endpoints: [],
    jobs: [],
  };
}

export type Events = ReturnType<typeof createEvents>;
