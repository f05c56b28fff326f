import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { ClientEvent } from '../../../spec/client-event.js';
import { invalidParam } from '../../../spec/errors.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { Database, Position } from '../../../storage/database.js';
import { roomTopic, type Topic, userTopic } from '../../../storage/news.js';
import type { RoomReader, StoredEvent, Timeline, Visibility } from '../../events/index.js';
import { parseTimelineToken, type Rooms, type Viewer } from '../../rooms/index.js';
import { Patience } from '../patience.js';
import { Polls } from '../polls.js';
import type { AccountDataSource } from '../ports.js';
import { writeSyncToken } from '../sync-token.js';

export interface EventStreamRequest {
  readonly viewer: Viewer;
  /** a token of /sync, of /initialSync or of this stream; undefined: from now on */
  readonly from: string | undefined;
  /** how long to wait for an event (ms) */
  readonly timeout: Milliseconds;
  /** only this room, in which the viewer need not be; undefined: all rooms that they are in */
  readonly roomId: RoomId | undefined;
}

export interface EventStreamPage {
  readonly start: string;
  readonly end: string;
  readonly chunk: readonly ClientEvent[];
}

interface EventStreamDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly reader: RoomReader;
  readonly timeline: Timeline;
  readonly visibility: Visibility;
  readonly access: Rooms['access'];
  readonly clientEvents: Rooms['clientEvents'];
  readonly accountData: AccountDataSource;
}

const LONGEST_WAIT = 300_000;
/** Events of one room in one answer. */
const MOST_EVENTS = 50;

/** Events as they come, for clients from before /sync and for those who look into a room from outside. */
export class EventStream {
  readonly #polls = new Polls();

  constructor(private readonly deps: EventStreamDeps) {}

  /** @throws MatrixError M_FORBIDDEN for a room that the viewer may not look into; M_INVALID_PARAM */
  async next(request: EventStreamRequest, signal: AbortSignal): Promise<EventStreamPage> {
    const { db, clock } = this.deps;
    const from = request.from === undefined ? db.position() : placeOf(request.from);
    const patience = new Patience(clock, Math.min(request.timeout, LONGEST_WAIT), signal);
    const leave = this.#polls.enter(request.viewer.userId, patience);
    try {
      for (;;) {
        const woken = Promise.withResolvers<void>();
        const unwatch = db.news.watch(await this.#topics(request), () => woken.resolve());
        try {
          const page = await this.#page(request, from);
          if (page.chunk.length > 0 || patience.isOver) return page;
          await Promise.race([woken.promise, patience.end()]);
        } finally {
          unwatch();
        }
      }
    } finally {
      leave();
      patience.stop();
    }
  }

  async #topics({ viewer, roomId }: EventStreamRequest): Promise<Topic[]> {
    if (roomId !== undefined) return [roomTopic(roomId)];
    return [userTopic(viewer.userId), ...(await this.deps.reader.joinedRooms(viewer.userId)).map(roomTopic)];
  }

  async #page(request: EventStreamRequest, from: Position): Promise<EventStreamPage> {
    const { viewer } = request;
    const now = this.deps.db.position();
    const { events, upTo } = await this.#events(request, from, now);
    const ignored = await this.deps.accountData.ignored(viewer.userId);
    const shown = events.filter((event) => event.stateKey !== undefined || !ignored.has(event.sender));
    return {
      start: token(from),
      end: token(upTo),
      chunk: await this.deps.clientEvents.render(shown, viewer, { withRoomId: true }),
    };
  }

  /** In order; up to `upTo` nothing is missing. */
  async #events({ viewer, roomId }: EventStreamRequest, from: Position, now: Position) {
    const rooms = roomId === undefined ? await this.#changedRooms(viewer.userId, from) : [roomId];
    const found = new Map<number, StoredEvent>();
    let upTo = now;
    for (const each of rooms) {
      const { events, next } = await this.#inRoom(viewer.userId, each, from, now);
      for (const event of events) found.set(event.nid, event);
      upTo = Math.min(upTo, next ?? now);
    }
    if (roomId === undefined)
      for (const event of await this.#ownSteps(viewer.userId, from, now)) found.set(event.nid, event);
    const events = [...found.values()].sort((a, b) => a.nid - b.nid).filter((event) => event.nid <= upTo);
    return { events, upTo };
  }

  async #changedRooms(userId: UserId, from: Position): Promise<RoomId[]> {
    const { db, reader } = this.deps;
    const joined = await reader.joinedRooms(userId);
    return joined.filter((roomId) => db.news.mayHaveChangedSince(roomTopic(roomId), from));
  }

  async #inRoom(userId: UserId, roomId: RoomId, from: Position, now: Position) {
    const { access, timeline, visibility } = this.deps;
    const { room, leftWith } = await access.sight(roomId, userId);
    const range = { after: from, upTo: Math.min(now, leftWith?.ord ?? now) };
    return timeline.after(room, range, MOST_EVENTS, (events) => visibility.visibleTo(userId, roomId, events));
  }

  /** Invitations, and the ends of stays: rooms that one is not in tell nothing else. */
  async #ownSteps(userId: UserId, from: Position, now: Position): Promise<StoredEvent[]> {
    const steps = await this.deps.reader.membershipChangesOf(userId, from, now);
    return this.deps.reader.eventsByNid(
      steps.filter(({ membership }) => membership !== 'join').map(({ eventNid }) => eventNid),
    );
  }
}

const token = (position: Position): string => writeSyncToken({ position, ephemeral: 0, toDevice: position });

function placeOf(text: string): Position {
  const place = parseTimelineToken(text);
  if (place === undefined) throw invalidParam('from is no token of this server');
  return Math.max(0, place);
}
