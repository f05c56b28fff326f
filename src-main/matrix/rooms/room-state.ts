import type { ClientEvent } from '../../spec/client-event.js';
import { invalidParam } from '../../spec/errors.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import type { Membership, PartialRooms, RoomReader, StateAt, StoredEvent, Timeline } from '../events/index.js';
import type { ClientEvents } from './client-events.js';
import type { Viewer } from './viewer.js';
import type { RoomAccess } from './room-access.js';
import { parseTimelineToken } from './timeline-token.js';

interface RoomStateDeps {
  readonly access: RoomAccess;
  readonly reader: RoomReader;
  /** most of what is asked here needs all of a room's members */
  readonly partials: Pick<PartialRooms, 'whenComplete'>;
  readonly stateAt: StateAt;
  readonly timeline: Timeline;
  readonly clientEvents: ClientEvents;
}

/** A room's state and people, as those who may look see them: now, or when they left. */
export class RoomState {
  constructor(private readonly deps: RoomStateDeps) {}

  /** @throws MatrixError M_FORBIDDEN */
  async all(roomId: RoomId, viewer: Viewer): Promise<ClientEvent[]> {
    const sight = await this.deps.access.sight(roomId, viewer.userId);
    await this.deps.partials.whenComplete(roomId);
    return this.#render(await this.deps.access.state(sight), viewer);
  }

  /** @throws MatrixError M_FORBIDDEN */
  async one(roomId: RoomId, type: string, stateKey: string, viewer: Viewer): Promise<ClientEvent | undefined> {
    const sight = await this.deps.access.sight(roomId, viewer.userId);
    const known = await this.deps.access.stateEntry(sight, type, stateKey);
    if (!known && type === MEMBER) await this.deps.partials.whenComplete(roomId);
    const event = known ?? (await this.deps.access.stateEntry(sight, type, stateKey));
    return event && (await this.#render([event], viewer))[0];
  }

  /**
   * All member events, now or at a place in the timeline.
   *
   * @param at a token of /sync or of a page of history
   * @throws MatrixError M_FORBIDDEN; M_INVALID_PARAM for a token that is not ours
   */
  async members(roomId: RoomId, viewer: Viewer, at: string | undefined): Promise<ClientEvent[]> {
    const sight = await this.deps.access.sight(roomId, viewer.userId);
    const place = at === undefined ? undefined : parseTimelineToken(at);
    if (at !== undefined && place === undefined) throw invalidParam('the token is not one of this server');
    await this.deps.partials.whenComplete(roomId);
    const newest = sight.leftWith?.ord ?? Number.MAX_SAFE_INTEGER;
    if (place === undefined || place >= newest) {
      const events = sight.leftWith
        ? await this.deps.access.state(sight)
        : await this.deps.reader.stateOfTypes(roomId, [MEMBER]);
      return this.#render(events.filter(isMember), viewer);
    }
    const range = { upTo: place, after: -Number.MAX_SAFE_INTEGER };
    const [last] = (await this.deps.timeline.before(sight.room, range, 1)).events;
    return last ? this.#render((await this.deps.stateAt.after(last)).filter(isMember), viewer) : [];
  }

  /** Who is in the room. @throws MatrixError M_FORBIDDEN for those who are not */
  async joinedMembers(roomId: RoomId, userId: UserId): Promise<Membership[]> {
    await this.deps.access.requireJoined(roomId, userId);
    await this.deps.partials.whenComplete(roomId);
    return this.deps.reader.members(roomId, ['join']);
  }

  joinedRooms(userId: UserId): Promise<RoomId[]> {
    return this.deps.reader.joinedRooms(userId);
  }

  #render(events: readonly StoredEvent[], viewer: Viewer): Promise<ClientEvent[]> {
    return this.deps.clientEvents.render(events, viewer, { withRoomId: true });
  }
}

const MEMBER = 'm.room.member';
const isMember = (event: StoredEvent): boolean => event.type === MEMBER;
