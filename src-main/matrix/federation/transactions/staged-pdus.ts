import { backoff } from '../../../base/backoff.js';
import { withTimeout } from '../../../base/abort.js';
import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import { Semaphore } from '../../../base/semaphore.js';
import type { RoomId, ServerName } from '../../../spec/ids.js';
import { parseJsonLossless } from '../../../spec/json-text.js';
import type { Database } from '../../../storage/database.js';
import type { PduChecks, RoomReader } from '../../events/index.js';
import { RemoteError } from '../../servers/index.js';
import type { MissingEvents } from './missing-events.js';
import { type StagedPdu, StagedPduStore } from './staged-pdus.store.js';

export interface StagedPdusDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly reader: Pick<RoomReader, 'room' | 'isHere'>;
  readonly pdus: PduChecks;
  readonly missing: MissingEvents;
}

/** Rooms that events are fetched for at once: in all, and of one server. */
const AT_ONCE = 16;
const AT_ONCE_OF_ONE = 4;
/** Taken from one server without having a place yet. */
const MOST_OF_ONE = 5_000;
/** The work for one event takes no longer. */
const LONGEST: Milliseconds = 180_000;
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
      const staged = await this.#store.next(this.deps.db, origin, roomId);
      if (!staged) {
        if (lane.added !== added) continue; // it came while we looked
        // No await from here to the end: what is added from now on starts anew.
        this.#lanes.delete(keyOf(origin, roomId));
        return;
      }
      const isDone = await this.#inTurn(origin, () => this.#place(lane, staged, signal));
      if (!isDone) {
        await this.#waitForRetry(lane, signal);
        continue;
      }
      await this.deps.db.write((tx) => this.#store.remove(tx, staged.position));
      lane.failures = 0;
      lane.staged = Math.max(0, lane.staged - 1);
    }
  }

  /** @returns whether the PDU is done with: it has its place, or never gets one */
  async #place(lane: Lane, { json, eventId }: StagedPdu, signal: AbortSignal): Promise<boolean> {
    const { reader, pdus, missing, log } = this.deps;
    const { origin, roomId } = lane;
    const room = await reader.room(roomId);
    if (!room || !(await reader.isHere(roomId))) return true;
    const limited = withTimeout(signal, LONGEST);
    try {
      const [verdict] = await pdus.check([parseJsonLossless(json).value], room.rules, { roomId, signal: limited });
      if (!verdict || 'refused' in verdict) {
        log.info('a waiting event is refused', { origin, roomId, eventId, why: verdict?.refused });
        return !verdict?.mayHoldLater || this.#isEnough(lane);
      }
      const placed = await missing.place(verdict, room, origin, limited);
      log.debug('a waiting event has its place', { origin, roomId, eventId, outcome: placed.outcome });
      if (placed.outcome === 'given-up') log.info('an event is given up', { origin, roomId, eventId, why: placed.why });
      return true;
    } catch (error) {
      if (signal.aborted) throw error;
      const isTheirs = error instanceof RemoteError || limited.aborted;
      const fields = { origin, roomId, eventId, error };
      if (isTheirs) log.info('what an event rests on could not be fetched', fields);
      else log.error('an event could not be placed', fields);
      return this.#isEnough(lane);
    }
  }

  #isEnough(lane: Lane): boolean {
    lane.failures += 1;
    return lane.failures >= MOST_FAILURES;
  }

  async #waitForRetry(lane: Lane, signal: AbortSignal): Promise<void> {
    await this.deps.clock.sleep(backoff(lane.failures, FIRST_RETRY, LONGEST_RETRY), signal);
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
    const lane = { origin, roomId, staged: 0, added: 0, failures: 0, isRunning: false };
    this.#lanes.set(key, lane);
    return lane;
  }
}

const keyOf = (origin: ServerName, roomId: RoomId): string => `${origin} ${roomId}`;
