import type { Clock, Milliseconds } from '../../base/clock.js';
import type { JsonObject } from '../../base/json.js';
import { matchesRoomEventFilter, type Filter } from '../../spec/event-filter.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import type { Database, Position } from '../../storage/database.js';
import { roomTopic, type Topic, userTopic } from '../../storage/news.js';
import type { MembershipChange, PartialRooms, RoomReader } from '../events/index.js';
import type { Viewer } from '../rooms/index.js';
import type { SyncSources } from './ports.js';
import { Patience } from './patience.js';
import { Polls } from './polls.js';
import { type SyncToken, writeSyncToken } from './sync-token.js';
import type { SyncContext } from './v2/context.js';
import type { RoomsPart } from './v2/rooms-part.js';

/** What a client asks of /sync. */
export interface SyncRequest {
  readonly viewer: Viewer;
  readonly filter: Filter;
  readonly since: SyncToken | undefined;
  /** how long to wait for news (ms) */
  readonly timeout: Milliseconds;
  readonly fullState: boolean;
  readonly stateKey: SyncContext['stateKey'];
}

interface SyncDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly reader: RoomReader;
  readonly partials: Pick<PartialRooms, 'roomIds' | 'completedIn'>;
  readonly rooms: RoomsPart;
  readonly sources: SyncSources;
}

const LARGEST_TIMEOUT = 300_000;

/** Long polling for everything new. @see https://spec.matrix.org/v1.19/client-server-api/#syncing */
export class Sync {
  readonly #polls = new Polls();

  constructor(private readonly deps: SyncDeps) {}

  /** Answers at once when there is news or everything is new, and else when there is some or the time is up. */
  async run(request: SyncRequest, signal: AbortSignal): Promise<JsonObject> {
    this.deps.sources.reminders.remind(request.viewer.userId);
    const isAnsweredAtOnce = request.since === undefined || request.fullState;
    const patience = new Patience(this.deps.clock, Math.min(request.timeout, LARGEST_TIMEOUT), signal);
    const leave = this.#polls.enter(request.viewer.userId, patience);
    try {
      for (;;) {
        const waiting = await this.#watch(request.viewer.userId);
        try {
          const { response, hasNews } = await this.#build(request);
          if (hasNews || isAnsweredAtOnce || patience.isOver) return response;
          await Promise.race([waiting.news, patience.end()]);
        } finally {
          waiting.stop();
        }
      }
    } finally {
      leave();
      patience.stop();
    }
  }

  /** Listens before it reads, so that no news falls between. */
  async #watch(userId: UserId): Promise<{ readonly news: Promise<void>; stop(): void }> {
    const { db, reader } = this.deps;
    const topics: Topic[] = [userTopic(userId), ...(await reader.joinedRooms(userId)).map(roomTopic)];
    const woken = Promise.withResolvers<void>();
    return { news: woken.promise, stop: db.news.watch(topics, () => woken.resolve()) };
  }

  async #build(request: SyncRequest): Promise<{ response: JsonObject; hasNews: boolean }> {
    const context = await this.#context(request);
    const { viewer, since, filter } = context;
    const span = { after: since?.position ?? 0, upTo: context.now.position };
    const accountData = context.isQuiet ? [] : await this.deps.sources.accountData.changed(viewer.userId, span);
    const global = accountData
      .filter((entry) => entry.roomId === undefined && matchesRoomEventFilter(entry, filter.account_data))
      .map(({ type, content }) => ({ type, content }));
    const inRooms = accountData.filter((entry) => entry.roomId !== undefined);
    const rooms = await this.deps.rooms.build(context, inRooms);
    const encryption = await this.#encryption(context, span);
    const presence = await this.#presence(context, encryption.met);
    const response = {
      next_batch: writeSyncToken({ ...context.now, toDevice: encryption.toDevice }),
      ...(global.length > 0 && { account_data: { events: global } }),
      ...(Object.keys(rooms).length > 0 && { rooms }),
      ...(presence.length > 0 && { presence: { events: presence } }),
      ...encryption.parts,
    };
    const hasNews = global.length > 0 || presence.length > 0 || Object.keys(rooms).length > 0 || encryption.hasNews;
    return { response, hasNews };
  }

  async #context(request: SyncRequest): Promise<SyncContext> {
    const { db, reader, sources } = this.deps;
    const { viewer, filter, fullState, stateKey } = request;
    const position = db.position();
    const now = { position, ephemeral: sources.ephemeral.position(), toDevice: position };
    const since = request.since && ofThisRun(request.since, now);
    // Whatever is about the user alone is announced to them: where nothing was, nothing needs to be read.
    const isQuiet = since !== undefined && !db.news.mayHaveChangedSince(userTopic(viewer.userId), since.position);
    const changes =
      since && !isQuiet
        ? await reader.membershipChangesOf(viewer.userId, since.position, now.position)
        : ([] as MembershipChange[]);
    const partly = await this.#partlyHere(filter, since, position);
    const ownChanges = Map.groupBy(changes, (change): RoomId => change.roomId);
    const ignored = await sources.accountData.ignored(viewer.userId);
    return { viewer, filter, since, now, isQuiet, fullState, stateKey, ignored, ownChanges, ...partly };
  }

  /** Rooms whose members are on their way are for clients that load members lazily; others see them once all are here. */
  async #partlyHere(
    filter: Filter,
    since: SyncToken | undefined,
    now: Position,
  ): Promise<Pick<SyncContext, 'hidden' | 'appeared'>> {
    const { partials } = this.deps;
    if (filter.room?.state?.lazy_load_members === true) return { hidden: new Set(), appeared: new Set() };
    const waiting = await partials.roomIds();
    // Whoever became whole after this answer's moment comes with the next one.
    const later = await partials.completedIn(now, Number.MAX_SAFE_INTEGER);
    const appeared = since ? await partials.completedIn(since.position, now) : new Set<RoomId>();
    return { hidden: new Set([...waiting, ...later]), appeared };
  }

  /** @param met people who may have come into sight since: they are shown though nothing about them changed */
  async #presence({ viewer, since, filter }: SyncContext, met: readonly UserId[]): Promise<JsonObject[]> {
    const events = await this.deps.sources.ephemeral.presence(viewer.userId, since?.ephemeral ?? 0, met);
    return events
      .filter((event) => matchesRoomEventFilter(event, filter.presence))
      .map(({ type, sender, content }) => ({ type, content, ...(sender !== undefined && { sender }) }));
  }

  async #encryption(
    { viewer, since }: SyncContext,
    span: { after: number; upTo: number },
  ): Promise<{ parts: JsonObject; hasNews: boolean; toDevice: Position; met: readonly UserId[] }> {
    const { userId, deviceId } = viewer;
    if (deviceId === undefined) return { parts: {}, hasNews: false, toDevice: span.upTo, met: [] };
    const { encryption } = this.deps.sources;
    const waiting = { after: since?.toDevice ?? 0, upTo: span.upTo };
    const messages = await encryption.toDevice(userId, deviceId, waiting);
    const lists = since ? await encryption.deviceLists(userId, span) : { changed: [], left: [] };
    const hasLists = lists.changed.length > 0 || lists.left.length > 0;
    const stock = await encryption.keyStock(userId, deviceId);
    const parts = {
      ...(messages.events.length > 0 && { to_device: { events: messages.events } }),
      ...(hasLists && { device_lists: { changed: lists.changed, left: lists.left } }),
      device_one_time_keys_count: stock.counts,
      device_unused_fallback_key_types: stock.unusedFallbackTypes,
    };
    const hasNews = hasLists || messages.events.length > 0;
    return { parts: parts as JsonObject, hasNews, toDevice: messages.upTo, met: lists.changed };
  }
}

/** A server whose clock was set back before it started counts from less than in its last run: then all is told again. */
const ofThisRun = (since: SyncToken, now: SyncToken): SyncToken =>
  since.ephemeral > now.ephemeral ? { ...since, ephemeral: 0 } : since;
