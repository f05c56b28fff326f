import { abortable } from '../../../base/abort.js';
import type { Cache, Caches } from '../../../base/caches.js';
import type { Clock, Milliseconds } from '../../../base/clock.js';
import { Lanes } from '../../../base/lane.js';
import type { Logger } from '../../../base/logger.js';
import { serverOf } from '../../../spec/grammar.js';
import type { EventId, RoomId, ServerName } from '../../../spec/ids.js';
import type { CheckedEvent, Gap, Graph, Intake, Room, RoomReader, StoredEvent } from '../../events/index.js';
import { RemoteError } from '../../servers/index.js';
import type { PolicedIntake } from '../policy/policed-intake.js';
import type { RemoteState } from '../transactions/remote-state.js';
import type { HistoryRequests, TimedEvent } from './history-requests.js';

/** A part of a room's timeline, by places: both ends are in it. */
export interface Span {
  readonly from: number;
  readonly upTo: number;
}

/** Events fetched at once. */
const AT_ONCE = 100;
/** Gaps that are named in one question. */
const MOST_GAPS = 10;
/** Servers asked for one thing. */
const MOST_SERVERS = 4;
/** How often the state before some event is fetched for one piece of history. */
const MOST_STATES = 5;
/** How long a client waits for other servers at most. */
const LONGEST_WAIT: Milliseconds = 10_000;
/** Nobody is asked again about a room for so long after nobody could help. */
const REST: Milliseconds = 30_000;

/** Single events that are looked for at once. */
const MOST_LOOKING = 20;
const EVERYWHERE: Span = { from: -Number.MAX_SAFE_INTEGER, upTo: Number.MAX_SAFE_INTEGER };

interface RemoteHistoryDeps {
  readonly reader: RoomReader;
  readonly graph: Graph;
  readonly intake: Pick<Intake, 'known'>;
  readonly policed: Pick<PolicedIntake, 'prepend'>;
  readonly requests: HistoryRequests;
  readonly state: RemoteState;
  readonly serverName: ServerName;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * History of rooms from before this server came into them, or from while it was away: fetched from servers in the room
 * when somebody here reads so far.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#backfilling-and-retrieving-missing-events
 */
export class RemoteHistory {
  /** One at a time for each room: who waits for the same history finds it there. */
  readonly #lanes = new Lanes<RoomId>();
  /** Events that nobody told of late. */
  readonly #unknown: Cache<EventId, { readonly until: Milliseconds }>;
  #looking = 0;
  readonly #resting: Cache<RoomId, { readonly until: Milliseconds }>;

  constructor(private readonly deps: RemoteHistoryDeps) {
    this.#unknown = deps.caches.lru('events that nobody has', { share: 0.001, entryBytes: 250 });
    this.#resting = deps.caches.lru('rooms without help', { share: 0.001, entryBytes: 200 });
  }

  /**
   * Fetches what is missing before events in a part of a room's timeline, a piece of it at a time.
   *
   * @returns whether something came: what was read before is to be read again
   */
  async fill(roomId: RoomId, span: Span): Promise<boolean> {
    const before = await this.#gapsIn(roomId, span);
    if (before.length === 0) return false;
    return this.#lanes.run(roomId, async () => {
      const gaps = await this.#gapsIn(roomId, span);
      const isChanged = gaps.map(({ eventId }) => eventId).join() !== before.map(({ eventId }) => eventId).join();
      if (isChanged || gaps.length === 0) return true;
      return this.#helped(roomId, (signal) => this.#fillGaps(roomId, gaps, signal));
    });
  }

  /** Whether something is missing before events in a part of a room's timeline. */
  async hasGap(roomId: RoomId, span: Span): Promise<boolean> {
    return (await this.#gapsIn(roomId, span)).length > 0;
  }

  /** Whether something is missing from before a moment or later, as the events say that follow it. */
  async mayMiss(roomId: RoomId, ts: Milliseconds): Promise<boolean> {
    const { graph, reader } = this.deps;
    const gaps = await graph.gaps(roomId);
    const followers = await reader.events(gaps.map(({ eventId }) => eventId));
    return followers.some(({ originServerTs }) => originServerTs >= ts);
  }

  /**
   * The event nearest to a time in a direction as other servers in the room know it, with its place in the timeline.
   *
   * @param isBetter whether an event is wanted: one that is nearer than what was found here
   */
  nearest(
    roomId: RoomId,
    asked: { readonly ts: Milliseconds; readonly direction: 'b' | 'f' },
    isBetter: (event: TimedEvent) => boolean,
  ): Promise<StoredEvent | undefined> {
    return this.#lanes.run(roomId, async () => {
      let found: StoredEvent | undefined;
      await this.#helped(roomId, (signal) =>
        this.#askAround(roomId, { near: [], signal }, async (server, room) => {
          const event = await this.deps.requests.nearest(server, roomId, asked, signal);
          if (!event || !isBetter(event)) return event !== undefined;
          found = await this.#placed(server, room, event.eventId, signal);
          return found !== undefined;
        }),
      );
      return found;
    });
  }

  /**
   * An event that is not known here, where history is missing: fetched, with its place in the timeline. Who may see it is
   * for the caller to ask.
   *
   * @returns undefined when nobody tells it
   */
  async event(roomId: RoomId, eventId: EventId): Promise<StoredEvent | undefined> {
    const { clock, reader } = this.deps;
    const isUnknown = (this.#unknown.get(eventId)?.until ?? 0) > clock.now();
    if (isUnknown || this.#looking >= MOST_LOOKING) return undefined;
    if (!(await this.hasGap(roomId, EVERYWHERE)) || !(await reader.isHere(roomId))) return undefined;
    this.#looking += 1;
    try {
      const found = await this.#lookFor(roomId, eventId, AbortSignal.timeout(LONGEST_WAIT));
      if (!found) this.#unknown.set(eventId, { until: clock.now() + REST });
      return found;
    } finally {
      this.#looking -= 1;
    }
  }

  async #lookFor(roomId: RoomId, eventId: EventId, signal: AbortSignal): Promise<StoredEvent | undefined> {
    let found: StoredEvent | undefined;
    await this.#askAround(roomId, { near: [], signal }, async (server, room) => {
      found = await this.#placed(server, room, eventId, signal);
      return found !== undefined;
    });
    return found;
  }

  async #gapsIn(roomId: RoomId, { from, upTo }: Span): Promise<Gap[]> {
    const gaps = await this.deps.graph.gaps(roomId, upTo, MOST_GAPS);
    return gaps.filter(({ ord }) => ord >= from);
  }

  /** Leaves a room alone for a while once nobody could help. */
  async #helped(roomId: RoomId, work: (signal: AbortSignal) => Promise<boolean>): Promise<boolean> {
    const { clock, reader } = this.deps;
    const now = clock.now();
    if ((this.#resting.get(roomId)?.until ?? 0) > now || !(await reader.isHere(roomId))) return false;
    // Not the client's signal: others wait for the same history, and whoever asks again finds it.
    if (await work(AbortSignal.timeout(LONGEST_WAIT))) return true;
    this.#resting.set(roomId, { until: clock.now() + REST });
    return false;
  }

  async #fillGaps(roomId: RoomId, gaps: readonly Gap[], signal: AbortSignal): Promise<boolean> {
    const from = gaps.map(({ eventId }) => eventId);
    return this.#askAround(roomId, { near: from, signal }, async (server, room) => {
      const { requests, state, intake } = this.deps;
      const values = await requests.backfill(server, roomId, { from, limit: AT_ONCE }, signal);
      const checked = await state.check(room, values, signal);
      const known = await intake.known(checked.map(({ event }) => event.eventId));
      const fresh = checked.filter(({ event }) => known.get(event.eventId) !== 'placed');
      return fresh.length > 0 && (await this.#prepend(server, room, fresh, signal)) > 0;
    });
  }

  /** Asks servers in the room until one helps: those first whose people said what stands at the gaps. */
  async #askAround(
    roomId: RoomId,
    { near, signal }: { readonly near: readonly EventId[]; readonly signal: AbortSignal },
    attempt: (server: ServerName, room: Room) => Promise<boolean>,
  ): Promise<boolean> {
    const { reader, log } = this.deps;
    const room = await reader.room(roomId);
    if (!room) return false;
    for (const server of await this.#servers(roomId, near)) {
      try {
        if (await attempt(server, room)) return true;
      } catch (error) {
        if (!(error instanceof RemoteError) && !signal.aborted) throw error;
        log.info('no history to be had', { roomId, server, error });
        if (signal.aborted) return false;
      }
    }
    return false;
  }

  async #servers(roomId: RoomId, near: readonly EventId[]): Promise<ServerName[]> {
    const { reader } = this.deps;
    const there = new Set(await reader.serversIn(roomId));
    const create = await reader.state(roomId, ['m.room.create', '']);
    const senders = [...(await reader.events(near)), ...(create ? [create] : [])].map(({ sender }) => serverOf(sender));
    return [...new Set([...senders.filter((server) => there.has(server)), ...there])].slice(0, MOST_SERVERS);
  }

  /** @returns how many events are known now that were not */
  async #prepend(
    server: ServerName,
    room: Room,
    events: readonly CheckedEvent[],
    signal: AbortSignal,
  ): Promise<number> {
    const { state } = this.deps;
    const open = await this.#open(events);
    let usable = [...events];
    let done = 0;
    for (const { event } of open.slice(0, MOST_STATES)) {
      const stateBefore = await state.before(server, room, event.eventId, signal);
      if (stateBefore) done += await this.#add(room, usable, { stateBefore }, signal);
      else usable = usable.filter((other) => other.event.eventId !== event.eventId);
    }
    if (open.length === 0) done += await this.#add(room, usable, {}, signal);
    return done;
  }

  async #add(
    { roomId }: Room,
    events: readonly CheckedEvent[],
    options: { readonly stateBefore?: readonly EventId[] },
    signal: AbortSignal,
  ): Promise<number> {
    const { placed, hidden } = await abortable(this.deps.policed.prepend(roomId, events, options), signal);
    return placed + hidden.length;
  }

  /** Those whose previous events are neither known nor among them, the earliest first: where this piece ends. */
  async #open(events: readonly CheckedEvent[]): Promise<CheckedEvent[]> {
    const among = new Set(events.map(({ event }) => event.eventId));
    const outside = events.flatMap(({ event }) => event.prevEvents.filter((id) => !among.has(id)));
    const known = await this.deps.intake.known([...new Set(outside)]);
    const isMissing = (id: EventId) => !among.has(id) && known.get(id) !== 'placed';
    return events
      .filter(({ event }) => event.prevEvents.some(isMissing))
      .toSorted((a, b) => a.event.depth - b.event.depth);
  }

  /** An event by itself, with the state before it. */
  async #placed(
    server: ServerName,
    room: Room,
    eventId: EventId,
    signal: AbortSignal,
  ): Promise<StoredEvent | undefined> {
    const { reader, requests, state } = this.deps;
    const standing = await reader.event(eventId);
    if (standing?.ord !== undefined) return standing.roomId === room.roomId ? standing : undefined;
    const value = await requests.event(server, eventId, signal);
    const checked = value === undefined ? [] : await state.check(room, [value], signal);
    const wanted = checked.filter(({ event }) => event.eventId === eventId);
    if (wanted.length === 0 || (await this.#prepend(server, room, wanted, signal)) === 0) return undefined;
    return reader.event(eventId);
  }
}
