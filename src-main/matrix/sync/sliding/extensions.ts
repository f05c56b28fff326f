import type { JsonObject } from '../../../base/json.js';
import type { EventId, RoomId } from '../../../spec/ids.js';
import { writeTimelineToken } from '../../rooms/index.js';
import type { AccountDataEntry, Span, SyncSources } from '../ports.js';
import { LIVE, NEVER } from './connection.js';
import type { ExtensionsRequest, RoomSelector, SlidingRequest } from './request.js';
import type { Selection } from './selection.js';
import type { Part, SentAfter } from './sent-rooms.js';
import { THREADS } from './shapes.js';
import type { Turn } from './turn.js';

/** What extensions build upon: the rooms of the answer, and what changed since the last one. */
export interface Surroundings {
  readonly selection: Selection;
  readonly after: SentAfter;
  readonly eventIds: ReadonlyMap<RoomId, readonly EventId[]>;
  /** account data of the span; all where the connection begins */
  readonly accountData: readonly AccountDataEntry[];
  /** `m.receipt` contents of the span, of rooms where there may be any */
  readonly receipts: ReadonlyMap<RoomId, JsonObject>;
}

interface Extended {
  readonly extensions: JsonObject;
  readonly hasNews: boolean;
}

type Rooms = Record<string, JsonObject | readonly JsonObject[]>;

/** Rooms of a part by what the client has of it. */
interface Covered {
  readonly all: ReadonlySet<RoomId>;
  readonly live: readonly RoomId[];
  readonly behind: readonly RoomId[];
  readonly fresh: readonly RoomId[];
}

const FIRST = -Number.MAX_SAFE_INTEGER;

/** `extensions` of an answer: what is not the rooms themselves. */
export class Extensions {
  constructor(private readonly sources: SyncSources) {}

  async build(turn: Turn, { extensions }: SlidingRequest, around: Surroundings): Promise<Extended> {
    const toDevice = await this.#toDevice(turn, extensions);
    const e2ee = extensions.e2ee ? await this.#e2ee(turn) : undefined;
    const accountData = await this.#accountData(turn, extensions.accountData, around);
    const receipts = await this.#receipts(turn, extensions.receipts, around);
    const typing = this.#typing(turn, extensions.typing, around);
    const threads = await this.#threads(turn, extensions.threadSubscriptions);
    const parts = { toDevice, e2ee, accountData, receipts, typing, threads };
    return {
      extensions: {
        ...(toDevice && { to_device: toDevice.body }),
        ...(e2ee && { e2ee: e2ee.body }),
        ...(accountData && { account_data: accountData.body }),
        ...(receipts && { receipts: receipts.body }),
        ...(typing && { typing: typing.body }),
        ...(threads && { [THREADS]: threads.body }),
      },
      hasNews: Object.values(parts).some((part) => part?.hasNews === true),
    };
  }

  async #toDevice({ viewer, now }: Turn, { toDevice }: ExtensionsRequest) {
    const { userId, deviceId } = viewer;
    if (!toDevice || deviceId === undefined) return undefined;
    const span = { after: toDevice.since, upTo: Math.max(now.position, toDevice.since) };
    const { events, upTo } = await this.sources.encryption.toDevice(userId, deviceId, span, toDevice.limit);
    return { body: { next_batch: String(upTo), events }, hasNews: events.length > 0 };
  }

  async #threads({ viewer, base, now }: Turn, wanted: ExtensionsRequest['threadSubscriptions']) {
    if (!wanted) return undefined;
    const span = { after: base.state === 0 ? 0 : base.position, upTo: now.position };
    const { subscribed, unsubscribed, end } = await this.sources.threads.subscriptions(
      viewer.userId,
      span,
      wanted.limit,
    );
    const body: JsonObject = {
      ...(Object.keys(subscribed).length > 0 && { subscribed }),
      ...(Object.keys(unsubscribed).length > 0 && { unsubscribed }),
      ...(end !== undefined && { prev_batch: writeTimelineToken(end) }),
    };
    return Object.keys(body).length > 0 ? { body, hasNews: true } : undefined;
  }

  async #e2ee({ viewer, base, now }: Turn) {
    const { userId, deviceId } = viewer;
    if (deviceId === undefined) return undefined;
    const { encryption } = this.sources;
    const isFirst = base.state === 0;
    const lists = isFirst ? undefined : await encryption.deviceLists(userId, spanOf(base.position, now.position));
    const stock = await encryption.keyStock(userId, deviceId);
    const hasNews = lists !== undefined && lists.changed.length + lists.left.length > 0;
    const body: JsonObject = {
      ...(hasNews && { device_lists: { changed: lists.changed, left: lists.left } }),
      device_one_time_keys_count: stock.counts,
      device_unused_fallback_key_types: stock.unusedFallbackTypes,
    };
    return { body, hasNews };
  }

  async #accountData(turn: Turn, selector: RoomSelector | undefined, around: Surroundings) {
    const { after, selection, accountData } = around;
    const byRoom = Map.groupBy(accountData, (entry) => entry.roomId);
    const covered = cover('accountData', selector, selection, after, false);
    after.extended('accountData', covered.all, (roomId) => turn.base.state !== 0 && byRoom.has(roomId));
    if (!selector) return undefined;
    const late = [...covered.behind, ...covered.fresh];
    const lateEntries = await this.sources.accountData.inRooms(turn.viewer.userId, late, turn.now.position);
    const fresh = new Set(covered.fresh);
    const rooms: Rooms = {};
    for (const roomId of covered.live) add(rooms, roomId, byRoom.get(roomId) ?? []);
    for (const [roomId, entries] of Map.groupBy(lateEntries, (entry) => entry.roomId)) {
      if (!roomId) continue;
      // What was deleted before the client came is nothing to it.
      const said = fresh.has(roomId) ? entries.filter(({ content }) => Object.keys(content).length > 0) : entries;
      add(rooms, roomId, said);
    }
    const global = (byRoom.get(undefined) ?? []).map(({ type, content }) => ({ type, content }));
    return { body: { global, rooms }, hasNews: global.length > 0 || Object.keys(rooms).length > 0 };
  }

  async #receipts(turn: Turn, selector: RoomSelector | undefined, around: Surroundings) {
    const { after, selection, eventIds } = around;
    const covered = cover('receipts', selector, selection, after, true);
    after.extended('receipts', covered.all, (roomId) => around.receipts.has(roomId));
    if (!selector) return undefined;
    const { ephemeral } = this.sources;
    const { userId } = turn.viewer;
    const contents = new Map<RoomId, JsonObject>();
    for (const roomId of covered.live) {
      const content = around.receipts.get(roomId);
      if (content) contents.set(roomId, content);
    }
    const oldest = Math.min(...covered.behind.map((roomId) => after.cursor('receipts', roomId)));
    const late = await ephemeral.receipts(userId, covered.behind, spanOf(oldest, turn.now.position));
    const seen = covered.fresh.flatMap((roomId) => eventIds.get(roomId) ?? []);
    const first = covered.fresh.length > 0 ? await ephemeral.firstReceipts(userId, covered.fresh, seen) : new Map();
    const rooms: Rooms = {};
    for (const [roomId, content] of [...contents, ...late, ...first]) rooms[roomId] = { type: 'm.receipt', content };
    return { body: { rooms }, hasNews: Object.keys(rooms).length > 0 };
  }

  #typing({ base }: Turn, selector: RoomSelector | undefined, { after, selection }: Surroundings) {
    const { ephemeral } = this.sources;
    const covered = cover('typing', selector, selection, after, true);
    const elsewhere = ephemeral.typing([...after.rooms.keys()], base.ephemeral);
    after.extended('typing', covered.all, (roomId) => elsewhere.has(roomId));
    if (!selector) return undefined;
    const lists = [
      ...ephemeral.typing(covered.live, base.ephemeral),
      // Somebody may have stopped since the client was told last: an empty list says so.
      ...ephemeral.typing(covered.behind, 1),
      ...ephemeral.typing(covered.fresh, 0),
    ];
    const rooms: Rooms = {};
    for (const [roomId, userIds] of lists) rooms[roomId] = { type: 'm.typing', content: { user_ids: userIds } };
    return { body: { rooms }, hasNews: lists.length > 0 };
  }
}

const spanOf = (after: number, upTo: number): Span => ({ after: Number.isFinite(after) ? after : FIRST, upTo });

function add(rooms: Rooms, roomId: RoomId, entries: readonly AccountDataEntry[]): void {
  if (entries.length > 0) rooms[roomId] = entries.map(({ type, content }) => ({ type, content }));
}

/** Whether one of `names` is given. */
const has = (given: readonly string[], names: readonly string[]): boolean =>
  names.length > 0 && (given.includes('*') || names.some((name) => given.includes(name)));

/** The rooms of the answer that an extension is wanted for. */
function cover(
  part: Part,
  selector: RoomSelector | undefined,
  { wanted }: Selection,
  after: SentAfter,
  joinedOnly: boolean,
): Covered {
  const all = new Set<RoomId>();
  for (const [roomId, { room, lists, isSubscribed }] of wanted) {
    if (!selector || (joinedOnly && room.membership !== 'join')) continue;
    if (has(selector.lists, lists) || has(selector.rooms, isSubscribed ? [roomId] : [])) all.add(roomId);
  }
  const covered = { all, live: [] as RoomId[], behind: [] as RoomId[], fresh: [] as RoomId[] };
  for (const roomId of all) {
    const cursor = after.cursor(part, roomId);
    if (cursor === LIVE) covered.live.push(roomId);
    else if (cursor === NEVER) covered.fresh.push(roomId);
    else covered.behind.push(roomId);
  }
  return covered;
}
