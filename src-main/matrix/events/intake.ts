import { Lanes } from '../../base/lane.js';
import type { Logger } from '../../base/logger.js';
import { notFound } from '../../spec/errors.js';
import type { EventId, RoomId } from '../../spec/ids.js';
import { domainOf } from '../../spec/state-view.js';
import type { Database } from '../../storage/database.js';
import type { AppendIncoming } from './append-incoming.js';
import type { CompleteRoom } from './complete-room.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { OpenRoom } from './open-room.js';
import type { OutOfBandMemberships } from './out-of-band.js';
import type { Outliers } from './outliers.js';
import type {
  AppendOptions,
  Appended,
  CheckedEvent,
  Completed,
  CompletedRoom,
  Intake,
  Knowledge,
  OpenedRoom,
  OutliersAdded,
  OutOfBand,
  Prepended,
} from './ports.js';
import type { Prepend } from './prepend.js';
import type { Room, RoomStore } from './rooms.store.js';
import { isPlaced } from './stored-event.js';

/** Events written in one transaction: all other writers wait for it. */
const TOGETHER = 16;

/** The way of other servers' events into rooms: one at a time for each room. */
export class RoomIntake implements Intake {
  readonly #lanes = new Lanes<RoomId>();

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly log: Logger;
      readonly rooms: RoomStore;
      readonly events: EventStore;
      readonly outliers: Outliers;
      readonly appending: AppendIncoming;
      readonly prepending: Prepend;
      readonly opening: OpenRoom;
      readonly completing: CompleteRoom;
      readonly outOfBandMemberships: OutOfBandMemberships;
    },
  ) {}

  async known(eventIds: readonly EventId[]): Promise<ReadonlyMap<EventId, Knowledge>> {
    const { db, events } = this.deps;
    const found = await events.byNids(db, [...(await events.nidsOf(db, eventIds)).values()]);
    return new Map(found.map((event) => [event.eventId, isPlaced(event) ? 'placed' : 'outlier'] as const));
  }

  async stored(eventIds: readonly EventId[]): Promise<ReadonlySet<EventId>> {
    return new Set((await this.deps.events.nidsOf(this.deps.db, eventIds)).keys());
  }

  async addOutliers(roomId: RoomId, events: readonly CheckedEvent[]): Promise<OutliersAdded> {
    const room = await this.#room(roomId);
    return this.#lanes.run(roomId, () => this.deps.outliers.add(room, events));
  }

  async append(checked: CheckedEvent, options: AppendOptions): Promise<Appended> {
    const { roomId } = checked.event;
    const room = await this.#room(roomId);
    return this.#lanes.run(roomId, () => this.#append(room, checked, options));
  }

  async appendAll(roomId: RoomId, events: readonly CheckedEvent[], options: AppendOptions): Promise<Appended[]> {
    const room = await this.#room(roomId);
    return this.#lanes.run(roomId, async () => {
      const appended: Appended[] = [];
      while (appended.length < events.length) {
        const rest = events.slice(appended.length, appended.length + TOGETHER);
        if (rest.length > 1) appended.push(...(await this.deps.appending.runTogether(room, rest, options)));
        const next = events[appended.length];
        if (next) appended.push(await this.#append(room, next, options));
      }
      return appended;
    });
  }

  async prepend(
    roomId: RoomId,
    events: readonly CheckedEvent[],
    options: Pick<AppendOptions, 'stateBefore' | 'unwanted'> = {},
  ): Promise<Prepended> {
    const room = await this.#room(roomId);
    return this.#lanes.run(roomId, () => this.deps.prepending.run(room, events, options));
  }

  openRoom(given: OpenedRoom): Promise<Appended> {
    return this.#lanes.run(given.roomId, async () => {
      const { opening } = this.deps;
      const room = await opening.known(given);
      const join = given.event.event;
      if (await opening.isOpen(room)) {
        // Somebody of ours came in meanwhile: with a part of the state nothing can be appended.
        if (given.partial) return { outcome: 'incomplete', missingAuth: [], missingPrev: join.prevEvents };
        await opening.addState(room, given);
        const stateBefore = given.state.map(({ event }) => event.eventId);
        return this.#append(room, given.event, { origin: domainOf(join.sender), stateBefore });
      }
      return opening.run(room, given);
    });
  }

  async completeRoom(given: CompletedRoom): Promise<Completed> {
    const { completing } = this.deps;
    const prepared = await completing.prepare(await this.#room(given.roomId), given);
    if (typeof prepared === 'string') return prepared;
    return this.#lanes.run(given.roomId, () => completing.finish(prepared, given.signal));
  }

  outOfBand(given: OutOfBand): Promise<StoredEvent> {
    return this.#lanes.run(given.roomId, () => this.deps.outOfBandMemberships.put(given));
  }

  async #append(room: Room, checked: CheckedEvent, options: AppendOptions): Promise<Appended> {
    const { db, rooms, appending, log } = this.deps;
    if (!(await rooms.isOpen(db, room))) throw notFound('this server is not in that room');
    const appended = await appending.run(room, checked, options);
    if (appended.outcome === 'rejected' || appended.outcome === 'soft-failed') {
      const { eventId, roomId, type } = checked.event;
      const why = appended.outcome === 'rejected' ? { why: appended.why } : {};
      log.info('an event is not let in', {
        eventId,
        roomId,
        type,
        origin: options.origin,
        outcome: appended.outcome,
        ...why,
      });
    }
    return appended;
  }

  async #room(roomId: RoomId): Promise<Room> {
    const room = await this.deps.rooms.byId(this.deps.db, roomId);
    if (!room) throw notFound('this server does not know that room');
    return room;
  }
}
