import type { JsonValue } from '../../base/json.js';
import type { StrippedState } from '../../spec/client-event.js';
import type { RoomEvent } from '../../spec/event.js';
import type { EventId, RoomId, ServerName } from '../../spec/ids.js';
import type { RoomVersionRules } from '../../spec/room-version.js';
import type { PduDraft } from '../../spec/seal-pdu.js';
import type { EventContent } from './build-event.js';
import type { StoredEvent } from './events.store.js';

/** An event of another server that has passed the checks which need no room: it may be handed to `Intake`. */
export interface CheckedEvent {
  /** redacted where its content hash was wrong */
  readonly event: RoomEvent;
  /** canonical JSON, without `unsigned`: what is stored */
  readonly text: string;
}

/** What is no event of this room, or not signed by those who must have signed it. `why` is a clause for the log. */
export interface RefusedEvent {
  readonly refused: string;
  /** where it could be computed */
  readonly eventId?: EventId;
  /** a key could not be had: may be otherwise later */
  readonly mayHoldLater?: true;
}

export type PduVerdict = CheckedEvent | RefusedEvent;

export interface PduChecks {
  /**
   * Checks format, limits, signatures and content hashes of events from elsewhere, in bulk.
   *
   * @param values from `parseJsonLossless`
   * @param options.roomId refuses events of other rooms
   * @returns a verdict for each value, in their order
   * @see https://spec.matrix.org/v1.19/server-server-api/#checks-performed-on-receipt-of-a-pdu rules 1 to 3
   */
  check(
    values: readonly JsonValue[],
    rules: RoomVersionRules,
    options?: { readonly roomId?: RoomId; readonly signal?: AbortSignal },
  ): Promise<PduVerdict[]>;
}

/** How much of an event is stored: `placed` with the state before it, `outlier` only by itself. */
export type Knowledge = 'placed' | 'outlier';

/** What became of events that were added without a place. */
export interface OutliersAdded {
  /** stored now or before, and allowed by their auth events */
  readonly accepted: number;
  /** stored now or before, as rejected */
  readonly rejected: readonly EventId[];
  /** not stored, because auth events of them are not known */
  readonly incomplete: readonly EventId[];
}

export type Appended =
  /** it stands in the timeline */
  | { readonly outcome: 'accepted'; readonly event: StoredEvent }
  /** stored, and shown to nobody; or it stood there before, whatever it was judged then */
  | { readonly outcome: 'soft-failed' | 'known'; readonly event: StoredEvent }
  /** `why` names the rule */
  | { readonly outcome: 'rejected'; readonly why: string; readonly event: StoredEvent }
  /** nothing was stored: these events must be known first */
  | {
      readonly outcome: 'incomplete';
      readonly missingAuth: readonly EventId[];
      readonly missingPrev: readonly EventId[];
    };

export interface AppendOptions {
  /** whose transaction or request brought it */
  readonly origin: ServerName;
  /**
   * The state before it, by ids of events that were stored before: needed where previous events are not known. Ids that
   * are not known are left out.
   */
  readonly stateBefore?: readonly EventId[];
  /** other servers of the room get it from us: joins, leaves and knocks that we let in */
  readonly relay?: boolean;
  /** those that the room's policy server does not recommend: they are stored, and shown to nobody */
  readonly unwanted?: ReadonlySet<EventId>;
  /** of an event of ours: by what its sender may repeat the request */
  readonly transaction?: StoredEvent['transaction'];
}

export interface Prepended {
  /** how many now stand in the timeline that did not before */
  readonly placed: number;
  readonly rejected: readonly EventId[];
  /** stored, and shown to nobody: they are unwanted */
  readonly hidden: readonly EventId[];
  /** not placed: neither the state before them nor all their previous events are known, or auth events are missing */
  readonly incomplete: readonly EventId[];
}

/** A room that we come into by another server. */
export interface OpenedRoom {
  readonly roomId: RoomId;
  readonly rules: RoomVersionRules;
  /** our join, signed by whoever must */
  readonly event: CheckedEvent;
  /** the state before the join */
  readonly state: readonly CheckedEvent[];
  readonly authChain: readonly CheckedEvent[];
  /** most members were left out of the state: they come later, by `completeRoom` */
  readonly partial?: {
    /** who let us in */
    readonly via: ServerName;
    /** the servers that were in the room before us */
    readonly servers: readonly ServerName[];
  };
  /** called after each piece of work, for whoever shows how far it is */
  readonly onProgress?: (done: number, of: number) => void;
  readonly signal?: AbortSignal;
}

/** The state that a room waited for. */
export interface CompletedRoom {
  readonly roomId: RoomId;
  /** all of the state before our join, by ids of events that are stored */
  readonly stateIds: readonly EventId[];
  /** called with how many members are in place */
  readonly onProgress?: (done: number, of: number) => void;
  readonly signal?: AbortSignal;
}

/** What became of a room's state: `refused` when it does not let us in; `gone` when nobody waits for it any more. */
export type Completed = 'complete' | 'refused' | 'gone';

/** An invite, a knock or a departure of somebody here, in a room that this server is not in. */
export interface OutOfBand {
  readonly roomId: RoomId;
  readonly rules: RoomVersionRules;
  readonly event: CheckedEvent;
  /** a little of the room's state, as the other server tells it; undefined leaves what is stored */
  readonly strippedState?: readonly StrippedState[] | undefined;
}

/**
 * The way of other servers' events into rooms. All events given were checked by `PduChecks` before. One at a time for
 * each room; asks nobody outside.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#checks-performed-on-receipt-of-a-pdu rules 4 to 6
 */
export interface Intake {
  /** How much is known of some events; those of which nothing is known are left out. */
  known(eventIds: readonly EventId[]): Promise<ReadonlyMap<EventId, Knowledge>>;
  /** Those of some events that are stored, in whatever way. */
  stored(eventIds: readonly EventId[]): Promise<ReadonlySet<EventId>>;
  /**
   * Stores events without a place: state, and what authorizes it. Any order will do.
   *
   * @throws MatrixError M_NOT_FOUND for an unknown room
   */
  addOutliers(roomId: RoomId, events: readonly CheckedEvent[]): Promise<OutliersAdded>;
  /** Adds an event to the end of the room's graph. @throws MatrixError M_NOT_FOUND for an unknown room */
  append(event: CheckedEvent, options: AppendOptions): Promise<Appended>;
  /**
   * Adds several events of a room in the order given: those that follow one another cost little more than one.
   *
   * @returns what became of each
   * @throws MatrixError M_NOT_FOUND for an unknown room
   */
  appendAll(roomId: RoomId, events: readonly CheckedEvent[], options: AppendOptions): Promise<Appended[]>;
  /**
   * Adds history: events before what is known. They never change the current state.
   *
   * @param options.stateBefore the state before the earliest of them, where its previous events are not known
   */
  prepend(
    roomId: RoomId,
    events: readonly CheckedEvent[],
    options?: Pick<AppendOptions, 'stateBefore' | 'unwanted'>,
  ): Promise<Prepended>;
  /** Comes into a room, for the first time or again. */
  openRoom(room: OpenedRoom): Promise<Appended>;
  /**
   * Puts a room right whose members were left out: all of its state is here now. What came meanwhile is judged again.
   */
  completeRoom(room: CompletedRoom): Promise<Completed>;
  /** Stores a membership of one of our users in a room that this server need not know. */
  outOfBand(given: OutOfBand): Promise<StoredEvent>;
}

/** Events whose previous events are not all here. */
export interface Gap {
  readonly eventId: EventId;
  readonly depth: number;
  /** its place in the timeline */
  readonly ord: number;
  readonly missing: readonly EventId[];
}

/** Reads of the rooms' graphs; all bounded. */
export interface Graph {
  /** All events that some events rest on through `auth_events`, without themselves unless they are among them. */
  authChain(eventIds: readonly EventId[]): Promise<EventId[]>;
  /**
   * Ids of the state before an event; undefined where that is not known.
   *
   * @param except a type of which nothing is wanted
   */
  stateIdsBefore(event: StoredEvent, except?: string): Promise<EventId[] | undefined>;
  /** The canonical JSON of some events, in no order. */
  texts(eventIds: readonly EventId[]): Promise<string[]>;
  /** The state before an event; undefined where that is not known. */
  stateBefore(event: StoredEvent): Promise<StoredEvent[] | undefined>;
  /** The state after an event; undefined where that is not known. */
  stateAfter(event: StoredEvent): Promise<StoredEvent[] | undefined>;
  /** Events between `latest` and `earliest`, neither included, the earliest first. */
  missing(asked: {
    readonly roomId: RoomId;
    readonly latest: readonly EventId[];
    readonly earliest: readonly EventId[];
    readonly limit: number;
    readonly minDepth: number;
  }): Promise<StoredEvent[]>;
  /** `from` and what lies before them, the latest first. */
  backfill(asked: {
    readonly roomId: RoomId;
    readonly from: readonly EventId[];
    readonly limit: number;
  }): Promise<StoredEvent[]>;
  /** The events that nothing follows yet. */
  leaves(roomId: RoomId): Promise<{ readonly eventId: EventId; readonly depth: number }[]>;
  /** The depth of the event by which this server came into the room: what lies before it is history. */
  firstDepth(roomId: RoomId): Promise<number>;
  /** Where history is missing: the events nearest to place `upTo` and before it first. */
  gaps(roomId: RoomId, upTo?: number, limit?: number): Promise<Gap[]>;
}

/** An event that a user of another server would send here, ready to be signed by that server. */
export interface EventTemplate {
  readonly roomId: RoomId;
  readonly rules: RoomVersionRules;
  /** without hashes and signatures */
  readonly pdu: PduDraft;
}

export interface Templates {
  /**
   * What an event would look like now.
   *
   * @throws MatrixError M_NOT_FOUND for an unknown room, M_FORBIDDEN when the auth rules refuse it
   */
  template(draft: EventContent & { readonly roomId: RoomId }): Promise<EventTemplate>;
}
