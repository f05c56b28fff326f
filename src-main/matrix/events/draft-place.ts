import { authEventKeys } from '../../spec/auth-events.js';
import type { RoomEvent, StateKey } from '../../spec/event.js';
import { MAX_PREV_EVENTS } from '../../spec/event-limits.js';
import type { StateView } from '../../spec/state-view.js';
import type { Transaction } from '../../storage/database.js';
import type { EventContent } from './build-event.js';
import type { EventStore } from './events.store.js';
import type { RoomHead, RoomHeads } from './room-heads.js';
import type { Extremity } from './rooms.store.js';
import type { SnapshotViews } from './snapshot-views.js';
import type { StateResolver } from './state-resolver.js';
import type { StatesAfter } from './states-after.js';

/** Where an event that is made now stands, and the state that decides whether it may. */
export interface DraftPlace {
  readonly prevEvents: readonly Extremity[];
  readonly authEvents: readonly RoomEvent[];
  readonly depth: number;
  /** the state before it: the entries that its right depends on */
  readonly state: StateView;
  /** the snapshot of the state before it */
  readonly before: number | undefined;
  /** it follows all leaves of the room */
  readonly followsAll: boolean;
}

const CREATE_KEY: StateKey = ['m.room.create', ''];

/** Finds the place of events that are made here: after the leaves of the graph, as many as an event may name. */
export class DraftPlaces {
  constructor(
    private readonly deps: {
      readonly events: EventStore;
      readonly heads: RoomHeads;
      readonly views: SnapshotViews;
      readonly states: StatesAfter;
      readonly resolver: StateResolver;
    },
  ) {}

  async find(tx: Transaction, head: RoomHead, draft: EventContent): Promise<DraftPlace> {
    const { type, sender, stateKey, content } = draft;
    const authKeys = authEventKeys({ type, sender, stateKey, content }, head.room.rules);
    const keys = [CREATE_KEY, ...authKeys];
    const followsAll = head.extremities.length <= MAX_PREV_EVENTS;
    const prevEvents = followsAll ? head.extremities : deepest(head.extremities);
    const before = followsAll ? head.snapshot : await this.#stateOf(tx, head, prevEvents);
    const state = followsAll ? await this.deps.heads.view(tx, head, keys) : await this.deps.views.at(tx, before, keys);
    return {
      prevEvents,
      authEvents: authKeys.flatMap((key) => state.get(...key) ?? []),
      depth: Math.min(1 + Math.max(0, ...prevEvents.map(({ depth }) => depth)), Number.MAX_SAFE_INTEGER),
      state,
      before,
      followsAll,
    };
  }

  async #stateOf(tx: Transaction, head: RoomHead, leaves: readonly Extremity[]): Promise<number | undefined> {
    const { events, states, resolver } = this.deps;
    const nids = leaves.map(({ nid }) => nid);
    return resolver.resolve(head.room, await states.of(await events.byNids(tx, nids), tx), tx);
  }
}

const deepest = (leaves: readonly Extremity[]): Extremity[] =>
  leaves.toSorted((a, b) => b.depth - a.depth || b.nid - a.nid).slice(0, MAX_PREV_EVENTS);
