import { isObject, objectAt, stringAt } from '../../base/json.js';
import type { RoomEvent, StateKey } from '../../spec/event.js';
import type { EventId, ServerName, UserId } from '../../spec/ids.js';
import { domainOf, membershipIn } from '../../spec/state-view.js';
import type { Transaction } from '../../storage/database.js';
import { roomTopic, streamTopic, userTopic } from '../../storage/news.js';
import type { BuiltEvent } from './build-event.js';
import type { CurrentStateStore } from './current-state.store.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { MembershipState, MembershipStore } from './membership.store.js';
import type { NameStore } from './names.store.js';
import type { EventRedactor } from './redact-event.js';
import type { RelationStore } from './relations.store.js';
import type { RoomHead, RoomHeads } from './room-heads.js';
import type { RoomStore } from './rooms.store.js';
import type { StateStore } from './state.store.js';

/** The stream of all rooms' events; its positions are the events' places in their timelines. */
export const EVENTS_STREAM = 'events';
/** Announced with each change of who is in which room; with nothing else. */
export const MEMBERSHIPS_TOPIC = streamTopic('memberships');

/**
 * Writes an accepted event that follows the room's leaves, and all that must be true the moment it is visible: leaves,
 * current state, memberships, relations, redactions. A message writes the same few rows in a room of any size.
 */
export class PersistEvent {
  constructor(
    private readonly deps: {
      readonly serverName: ServerName;
      readonly names: NameStore;
      readonly rooms: RoomStore;
      readonly events: EventStore;
      readonly heads: RoomHeads;
      readonly state: StateStore;
      readonly current: CurrentStateStore;
      readonly memberships: MembershipStore;
      readonly relations: RelationStore;
      readonly redactor: EventRedactor;
    },
  ) {}

  async run(
    tx: Transaction,
    head: RoomHead,
    { event, text }: BuiltEvent,
    transaction: StoredEvent['transaction'],
  ): Promise<StoredEvent> {
    const { names, events, rooms } = this.deps;
    const { room } = head;
    const senderNid = await names.intern(tx, event.sender);
    const key = event.stateKey === undefined ? undefined : await names.internStateKey(tx, [event.type, event.stateKey]);
    const typeNid = key?.typeNid ?? (await names.intern(tx, event.type));
    const nid = tx.position();
    const place = { nid, ord: nid, typeNid, senderNid, stateNid: key?.stateNid, snapshot: head.snapshot, transaction };
    const stored = await events.insert(tx, event, room, place, text);

    const followed = head.extremities.filter(({ eventId }) => event.prevEvents.some((prev) => prev === eventId));
    await rooms.setExtremity(
      tx,
      room.nid,
      followed.map((leaf) => leaf.nid),
      nid,
    );
    head.extremities = [
      { nid, eventId: event.eventId, depth: event.depth },
      ...head.extremities.filter((leaf) => !followed.includes(leaf)),
    ];

    if (key && event.stateKey !== undefined) await this.#setState(tx, head, stored, key);
    await this.#relate(tx, stored, { typeNid, senderNid });
    if (event.redacts !== undefined) await this.#redact(tx, head, stored);
    tx.announce(roomTopic(room.roomId), streamTopic(EVENTS_STREAM));
    return stored;
  }

  async #setState(
    tx: Transaction,
    head: RoomHead,
    event: StoredEvent,
    { typeNid, stateNid }: { typeNid: number; stateNid: number },
  ): Promise<void> {
    const { heads, current, state, rooms } = this.deps;
    const key: StateKey = [event.type, event.stateKey ?? ''];
    const previous = await heads.entry(tx, head, key);
    const change = { position: event.nid, typeNid, stateNid, eventNid: event.nid, previousNid: previous?.nid ?? 0 };
    await current.put(tx, head.room.nid, change);
    head.snapshot = await state.insert(tx, head.snapshot, new Map([[stateNid, event.nid]]));
    await rooms.setSnapshot(tx, head.room.nid, head.snapshot);
    heads.remember(head, key, event.nid);
    if (event.type === 'm.room.member') await this.#setMembership(tx, head, event);
  }

  async #setMembership(tx: Transaction, head: RoomHead, event: StoredEvent): Promise<void> {
    const { memberships, names, rooms } = this.deps;
    const userId = event.stateKey as UserId;
    const userNid = await names.intern(tx, userId);
    const standing = await memberships.one(tx, head.room.nid, userId);
    const membership: MembershipState = membershipIn(event.content) ?? 'leave';
    const previous = standing?.membership ?? 'leave';
    const hasChanged = membership !== previous || !standing;
    const isLocal = domainOf(userId) === this.deps.serverName;
    const step = { position: event.nid, roomId: head.room.roomId, userId, membership, eventNid: event.nid };
    await memberships.put(tx, head.room.nid, userNid, {
      ...step,
      since: hasChanged ? event.nid : standing.since,
      isLocal,
      isForgotten: false,
      displayName: stringAt(event.content, 'displayname'),
      avatarUrl: stringAt(event.content, 'avatar_url'),
    });
    if (!hasChanged) return;
    await memberships.addChange(tx, head.room.nid, userNid, { ...step, previous });
    const count = (kind: MembershipState) => Number(membership === kind) - Number(previous === kind);
    await rooms.addCounts(tx, head.room.nid, count('join'), count('invite'));
    tx.announce(userTopic(userId), MEMBERSHIPS_TOPIC);
  }

  async #relate(tx: Transaction, event: StoredEvent, nids: { typeNid: number; senderNid: number }): Promise<void> {
    const relation = event.stateKey === undefined ? relationOf(event) : undefined;
    if (!relation) return;
    await this.deps.relations.insert(tx, { ...nids, ...relation, eventNid: event.nid, roomNid: event.room.nid });
  }

  async #redact(tx: Transaction, head: RoomHead, event: StoredEvent): Promise<void> {
    const { heads, redactor } = this.deps;
    const levels = await heads.view(tx, head, [
      ['m.room.create', ''],
      ['m.room.power_levels', ''],
    ]);
    const target = await redactor.apply(tx, event, levels);
    if (target?.type === 'm.room.member') await this.#forgetNames(tx, target);
  }

  /** A redacted member event no longer says how somebody is called. */
  async #forgetNames(tx: Transaction, event: StoredEvent): Promise<void> {
    const { memberships, names } = this.deps;
    const standing = await memberships.one(tx, event.room.nid, event.stateKey as UserId);
    if (standing?.eventNid !== event.nid) return;
    const userNid = await names.intern(tx, standing.userId);
    await memberships.put(tx, event.room.nid, userNid, { ...standing, displayName: undefined, avatarUrl: undefined });
  }
}

/** What an event says that it relates to; undefined when it says nothing that can be meant. */
export function relationOf(
  event: RoomEvent,
): { parentId: EventId; relType: string; key: string | undefined } | undefined {
  const relatesTo = objectAt(event.content, 'm.relates_to');
  const parentId = stringAt(relatesTo, 'event_id');
  const relType = stringAt(relatesTo, 'rel_type');
  if (!isObject(relatesTo) || parentId === undefined || relType === undefined) return undefined;
  if (parentId.length > 255 || relType.length > 255) return undefined;
  return { parentId: parentId as EventId, relType, key: stringAt(relatesTo, 'key') };
}
