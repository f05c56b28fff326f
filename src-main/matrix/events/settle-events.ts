import { turn } from '../../base/yield.js';
import { checkAuth } from '../../spec/auth-rules/auth-rules.js';
import type { EventId } from '../../spec/ids.js';
import { authGraph } from '../../spec/state-resolution/auth-graph.js';
import type { Database } from '../../storage/database.js';
import { checkByAuthEvents, eventsToKnow, keysToCheck } from './check-incoming.js';
import type { EventStatus, EventStore, StoredEvent } from './events.store.js';
import type { JudgedEventStore } from './judged-events.store.js';
import type { PersistEvent } from './persist.js';
import type { Room } from './rooms.store.js';
import type { SnapshotViews } from './snapshot-views.js';
import type { StateResolver } from './state-resolver.js';
import type { StatesAfter } from './states-after.js';
import { isPlaced } from './stored-event.js';

interface SettleDeps {
  readonly db: Database;
  readonly events: EventStore;
  readonly judged: JudgedEventStore;
  readonly persist: PersistEvent;
  readonly resolver: StateResolver;
  readonly states: StatesAfter;
  readonly views: SnapshotViews;
}

/** An event as it is judged by all of the state. */
export interface SettledEvent {
  readonly event: StoredEvent;
  readonly isAccepted: boolean;
  /** the state after it */
  readonly after: number | undefined;
}

/**
 * Judges again what came into a room while most of its members were not known, in the order of its graph: with the state
 * before our join as it really was, and what followed from it.
 */
export class SettleEvents {
  /** what is done, since the join */
  readonly settled = new Map<EventId, SettledEvent>();

  /**
   * @param join the event by which this server came in
   * @param told the snapshot of the state before it
   */
  constructor(
    private readonly deps: SettleDeps,
    private readonly room: Room,
    private readonly join: StoredEvent,
    private readonly told: number,
  ) {}

  /** Judges what is not judged yet. @returns the last place in the timeline that was looked at */
  async run(signal?: AbortSignal): Promise<number> {
    const { db, events, judged } = this.deps;
    const { room, join } = this;
    const lastOrd = await events.lastOrd(db, room.nid);
    const nids = await judged.since(db, room.nid, { ord: join.ord ?? 0, nid: join.nid });
    const found = (await events.byNids(db, nids)).filter(({ eventId }) => !this.settled.has(eventId));
    for (const event of inOrder(found)) {
      signal?.throwIfAborted();
      await this.#settle(event);
      await turn();
    }
    return lastOrd;
  }

  /** What nothing follows that is let in, be it over events that are not. */
  leaves(): SettledEvent[] {
    const followed = new Set<EventId>();
    for (const { event, isAccepted } of this.settled.values()) {
      if (!isAccepted) continue;
      const open = [...event.prevEvents];
      for (let id = open.pop(); id !== undefined; id = open.pop()) {
        if (followed.size === followed.add(id).size) continue;
        const aside = this.settled.get(id);
        if (aside && !aside.isAccepted) open.push(...aside.event.prevEvents);
      }
    }
    return [...this.settled.values()].filter(({ event, isAccepted }) => isAccepted && !followed.has(event.eventId));
  }

  async #settle(event: StoredEvent): Promise<void> {
    const { db, persist, states } = this.deps;
    const before = event.nid === this.join.nid ? this.told : await this.#before(event);
    const status = await this.#judge(event, before);
    const isAccepted = status === 'accepted';
    const settled = await db.write(async (tx) => {
      const isState = event.stateKey !== undefined;
      const after = isState && status !== 'rejected' ? await states.over(tx, before, event) : before;
      return { after, event: await persist.again(tx, event, { before, after, status }) };
    });
    this.settled.set(event.eventId, { ...settled, isAccepted });
  }

  /** The state before it; where what it follows is not known, it was told by another server, all of it. */
  async #before(event: StoredEvent): Promise<number | undefined> {
    const { db, events, resolver, states } = this.deps;
    const ids = [...new Set(event.prevEvents)];
    const others = ids.filter((id) => !this.settled.has(id));
    const found = await events.byIds(db, others);
    const placed = found.filter((other) => isPlaced(other) && other.room.nid === this.room.nid);
    if (placed.length < others.length) return event.snapshot;
    const afters = ids.flatMap((id) => this.settled.get(id) ?? []).map(({ after }) => after);
    return resolver.resolve(this.room, [...afters, ...(await states.of(placed))]);
  }

  async #judge(event: StoredEvent, before: number | undefined): Promise<EventStatus> {
    const { db, events, views } = this.deps;
    const needed = eventsToKnow(event);
    const known = await events.byIds(db, needed);
    if (known.length < needed.length) return 'rejected';
    const rejected = new Set(known.filter((other) => other.isRejected).map(({ eventId }) => eventId));
    const verdict = checkByAuthEvents(event, known, (id) => rejected.has(id));
    const state = await views.at(db, before, keysToCheck(event));
    if (!verdict.allowed || !checkAuth(event, state).allowed) return 'rejected';
    return event.isSoftFailed ? 'soft-failed' : 'accepted';
  }
}

/** Each after those of its previous events that are among them. */
function inOrder(events: readonly StoredEvent[]): StoredEvent[] {
  const byDepth = events.toSorted((a, b) => a.depth - b.depth || a.nid - b.nid);
  const byId = new Map(byDepth.map((event) => [event.eventId, event]));
  const previous = (id: EventId) => (byId.get(id)?.prevEvents ?? []).filter((other) => byId.has(other));
  return authGraph(byId.keys(), previous).ids.flatMap((id) => byId.get(id) ?? []);
}
