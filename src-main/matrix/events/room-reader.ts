import type { StateKey } from '../../spec/event.js';
import { notFound } from '../../spec/errors.js';
import type { StrippedState } from '../../spec/client-event.js';
import type { EventId, RoomId, ServerName, UserId } from '../../spec/ids.js';
import { domainOf, type StateView } from '../../spec/state-view.js';
import { stateMapKey } from '../../spec/state-view.js';
import type { Database, Position, Reader } from '../../storage/database.js';
import { type CurrentStateStore, stateTopic } from './current-state.store.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { Membership, MembershipChange, MembershipState, MembershipStore } from './membership.store.js';
import type { NameStore } from './names.store.js';
import type { PartialRoomStore } from './partial-rooms.store.js';
import type { RoomMemory } from './room-memory.js';
import type { RoomServerStore } from './room-servers.store.js';
import type { Room, RoomStore } from './rooms.store.js';
import type { StrippedStateStore } from './stripped-state.store.js';

interface ReaderDeps {
  readonly db: Database;
  readonly names: NameStore;
  readonly rooms: RoomStore;
  readonly events: EventStore;
  readonly current: CurrentStateStore;
  readonly memberships: MembershipStore;
  readonly servers: RoomServerStore;
  readonly stripped: StrippedStateStore;
  readonly partialRooms: PartialRoomStore;
  readonly memory: RoomMemory;
}

/** A step in a room's current state, with the events. */
export interface StateStep {
  readonly position: Position;
  readonly event: StoredEvent | undefined;
  readonly previous: StoredEvent | undefined;
}

const ALL = 1_000_000;
/** Entries of the state that many ask for together, such as those that give a room its name. */
const FEW = 10;

/**
 * What most of the house asks about rooms as they are now. Methods that take `db` can read inside a transaction; the
 * others see what is committed.
 */
export class RoomReader {
  constructor(private readonly deps: ReaderDeps) {}

  /** The room, or undefined when this server does not know it. */
  room(roomId: RoomId, db: Reader = this.deps.db): Promise<Room | undefined> {
    return this.deps.rooms.byId(db, roomId);
  }

  /** @throws MatrixError M_NOT_FOUND for a room that this server does not know */
  async knownRoom(roomId: RoomId, db: Reader = this.deps.db): Promise<Room> {
    const room = await this.room(roomId, db);
    if (!room) throw notFound('this server does not know that room');
    return room;
  }

  event(eventId: EventId, db: Reader = this.deps.db): Promise<StoredEvent | undefined> {
    return this.deps.events.byId(db, eventId);
  }

  events(eventIds: readonly EventId[]): Promise<StoredEvent[]> {
    return this.deps.events.byIds(this.deps.db, eventIds);
  }

  eventByNid(nid: number, db: Reader = this.deps.db): Promise<StoredEvent | undefined> {
    return this.deps.events.byNid(db, nid);
  }

  eventsByNid(nids: readonly number[]): Promise<StoredEvent[]> {
    return this.deps.events.byNids(this.deps.db, nids);
  }

  /** The place of the newest event in the room's timeline. */
  async lastOrd(roomId: RoomId): Promise<number> {
    const { db, events, memory } = this.deps;
    const room = await this.room(roomId);
    return room ? memory.recall(roomId, 'last', () => events.lastOrd(db, room.nid)) : 0;
  }

  /** One entry of the room's current state. */
  async state(roomId: RoomId, key: StateKey, db: Reader = this.deps.db): Promise<StoredEvent | undefined> {
    const room = await this.room(roomId, db);
    if (!room) return undefined;
    const nid = await this.deps.current.one(db, room.nid, key);
    return nid === undefined ? undefined : this.deps.events.byNid(db, nid);
  }

  /** Several entries of the room's current state, as a view. */
  async stateView(roomId: RoomId, keys: readonly StateKey[], db: Reader = this.deps.db): Promise<StateView> {
    const found = new Map((await this.stateEntries(roomId, keys, db)).map((event) => [keyOf(event), event]));
    return { get: (type, stateKey) => found.get(stateMapKey(type, stateKey)) };
  }

  /** Several entries of the room's current state, in no order. */
  async stateEntries(roomId: RoomId, keys: readonly StateKey[], db: Reader = this.deps.db): Promise<StoredEvent[]> {
    const { events, memory } = this.deps;
    const room = await this.room(roomId, db);
    if (!room) return [];
    const ask = () => this.#stateNids(room, keys, db);
    const isShared = db === this.deps.db && keys.length <= FEW;
    const question = `state ${keys.map(textOf).join()}`;
    const nids = await (isShared ? memory.recall(roomId, question, ask, stateTopic(room.nid)) : ask());
    return events.byNids(db, nids);
  }

  async #stateNids(room: Room, keys: readonly StateKey[], db: Reader): Promise<number[]> {
    const { names, current } = this.deps;
    const stateNids: number[] = [];
    for (const key of keys) {
      const nid = await names.findStateKey(db, key);
      if (nid !== undefined) stateNids.push(nid);
    }
    return [...(await current.some(db, room.nid, stateNids)).values()];
  }

  /** The room's current state, whole or without the members. */
  async allState(roomId: RoomId, { withMembers }: { withMembers: boolean }): Promise<StoredEvent[]> {
    const { db, names, current, events } = this.deps;
    const room = await this.room(roomId);
    if (!room) return [];
    const except = withMembers ? undefined : await names.find(db, 'm.room.member');
    return events.byNids(db, await current.all(db, room.nid, except));
  }

  /** All entries of some types of the room's current state. */
  async stateOfTypes(roomId: RoomId, types: readonly string[]): Promise<StoredEvent[]> {
    const { db, names, current, events } = this.deps;
    const room = await this.room(roomId);
    if (!room) return [];
    return events.byNids(db, await current.ofTypes(db, room.nid, await names.findMany(db, types)));
  }

  /** The same entry of many rooms' current state. */
  async stateInRooms(roomIds: readonly RoomId[], key: StateKey): Promise<ReadonlyMap<RoomId, StoredEvent>> {
    const { db, names, rooms, current, events } = this.deps;
    const typeNid = await names.find(db, key[0]);
    const stateNid = await names.findStateKey(db, key);
    if (typeNid === undefined || stateNid === undefined) return new Map();
    const known: number[] = [];
    for (const roomId of roomIds) {
      const room = await rooms.byId(db, roomId);
      if (room) known.push(room.nid);
    }
    const found = await current.inRooms(db, known, typeNid, stateNid);
    return new Map((await events.byNids(db, [...found.values()])).map((event) => [event.roomId, event]));
  }

  /** What each of these state events replaced, by the nid of the later one. */
  async previousState(events: readonly StoredEvent[]): Promise<ReadonlyMap<number, StoredEvent>> {
    const { db, current } = this.deps;
    // An event that was known before it got its place changed the state there.
    const nids = new Map(events.map(({ nid, ord }) => [ord ?? nid, nid]));
    const previous = await current.previous(db, [...nids.keys()]);
    const found = new Map((await this.eventsByNid([...previous.values()])).map((event) => [event.nid, event]));
    const replaced = new Map<number, StoredEvent>();
    for (const [position, previousNid] of previous) {
      const event = found.get(previousNid);
      const nid = nids.get(position);
      if (event && nid !== undefined) replaced.set(nid, event);
    }
    return replaced;
  }

  /** How the current state changed in (`after`, `upTo`], in order. */
  async stateSteps(roomId: RoomId, after: Position, upTo: Position): Promise<StateStep[]> {
    const { db, current, events } = this.deps;
    const room = await this.room(roomId);
    if (!room || !db.news.mayHaveChangedSince(stateTopic(room.nid), after)) return [];
    const changes = await current.changes(db, room.nid, after, upTo);
    const nids = new Set(changes.flatMap((change) => [change.eventNid, change.previousNid]).filter((nid) => nid !== 0));
    const found = new Map((await events.byNids(db, [...nids])).map((event) => [event.nid, event]));
    return changes.map(({ position, eventNid, previousNid }) => ({
      position,
      event: found.get(eventNid),
      previous: found.get(previousNid),
    }));
  }

  /** What `userId` is in the room; undefined for somebody who never was anything there. */
  async membership(roomId: RoomId, userId: UserId, db: Reader = this.deps.db): Promise<Membership | undefined> {
    const room = await this.room(roomId, db);
    return room && this.deps.memberships.one(db, room.nid, userId);
  }

  async isJoined(roomId: RoomId, userId: UserId, db: Reader = this.deps.db): Promise<boolean> {
    return (await this.membership(roomId, userId, db))?.membership === 'join';
  }

  /** Whether the room waits for most of its members. */
  async isPartial(roomId: RoomId): Promise<boolean> {
    const waiting = await this.deps.partialRooms.waiting(this.deps.db);
    const room = waiting.size === 0 ? undefined : await this.room(roomId);
    return room !== undefined && waiting.has(room.nid);
  }

  /** Whether somebody is joined, or may be: of whom nothing is known yet, their server must be in the room. */
  async mayBeJoined(roomId: RoomId, userId: UserId): Promise<boolean> {
    const standing = await this.membership(roomId, userId);
    if (standing || !(await this.isPartial(roomId))) return standing?.membership === 'join';
    return this.isServerIn(roomId, domainOf(userId));
  }

  /** Members of whom nothing is known yet, where most are on their way: those whom `events` name as what allows them. */
  async membersNamedBy(
    roomId: RoomId,
    userIds: ReadonlySet<UserId>,
    events: readonly StoredEvent[],
  ): Promise<Pick<Membership, 'userId' | 'eventNid'>[]> {
    if (userIds.size === 0 || !(await this.isPartial(roomId))) return [];
    const acts = events.filter(({ sender }) => userIds.has(sender));
    const named = await this.events([...new Set(acts.flatMap(({ authEvents }) => authEvents))]);
    return named.flatMap(({ nid, type, stateKey, room }) => {
      const userId = stateKey as UserId;
      return type === 'm.room.member' && userIds.has(userId) && room.roomId === roomId
        ? [{ userId, eventNid: nid }]
        : [];
    });
  }

  /** Whether this server is in the room: whether anybody of it is joined. */
  async isHere(roomId: RoomId, db: Reader = this.deps.db): Promise<boolean> {
    const { memberships, memory } = this.deps;
    const room = await this.room(roomId, db);
    if (!room) return false;
    const ask = () => memberships.isHere(db, room.nid);
    return db === this.deps.db ? memory.recall(roomId, 'here', ask, stateTopic(room.nid)) : ask();
  }

  /** People of this server who are joined to the room, in no order. */
  async localMembers(roomId: RoomId, limit: number): Promise<Membership[]> {
    const room = await this.room(roomId);
    return room ? this.deps.memberships.localIn(this.deps.db, room.nid, limit) : [];
  }

  /** The rooms in which `userId` has one of these memberships. */
  roomsOf(userId: UserId, memberships: readonly MembershipState[]): Promise<Membership[]> {
    return this.deps.memberships.ofUser(this.deps.db, userId, memberships);
  }

  async joinedRooms(userId: UserId): Promise<RoomId[]> {
    return (await this.roomsOf(userId, ['join'])).map(({ roomId }) => roomId);
  }

  /** Who has one of these memberships in the room, in the order in which they came. */
  async members(roomId: RoomId, memberships: readonly MembershipState[], limit = ALL): Promise<Membership[]> {
    const room = await this.room(roomId);
    return room ? this.deps.memberships.inRoom(this.deps.db, room.nid, memberships, limit) : [];
  }

  /** Everybody who is joined, in no order: calls `see` with a few at a time. */
  async eachJoined(roomId: RoomId, see: (userIds: readonly UserId[]) => void): Promise<void> {
    const room = await this.room(roomId);
    if (room) await this.deps.memberships.eachJoined(this.deps.db, room.nid, see);
  }

  /** What some users are in the room; those who never were anything there are left out. */
  async membersAmong(roomId: RoomId, userIds: readonly UserId[]): Promise<Membership[]> {
    const room = await this.room(roomId);
    return room ? this.deps.memberships.some(this.deps.db, room.nid, userIds) : [];
  }

  /** How many people are joined and invited. */
  async counts(roomId: RoomId): Promise<{ joined: number; invited: number }> {
    const { db, rooms, memory } = this.deps;
    const room = await this.room(roomId);
    if (!room) return { joined: 0, invited: 0 };
    return memory.recall(roomId, 'counts', () => rooms.counts(db, room.nid), stateTopic(room.nid));
  }

  /** How many people are joined to each of some rooms. */
  countsOf(roomIds: readonly RoomId[]): Promise<ReadonlyMap<RoomId, number>> {
    return this.deps.rooms.joinedCounts(this.deps.db, roomIds);
  }

  /** Which other servers have people joined to the room. */
  async serversIn(roomId: RoomId): Promise<ServerName[]> {
    const room = await this.room(roomId);
    const servers = room ? await this.deps.servers.inRoom(this.deps.db, room.nid) : [];
    return servers.filter(({ until }) => until === undefined).map(({ server }) => server);
  }

  /** Whether another server has people joined to the room. */
  async isServerIn(roomId: RoomId, server: ServerName): Promise<boolean> {
    return (await this.serversIn(roomId)).includes(server);
  }

  /** The rooms to which people of another server are joined. */
  roomsSharedWith(server: ServerName): Promise<RoomId[]> {
    return this.deps.servers.roomsOf(this.deps.db, server);
  }

  /** What another server showed of a room to somebody here whom it invited, or who knocked there. */
  async strippedState(roomId: RoomId, userId: UserId): Promise<readonly StrippedState[]> {
    return (await this.deps.stripped.get(this.deps.db, roomId, userId)) ?? [];
  }

  /** Those of `others` who are joined to a room that `userId` is joined to. */
  usersSharingRoom(userId: UserId, others: readonly UserId[]): Promise<UserId[]> {
    return this.deps.memberships.sharedWith(this.deps.db, userId, others);
  }

  /** Those of `userIds` who are joined to a room to which somebody of this server is joined. */
  usersHere(userIds: readonly UserId[]): Promise<UserId[]> {
    return this.deps.memberships.seenHere(this.deps.db, userIds);
  }

  /** This user's changes of membership in (`after`, `upTo`], in order. */
  membershipChangesOf(userId: UserId, after: Position, upTo: Position): Promise<MembershipChange[]> {
    return this.deps.memberships.changesOfUser(this.deps.db, userId, after, upTo);
  }

  /** All changes of membership in some rooms in (`after`, `upTo`], in order. */
  membershipChangesIn(roomIds: readonly RoomId[], after: Position, upTo: Position): Promise<MembershipChange[]> {
    return this.deps.memberships.changesInRooms(this.deps.db, roomIds, after, upTo);
  }

  /** All that this user ever was in this room, in order. */
  async membershipHistory(roomId: RoomId, userId: UserId): Promise<MembershipChange[]> {
    const room = await this.room(roomId);
    return room ? this.deps.memberships.history(this.deps.db, room.nid, userId) : [];
  }
}

const textOf = ([type, stateKey]: StateKey): string => stateMapKey(type, stateKey);

const keyOf = (event: StoredEvent): string => stateMapKey(event.type, event.stateKey ?? '');
