import { turn } from '../../base/yield.js';
import { createEventIdOf } from '../../spec/event-id.js';
import type { EventId } from '../../spec/ids.js';
import type { EventLookup } from '../../spec/state-resolution/lookup.js';
import { type StateMap, type StateMapKey, stateMapKey } from '../../spec/state-view.js';
import type { Reader } from '../../storage/database.js';
import { AgreedChains } from './agreed-chains.js';
import { keysToCheck } from './check-incoming.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { GraphStore } from './graph.store.js';
import type { NameStore } from './names.store.js';
import type { Room } from './rooms.store.js';
import type { StateStore } from './state.store.js';

/** What state resolution needs to know, and no more of the states than that. */
export interface ResolutionInput {
  readonly stateSets: readonly StateMap[];
  readonly lookup: EventLookup;
  /** the entries that differ: state nid -> key */
  readonly conflicted: ReadonlyMap<number, StateMapKey>;
  /** of all events that may win */
  readonly nids: ReadonlyMap<EventId, number>;
  /** all that the lookup knows */
  readonly events: ReadonlyMap<EventId, StoredEvent>;
  /** what else lies in the auth chains of some events */
  readonly shortcuts: ReadonlyMap<EventId, readonly EventId[]>;
}

/** Where states differ: state nid -> the event nids of each state, 0 for none. */
export type Differences = ReadonlyMap<number, readonly number[]>;

const KEYS_AT_ONCE = 200;
/** Entries looked at without a turn of the event loop. */
const ENTRIES_AT_ONCE = 2_000;

/**
 * Reads what state resolution needs. Of the entries that all states share, these matter: those that lie in the auth
 * chains of conflicted events, those that the auth rules look at, and those whose auth chains hold events that are in
 * doubt.
 */
export class ResolutionInputs {
  readonly #agreed: AgreedChains;

  constructor(
    private readonly deps: {
      readonly names: NameStore;
      readonly events: EventStore;
      readonly graph: GraphStore;
      readonly state: StateStore;
    },
  ) {
    this.#agreed = new AgreedChains(deps);
  }

  async read(
    db: Reader,
    room: Room,
    snapshots: readonly (number | undefined)[],
    differences: Differences,
  ): Promise<ResolutionInput> {
    const { events } = this.deps;
    const conflictedNids = new Set([...differences.values()].flat().filter((nid) => nid !== 0));
    const edges = await this.#chains(db, conflictedNids);
    const found = new Map((await events.byNids(db, [...edges.keys()])).map((event) => [event.nid, event]));
    const agreed = await this.#agreedEntries(db, snapshots[0], differences, found);
    const missing = [...agreed.values()].filter((nid) => !found.has(nid));
    for (const event of await events.byNids(db, missing)) found.set(event.nid, event);
    if (room.rules.roomIdIsCreateHash) {
      const create = await events.byId(db, createEventIdOf(room.roomId));
      if (create) found.set(create.nid, create);
    }
    const doubts = await this.#agreed.find(db, { base: snapshots[0], differences, edges, conflictedNids, agreed });
    for (const event of await events.byNids(db, [...doubts.keys()])) found.set(event.nid, event);
    if (found.size > KEYS_AT_ONCE) await turn();
    return toInput({ snapshots, differences, found, agreed, doubts });
  }

  /** The auth chains of some events, themselves included: nid -> nids of auth events. */
  async #chains(db: Reader, roots: ReadonlySet<number>): Promise<Map<number, readonly number[]>> {
    const edges = new Map<number, readonly number[]>();
    for (let open = [...roots]; open.length > 0; ) {
      const read = await this.deps.graph.edges(db, open);
      for (const nid of open) edges.set(nid, read.get(nid) ?? []);
      open = [...new Set([...read.values()].flat())].filter((nid) => !edges.has(nid));
      if (edges.size > KEYS_AT_ONCE) await turn();
    }
    return edges;
  }

  /** Entries that all states share, of those that matter: state nid -> event nid. */
  async #agreedEntries(
    db: Reader,
    base: number | undefined,
    differences: Differences,
    chain: ReadonlyMap<number, StoredEvent>,
  ): Promise<Map<number, number>> {
    if (base === undefined) return new Map();
    const { names, events, state } = this.deps;
    const wanted = new Set((await events.stateNids(db, [...chain.keys()])).values());
    const seen = new Set<StateMapKey>();
    for (const event of chain.values()) {
      for (const key of keysToCheck(event)) {
        if (seen.size === seen.add(stateMapKey(...key)).size) continue;
        if (seen.size % KEYS_AT_ONCE === 0) await turn();
        const nid = await names.findStateKey(db, key);
        if (nid !== undefined) wanted.add(nid);
      }
    }
    const keys = [...wanted].filter((nid) => !differences.has(nid));
    return (await state.some(db, [base], keys)).get(base) ?? new Map<number, number>();
  }
}

async function toInput(read: {
  readonly snapshots: readonly (number | undefined)[];
  readonly differences: Differences;
  readonly found: ReadonlyMap<number, StoredEvent>;
  readonly agreed: ReadonlyMap<number, number>;
  /** nid of an agreed event -> nids in its auth chain */
  readonly doubts: ReadonlyMap<number, readonly number[]>;
}): Promise<ResolutionInput> {
  const { snapshots, differences, found, agreed, doubts } = read;
  const stateSets = snapshots.map(() => new Map<StateMapKey, EventId>());
  const conflicted = new Map<number, StateMapKey>();
  const put = (place: number, nid: number): StateMapKey | undefined => {
    const event = found.get(nid);
    if (event?.stateKey === undefined) return undefined;
    const key = stateMapKey(event.type, event.stateKey);
    stateSets[place]?.set(key, event.eventId);
    return key;
  };
  let looked = 0;
  for (const [stateNid, values] of differences) {
    looked += 1;
    if (looked % ENTRIES_AT_ONCE === 0) await turn();
    for (const [place, nid] of values.entries()) {
      const key = put(place, nid);
      if (key !== undefined) conflicted.set(stateNid, key);
    }
  }
  for (const nid of [...agreed.values(), ...doubts.keys()]) for (const place of snapshots.keys()) put(place, nid);
  const [byId, nids] = [new Map<EventId, StoredEvent>(), new Map<EventId, number>()];
  for (const event of found.values()) {
    looked += 1;
    if (looked % ENTRIES_AT_ONCE === 0) await turn();
    byId.set(event.eventId, event);
    nids.set(event.eventId, event.nid);
  }
  const idOf = (nid: number) => found.get(nid)?.eventId;
  const shortcuts = new Map<EventId, readonly EventId[]>();
  for (const [nid, below] of doubts) {
    const id = idOf(nid);
    if (id !== undefined)
      shortcuts.set(
        id,
        below.flatMap((other) => idOf(other) ?? []),
      );
  }
  const lookup: EventLookup = {
    event: (id) => byId.get(id),
    authEvents: (id) => shortcuts.get(id) ?? byId.get(id)?.authEvents,
    isRejected: (id) => byId.get(id)?.isRejected === true,
  };
  return { stateSets, lookup, conflicted, nids, events: byId, shortcuts };
}
