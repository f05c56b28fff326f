import type { RoomId, UserId } from '../../../spec/ids.js';
import type { SentRooms } from './connection.js';
import type { ListConfig, RoomConfig, SlidingRequest } from './request.js';
import { union } from './required-state.js';
import type { RoomFilters } from './room-filters.js';
import type { ListedRoom, RoomList } from './room-list.js';

/** A room that the client asks for, by lists or by itself. */
export interface WantedRoom {
  readonly room: ListedRoom;
  readonly config: RoomConfig;
  /** through which lists */
  readonly lists: readonly string[];
  readonly isSubscribed: boolean;
}

export interface Selection {
  readonly counts: ReadonlyMap<string, number>;
  readonly wanted: ReadonlyMap<RoomId, WantedRoom>;
}

/** Largest part of a timeline in one answer. */
const MOST_EVENTS = 100;

/**
 * Rooms that this client may have: those that its user is in, is invited to or knocks at; those that they were put out
 * of; and those that they left after the client was sent them.
 */
export const visibleRooms = (list: RoomList, sent: SentRooms): ListedRoom[] =>
  list.rooms.filter(({ roomId, inviter, departure }) => {
    if (inviter !== undefined) return !list.ignored.has(inviter) && !list.ignoredInviters.has(inviter);
    return departure === undefined || departure === 'put out' || sent.has(roomId);
  });

/** What a request asks for: its windows into its lists, and the rooms that it names. */
export async function select(
  filters: RoomFilters,
  { viewer, lists, subscriptions }: SlidingRequest,
  list: RoomList,
  visible: readonly ListedRoom[],
): Promise<Selection> {
  const counts = new Map<string, number>();
  const wanted = new Map<RoomId, WantedRoom>();
  for (const [name, given] of lists) {
    const config = { ...given, timelineLimit: Math.min(given.timelineLimit, MOST_EVENTS) };
    const only = [name];
    const rooms = await membersOf(filters, viewer.userId, config, list, visible);
    counts.set(name, rooms.length);
    for (const room of windows(rooms, config.ranges)) add(wanted, { room, config, lists: only, isSubscribed: false });
  }
  if (subscriptions.size === 0) return { counts, wanted };
  for (const room of visible) {
    const config = subscriptions.get(room.roomId);
    if (!config) continue;
    const timelineLimit = Math.min(config.timelineLimit, MOST_EVENTS);
    add(wanted, { room, config: { ...config, timelineLimit }, lists: [], isSubscribed: true });
  }
  return { counts, wanted };
}

const membersOf = (
  filters: RoomFilters,
  userId: UserId,
  config: ListConfig,
  list: RoomList,
  visible: readonly ListedRoom[],
): Promise<readonly ListedRoom[]> => filters.apply(userId, list, config.filter, visible);

function* windows(rooms: readonly ListedRoom[], ranges: ListConfig['ranges']): Generator<ListedRoom> {
  if (!ranges) yield* rooms;
  for (const [first, last] of ranges ?? []) yield* rooms.slice(first, last + 1);
}

/** Joins what is wanted of a room in several ways. */
function add(wanted: Map<RoomId, WantedRoom>, more: WantedRoom): void {
  const { roomId } = more.room;
  const before = wanted.get(roomId);
  if (!before) {
    wanted.set(roomId, more);
    return;
  }
  wanted.set(roomId, {
    room: more.room,
    config: {
      timelineLimit: Math.max(before.config.timelineLimit, more.config.timelineLimit),
      requiredState: union(before.config.requiredState, more.config.requiredState),
    },
    lists: [...new Set([...before.lists, ...more.lists])],
    isSubscribed: before.isSubscribed || more.isSubscribed,
  });
}
