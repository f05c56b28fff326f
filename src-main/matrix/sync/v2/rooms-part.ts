import { turn } from '../../../base/yield.js';
import type { JsonObject } from '../../../base/json.js';
import { matchesRoom, matchesRoomEventFilter } from '../../../spec/event-filter.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import { roomTopic } from '../../../storage/news.js';
import type { Database } from '../../../storage/database.js';
import type { Membership, MembershipState, RoomReader } from '../../events/index.js';
import type { AccountDataEntry, Counts, SyncSources } from '../ports.js';
import { type SyncContext, sinceOf } from './context.js';
import { type RoomBlocks, saysAnything } from './joined-room.js';
import type { StrippedRooms } from './stripped-room.js';

interface RoomsPartDeps {
  readonly db: Database;
  readonly reader: RoomReader;
  readonly blocks: RoomBlocks;
  readonly stripped: StrippedRooms;
  readonly sources: SyncSources;
}

/** Rooms built between two turns of the event loop. */
const ROOMS_A_TURN = 4;
const HERE: readonly MembershipState[] = ['join', 'invite', 'knock'];
const GONE: readonly MembershipState[] = ['leave', 'ban'];

/** `rooms` of a /sync response: every room that has something new to say. */
export class RoomsPart {
  constructor(private readonly deps: RoomsPartDeps) {}

  async build(context: SyncContext, accountData: readonly AccountDataEntry[]): Promise<JsonObject> {
    const { userId } = context.viewer;
    // Who came in since the moment that this answer speaks of may not have been allowed to see what it would show.
    const here = (await this.deps.reader.roomsOf(userId, HERE)).filter(
      ({ roomId, since }) => since <= context.now.position && isWanted(context, roomId),
    );
    const joined = here
      .filter(({ membership, roomId }) => membership === 'join' && !context.hidden.has(roomId))
      .map(({ roomId }) => roomId);
    const parts = {
      join: await this.#joined(context, joined, accountData),
      invite: await this.#stripped(context, here, 'invite', 'invite_state'),
      knock: await this.#stripped(context, here, 'knock', 'knock_state'),
      leave: await this.#left(context),
    };
    return Object.fromEntries(Object.entries(parts).filter(([, rooms]) => Object.keys(rooms).length > 0));
  }

  async #joined(
    context: SyncContext,
    roomIds: readonly RoomId[],
    accountData: readonly AccountDataEntry[],
  ): Promise<JsonObject> {
    const { ephemeral, notifications } = this.deps.sources;
    const isWhole = context.since === undefined || context.fullState;
    const typing = ephemeral.typing(roomIds, context.since?.ephemeral ?? 0);
    const dataByRoom = Map.groupBy(accountData, (entry) => entry.roomId);
    const changed = roomIds.filter(
      (roomId) => isWhole || this.#mayHaveChanged(context, roomId) || typing.has(roomId) || dataByRoom.has(roomId),
    );
    const span = { after: sinceOf(context), upTo: context.now.position };
    const receipts = await ephemeral.receipts(context.viewer.userId, changed, span);
    const blocks: Record<string, JsonObject> = {};
    for (const [index, roomId] of changed.entries()) {
      if (index % ROOMS_A_TURN === ROOMS_A_TURN - 1) await turn();
      const block = {
        ...(await this.deps.blocks.joined(context, roomId)),
        ...roomAccountData(context, dataByRoom.get(roomId) ?? []),
        ...ephemeralOf(context, typing.get(roomId), receipts.get(roomId)),
      };
      if (isWhole || saysAnything(block, context.stateKey)) blocks[roomId] = block;
    }
    const counts = await notifications.counts(context.viewer.userId, Object.keys(blocks) as RoomId[]);
    for (const [roomId, block] of Object.entries(blocks)) {
      blocks[roomId] = { ...block, ...unread(context, counts.get(roomId as RoomId)) };
    }
    return blocks;
  }

  #mayHaveChanged({ since, now }: SyncContext, roomId: RoomId): boolean {
    if (!since || since.position >= now.position) return since === undefined;
    return this.deps.db.news.mayHaveChangedSince(roomTopic(roomId), since.position);
  }

  async #stripped(
    context: SyncContext,
    memberships: readonly Membership[],
    kind: 'invite' | 'knock',
    key: 'invite_state' | 'knock_state',
  ): Promise<JsonObject> {
    const blocks: Record<string, JsonObject> = {};
    for (const membership of memberships) {
      const isNew = context.since === undefined || membership.position > sinceOf(context);
      if (membership.membership !== kind || !isNew) continue;
      const events = await this.deps.stripped.of(membership);
      const own = events.at(-1);
      if (own && (context.ignored.has(own.sender) || (await this.#isIgnored(context, own.sender)))) continue;
      blocks[membership.roomId] = { [key]: { events } };
    }
    return blocks;
  }

  #isIgnored({ viewer }: SyncContext, sender: string): Promise<boolean> {
    return this.deps.sources.accountData.isInviterIgnored(viewer.userId, sender as UserId);
  }

  async #left(context: SyncContext): Promise<JsonObject> {
    const blocks: Record<string, JsonObject> = {};
    for (const { roomId, position } of await this.#leavings(context)) {
      if (!isWanted(context, roomId)) continue;
      blocks[roomId] = { ...(await this.deps.blocks.left(context, roomId, position)), account_data: { events: [] } };
      await turn();
    }
    return blocks;
  }

  /** Rooms that the viewer is out of since the client last asked; all of them where it starts and wants them. */
  async #leavings(context: SyncContext): Promise<{ roomId: RoomId; position: number }[]> {
    const { viewer, since, filter, ownChanges } = context;
    if (!since) {
      if (filter.room?.include_leave !== true) return [];
      const all = await this.deps.reader.roomsOf(viewer.userId, GONE);
      return all.filter(({ isForgotten }) => !isForgotten);
    }
    // Forgotten or not: another device may not know yet that the room is gone.
    const last = [...ownChanges].flatMap(([, changes]) => changes.at(-1) ?? []);
    return last.filter(({ membership }) => GONE.includes(membership));
  }
}

const isWanted = ({ filter }: SyncContext, roomId: RoomId): boolean => matchesRoom(roomId, filter.room);

function roomAccountData({ filter }: SyncContext, entries: readonly AccountDataEntry[]): JsonObject {
  const events = entries
    .map(({ type, content }) => ({ type, content }))
    .filter((event) => matchesRoomEventFilter(event, filter.room?.account_data));
  return { account_data: { events } };
}

function ephemeralOf(
  { filter }: SyncContext,
  typing: readonly string[] | undefined,
  receipts: JsonObject | undefined,
): JsonObject {
  const events = [
    ...(typing ? [{ type: 'm.typing', content: { user_ids: typing } }] : []),
    ...(receipts ? [{ type: 'm.receipt', content: receipts }] : []),
  ].filter((event) => matchesRoomEventFilter(event, filter.room?.ephemeral));
  return { ephemeral: { events } };
}

const countsOf = ({ notifications, highlights }: Counts): JsonObject => ({
  notification_count: notifications,
  highlight_count: highlights,
});

/** Counts of threads are apart where the client asked for that, and part of the room's where it did not. */
function unread(
  { filter }: SyncContext,
  counts: { readonly main: Counts; readonly threads: ReadonlyMap<string, Counts> } | undefined,
): JsonObject {
  const main = counts?.main ?? { notifications: 0, highlights: 0 };
  const threads = counts?.threads ?? new Map<string, Counts>();
  if (filter.room?.timeline?.unread_thread_notifications === true) {
    const apart = Object.fromEntries([...threads].map(([root, thread]) => [root, countsOf(thread)]));
    return { unread_notifications: countsOf(main), unread_thread_notifications: apart };
  }
  let { notifications, highlights } = main;
  for (const thread of threads.values()) {
    notifications += thread.notifications;
    highlights += thread.highlights;
  }
  return { unread_notifications: countsOf({ notifications, highlights }) };
}
