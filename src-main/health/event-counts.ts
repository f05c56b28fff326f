import type { Clock, Milliseconds } from '../base/clock.js';
import type { Job } from '../base/supervisor.js';
import type { StoredEvent } from '../matrix/events/index.js';
import type { ServerName } from '../spec/ids.js';
import type { Database } from '../storage/database.js';
import { Doorbell } from '../storage/doorbell.js';
import { streamTopic } from '../storage/news.js';
import type { Stream } from '../storage/stream.js';
import { Percentile } from './percentile.js';

/** What people say: the rest is how rooms are. */
const MESSAGES: ReadonlySet<string> = new Set(['m.room.message', 'm.room.encrypted', 'm.sticker']);
const HOUR: Milliseconds = 3_600_000;
const DAY = 24 * HOUR;
/** Of a server with more active rooms than this, the figure stays here. */
const MOST_ROOMS = 20_000;
const READ = 100;
/** What is older when it comes was not said now, but is told of later. */
const STALE = DAY;

/** What was counted since the last time. */
export interface EventCount {
  readonly local: number;
  readonly remote: number;
  /** 95 of 100 messages from other servers took no longer (ms); undefined: there were none */
  readonly delay: Milliseconds | undefined;
  readonly activeRooms: number;
  /** rooms that became active, to be remembered over a restart */
  readonly newlyActive: readonly (readonly [roomId: string, at: Milliseconds])[];
}

export interface EventCountsDeps {
  readonly serverName: ServerName;
  readonly stream: Stream<StoredEvent>;
  readonly db: Pick<Database, 'news' | 'position'>;
  readonly clock: Clock;
}

/** Counts messages as they come, in memory: reads what other followers of the events have just read. */
export class EventCounts {
  /** Counts until the server stops, from what comes after its start. */
  readonly job: Job = { name: 'health.events', run: (signal) => this.#run(signal) };
  readonly #rooms = new Map<string, Milliseconds>();
  readonly #delays = new Percentile();
  #unsaved = new Map<string, Milliseconds>();
  #local = 0;
  #remote = 0;

  constructor(private readonly deps: EventCountsDeps) {}

  /** Rooms that were active before the restart. */
  restore(rooms: ReadonlyMap<string, Milliseconds>): void {
    for (const [roomId, at] of rooms) if (!this.#rooms.has(roomId)) this.#rooms.set(roomId, at);
  }

  /** What was counted until now. */
  peek(): EventCount {
    const since = this.deps.clock.now() - DAY;
    for (const [roomId, at] of this.#rooms) if (at < since) this.#rooms.delete(roomId);
    return {
      local: this.#local,
      remote: this.#remote,
      delay: this.#delays.of(0.95),
      activeRooms: this.#rooms.size,
      newlyActive: [...this.#unsaved],
    };
  }

  /** The same, and begins anew. */
  take(): EventCount {
    const count = this.peek();
    this.#local = 0;
    this.#remote = 0;
    this.#delays.clear();
    this.#unsaved = new Map();
    return count;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { stream, db } = this.deps;
    let position = db.position();
    using news = new Doorbell(db.news, [streamTopic(stream.name)], signal);
    while (!signal.aborted) {
      news.listen();
      const changes = await stream.after(position, READ);
      for (const { change } of changes) this.#count(change);
      position = changes.at(-1)?.position ?? position;
      if (changes.length < READ) await news.rung();
    }
  }

  #count({ type, sender, roomId, originServerTs: sentAt }: StoredEvent): void {
    if (!MESSAGES.has(type)) return;
    const now = this.deps.clock.now();
    this.#noteRoom(roomId, now);
    if (sender.slice(sender.indexOf(':') + 1) === this.deps.serverName) {
      this.#local += 1;
      return;
    }
    this.#remote += 1;
    const delay = now - sentAt;
    if (delay < STALE) this.#delays.add(Math.max(0, delay));
  }

  #noteRoom(roomId: string, now: Milliseconds): void {
    const known = this.#rooms.get(roomId);
    if (known === undefined && this.#rooms.size >= MOST_ROOMS) return;
    if (known !== undefined && now - known < HOUR) return;
    this.#rooms.set(roomId, now);
    this.#unsaved.set(roomId, now);
  }
}
