import type { Clock, Milliseconds } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { Job } from '../base/supervisor.js';
import type { Database } from '../storage/database.js';
import type { CheckRecords } from './check-records.js';

/** What came of looking at the whole database. */
export interface DatabaseState {
  readonly at: Milliseconds;
  /** lines about what is wrong; '': it is sound */
  readonly damage: string;
}

interface DatabaseLookDeps {
  readonly db: Pick<Database, 'upkeep'>;
  readonly marks: Pick<CheckRecords, 'mark' | 'setMark'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** something else was found than before */
  onChange(): void;
}

const MARK = 'database-look';
/** Value of the mark before the first look. */
const NEVER = 'never';
const HOUR: Milliseconds = 3_600_000;
const DAY = 24 * HOUR;
const EVERY = 7 * DAY;
const LONGEST = 2000;

/** Reads all of the database once a week, the first time after a day, and says whether it is sound. */
export class DatabaseLook {
  readonly job: Job = { name: 'health.database', run: (signal) => this.#run(signal) };
  readonly #deps: DatabaseLookDeps;
  #last: DatabaseState | undefined;

  constructor(deps: DatabaseLookDeps) {
    this.#deps = deps;
  }

  /** undefined: it was never looked at */
  get last(): DatabaseState | undefined {
    return this.#last;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { db, marks, clock } = this.#deps;
    if (!db.upkeep) return;
    const known = await marks.mark(MARK);
    if (known && known.value !== NEVER) this.#found({ at: known.at, damage: known.value });
    // Counted from the first start of all: a laptop may never run for a whole day.
    let due = known ? known.at + (known.value === NEVER ? DAY : EVERY) : clock.now() + DAY;
    if (!known) await marks.setMark(MARK, NEVER, clock.now());
    while (!signal.aborted) {
      await clock.sleep(HOUR, signal).catch(() => undefined);
      if (signal.aborted || clock.now() < due) continue;
      due = clock.now() + ((await this.#look(signal)) ? EVERY : HOUR);
    }
  }

  /** @returns false when it could not be looked at now */
  async #look(signal: AbortSignal): Promise<boolean> {
    const { db, marks, clock, log } = this.#deps;
    try {
      const lines = (await db.upkeep?.check(signal)) ?? [];
      if (lines.length > 0) log.error('the database is damaged', { lines });
      const damage = lines.join('\n').slice(0, LONGEST);
      this.#found({ at: clock.now(), damage });
      await marks.setMark(MARK, damage, clock.now());
      return true;
    } catch (error) {
      if (!signal.aborted) log.debug('the database could not be looked at', { error });
      return false;
    }
  }

  #found(state: DatabaseState): void {
    const isNews = state.damage !== this.#last?.damage;
    this.#last = state;
    if (isNews) this.#deps.onChange();
  }
}
