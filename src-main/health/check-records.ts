import type { Milliseconds } from '../base/clock.js';
import type { Database } from '../storage/database.js';
import type { CheckCode, CheckSpan, FindingState } from './check.js';
import { CheckStore } from './checks.store.js';
import type { HealthKeeper, HealthMemory } from './engine.js';
import type { Ignore } from './visibility.js';

const DAY: Milliseconds = 86_400_000;
const KEPT = 30 * DAY;
const MOST_SPANS = 1000;
/** Changes of one check that are kept of one day: what comes and goes all the time is known by then. */
const MOST_A_DAY = 48;

/** What checks found in the last thirty days, what people ignore, and marks: single facts to compare with later. */
export class CheckRecords implements HealthKeeper {
  readonly #store = new CheckStore();
  /** since when each check's changes are counted, and how many there were */
  readonly #counts = new Map<CheckCode, { since: Milliseconds; count: number }>();
  #trimmedAt: Milliseconds = 0;

  constructor(private readonly db: Database) {}

  async load(): Promise<HealthMemory> {
    const [ignores, states] = await Promise.all([this.#store.ignores(this.db), this.#store.newestStates(this.db)]);
    return { ignores, states: new Map(states.map(({ code, at, state }) => [code, { state, since: at }])) };
  }

  async noteState(code: CheckCode, state: FindingState, at: Milliseconds): Promise<void> {
    if (!this.#mayNote(code, at)) return;
    const isTrimDue = Math.abs(at - this.#trimmedAt) >= DAY;
    await this.db.write(async (tx) => {
      await this.#store.addState(tx, code, at, state);
      if (isTrimDue) await this.#store.trim(tx, at - KEPT);
    });
    if (isTrimDue) this.#trimmedAt = at;
  }

  async setIgnore(code: CheckCode, ignore: Ignore | undefined): Promise<void> {
    await this.db.write((tx) =>
      ignore ? this.#store.putIgnore(tx, code, ignore) : this.#store.removeIgnore(tx, code),
    );
  }

  /** The last thirty days of a check, oldest first. */
  async history(code: CheckCode, now: Milliseconds): Promise<CheckSpan[]> {
    return this.#store.spans(this.db, code, now - KEPT, MOST_SPANS);
  }

  async mark(name: string): Promise<{ readonly value: string; readonly at: Milliseconds } | undefined> {
    return this.#store.mark(this.db, name);
  }

  async setMark(name: string, value: string, at: Milliseconds): Promise<void> {
    await this.db.write((tx) => this.#store.putMark(tx, name, value, at));
  }

  async removeMark(name: string): Promise<void> {
    await this.db.write((tx) => this.#store.removeMark(tx, name));
  }

  #mayNote(code: CheckCode, at: Milliseconds): boolean {
    const known = this.#counts.get(code);
    if (!known || Math.abs(at - known.since) >= DAY) {
      this.#counts.set(code, { since: at, count: 1 });
      return true;
    }
    known.count += 1;
    return known.count <= MOST_A_DAY;
  }
}
