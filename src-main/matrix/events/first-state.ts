import { stringAt } from '../../base/json.js';
import { turn } from '../../base/yield.js';
import type { EventId, ServerName, UserId } from '../../spec/ids.js';
import { domainOf, membershipIn } from '../../spec/state-view.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { ChangeState } from './change-state.js';
import type { CurrentStateStore } from './current-state.store.js';
import type { EventStore } from './events.store.js';
import type { Membership, MembershipStore } from './membership.store.js';
import type { NameStore } from './names.store.js';
import type { CheckedEvent } from './ports.js';
import type { RoomHead, RoomHeads } from './room-heads.js';
import type { RoomServerStore } from './room-servers.store.js';
import type { Room, RoomStore } from './rooms.store.js';
import type { StatesAfter } from './states-after.js';

/** Entries written in one transaction. */
const AT_ONCE = 250;

interface Entry {
  readonly stateNid: number;
  readonly typeNid: number;
  readonly eventNid: number;
  readonly checked: CheckedEvent;
}

/**
 * Writes the current state of a room that nobody here was in before: how it came about is nobody's business, so no
 * changes are recorded. In pieces: until our join is written, nobody looks at them.
 */
export class FirstState {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly serverName: ServerName;
      readonly names: NameStore;
      readonly rooms: RoomStore;
      readonly events: EventStore;
      readonly current: CurrentStateStore;
      readonly memberships: MembershipStore;
      readonly servers: RoomServerStore;
      readonly heads: RoomHeads;
      readonly states: StatesAfter;
      readonly changeState: ChangeState;
    },
  ) {}

  /**
   * @param given.servers those that are in the room, where the state does not tell
   * @param given.progress called with how many entries are written
   */
  async write(
    room: Room,
    stateIds: readonly EventId[],
    state: readonly CheckedEvent[],
    given: { readonly servers?: readonly ServerName[]; readonly progress?: (done: number) => void } = {},
  ): Promise<void> {
    const { db, current, memberships, servers } = this.deps;
    await db.write(async (tx) => {
      // What is left of a join that broke off.
      await current.clear(tx, room.nid);
      await memberships.clearRemote(tx, room.nid);
      await servers.clear(tx, room.nid);
    });
    const entries = await this.#entries(room, stateIds, state);
    for (let start = 0; start < entries.length; start += AT_ONCE) {
      const some = entries.slice(start, start + AT_ONCE);
      await db.write((tx) => this.#writeSome(tx, room, some));
      given.progress?.(start + some.length);
      await turn();
    }
    await (given.servers ? this.expectServers(room, given.servers) : this.#writeServers(room, entries));
  }

  /** Servers that are in a room of whose people most are not known. */
  async expectServers(room: Room, named: readonly ServerName[]): Promise<void> {
    const { db, names, servers, serverName } = this.deps;
    const others = named.filter((server) => server !== serverName);
    for (let start = 0; start < others.length; start += AT_ONCE) {
      await db.write(async (tx) => {
        const position = tx.position();
        for (const server of others.slice(start, start + AT_ONCE)) {
          await servers.expect(tx, room.nid, await names.intern(tx, server), position);
        }
      });
      await turn();
    }
  }

  /** Counts the people of what was written, as part of the transaction that opens the room. */
  async finish(tx: Transaction, head: RoomHead): Promise<void> {
    const { memberships, rooms } = this.deps;
    const { joined, invited } = await memberships.count(tx, head.room.nid);
    await rooms.setCounts(tx, head.room.nid, joined, invited);
    head.hasOtherServers = undefined;
  }

  async #entries(room: Room, stateIds: readonly EventId[], state: readonly CheckedEvent[]): Promise<Entry[]> {
    const { db, states, events, names } = this.deps;
    const byId = new Map(state.map((checked) => [checked.event.eventId, checked]));
    const nids = await states.entriesOf(db, room, stateIds);
    const types = await names.typesOf(db, [...nids.keys()]);
    const ids = await events.idsOf(db, [...nids.values()]);
    return [...nids].flatMap(([stateNid, eventNid]) => {
      const checked = byId.get(ids.get(eventNid) ?? '$');
      const typeNid = types.get(stateNid);
      return checked && typeNid !== undefined ? [{ stateNid, typeNid, eventNid, checked }] : [];
    });
  }

  async #writeSome(tx: Transaction, room: Room, entries: readonly Entry[]): Promise<void> {
    const { current, memberships, names } = this.deps;
    await current.putMany(tx, room.nid, entries);
    const position = tx.position();
    const remote: { userNid: number; membership: Membership }[] = [];
    for (const { checked, eventNid } of entries) {
      const { event } = checked;
      if (event.type !== 'm.room.member' || event.stateKey === undefined) continue;
      if (domainOf(event.stateKey) === this.deps.serverName) await this.#writeLocal(tx, room, checked, eventNid);
      else
        remote.push({
          userNid: await names.intern(tx, event.stateKey),
          membership: memberOf(checked, eventNid, position),
        });
    }
    await memberships.putMany(tx, room.nid, remote);
  }

  /** People here hear of it when something changes for them. */
  async #writeLocal(tx: Transaction, room: Room, { event }: CheckedEvent, eventNid: number): Promise<void> {
    const { heads, events, changeState } = this.deps;
    const stored = await events.byNid(tx, eventNid);
    if (!stored) return;
    const head = await heads.open(tx, room);
    const step = { position: tx.position(), event: stored, eventNid };
    await changeState.member(tx, head, event.stateKey as UserId, step);
  }

  async #writeServers(room: Room, entries: readonly Entry[]): Promise<void> {
    const { db, names, servers, serverName } = this.deps;
    const people = new Map<ServerName, number>();
    for (const { checked } of entries) {
      const { type, stateKey, content } = checked.event;
      if (type !== 'm.room.member' || stateKey === undefined || membershipIn(content) !== 'join') continue;
      const server = domainOf(stateKey);
      if (server !== serverName) people.set(server, (people.get(server) ?? 0) + 1);
    }
    const all = [...people];
    for (let start = 0; start < all.length; start += AT_ONCE) {
      await db.write(async (tx) => {
        const position = tx.position();
        for (const [server, count] of all.slice(start, start + AT_ONCE)) {
          await servers.join(tx, room.nid, await names.intern(tx, server), position, count);
        }
      });
      await turn();
    }
  }
}

function memberOf({ event }: CheckedEvent, eventNid: number, position: number): Membership {
  return {
    roomId: event.roomId,
    userId: event.stateKey as UserId,
    membership: membershipIn(event.content) ?? 'leave',
    eventNid,
    position,
    since: position,
    isLocal: false,
    isForgotten: false,
    displayName: stringAt(event.content, 'displayname'),
    avatarUrl: stringAt(event.content, 'avatar_url'),
  };
}
