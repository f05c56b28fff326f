import { checkAuth } from '../../spec/auth-rules/auth-rules.js';
import type { ServerName, UserId } from '../../spec/ids.js';
import { domainOf, membershipIn } from '../../spec/state-view.js';
import type { Database, Position, Transaction } from '../../storage/database.js';
import { roomTopic, streamTopic, userTopic } from '../../storage/news.js';
import type { WritableStream } from '../../storage/stream.js';
import { turn } from '../../base/yield.js';
import type { ChangeState, EntryChange } from './change-state.js';
import { keysToCheck } from './check-incoming.js';
import { type CurrentStateStore, stateTopic } from './current-state.store.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { JudgedEventStore } from './judged-events.store.js';
import type { LateMembers } from './late-members.js';
import type { MembershipStore } from './membership.store.js';
import type { NameStore } from './names.store.js';
import { PARTIAL_ROOMS_TOPIC } from './partial-rooms.js';
import type { PartialRoom, PartialRoomStore } from './partial-rooms.store.js';
import type { PersistEvent } from './persist.js';
import type { Completed, CompletedRoom } from './ports.js';
import type { RoomHead, RoomHeads } from './room-heads.js';
import type { RoomServerStore } from './room-servers.store.js';
import type { Room, RoomStore } from './rooms.store.js';
import { type SettledEvent, SettleEvents } from './settle-events.js';
import type { SnapshotViews } from './snapshot-views.js';
import type { StateResolver } from './state-resolver.js';
import type { StateStore } from './state.store.js';
import type { StatesAfter } from './states-after.js';
import { EVENTS_STREAM, MEMBERSHIPS_TOPIC } from './topics.js';

/** A room whose state is whole now, and what that showed. */
export interface WholeRoom {
  readonly roomId: Room['roomId'];
  /** servers that were or are in the room, of which nobody here knew */
  readonly servers: readonly ServerName[];
  /** people of other servers who were taken for members, and are none */
  readonly departed: readonly UserId[];
}

interface CompleteRoomDeps {
  readonly db: Database;
  readonly serverName: ServerName;
  readonly rooms: RoomStore;
  readonly names: NameStore;
  readonly events: EventStore;
  readonly judged: JudgedEventStore;
  readonly current: CurrentStateStore;
  readonly memberships: MembershipStore;
  readonly servers: RoomServerStore;
  readonly partialRooms: PartialRoomStore;
  readonly heads: RoomHeads;
  readonly state: StateStore;
  readonly states: StatesAfter;
  readonly views: SnapshotViews;
  readonly resolver: StateResolver;
  readonly persist: PersistEvent;
  readonly changeState: ChangeState;
  readonly lateMembers: LateMembers;
  readonly whole: WritableStream<WholeRoom>;
}

/** A room with its state before our join, ready to be judged again by it. */
export interface Prepared {
  readonly room: Room;
  readonly partial: PartialRoom;
  readonly join: StoredEvent;
  readonly told: number;
  /** servers with people in that state */
  readonly toldServers: ReadonlySet<ServerName>;
}

/** Entries changed without a turn of the event loop. */
const AT_ONCE = 100;

/** Puts rooms right that this server came into without their members, once all of their state is here. */
export class CompleteRoom {
  constructor(private readonly deps: CompleteRoomDeps) {}

  /** Adds the members: everybody can write to the room meanwhile. */
  async prepare(room: Room, { stateIds, onProgress, signal }: CompletedRoom): Promise<Prepared | Completed> {
    const { db, events, states, state, lateMembers } = this.deps;
    const partial = await this.#waiting(room);
    const join = partial && (await events.byNid(db, partial.joinNid));
    if (!partial || !join) return 'gone';
    const told = await states.fromEvents(room, stateIds, join.snapshot);
    if (told === undefined || !(await this.#letsIn(join, told))) return 'refused';
    const differences = await state.difference(db, [join.snapshot, told]);
    const entries = [...differences].flatMap(([stateNid, [, nid = 0]]) =>
      nid === 0 ? [] : [[stateNid, nid] as const],
    );
    const servers = new Set<ServerName>();
    const isThere = await lateMembers.add(room, partial, entries, (some, done) => {
      signal?.throwIfAborted();
      for (const { stateKey, content } of some) {
        if (stateKey !== undefined && membershipIn(content) === 'join') servers.add(domainOf(stateKey));
      }
      onProgress?.(done, entries.length);
    });
    return isThere ? { room, partial, join, told, toldServers: servers } : 'gone';
  }

  /** Judges again what came since the join, and makes what follows from it the room's state. */
  async finish({ room, partial, join, told, toldServers }: Prepared, signal?: AbortSignal): Promise<Completed> {
    const settling = new SettleEvents(this.deps, room, join, told);
    for (;;) {
      const lastOrd = await settling.run(signal);
      const leaves = settling.leaves();
      const target = await this.deps.resolver.resolve(
        room,
        leaves.map(({ after }) => after),
      );
      const place = { partial, toldServers, leaves, target, lastOrd };
      const done = await this.deps.db.write((tx) => this.#switch(tx, room, place));
      if (done !== 'again') return done;
    }
  }

  async #waiting(room: Room): Promise<PartialRoom | undefined> {
    return (await this.deps.partialRooms.waiting(this.deps.db)).get(room.nid);
  }

  async #letsIn(join: StoredEvent, told: number): Promise<boolean> {
    const { db, views } = this.deps;
    return checkAuth(join, await views.at(db, told, keysToCheck(join))).allowed;
  }

  async #switch(
    tx: Transaction,
    room: Room,
    place: {
      readonly partial: PartialRoom;
      readonly toldServers: ReadonlySet<ServerName>;
      readonly leaves: readonly SettledEvent[];
      readonly target: number | undefined;
      readonly lastOrd: number;
    },
  ): Promise<Completed | 'again'> {
    const { events, heads, partialRooms, rooms, memberships, whole } = this.deps;
    const { partial, leaves, target } = place;
    if ((await partialRooms.waiting(tx)).get(room.nid)?.joinNid !== partial.joinNid) return 'gone';
    if ((await events.lastOrd(tx, room.nid)) !== place.lastOrd) return 'again';
    const head = await heads.open(tx, room);
    await this.#setLeaves(tx, head, leaves);
    const departed = await this.#setState(tx, head, target);
    const position = tx.position();
    const servers = await this.#countServers(tx, room, place.toldServers, position);
    const { joined, invited } = await memberships.count(tx, room.nid);
    await rooms.setCounts(tx, room.nid, joined, invited);
    head.hasOtherServers = undefined;
    await partialRooms.complete(tx, room.nid, position);
    await whole.append(tx, { roomId: room.roomId, servers, departed });
    const here = await memberships.localIn(tx, room.nid, AT_ONCE);
    const changed = [roomTopic(room.roomId), stateTopic(room.nid), MEMBERSHIPS_TOPIC];
    const topics = [PARTIAL_ROOMS_TOPIC, ...changed, streamTopic(EVENTS_STREAM)];
    tx.announce(...topics, ...here.map(({ userId }) => userTopic(userId)));
    return 'complete';
  }

  async #setLeaves(tx: Transaction, head: RoomHead, leaves: readonly SettledEvent[]): Promise<void> {
    const { rooms } = this.deps;
    const before = head.extremities.map(({ nid }) => nid);
    const wanted = leaves.map(({ event: { nid, eventId, depth } }) => ({ nid, eventId, depth }));
    const gone = before.filter((nid) => !wanted.some((leaf) => leaf.nid === nid));
    const news = wanted.filter(({ nid }) => !before.includes(nid));
    if (gone.length > 0) await rooms.removeExtremities(tx, head.room.nid, gone);
    for (const { nid } of news) await rooms.setExtremity(tx, head.room.nid, [], nid);
    head.extremities = wanted;
  }

  /** @returns who was taken for a member and is none */
  async #setState(tx: Transaction, head: RoomHead, target: number | undefined): Promise<UserId[]> {
    const { rooms, changeState } = this.deps;
    if (target === undefined) return [];
    const changes = await this.#changes(tx, head.room, target);
    head.snapshot = target;
    head.entries.clear();
    await rooms.setSnapshot(tx, head.room.nid, target);
    for (const [index, change] of changes.entries()) {
      if (index % AT_ONCE === AT_ONCE - 1) await turn();
      await changeState.entry(tx, head, change);
    }
    return changes.flatMap(({ event, previous }) =>
      isJoin(previous) && !isJoin(event) ? [previous?.stateKey as UserId] : [],
    );
  }

  /** Where what counts as the room's state now differs from what it is. */
  async #changes(tx: Transaction, room: Room, target: number): Promise<EntryChange[]> {
    const { current, events, names, state } = this.deps;
    const wanted = await state.all(tx, target);
    const standing = await current.entries(tx, room.nid);
    await turn();
    const differing = new Map<number, { before: number; after: number }>();
    for (const [stateNid, after] of wanted) {
      const before = standing.get(stateNid)?.eventNid ?? 0;
      if (before !== after) differing.set(stateNid, { before, after });
    }
    for (const [stateNid, { eventNid }] of standing) {
      if (!wanted.has(stateNid)) differing.set(stateNid, { before: eventNid, after: 0 });
    }
    const nids = [...differing.values()].flatMap(({ before, after }) => [before, after]).filter((nid) => nid !== 0);
    const found = new Map((await events.byNids(tx, nids)).map((event) => [event.nid, event]));
    const types = await names.typesOf(tx, [...differing.keys()]);
    return [...differing].flatMap(([stateNid, { before, after }]) => {
      const typeNid = types.get(stateNid);
      if (typeNid === undefined) return [];
      const position = tx.position();
      return [{ typeNid, stateNid, position, event: found.get(after), previous: found.get(before) }];
    });
  }

  /** Which servers are in the room, by its people. @returns those of which nobody here knew that they are or were */
  async #countServers(
    tx: Transaction,
    room: Room,
    told: ReadonlySet<ServerName>,
    position: Position,
  ): Promise<ServerName[]> {
    const { memberships, names, servers, serverName } = this.deps;
    const people = new Map<ServerName, number>();
    await memberships.eachJoined(tx, room.nid, (userIds) => {
      for (const server of userIds.map(domainOf)) {
        if (server !== serverName) people.set(server, (people.get(server) ?? 0) + 1);
      }
    });
    const known = await servers.present(tx, room.nid);
    for (const [server, joined] of people) {
      await servers.setCount(tx, room.nid, await names.intern(tx, server), joined, position);
    }
    for (const [server, nid] of known) if (!people.has(server)) await servers.end(tx, room.nid, nid, position);
    const present = new Set([...people.keys(), ...told]);
    present.delete(serverName);
    return [...present].filter((server) => !known.has(server));
  }
}

const isJoin = (event: StoredEvent | undefined): boolean =>
  event?.type === 'm.room.member' && membershipIn(event.content) === 'join';
