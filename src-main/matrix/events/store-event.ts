import type { Transaction } from '../../storage/database.js';
import type { BuiltEvent } from './build-event.js';
import type { EventStatus, EventStore, StoredEvent } from './events.store.js';
import type { GraphStore } from './graph.store.js';
import type { NameStore } from './names.store.js';
import type { Room } from './rooms.store.js';

/** The integers of an event's strings. */
export interface EventNids {
  readonly typeNid: number;
  readonly senderNid: number;
  /** undefined for events that are not state */
  readonly stateNid: number | undefined;
}

/** Where to store an event. */
export interface StoragePlace {
  /** `end`: of the timeline; `none`: it is not in the timeline; a number: history that came later */
  readonly ord: 'end' | 'none' | number;
  /** the state before it */
  readonly snapshot: number | undefined;
  readonly status: EventStatus;
  readonly transaction?: StoredEvent['transaction'];
  /** the same event, where it was stored before without a place */
  readonly standing?: StoredEvent | undefined;
}

/** Writes the row of an event, and those of its strings and its auth events. */
export class StoreEvent {
  constructor(
    private readonly deps: { readonly names: NameStore; readonly events: EventStore; readonly graph: GraphStore },
  ) {}

  async run(
    tx: Transaction,
    room: Room,
    { event, text }: BuiltEvent,
    place: StoragePlace,
  ): Promise<{ stored: StoredEvent; nids: EventNids }> {
    const { names, events } = this.deps;
    const { snapshot, status, transaction, standing } = place;
    const senderNid = await names.intern(tx, event.sender);
    const key = event.stateKey === undefined ? undefined : await names.internStateKey(tx, [event.type, event.stateKey]);
    const typeNid = key?.typeNid ?? (await names.intern(tx, event.type));
    const nids = { typeNid, senderNid, stateNid: key?.stateNid };
    if (standing) {
      const stored = await events.place(tx, standing, { ord: ordOf(place, () => tx.position()), snapshot, status });
      return { stored, nids };
    }
    const nid = tx.position();
    const row = { nid, ord: ordOf(place, () => nid), ...nids, snapshot, transaction, status };
    const stored = await events.insert(tx, event, room, row, text);
    if (key) await this.#setAuthEdges(tx, stored);
    return { stored, nids };
  }

  async #setAuthEdges(tx: Transaction, { nid, authEvents }: StoredEvent): Promise<void> {
    const known = await this.deps.events.nidsOf(tx, authEvents);
    await this.deps.graph.addEdges(
      tx,
      [...known.values()].map((authNid) => [nid, authNid] as const),
    );
  }
}

function ordOf({ ord }: StoragePlace, end: () => number): number | undefined {
  if (ord === 'end') return end();
  return ord === 'none' ? undefined : ord;
}
