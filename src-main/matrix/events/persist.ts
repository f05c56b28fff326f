import { isObject, objectAt, stringAt } from '../../base/json.js';
import type { RoomEvent, StateKey } from '../../spec/event.js';
import type { EventId, ServerName } from '../../spec/ids.js';
import { domainOf, membershipIn, type StateView } from '../../spec/state-view.js';
import type { Transaction } from '../../storage/database.js';
import { roomTopic, streamTopic } from '../../storage/news.js';
import type { BuiltEvent } from './build-event.js';
import type { ChangeState } from './change-state.js';
import type { EventStatus, StoredEvent } from './events.store.js';
import type { GraphStore } from './graph.store.js';
import type { OutgoingStore } from './outgoing.store.js';
import type { EventRedactor } from './redact-event.js';
import type { RelationStore } from './relations.store.js';
import type { RoomHead, RoomHeads } from './room-heads.js';
import type { RoomServerStore } from './room-servers.store.js';
import type { Room, RoomStore } from './rooms.store.js';
import type { SnapshotViews } from './snapshot-views.js';
import type { StateStore } from './state.store.js';
import type { EventNids, StoreEvent } from './store-event.js';
import { EVENTS_STREAM, OUTGOING_STREAM } from './topics.js';

/** What is to be known of an event beside itself. */
export interface PersistOptions {
  readonly transaction?: StoredEvent['transaction'];
  /** the same event, where it was stored before without a place */
  readonly standing?: StoredEvent | undefined;
  /** other servers of the room get it from us, though it is not ours */
  readonly relay?: boolean | undefined;
  /** those of its previous events that are not known; undefined where it is ours */
  readonly missing?: readonly EventId[];
}

/** Where an event stands that does not just follow the leaves; all snapshots exist already. */
export interface ForkPlace {
  /** the state before it and after it */
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** nids of the leaves that are none any more */
  readonly followed: readonly number[];
  /** the resolved state of all leaves, with this one */
  readonly current: number | undefined;
  /** false: something that is known follows it; true unless said */
  readonly isLeaf?: boolean;
}

const LEVELS: readonly StateKey[] = [
  ['m.room.create', ''],
  ['m.room.power_levels', ''],
];
const DEPARTURES: ReadonlySet<string | undefined> = new Set(['leave', 'ban']);

/**
 * Writes an event, and all that must be true the moment it is visible: leaves, current state, memberships, relations,
 * redactions. A message writes the same few rows in a room of any size.
 */
export class PersistEvent {
  constructor(
    private readonly deps: {
      readonly serverName: ServerName;
      readonly store: StoreEvent;
      readonly rooms: RoomStore;
      readonly heads: RoomHeads;
      readonly state: StateStore;
      readonly relations: RelationStore;
      readonly graph: GraphStore;
      readonly servers: RoomServerStore;
      readonly outgoing: OutgoingStore;
      readonly redactor: EventRedactor;
      readonly changeState: ChangeState;
      readonly views: SnapshotViews;
    },
  ) {}

  /** An accepted event that follows all leaves of the room: the room's state is the state before it. */
  async run(tx: Transaction, head: RoomHead, built: BuiltEvent, options: PersistOptions): Promise<StoredEvent> {
    const { event } = built;
    const hadOthers = await this.#hasOtherServers(tx, head);
    const place = { ord: 'end', snapshot: head.snapshot, status: 'accepted', ...options } as const;
    const { stored, nids } = await this.deps.store.run(tx, head.room, built, place);
    const followed = head.extremities.map(({ nid }) => nid);
    await this.#setLeaves(tx, head, stored, followed);
    const levels = event.redacts === undefined ? undefined : await this.deps.heads.view(tx, head, LEVELS);
    await this.#setState(tx, head, stored, nids);
    await this.#finish(tx, stored, { nids, text: built.text, levels, hadOthers, options });
    return stored;
  }

  /** An accepted event where the graph forks, or where forks meet. */
  async fork(
    tx: Transaction,
    head: RoomHead,
    built: BuiltEvent,
    place: ForkPlace,
    options: PersistOptions,
  ): Promise<StoredEvent> {
    const { graph, changeState, views, store } = this.deps;
    const { before, after, followed, current, isLeaf = true } = place;
    const hadOthers = await this.#hasOtherServers(tx, head);
    const end = { ord: 'end', snapshot: before, status: 'accepted', ...options } as const;
    const { stored, nids } = await store.run(tx, head.room, built, end);
    if (isLeaf) await this.#setLeaves(tx, head, stored, followed);
    else await this.#dropLeaves(tx, head, followed);
    if (stored.stateKey !== undefined && after !== undefined) await graph.putAfter(tx, stored.nid, after);
    await changeState.to(tx, head, current, stored);
    const levels = stored.redacts === undefined ? undefined : await views.at(tx, before, LEVELS);
    await this.#finish(tx, stored, { nids, text: built.text, levels, hadOthers, options });
    return stored;
  }

  /** An event of the past that never was a leaf here; it changes no current state. */
  async history(
    tx: Transaction,
    room: Room,
    built: BuiltEvent,
    place: { readonly ord: number; readonly before: number | undefined; readonly after: number | undefined },
    options: PersistOptions,
  ): Promise<StoredEvent> {
    const { graph, views, store } = this.deps;
    const { ord, before, after } = place;
    const row = { ord, snapshot: before, status: 'accepted', ...options } as const;
    const { stored, nids } = await store.run(tx, room, built, row);
    if (stored.stateKey !== undefined && after !== undefined) await graph.putAfter(tx, stored.nid, after);
    const levels = stored.redacts === undefined ? undefined : await views.at(tx, before, LEVELS);
    await this.#relate(tx, stored, nids);
    await this.#redact(tx, stored, levels);
    await this.#came(tx, stored, options.missing ?? []);
    tx.announce(roomTopic(room.roomId));
    return stored;
  }

  /**
   * An event that is stored is judged again, by a state that is better known: it may come in after all, at the end of
   * the timeline, or go out of it.
   */
  async again(
    tx: Transaction,
    standing: StoredEvent,
    place: {
      readonly before: number | undefined;
      readonly after: number | undefined;
      readonly status: EventStatus;
    },
  ): Promise<StoredEvent> {
    const { graph, views, store, relations } = this.deps;
    const { before, after, status } = place;
    const isIn = status === 'accepted';
    const wasIn = !standing.isRejected && !standing.isSoftFailed;
    const ord = isIn ? (standing.ord ?? 'end') : 'none';
    // What is stored already keeps its text.
    const built = { event: standing, text: '' };
    const { stored, nids } = await store.run(tx, standing.room, built, { ord, snapshot: before, status, standing });
    if (stored.stateKey !== undefined && after !== undefined) await graph.putAfter(tx, stored.nid, after);
    if (wasIn && !isIn) await relations.remove(tx, stored.nid);
    if (wasIn || !isIn) return stored;
    const levels = stored.redacts === undefined ? undefined : await views.at(tx, before, LEVELS);
    await this.#relate(tx, stored, nids);
    await this.#redact(tx, stored, levels);
    await this.#came(tx, stored, []);
    tx.announce(roomTopic(stored.roomId), streamTopic(EVENTS_STREAM));
    return stored;
  }

  /** An event that is not shown: known for itself only, or rejected, or failed softly. */
  async aside(
    tx: Transaction,
    room: Room,
    built: BuiltEvent,
    place: {
      readonly snapshot?: number | undefined;
      readonly after?: number | undefined;
      readonly status: EventStatus;
      readonly standing?: StoredEvent | undefined;
    },
  ): Promise<StoredEvent> {
    const { status, snapshot, after, standing } = place;
    const row = { ord: 'none', snapshot, status, standing } as const;
    const { stored } = await this.deps.store.run(tx, room, built, row);
    if (after !== undefined && stored.stateKey !== undefined) await this.deps.graph.putAfter(tx, stored.nid, after);
    if (status !== 'rejected') await this.deps.redactor.applyWaiting(tx, stored);
    if (snapshot !== undefined) await this.deps.graph.closeGap(tx, room.nid, stored.eventId);
    return stored;
  }

  /** An event that is not shown is followed by one that is: what it follows itself is no leaf then, known or not. */
  async bridge(
    tx: Transaction,
    head: RoomHead,
    event: StoredEvent,
    { followed, unknown, current }: Pick<ForkPlace, 'followed' | 'current'> & { readonly unknown: readonly EventId[] },
  ): Promise<void> {
    await this.#dropLeaves(tx, head, followed);
    await this.deps.graph.addGaps(tx, head.room.nid, event.nid, unknown);
    await this.deps.changeState.to(tx, head, current, undefined);
    tx.announce(roomTopic(head.room.roomId));
  }

  async #dropLeaves(tx: Transaction, head: RoomHead, followed: readonly number[]): Promise<void> {
    if (followed.length === 0) return;
    await this.deps.rooms.removeExtremities(tx, head.room.nid, followed);
    head.extremities = head.extremities.filter((leaf) => !followed.includes(leaf.nid));
  }

  async #setLeaves(tx: Transaction, head: RoomHead, event: StoredEvent, followed: readonly number[]): Promise<void> {
    const { nid, eventId, depth } = event;
    await this.deps.rooms.setExtremity(tx, head.room.nid, followed, nid);
    head.extremities = [{ nid, eventId, depth }, ...head.extremities.filter((leaf) => !followed.includes(leaf.nid))];
  }

  async #setState(tx: Transaction, head: RoomHead, event: StoredEvent, { typeNid, stateNid }: EventNids) {
    if (event.stateKey === undefined || stateNid === undefined || event.ord === undefined) return;
    const { heads, state, rooms, graph, changeState } = this.deps;
    const key: StateKey = [event.type, event.stateKey];
    const previous = await heads.entry(tx, head, key);
    await changeState.entry(tx, head, { typeNid, stateNid, position: event.ord, event, previous });
    head.snapshot = await state.insert(tx, head.snapshot, new Map([[stateNid, event.nid]]));
    await rooms.setSnapshot(tx, head.room.nid, head.snapshot);
    await graph.putAfter(tx, event.nid, head.snapshot);
    heads.remember(head, key, event.nid);
  }

  async #finish(
    tx: Transaction,
    event: StoredEvent,
    known: {
      readonly nids: EventNids;
      /** canonical JSON of the event */
      readonly text: string;
      readonly levels: StateView | undefined;
      readonly hadOthers: boolean;
      readonly options: PersistOptions;
    },
  ): Promise<void> {
    const { nids, text, levels, hadOthers, options } = known;
    await this.#relate(tx, event, nids);
    await this.#redact(tx, event, levels);
    if (options.missing) await this.#came(tx, event, options.missing);
    if (this.#mustGoOut(event, hadOthers, options)) {
      await this.deps.outgoing.insert(tx, event, text);
      tx.announce(streamTopic(OUTGOING_STREAM));
    }
    tx.announce(roomTopic(event.roomId), streamTopic(EVENTS_STREAM));
  }

  /** Whoever is put out of a room, or whose invitation is taken back, must hear it, though nobody there is in it. */
  #mustGoOut(event: StoredEvent, hadOthers: boolean, { relay, missing }: PersistOptions): boolean {
    const { serverName } = this.deps;
    const isFromElsewhere = missing !== undefined;
    if (!relay && (isFromElsewhere || domainOf(event.sender) !== serverName)) return false;
    if (hadOthers) return true;
    const isDeparture = event.type === 'm.room.member' && DEPARTURES.has(membershipIn(event.content));
    return isDeparture && event.stateKey !== undefined && domainOf(event.stateKey) !== serverName;
  }

  async #hasOtherServers(tx: Transaction, head: RoomHead): Promise<boolean> {
    head.hasOtherServers ??= await this.deps.servers.hasAny(tx, head.room.nid);
    return head.hasOtherServers;
  }

  async #relate(tx: Transaction, event: StoredEvent, { typeNid, senderNid }: EventNids): Promise<void> {
    const relation = event.stateKey === undefined ? relationOf(event) : undefined;
    if (!relation) return;
    const row = { typeNid, senderNid, ...relation, eventNid: event.nid, roomNid: event.room.nid };
    await this.deps.relations.insert(tx, row);
  }

  /** @param levels what the sender might do; undefined for events that redact nothing */
  async #redact(tx: Transaction, event: StoredEvent, levels: StateView | undefined): Promise<void> {
    if (!levels) return;
    const target = await this.deps.redactor.apply(tx, event, levels);
    if (target?.type === 'm.room.member') await this.deps.changeState.forgetNames(tx, target);
  }

  /** An event of another server came: it may close gaps and open others, and its redaction may have come before it. */
  async #came(tx: Transaction, event: StoredEvent, missing: readonly EventId[]): Promise<void> {
    const { graph, redactor, changeState } = this.deps;
    await graph.closeGap(tx, event.room.nid, event.eventId);
    if (missing.length > 0) await graph.addGaps(tx, event.room.nid, event.nid, missing);
    const isRedacted = await redactor.applyWaiting(tx, event);
    if (isRedacted && event.type === 'm.room.member') await changeState.forgetNames(tx, event);
  }
}

/** What an event says that it relates to; undefined when it says nothing that can be meant. */
export function relationOf(
  event: RoomEvent,
): { parentId: EventId; relType: string; key: string | undefined } | undefined {
  const relatesTo = objectAt(event.content, 'm.relates_to');
  const parentId = stringAt(relatesTo, 'event_id');
  const relType = stringAt(relatesTo, 'rel_type');
  if (!isObject(relatesTo) || parentId === undefined || relType === undefined) return undefined;
  if (parentId.length > 255 || relType.length > 255) return undefined;
  return { parentId: parentId as EventId, relType, key: stringAt(relatesTo, 'key') };
}
