import type { Verdict } from '../../spec/auth-rules/verdict.js';
import { checkAuth } from '../../spec/auth-rules/auth-rules.js';
import type { RoomEvent } from '../../spec/event.js';
import type { EventId } from '../../spec/ids.js';
import type { StateView } from '../../spec/state-view.js';
import type { Database, Reader, Transaction } from '../../storage/database.js';
import { agreeOn, checkByAuthEvents, eventsToKnow, keysToCheck } from './check-incoming.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { ForkPlan, ForkPlanner } from './fork-planner.js';
import { PLACES_OF_A_GAP } from './gap-places.js';
import { withNamedMembers } from './named-members.js';
import type { PartialRooms } from './partial-rooms.js';
import type { PersistEvent, PersistOptions } from './persist.js';
import type { AppendOptions, Appended, CheckedEvent } from './ports.js';
import type { Prepend } from './prepend.js';
import type { RoomHead, RoomHeads } from './room-heads.js';
import type { Room } from './rooms.store.js';
import { isFetchedLater, isPlaced } from './stored-event.js';
import { MOST_LEAVES, type TieLeaves } from './tie-leaves.js';

/** How often a plan is made anew because people here wrote meanwhile; after that it is made while they wait. */
const PLANS = 5;

interface AppendDeps {
  readonly db: Database;
  readonly events: EventStore;
  readonly heads: RoomHeads;
  readonly persist: PersistEvent;
  readonly planner: ForkPlanner;
  readonly prepending: Prepend;
  readonly tying: TieLeaves;
  readonly partials: PartialRooms;
}

/** An event with all that is known before its place in the graph is looked at. */
interface Judged {
  readonly checked: CheckedEvent;
  readonly options: PersistOptions;
  /** its auth events, and the create event */
  readonly known: readonly StoredEvent[];
  readonly verdict: Verdict;
  /** it may come into the room, and is shown to nobody */
  readonly isUnwanted: boolean;
}

/**
 * Adds events of other servers to the end of a room's graph.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#checks-performed-on-receipt-of-a-pdu rules 4 to 6
 */
export class AppendIncoming {
  constructor(private readonly deps: AppendDeps) {}

  async run(room: Room, checked: CheckedEvent, options: AppendOptions): Promise<Appended> {
    const { db } = this.deps;
    const judged = await this.#judge(db, checked, options);
    if ('outcome' in judged) return judged;
    if (judged.isUnwanted) return this.#fork(room, judged, options.stateBefore);
    if (judged.options.missing?.length === 0 && !options.stateBefore) {
      const appended = await db.write((tx) => this.#follow(tx, room, judged));
      if (appended) return appended;
    }
    if (await this.#isHistory(room, checked)) return this.#prepend(room, judged, options);
    return this.#fork(room, judged, options.stateBefore);
  }

  /** Several at once: as long as each follows all leaves, they are written together. @returns what became of the first ones */
  runTogether(room: Room, events: readonly CheckedEvent[], options: AppendOptions): Promise<Appended[]> {
    return this.deps.db.write(async (tx) => {
      const done: Appended[] = [];
      for (const checked of events) {
        const judged = await this.#judge(tx, checked, options);
        const isIn = 'outcome' in judged ? judged.outcome === 'known' && judged : await this.#follow(tx, room, judged);
        if (!isIn) break;
        done.push(isIn);
      }
      return done;
    });
  }

  /** What is known of an event before its place in the graph is looked at; or that there is nothing to do, or too little known. */
  async #judge(db: Reader, checked: CheckedEvent, options: AppendOptions): Promise<Judged | Appended> {
    const { events } = this.deps;
    const { event } = checked;
    const standing = await events.byId(db, event.eventId);
    if (standing && isPlaced(standing)) return { outcome: 'known', event: standing };
    const needed = eventsToKnow(event);
    const nids = await events.nidsOf(db, [...needed, ...event.prevEvents]);
    const missingAuth = needed.filter((id) => !nids.has(id));
    const known = await events.byNids(
      db,
      needed.flatMap((id) => nids.get(id) ?? []),
    );
    const missing = await this.#missingPrev(db, event, nids);
    if (missingAuth.length > 0 || (missing.length > 0 && !options.stateBefore)) {
      return { outcome: 'incomplete', missingAuth, missingPrev: missing };
    }
    const rejected = new Set(known.filter(({ isRejected }) => isRejected).map(({ eventId }) => eventId));
    const verdict = checkByAuthEvents(event, known, (id) => rejected.has(id));
    const { relay, transaction, unwanted } = options;
    const isUnwanted = unwanted?.has(event.eventId) === true;
    return { checked, options: { standing, relay, transaction, missing }, known, verdict, isUnwanted };
  }

  /** Whether an event lies before all that happened since this server came into the room, and follows nothing of it. */
  async #isHistory(room: Room, { event }: CheckedEvent): Promise<boolean> {
    const { db, events } = this.deps;
    if (event.depth >= (await events.firstDepth(db, room.nid))) return false;
    const previous = await events.byIds(db, event.prevEvents);
    return !previous.some((before) => before.ord !== undefined && !isFetchedLater(before));
  }

  async #prepend(room: Room, judged: Judged, options: AppendOptions): Promise<Appended> {
    const { db, events, prepending } = this.deps;
    const { checked, verdict } = judged;
    await prepending.run(room, [checked], options);
    const event = await events.byId(db, checked.event.eventId);
    if (!event || !isPlaced(event))
      return { outcome: 'incomplete', missingAuth: [], missingPrev: checked.event.prevEvents };
    if (event.isRejected)
      return { outcome: 'rejected', why: whyOf(verdict) || 'the state before it forbids it', event };
    return { outcome: event.isSoftFailed ? 'soft-failed' : 'accepted', event };
  }

  /** Those of the previous events whose state is not known; an event of another room is none of this one's past. */
  async #missingPrev(
    db: Reader,
    { roomId, prevEvents }: RoomEvent,
    nids: ReadonlyMap<EventId, number>,
  ): Promise<EventId[]> {
    const found = await this.deps.events.byNids(
      db,
      prevEvents.flatMap((id) => nids.get(id) ?? []),
    );
    const before = found.filter((event) => isPlaced(event) && event.roomId === roomId);
    const placed = new Set(before.map(({ eventId }) => eventId));
    return [...new Set(prevEvents)].filter((id) => !placed.has(id));
  }

  /** The usual way: the event follows all leaves, so that the room's state is the state before it. */
  async #follow(tx: Transaction, room: Room, judged: Judged): Promise<Appended | undefined> {
    const { heads, persist } = this.deps;
    const { checked, options, known, verdict, isUnwanted } = judged;
    if (isUnwanted) return undefined;
    const head = await heads.open(tx, room);
    if (!followsAll(checked.event.prevEvents, head)) return undefined;
    const state = await heads.view(tx, head, keysToCheck(checked.event));
    const now = (await this.deps.partials.isPartialIn(tx, room)) ? withNamedMembers(state, known) : state;
    const byState = verdict.allowed ? judgeByState(checked, known, now) : verdict;
    if (!byState.allowed) {
      const place = { snapshot: head.snapshot, status: 'rejected', standing: options.standing } as const;
      const event = await persist.aside(tx, room, checked, place);
      return { outcome: 'rejected', why: whyOf(byState), event };
    }
    return { outcome: 'accepted', event: await persist.run(tx, head, checked, options) };
  }

  /** What needs work on states is planned before the transaction, and again if the room went on meanwhile. */
  async #fork(room: Room, judged: Judged, stateBefore: readonly EventId[] | undefined): Promise<Appended> {
    const { db, planner, heads } = this.deps;
    const { checked, options, verdict } = judged;
    const asked = {
      room,
      checked,
      stateBefore,
      standing: options.standing,
      missing: options.missing ?? [],
      named: judged.known,
      isUnwanted: judged.isUnwanted,
    };
    for (let attempt = 0; attempt < PLANS; attempt += 1) {
      const plan = await planner.plan({ ...asked, byAuthEvents: verdict });
      const done = await db.write(async (tx) => {
        const head = await heads.open(tx, room);
        return isAsPlanned(head, plan) ? this.#carryOut(tx, head, judged, plan) : undefined;
      });
      if (done?.outcome === 'accepted' && plan.leaves.length >= MOST_LEAVES) await this.deps.tying.run(room);
      if (done) return done;
    }
    return db.write(async (tx) => {
      const head = await heads.open(tx, room);
      return this.#carryOut(tx, head, judged, await planner.plan({ ...asked, byAuthEvents: verdict }, tx));
    });
  }

  async #carryOut(tx: Transaction, head: RoomHead, judged: Judged, plan: ForkPlan): Promise<Appended> {
    const { persist } = this.deps;
    const { checked, options } = judged;
    const standing = plan.standing ?? options.standing;
    const { before, after, outcome } = plan;
    if (outcome === 'accepted') {
      if (plan.unknown.length > 0) tx.position(PLACES_OF_A_GAP);
      const event = await persist.fork(
        tx,
        head,
        checked,
        { ...plan, before, after },
        { ...options, standing, missing: plan.unknown },
      );
      return { outcome, event };
    }
    const event = await persist.aside(tx, head.room, checked, { snapshot: before, after, status: outcome, standing });
    if (!plan.isLeaf) await persist.bridge(tx, head, event, plan);
    return outcome === 'rejected' ? { outcome, why: plan.why, event } : { outcome, event };
  }
}

function followsAll(prevEvents: readonly EventId[], { extremities }: RoomHead): boolean {
  const followed = new Set(prevEvents);
  return followed.size === extremities.length && extremities.every(({ eventId }) => followed.has(eventId));
}

/** Where the state has the very events that the event names, they have allowed it already. */
function judgeByState({ event }: CheckedEvent, known: readonly StoredEvent[], state: StateView): Verdict {
  const named: StateView = {
    get: (type, key) => known.find((other) => other.type === type && other.stateKey === key),
  };
  return agreeOn(event, named, state) ? { allowed: true } : checkAuth(event, state);
}

const isAsPlanned = (head: RoomHead, plan: ForkPlan): boolean =>
  head.snapshot === plan.headSnapshot &&
  head.extremities.length === plan.leaves.length &&
  head.extremities.every(({ nid }) => plan.leaves.includes(nid));

const whyOf = (verdict: Verdict): string => (verdict.allowed ? '' : `${verdict.rule}: ${verdict.why}`);
