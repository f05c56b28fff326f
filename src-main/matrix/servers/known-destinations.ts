import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Job } from '../../base/supervisor.js';
import type { FederationConfig } from '../../config/config.js';
import type { ServerName } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { Attempt, AttemptStore } from './attempts.store.js';
import type { Destination, DestinationPage, DestinationStore, FailureCause } from './destinations.store.js';
import type { Destinations } from './ports.js';

export interface KnownDestinationsDeps {
  readonly db: Database;
  readonly store: DestinationStore;
  readonly attempts: AttemptStore;
  readonly rests: FederationConfig['rests'];
  readonly clock: Clock;
  readonly log: Logger;
}

const SECOND: Milliseconds = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
/** Longest that a server may be let rest because it asks for it. */
const LONGEST_WISH = HOUR;
/** How often it is written down that a server which always answers answered again. */
const NOTE_SUCCESS_EVERY = HOUR;
/** Servers that fail and are remembered; of more than that, the ones longest known are asked again. */
const MOST_FAILING = 50_000;
const MOST_WELL = 20_000;
/** When nobody has answered for so long, it may be our own way out that was broken. */
const OUTAGE = 30 * SECOND;
/** Turns kept of each server, and for how long. */
const MOST_ATTEMPTS = 50;
const ATTEMPTS_KEPT = 30 * DAY;
/** What fails together is one turn. */
const TOGETHER = 5 * SECOND;
/** When a name that never answered is forgotten. */
const NOBODY_AFTER = 2 * DAY;

/** How other servers fare: those that fail are let rest, longer each time. Kept in memory and in the database. */
export class KnownDestinations implements Destinations {
  /** Forgets names that are nobody's, and writes the last changes when the server stops. */
  readonly job: Job = { name: 'servers.destinations', run: (signal) => this.#keepUp(signal) };
  readonly #failing = new Map<ServerName, Destination>();
  /** servers that answer, and when that was written down last */
  readonly #well = new Map<ServerName, Milliseconds>();
  readonly #listeners = new Set<(server: ServerName) => void>();
  readonly #unsaved = new Map<ServerName, Destination>();
  readonly #unsavedAttempts: Attempt[] = [];
  /** servers that have begun to fail since any server answered last */
  readonly #newlyFailing = new Set<ServerName>();
  #lastAnswer: Milliseconds;
  #saving: Promise<void> | undefined;

  constructor(private readonly deps: KnownDestinationsDeps) {
    this.#lastAnswer = deps.clock.now();
  }

  /** Reads which servers rest. Before that, none does. */
  async load(): Promise<void> {
    const { db, store } = this.deps;
    for (const destination of await store.failing(db, MOST_FAILING)) this.#failing.set(destination.server, destination);
  }

  isResting(server: ServerName): boolean {
    return this.nextTry(server) !== undefined;
  }

  nextTry(server: ServerName): Milliseconds | undefined {
    const at = this.#failing.get(server)?.nextTry;
    const now = this.deps.clock.now();
    // What is further off than the longest rest was written down before the clock was set back.
    return at !== undefined && at > now && at <= now + Math.max(this.deps.rests.longest, LONGEST_WISH) ? at : undefined;
  }

  failingSince(server: ServerName): Milliseconds | undefined {
    return this.#failing.get(server)?.failingSince;
  }

  summary(since: Milliseconds): { readonly known: number; readonly failing: number } {
    let failing = 0;
    for (const { failingSince } of this.#failing.values()) if ((failingSince ?? 0) >= since) failing += 1;
    return { known: failing + this.#well.size, failing };
  }

  onAwake(listener: (server: ServerName) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  heardFrom(server: ServerName): void {
    const failing = this.#failing.get(server);
    if (!failing || !this.isResting(server)) return;
    // One that can reach us and that we cannot reach would otherwise be tried at its every word.
    const rest = (failing.nextTry ?? 0) - (failing.lastFailure?.at ?? 0);
    const since = this.deps.clock.now() - (failing.lastFailure?.at ?? 0);
    if (since < Math.min(60 * SECOND, rest / 8)) return;
    this.#keep({ ...failing, nextTry: undefined });
    this.#tellAwake(server);
  }

  /** It answered. */
  succeeded(server: ServerName): void {
    const now = this.deps.clock.now();
    this.#endOutage(server, now);
    const failing = this.#failing.get(server);
    const noted = this.#well.get(server);
    if (!failing && noted !== undefined && Math.abs(now - noted) < NOTE_SUCCESS_EVERY) return;
    if (failing) this.#unsavedAttempts.push({ server, at: now, failure: undefined });
    this.#failing.delete(server);
    remember(this.#well, server, now, MOST_WELL);
    this.#save({ ...unknown(server), lastSuccess: now, lastFailure: failing?.lastFailure });
    if (failing) this.#tellAwake(server);
  }

  /**
   * It could not be asked, or did not answer.
   *
   * @param wait how long it asked to be left alone
   */
  failed(server: ServerName, { why, cause }: { why: string; cause: FailureCause }, wait: Milliseconds = 0): void {
    const now = this.deps.clock.now();
    const before = this.#failing.get(server) ?? unknown(server);
    if (now - (before.lastFailure?.at ?? 0) >= TOGETHER) {
      this.#unsavedAttempts.push({ server, at: now, failure: { why, cause } });
    }
    // Of many requests that fail together, the first tells.
    if (this.isResting(server)) return this.#saveSoon();
    const rest = Math.max(Math.min(wait, LONGEST_WISH), restAfter(before.failures, this.deps.rests));
    const destination: Destination = {
      ...before,
      failingSince: before.failingSince ?? now,
      failures: before.failures + 1,
      nextTry: now + rest,
      lastFailure: { at: now, why, cause },
    };
    this.#well.delete(server);
    if (before.failures === 0 && this.#newlyFailing.size < MOST_FAILING) this.#newlyFailing.add(server);
    this.#keep(destination);
    this.deps.log.info('a server does not answer', { server, why, failures: destination.failures, rest });
  }

  /** Servers that began to fail when all did are not to blame: they are tried again as soon as one answers. */
  #endOutage(answering: ServerName, now: Milliseconds): void {
    const blameless = now - this.#lastAnswer >= OUTAGE ? [...this.#newlyFailing] : [];
    this.#lastAnswer = now;
    this.#newlyFailing.clear();
    for (const server of blameless) {
      const failing = this.#failing.get(server);
      if (!failing || server === answering || !this.isResting(server)) continue;
      this.#keep({ ...failing, nextTry: undefined });
      this.#tellAwake(server);
    }
  }

  async report(server: ServerName): Promise<Destination | undefined> {
    await this.#saving;
    return this.deps.store.one(this.deps.db, server);
  }

  async attempts(server: ServerName): Promise<Attempt[]> {
    await this.#saving;
    return this.deps.attempts.ofServer(this.deps.db, server, MOST_ATTEMPTS);
  }

  async list(page: DestinationPage): Promise<Destination[]> {
    await this.#saving;
    return this.deps.store.page(this.deps.db, page);
  }

  async forget(server: ServerName): Promise<void> {
    const { db, store, attempts } = this.deps;
    this.#failing.delete(server);
    this.#well.delete(server);
    this.#newlyFailing.delete(server);
    await this.#saving;
    this.#unsaved.delete(server);
    await db.write(async (tx) => {
      await store.remove(tx, server);
      await attempts.remove(tx, server);
    });
  }

  #keep(destination: Destination): void {
    remember(this.#failing, destination.server, destination, MOST_FAILING);
    this.#save(destination);
  }

  #tellAwake(server: ServerName): void {
    this.deps.log.info('a server answers again', { server });
    for (const listener of this.#listeners) listener(server);
  }

  #save(destination: Destination): void {
    this.#unsaved.set(destination.server, destination);
    this.#saveSoon();
  }

  #saveSoon(): void {
    this.#saving ??= this.#write().finally(() => {
      this.#saving = undefined;
    });
  }

  /** What changes while it writes is written after. */
  async #write(): Promise<void> {
    const { db, store, attempts, log } = this.deps;
    while (this.#unsaved.size + this.#unsavedAttempts.length > 0) {
      const destinations = [...this.#unsaved.values()];
      this.#unsaved.clear();
      const turns = this.#unsavedAttempts.splice(0);
      try {
        await db.write(async (tx) => {
          await store.putAll(tx, destinations);
          await attempts.put(tx, turns, MOST_ATTEMPTS);
        });
      } catch (error) {
        log.error('how servers fare could not be written', { error });
      }
    }
  }

  async #keepUp(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#forgetNobody();
      await this.deps.clock.sleep(DAY, signal).catch(() => undefined);
    }
    await this.#saving;
  }

  /** Anybody can make us ask for any name, and most names are nobody's. */
  async #forgetNobody(): Promise<void> {
    const { db, store, attempts, clock } = this.deps;
    const before = clock.now() - NOBODY_AFTER;
    await db.write(async (tx) => {
      await store.forgetUnknown(tx, before);
      await attempts.forget(tx, clock.now() - ATTEMPTS_KEPT);
    });
    for (const [server, { lastSuccess, lastFailure, nextTry }] of this.#failing) {
      const isOld = (lastFailure?.at ?? 0) < before && (nextTry ?? 0) < clock.now();
      if (isOld && lastSuccess === undefined) this.#failing.delete(server);
    }
  }
}

/** Over its upper half by lot, so that many are not tried again at once. */
function restAfter(failures: number, { first, factor, longest }: FederationConfig['rests']): Milliseconds {
  const rest = Math.min(longest, first * factor ** Math.min(failures, 100));
  return Math.round(rest * (1 - Math.random() / 2));
}

const unknown = (server: ServerName): Destination => ({
  server,
  failingSince: undefined,
  failures: 0,
  nextTry: undefined,
  lastSuccess: undefined,
  lastFailure: undefined,
});

/** Puts an entry last, and drops the first when there are too many. */
function remember<V>(map: Map<ServerName, V>, server: ServerName, value: V, most: number): void {
  map.delete(server);
  map.set(server, value);
  if (map.size <= most) return;
  const [first] = map.keys();
  if (first !== undefined) map.delete(first);
}
