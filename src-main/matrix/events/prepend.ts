import { turn } from '../../base/yield.js';
import { checkAuth } from '../../spec/auth-rules/auth-rules.js';
import type { EventId } from '../../spec/ids.js';
import { authGraph } from '../../spec/state-resolution/auth-graph.js';
import type { Database, Transaction } from '../../storage/database.js';
import { checkByAuthEvents, eventsToKnow, keysToCheck } from './check-incoming.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { GraphStore } from './graph.store.js';
import { withNamedMembers } from './named-members.js';
import { followedOverAside } from './over-aside.js';
import type { PartialRooms } from './partial-rooms.js';
import type { PersistEvent } from './persist.js';
import type { AppendOptions, CheckedEvent, Prepended } from './ports.js';
import type { Room } from './rooms.store.js';
import type { SnapshotViews } from './snapshot-views.js';
import type { StateResolver } from './state-resolver.js';
import type { StatesAfter } from './states-after.js';
import { isPlaced } from './stored-event.js';

/** Places between what is known and events from long before it: for what was said between the two. */
const LEFT_FREE = 1_000_000_000;

interface PrependDeps {
  readonly db: Database;
  readonly events: EventStore;
  readonly graph: GraphStore;
  readonly views: SnapshotViews;
  readonly states: StatesAfter;
  readonly resolver: StateResolver;
  readonly persist: PersistEvent;
  readonly partials: PartialRooms;
}

/** What is known of an event before it gets a place. */
interface Judged {
  readonly checked: CheckedEvent;
  readonly standing: StoredEvent | undefined;
  readonly before: number | undefined;
  readonly missing: readonly EventId[];
}

/** Adds events of the past, with the state around them; the current state stays as it is. */
export class Prepend {
  constructor(private readonly deps: PrependDeps) {}

  /**
   * @param options.stateBefore the state before the earliest of them whose previous events are not all known
   * @param options.unwanted those that are stored, and shown to nobody
   */
  async run(
    room: Room,
    given: readonly CheckedEvent[],
    { stateBefore, unwanted }: Pick<AppendOptions, 'stateBefore' | 'unwanted'> = {},
  ): Promise<Prepended> {
    const { db, events } = this.deps;
    const ordered = inOrder(given.filter(({ event }) => event.roomId === room.roomId));
    const rejected: EventId[] = [];
    const hidden: EventId[] = [];
    const incomplete: EventId[] = [];
    const places = await this.#places(room, ordered);
    let placed = 0;
    let told = stateBefore;
    for (const checked of ordered) {
      const { eventId } = checked.event;
      const standing = await events.byId(db, eventId);
      if (standing && isPlaced(standing)) continue;
      const judged = await this.#judge(room, checked, standing, told);
      if (judged === undefined) incomplete.push(eventId);
      else if (judged.missing.length > 0) told = undefined;
      if (judged === undefined) continue;
      const ord = places.get(eventId);
      if (!(await this.#isAllowed(room, judged))) {
        await this.#putAside(room, judged, 'rejected');
        rejected.push(eventId);
      } else if (unwanted?.has(eventId) && judged.before !== undefined) {
        await this.#putAside(room, judged, 'soft-failed');
        hidden.push(eventId);
      } else if (ord === undefined) incomplete.push(eventId);
      else {
        await this.#place(room, judged, ord);
        placed += 1;
      }
      await turn();
    }
    return { placed, rejected, hidden, incomplete };
  }

  /** Undefined where auth events or the state before it are not known. */
  async #judge(
    room: Room,
    checked: CheckedEvent,
    standing: StoredEvent | undefined,
    stateBefore: readonly EventId[] | undefined,
  ): Promise<Judged | undefined> {
    const { db, events, states, resolver } = this.deps;
    const { event } = checked;
    const needed = eventsToKnow(event);
    const nids = await events.nidsOf(db, [...needed, ...event.prevEvents]);
    if (needed.some((id) => !nids.has(id))) return undefined;
    const found = await events.byNids(
      db,
      event.prevEvents.flatMap((id) => nids.get(id) ?? []),
    );
    const previous = found.filter((other) => isPlaced(other) && other.roomId === room.roomId);
    const known = new Set(previous.map(({ eventId }) => eventId));
    const missing = [...new Set(event.prevEvents)].filter((id) => !known.has(id));
    if (missing.length > 0) {
      if (!stateBefore) return undefined;
      return {
        checked,
        standing,
        missing,
        before: await states.fromEvents(room, stateBefore, await this.#near(room, event.eventId)),
      };
    }
    return { checked, standing, missing, before: await resolver.resolve(room, await states.of(previous)) };
  }

  /** The state before an event that follows this one, which is probably much the same. */
  async #near(room: Room, eventId: EventId): Promise<number | undefined> {
    const { db, graph, events } = this.deps;
    const [follower] = await graph.gapsAt(db, room.nid, [eventId]);
    return follower && (await events.byNid(db, follower.eventNid))?.snapshot;
  }

  async #isAllowed(room: Room, { checked, before }: Judged): Promise<boolean> {
    const { db, events, views, partials } = this.deps;
    const { event } = checked;
    const known = await events.byIds(db, eventsToKnow(event));
    const rejected = new Set(known.filter(({ isRejected }) => isRejected).map(({ eventId }) => eventId));
    if (!checkByAuthEvents(event, known, (id) => rejected.has(id)).allowed) return false;
    const state = await views.at(db, before, keysToCheck(event));
    const isPartial = await partials.isPartialIn(db, room);
    return checkAuth(event, isPartial ? withNamedMembers(state, known) : state).allowed;
  }

  async #place(room: Room, judged: Judged, ord: number): Promise<void> {
    const { db, events, persist } = this.deps;
    const { checked, before } = judged;
    await db.write(async (tx) => {
      const { standing, after } = await this.#after(tx, room, judged);
      const { unknown: missing } = await followedOverAside(tx, events, checked.event.prevEvents);
      await persist.history(tx, room, checked, { ord, before, after }, { standing, missing });
    });
  }

  /** Stores what nobody sees; what is not known before it is missing before those that follow it. */
  async #putAside(room: Room, judged: Judged, status: 'rejected' | 'soft-failed'): Promise<void> {
    const { db, events, graph, persist } = this.deps;
    const { checked, before } = judged;
    await db.write(async (tx) => {
      const followers = await graph.gapsAt(tx, room.nid, [checked.event.eventId]);
      const isIn = status === 'soft-failed';
      const { standing, after } = isIn ? await this.#after(tx, room, judged) : { ...judged, after: undefined };
      await persist.aside(tx, room, checked, { snapshot: before, after, status, standing });
      const { unknown } = await followedOverAside(tx, events, checked.event.prevEvents);
      for (const { eventNid } of followers) await graph.addGaps(tx, room.nid, eventNid, unknown);
    });
  }

  /** The state after an event; a state event is stored without a place first, as the state names it by its number. */
  async #after(tx: Transaction, room: Room, { checked, standing, before }: Judged) {
    const { persist, states } = this.deps;
    if (checked.event.stateKey === undefined) return { standing, after: before };
    const stored = standing ?? (await persist.aside(tx, room, checked, { status: 'accepted' }));
    return { standing: stored, after: await states.over(tx, before, stored) };
  }

  /** Places just before the events that follow these: below all, or in what was left free for them. */
  async #places(room: Room, ordered: readonly CheckedEvent[]): Promise<ReadonlyMap<EventId, number>> {
    const { db, events, graph } = this.deps;
    const ids = ordered.map(({ event }) => event.eventId);
    const places = new Map<EventId, number>();
    const gaps = await graph.gapsAt(db, room.nid, ids);
    const followers = await events.byNids(db, [...new Set(gaps.map(({ eventNid }) => eventNid))]);
    const above = followers.flatMap(({ ord }) => ord ?? []);
    const first = await events.firstOrd(db, room.nid);
    const anchor = above.length > 0 ? Math.min(...above) : first;
    if (anchor === undefined) return places;
    const below = await events.ordBefore(db, room.nid, anchor);
    // Below everything else places are negative: what follows the stream of events never meets them.
    const distance = above.length > 0 ? 1 : LEFT_FREE;
    const top = below === undefined ? Math.min(anchor, 0) - distance : anchor - 1;
    const lowest = below ?? Number.NEGATIVE_INFINITY;
    for (const [index, id] of ids.toReversed().entries()) if (top - index > lowest) places.set(id, top - index);
    return places;
  }
}

/** Each after those of its previous events that are among them. */
function inOrder(given: readonly CheckedEvent[]): CheckedEvent[] {
  const byDepth = given.toSorted((a, b) => a.event.depth - b.event.depth);
  const byId = new Map(byDepth.map((checked) => [checked.event.eventId, checked]));
  const previous = (id: EventId) => (byId.get(id)?.event.prevEvents ?? []).filter((other) => byId.has(other));
  return authGraph(byId.keys(), previous).ids.flatMap((id) => byId.get(id) ?? []);
}
