import { turn } from '../../base/yield.js';
import { createEventIdOf } from '../../spec/event-id.js';
import type { EventId, RoomId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { EventTextStore } from './event-texts.store.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { GraphStore } from './graph.store.js';
import type { NameStore } from './names.store.js';
import type { Gap, Graph } from './ports.js';
import type { Room, RoomStore } from './rooms.store.js';
import type { StateStore } from './state.store.js';
import type { StatesAfter } from './states-after.js';

/** Events looked at for one question at most. */
const MOST_LOOKED_AT = 1_000;
/** Events of one auth chain at most: rooms of the whole network have some 100,000. */
const MOST_OF_A_CHAIN = 400_000;
const EDGES_AT_ONCE = 2_000;
const MOST_GAPS = 100;

/** Reads of the rooms' graphs. */
export class RoomGraph implements Graph {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly rooms: RoomStore;
      readonly names: NameStore;
      readonly events: EventStore;
      readonly texts: EventTextStore;
      readonly graph: GraphStore;
      readonly state: StateStore;
      readonly states: StatesAfter;
    },
  ) {}

  async authChain(eventIds: readonly EventId[]): Promise<EventId[]> {
    const { db, events } = this.deps;
    const roots = await events.nidsOf(db, eventIds);
    const seen = new Set<number>();
    const rootNids = [...new Set(roots.values())];
    const below = await this.#authEvents(rootNids);
    for (let open = [...below]; open.length > 0 && seen.size < MOST_OF_A_CHAIN; ) {
      const some = open.slice(0, EDGES_AT_ONCE);
      for (const nid of some) seen.add(nid);
      const edges = await this.deps.graph.edges(db, some);
      const found = new Set([...edges.values()].flat());
      const waiting = open.slice(EDGES_AT_ONCE);
      open = [...new Set([...waiting, ...found])].filter((nid) => !seen.has(nid));
      await turn();
    }
    return [...(await events.idsOf(db, [...seen])).values()];
  }

  /** The auth events of some events, state or not; from room version 12 the create event authorizes all others. */
  async #authEvents(nids: readonly number[]): Promise<Set<number>> {
    const { db, events, graph } = this.deps;
    const edges = await graph.edges(db, nids);
    const found = new Set([...edges.values()].flat());
    // Most have edges; those without are no state, or authorized by nothing.
    const others = await events.byNids(
      db,
      nids.filter((nid) => !edges.has(nid)),
    );
    const named = others.flatMap((event) => event.authEvents);
    for (const nid of (await events.nidsOf(db, named)).values()) found.add(nid);
    const [some] = nids.length > 0 ? await events.byNids(db, nids.slice(0, 1)) : [];
    if (!some?.rules.roomIdIsCreateHash) return found;
    const create = await events.nidsOf(db, [createEventIdOf(some.roomId)]);
    for (const nid of create.values()) if (nids.some((other) => other !== nid)) found.add(nid);
    return found;
  }

  async stateIdsBefore(event: StoredEvent, except?: string): Promise<EventId[] | undefined> {
    const nids = await this.#nidsBefore(event, except);
    return nids && [...(await this.deps.events.idsOf(this.deps.db, nids)).values()];
  }

  texts(eventIds: readonly EventId[]): Promise<string[]> {
    return this.deps.texts.texts(this.deps.db, eventIds);
  }

  async stateBefore(event: StoredEvent): Promise<StoredEvent[] | undefined> {
    const nids = await this.#nidsBefore(event);
    return nids && this.deps.events.byNids(this.deps.db, nids);
  }

  async stateAfter(event: StoredEvent): Promise<StoredEvent[] | undefined> {
    const { db, state, states, events } = this.deps;
    if (!isKnown(event)) return undefined;
    const [after] = await states.of([event]);
    return after === undefined ? [] : events.byNids(db, [...(await state.all(db, after)).values()]);
  }

  async #nidsBefore(event: StoredEvent, except?: string): Promise<number[] | undefined> {
    const { db, state, names } = this.deps;
    if (event.snapshot === undefined) return isKnown(event) ? [] : undefined;
    const all = await state.all(db, event.snapshot);
    const typeNid = except === undefined ? undefined : await names.find(db, except);
    if (typeNid === undefined) return [...all.values()];
    const types = await names.typesOf(db, [...all.keys()]);
    return [...all].flatMap(([stateNid, nid]) => (types.get(stateNid) === typeNid ? [] : [nid]));
  }

  async missing(asked: Parameters<Graph['missing']>[0]): Promise<StoredEvent[]> {
    const { roomId, latest, earliest, limit, minDepth } = asked;
    const room = await this.#room(roomId);
    if (!room) return [];
    const seen = new Set([...earliest, ...latest]);
    const found: StoredEvent[] = [];
    for (let open = await this.#previous(room, latest); open.length > 0 && found.length < limit; ) {
      const fresh = open.filter((event) => !seen.has(event.eventId) && event.depth >= minDepth);
      for (const event of fresh) seen.add(event.eventId);
      found.push(...fresh);
      if (seen.size > MOST_LOOKED_AT) break;
      open = await this.#inRoom(
        room,
        fresh.flatMap((event) => event.prevEvents),
      );
    }
    return found.slice(0, limit).sort((a, b) => a.depth - b.depth || a.nid - b.nid);
  }

  async backfill({ roomId, from, limit }: Parameters<Graph['backfill']>[0]): Promise<StoredEvent[]> {
    const room = await this.#room(roomId);
    if (!room) return [];
    const found = new Map<EventId, StoredEvent>();
    const waiting = new Map((await this.#inRoom(room, from)).map((event) => [event.eventId, event]));
    while (waiting.size > 0 && found.size < limit) {
      const next = latestOf(waiting.values());
      waiting.delete(next.eventId);
      found.set(next.eventId, next);
      const open = next.prevEvents.filter((id) => !found.has(id) && !waiting.has(id));
      for (const event of await this.#inRoom(room, open)) waiting.set(event.eventId, event);
    }
    return [...found.values()];
  }

  async leaves(roomId: RoomId): Promise<{ readonly eventId: EventId; readonly depth: number }[]> {
    const room = await this.#room(roomId);
    if (!room) return [];
    const { extremities } = await this.deps.rooms.head(this.deps.db, room.nid);
    return extremities.map(({ eventId, depth }) => ({ eventId, depth }));
  }

  async firstDepth(roomId: RoomId): Promise<number> {
    const room = await this.#room(roomId);
    return room ? this.deps.events.firstDepth(this.deps.db, room.nid) : 0;
  }

  async gaps(roomId: RoomId, upTo = Number.MAX_SAFE_INTEGER, limit = MOST_GAPS): Promise<Gap[]> {
    const room = await this.#room(roomId);
    if (!room) return [];
    const rows = await this.deps.graph.gapsOfRoom(this.deps.db, room.nid, upTo, Math.min(limit, MOST_GAPS));
    return [...Map.groupBy(rows, ({ eventId }) => eventId)].flatMap(([eventId, of]) => {
      const [first] = of;
      return first ? [{ eventId, depth: first.depth, ord: first.ord, missing: of.map(({ missing }) => missing) }] : [];
    });
  }

  #room(roomId: RoomId): Promise<Room | undefined> {
    return this.deps.rooms.byId(this.deps.db, roomId);
  }

  /** What those of some events that are in the room follow. */
  async #previous(room: Room, eventIds: readonly EventId[]): Promise<StoredEvent[]> {
    const events = await this.#inRoom(room, eventIds);
    return this.#inRoom(
      room,
      events.flatMap((event) => event.prevEvents),
    );
  }

  /** Those of some events that are in the room and have a place in its timeline. */
  async #inRoom(room: Room, eventIds: readonly EventId[]): Promise<StoredEvent[]> {
    const { db, events } = this.deps;
    const nids = await events.nidsOf(db, [...new Set(eventIds)].slice(0, MOST_LOOKED_AT));
    const found = await events.byNids(db, [...nids.values()]);
    return found.filter((event) => event.room.nid === room.nid && event.ord !== undefined);
  }
}

const isKnown = ({ snapshot, ord }: StoredEvent): boolean => snapshot !== undefined || ord !== undefined;

function latestOf(events: Iterable<StoredEvent>): StoredEvent {
  let latest: StoredEvent | undefined;
  for (const event of events) {
    if (!latest || event.depth > latest.depth || (event.depth === latest.depth && event.nid > latest.nid))
      latest = event;
  }
  if (!latest) throw new Error('there is no latest of no events');
  return latest;
}
