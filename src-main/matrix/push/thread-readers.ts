import type { EventId, RoomId, UserId } from '../../spec/ids.js';
import type { StoredEvent } from '../events/index.js';
import type { PushEvents } from './push-events.js';

/** Whether readers want to hear of the threads that events are in: asked only where there are rules for that. */
export class ThreadReaders {
  constructor(
    private readonly deps: {
      readonly events: PushEvents;
      readonly subscriptions: {
        among(roomId: RoomId, rootId: EventId, userIds: readonly UserId[]): Promise<ReadonlySet<UserId>>;
      };
      readonly withThreads: boolean;
    },
  ) {}

  /** Those of some readers who subscribed to the event's thread; undefined for what is in no thread. */
  async of(event: StoredEvent, readers: readonly UserId[]): Promise<ReadonlySet<UserId> | undefined> {
    const { events, subscriptions, withThreads } = this.deps;
    if (!withThreads || event.stateKey !== undefined || readers.length === 0) return undefined;
    const thread = await events.threadOf(event);
    return thread === 'main' ? undefined : subscriptions.among(event.roomId, thread, readers);
  }
}
