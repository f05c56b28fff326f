import { backoff } from '../../../base/backoff.js';
import { withTimeout } from '../../../base/abort.js';
import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import { Semaphore } from '../../../base/semaphore.js';
import type { EventId, RoomId, ServerName } from '../../../spec/ids.js';
import { parseJsonLossless } from '../../../spec/json-text.js';
import type { Database } from '../../../storage/database.js';
import type { CheckedEvent, PduChecks, Room, RoomReader } from '../../events/index.js';
import { RemoteError } from '../../servers/index.js';
import type { PolicedIntake } from '../policy/policed-intake.js';
import { inGraphOrder } from './graph-order.js';
import type { MessageTimes } from './message-times.js';
import type { MissingEvents } from './missing-events.js';
import { type StagedPdu, StagedPduStore, type WaitingPdu } from './staged-pdus.store.js';

export interface StagedPdusDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly reader: Pick<RoomReader, 'room' | 'isHere' | 'serversIn'>;
  readonly pdus: PduChecks;
  readonly policed: PolicedIntake;
  readonly missing: MissingEvents;
  readonly times: MessageTimes;
}

/** Rooms that events are fetched for at once: in all, and of one server. */
const AT_ONCE = 16;
const AT_ONCE_OF_ONE = 4;
/** Taken from one server without having a place yet. */
const MOST_OF_ONE = 1_000;
/** The work for one event takes no longer. */
const LONGEST: Milliseconds = 180_000;
/** Waiting events of one lane that are looked at together. */
const READ = 50;
/** Servers asked beside the one that sent an event. */
const MOST_OTHERS = 2;
const FIRST_RETRY: Milliseconds = 5_000;
const LONGEST_RETRY: Milliseconds = 600_000;
/** After so many failures an event is given up: whoever follows it brings it again. */
const MOST_FAILURES = 5;

/** The PDUs of one server in one room that wait. */
interface Lane {
  readonly origin: ServerName;
  readonly roomId: RoomId;
  staged: number;
  /** ever added */
  added: number;
  failures: number;
  isRunning: boolean;
  /** ends the wait for the next try */
  retry: AbortController | undefined;
  /** checked already, by event id */
  readonly checked: Map<EventId, CheckedEvent>;
}

/**
 * PDUs that were taken from other servers and need more than is here: they are on disk, and get their place one after
 * another for each server and room, so that one that has to be waited for delays only those that may rest on it.
 */
export class StagedPdus {
  readonly #store = new StagedPduStore();
  readonly #lanes = new Map<string, Lane>();
  readonly #all = new Semaphore(AT_ONCE);
  readonly #ofOne = new Map<ServerName, { readonly places: Semaphore; users: number }>();
  #signal: AbortSignal | undefined;

  constructor(private readonly deps: StagedPdusDeps) {}

  /** Whether `origin` has so much here without a place that no more is taken. */
  isFull(origin: ServerName): boolean {
    let count = 0;
    for (const lane of this.#lanes.values()) if (lane.origin === origin) count += lane.staged;
    return count >= MOST_OF_ONE;
  }

  /** Takes PDUs over: from now on they are here, whatever happens. */
  async add(origin: ServerName, roomId: RoomId, pdus: readonly StagedPdu[]): Promise<void> {
    const { db, clock } = this.deps;
    await db.write((tx) => this.#store.add(tx, { origin, roomId, now: clock.now() }, pdus));
    const lane = this.#lane(origin, roomId);
    lane.staged += pdus.length;
    lane.added += pdus.length;
    this.#start(lane);
  }

  /** Something came into a room: it may be what others wait for. */
  came(roomId: RoomId): void {
    for (const lane of this.#lanes.values()) if (lane.roomId === roomId) lane.retry?.abort(new Error('something came'));
  }

  /** Works on what is there, and on what comes, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    this.#lanes.clear();
    for (const { origin, roomId, staged } of await this.#store.places(this.deps.db)) {
      const lane = this.#lane(origin, roomId);
      lane.staged = staged;
      this.#start(lane);
    }
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  #start(lane: Lane): void {
    const signal = this.#signal;
    if (lane.isRunning || !signal || signal.aborted) return;
    lane.isRunning = true;
    void this.#work(lane, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) this.deps.log.error('waiting events could not be worked on', { error });
      })
      .finally(() => {
        lane.isRunning = false;
      });
  }

  async #work(lane: Lane, signal: AbortSignal): Promise<void> {
    const { origin, roomId } = lane;
    for (;;) {
      signal.throwIfAborted();
      const { added } = lane;
      const waiting = await this.#store.first(this.deps.db, origin, roomId, READ);
      const [oldest] = waiting;
      if (!oldest) {
        if (lane.added !== added) continue; // it came while we looked
        // No await from here to the end: what is added from now on starts anew.
        this.#lanes.delete(keyOf(origin, roomId));
        return;
      }
      const done = await this.#inTurn(origin, () => this.#settle(lane, waiting, signal));
      if (done.length > 0) await this.#remove(lane, done);
      else await this.#waitForRetry(lane, signal);
    }
  }

  async #remove(lane: Lane, done: readonly WaitingPdu[]): Promise<void> {
    const positions = done.map(({ position }) => position);
    await this.deps.db.write((tx) => this.#store.remove(tx, positions));
    for (const { eventId } of done) lane.checked.delete(eventId);
    lane.failures = 0;
    lane.staged = Math.max(0, lane.staged - done.length);
  }

  /** @returns those that are done with: they have their place, or never get one */
  async #settle(lane: Lane, waiting: readonly WaitingPdu[], signal: AbortSignal): Promise<WaitingPdu[]> {
    const { reader } = this.deps;
    const room = await reader.room(lane.roomId);
    if (!room || !(await reader.isHere(lane.roomId))) return [...waiting];
    const limited = withTimeout(signal, LONGEST);
    try {
      const refused = await this.#check(lane, room, waiting, limited);
      const ready = refused.length > 0 ? refused : await this.#placeReady(lane, waiting);
      if (ready.length > 0) return ready;
      const [oldest] = waiting.filter(({ eventId }) => lane.checked.has(eventId));
      return oldest && (await this.#fetch(lane, room, oldest, limited)) ? [oldest] : this.#afterFailure(lane, waiting);
    } catch (error) {
      if (signal.aborted) throw error;
      const fields = { origin: lane.origin, roomId: lane.roomId, error };
      const isTheirs = error instanceof RemoteError || limited.aborted;
      if (isTheirs) this.deps.log.info('what an event rests on could not be fetched', fields);
      else this.deps.log.error('an event could not be placed', fields);
      return this.#afterFailure(lane, waiting);
    }
  }

  /** Checks those that are not checked yet. @returns those that are refused for good */
  async #check(lane: Lane, room: Room, waiting: readonly WaitingPdu[], signal: AbortSignal): Promise<WaitingPdu[]> {
    const { pdus, log } = this.deps;
    const { origin, roomId, checked } = lane;
    const unchecked = waiting.filter(({ eventId }) => !checked.has(eventId));
    if (unchecked.length === 0) return [];
    const values = unchecked.map(({ json }) => parseJsonLossless(json).value);
    const verdicts = await pdus.check(values, room.rules, { roomId, signal });
    return unchecked.filter(({ eventId }, at) => {
      const verdict = verdicts[at];
      if (verdict && 'event' in verdict) checked.set(eventId, verdict);
      if (!verdict || 'event' in verdict) return false;
      log.info('a waiting event is refused', { origin, roomId, eventId, why: verdict.refused });
      return !verdict.mayHoldLater;
    });
  }

  /** Those that need nothing more get their place: what they waited for has come by itself. */
  async #placeReady(lane: Lane, waiting: readonly WaitingPdu[]): Promise<WaitingPdu[]> {
    const placed = new Set<EventId>();
    for (const checked of inGraphOrder(lane.checked.values())) {
      const { outcome } = await this.deps.policed.append(checked, { origin: lane.origin });
      if (outcome === 'accepted') this.deps.times.stored(checked.event.eventId);
      if (outcome !== 'incomplete') placed.add(checked.event.eventId);
    }
    return waiting.filter(({ eventId }) => placed.has(eventId));
  }

  /**
   * Fetches what an event rests on, from who sent it; where that server is out of reach, from some others in the room.
   *
   * @returns whether it has its place
   */
  async #fetch(lane: Lane, room: Room, { eventId }: WaitingPdu, signal: AbortSignal): Promise<boolean> {
    const { origin, roomId } = lane;
    const checked = lane.checked.get(eventId);
    if (!checked) return false;
    const others = (await this.deps.reader.serversIn(roomId)).filter((server) => server !== origin);
    let failure: RemoteError | undefined;
    for (const server of [origin, ...others.slice(0, MOST_OTHERS)]) {
      try {
        return await this.#fetchFrom(server, checked, room, signal);
      } catch (error) {
        if (!(error instanceof RemoteError) || (error.kind !== 'unreachable' && error.kind !== 'resting')) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  async #fetchFrom(server: ServerName, checked: CheckedEvent, room: Room, signal: AbortSignal): Promise<boolean> {
    const { missing, log } = this.deps;
    const { eventId, roomId } = checked.event;
    const placed = await missing.place(checked, room, server, signal);
    log.debug('a waiting event', { server, roomId, eventId, outcome: placed.outcome });
    if (placed.outcome === 'given-up')
      log.info('an event has no place yet', { server, roomId, eventId, why: placed.why });
    return placed.outcome !== 'given-up';
  }

  /** Tried often enough, the oldest is given up. */
  #afterFailure(lane: Lane, waiting: readonly WaitingPdu[]): WaitingPdu[] {
    if (!this.#isEnough(lane)) return [];
    const { origin, roomId } = lane;
    this.deps.log.info('an event is given up', { origin, roomId, eventId: waiting[0]?.eventId });
    return waiting.slice(0, 1);
  }

  #isEnough(lane: Lane): boolean {
    lane.failures += 1;
    return lane.failures >= MOST_FAILURES;
  }

  async #waitForRetry(lane: Lane, signal: AbortSignal): Promise<void> {
    const retry = new AbortController();
    lane.retry = retry;
    const delay = backoff(lane.failures, FIRST_RETRY, LONGEST_RETRY);
    await this.deps.clock.sleep(delay, AbortSignal.any([signal, retry.signal])).catch(() => undefined);
    lane.retry = undefined;
  }

  /** Some at once, of each server few. */
  async #inTurn<T>(origin: ServerName, work: () => Promise<T>): Promise<T> {
    const own = this.#ofOne.get(origin) ?? { places: new Semaphore(AT_ONCE_OF_ONE), users: 0 };
    this.#ofOne.set(origin, own);
    own.users += 1;
    try {
      return await own.places.run(() => this.#all.run(work));
    } finally {
      own.users -= 1;
      if (own.users === 0) this.#ofOne.delete(origin);
    }
  }

  #lane(origin: ServerName, roomId: RoomId): Lane {
    const key = keyOf(origin, roomId);
    const known = this.#lanes.get(key);
    if (known) return known;
    const lane: Lane = {
      origin,
      roomId,
      staged: 0,
      added: 0,
      failures: 0,
      isRunning: false,
      retry: undefined,
      checked: new Map(),
    };
    this.#lanes.set(key, lane);
    return lane;
  }
}

const keyOf = (origin: ServerName, roomId: RoomId): string => `${origin} ${roomId}`;
