import type { Cache, Caches } from '../../base/caches.js';
import type { EventId, RoomId, UserId } from '../../spec/ids.js';
import { evaluatePushRules } from '../../spec/push-rules/evaluate.js';
import { PushEvent, type PushRoom } from '../../spec/push-rules/push-event.js';
import { powerLevelsOf } from '../../spec/power-levels.js';
import type { Receipt, Receipts } from '../ephemeral/index.js';
import { type Membership, type RoomReader, relationOf, type StoredEvent, type Timeline } from '../events/index.js';
import type { PushRules } from './push-rules.js';

/** How much waits to be read. */
export interface Counts {
  readonly notifications: number;
  readonly highlights: number;
}

/** The same for a room: what is in no thread, and each thread that has any. */
export interface RoomCounts {
  readonly main: Counts;
  readonly threads: ReadonlyMap<EventId, Counts>;
}

/** An event that notified its reader. */
interface Notice {
  readonly ord: number;
  /** a thread's root, or `main` */
  readonly thread: EventId | 'main';
  readonly highlights: boolean;
}

interface Unread {
  /** events up to here were looked at */
  readonly upTo: number;
  readonly notices: readonly Notice[];
}

/** Events looked at in one go, the newest: an old room never read would otherwise be walked as a whole. */
const MOST_EVENTS = 1_000;

/** What it takes in memory, about. */
const bytesOf = ({ notices }: Unread): number => 350 + 80 * notices.length;

/**
 * What waits to be read. Counted when a reader asks, and not when an event comes: a message in a room of thousands
 * costs its sender nothing more, and those who are away cost nothing at all. What was counted is remembered, so that
 * each event is looked at once for each reader.
 */
export class NotificationCounts {
  readonly #unread: Cache<string, Unread>;
  readonly #events: Cache<number, PushEvent>;

  constructor(
    private readonly deps: {
      readonly reader: RoomReader;
      readonly timeline: Timeline;
      readonly receipts: Receipts;
      readonly rules: PushRules;
      readonly caches: Caches;
    },
  ) {
    this.#unread = deps.caches.lru('unread', { share: 0.035, entryBytes: bytesOf });
    this.#events = deps.caches.lru('push events', { share: 0.015, entryBytes: 2_000 });
  }

  /** The counts of rooms that the user is joined to. */
  async of(userId: UserId, roomIds: readonly RoomId[]): Promise<ReadonlyMap<RoomId, RoomCounts>> {
    const receipts = Map.groupBy(await this.deps.receipts.ofUser(userId, roomIds), (receipt) => receipt.roomId);
    const counts = new Map<RoomId, RoomCounts>();
    for (const roomId of roomIds) {
      const membership = await this.deps.reader.membership(roomId, userId);
      if (membership?.membership !== 'join') continue;
      const notices = await this.#notices(membership, readUpTo(receipts.get(roomId) ?? []));
      counts.set(roomId, summed(notices));
    }
    return counts;
  }

  /** What is unread now; remembered for the next time. */
  async #notices(membership: Membership, read: ReadUpTo): Promise<readonly Notice[]> {
    const { roomId, userId, since } = membership;
    const key = `${roomId} ${userId}`;
    const known = this.#unread.get(key);
    const after = Math.max(known?.upTo ?? 0, since, read.everything);
    const upTo = await this.deps.reader.lastOrd(roomId);
    const news = upTo > after ? await this.#look(membership, after, upTo) : [];
    const notices = [...(known?.notices ?? []), ...news].filter(
      (notice) =>
        notice.ord > since && notice.ord > read.everything && notice.ord > (read.threads.get(notice.thread) ?? 0),
    );
    this.#unread.set(key, { upTo, notices: notices.slice(-MOST_EVENTS) });
    return notices;
  }

  async #look(membership: Membership, after: number, upTo: number): Promise<Notice[]> {
    const { reader, timeline, rules } = this.deps;
    const room = await reader.knownRoom(membership.roomId);
    const { events } = await timeline.before(room, { after, upTo }, MOST_EVENTS);
    const compiled = await rules.compiled(membership.userId);
    const around = await this.#room(membership.roomId);
    const notifying = events.flatMap((event) => {
      const outcome = evaluatePushRules(this.#pushEvent(event, around), compiled, membership);
      return outcome.notify ? [{ event, highlights: outcome.highlight }] : [];
    });
    return notifying.toReversed().map(({ event, highlights }) => {
      const parent = event.stateKey === undefined ? relationOf(event) : undefined;
      return { ord: event.ord ?? 0, thread: parent?.relType === 'm.thread' ? parent.parentId : 'main', highlights };
    });
  }

  #pushEvent(event: StoredEvent, room: PushRoom): PushEvent {
    const known = this.#events.get(event.nid);
    if (known && event.redactedBy === undefined) return known;
    const made = new PushEvent(event, room);
    this.#events.set(event.nid, made);
    return made;
  }

  async #room(roomId: RoomId): Promise<PushRoom> {
    const { joined } = await this.deps.reader.counts(roomId);
    const state = await this.deps.reader.stateView(roomId, [
      ['m.room.create', ''],
      ['m.room.power_levels', ''],
    ]);
    return { memberCount: joined, powerLevels: powerLevelsOf(state) };
  }
}

interface ReadUpTo {
  /** a receipt for no thread reads them all */
  readonly everything: number;
  readonly threads: ReadonlyMap<string, number>;
}

function readUpTo(receipts: readonly Receipt[]): ReadUpTo {
  let everything = 0;
  const threads = new Map<string, number>();
  for (const { threadId, ord } of receipts) {
    if (threadId === undefined) everything = Math.max(everything, ord);
    else threads.set(threadId, Math.max(threads.get(threadId) ?? 0, ord));
  }
  return { everything, threads };
}

function summed(notices: readonly Notice[]): RoomCounts {
  const counts = new Map<string, { notifications: number; highlights: number }>();
  for (const { thread, highlights } of notices) {
    const count = counts.get(thread) ?? { notifications: 0, highlights: 0 };
    count.notifications += 1;
    if (highlights) count.highlights += 1;
    counts.set(thread, count);
  }
  const main = counts.get('main') ?? { notifications: 0, highlights: 0 };
  counts.delete('main');
  return { main, threads: counts as Map<EventId, Counts> };
}
