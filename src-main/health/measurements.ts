import type { Clock, Milliseconds } from '../base/clock.js';
import type { Job } from '../base/supervisor.js';
import type { Database } from '../storage/database.js';
import type { DiskState } from './disk-use.js';
import type { EventCount, EventCounts } from './event-counts.js';
import { combineRows, type MeasuredTime, type Measures, pointsOf, spansOf } from './measures.js';
import { MeasurementStore } from './measurements.store.js';
import type { DaySpan, MeasureName, MeasureSeries, MeasureSpan } from './records.js';
import type { Stalls } from './stalls.js';

/** Where the figures come from; each is asked once a minute. */
export interface MeasureSources {
  /** people who were there in the last five minutes */
  connected(): Promise<number>;
  /** servers that something waits for, and since when the oldest of it does */
  waiting(): { readonly servers: number; readonly since: Milliseconds | undefined };
  disk(): Promise<DiskState | undefined>;
  /** resident, in bytes */
  memory(): number;
  isOnline(): boolean;
  readonly events: EventCounts;
  readonly stalls: Stalls;
}

export interface MeasurementsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly sources: MeasureSources;
  readonly budgets: MeasureSeries['budgets'];
}

const MINUTE: Milliseconds = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const KEPT = { minutes: 2 * DAY, hours: 30 * DAY };
/** The first figures come so long after the start. */
const FIRST_LOOK: Milliseconds = 4000;
const MOST_ROOMS = 20_000;
const EARLY: Milliseconds = 1000;

/** How far apart the points of each span are, and how many there are. */
const SPANS: Readonly<Record<MeasureSpan, { readonly step: Milliseconds; readonly count: number }>> = {
  hour: { step: MINUTE, count: 60 },
  day: { step: 15 * MINUTE, count: 96 },
  week: { step: HOUR, count: 168 },
  month: { step: 6 * HOUR, count: 120 },
};

/**
 * A row a minute of how the server fares, for two days, and one an hour for thirty. The last day is in memory too, so
 * that it can be told while the database is closed.
 */
export class Measurements {
  /** Measures until the server stops. */
  readonly job: Job = { name: 'health.measurements', run: (signal) => this.#run(signal) };
  readonly #store = new MeasurementStore();
  readonly #listeners = new Set<() => void>();
  /** of the last day, oldest first */
  #recent: MeasuredTime[] = [];
  #since: Milliseconds | undefined;
  #startedAt: Milliseconds | undefined;
  #loading: Promise<void> | undefined;
  #isWaiting = false;

  constructor(private readonly deps: MeasurementsDeps) {}

  /** Reads what was measured before, once. */
  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<void> {
    const { db, clock, sources } = this.deps;
    const now = clock.now();
    this.#recent = await this.#store.between(db, MINUTE, now - DAY, now);
    const oldest = [await this.#store.oldestAt(db, HOUR), this.#recent[0]?.at];
    this.#since = Math.min(...oldest.filter((at) => at !== undefined), now);
    sources.events.restore(await this.#store.rooms(db, now - DAY, MOST_ROOMS));
    const last = await this.#store.newest(db, MINUTE);
    if (last) await this.#rollUp(hourOf(last.at));
  }

  /** It waits for the next minute. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** When anything was measured last; undefined: never. */
  get lastAt(): Milliseconds | undefined {
    return this.#recent.at(-1)?.at;
  }

  /** Calls `listener` when there are new figures, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Weeks and months are read from the database; the rest is in memory. */
  async series(names: readonly MeasureName[], span: MeasureSpan): Promise<MeasureSeries> {
    const { clock, budgets } = this.deps;
    const { step, count } = SPANS[span];
    const from = Math.floor(clock.now() / step) * step - (count - 1) * step;
    const rows = span === 'hour' || span === 'day' ? this.#recent : await this.#hours(from);
    const points = Object.fromEntries(names.map((name) => [name, pointsOf(rows, name, { from, step, count })]));
    return { from, step, points, latest: this.#latest(names), budgets };
  }

  /** @param sleeps when the computer slept */
  day(sleeps: readonly { readonly from: Milliseconds; readonly to: Milliseconds }[]): DaySpan[] {
    const now = this.deps.clock.now();
    const since = this.#since ?? this.#startedAt ?? now;
    return spansOf([...this.#recent, ...this.#underWay(now)], sleeps, { from: now - DAY, to: now, since });
  }

  /** The minutes that are not measured yet: the one that runs, and the one before it at its beginning. */
  #underWay(now: Milliseconds): Pick<MeasuredTime, 'at' | 'isOnline'>[] {
    const startedAt = this.#startedAt;
    if (startedAt === undefined) return [];
    const isOnline = this.deps.sources.isOnline();
    const minute = minuteOf(now);
    const known = new Set(this.#recent.slice(-2).map(({ at }) => at));
    return [minute - MINUTE, minute]
      .filter((at) => at >= minuteOf(startedAt) && !known.has(at))
      .map((at) => ({ at, isOnline }));
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, sources } = this.deps;
    await this.load();
    this.#startedAt = clock.now();
    sources.stalls.start();
    try {
      await this.#sleep(FIRST_LOOK, signal);
      if (!signal.aborted) await this.#look();
      while (!signal.aborted) {
        await this.#sleep(untilNextMinute(clock.now()), signal);
        if (!signal.aborted) await this.#measure();
      }
    } finally {
      sources.stalls.stop();
      this.#startedAt = undefined;
    }
  }

  async #sleep(delay: Milliseconds, signal: AbortSignal): Promise<void> {
    this.#isWaiting = true;
    await this.deps.clock.sleep(delay, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    this.#isWaiting = false;
  }

  /** Figures of a minute that has just begun, so that nobody waits for them; the whole minute replaces them. */
  async #look(): Promise<void> {
    this.#remember(await this.#row(minuteOf(this.deps.clock.now()), this.deps.sources.events.peek()));
  }

  /** The minute that is over, into the database; the hour too when it is. */
  async #measure(): Promise<void> {
    const { db, clock, sources } = this.deps;
    const before = this.#recent.at(-1);
    const count = sources.events.take();
    const row = await this.#row(minuteOf(clock.now() - MINUTE / 2), count);
    await db.write(async (tx) => {
      await this.#store.put(tx, MINUTE, row);
      if (count.newlyActive.length > 0) await this.#store.putRooms(tx, count.newlyActive);
    });
    if (before && hourOf(before.at) !== hourOf(row.at)) await this.#rollUp(hourOf(before.at));
    this.#remember(row);
  }

  async #row(at: Milliseconds, count: EventCount): Promise<MeasuredTime> {
    const { clock, sources } = this.deps;
    const [connected, disk] = await Promise.all([sources.connected(), sources.disk()]);
    const waiting = sources.waiting();
    const values: Measures = {
      connected,
      activeRooms: count.activeRooms,
      messagesLocal: count.local,
      messagesRemote: count.remote,
      delay: count.delay ?? null,
      memory: sources.memory(),
      diskUsed: disk?.used ?? null,
      diskFree: disk?.free ?? null,
      waitingServers: waiting.servers,
      waitingAge: waiting.since === undefined ? 0 : Math.max(0, clock.now() - waiting.since),
      stall: sources.stalls.take(),
    };
    return { at, isOnline: sources.isOnline(), values };
  }

  #remember(row: MeasuredTime): void {
    const oldest = row.at - DAY;
    this.#recent = [...this.#recent.filter(({ at }) => at >= oldest && at < row.at), row];
    this.#since ??= row.at;
    for (const listener of this.#listeners) listener();
  }

  /** One row for an hour's minutes; what is too old goes. */
  async #rollUp(hour: Milliseconds): Promise<void> {
    const { db, clock } = this.deps;
    const now = clock.now();
    const minutes = await this.#store.between(db, MINUTE, hour, hour + HOUR);
    await db.write(async (tx) => {
      if (minutes.length > 0) await this.#store.put(tx, HOUR, combineRows(minutes, hour));
      await this.#store.trim(tx, MINUTE, now - KEPT.minutes);
      await this.#store.trim(tx, HOUR, now - KEPT.hours);
      await this.#store.trimRooms(tx, now - DAY);
    });
  }

  /** Whole hours, and what there is of the one that is not over. */
  async #hours(from: Milliseconds): Promise<MeasuredTime[]> {
    const { db, clock } = this.deps;
    const hour = hourOf(clock.now());
    const hours = await this.#store.between(db, HOUR, from, hour);
    return [...hours, ...this.#recent.filter(({ at }) => at >= hour)];
  }

  #latest(names: readonly MeasureName[]): MeasureSeries['latest'] {
    const last = this.#recent.at(-1);
    if (!last) return undefined;
    const known = names.flatMap((name) => {
      const value = last.values[name];
      return value === null ? [] : [[name, value] as const];
    });
    return { at: Math.min(last.at + MINUTE, this.deps.clock.now()), values: Object.fromEntries(known) };
  }
}

/** A timer may come a moment early: that is no reason to measure twice. */
const untilNextMinute = (now: Milliseconds): Milliseconds => minuteOf(now + EARLY) + MINUTE - now;

const minuteOf = (at: Milliseconds): Milliseconds => Math.floor(at / MINUTE) * MINUTE;
const hourOf = (at: Milliseconds): Milliseconds => Math.floor(at / HOUR) * HOUR;
