import type { JsonObject } from '../../src-main/base/json.js';
import { authEventKeys } from '../../src-main/spec/auth-events.js';
import { type Pdu, type RoomEvent, roomEvent } from '../../src-main/spec/event.js';
import { eventIdOf, roomIdOfCreate } from '../../src-main/spec/event-id.js';
import type { EventId, RoomId, UserId } from '../../src-main/spec/ids.js';
import { type RoomVersionRules, roomVersionRules } from '../../src-main/spec/room-version.js';
import { domainOf, type StateMap, type StateView, stateMapKey, viewOfEvents } from '../../src-main/spec/state-view.js';

export const alice = '@alice:one.test';
export const bob = '@bob:one.test';
export const carol = '@carol:two.test';
export const dave = '@dave:two.test';

export function rulesOf(version: string): RoomVersionRules {
  const rules = roomVersionRules(version);
  if (!rules) throw new Error(`no room version ${version}`);
  return rules;
}

/** What a test says of an event; all else follows from the room. */
export interface Draft {
  readonly type: string;
  readonly sender: string;
  readonly stateKey?: string;
  readonly content?: JsonObject;
  readonly prevEvents?: readonly EventId[];
  readonly authEvents?: readonly EventId[];
  /** ms since the epoch; by default one more than that of the event made before */
  readonly ts?: number;
  readonly depth?: number;
  /** top-level, for redactions before room version 11 */
  readonly redacts?: string;
  /** in room versions 1 and 2 */
  readonly eventId?: string;
  /** the servers that signed; by default that of the sender */
  readonly signedBy?: readonly string[];
  /** by default that of the room; null for none at all */
  readonly roomId?: string | null;
}

/**
 * A room of some version for pure tests: makes events with the ids, prev events and auth events that a server would give
 * them. Signatures are there, but are not real.
 */
export class TestRoom {
  readonly rules: RoomVersionRules;
  readonly events = new Map<EventId, RoomEvent>();
  readonly rejected = new Set<EventId>();
  private state = new Map<string, RoomEvent>();
  private latest: EventId[] = [];
  private made = 0;
  private id: RoomId = '!room:one.test';

  constructor(version = '12') {
    this.rules = rulesOf(version);
  }

  /** A room that `creator` made and joined, with these levels (if any) and join rule (if any). */
  static of(version: string, given: { levels?: JsonObject; joinRule?: string; create?: JsonObject } = {}): TestRoom {
    const room = new TestRoom(version);
    room.create(given.create);
    room.member(alice, 'join');
    if (given.levels) room.levels(given.levels);
    if (given.joinRule)
      room.add({ type: 'm.room.join_rules', sender: alice, stateKey: '', content: { join_rule: given.joinRule } });
    return room;
  }

  get view(): StateView {
    return viewOfEvents(this.state.values());
  }

  get stateMap(): StateMap {
    return new Map([...this.state].map(([key, event]) => [key, event.eventId]));
  }

  readonly event = (id: EventId): RoomEvent | undefined => this.events.get(id);
  readonly isRejected = (id: EventId): boolean => this.rejected.has(id);

  /** An event that goes into no state. */
  make(draft: Draft): RoomEvent {
    this.made += 1;
    const pdu = this.pduOf(draft);
    const eventId = eventIdOf(pdu, this.rules);
    const roomId = pdu.room_id ?? roomIdOfCreate(eventId);
    const event = roomEvent(pdu, this.rules, eventId, roomId);
    this.events.set(eventId, event);
    return event;
  }

  /** Makes an event and puts it into the state, allowed or not. */
  add(draft: Draft): RoomEvent {
    const event = this.make(draft);
    if (event.type === 'm.room.create') this.id = event.roomId;
    if (event.stateKey !== undefined) this.state.set(stateMapKey(event.type, event.stateKey), event);
    this.latest = [event.eventId];
    return event;
  }

  create(content: JsonObject = {}, sender = alice): RoomEvent {
    const creator = this.rules.creatorInContent ? { creator: sender } : {};
    const whole = { ...creator, room_version: this.rules.version, ...content };
    return this.add({ type: 'm.room.create', sender, stateKey: '', content: whole });
  }

  member(user: string, membership: string, sender = user, content: JsonObject = {}): RoomEvent {
    return this.add({ type: 'm.room.member', sender, stateKey: user, content: { membership, ...content } });
  }

  levels(content: JsonObject, sender = alice): RoomEvent {
    return this.add({ type: 'm.room.power_levels', sender, stateKey: '', content });
  }

  /** The room as it is now, to go another way from here. Both ways know the events of each other. */
  fork(): TestRoom {
    const other: TestRoom = Object.assign(new TestRoom(this.rules.version), {
      events: this.events,
      rejected: this.rejected,
      state: new Map(this.state),
      latest: [...this.latest],
      made: this.made,
      id: this.id,
    });
    return Object.assign(other, { event: this.event, isRejected: this.isRejected });
  }

  /** Counts on from here, so that events of two forks differ. */
  skipTo(made: number): void {
    this.made = made;
  }

  private pduOf(draft: Draft): Pdu {
    const { type, sender, stateKey, content = {} } = draft;
    const signers = draft.signedBy ?? [domainOf(sender)];
    const roomId = draft.roomId === undefined ? this.roomIdFor(type) : (draft.roomId ?? undefined);
    const pdu = {
      type,
      sender,
      content,
      ...(stateKey === undefined ? {} : { state_key: stateKey }),
      ...(roomId === undefined ? {} : { room_id: roomId }),
      ...(draft.redacts === undefined ? {} : { redacts: draft.redacts }),
      ...(this.rules.eventIds === 'random' ? { event_id: draft.eventId ?? `$${this.made}:${domainOf(sender)}` } : {}),
      origin_server_ts: draft.ts ?? this.made,
      depth: draft.depth ?? this.made,
      prev_events: this.references(draft.prevEvents ?? this.latest),
      auth_events: this.references(draft.authEvents ?? this.authEventsFor(draft)),
      hashes: { sha256: `hash${this.made}` },
      signatures: Object.fromEntries(signers.map((server) => [server, { 'ed25519:1': 'signature' }])),
    };
    return pdu as unknown as Pdu;
  }

  private roomIdFor(type: string): string | undefined {
    return this.rules.roomIdIsCreateHash && type === 'm.room.create' ? undefined : this.id;
  }

  private authEventsFor({ type, sender, stateKey, content = {} }: Draft): EventId[] {
    return authEventKeys({ type, sender: sender as UserId, stateKey, content }, this.rules)
      .map(([type, stateKey]) => this.state.get(stateMapKey(type, stateKey))?.eventId)
      .filter((id) => id !== undefined);
  }

  private references(ids: readonly EventId[]): Pdu['prev_events'] {
    return this.rules.eventReferences === 'ids' ? ids : ids.map((id) => [id, { sha256: 'hash' }] as const);
  }
}
