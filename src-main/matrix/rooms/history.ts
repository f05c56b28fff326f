import { invalidParam } from '../../spec/errors.js';
import { matchesRoomEventFilter, type RoomEventFilter } from '../../spec/event-filter.js';
import type { ClientEvent } from '../../spec/client-event.js';
import type { StateKey } from '../../spec/event.js';
import type { EventId, RoomId, UserId } from '../../spec/ids.js';
import type { Matches, RoomReader, StateAt, StoredEvent, Timeline, Visibility } from '../events/index.js';
import type { ClientEvents } from './client-events.js';
import type { Viewer } from './viewer.js';
import type { RoomAccess, RoomSight } from './room-access.js';
import type { WholeTimeline } from './whole-timeline.js';
import { parseTimelineToken, writeTimelineToken } from './timeline-token.js';

export interface HistoryDeps {
  readonly access: RoomAccess;
  readonly reader: RoomReader;
  readonly stateAt: StateAt;
  readonly timeline: Timeline;
  /** the same, filled by other servers where something is missing */
  readonly wholeTimeline: WholeTimeline;
  readonly visibility: Visibility;
  readonly clientEvents: ClientEvents;
}

/** A page of a room's history. */
export interface HistoryPage {
  readonly chunk: readonly ClientEvent[];
  readonly start: string;
  readonly end: string | undefined;
  /** members that a client which loads them lazily does not know yet */
  readonly state: readonly ClientEvent[];
}

export interface PageRequest {
  readonly direction: 'b' | 'f';
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly limit: number;
  readonly filter: RoomEventFilter;
}

const FIRST = -Number.MAX_SAFE_INTEGER;

/** What happened to those who left, a ban or an invitation, they see; but not the state around it. */
const placeWithin = ({ leftWith }: RoomSight, event: StoredEvent): StoredEvent =>
  leftWith && (event.ord ?? 0) > (leftWith.ord ?? 0) ? leftWith : event;

/** Pages of what was said in a room. @see https://spec.matrix.org/v1.19/client-server-api/#syncing */
export class History {
  constructor(private readonly deps: HistoryDeps) {}

  /** @throws MatrixError M_FORBIDDEN; M_INVALID_PARAM for a token that is not ours */
  async page(roomId: RoomId, viewer: Viewer, request: PageRequest): Promise<HistoryPage> {
    const sight = await this.deps.access.sight(roomId, viewer.userId);
    const newest = sight.leftWith?.ord ?? (await this.deps.reader.lastOrd(roomId));
    const back = request.direction === 'b';
    const from = this.#place(request.from) ?? (back ? newest : FIRST);
    const to = this.#place(request.to);
    const range = back
      ? { upTo: Math.min(from, newest), after: to ?? FIRST }
      : { after: from, upTo: Math.min(to ?? newest, newest) };
    const matches = this.#matches(viewer.userId, roomId, request.filter);
    const timeline = this.#timelineFor(sight);
    const page = back
      ? await timeline.before(sight.room, range, request.limit, matches)
      : await timeline.after(sight.room, range, request.limit, matches);
    return {
      chunk: await this.#render(page.events, viewer),
      start: request.from ?? writeTimelineToken(back ? newest : FIRST),
      end: page.next === undefined ? undefined : writeTimelineToken(page.next),
      state: await this.#lazyMembers(sight, page.events, viewer, request.filter),
    };
  }

  /** One event. @throws MatrixError M_NOT_FOUND */
  async event(roomId: RoomId, eventId: EventId, viewer: Viewer): Promise<ClientEvent | undefined> {
    const event = await this.#event(roomId, eventId, viewer);
    return (await this.#render([event], viewer))[0];
  }

  /** An event with what was said before and after it, and the state after all of it. */
  async context(roomId: RoomId, eventId: EventId, viewer: Viewer, limit: number, filter: RoomEventFilter) {
    const event = await this.#event(roomId, eventId, viewer);
    const sight = await this.deps.access.sightIfAny(roomId, viewer.userId);
    const ord = event.ord ?? 0;
    const matches = this.#matches(viewer.userId, roomId, filter);
    const earlier = Math.floor(limit / 2);
    const timeline = this.#timelineFor(sight);
    const before = await this.#upTo(earlier, (most) =>
      timeline.before(event.room, { upTo: ord - 1, after: FIRST }, most, matches),
    );
    const after = await this.#upTo(limit - earlier, (most) =>
      timeline.after(event.room, { after: ord, upTo: Number.MAX_SAFE_INTEGER }, most, matches),
    );
    const last = after.at(-1) ?? event;
    const shown = [...before, event, ...after];
    return {
      event: (await this.#render([event], viewer))[0],
      events_before: await this.#render(before, viewer),
      events_after: await this.#render(after, viewer),
      start: writeTimelineToken((before.at(-1)?.ord ?? ord) - 1),
      end: writeTimelineToken(last.ord ?? ord),
      state: sight ? await this.#stateAfter(placeWithin(sight, last), shown, viewer, filter) : [],
    };
  }

  /** An event that the viewer may see; for people in the room other servers are asked for what is missing here. */
  async #event(roomId: RoomId, eventId: EventId, { userId }: Viewer): Promise<StoredEvent> {
    const { access, reader, wholeTimeline } = this.deps;
    const isMissing = !(await reader.event(eventId)) && (await reader.isJoined(roomId, userId));
    if (isMissing) await wholeTimeline.fetchEvent(roomId, eventId);
    return access.event(roomId, eventId, userId);
  }

  /** For people who left, and for single events that somebody may see, nobody else is asked. */
  #timelineFor(sight: RoomSight | undefined): Timeline | WholeTimeline {
    return sight && !sight.leftWith ? this.deps.wholeTimeline : this.deps.timeline;
  }

  async #upTo(limit: number, read: (limit: number) => Promise<{ events: readonly StoredEvent[] }>) {
    return limit === 0 ? [] : [...(await read(limit)).events];
  }

  async #stateAfter(last: StoredEvent, shown: readonly StoredEvent[], viewer: Viewer, filter: RoomEventFilter) {
    const state = await this.deps.stateAt.after(last);
    const senders = new Set<string>(shown.map((event) => event.sender));
    const wanted = filter.lazy_load_members
      ? state.filter((event) => event.type !== 'm.room.member' || senders.has(event.stateKey ?? ''))
      : state;
    return this.#renderState(wanted, viewer);
  }

  #place(token: string | undefined): number | undefined {
    if (token === undefined || token === '') return undefined;
    const place = parseTimelineToken(token);
    if (place === undefined) throw invalidParam('the token is not one of this server');
    return place;
  }

  #matches(userId: UserId, roomId: RoomId, filter: RoomEventFilter): Matches {
    return async (events) =>
      this.deps.visibility.visibleTo(
        userId,
        roomId,
        events.filter((event) => matchesRoomEventFilter(event, filter)),
      );
  }

  async #lazyMembers(
    sight: RoomSight,
    events: readonly StoredEvent[],
    viewer: Viewer,
    filter: RoomEventFilter,
  ): Promise<ClientEvent[]> {
    if (!filter.lazy_load_members || events.length === 0) return [];
    return this.#renderState(await this.#members(sight, events), viewer);
  }

  /** Member events of those who sent some events, as whoever left may know them. */
  async #members({ room, leftWith }: RoomSight, events: readonly StoredEvent[]): Promise<readonly StoredEvent[]> {
    const { reader, stateAt } = this.deps;
    const userIds = [...new Set(events.map((event) => event.sender))];
    if (leftWith) {
      const keys = userIds.map((userId): StateKey => ['m.room.member', userId]);
      return [...((await stateAt.entriesBefore([leftWith], keys)).get(leftWith.nid)?.values() ?? [])];
    }
    const standing = await reader.membersAmong(room.roomId, userIds);
    const unknown = new Set(userIds);
    for (const { userId } of standing) unknown.delete(userId);
    const members = [...standing, ...(await reader.membersNamedBy(room.roomId, unknown, events))];
    return reader.eventsByNid(members.map(({ eventNid }) => eventNid));
  }

  #renderState(events: readonly StoredEvent[], viewer: Viewer): Promise<ClientEvent[]> {
    return this.deps.clientEvents.render(events, viewer, { withRoomId: true });
  }

  #render(events: readonly StoredEvent[], viewer: Viewer): Promise<ClientEvent[]> {
    return this.deps.clientEvents.render(events, viewer, { withRoomId: true, withRelations: true });
  }
}
