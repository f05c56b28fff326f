import { stringAt } from '../../base/json.js';
import { forbidden, notFound } from '../../spec/errors.js';
import type { EventId, RoomId, UserId } from '../../spec/ids.js';
import type { Room, RoomReader, StateAt, StoredEvent, Visibility } from '../events/index.js';

/** How far somebody may look into a room: all of it, up to where they left, or all since the world may read it. */
export interface RoomSight {
  readonly room: Room;
  /** the event with which they left; undefined for those who are in the room and for the world */
  readonly leftWith: StoredEvent | undefined;
}

/** Who may read a room. Strangers hear the same whether a room exists or not. */
export class RoomAccess {
  constructor(
    private readonly deps: { readonly reader: RoomReader; readonly stateAt: StateAt; readonly visibility: Visibility },
  ) {}

  /** @throws MatrixError M_FORBIDDEN */
  async sight(roomId: RoomId, userId: UserId): Promise<RoomSight> {
    const sight = await this.sightIfAny(roomId, userId);
    if (!sight) throw forbidden('you are not in this room');
    return sight;
  }

  /** Undefined for those who may not look into the room, though some event of it may be theirs to see. */
  async sightIfAny(roomId: RoomId, userId: UserId): Promise<RoomSight | undefined> {
    const { reader } = this.deps;
    const room = await reader.room(roomId);
    const membership = room && (await reader.membership(roomId, userId));
    if (room && membership?.membership === 'join') return { room, leftWith: undefined };
    const leftWith = membership && !membership.isForgotten ? await this.#leftWith(roomId, userId) : undefined;
    if (room && leftWith) return { room, leftWith };
    return room && (await this.#isWorldReadable(roomId)) ? { room, leftWith: undefined } : undefined;
  }

  /** Requires that the user is in the room now. @throws MatrixError M_FORBIDDEN */
  async requireJoined(roomId: RoomId, userId: UserId): Promise<void> {
    if (!(await this.deps.reader.isJoined(roomId, userId))) throw forbidden('you are not in this room');
  }

  /**
   * An event of this room that the user may see. Who may not hears the same as of an event, or a room, that there is not.
   *
   * @throws MatrixError M_NOT_FOUND
   */
  async event(roomId: RoomId, eventId: EventId, userId: UserId): Promise<StoredEvent> {
    const event = await this.deps.reader.event(eventId);
    const isHere = event?.roomId === roomId && !(await this.#hasForgotten(roomId, userId));
    const seen = isHere ? await this.deps.visibility.seen(userId, event) : undefined;
    if (seen) return seen;
    throw notFound('there is no such event in this room');
  }

  /** Who forgot a room sees no more of it than everybody does. */
  async #hasForgotten(roomId: RoomId, userId: UserId): Promise<boolean> {
    const membership = await this.deps.reader.membership(roomId, userId);
    return membership?.isForgotten === true && !(await this.#isWorldReadable(roomId));
  }

  /** The room's state as this user may see it: now, or when they left. */
  async state({ room, leftWith }: RoomSight): Promise<StoredEvent[]> {
    if (leftWith) return this.deps.stateAt.after(leftWith);
    return this.deps.reader.allState(room.roomId, { withMembers: true });
  }

  /** One entry of the room's state as this user may see it. */
  async stateEntry(sight: RoomSight, type: string, stateKey: string): Promise<StoredEvent | undefined> {
    if (!sight.leftWith) return this.deps.reader.state(sight.room.roomId, [type, stateKey]);
    const { leftWith } = sight;
    if (leftWith.type === type && leftWith.stateKey === stateKey) return leftWith;
    const entries = await this.deps.stateAt.entriesBefore([leftWith], [[type, stateKey]]);
    return [...(entries.get(leftWith.nid)?.values() ?? [])][0];
  }

  /** The event that ended their last stay: what came after it, be it an invitation, shows them nothing more. */
  async #leftWith(roomId: RoomId, userId: UserId): Promise<StoredEvent | undefined> {
    const history = await this.deps.reader.membershipHistory(roomId, userId);
    const left = history.findLast((change) => change.previous === 'join');
    const event = left && (await this.deps.reader.eventByNid(left.eventNid));
    // What followed from the room's state elsewhere has no place in the timeline itself.
    return event && left ? { ...event, ord: event.ord ?? left.position } : undefined;
  }

  async #isWorldReadable(roomId: RoomId): Promise<boolean> {
    const event = await this.deps.reader.state(roomId, ['m.room.history_visibility', '']);
    return stringAt(event?.content, 'history_visibility') === 'world_readable';
  }
}
