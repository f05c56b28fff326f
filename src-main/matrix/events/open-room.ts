import type { Clock } from '../../base/clock.js';
import { turn } from '../../base/yield.js';
import { checkAuth } from '../../spec/auth-rules/auth-rules.js';
import type { EventId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { ChangeState } from './change-state.js';
import { checkByAuthEvents, eventsToKnow, keysToCheck } from './check-incoming.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { FirstState } from './first-state.js';
import { PLACES_OF_A_GAP } from './gap-places.js';
import type { MembershipStore } from './membership.store.js';
import { withNamedMembers } from './named-members.js';
import type { Outliers } from './outliers.js';
import { PARTIAL_ROOMS_TOPIC } from './partial-rooms.js';
import type { PartialRoomStore } from './partial-rooms.store.js';
import type { PersistEvent } from './persist.js';
import type { Appended, CheckedEvent, OpenedRoom } from './ports.js';
import type { RoomHeads } from './room-heads.js';
import type { Room, RoomStore } from './rooms.store.js';
import type { SnapshotViews } from './snapshot-views.js';
import type { StatesAfter } from './states-after.js';
import { isPlaced } from './stored-event.js';
import type { StateStore } from './state.store.js';

/** Entries of the state that change in one transaction where a room is come back to. */
const CHANGED_AT_ONCE = 200;

interface OpenRoomDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly rooms: RoomStore;
  readonly events: EventStore;
  readonly memberships: MembershipStore;
  readonly heads: RoomHeads;
  readonly outliers: Outliers;
  readonly persist: PersistEvent;
  readonly changeState: ChangeState;
  readonly firstState: FirstState;
  readonly state: StateStore;
  readonly states: StatesAfter;
  readonly views: SnapshotViews;
  readonly partialRooms: PartialRoomStore;
}

/**
 * Comes into a room with the state that a server in it told. What is large is written in pieces; the room is open with
 * the last of them, which has our join.
 */
export class OpenRoom {
  constructor(private readonly deps: OpenRoomDeps) {}

  /** The room, for events that come before anybody here is in it. */
  async known({ roomId, rules }: Pick<OpenedRoom, 'roomId' | 'rules'>): Promise<Room> {
    const { db, rooms, clock } = this.deps;
    const known = await rooms.byId(db, roomId);
    if (known?.rules === rules) return known;
    return db.write((tx) => rooms.heardOf(tx, roomId, rules, clock.now()));
  }

  /** Whether somebody here is in the room already. */
  async isOpen(room: Room): Promise<boolean> {
    const { db, rooms, memberships } = this.deps;
    const snapshot = await rooms.snapshot(db, room.nid);
    return snapshot !== undefined && (await memberships.isHere(db, room.nid));
  }

  /** Stores what the other server told of the room. @returns what to call with how many entries of the state are in place */
  async addState(room: Room, given: OpenedRoom): Promise<((done: number) => void) | undefined> {
    const { state, authChain, signal, onProgress } = given;
    const all = [...authChain, ...state];
    const progress = onProgress ? (done: number) => onProgress(done, all.length + state.length) : undefined;
    await this.deps.outliers.add(room, all, { signal, ...(progress && { progress }) });
    return progress && ((done) => progress(all.length + done));
  }

  async run(room: Room, given: OpenedRoom): Promise<Appended> {
    const { events } = this.deps;
    const { event: checked, state, signal } = given;
    const progress = await this.addState(room, given);
    const standing = await events.byId(this.deps.db, checked.event.eventId);
    const missingAuth = await this.#unknown(eventsToKnow(checked.event));
    if (missingAuth.length > 0) return { outcome: 'incomplete', missingAuth, missingPrev: [] };
    const stateIds = state.map(({ event }) => event.eventId);
    const { snapshot: old } = await this.deps.rooms.head(this.deps.db, room.nid);
    const before = await this.deps.states.fromEvents(room, stateIds, old);
    const why = await this.#refusal(checked, before, given.partial !== undefined);
    if (why !== undefined) return this.#reject(room, checked, before, why, standing);
    signal?.throwIfAborted();
    const { firstState } = this.deps;
    const servers = given.partial?.servers;
    if (old === undefined)
      await firstState.write(room, stateIds, state, { ...(servers && { servers }), ...(progress && { progress }) });
    else await this.#changeTo(room, before);
    if (old !== undefined && servers) await firstState.expectServers(room, servers);
    return this.#join(room, given, before, standing);
  }

  async #unknown(ids: readonly EventId[]): Promise<EventId[]> {
    const known = await this.deps.events.nidsOf(this.deps.db, ids);
    return ids.filter((id) => !known.has(id));
  }

  /** Why our own join is none, should the other server have told a state that forbids it. */
  async #refusal({ event }: CheckedEvent, before: number | undefined, isPartial: boolean): Promise<string | undefined> {
    const { db, events, views } = this.deps;
    const known = await events.byIds(db, eventsToKnow(event));
    const rejected = new Set(known.filter(({ isRejected }) => isRejected).map(({ eventId }) => eventId));
    const byAuthEvents = checkByAuthEvents(event, known, (id) => rejected.has(id));
    const state = await views.at(db, before, keysToCheck(event));
    const view = isPartial ? withNamedMembers(state, known) : state;
    const verdict = byAuthEvents.allowed ? checkAuth(event, view) : byAuthEvents;
    return verdict.allowed ? undefined : `${verdict.rule}: ${verdict.why}`;
  }

  async #reject(
    room: Room,
    checked: CheckedEvent,
    snapshot: number | undefined,
    why: string,
    standing: StoredEvent | undefined,
  ): Promise<Appended> {
    const { db, persist } = this.deps;
    const place = { snapshot, status: 'rejected', standing } as const;
    return { outcome: 'rejected', why, event: await db.write((tx) => persist.aside(tx, room, checked, place)) };
  }

  /** The state of a room that this server was in before, as it is now: in pieces, each of which leaves the room whole. */
  async #changeTo(room: Room, target: number | undefined): Promise<void> {
    const { db, heads, state, changeState } = this.deps;
    const { snapshot } = await this.deps.rooms.head(db, room.nid);
    const differences = [...(await state.difference(db, [snapshot, target]))];
    for (let start = 0; start < differences.length; start += CHANGED_AT_ONCE) {
      const some = differences.slice(start, start + CHANGED_AT_ONCE);
      const delta = new Map(some.map(([stateNid, [, after = 0]]) => [stateNid, after]));
      await db.write(async (tx) => {
        const head = await heads.open(tx, room);
        await changeState.to(tx, head, await state.insert(tx, head.snapshot, delta), undefined);
      });
      await turn();
    }
  }

  async #join(
    room: Room,
    { event: checked, partial }: OpenedRoom,
    before: number | undefined,
    standing: StoredEvent | undefined,
  ): Promise<Appended> {
    const { db, heads, rooms, persist, firstState, states, partialRooms } = this.deps;
    const previous = (await this.deps.events.byIds(db, checked.event.prevEvents)).filter(isPlaced);
    const missing = checked.event.prevEvents.filter((id) => !previous.some(({ eventId }) => eventId === id));
    return db.write(async (tx) => {
      const head = await heads.open(tx, room);
      if (head.snapshot === undefined) await firstState.finish(tx, head);
      else if (head.extremities.length > 0) tx.position(PLACES_OF_A_GAP);
      head.snapshot = before;
      head.entries.clear();
      if (before !== undefined) await rooms.setSnapshot(tx, room.nid, before);
      const stored = standing ?? (await persist.aside(tx, room, checked, { status: 'accepted' }));
      const after = await states.over(tx, before, stored);
      const followed = head.extremities.map(({ nid }) => nid);
      const place = { before, after, followed, current: after };
      const event = await persist.fork(tx, head, checked, place, { standing: stored, missing });
      const { nid: roomNid, roomId } = room;
      const waits = { roomNid, roomId, joinNid: event.nid, startedAt: this.deps.clock.now(), since: event.ord ?? 0 };
      if (partial) await partialRooms.put(tx, { ...waits, via: partial.via });
      else await partialRooms.remove(tx, roomNid);
      tx.announce(PARTIAL_ROOMS_TOPIC);
      return { outcome: 'accepted', event };
    });
  }
}
