import { stringAt } from '../../base/json.js';
import { turn } from '../../base/yield.js';
import type { ServerName, UserId } from '../../spec/ids.js';
import { domainOf, membershipIn } from '../../spec/state-view.js';
import type { Database, Transaction } from '../../storage/database.js';
import { roomTopic } from '../../storage/news.js';
import type { ChangeState } from './change-state.js';
import type { CurrentStateStore, StateChange } from './current-state.store.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { Membership, MembershipChange, MembershipStore } from './membership.store.js';
import type { NameStore } from './names.store.js';
import type { PartialRoom, PartialRoomStore } from './partial-rooms.store.js';
import type { RoomHead, RoomHeads } from './room-heads.js';
import type { Room, RoomStore } from './rooms.store.js';
import { MEMBERSHIPS_TOPIC } from './topics.js';

const MEMBER = 'm.room.member';
/** Members written in one transaction: all other writers wait for it. */
const AT_ONCE = 200;

/** A member event of the room's state. */
interface Late {
  readonly stateNid: number;
  readonly event: StoredEvent;
}

/** Everything that is written of somebody. */
interface Arrival {
  readonly userNid: number;
  readonly entry: StateChange;
  readonly membership: Membership;
  readonly change: MembershipChange;
}

/**
 * Adds the members to a room's current state of whom nothing was said when this server came in. Whoever did something
 * meanwhile is known already, and stays as they are.
 */
export class LateMembers {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly serverName: ServerName;
      readonly names: NameStore;
      readonly rooms: RoomStore;
      readonly events: EventStore;
      readonly heads: RoomHeads;
      readonly current: CurrentStateStore;
      readonly memberships: MembershipStore;
      readonly partialRooms: PartialRoomStore;
      readonly changeState: ChangeState;
    },
  ) {}

  /**
   * @param entries of the state before the join: state nid -> event nid
   * @param see called after each piece with all of it, and with how many are done
   * @returns whether the room still waits for its state
   */
  async add(
    room: Room,
    partial: PartialRoom,
    entries: readonly (readonly [stateNid: number, eventNid: number])[],
    see: (events: readonly StoredEvent[], done: number) => void,
  ): Promise<boolean> {
    const { db, events } = this.deps;
    for (let start = 0; start < entries.length; start += AT_ONCE) {
      const some = new Map(entries.slice(start, start + AT_ONCE).map(([stateNid, nid]) => [nid, stateNid]));
      const found = await events.byNids(db, [...some.keys()]);
      const late = found.flatMap((event): Late[] => {
        const stateNid = some.get(event.nid);
        return event.type === MEMBER && stateNid !== undefined ? [{ stateNid, event }] : [];
      });
      if (!(await db.write((tx) => this.#addSome(tx, room, partial, late)))) return false;
      see(found, start + some.size);
      await turn();
    }
    return true;
  }

  async #addSome(tx: Transaction, room: Room, partial: PartialRoom, all: readonly Late[]): Promise<boolean> {
    const { current, heads, memberships, partialRooms, serverName } = this.deps;
    if ((await partialRooms.waiting(tx)).get(room.nid)?.joinNid !== partial.joinNid) return false;
    const head = await heads.open(tx, room);
    head.entries.clear();
    const stateNids = all.map(({ stateNid }) => stateNid);
    const standing = await current.some(tx, room.nid, stateNids);
    const late = all.filter(({ stateNid }) => !standing.has(stateNid));
    const userIds = late.map(({ event }) => event.stateKey as UserId);
    const known = new Set((await memberships.some(tx, room.nid, userIds)).map(({ userId }) => userId));
    const isSimple = ({ event }: Late) =>
      !known.has(event.stateKey as UserId) && domainOf(event.stateKey ?? '') !== serverName;
    await this.#addStrangers(tx, room, late.filter(isSimple));
    for (const one of late) if (!isSimple(one)) await this.#addOne(tx, head, one);
    tx.announce(roomTopic(room.roomId), MEMBERSHIPS_TOPIC);
    return true;
  }

  /** People of other servers of whom nothing is written yet: several at once. */
  async #addStrangers(tx: Transaction, room: Room, late: readonly Late[]): Promise<void> {
    const { current, memberships, rooms, names } = this.deps;
    const typeNid = await names.intern(tx, MEMBER);
    const arrivals: Arrival[] = [];
    for (const one of late) arrivals.push(await this.#arrival(tx, room, typeNid, one));
    const count = (kind: string) => arrivals.filter(({ membership }) => membership.membership === kind).length;
    const entries = arrivals.map(({ entry }) => entry);
    await current.putChanges(tx, room.nid, entries);
    await memberships.putMany(tx, room.nid, arrivals);
    const steps = arrivals.filter(({ change }) => change.membership !== change.previous);
    await memberships.addChanges(tx, room.nid, steps);
    await rooms.addCounts(tx, room.nid, count('join'), count('invite'));
  }

  async #arrival(tx: Transaction, { roomId }: Room, typeNid: number, { stateNid, event }: Late): Promise<Arrival> {
    const position = tx.position();
    const userId = event.stateKey as UserId;
    const membership = membershipIn(event.content) ?? 'leave';
    const eventNid = event.nid;
    return {
      userNid: await this.deps.names.intern(tx, userId),
      entry: { position, typeNid, stateNid, eventNid, previousNid: 0 },
      membership: {
        roomId,
        userId,
        membership,
        eventNid,
        position,
        since: position,
        isLocal: false,
        isForgotten: false,
        displayName: stringAt(event.content, 'displayname'),
        avatarUrl: stringAt(event.content, 'avatar_url'),
      },
      change: { position, roomId, userId, membership, previous: 'leave', eventNid },
    };
  }

  async #addOne(tx: Transaction, head: RoomHead, { stateNid, event }: Late): Promise<void> {
    const typeNid = await this.deps.names.intern(tx, MEMBER);
    const change = { typeNid, stateNid, position: tx.position(), event, previous: undefined };
    await this.deps.changeState.entry(tx, head, change);
  }
}
