import { stringAt } from '../../base/json.js';
import { turn } from '../../base/yield.js';
import type { UserId } from '../../spec/ids.js';
import { domainOf, membershipIn } from '../../spec/state-view.js';
import type { Position, Transaction } from '../../storage/database.js';
import { userTopic } from '../../storage/news.js';
import type { CurrentStateStore } from './current-state.store.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { Membership, MembershipState, MembershipStore } from './membership.store.js';
import type { NameStore } from './names.store.js';
import type { RoomHead, RoomHeads } from './room-heads.js';
import type { RoomServerStore } from './room-servers.store.js';
import type { RoomStore } from './rooms.store.js';
import type { StateStore } from './state.store.js';
import type { StrippedStateStore } from './stripped-state.store.js';
import { MEMBERSHIPS_TOPIC } from './topics.js';

/** An entry of the current state that changes; without an event it goes away. */
export interface EntryChange {
  readonly typeNid: number;
  readonly stateNid: number;
  readonly position: Position;
  readonly event: StoredEvent | undefined;
  readonly previous: StoredEvent | undefined;
}

/** Entries changed without a turn of the event loop. */
const AT_ONCE = 100;

/** Writes changes of a room's current state, and what follows from them: memberships, counts, the servers in it. */
export class ChangeState {
  constructor(
    private readonly deps: {
      readonly serverName: string;
      readonly names: NameStore;
      readonly rooms: RoomStore;
      readonly events: EventStore;
      readonly heads: RoomHeads;
      readonly state: StateStore;
      readonly current: CurrentStateStore;
      readonly memberships: MembershipStore;
      readonly servers: RoomServerStore;
      readonly stripped: StrippedStateStore;
    },
  ) {}

  /**
   * The room's state is from now on that of `snapshot`: changes all entries that differ.
   *
   * @param cause the event that brings it about: where it enters the state itself, its place is the change's
   */
  async to(
    tx: Transaction,
    head: RoomHead,
    snapshot: number | undefined,
    cause: StoredEvent | undefined,
  ): Promise<void> {
    if (snapshot === undefined || snapshot === head.snapshot) return;
    const { state, rooms } = this.deps;
    const differences = await state.difference(tx, [head.snapshot, snapshot]);
    head.snapshot = snapshot;
    head.entries.clear();
    await rooms.setSnapshot(tx, head.room.nid, snapshot);
    const changes = await this.#changes(tx, differences, cause);
    for (const [index, change] of changes.entries()) {
      if (index % AT_ONCE === AT_ONCE - 1) await turn();
      await this.entry(tx, head, change);
    }
  }

  /** Changes one entry. */
  async entry(tx: Transaction, head: RoomHead, change: EntryChange): Promise<void> {
    const { typeNid, stateNid, position, event, previous } = change;
    const row = { position, typeNid, stateNid, eventNid: event?.nid ?? 0, previousNid: previous?.nid ?? 0 };
    await this.deps.current.put(tx, head.room.nid, row);
    if ((event ?? previous)?.type === 'm.room.member') await this.#membership(tx, head, change);
  }

  async #changes(
    tx: Transaction,
    differences: ReadonlyMap<number, readonly number[]>,
    cause: StoredEvent | undefined,
  ): Promise<EntryChange[]> {
    const { events, names } = this.deps;
    const nids = [...new Set([...differences.values()].flat())].filter((nid) => nid !== 0 && nid !== cause?.nid);
    const found = new Map((await events.byNids(tx, nids)).map((event) => [event.nid, event]));
    if (cause) found.set(cause.nid, cause);
    const types = await names.typesOf(tx, [...differences.keys()]);
    return [...differences].flatMap(([stateNid, [before = 0, after = 0]]) => {
      const typeNid = types.get(stateNid);
      if (typeNid === undefined) return [];
      const position = (after === cause?.nid ? cause.ord : undefined) ?? tx.position();
      return { typeNid, stateNid, position, event: found.get(after), previous: found.get(before) };
    });
  }

  async #membership(tx: Transaction, head: RoomHead, { position, event, previous }: EntryChange): Promise<void> {
    const known = event ?? previous;
    if (!known) return;
    await this.member(tx, head, known.stateKey as UserId, { position, event, eventNid: known.nid });
  }

  /** What a user is in the room from now on. @param step.event undefined: nothing is said of them any more */
  async member(
    tx: Transaction,
    head: RoomHead,
    userId: UserId,
    step: { readonly position: Position; readonly event: StoredEvent | undefined; readonly eventNid: number },
  ): Promise<void> {
    const { memberships, names, rooms } = this.deps;
    const { position, event, eventNid } = step;
    const roomNid = head.room.nid;
    const userNid = await names.intern(tx, userId);
    const standing = await memberships.one(tx, roomNid, userId);
    const membership: MembershipState = (event && membershipIn(event.content)) ?? 'leave';
    const previous = standing?.membership ?? 'leave';
    const hasChanged = membership !== previous || !standing;
    const server = domainOf(userId);
    const isLocal = server === this.deps.serverName;
    const change = { position, roomId: head.room.roomId, userId, membership, eventNid };
    await memberships.put(tx, roomNid, userNid, {
      ...change,
      since: hasChanged ? position : standing.since,
      isLocal,
      isForgotten: false,
      displayName: stringAt(event?.content, 'displayname'),
      avatarUrl: stringAt(event?.content, 'avatar_url'),
    });
    if (!hasChanged) return;
    await memberships.addChange(tx, roomNid, userNid, { ...change, previous });
    const count = (kind: MembershipState) => Number(membership === kind) - Number(previous === kind);
    await rooms.addCounts(tx, roomNid, count('join'), count('invite'));
    if (!isLocal && count('join') !== 0) await this.#server(tx, head, server, count('join') > 0, position);
    if (isLocal && membership === 'join') await this.deps.stripped.remove(tx, roomNid, userNid);
    // Nobody here waits for what happens to people elsewhere alone, and there may be very many of them.
    tx.announce(MEMBERSHIPS_TOPIC, ...(isLocal ? [userTopic(userId)] : []));
  }

  async #server(tx: Transaction, head: RoomHead, server: string, joins: boolean, position: Position): Promise<void> {
    const { names, servers } = this.deps;
    const serverNid = await names.intern(tx, server);
    if (joins) await servers.join(tx, head.room.nid, serverNid, position);
    else await servers.leave(tx, head.room.nid, serverNid, position);
    head.hasOtherServers = undefined;
  }

  /** A redacted member event no longer says how somebody is called. */
  async forgetNames(tx: Transaction, event: StoredEvent): Promise<void> {
    const { memberships, names } = this.deps;
    const standing = await memberships.one(tx, event.room.nid, event.stateKey as UserId);
    if (standing?.eventNid !== event.nid) return;
    const userNid = await names.intern(tx, standing.userId);
    const nameless: Membership = { ...standing, displayName: undefined, avatarUrl: undefined };
    await memberships.put(tx, event.room.nid, userNid, nameless);
  }
}
