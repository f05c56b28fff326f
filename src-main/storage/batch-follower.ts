import type { Clock, Milliseconds } from '../base/clock.js';
import type { Job } from '../base/supervisor.js';
import { BookmarkStore } from './bookmarks.js';
import type { Database, Position, Transaction } from './database.js';
import { Doorbell } from './doorbell.js';
import { streamTopic } from './news.js';
import type { Change, Stream } from './stream.js';

/** Changes handled together at most. */
const MOST_AT_ONCE = 200;
/** Its place is stored once so many changes went by without anything to write. */
const SAVE_AFTER = 1_000;

export interface BatchFollowerOptions<T> {
  /** unique and the same for ever: its place is stored under it */
  readonly name: string;
  readonly stream: Stream<T>;
  readonly db: Database;
  readonly clock: Clock;
  /** how long it lets changes gather: many at once cost less than one by one */
  readonly gather: Milliseconds;
  /**
   * Reads what it needs of changes that are on disk, and says what to write: that is written together with the place, so
   * once. Before a crash it may have been asked already.
   */
  prepare(changes: readonly Change<T>[], signal: AbortSignal): Promise<Writing | undefined>;
}

export type Writing = (tx: Transaction) => Promise<void>;

/** Follows a stream at some distance, many changes at a time: for indexes and the like, where nobody waits for each. */
export function batchFollower<T>(options: BatchFollowerOptions<T>): Job {
  const { name, stream, db } = options;
  stream.expect?.(name);
  return {
    name,
    async run(signal) {
      let position = (await bookmarks.find(db, name)) ?? 0;
      let saved = position;
      using news = new Doorbell(db.news, [streamTopic(stream.name)], signal);
      try {
        while (!signal.aborted) {
          const changes = await nextChanges(options, position, news, signal);
          const writing = await options.prepare(changes, signal);
          const reached = changes.at(-1)?.position ?? position;
          if (writing || reached - saved >= SAVE_AFTER) {
            await save(options, reached, writing);
            saved = reached;
          }
          position = reached;
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
      if (position !== saved) await save(options, position, undefined);
    },
  };
}

const bookmarks = new BookmarkStore();

async function save<T>(
  { db, name, stream }: BatchFollowerOptions<T>,
  position: Position,
  writing: Writing | undefined,
) {
  await db.write(async (tx) => {
    await writing?.(tx);
    await bookmarks.put(tx, name, position);
  });
  await stream.release?.(name, position);
}

/** What comes next, on disk; waits until there is something. */
async function nextChanges<T>(
  { stream, db, clock, gather }: BatchFollowerOptions<T>,
  position: Position,
  news: Doorbell,
  signal: AbortSignal,
): Promise<Change<T>[]> {
  for (;;) {
    signal.throwIfAborted();
    news.listen();
    const changes = await stream.after(position, MOST_AT_ONCE);
    if (changes.length > 0) {
      await db.durable();
      return changes;
    }
    await news.rung();
    await clock.sleep(gather, signal);
  }
}
