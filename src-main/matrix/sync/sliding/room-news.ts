import { parseOwn, stringAt } from '../../../base/json.js';
import { strippedState } from '../../../spec/client-event.js';
import type { EventId, RoomId } from '../../../spec/ids.js';
import type { Position } from '../../../storage/database.js';
import type {
  ChangedState,
  Room,
  RoomActivity,
  RoomReader,
  StateAt,
  StoredEvent,
  Timeline,
  Visibility,
} from '../../events/index.js';
import type { MessageTimes } from '../../federation/index.js';
import { type ClientEvents, writeTimelineToken } from '../../rooms/index.js';
import type { StrippedRooms } from '../v2/stripped-room.js';
import type { SentRoom } from './connection.js';
import { heroesOf } from './heroes.js';
import type { RoomResult } from './request.js';
import { isRequired, needsOf, type RequiredState } from './required-state.js';
import { type ReadState, type RoomStates, SHOWN_KEYS } from './room-state.js';
import { readTimeline, type TimelinePart } from './room-timeline.js';
import type { WantedRoom } from './selection.js';
import { afterOf, type Turn } from './turn.js';

interface RoomDeps {
  readonly reader: RoomReader;
  readonly activity: RoomActivity;
  readonly timeline: Timeline;
  readonly visibility: Visibility;
  readonly times: Pick<MessageTimes, 'delivered'>;
  readonly stateAt: StateAt;
  readonly states: RoomStates;
  readonly stripped: StrippedRooms;
  readonly clientEvents: ClientEvents;
}

/** What is new of a room, how far its timeline now goes back without a gap, and which events the client sees. */
export interface RoomNews {
  readonly result: RoomResult;
  readonly timelineLimit: number;
  readonly eventIds: readonly EventId[];
}

/** How a room is to be shown. */
export interface Showing {
  /** the client knows nothing of the room */
  readonly isInitial: boolean;
  /** the client wants more of the past than it was sent */
  readonly isExpanded: boolean;
  readonly sent: SentRoom | undefined;
  /** state of rooms that are shown as a whole, or with more state than before */
  readonly state: ReadState;
}

/** Larger than any timeline: the client has all that there is. */
const WHOLE = 1_000_000;
/** What makes clients put a room on top of their lists. */
const BUMPING = [
  'm.room.create',
  'm.room.message',
  'm.room.encrypted',
  'm.sticker',
  'm.call.invite',
  'm.poll.start',
  'org.matrix.msc3381.poll.start',
  'm.beacon_info',
  'org.matrix.msc3672.beacon_info',
];

/** Builds each room's share of an answer. */
export class RoomNewsBuilder {
  constructor(private readonly deps: RoomDeps) {}

  /** A room that the viewer is in. */
  async joined(turn: Turn, wanted: WantedRoom, showing: Showing): Promise<RoomNews> {
    const { roomId, since, activity } = wanted.room;
    const { isInitial, isExpanded, sent } = showing;
    const room = await this.deps.reader.knownRoom(roomId);
    const cursor = isInitial ? undefined : afterOf(turn, sent?.events);
    const upTo = turn.now.position;
    const hasEvents = cursor === undefined || isExpanded || activity > cursor;
    const timeline = hasEvents
      ? await this.#timeline(turn, room, wanted, {
          after: isExpanded ? undefined : cursor,
          upTo,
          isAllVisible: cursor !== undefined && !isExpanded && since <= cursor,
        })
      : undefined;
    const parts =
      cursor === undefined
        ? await this.#whole(turn, wanted, showing, timeline)
        : await this.#changes(turn, room, wanted, { ...showing, cursor, timeline });
    const isDm = turn.list.direct.has(roomId);
    const result: RoomResult = {
      isInitial,
      membership: 'join',
      ...(timeline && this.#isOlder(timeline, cursor) && { isExpanded: true }),
      ...(isInitial ? isDm && { isDm } : isDm !== sent?.isDm && { isDm }),
      ...parts,
      ...(timeline && { timeline: await this.#rendered(turn, timeline) }),
      bumpStamp: await this.deps.activity.lastOfTypes(room, 'bump', BUMPING),
    };
    return { result, timelineLimit: depthOf(wanted, showing, timeline), eventIds: idsOf(timeline) };
  }

  /** A room that the viewer is invited to, or knocks at. */
  async stripped(turn: Turn, { room }: WantedRoom): Promise<RoomNews> {
    const membership = await this.deps.reader.membership(room.roomId, turn.viewer.userId);
    const stripped = membership ? await this.deps.stripped.of(membership) : [];
    const isDm = turn.list.direct.has(room.roomId);
    const result: RoomResult = {
      isInitial: true,
      membership: room.membership,
      stripped,
      bumpStamp: room.position,
      ...(isDm && { isDm }),
    };
    return { result, timelineLimit: 0, eventIds: [] };
  }

  /** A room that the viewer is out of: what was said until then, and how they went. */
  async gone(turn: Turn, wanted: WantedRoom, { isInitial, sent }: Showing): Promise<RoomNews> {
    const { roomId, membership, memberNid, position, departure } = wanted.room;
    const room = await this.deps.reader.knownRoom(roomId);
    const after = isInitial ? undefined : afterOf(turn, sent?.events);
    const timeline = await this.#timeline(turn, room, wanted, { after, upTo: position, isAllVisible: false });
    const own = await this.deps.reader.eventsByNid([memberNid]);
    const { requiredState } = wanted.config;
    const stay = departure === 'never' ? undefined : await this.#endOfStay(turn, roomId);
    const changed =
      stay === undefined || after === undefined
        ? undefined
        : await this.deps.states.changed(room, requiredState, { after, upTo: stay.ord ?? stay.nid });
    const whole = stay && after === undefined ? await this.#stateAt(stay, requiredState) : [];
    const required = whole.filter((event) => isRequired(requiredState, event));
    const events = [...required, ...(changed?.required.events ?? []), ...own];
    const name = shown(whole, 'm.room.name', 'name');
    const avatar = shown(whole, 'm.room.avatar', 'url');
    const result: RoomResult = {
      isInitial,
      membership,
      ...(name !== undefined && { name }),
      ...(avatar !== undefined && { avatar }),
      requiredState: await this.deps.states.render(events, changed?.required.gone ?? [], turn.viewer),
      ...(departure === 'never' && { stripped: own.map(strippedState) }),
      timeline: await this.#rendered(turn, timeline),
      bumpStamp: position,
    };
    return { result, timelineLimit: 0, eventIds: idsOf(timeline) };
  }

  #timeline(
    { viewer, list }: Turn,
    room: Room,
    { config }: WantedRoom,
    span: { after: Position | undefined; upTo: Position; isAllVisible: boolean },
  ): Promise<TimelinePart> {
    const reader = { userId: viewer.userId, ignored: list.ignored };
    return readTimeline(this.deps, room, reader, { ...span, limit: config.timelineLimit });
  }

  #isOlder({ events }: TimelinePart, cursor: Position | undefined): boolean {
    const first = events[0]?.ord;
    return cursor !== undefined && first !== undefined && first <= cursor;
  }

  async #rendered({ viewer, base }: Turn, timeline: TimelinePart): Promise<NonNullable<RoomResult['timeline']>> {
    const options = { withRoomId: false, withRelations: true };
    const isNew = (event: StoredEvent) => base.position > 0 && (event.ord ?? 0) > base.position;
    return {
      events: await this.deps.clientEvents.render(timeline.events, viewer, options),
      isLimited: timeline.isLimited,
      prevBatch: writeTimelineToken(timeline.start),
      live: timeline.events.filter(isNew).length,
    };
  }

  async #whole(turn: Turn, wanted: WantedRoom, { state }: Showing, timeline: TimelinePart | undefined) {
    const { roomId } = wanted.room;
    const read = state.get(roomId) ?? [];
    const required = read.filter((event) => isRequired(wanted.config.requiredState, event));
    const lazy = timeline ? await this.deps.states.lazyMembers(turn, wanted, timeline, []) : [];
    const name = shown(read, 'm.room.name', 'name');
    const avatar = shown(read, 'm.room.avatar', 'url');
    return {
      ...(name !== undefined && { name }),
      ...(avatar !== undefined && { avatar }),
      ...(name === undefined && { heroes: await heroesOf(this.deps.reader, roomId, turn.viewer.userId) }),
      requiredState: await this.deps.states.render([...required, ...lazy], [], turn.viewer),
      counts: await this.deps.reader.counts(roomId),
    };
  }

  async #changes(
    turn: Turn,
    room: Room,
    wanted: WantedRoom,
    { cursor, timeline, state, sent }: Showing & { cursor: Position; timeline: TimelinePart | undefined },
  ): Promise<Partial<RoomResult>> {
    const { reader, states } = this.deps;
    const { requiredState } = wanted.config;
    const added = addedState(state.get(room.roomId) ?? [], requiredState, sent);
    if (!timeline) return added.length > 0 ? { requiredState: await states.render(added, [], turn.viewer) } : {};
    const span = { after: cursor, upTo: turn.now.position };
    const { all, required } = await states.changed(room, requiredState, span);
    const haveMembersChanged = await states.haveMembersChanged(room, span);
    const members = haveMembersChanged && !timeline.isLimited ? await states.membersChanged(room, span) : [];
    const lazy = await states.lazyMembers(turn, wanted, timeline, members);
    const events = [...added, ...required.events, ...lazy];
    const names = namesIn(all);
    return {
      ...names,
      ...((haveMembersChanged || names.name === null) && (await this.#heroes(turn, room.roomId))),
      ...(haveMembersChanged && { counts: await reader.counts(room.roomId) }),
      ...(events.length + required.gone.length > 0 && {
        requiredState: await states.render(events, required.gone, turn.viewer),
      }),
    };
  }

  /** None where the room has a name. */
  async #heroes({ viewer }: Turn, roomId: RoomId): Promise<Pick<RoomResult, 'heroes'>> {
    const name = await this.deps.reader.state(roomId, ['m.room.name', '']);
    return stringAt(name?.content, 'name') ? {} : { heroes: await heroesOf(this.deps.reader, roomId, viewer.userId) };
  }

  /** With what the viewer's last stay ended: a ban may have come much later, and shows nothing of what was between. */
  async #endOfStay({ viewer }: Turn, roomId: RoomId): Promise<StoredEvent | undefined> {
    const steps = await this.deps.reader.membershipHistory(roomId, viewer.userId);
    const end = steps.findLast(({ previous }) => previous === 'join');
    const [event] = end ? await this.deps.reader.eventsByNid([end.eventNid]) : [];
    return event && end && { ...event, ord: event.ord ?? end.position };
  }

  /** Entries of the state as it was when the viewer was put out. */
  async #stateAt(own: StoredEvent, requiredState: readonly RequiredState[]): Promise<StoredEvent[]> {
    const keys = [...SHOWN_KEYS, ...needsOf(requiredState).keys];
    const entries = await this.deps.stateAt.entriesBefore([own], keys);
    return [...(entries.get(own.nid)?.values() ?? [])].filter((event) => event.stateKey !== own.stateKey);
  }
}

/** How many of the newest events the client then has without a gap. */
function depthOf({ config }: WantedRoom, { sent }: Showing, timeline: TimelinePart | undefined): number {
  const before = sent?.timelineLimit ?? 0;
  if (!timeline) return before;
  if (timeline.isLimited) return config.timelineLimit;
  return timeline.isWhole ? WHOLE : Math.max(before, config.timelineLimit);
}

const idsOf = (timeline: TimelinePart | undefined): EventId[] => (timeline?.events ?? []).map(({ eventId }) => eventId);

/** State that is asked for now, and was not before. */
function addedState(
  read: readonly StoredEvent[],
  requiredState: readonly RequiredState[],
  sent: SentRoom | undefined,
): StoredEvent[] {
  const before = parseOwn<readonly RequiredState[]>(sent?.requiredState ?? '[]');
  return read.filter((event) => isRequired(requiredState, event) && !isRequired(before, event));
}

function shown(events: readonly StoredEvent[], type: string, key: string): string | undefined {
  const event = events.find((candidate) => candidate.type === type && candidate.stateKey === '');
  return stringAt(event?.content, key) || undefined;
}

/** The room's name and picture where they changed; null where they went away. */
function namesIn({ events, gone }: ChangedState): Pick<RoomResult, 'name' | 'avatar'> {
  const has = (type: string) => [...events, ...gone].some((entry) => entry.type === type && entry.stateKey === '');
  return {
    ...(has('m.room.name') && { name: shown(events, 'm.room.name', 'name') ?? null }),
    ...(has('m.room.avatar') && { avatar: shown(events, 'm.room.avatar', 'url') ?? null }),
  };
}
