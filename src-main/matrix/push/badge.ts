import type { Cache, Caches } from '../../base/caches.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import type { Database, Position } from '../../storage/database.js';
import { roomTopic } from '../../storage/news.js';
import type { RoomReader } from '../events/index.js';
import type { IgnoredUsers } from './ignored-users.js';
import type { NotificationCounts } from './notification-counts.js';

interface Known {
  /** what is said of a room holds unless something happened there after this */
  readonly at: Position;
  readonly ignored: ReadonlySet<string>;
  /** what waits in each room that the user is joined to */
  readonly waiting: ReadonlyMap<RoomId, number>;
}

/** The number on an app's icon: all that waits for a user. Only rooms in which something happened are asked again. */
export class Badge {
  readonly #known: Cache<UserId, Known>;

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly reader: RoomReader;
      readonly counts: NotificationCounts;
      readonly ignored: IgnoredUsers;
      readonly caches: Caches;
      /** a room with anything unread counts as one */
      readonly isGrouped: boolean;
    },
  ) {
    this.#known = deps.caches.lru('badges', { share: 0.004, entryBytes: ({ waiting }) => 300 + 80 * waiting.size });
  }

  /** Invitations, and rooms with something unread, or all that is unread. */
  async of(userId: UserId): Promise<number> {
    const waiting = await this.#waiting(userId);
    const invitations = await this.#invitations(userId);
    let badge = invitations;
    for (const count of waiting.values()) badge += this.deps.isGrouped ? Math.min(count, 1) : count;
    return badge;
  }

  async #waiting(userId: UserId): Promise<ReadonlyMap<RoomId, number>> {
    const { db, reader, counts, ignored } = this.deps;
    const at = db.position();
    const ignoredUsers = await ignored.by(userId);
    const last = this.#known.get(userId);
    const known = last?.ignored === ignoredUsers ? last : undefined;
    const rooms = await reader.joinedRooms(userId);
    const isStale = (roomId: RoomId) =>
      !known?.waiting.has(roomId) || db.news.mayHaveChangedSince(roomTopic(roomId), known.at);
    const counted = await counts.of(userId, rooms.filter(isStale));
    const waiting = new Map<RoomId, number>();
    for (const roomId of rooms) {
      const found = counted.get(roomId);
      const threads = [...(found?.threads.values() ?? [])].reduce((sum, thread) => sum + thread.notifications, 0);
      waiting.set(roomId, found ? found.main.notifications + threads : (known?.waiting.get(roomId) ?? 0));
    }
    this.#known.set(userId, { at, ignored: ignoredUsers, waiting });
    return waiting;
  }

  async #invitations(userId: UserId): Promise<number> {
    const { reader, ignored } = this.deps;
    const invitations = await reader.roomsOf(userId, ['invite']);
    if (invitations.length === 0) return 0;
    const ignoredUsers = await ignored.by(userId);
    if (ignoredUsers.size === 0) return invitations.length;
    const events = await reader.eventsByNid(invitations.map(({ eventNid }) => eventNid));
    return events.filter(({ sender }) => !ignoredUsers.has(sender)).length;
  }
}
