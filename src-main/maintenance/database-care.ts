import type { Clock, Milliseconds } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { Job } from '../base/supervisor.js';
import { MatrixError } from '../spec/errors.js';
import { type Database, type DatabaseSize, UpkeepError } from '../storage/database.js';
import type { DatabaseShrinking } from './shrinking.js';

interface DatabaseCareDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

const LOOK_EVERY: Milliseconds = 60_000;
/** Room that stays in the database: what is deleted is mostly followed by something new. */
const KEPT = { share: 0.05, bytes: 16_000_000 };
/** Pages given back in one go, a few ms of the event loop, and the pause after it. */
const PAGES = 50;
const PAUSE: Milliseconds = 100;
/** In one look: 8 MB a minute are back in time, and never in anybody's way. */
const MOST_STEPS = 40;

/** Keeps the database as small as it can be. A database server does that by itself: there is nothing to do then. */
export class DatabaseCare {
  /** Gives room back to the disk, a little at a time. */
  readonly job: Job = { name: 'maintenance.database', run: (signal) => this.#run(signal) };
  #current: { readonly stop: AbortController; readonly over: Promise<void> } | undefined;
  #shrinking: DatabaseShrinking | undefined;

  constructor(private readonly deps: DatabaseCareDeps) {}

  /** Undefined where a database server looks after it. */
  size(): (DatabaseSize & { readonly neededToShrink: number }) | undefined {
    const { upkeep } = this.deps.db;
    return upkeep && { ...upkeep.size(), neededToShrink: upkeep.neededToShrink() };
  }

  /** The last that was begun since the server started. */
  get shrinking(): DatabaseShrinking | undefined {
    return this.#shrinking;
  }

  /**
   * Begins to write the database anew. Meanwhile everything can be read, and what is written waits.
   *
   * @param onEnd called when it has ended, well or not
   * @throws MatrixError M_UNKNOWN 400 while one is under way, and where a database server looks after it
   */
  shrink(onEnd: (ended: DatabaseShrinking) => void): DatabaseShrinking {
    const size = this.size();
    if (!size) throw new MatrixError(400, 'M_UNKNOWN', 'the database server looks after that');
    if (this.#current) throw new MatrixError(400, 'M_UNKNOWN', 'the database is being written anew already');
    const stop = new AbortController();
    const begun: DatabaseShrinking = {
      state: 'running',
      before: size.bytes,
      expected: size.bytes - size.free,
      written: 0,
      after: undefined,
      why: undefined,
      startedAt: this.deps.clock.now(),
      endedAt: undefined,
    };
    this.#shrinking = begun;
    this.#current = { stop, over: this.#shrink(begun, stop.signal).then(onEnd) };
    return begun;
  }

  /** Goes on with the database as it is; resolves when that is so. */
  async cancel(): Promise<void> {
    this.#current?.stop.abort(new Error('called off'));
    await this.#current?.over;
  }

  async #shrink(begun: DatabaseShrinking, signal: AbortSignal): Promise<DatabaseShrinking> {
    const { db, clock, log } = this.deps;
    const outcome = await this.#outcome(signal);
    const after = outcome.state === 'done' ? db.upkeep?.size().bytes : undefined;
    const ended: DatabaseShrinking = {
      ...begun,
      written: this.#shrinking?.written ?? 0,
      ...outcome,
      after,
      endedAt: clock.now(),
    };
    this.#shrinking = ended;
    this.#current = undefined;
    log.info('the database was written anew', { state: ended.state, before: ended.before, after });
    return ended;
  }

  async #outcome(signal: AbortSignal): Promise<Pick<DatabaseShrinking, 'state' | 'why'>> {
    const { db, log } = this.deps;
    try {
      await db.upkeep?.shrink(signal, (written) => {
        if (this.#shrinking) this.#shrinking = { ...this.#shrinking, written };
      });
      return { state: 'done', why: undefined };
    } catch (error) {
      if (signal.aborted) return { state: 'cancelled', why: undefined };
      log.warn('the database could not be written anew', { error });
      const reason = error instanceof UpkeepError ? error.reason : 'error';
      return { state: 'failed', why: reason === 'busy' ? 'error' : reason };
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { db, clock } = this.deps;
    while (!signal.aborted) {
      await clock.sleep(LOOK_EVERY, signal).catch(() => undefined);
      if (!signal.aborted && db.upkeep && !this.#current) await this.#giveBack(signal);
    }
    await this.cancel();
  }

  async #giveBack(signal: AbortSignal): Promise<void> {
    const { db, clock, log } = this.deps;
    for (let step = 0; step < MOST_STEPS && !signal.aborted && this.#hasTooMuch(); step += 1) {
      try {
        if ((await db.upkeep?.giveBack(PAGES)) === 0) return;
      } catch (error) {
        // Somebody else is at it, or there is no room for what it takes: there is a next time.
        log.debug('room in the database could not be given back', { error });
        return;
      }
      await clock.sleep(PAUSE, signal).catch(() => undefined);
    }
  }

  #hasTooMuch(): boolean {
    const size = this.size();
    return size?.givesBack === true && size.free > KEPT.bytes + size.bytes * KEPT.share;
  }
}
