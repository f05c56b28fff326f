import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import { randomLetters } from '../../base/random.js';
import { MatrixError } from '../../spec/errors.js';
import { type Database, StorageError } from '../../storage/database.js';
import { streamTopic } from '../../storage/news.js';
import type { WritableStream } from '../../storage/stream.js';
import type { ClearUp, MediaAmount, MediaCare } from '../media/index.js';
import type { RoomCare } from '../rooms/index.js';
import type { CleanUp, CleanUpState, CleanUpStore } from './clean-ups.store.js';

/** Wakes the job, and tells that one began or is over. */
export const CLEAN_UPS_TOPIC = streamTopic('media clean-ups');
const ID_LETTERS = 16;
const MOST_REMEMBERED = 20;

export interface CleanUpsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: CleanUpStore;
  readonly care: Pick<MediaCare, 'clearUp' | 'clearUpAmount'>;
  readonly rooms: Pick<RoomCare, 'figures'>;
  /** those that are over */
  readonly ended: WritableStream<CleanUp>;
}

/** What is to be cleared: files of a kind that nobody asked for since, or all previews. */
export type CleanUpRequest = Pick<CleanUp, 'kind' | 'unusedSince'>;

/**
 * Clears media away, one clean-up at a time: asked for at once, done in the background, and gone on with after a restart.
 * What people and rooms show as their picture stays. What went stays on record.
 */
export class CleanUps {
  readonly #cancelled = new Set<string>();

  constructor(private readonly deps: CleanUpsDeps) {}

  /** What would go. */
  async amount(request: CleanUpRequest): Promise<MediaAmount> {
    return this.deps.care.clearUpAmount(await this.#whatOf(request));
  }

  /**
   * Counts, then begins.
   *
   * @param isAutomatic nobody asked for it
   * @throws MatrixError M_UNKNOWN 400 while another is under way
   */
  async begin(request: CleanUpRequest, isAutomatic = false): Promise<CleanUp> {
    const { db, store, clock } = this.deps;
    const cleanUp: CleanUp = {
      ...request,
      id: randomLetters(ID_LETTERS),
      isAutomatic,
      state: 'running',
      isCancelled: false,
      total: await this.amount(request),
      gone: { count: 0, bytes: 0 },
      started: clock.now(),
      ended: undefined,
    };
    await db.write(async (tx) => {
      if (await store.open(tx)) throw new MatrixError(400, 'M_UNKNOWN', 'another clean-up is under way');
      await store.insert(tx, cleanUp);
      tx.announce(CLEAN_UPS_TOPIC);
    });
    return cleanUp;
  }

  /** Begins to clear what people here uploaded and nobody asked for since; nothing where there is none, or another. */
  async beginAutomatic(unusedSince: Milliseconds): Promise<void> {
    const { db, store } = this.deps;
    const request = { kind: 'own', unusedSince } as const;
    if ((await store.open(db)) || (await this.amount(request)).count === 0) return;
    await this.begin(request, true).catch((error: unknown) => {
      // somebody was quicker
      if (!(error instanceof MatrixError)) throw error;
    });
  }

  /** Ends the one that is under way between two files, if there is one. */
  async cancel(): Promise<void> {
    const { db, store } = this.deps;
    const id = await db.write((tx) => store.cancel(tx));
    if (id !== undefined) this.#cancelled.add(id);
  }

  /** The newest first. */
  list(): Promise<CleanUp[]> {
    const { db, store } = this.deps;
    return store.latest(db, MOST_REMEMBERED);
  }

  /** Does the one that is not over. @returns false when there is none */
  async runNext(signal: AbortSignal): Promise<boolean> {
    const { db, store, log } = this.deps;
    const cleanUp = await store.open(db);
    if (!cleanUp) return false;
    const { id, kind } = cleanUp;
    if (cleanUp.isCancelled) this.#cancelled.add(id);
    try {
      await this.#clear(cleanUp, signal);
      await this.#end(id, this.#cancelled.has(id) ? 'cancelled' : 'done');
    } catch (error) {
      // a store that is busy or full is asked again later
      if (signal.aborted || error instanceof StorageError) throw error;
      log.error('a clean-up failed', { kind, error });
      await this.#end(id, 'failed');
    }
    this.#cancelled.delete(id);
    return true;
  }

  async #clear(cleanUp: CleanUp, signal: AbortSignal): Promise<void> {
    const { care, store } = this.deps;
    const { id } = cleanUp;
    const enough = () => this.#cancelled.has(id);
    if (!enough()) {
      const what = await this.#whatOf(cleanUp);
      await care.clearUp(what, signal, { onGone: (tx, gone) => store.addGone(tx, id, gone), enough });
    }
    signal.throwIfAborted();
  }

  /** Pictures are looked up when it runs: one that was chosen since it was asked for stays too. */
  async #whatOf({ kind, unusedSince }: CleanUpRequest): Promise<ClearUp> {
    if (kind === 'previews') return { kind };
    const keep = new Set(kind === 'own' ? await this.deps.rooms.figures.pictures() : []);
    return { kind, unusedSince, keep };
  }

  async #end(id: string, state: CleanUpState): Promise<void> {
    const { db, store, clock, ended, log } = this.deps;
    const over = await db.write(async (tx) => {
      const found = await store.end(tx, id, state, clock.now());
      await store.trim(tx, MOST_REMEMBERED);
      if (found) await ended.append(tx, found);
      tx.announce(CLEAN_UPS_TOPIC);
      return found;
    });
    if (over) log.info('media were cleared away', { kind: over.kind, state, ...over.gone });
  }
}
