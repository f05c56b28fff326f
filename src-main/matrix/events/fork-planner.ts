import { checkAuth } from '../../spec/auth-rules/auth-rules.js';
import type { Verdict } from '../../spec/auth-rules/verdict.js';
import type { RoomEvent } from '../../spec/event.js';
import type { EventId } from '../../spec/ids.js';
import type { Database, Reader, Transaction } from '../../storage/database.js';
import { keysToCheck } from './check-incoming.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { GraphStore } from './graph.store.js';
import { withNamedMembers } from './named-members.js';
import { followedOverAside } from './over-aside.js';
import type { PartialRooms } from './partial-rooms.js';
import type { PersistEvent } from './persist.js';
import type { CheckedEvent } from './ports.js';
import type { Extremity, Room, RoomStore } from './rooms.store.js';
import type { SnapshotViews } from './snapshot-views.js';
import type { StateResolver } from './state-resolver.js';
import type { StatesAfter } from './states-after.js';

/** Leaves of a room at most: where nobody here can tie them, no server may fork it for ever. */
const MOST_FORKS = 200;

/** The room's leaves and its state. */
interface Head {
  readonly snapshot: number | undefined;
  readonly extremities: readonly Extremity[];
}

export interface Asked {
  readonly room: Room;
  readonly checked: CheckedEvent;
  readonly byAuthEvents: Verdict;
  /** the state before it as others tell it */
  readonly stateBefore: readonly EventId[] | undefined;
  /** those of its previous events that are not known */
  readonly missing: readonly EventId[];
  readonly standing: StoredEvent | undefined;
  /** what it names as what allows it */
  readonly named: readonly StoredEvent[];
  /** whatever the room's rules say, it is shown to nobody */
  readonly isUnwanted: boolean;
}

/** What to write of an event that does not just follow the leaves, as long as the room's head is as it was. */
export type ForkPlan = {
  readonly leaves: readonly number[];
  readonly headSnapshot: number | undefined;
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly followed: readonly number[];
  /** what it follows, directly or over events that were put aside, and is not known */
  readonly unknown: readonly EventId[];
  readonly current: number | undefined;
  /** nothing that is known follows it */
  readonly isLeaf: boolean;
  /** the event, where it was stored for its number */
  readonly standing: StoredEvent | undefined;
} & ({ readonly outcome: 'accepted' | 'soft-failed' } | { readonly outcome: 'rejected'; readonly why: string });

/** Works out where an event stands that does not just follow the leaves: makes all states, writes nothing else. */
export class ForkPlanner {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly rooms: RoomStore;
      readonly events: EventStore;
      readonly graph: GraphStore;
      readonly views: SnapshotViews;
      readonly states: StatesAfter;
      readonly resolver: StateResolver;
      readonly persist: PersistEvent;
      readonly partials: PartialRooms;
    },
  ) {}

  /** @param tx given where all must happen inside a transaction */
  async plan(asked: Asked, tx?: Transaction): Promise<ForkPlan> {
    const reader: Reader = tx ?? this.deps.db;
    const { room, checked, byAuthEvents } = asked;
    const head = await this.deps.rooms.head(reader, room.nid);
    const before = await this.#before(asked, head.snapshot, tx);
    const leaves = head.extremities.map(({ nid }) => nid);
    const { event } = checked;
    const bridged = await this.#bridged(reader, event, room, head, tx);
    const basis = { leaves, headSnapshot: head.snapshot, before, standing: asked.standing, ...bridged };
    const isPartial = await this.deps.partials.isPartialIn(tx ?? this.deps.db, room);
    const state = await this.deps.views.at(reader, before, keysToCheck(event));
    const view = isPartial ? withNamedMembers(state, asked.named) : state;
    const verdict = byAuthEvents.allowed ? checkAuth(event, view) : byAuthEvents;
    if (!verdict.allowed) {
      return { ...basis, after: undefined, outcome: 'rejected', why: `${verdict.rule}: ${verdict.why}` };
    }
    const { standing, after } = await this.#after(asked, before, tx);
    // Who is in the room is not known yet: nothing can be said of now.
    const isAllowedNow = !asked.isUnwanted && (isPartial || (await this.#isAllowedNow(asked, before, head, tx)));
    if (!isAllowedNow) return { ...basis, standing, after, outcome: 'soft-failed' };
    if (!bridged.isLeaf) return { ...basis, standing, after, outcome: 'accepted' };
    const { followed, unknown } = await followedOverAside(reader, this.deps.events, event.prevEvents, leaves);
    if (followed.length === 0 && leaves.length >= MOST_FORKS) {
      return { ...basis, standing, after, outcome: 'soft-failed' };
    }
    const kept = head.extremities.filter(({ nid }) => !followed.includes(nid));
    const current = await this.deps.resolver.resolve(room, [after, ...(await this.#statesOf(kept, tx))], tx);
    return { ...basis, standing, after, followed, unknown, current, outcome: 'accepted' };
  }

  /**
   * Whether the event would be a leaf. It is none where something that came before it follows it: then whatever it
   * follows itself is no leaf any more either.
   */
  async #bridged(
    db: Reader,
    event: RoomEvent,
    room: Room,
    head: Head,
    tx: Transaction | undefined,
  ): Promise<Pick<ForkPlan, 'isLeaf' | 'followed' | 'unknown' | 'current'>> {
    const unchanged = { followed: [], unknown: [], current: head.snapshot };
    if ((await this.deps.graph.gapsAt(db, room.nid, [event.eventId])).length === 0)
      return { isLeaf: true, ...unchanged };
    const leaves = head.extremities.map(({ nid }) => nid);
    const { followed, unknown } = await followedOverAside(db, this.deps.events, event.prevEvents, leaves);
    const kept = head.extremities.filter(({ nid }) => !followed.includes(nid));
    if (followed.length === 0 || kept.length === 0) return { isLeaf: false, ...unchanged, unknown };
    const current = await this.deps.resolver.resolve(room, await this.#statesOf(kept, tx), tx);
    return { isLeaf: false, followed, unknown, current };
  }

  async #before(
    { room, checked, stateBefore }: Asked,
    headSnapshot: number | undefined,
    tx: Transaction | undefined,
  ): Promise<number | undefined> {
    const { db, events, states, resolver } = this.deps;
    if (stateBefore) return states.fromEvents(room, stateBefore, headSnapshot, tx);
    const named = await events.byIds(tx ?? db, [...new Set(checked.event.prevEvents)]);
    const previous = named.filter(({ roomId }) => roomId === room.roomId);
    return resolver.resolve(room, await states.of(previous, tx), tx);
  }

  /** The state after the event; a state event is stored without a place first, as the state names it by its number. */
  async #after(
    { room, checked, standing }: Asked,
    before: number | undefined,
    tx: Transaction | undefined,
  ): Promise<{ standing: StoredEvent | undefined; after: number | undefined }> {
    if (checked.event.stateKey === undefined) return { standing, after: before };
    const { db, persist, states } = this.deps;
    const write = async (write: Transaction) => {
      const known = standing ?? (await this.deps.events.byId(write, checked.event.eventId));
      const stored = known ?? (await persist.aside(write, room, checked, { status: 'accepted' }));
      return { standing: stored, after: await states.over(write, before, stored) };
    };
    return tx ? write(tx) : db.write(write);
  }

  /**
   * Whether the state of the room as it is now allows the event. Where its past is not known, the state before it counts
   * in: it may know more than we.
   *
   * @see https://spec.matrix.org/v1.19/server-server-api/#soft-failure
   */
  async #isAllowedNow(
    { room, checked, missing }: Asked,
    before: number | undefined,
    head: Head,
    tx: Transaction | undefined,
  ): Promise<boolean> {
    const { db, resolver, views } = this.deps;
    const states = missing.length > 0 ? [before, ...(await this.#statesOf(head.extremities, tx))] : undefined;
    const now = states ? await resolver.resolve(room, states, tx) : head.snapshot;
    if (now === before || now === undefined) return true;
    return checkAuth(checked.event, await views.at(tx ?? db, now, keysToCheck(checked.event))).allowed;
  }

  async #statesOf(leaves: readonly Extremity[], tx: Transaction | undefined): Promise<(number | undefined)[]> {
    const found = await this.deps.events.byNids(
      tx ?? this.deps.db,
      leaves.map(({ nid }) => nid),
    );
    return this.deps.states.of(found, tx);
  }
}
