import { turn as eventLoopTurn } from '../../../base/yield.js';
import type { EventId, RoomId } from '../../../spec/ids.js';
import type { NotificationSource } from '../ports.js';
import type { SentRoom } from './connection.js';
import type { RoomResult, SlidingResult } from './request.js';
import type { RoomNews, RoomNewsBuilder } from './room-news.js';
import type { ReadState, RoomStates } from './room-state.js';
import type { Selection, WantedRoom } from './selection.js';
import { lastOf, type SentAfter } from './sent-rooms.js';
import { afterOf, hasState, type Turn } from './turn.js';

export interface RoomsResult {
  readonly rooms: SlidingResult['rooms'];
  /** events that the client sees, of each room in the answer */
  readonly eventIds: ReadonlyMap<RoomId, readonly EventId[]>;
}

/** Why a room is in the answer. */
interface Reasons {
  readonly wanted: WantedRoom;
  readonly sent: SentRoom | undefined;
  readonly isInitial: boolean;
  readonly isExpanded: boolean;
  /** other state is asked for than before */
  readonly isOther: boolean;
}

/** Rooms built between two turns of the event loop. */
const ROOMS_A_TURN = 4;

/** `rooms` of an answer: those asked for of which something is new. */
export class RoomsPart {
  constructor(
    private readonly deps: {
      readonly news: RoomNewsBuilder;
      readonly states: RoomStates;
      readonly notifications: NotificationSource;
    },
  ) {}

  /** @param read rooms where the viewer read on since the last answer */
  async build(turn: Turn, { wanted }: Selection, after: SentAfter, read: ReadonlySet<RoomId>): Promise<RoomsResult> {
    const due = [...wanted.values()].flatMap((room) => reasonsFor(turn, room, read) ?? []);
    for (const room of wanted.values()) if (turn.base.rooms.has(room.room.roomId)) after.delivered(room, undefined);
    const whole = due.filter(
      ({ wanted: { room }, isInitial, isOther }) => room.membership === 'join' && (isInitial || isOther),
    );
    const state = await this.deps.states.readWhole(whole.map((reasons) => reasons.wanted));
    const rooms = new Map<RoomId, RoomResult & { lists: readonly string[] }>();
    const eventIds = new Map<RoomId, readonly EventId[]>();
    for (const [index, reasons] of due.entries()) {
      if (index % ROOMS_A_TURN === ROOMS_A_TURN - 1) await eventLoopTurn();
      const { roomId } = reasons.wanted.room;
      const news = await this.#news(turn, reasons, state);
      after.delivered(reasons.wanted, news);
      if (!saysAnything(news.result) && !read.has(roomId)) continue;
      rooms.set(roomId, { ...news.result, lists: reasons.wanted.lists });
      eventIds.set(roomId, news.eventIds);
    }
    return { rooms: turn.withCounts ? await this.#counted(turn, rooms) : rooms, eventIds };
  }

  #news(turn: Turn, reasons: Reasons, state: ReadState): Promise<RoomNews> {
    const { wanted } = reasons;
    const showing = { ...reasons, state };
    if (wanted.room.membership === 'join') return this.deps.news.joined(turn, wanted, showing);
    if (wanted.room.departure !== undefined) return this.deps.news.gone(turn, wanted, showing);
    return this.deps.news.stripped(turn, wanted);
  }

  async #counted(turn: Turn, rooms: Map<RoomId, RoomResult & { lists: readonly string[] }>) {
    const joined = [...rooms].filter(([, { membership }]) => membership === 'join').map(([roomId]) => roomId);
    const counts = await this.deps.notifications.counts(turn.viewer.userId, joined);
    for (const [roomId, { main }] of counts) {
      const room = rooms.get(roomId);
      if (room) rooms.set(roomId, { ...room, unread: main });
    }
    return rooms;
  }
}

/** Undefined for a room of which nothing is new. */
function reasonsFor(turn: Turn, wanted: WantedRoom, read: ReadonlySet<RoomId>): Reasons | undefined {
  const { room, config } = wanted;
  const sent = turn.base.rooms.get(room.roomId);
  const cursor = afterOf(turn, sent?.events);
  if (!sent || cursor === undefined) return { wanted, sent, isInitial: true, isExpanded: false, isOther: false };
  const isJoined = room.membership === 'join';
  const isInitial = isJoined && room.since > cursor;
  const isExpanded = isJoined && config.timelineLimit > sent.timelineLimit;
  const isOther = isJoined && !hasState(sent.requiredState, config.requiredState);
  const isDmChanged = turn.list.direct.has(room.roomId) !== sent.isDm && room.departure === undefined;
  const isDue = isInitial || isExpanded || isOther || isDmChanged || lastOf(room) > cursor || read.has(room.roomId);
  return isDue ? { wanted, sent, isInitial, isExpanded, isOther } : undefined;
}

const saysAnything = (result: RoomResult): boolean =>
  result.isInitial ||
  result.isDm !== undefined ||
  result.stripped !== undefined ||
  result.requiredState !== undefined ||
  result.name !== undefined ||
  result.avatar !== undefined ||
  result.counts !== undefined ||
  (result.timeline !== undefined && (result.timeline.events.length > 0 || result.timeline.isLimited));
