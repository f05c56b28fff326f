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
    await turn();
    for (const { event } of given.values()) for (const id of eventsToKnow(event)) ids.add(id);
    await turn();
    const stored = await events.nidsOf(db, [...ids]);
    const found = await events.byNids(db, [...stored.values()]);
    return new Map(found.map((event) => [event.eventId, { event, isRejected: event.isRejected }]));
  }

  /** Each after what it rests on: mostly so by their depths. @param grounds what is known; grows */
  async #judge(
    fresh: ReadonlyMap<EventId, CheckedEvent>,
    grounds: Map<EventId, Ground>,
  ): Promise<{ judged: Judged[]; incomplete: EventId[] }> {
    const judged: Judged[] = [];
    const judge = async (ids: Iterable<EventId>): Promise<EventId[]> => {
      const open: EventId[] = [];
      let looked = 0;
      for (const id of ids) {
        looked += 1;
        if (looked % JUDGED_AT_ONCE === 0) await turn();
        const checked = fresh.get(id);
        const one = checked && judgeBy(checked, grounds);
        if (one) judged.push(one);
        else if (checked) open.push(id);
      }
      return open;
    };
    await turn();
    const byDepth = [...fresh].sort(([, a], [, b]) => a.event.depth - b.event.depth).map(([id]) => id);
    const open = await judge(byDepth);
    if (open.length === 0) return { judged, incomplete: [] };
    const waiting = new Set(open);
    const needs = (id: EventId) => {
      const one = fresh.get(id);
      return one ? eventsToKnow(one.event).filter((other) => waiting.has(other)) : [];
    };
    return { judged, incomplete: await judge(authGraph(open, needs).ids) };
  }
}

/** Undefined where something that the event rests on is not known. */
function judgeBy(checked: CheckedEvent, grounds: Map<EventId, Ground>): Judged | undefined {
  const { event } = checked;
  const needed = eventsToKnow(event);
  const known = needed.flatMap((other) => grounds.get(other)?.event ?? []);
  if (known.length < needed.length) return undefined;
  const verdict = checkByAuthEvents(event, known, (id) => grounds.get(id)?.isRejected === true);
  grounds.set(event.eventId, { event, isRejected: !verdict.allowed });
  return { checked, status: verdict.allowed ? 'accepted' : 'rejected' };
}
