import type { Cache, Caches } from '../../base/caches.js';
import type { Milliseconds } from '../../base/clock.js';
import { turn } from '../../base/yield.js';
import type { EventId, RoomId, UserId } from '../../spec/ids.js';
import { evaluatePushRules } from '../../spec/push-rules/evaluate.js';
import type { Receipts } from '../ephemeral/index.js';
import type { Membership, Retention, RoomReader, StoredEvent, Timeline } from '../events/index.js';
import type { IgnoredUsers } from './ignored-users.js';
import type { PushEvents, ThreadId } from './push-events.js';
import type { PushRules } from './push-rules.js';
import type { ThreadReaders } from './thread-readers.js';
import { isRead, type ReadUpTo, readUpTo } from './read-up-to.js';

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
  readonly nid: number;
  readonly ord: number;
  /** state is shown for ever; anything else from this time on (ms since the epoch) for a while */
  readonly ts: Milliseconds;
  readonly eventId: EventId;
  readonly thread: ThreadId;
  readonly highlights: boolean;
}

interface Unread {
  /** events up to here were looked at */
  readonly upTo: number;
  readonly notices: readonly Notice[];
  /** whom the reader ignored then */
  readonly ignored: ReadonlySet<string>;
}

/** What a look at some events found. */
interface Look {
  /** oldest first */
  readonly notices: readonly Notice[];
  /** what redactions among them aim at, be it in vain */
  readonly redacted: ReadonlySet<string>;
  /** false: there were too many, and the older ones were left out */
  readonly isWhole: boolean;
  /** how many there were */
  readonly looked: number;
}

/** Events of a room looked at for one reader, the newest: an old room never read would otherwise be walked as a whole. */
const MOST_EVENTS = 1_000;
/** Events looked at before others have their turn. */
const PAGE = 100;
const NOTHING: Look = { notices: [], redacted: new Set(), isWhole: true, looked: 0 };

/** What it takes in memory, about. */
const bytesOf = ({ notices }: Unread): number => 350 + 160 * notices.length;

/**
 * What waits to be read. Counted when a reader asks, and not when an event comes: a message in a room of thousands
 * costs its sender nothing more, and those who are away cost nothing at all. What was counted is remembered, so that
 * each event is looked at once for each reader. What was redacted, or comes from people whom the reader ignores, does
 * not count.
 */
export class NotificationCounts {
  readonly #unread: Cache<string, Unread>;

  constructor(
    private readonly deps: {
      readonly reader: RoomReader;
      readonly timeline: Timeline;
      readonly receipts: Receipts;
      readonly retention: Pick<Retention, 'oldestShown'>;
      readonly rules: PushRules;
      readonly ignored: IgnoredUsers;
      readonly events: PushEvents;
      readonly threads: ThreadReaders;
      readonly caches: Caches;
    },
  ) {
    this.#unread = deps.caches.lru('unread', { share: 0.027, entryBytes: bytesOf });
  }

  /** The counts of those of some rooms that the user is joined to. */
  async of(userId: UserId, roomIds: readonly RoomId[]): Promise<ReadonlyMap<RoomId, RoomCounts>> {
    const counts = new Map<RoomId, RoomCounts>();
    if (roomIds.length === 0) return counts;
    const { reader, receipts, ignored } = this.deps;
    const wanted = new Set(roomIds);
    const joined = (await reader.roomsOf(userId, ['join'])).filter(({ roomId }) => wanted.has(roomId));
    const ignoredUsers = await ignored.by(userId);
    const read = Map.groupBy(await receipts.ofUser(userId, roomIds), (receipt) => receipt.roomId);
    let looked = 0;
    for (const membership of joined) {
      const { roomId } = membership;
      const found = await this.#notices(membership, readUpTo(read.get(roomId) ?? []), ignoredUsers);
      counts.set(roomId, summed(found.notices));
      looked += found.looked;
      if (looked < PAGE) continue;
      looked = 0;
      await turn();
    }
    return counts;
  }

  /** What is unread now, and how many events were looked at to know; remembered for the next time. */
  async #notices(membership: Membership, read: ReadUpTo, ignored: ReadonlySet<string>) {
    const { roomId, userId, since } = membership;
    const key = `${roomId} ${userId}`;
    const known = this.#known(key, ignored);
    const after = Math.max(known?.upTo ?? 0, since, read.everything);
    const upTo = await this.deps.reader.lastOrd(roomId);
    const news = upTo > after ? await this.#look(membership, { after, upTo }, ignored) : NOTHING;
    const standing = known ? await this.#standing(known.notices, news) : [];
    const oldest = (await this.deps.retention.oldestShown(roomId)) ?? Number.NEGATIVE_INFINITY;
    const notices = [...standing, ...news.notices]
      .filter(({ ord, thread, ts }) => ts >= oldest && ord > since && !isRead(read, ord, thread))
      .slice(-MOST_EVENTS);
    this.#unread.set(key, { upTo, notices, ignored });
    return { notices, looked: news.looked };
  }

  /** What was counted counts no more once the reader ignores others than then. */
  #known(key: string, ignored: ReadonlySet<string>): Unread | undefined {
    const known = this.#unread.get(key);
    return known?.ignored === ignored ? known : undefined;
  }

  async #look(
    { roomId, userId, displayName }: Membership,
    range: { readonly after: number; readonly upTo: number },
    ignored: ReadonlySet<string>,
  ): Promise<Look> {
    const { reader, timeline, rules, events: pushEvents, threads } = this.deps;
    const room = await reader.knownRoom(roomId);
    const compiled = await rules.compiled(userId);
    const around = await pushEvents.room(roomId);
    const notices: Notice[] = [];
    const redacted = new Set<string>();
    let { upTo } = range;
    let looked = 0;
    while (looked < MOST_EVENTS) {
      const { events, next } = await timeline.before(room, { after: range.after, upTo }, PAGE);
      for (const event of events) {
        if (event.redacts !== undefined) redacted.add(event.redacts);
        if (event.redactedBy !== undefined || ignored.has(event.sender)) continue;
        const isSubscribed = (await threads.of(event, [userId]))?.has(userId);
        const given = { userId, displayName, isSubscribed };
        const outcome = evaluatePushRules(pushEvents.prepare(event, around), compiled, given);
        if (outcome.notify) notices.push(await this.#notice(event, outcome.highlight));
      }
      looked += Math.max(events.length, 1);
      if (next === undefined) return { notices: notices.reverse(), redacted, isWhole: true, looked };
      upTo = next;
      await turn();
    }
    return { notices: notices.reverse(), redacted, isWhole: false, looked };
  }

  async #notice(event: StoredEvent, highlights: boolean): Promise<Notice> {
    const { nid, ord = 0, eventId } = event;
    const ts = event.stateKey === undefined ? event.originServerTs : Number.POSITIVE_INFINITY;
    return { nid, ord, ts, eventId, thread: await this.deps.events.threadOf(event), highlights };
  }

  /** Those of the notices known before that nobody has redacted since. */
  async #standing(notices: readonly Notice[], { redacted, isWhole }: Look): Promise<readonly Notice[]> {
    if (notices.length === 0 || (redacted.size === 0 && isWhole)) return notices;
    const doubtful = notices.filter(({ eventId }) => !isWhole || redacted.has(eventId));
    if (doubtful.length === 0) return notices;
    const events = await this.deps.reader.eventsByNid(doubtful.map(({ nid }) => nid));
    const gone = new Set(events.filter((event) => event.redactedBy !== undefined).map((event) => event.nid));
    return notices.filter(({ nid }) => !gone.has(nid));
  }
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
