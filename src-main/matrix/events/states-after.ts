import { turn } from '../../base/yield.js';
import type { EventId } from '../../spec/ids.js';
import type { Database, Reader, Transaction } from '../../storage/database.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { GraphStore } from './graph.store.js';
import type { NameStore } from './names.store.js';
import type { Room } from './rooms.store.js';
import type { StateStore } from './state.store.js';

/** The snapshots of the state after events, and of states that others tell. */
export class StatesAfter {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly names: NameStore;
      readonly events: EventStore;
      readonly graph: GraphStore;
      readonly state: StateStore;
    },
  ) {}

  /**
   * The snapshot after each of some events that have a place; what was rejected changed nothing.
   *
   * @param tx given where all must happen inside a transaction
   */
  async of(events: readonly StoredEvent[], tx?: Transaction): Promise<(number | undefined)[]> {
    const reader: Reader = tx ?? this.deps.db;
    const changing = events.filter((event) => event.stateKey !== undefined && !event.isRejected);
    const known = await this.deps.graph.afters(
      reader,
      changing.map(({ nid }) => nid),
    );
    const found: (number | undefined)[] = [];
    for (const event of events) {
      if (!changing.includes(event)) found.push(event.snapshot);
      else found.push(known.get(event.nid) ?? (await this.#make(event, event.snapshot, tx)));
    }
    return found;
  }

  /** Makes the snapshot after a state event that has none yet. @param before the snapshot before it */
  async #make(event: StoredEvent, before: number | undefined, tx: Transaction | undefined): Promise<number> {
    const write = async (write: Transaction) => {
      const after = await this.over(write, before, event);
      await this.deps.graph.putAfter(write, event.nid, after);
      return after;
    };
    return tx ? write(tx) : this.deps.db.write(write);
  }

  /** Makes the snapshot that lays a state event over another. */
  async over(tx: Transaction, before: number | undefined, event: StoredEvent): Promise<number> {
    const { stateNid } = await this.deps.names.internStateKey(tx, [event.type, event.stateKey ?? '']);
    return this.deps.state.insert(tx, before, new Map([[stateNid, event.nid]]));
  }

  /**
   * Makes a snapshot of the state that some events are, of which those that are not known, not state, of another room, or
   * rejected are left out; of several of one kind the first counts.
   *
   * @param near a snapshot that is probably alike
   */
  async fromEvents(
    room: Room,
    eventIds: readonly EventId[],
    near: number | undefined,
    tx?: Transaction,
  ): Promise<number | undefined> {
    const { db, state } = this.deps;
    const reader: Reader = tx ?? db;
    const entries = await this.entriesOf(reader, room, eventIds);
    const before = near === undefined ? new Map<number, number>() : await state.all(reader, near);
    await turn();
    const delta = new Map([...entries].filter(([stateNid, nid]) => before.get(stateNid) !== nid));
    for (const stateNid of before.keys()) if (!entries.has(stateNid)) delta.set(stateNid, 0);
    await turn();
    if (delta.size === 0) return near;
    const base = delta.size < entries.size ? near : undefined;
    const written = base === undefined ? entries : delta;
    return tx ? state.insert(tx, base, written) : state.insertLarge(db, base, written);
  }

  /** State nid -> event nid of those events that may be part of a state of the room. */
  async entriesOf(reader: Reader, room: Room, eventIds: readonly EventId[]): Promise<Map<number, number>> {
    const { events } = this.deps;
    const nids = [...(await events.nidsOf(reader, eventIds)).values()];
    const rejected = await events.rejectedAmong(reader, nids);
    const entries = new Map<number, number>();
    for (const [nid, stateNid] of await events.stateNids(reader, nids, room)) {
      if (!rejected.has(nid) && !entries.has(stateNid)) entries.set(stateNid, nid);
    }
    return entries;
  }
}
