import type { Clock, Milliseconds } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { Job } from '../base/supervisor.js';
import { BookmarkStore } from './bookmarks.js';
import type { Database, Position } from './database.js';
import { Doorbell } from './doorbell.js';
import { streamTopic } from './news.js';
import type { Change, Stream } from './stream.js';

/** Changes read at once. */
const READ = 100;
/** Its place is stored once so many changes are handled, or so many ms have gone by. */
const SAVE_AFTER = { changes: 500, time: 1000 };

export interface FollowerOptions<T> {
  /** unique and the same for ever: its place is stored under it */
  readonly name: string;
  readonly stream: Stream<T>;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  /** where the very first start begins: with all that is there (usual), or with what comes after the call of `follower` */
  readonly from?: 'beginning' | 'now';
  /** Handles one change, perhaps not for the first time. When it throws, the job fails and comes back to this change. */
  handle(change: T, signal: AbortSignal, position: Position): Promise<void>;
}

/**
 * Follows a stream: each change is handled in order and at least once, after a crash some again. A change is handed on
 * only when it is on disk, so nothing leaves the house that a power cut could undo.
 */
export function follower<T>(options: FollowerOptions<T>): Job {
  const { name, stream, db, from } = options;
  const start = from === 'now' ? db.position() : 0;
  stream.expect?.(name);
  return {
    name,
    async run(signal) {
      const place = await Place.find(options, start);
      using news = new Doorbell(db.news, [streamTopic(stream.name)], signal);
      try {
        while (!signal.aborted) await step(options, place, news, signal);
      } finally {
        await place.end();
      }
    },
  };
}

/** Handles what is there, or else waits until something comes. */
async function step<T>(options: FollowerOptions<T>, place: Place, news: Doorbell, signal: AbortSignal): Promise<void> {
  news.listen();
  place.requireSaving();
  const changes = await options.stream.after(place.position, READ);
  if (changes.length > 0) {
    await options.db.durable();
    await handleAll(changes, options, place, signal);
  }
  if (changes.length >= READ) return;
  place.saveSoon(signal, () => news.ring());
  await news.rung();
}

async function handleAll<T>(
  changes: readonly Change<T>[],
  { handle }: FollowerOptions<T>,
  place: Place,
  signal: AbortSignal,
): Promise<void> {
  for (const { position, change } of changes) {
    if (signal.aborted) return;
    await handle(change, signal, position);
    place.moveTo(position);
  }
  if (place.isSaveDue()) await place.save();
}

type PlaceOptions = Omit<FollowerOptions<unknown>, 'handle'>;

/** How far a follower has come, and how far the database knows. */
class Place {
  static readonly #store = new BookmarkStore();
  readonly #options: PlaceOptions;
  #position: Position;
  #saved: Position;
  #unsavedChanges = 0;
  #savedAt: Milliseconds;
  #saving: Promise<void> | undefined;
  #hasEnded = false;
  #failure: { readonly error: unknown } | undefined;

  private constructor(options: PlaceOptions, position: Position, saved: Position) {
    this.#options = options;
    this.#position = position;
    this.#saved = saved;
    this.#savedAt = options.clock.now();
  }

  static async find(options: PlaceOptions, start: Position): Promise<Place> {
    const known = await Place.#store.find(options.db, options.name);
    const place = new Place(options, known ?? start, known ?? -1);
    await place.save();
    return place;
  }

  get position(): Position {
    return this.#position;
  }

  get isSaved(): boolean {
    return this.#saved === this.#position;
  }

  moveTo(position: Position): void {
    this.#position = position;
    this.#unsavedChanges += 1;
  }

  isSaveDue(): boolean {
    if (this.#unsavedChanges >= SAVE_AFTER.changes) return true;
    return this.#options.clock.now() - this.#savedAt >= SAVE_AFTER.time;
  }

  /**
   * Stores the place a while from now, once however often it is said: a timer for each change would cost more than the
   * change. Calls `failed` when that fails, which `requireSaving` then throws.
   */
  saveSoon(signal: AbortSignal, failed: () => void): void {
    if (this.isSaved || this.#saving) return;
    const { clock } = this.#options;
    this.#saving = clock
      .sleep(SAVE_AFTER.time, signal)
      .then(() => (this.#hasEnded ? undefined : this.save()))
      .catch((error: unknown) => {
        if (signal.aborted) return;
        this.#failure = { error };
        failed();
      })
      .finally(() => {
        this.#saving = undefined;
      });
  }

  /** Stores the place for the last time. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    await this.save();
  }

  /** @throws what went wrong in `saveSoon` */
  requireSaving(): void {
    if (this.#failure) throw this.#failure.error;
  }

  async save(): Promise<void> {
    const { db, name, stream, clock } = this.#options;
    if (this.isSaved) return;
    const position = this.#position;
    await db.write((tx) => Place.#store.put(tx, name, position));
    this.#saved = position;
    this.#unsavedChanges = 0;
    this.#savedAt = clock.now();
    await stream.release?.(name, position);
  }
}
