import type { Cache, Caches } from '../../base/caches.js';
import type { EventId, RoomId } from '../../spec/ids.js';
import { powerLevelsOf } from '../../spec/power-levels.js';
import { PushEvent, type PushRoom } from '../../spec/push-rules/push-event.js';
import { type RoomReader, relationOf, type StoredEvent } from '../events/index.js';

/** A thread's root, or what is in no thread. */
export type ThreadId = EventId | 'main';

/** Relations followed to find the thread of an event: to an edit of a reply in a thread, and no farther. */
const MOST_STEPS = 3;

/** Events made ready for push rules: each once, for all its readers. */
export class PushEvents {
  readonly #events: Cache<number, PushEvent>;

  constructor(private readonly deps: { readonly reader: RoomReader; readonly caches: Caches }) {
    this.#events = deps.caches.lru('push events', { share: 0.012, entryBytes: 2_000 });
  }

  /** What rules ask of a room, as it is now: asked for once for many events. */
  async room(roomId: RoomId): Promise<PushRoom> {
    const { joined } = await this.deps.reader.counts(roomId);
    const state = await this.deps.reader.stateView(roomId, [
      ['m.room.create', ''],
      ['m.room.power_levels', ''],
    ]);
    return { memberCount: joined, powerLevels: powerLevelsOf(state) };
  }

  /** @param event one that is not redacted: nothing that was taken back notifies */
  prepare(event: StoredEvent, room: PushRoom): PushEvent {
    const known = this.#events.get(event.nid);
    if (known) return known;
    const made = new PushEvent(event, room);
    this.#events.set(event.nid, made);
    return made;
  }

  /** The thread that an event is in, be it by what it relates to. */
  async threadOf(event: StoredEvent): Promise<ThreadId> {
    let current = event;
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const relation = current.stateKey === undefined ? relationOf(current) : undefined;
      if (!relation) return 'main';
      if (relation.relType === 'm.thread') return relation.parentId;
      const parent = await this.deps.reader.event(relation.parentId);
      if (!parent || parent.roomId !== event.roomId) return 'main';
      current = parent;
    }
    return 'main';
  }
}
