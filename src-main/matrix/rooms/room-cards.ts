import { arrayAt, isObject, stringAt } from '../../base/json.js';
import { isOnServer } from '../../spec/grammar.js';
import type { RoomId, RoomVersion, ServerName, UserId } from '../../spec/ids.js';
import type { RoomReader, StoredEvent } from '../events/index.js';

/** Rooms as the directory shows them. @see https://spec.matrix.org/v1.19/client-server-api/#definition-publishedroomschunk */
export interface PublicRoom {
  readonly room_id: RoomId;
  readonly num_joined_members: number;
  readonly world_readable: boolean;
  readonly guest_can_join: boolean;
  readonly join_rule?: string;
  readonly name?: string;
  readonly topic?: string;
  readonly canonical_alias?: string;
  readonly avatar_url?: string;
  readonly room_type?: string;
}

/** Rooms as those see them who think of joining. @see https://spec.matrix.org/v1.19/client-server-api/#definition-roomsummary */
export interface RoomSummary extends PublicRoom {
  /** absent where another server did not say */
  readonly room_version?: RoomVersion;
  readonly encryption?: string;
  readonly allowed_room_ids?: readonly RoomId[];
}

/** What a room shows of itself to those outside, by the state event that says it. */
const SHOWN = {
  create: 'm.room.create',
  name: 'm.room.name',
  topic: 'm.room.topic',
  alias: 'm.room.canonical_alias',
  avatar: 'm.room.avatar',
  joinRules: 'm.room.join_rules',
  history: 'm.room.history_visibility',
  guests: 'm.room.guest_access',
  encryption: 'm.room.encryption',
} as const;
type Shown = { readonly [key in keyof typeof SHOWN]: StoredEvent | undefined };

/** Rooms looked at of those whose members a room lets in, and people looked at who are invited. */
const [MOST_ALLOWED, MOST_INVITED] = [50, 1_000];

/** What rooms show of themselves, read for many at once; and to whom. */
export class RoomCards {
  constructor(private readonly deps: { readonly reader: RoomReader }) {}

  /** The rooms among `roomIds` that this server knows, as the directory shows them, in that order. */
  async listed(roomIds: readonly RoomId[]): Promise<PublicRoom[]> {
    return (await this.#shown(roomIds)).map(({ roomId, joined, shown }) => toPublicRoom(roomId, joined, shown));
  }

  /** Summaries of those of `roomIds` that this server knows and that `userId`, or everybody, may know of. */
  async visibleTo(userId: UserId | undefined, roomIds: readonly RoomId[]): Promise<ReadonlyMap<RoomId, RoomSummary>> {
    const mayKnow = await this.#knowledgeOf(userId);
    return this.#visible(roomIds, async (summary) => mayKnow(summary));
  }

  /** Whether a user may know of a room that another server described. */
  async mayKnow(userId: UserId | undefined, summary: RoomSummary): Promise<boolean> {
    return (await this.#knowledgeOf(userId))(summary);
  }

  /** Summaries of those of `roomIds` that this server knows and that some user of `server` may know of. */
  visibleToServer(server: ServerName, roomIds: readonly RoomId[]): Promise<ReadonlyMap<RoomId, RoomSummary>> {
    return this.#visible(roomIds, async (summary) => {
      if (isOpen(summary)) return true;
      for (const roomId of [summary.room_id, ...(summary.allowed_room_ids ?? []).slice(0, MOST_ALLOWED)]) {
        if (await this.deps.reader.isServerIn(roomId, server)) return true;
      }
      const invited = await this.deps.reader.members(summary.room_id, ['invite'], MOST_INVITED);
      return invited.some(({ userId }) => isOnServer(userId, server));
    });
  }

  /** Says of a summary whether `userId` may know of its room. */
  async #knowledgeOf(userId: UserId | undefined): Promise<(summary: RoomSummary) => boolean> {
    const standing = userId === undefined ? [] : await this.deps.reader.roomsOf(userId, ['join', 'invite']);
    const joined = new Set<RoomId>();
    for (const { roomId, membership } of standing) if (membership === 'join') joined.add(roomId);
    const own = new Set(standing.map(({ roomId }) => roomId));
    return (summary) =>
      isOpen(summary) ||
      own.has(summary.room_id) ||
      summary.allowed_room_ids?.some((allowed) => joined.has(allowed)) === true;
  }

  async #visible(
    roomIds: readonly RoomId[],
    mayKnow: (summary: RoomSummary) => Promise<boolean>,
  ): Promise<ReadonlyMap<RoomId, RoomSummary>> {
    const visible = new Map<RoomId, RoomSummary>();
    for (const { roomId, joined, shown } of await this.#shown(roomIds)) {
      const summary = toSummary(toPublicRoom(roomId, joined, shown), shown);
      if (await mayKnow(summary)) visible.set(roomId, summary);
    }
    return visible;
  }

  async #shown(roomIds: readonly RoomId[]) {
    const { reader } = this.deps;
    const counts = await reader.countsOf(roomIds);
    const columns = new Map<string, ReadonlyMap<RoomId, StoredEvent>>();
    for (const [key, type] of Object.entries(SHOWN)) columns.set(key, await reader.stateInRooms(roomIds, [type, '']));
    return roomIds.flatMap((roomId) => {
      const joined = counts.get(roomId);
      if (joined === undefined) return [];
      const entries = Object.keys(SHOWN).map((key) => [key, columns.get(key)?.get(roomId)]);
      return { roomId, joined, shown: Object.fromEntries(entries) as Shown };
    });
  }
}

/** Rooms that anybody can come into, or ask to, or look into. */
const isOpen = ({ join_rule: rule, world_readable }: PublicRoom): boolean =>
  world_readable || rule === 'public' || rule === 'knock' || rule === 'knock_restricted';

function toPublicRoom(roomId: RoomId, joined: number, shown: Shown): PublicRoom {
  const optional = {
    name: stringAt(shown.name?.content, 'name'),
    topic: stringAt(shown.topic?.content, 'topic'),
    canonical_alias: stringAt(shown.alias?.content, 'alias'),
    avatar_url: stringAt(shown.avatar?.content, 'url'),
    join_rule: stringAt(shown.joinRules?.content, 'join_rule') ?? 'invite',
    room_type: stringAt(shown.create?.content, 'type'),
  };
  return {
    room_id: roomId,
    num_joined_members: joined,
    world_readable: stringAt(shown.history?.content, 'history_visibility') === 'world_readable',
    guest_can_join: stringAt(shown.guests?.content, 'guest_access') === 'can_join',
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined && value !== '')),
  };
}

function toSummary(room: PublicRoom, { create, encryption, joinRules }: Shown): RoomSummary {
  const algorithm = stringAt(encryption?.content, 'algorithm');
  const isRestricted = room.join_rule === 'restricted' || room.join_rule === 'knock_restricted';
  return {
    ...room,
    room_version: create?.rules.version ?? '1',
    ...(algorithm !== undefined && { encryption: algorithm }),
    ...(isRestricted && joinRules && { allowed_room_ids: allowedRooms(joinRules) }),
  };
}

const allowedRooms = ({ content }: StoredEvent): RoomId[] =>
  (arrayAt(content, 'allow') ?? []).flatMap((entry) => {
    const roomId = isObject(entry) && entry['type'] === 'm.room_membership' ? stringAt(entry, 'room_id') : undefined;
    return roomId?.startsWith('!') ? (roomId as RoomId) : [];
  });
