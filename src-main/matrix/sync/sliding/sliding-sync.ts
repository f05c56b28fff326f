import type { Clock } from '../../../base/clock.js';
import type { RoomId } from '../../../spec/ids.js';
import { objectAt, type JsonObject } from '../../../base/json.js';
import type { Database } from '../../../storage/database.js';
import { roomTopic, streamTopic, type Topic, userTopic } from '../../../storage/news.js';
import { MEMBERSHIPS_TOPIC } from '../../events/index.js';
import { Patience } from '../patience.js';
import { Polls } from '../polls.js';
import type { AccountDataEntry, SyncSources } from '../ports.js';
import type { Standpoint } from './connection.js';
import type { Connections } from './connections.js';
import type { ConnectionKey } from './connections.store.js';
import type { Extensions } from './extensions.js';
import type { KnownMembers } from './known-members.js';
import type { SlidingRequest, SlidingResult } from './request.js';
import type { RoomFilters } from './room-filters.js';
import type { RoomLists } from './room-list.js';
import type { RoomsPart } from './rooms-part.js';
import { select, visibleRooms } from './selection.js';
import { SentAfter } from './sent-rooms.js';
import type { Turn } from './turn.js';

interface SlidingDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly sources: SyncSources;
  readonly connections: Connections;
  readonly knownMembers: KnownMembers;
  readonly lists: RoomLists;
  readonly filters: RoomFilters;
  readonly rooms: RoomsPart;
  readonly extensions: Extensions;
}

/** An answer that is not given yet. */
interface Draft {
  readonly turn: Turn;
  readonly sent: SentAfter;
  readonly counts: ReadonlyMap<string, number>;
  readonly result: Omit<SlidingResult, 'pos'>;
  readonly hasNews: boolean;
}

const LARGEST_TIMEOUT = 300_000;
const DEVICE_LISTS_TOPIC = streamTopic('device_lists');

/**
 * Simplified sliding sync: what is new in the rooms that a client asks for, by windows into lists of them. The same for
 * both dialects.
 *
 * @see https://github.com/matrix-org/matrix-spec-proposals/pull/4186
 */
export class SlidingSync {
  readonly #polls = new Polls();

  constructor(private readonly deps: SlidingDeps) {}

  /**
   * Answers at once where there is news or the connection begins, and else when there is some or the time is up.
   *
   * @throws MatrixError M_UNKNOWN_POS for a `pos` that is not of this connection, or too old
   */
  async run(request: SlidingRequest, signal: AbortSignal): Promise<SlidingResult> {
    this.deps.sources.reminders.remind(request.viewer.userId);
    const key = keyOf(request);
    const { superseded, leave } = this.deps.connections.enter(key);
    try {
      const base = await this.deps.connections.find(key, request.pos);
      const draft = await this.#draft(request, base, AbortSignal.any([signal, superseded]));
      // Nobody reads this answer: it must not take the place of the one that the client waits for.
      if (superseded.aborted && request.pos) return nothingNew(request.pos);
      return await this.#answer(key, base, draft);
    } finally {
      leave();
    }
  }

  async #draft(request: SlidingRequest, base: Standpoint, signal: AbortSignal): Promise<Draft> {
    const { db, clock } = this.deps;
    const patience = new Patience(clock, Math.min(request.timeout, LARGEST_TIMEOUT), signal);
    const leave = this.#polls.enter(request.viewer.userId, patience);
    try {
      for (;;) {
        const woken = Promise.withResolvers<void>();
        // Listens before it reads, so that no news falls between.
        const unwatch = db.news.watch(patience.isOver ? [] : await this.#topics(request), () => woken.resolve());
        try {
          const draft = await this.#build(request, base);
          if (draft.hasNews || base.state === 0 || patience.isOver) return draft;
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

  /** A connection without rooms need not wake at each message. */
  async #topics({ viewer, lists, subscriptions, extensions }: SlidingRequest): Promise<Topic[]> {
    const topics: Topic[] = [userTopic(viewer.userId)];
    if (extensions.e2ee) topics.push(DEVICE_LISTS_TOPIC, MEMBERSHIPS_TOPIC);
    if (lists.size === 0 && subscriptions.size === 0) return topics;
    const { rooms } = await this.deps.lists.of(viewer.userId);
    const joined = rooms.filter(({ membership }) => membership === 'join');
    return [...topics, ...joined.map(({ roomId }) => roomTopic(roomId))];
  }

  async #build(request: SlidingRequest, base: Standpoint): Promise<Draft> {
    const { filters, rooms, extensions } = this.deps;
    const turn = await this.#turn(request, base);
    const visible = visibleRooms(turn.list, base.rooms);
    const selection = await select(filters, request, turn.list, visible);
    const sent = new SentAfter(turn);
    const receipts = await this.#receipts(turn, request);
    const accountData = await this.#accountData(turn, request);
    const built = await rooms.build(turn, selection, sent, readOn(turn, receipts));
    sent.leaveBehind(visible, selection.wanted);
    const around = { selection, after: sent, eventIds: built.eventIds, accountData, receipts };
    const extended = await extensions.build(turn, request, around);
    const { counts } = selection;
    const hasOtherCounts = [...counts].some(([name, count]) => (turn.known.counts?.get(name) ?? count) !== count);
    return {
      turn,
      sent,
      counts,
      result: {
        lists: new Map([...counts].map(([name, count]) => [name, { count }])),
        rooms: built.rooms,
        extensions: extended.extensions,
      },
      hasNews: built.rooms.size > 0 || extended.hasNews || hasOtherCounts,
    };
  }

  async #turn(request: SlidingRequest, base: Standpoint): Promise<Turn> {
    const { db, sources, lists, knownMembers } = this.deps;
    const now = { position: db.position(), ephemeral: sources.ephemeral.position() };
    const list = await lists.of(request.viewer.userId);
    const known = knownMembers.open(keyOf(request), base);
    return { viewer: request.viewer, base, now, list, known, told: new Map(), withCounts: request.withCounts };
  }

  /** Receipts that moved since the last answer, of rooms that the client was sent. */
  async #receipts({ viewer, base, now }: Turn, { withCounts, extensions }: SlidingRequest) {
    const { db, sources } = this.deps;
    const isWanted = withCounts || extensions.receipts !== undefined;
    if (!isWanted || base.state === 0 || base.position === now.position) return new Map<RoomId, JsonObject>();
    const span = { after: base.position, upTo: now.position };
    const lively = [...base.rooms.keys()].filter((id) => db.news.mayHaveChangedSince(roomTopic(id), base.position));
    return sources.ephemeral.receipts(viewer.userId, lively, span);
  }

  async #accountData(
    { viewer, base, now }: Turn,
    { extensions }: SlidingRequest,
  ): Promise<readonly AccountDataEntry[]> {
    const { db, sources } = this.deps;
    if (base.state === 0 && !extensions.accountData) return [];
    if (base.state !== 0 && !db.news.mayHaveChangedSince(userTopic(viewer.userId), base.position)) return [];
    return sources.accountData.changed(viewer.userId, { after: base.position, upTo: now.position });
  }

  async #answer(key: ConnectionKey, base: Standpoint, { turn, sent, counts, result }: Draft): Promise<SlidingResult> {
    const { connections, knownMembers } = this.deps;
    const { pos, serial } = await connections.advance(key, base, { ...turn.now, rooms: sent.rooms });
    knownMembers.close(key, base, serial, { members: turn.told, counts });
    return { pos, ...result };
  }
}

const keyOf = ({ viewer, connId }: SlidingRequest): ConnectionKey => ({
  userId: viewer.userId,
  deviceId: viewer.deviceId ?? '',
  connId,
});

const nothingNew = (pos: string): SlidingResult => ({ pos, lists: new Map(), rooms: new Map(), extensions: {} });

/** Rooms where the viewer's own receipts moved: fewer events are unread there. */
function readOn({ viewer }: Turn, receipts: ReadonlyMap<RoomId, JsonObject>): ReadonlySet<RoomId> {
  const isOwn = (content: JsonObject) =>
    Object.keys(content).some((eventId) => {
      const types = objectAt(content, eventId);
      return Object.keys(types ?? {}).some((type) => objectAt(types, type)?.[viewer.userId] !== undefined);
    });
  return new Set([...receipts].filter(([, content]) => isOwn(content)).map(([roomId]) => roomId));
}
