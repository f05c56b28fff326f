import type { JsonObject } from '../../../base/json.js';
import { MatrixError, notFound, tooLarge } from '../../../spec/errors.js';
import type { EventId, RoomId, UserId } from '../../../spec/ids.js';
import type { Database, Position, Transaction } from '../../../storage/database.js';
import { userTopic } from '../../../storage/news.js';
import type { RelationReader, StoredEvent } from '../../events/index.js';
import type { RoomAccess } from '../room-access.js';
import type { ThreadSubscription, ThreadSubscriptionStore } from './thread-subscriptions.store.js';

interface ThreadSubscriptionsDeps {
  readonly db: Database;
  readonly store: ThreadSubscriptionStore;
  readonly access: RoomAccess;
  readonly relations: RelationReader;
}

/** Subscriptions as clients get them, and where to go on when there are more. */
export interface SubscriptionChanges {
  readonly subscribed: JsonObject;
  readonly unsubscribed: JsonObject;
  /** everything after it is told */
  readonly end: Position | undefined;
}

const MOST_OF_USER = 20_000;

/**
 * Threads that people want to hear of, so that all their devices know.
 *
 * @see https://github.com/matrix-org/matrix-spec-proposals/pull/4306
 */
export class ThreadSubscriptions {
  constructor(private readonly deps: ThreadSubscriptionsDeps) {}

  /** @throws MatrixError M_NOT_FOUND unless the user may see the thread and has subscribed to it */
  async get(userId: UserId, roomId: RoomId, rootId: EventId): Promise<ThreadSubscription> {
    const { db, store, access } = this.deps;
    await access.event(roomId, rootId, userId);
    const subscription = await store.one(db, userId, roomId, rootId);
    if (!subscription?.isSubscribed) throw notFound('you are not subscribed to this thread');
    return subscription;
  }

  /**
   * @param cause the event for which the client subscribes by itself; undefined: the user wants it
   * @throws MatrixError M_NOT_FOUND; IO.ELEMENT.MSC4306.M_NOT_IN_THREAD 400; M_CONFLICTING_UNSUBSCRIPTION (in the same
   *   namespace) 409 when the user gave the thread up after the cause; M_TOO_LARGE
   */
  async subscribe(userId: UserId, roomId: RoomId, rootId: EventId, cause: EventId | undefined): Promise<void> {
    const { db, store, access } = this.deps;
    await access.event(roomId, rootId, userId);
    const causedBy = cause === undefined ? undefined : await this.#inThread(userId, roomId, rootId, cause);
    await db.write(async (tx) => {
      const before = await store.one(tx, userId, roomId, rootId);
      if (before?.isSubscribed && (causedBy !== undefined || !before.isAutomatic)) return;
      if (causedBy && before?.leftAt !== undefined && (causedBy.ord ?? 0) <= before.leftAt) throw conflict();
      if (!before && (await store.count(tx, userId)) >= MOST_OF_USER) throw tooLarge('you follow too many threads');
      const change = { roomId, rootId, isSubscribed: true, isAutomatic: causedBy !== undefined, leftAt: undefined };
      await this.#put(tx, userId, change);
    });
  }

  /** @throws MatrixError M_NOT_FOUND */
  async unsubscribe(userId: UserId, roomId: RoomId, rootId: EventId): Promise<void> {
    const { db, store, access } = this.deps;
    await access.event(roomId, rootId, userId);
    await db.write(async (tx) => {
      const before = await store.one(tx, userId, roomId, rootId);
      if (!before?.isSubscribed) return;
      await this.#put(tx, userId, { ...before, isSubscribed: false, isAutomatic: false, leftAt: tx.position() });
    });
  }

  /** Those of some users who are subscribed to a thread. */
  among(roomId: RoomId, rootId: EventId, userIds: readonly UserId[]): Promise<ReadonlySet<UserId>> {
    return this.deps.store.among(this.deps.db, roomId, rootId, userIds);
  }

  /** The last `limit` changes of a span. */
  async changes(
    userId: UserId,
    span: { readonly after: Position; readonly upTo: Position },
    limit: number,
  ): Promise<SubscriptionChanges> {
    const found = await this.deps.store.latest(this.deps.db, userId, span, limit + 1);
    const told = found.slice(0, limit);
    const last = told.at(-1);
    return {
      subscribed: byRoom(told.filter(({ isSubscribed }) => isSubscribed)),
      unsubscribed: byRoom(told.filter(({ isSubscribed }) => !isSubscribed)),
      end: found.length > limit && last ? last.position - 1 : undefined,
    };
  }

  async #put(tx: Transaction, userId: UserId, change: Omit<ThreadSubscription, 'position'>): Promise<void> {
    await this.deps.store.put(tx, userId, { ...change, position: tx.position() });
    tx.announce(userTopic(userId));
  }

  async #inThread(userId: UserId, roomId: RoomId, rootId: EventId, cause: EventId): Promise<StoredEvent> {
    const { access, relations } = this.deps;
    const event = await access.event(roomId, cause, userId);
    const relation = (await relations.parentsOf([event.nid])).get(event.nid);
    if (relation?.relType === 'm.thread' && relation.parentId === rootId) return event;
    throw new MatrixError(400, 'IO.ELEMENT.MSC4306.M_NOT_IN_THREAD', 'the event is not in this thread');
  }
}

const conflict = () =>
  new MatrixError(409, 'IO.ELEMENT.MSC4306.M_CONFLICTING_UNSUBSCRIPTION', 'you gave this thread up after that event');

function byRoom(subscriptions: readonly ThreadSubscription[]): JsonObject {
  const rooms: Record<string, Record<string, JsonObject>> = {};
  for (const { roomId, rootId, isSubscribed, isAutomatic, position } of subscriptions) {
    const room = (rooms[roomId] ??= {});
    room[rootId] = { ...(isSubscribed && { automatic: isAutomatic }), bump_stamp: position };
  }
  return rooms;
}
