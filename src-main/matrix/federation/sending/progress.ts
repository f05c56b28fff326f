import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { ServerName } from '../../../spec/ids.js';
import { BookmarkStore } from '../../../storage/bookmarks.js';
import type { Database, Position } from '../../../storage/database.js';
import { MOST_REPLAYED } from './catch-up.js';
import type { Outbox } from './outbox.js';
import type { OutgoingEvents } from './outgoing-events.js';
import { ProgressStore } from './progress.store.js';

const FOLLOWER = 'federation.sending';
/** A server that got nothing of what waits for it for so long is written down by itself, and holds up nobody's place. */
const LAGGING_AFTER: Milliseconds = 10_000;
const RELEASE_EVERY: Milliseconds = 60_000;

/**
 * How far everything has come, as it is stored: one place for all servers that keep up, and one for each that does not.
 * A message to a thousand servers that answer writes nothing but the one place, now and then.
 */
export class Progress {
  readonly #store = new ProgressStore();
  readonly #bookmarks = new BookmarkStore();
  /** as stored */
  #place: Position = 0;
  #lagging: ReadonlyMap<ServerName, Position> = new Map();
  #releasedAt: Milliseconds = 0;

  constructor(
    private readonly deps: { readonly db: Database; readonly clock: Clock; readonly events: OutgoingEvents },
  ) {}

  /** What is stored. */
  async load(): Promise<{ readonly place: Position; readonly lagging: ReadonlyMap<ServerName, Position> }> {
    const { db } = this.deps;
    this.#place = (await this.#bookmarks.find(db, FOLLOWER)) ?? 0;
    this.#lagging = await this.#store.all(db);
    return { place: this.#place, lagging: this.#lagging };
  }

  /** Stores what has changed. */
  async save(boxes: ReadonlyMap<ServerName, Outbox>, distributed: Position): Promise<void> {
    const { db } = this.deps;
    const { place, lagging } = this.#summary(boxes, distributed);
    const moved = new Map([...lagging].filter(([server, position]) => this.#lagging.get(server) !== position));
    const caughtUp = [...this.#lagging.keys()].filter((server) => !lagging.has(server));
    if (place === this.#place && moved.size === 0 && caughtUp.length === 0) return;
    await db.write(async (tx) => {
      await this.#bookmarks.put(tx, FOLLOWER, place);
      await this.#store.put(tx, moved);
      await this.#store.remove(tx, caughtUp);
    });
    this.#place = place;
    this.#lagging = lagging;
    await this.#release(boxes);
  }

  #summary(boxes: ReadonlyMap<ServerName, Outbox>, distributed: Position) {
    const now = this.deps.clock.now();
    const lagging = new Map<ServerName, Position>();
    let place = distributed;
    for (const [server, box] of boxes) {
      const low = box.low(distributed);
      const isStuck = low < distributed && now - box.progressAt > LAGGING_AFTER;
      // Below the place that is stored only what is written down by itself is safe.
      const isLagging = box.behind !== undefined || isStuck || low < this.#place;
      if (isLagging) lagging.set(server, low);
      else place = Math.min(place, low);
    }
    return { place, lagging };
  }

  /**
   * Servers that are down for long get only the newest of each room, which always stays: for their sake nothing is kept
   * beyond what they may still get in full.
   */
  async #release(boxes: ReadonlyMap<ServerName, Outbox>): Promise<void> {
    const { clock, events } = this.deps;
    if (Math.abs(clock.now() - this.#releasedAt) < RELEASE_EVERY) return;
    this.#releasedAt = clock.now();
    const replayed = (await events.before(MOST_REPLAYED)) ?? 0;
    const needed = [...this.#lagging].map(([server, low]) =>
      boxes.get(server)?.wasDown ? Math.max(low, replayed) : low,
    );
    await events.release(Math.min(this.#place, ...needed));
  }
}
