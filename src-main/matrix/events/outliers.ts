import { turn } from '../../base/yield.js';
import type { RoomEvent } from '../../spec/event.js';
import type { EventId } from '../../spec/ids.js';
import { authGraph } from '../../spec/state-resolution/auth-graph.js';
import type { Database } from '../../storage/database.js';
import { checkByAuthEvents, eventsToKnow } from './check-incoming.js';
import type { EventStatus, EventStore } from './events.store.js';
import type { PersistEvent } from './persist.js';
import type { CheckedEvent, OutliersAdded } from './ports.js';
import type { Room } from './rooms.store.js';

/** Events judged without a turn of the event loop, and events written in one transaction. */
const JUDGED_AT_ONCE = 100;
const WRITTEN_AT_ONCE = 100;

/** An event that others may rest on. */
interface Ground {
  readonly event: RoomEvent;
  readonly isRejected: boolean;
}

interface Judged {
  readonly checked: CheckedEvent;
  readonly status: EventStatus;
}

/** Stores events without a place: state, and what authorizes it. Each is judged by its own auth events. */
export class Outliers {
  constructor(
    private readonly deps: { readonly db: Database; readonly events: EventStore; readonly persist: PersistEvent },
  ) {}

  /** @param progress called after each piece of work, with how many were stored */
  async add(
    room: Room,
    events: readonly CheckedEvent[],
    {
      signal,
      progress,
    }: { readonly signal?: AbortSignal | undefined; readonly progress?: (done: number) => void } = {},
  ): Promise<OutliersAdded> {
    const given = new Map(
      events.filter(({ event }) => event.roomId === room.roomId).map((one) => [one.event.eventId, one]),
    );
    const grounds = await this.#known(given);
    const rejected: EventId[] = [];
    const fresh = new Map<EventId, CheckedEvent>();
    let accepted = 0;
    for (const [id, one] of given) {
      const stored = grounds.get(id);
      if (!stored) fresh.set(id, one);
      else if (stored.isRejected) rejected.push(id);
      else accepted += 1;
    }
    const { judged, incomplete } = await this.#judge(fresh, grounds);
    for (const { checked, status } of judged) if (status === 'rejected') rejected.push(checked.event.eventId);
    for (let start = 0; start < judged.length; start += WRITTEN_AT_ONCE) {
      signal?.throwIfAborted();
      const some = judged.slice(start, start + WRITTEN_AT_ONCE);
      await this.deps.db.write(async (tx) => {
        for (const { checked, status } of some) await this.deps.persist.aside(tx, room, checked, { status });
      });
      progress?.(start + some.length);
      await turn();
    }
    accepted += judged.filter(({ status }) => status === 'accepted').length;
    return { accepted, rejected, incomplete };
  }

  /** Those of the events, and of what they rest on, that are stored already. */
  async #known(given: ReadonlyMap<EventId, CheckedEvent>): Promise<Map<EventId, Ground>> {
    const { db, events } = this.deps;
    const ids = new Set(given.keys());
    for (const { event } of given.values()) for (const id of eventsToKnow(event)) ids.add(id);
    const stored = await events.nidsOf(db, [...ids]);
    const found = await events.byNids(db, [...stored.values()]);
    return new Map(found.map((event) => [event.eventId, { event, isRejected: event.isRejected }]));
  }

  /** In an order in which each comes after what it rests on. @param grounds what is known; grows */
  async #judge(
    fresh: ReadonlyMap<EventId, CheckedEvent>,
    grounds: Map<EventId, Ground>,
  ): Promise<{ judged: Judged[]; incomplete: EventId[] }> {
    const needs = (id: EventId) => {
      const one = fresh.get(id);
      return one ? eventsToKnow(one.event).filter((other) => fresh.has(other)) : [];
    };
    const judged: Judged[] = [];
    const incomplete: EventId[] = [];
    const isRejected = (id: EventId) => grounds.get(id)?.isRejected === true;
    for (const [index, id] of authGraph(fresh.keys(), needs).ids.entries()) {
      if (index % JUDGED_AT_ONCE === JUDGED_AT_ONCE - 1) await turn();
      const checked = fresh.get(id);
      if (!checked) continue;
      const { event } = checked;
      const needed = eventsToKnow(event);
      const known = needed.flatMap((other) => grounds.get(other)?.event ?? []);
      if (known.length < needed.length) {
        incomplete.push(id);
        continue;
      }
      const verdict = checkByAuthEvents(event, known, isRejected);
      grounds.set(id, { event, isRejected: !verdict.allowed });
      judged.push({ checked, status: verdict.allowed ? 'accepted' : 'rejected' });
    }
    return { judged, incomplete };
  }
}
