import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Job } from '../../base/supervisor.js';
import type { ServerName } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import { type TrafficCounts, TrafficStore } from './traffic.store.js';

const MINUTE: Milliseconds = 60_000;
const HOUR = 60 * MINUTE;
const KEPT = 31 * 24 * HOUR;
const SAVE_EVERY = 5 * MINUTE;
/** Servers counted in memory: with more of them it is written down sooner. */
const MOST_UNSAVED = 2_000;
const MOST_LISTED = 100;

type Counts = { -readonly [Name in keyof TrafficCounts]: number };

/** How much went to and fro, from the first hour to the one that runs. */
export interface TrafficReport {
  /** hours by their beginning; those without anything are left out */
  readonly hours: ReadonlyMap<Milliseconds, TrafficCounts>;
  /** those with most events first, at most a hundred */
  readonly busiest: readonly (TrafficCounts & { readonly server: ServerName })[];
  /** all that there was something with */
  readonly servers: number;
}

/** Counts what goes to other servers and comes from them: by the hour, in memory, and written down every few minutes. */
export class Traffic {
  /** Writes it down now and then, and when the server stops. */
  readonly job: Job = { name: 'servers.traffic', run: (signal) => this.#run(signal) };
  readonly #store = new TrafficStore();
  #hour = 0;
  #counts = new Map<ServerName, Counts>();
  #full: { readonly hour: Milliseconds; readonly counts: ReadonlyMap<ServerName, Counts> }[] = [];
  #saving: Promise<void> = Promise.resolve();

  constructor(private readonly deps: { readonly db: Database; readonly clock: Clock; readonly log: Logger }) {}

  note(server: ServerName, what: keyof TrafficCounts, count = 1): void {
    if (count === 0) return;
    const hour = hourOf(this.deps.clock.now());
    if (hour !== this.#hour) this.#turn(hour);
    let counts = this.#counts.get(server);
    if (!counts) {
      counts = { eventsSent: 0, eventsReceived: 0, requestsSent: 0, requestsReceived: 0 };
      this.#counts.set(server, counts);
      if (this.#counts.size > MOST_UNSAVED) void this.#save();
    }
    counts[what] += count;
  }

  /** @param since the beginning of an hour */
  async report(since: Milliseconds): Promise<TrafficReport> {
    const { aside } = this.deps.db;
    await this.#save();
    const [hours, busiest, servers] = await Promise.all([
      this.#store.hours(aside, since),
      this.#store.busiest(aside, since, MOST_LISTED),
      this.#store.servers(aside, since),
    ]);
    return { hours, busiest, servers };
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.deps.clock.sleep(SAVE_EVERY, signal).catch(() => undefined);
      await this.#save();
    }
  }

  #turn(hour: Milliseconds): void {
    if (this.#counts.size > 0) this.#full.push({ hour: this.#hour, counts: this.#counts });
    this.#counts = new Map();
    this.#hour = hour;
  }

  #save(): Promise<void> {
    this.#turn(this.#hour);
    this.#saving = this.#saving.then(() => this.#write());
    return this.#saving;
  }

  async #write(): Promise<void> {
    const { db, clock, log } = this.deps;
    const full = this.#full.splice(0);
    if (full.length === 0) return;
    try {
      await db.write(async (tx) => {
        for (const { hour, counts } of full) await this.#store.add(tx, hour, counts);
        await this.#store.trim(tx, hourOf(clock.now()) - KEPT);
      });
    } catch (error) {
      log.error('what went to and fro between servers could not be written', { error });
    }
  }
}

export const hourOf = (at: Milliseconds): Milliseconds => Math.floor(at / HOUR) * HOUR;
