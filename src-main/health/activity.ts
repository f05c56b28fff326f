import type { Clock, Milliseconds } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { Database } from '../storage/database.js';
import { ActivityStore } from './activity.store.js';
import type { ActivityEntry, ActivityKind, ActivityPage } from './records.js';

const DAY: Milliseconds = 86_400_000;
const KEPT = 90 * DAY;
const MOST_KEPT = 5000;
const TRIM_EVERY = 100;
/** So many are answered while there is no database to ask. */
const MOST_REMEMBERED = 50;
const LONGEST_FIELD = 300;

export interface ActivityDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What happened that somebody may want to know later: few things, in order, for ninety days. */
export class Activity {
  readonly #store = new ActivityStore();
  readonly #listeners = new Set<() => void>();
  #newest: readonly ActivityEntry[] = [];
  #untilTrim = 1;

  constructor(private readonly deps: ActivityDeps) {}

  /** Reads the newest. */
  async load(): Promise<void> {
    this.#newest = await this.#store.page(this.deps.db, Number.MAX_SAFE_INTEGER, MOST_REMEMBERED);
  }

  /**
   * Notes that something happened. Never fails: a note that cannot be written is logged and lost.
   *
   * @param fields what the sentence about it is filled in with: names, numbers, times; cut to 300 characters
   * @param at when, if not now
   * @returns its number; undefined when it is lost
   */
  async note(
    kind: ActivityKind,
    fields: ActivityEntry['fields'] = {},
    at = this.deps.clock.now(),
  ): Promise<number | undefined> {
    try {
      const entry = await this.#write({ at, kind, fields: shortened(fields) });
      this.#newest = [entry, ...this.#newest].slice(0, MOST_REMEMBERED);
      for (const listener of this.#listeners) listener();
      return entry.id;
    } catch (error) {
      this.deps.log.warn('what happened could not be noted', { kind, error });
      return undefined;
    }
  }

  /** Adds to what was noted what was known later only. Never fails, as `note`. */
  async add(id: number, fields: ActivityEntry['fields']): Promise<void> {
    try {
      const entry = await this.deps.db.write((tx) => this.#store.addTo(tx, id, shortened(fields)));
      if (!entry) return;
      this.#newest = this.#newest.map((each) => (each.id === id ? entry : each));
      for (const listener of this.#listeners) listener();
    } catch (error) {
      this.deps.log.warn('more of what happened could not be noted', { id, error });
    }
  }

  /** Newest first. */
  async list({
    before = Number.MAX_SAFE_INTEGER,
    limit = 20,
  }: {
    before?: number;
    limit?: number;
  } = {}): Promise<ActivityPage> {
    const found = await this.#store.page(this.deps.db, before, limit + 1);
    return pageOf(found, limit);
  }

  /** The newest of one kind. */
  ofKind(kind: ActivityKind, limit: number): Promise<readonly ActivityEntry[]> {
    return this.#store.ofKind(this.deps.db, kind, limit);
  }

  /** The newest of all, as they are remembered: answers when the database is closed. */
  remembered(limit: number): ActivityPage {
    return { entries: this.#newest.slice(0, limit), before: undefined };
  }

  /** Calls `listener` at each note, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #write(given: Omit<ActivityEntry, 'id'>): Promise<ActivityEntry> {
    const { db, clock } = this.deps;
    this.#untilTrim -= 1;
    const isTrimDue = this.#untilTrim === 0;
    if (isTrimDue) this.#untilTrim = TRIM_EVERY;
    return db.write(async (tx) => {
      const entry = await this.#store.add(tx, given);
      if (isTrimDue) await this.#store.trim(tx, MOST_KEPT, clock.now() - KEPT);
      return entry;
    });
  }
}

function pageOf(found: readonly ActivityEntry[], limit: number): ActivityPage {
  const entries = found.slice(0, limit);
  return { entries, before: found.length > limit ? entries.at(-1)?.id : undefined };
}

const shortened = (fields: ActivityEntry['fields']): ActivityEntry['fields'] =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.slice(0, LONGEST_FIELD) : value,
    ]),
  );
