import type { JsonObject } from '../../../base/json.js';
import type { Clock } from '../../../base/clock.js';
import { clientEvent } from '../../../spec/client-event.js';
import type { StateKey } from '../../../spec/event.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { ChangedState, GoneEntry, Room, RoomReader, StateNews, StoredEvent } from '../../events/index.js';
import type { ClientEvents, Viewer } from '../../rooms/index.js';
import type { Span } from '../ports.js';
import type { WantedRoom } from './selection.js';
import { isRequired, MEMBER, needsMembers, needsOf, type RequiredState, wantsLazyMembers } from './required-state.js';
import type { TimelinePart } from './room-timeline.js';
import type { Turn } from './turn.js';

/** Entries that the room's own keys in an answer are made of. */
export const SHOWN_KEYS: readonly StateKey[] = [
  ['m.room.name', ''],
  ['m.room.avatar', ''],
];

interface StateDeps {
  readonly clock: Clock;
  readonly reader: RoomReader;
  readonly stateNews: StateNews;
  readonly clientEvents: ClientEvents;
}

/** Current state of some rooms, read for all of them together. */
export type ReadState = ReadonlyMap<RoomId, readonly StoredEvent[]>;

/** Which state events a client is sent of a room. */
export class RoomStates {
  constructor(private readonly deps: StateDeps) {}

  /** Reads what several rooms need that are shown as a whole. */
  async readWhole(wanted: readonly WantedRoom[]): Promise<ReadState> {
    const keys = new Map<string, StateKey>(SHOWN_KEYS.map((key) => [key.join(' '), key]));
    const types = new Set<string>();
    const rooms: Room[] = [];
    for (const { room, config } of wanted) {
      const needs = needsOf(config.requiredState);
      for (const key of needs.keys) keys.set(key.join(' '), key);
      for (const type of needs.types) types.add(type);
      rooms.push(await this.deps.reader.knownRoom(room.roomId));
    }
    const read = new Map(await this.deps.stateNews.inRooms(rooms, [...keys.values()], [...types]));
    for (const { room, config } of wanted) {
      const { everything } = needsOf(config.requiredState);
      if (everything === 'no') continue;
      const all = await this.deps.reader.allState(room.roomId, { withMembers: everything === 'with members' });
      read.set(room.roomId, distinct([...(read.get(room.roomId) ?? []), ...all]));
    }
    return read;
  }

  /** What changed of the required state in a span; with all that changed beside the members. */
  async changed(
    room: Room,
    requiredState: readonly RequiredState[],
    span: Span,
  ): Promise<{ readonly all: ChangedState; readonly required: ChangedState }> {
    const all = await this.deps.stateNews.withoutMembers(room, span);
    const members = needsMembers(requiredState) ? await this.deps.stateNews.members(room, span) : undefined;
    const events = [...all.events, ...(members?.events ?? [])];
    const gone = [...all.gone, ...(members?.gone ?? [])];
    return {
      all,
      required: {
        events: events.filter((event) => isRequired(requiredState, event)),
        gone: gone.filter((entry) => isRequired(requiredState, entry)),
      },
    };
  }

  haveMembersChanged(room: Room, span: Span): Promise<boolean> {
    return this.deps.stateNews.haveMembersChanged(room, span);
  }

  async membersChanged(room: Room, span: Span): Promise<readonly StoredEvent[]> {
    return (await this.deps.stateNews.members(room, span)).events;
  }

  /**
   * Members that the timeline shows and the client does not know, and where nothing of the timeline is missing, all that
   * changed.
   */
  async lazyMembers(
    turn: Turn,
    { room, config }: WantedRoom,
    timeline: TimelinePart,
    changed: readonly StoredEvent[],
  ): Promise<StoredEvent[]> {
    if (!wantsLazyMembers(config.requiredState)) return [];
    const shown = new Set<UserId>(timeline.events.map((event) => event.sender));
    for (const { type, stateKey } of [...timeline.events, ...changed]) {
      if (type === MEMBER && stateKey !== undefined) shown.add(stateKey as UserId);
    }
    const { reader } = this.deps;
    const standing = await reader.membersAmong(room.roomId, [...shown]);
    for (const { userId } of standing) shown.delete(userId);
    const members = [...standing, ...(await reader.membersNamedBy(room.roomId, shown, timeline.events))];
    const news = turn.known.unknown(room.roomId, members);
    turn.told.set(room.roomId, new Map(members.map((member) => [member.userId, member.eventNid])));
    return this.deps.reader.eventsByNid(news.map((member) => member.eventNid));
  }

  /** As clients see them. Nobody looks for what surrounds a state event here, so it is left out, but for redactions. */
  async render(events: readonly StoredEvent[], gone: readonly GoneEntry[], viewer: Viewer): Promise<JsonObject[]> {
    const now = this.deps.clock.now();
    const redacted = events.filter((event) => event.redactedBy !== undefined);
    const rendered = await this.deps.clientEvents.render(redacted, viewer, { withRoomId: false });
    const byId = new Map(rendered.map((event) => [event.event_id, event]));
    const plain = (event: StoredEvent): JsonObject =>
      clientEvent(event, { withRoomId: false, unsigned: { age: Math.max(0, now - event.originServerTs) } });
    return [
      ...distinct(events).map((event) => byId.get(event.eventId) ?? plain(event)),
      ...gone.map(({ type, stateKey }) => ({ type, state_key: stateKey })),
    ];
  }
}

const distinct = (events: readonly StoredEvent[]): StoredEvent[] => [
  ...new Map(events.map((event) => [event.nid, event])).values(),
];
