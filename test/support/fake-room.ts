import type { JsonObject, JsonValue } from '../../src-main/base/json.js';
import { randomLetters } from '../../src-main/base/random.js';
import { authEventKeys } from '../../src-main/spec/auth-events.js';
import { type Pdu, type RoomEvent, roomEvent } from '../../src-main/spec/event.js';
import { eventIdOf, roomIdOfCreate } from '../../src-main/spec/event-id.js';
import type { EventId, RoomId, UserId } from '../../src-main/spec/ids.js';
import type { RoomVersionRules } from '../../src-main/spec/room-version.js';
import { type PduDraft, type SealedPdu, sealPdu } from '../../src-main/spec/seal-pdu.js';
import { stateMapKey } from '../../src-main/spec/state-view.js';
import type { FakeServer } from './fake-server.js';
import { rulesOf } from './rooms.js';

/** What a test says of an event; all else follows from the room. */
export interface FakeDraft {
  /** what its origin says; now unless said */
  readonly sentAt?: number;
  readonly type: string;
  readonly sender?: UserId;
  readonly stateKey?: string;
  readonly content?: JsonObject;
  readonly prevEvents?: readonly EventId[];
  readonly authEvents?: readonly EventId[];
}

const V1 = '/_matrix/federation/v1';
const segment = encodeURIComponent;

/** A room that a hand-played server keeps, with real hashes and signatures. */
export class FakeRoom {
  readonly rules: RoomVersionRules;
  /** in the order in which they came */
  readonly events: RoomEvent[] = [];
  readonly state = new Map<string, RoomEvent>();
  latest: EventId[] = [];
  roomId: RoomId;
  readonly creator: UserId;
  #depth = 0;

  /** A room that its creator made and joined. */
  constructor(
    readonly server: FakeServer,
    version: string,
    given: { readonly joinRule?: string; readonly levels?: JsonObject; readonly create?: JsonObject } = {},
  ) {
    this.rules = rulesOf(version);
    this.creator = `@creator:${server.name}`;
    this.roomId = `!${randomLetters(12)}:${server.name}`;
    const named = this.rules.creatorInContent ? { creator: this.creator } : {};
    this.add({
      type: 'm.room.create',
      stateKey: '',
      content: { room_version: version, ...named, salt: randomLetters(8), ...given.create },
    });
    this.add({ type: 'm.room.member', stateKey: this.creator, content: { membership: 'join' } });
    const users = this.rules.privilegedCreators ? {} : { [this.creator]: 100 };
    this.add({ type: 'm.room.power_levels', stateKey: '', content: { users, ...given.levels } });
    this.add({ type: 'm.room.join_rules', stateKey: '', content: { join_rule: given.joinRule ?? 'public' } });
  }

  /** An event of somebody on the hand-played server, which changes nothing yet. */
  make(draft: FakeDraft): SealedPdu {
    const { type, stateKey, content = {}, sender = this.creator } = draft;
    const isCreate = type === 'm.room.create';
    const references = (ids: readonly EventId[]) =>
      this.rules.eventReferences === 'ids' ? ids : ids.map((id) => [id, {}] as const);
    const pdu: JsonObject = {
      type,
      sender,
      content,
      ...(stateKey !== undefined && { state_key: stateKey }),
      ...(!(isCreate && this.rules.roomIdIsCreateHash) && { room_id: this.roomId }),
      ...(this.rules.eventIds === 'random' && { event_id: `$${randomLetters(20)}:${this.server.name}` }),
      origin_server_ts: draft.sentAt ?? Date.now(),
      depth: this.#depth + 1,
      prev_events: references(draft.prevEvents ?? this.latest),
      auth_events: references(draft.authEvents ?? this.authEventsOf(draft)),
    };
    return sealPdu(pdu as unknown as PduDraft, this.rules, this.server.name, this.server.key);
  }

  /** Makes an event and puts it at the end of the room. */
  add(draft: FakeDraft): RoomEvent {
    return this.take(this.make(draft).pdu);
  }

  /** Puts an event of anybody at the end of the room. */
  take(pdu: Pdu): RoomEvent {
    const eventId = eventIdOf(pdu, this.rules);
    if (pdu.type === 'm.room.create' && this.rules.roomIdIsCreateHash) this.roomId = roomIdOfCreate(eventId);
    const event = roomEvent(pdu, this.rules, eventId, this.roomId);
    this.events.push(event);
    if (event.stateKey !== undefined) this.state.set(stateMapKey(event.type, event.stateKey), event);
    this.latest = [eventId];
    this.#depth = Math.max(this.#depth, event.depth);
    return event;
  }

  /** The id of an event of a room of this version. */
  idOf(pdu: JsonObject): EventId {
    return eventIdOf(pdu, this.rules);
  }

  /** The state as other servers are sent it. */
  get statePdus(): Pdu[] {
    return [...this.state.values()].map(({ pdu }) => pdu);
  }

  authEventsOf({ type, stateKey, content = {}, sender = this.creator }: FakeDraft): EventId[] {
    return authEventKeys({ type, sender, stateKey, content }, this.rules).flatMap(
      (key) => this.state.get(stateMapKey(...key))?.eventId ?? [],
    );
  }

  /** What `/make_join` and its like answer. */
  template(userId: UserId, membership: string, content: JsonObject = {}): JsonObject {
    const draft = { type: 'm.room.member', sender: userId, stateKey: userId, content: { membership, ...content } };
    const { hashes: _hashes, signatures: _signatures, event_id: _eventId, ...event } = this.make(draft).pdu;
    return { room_version: this.rules.version, event: { ...event, origin: this.server.name } };
  }

  /** From now on lets everybody in who asks, and gives them the room. @param change of the answer to `/send_join` */
  letIn(change: (answer: JsonObject) => JsonValue = (answer) => answer): this {
    const room = segment(this.roomId);
    this.server.on('GET', new RegExp(`^${V1}/make_join/${escaped(room)}/`), ({ path }) => ({
      body: this.template(path[5] as UserId, 'join'),
    }));
    this.server.on('PUT', new RegExp(`^/_matrix/federation/v2/send_join/${escaped(room)}/`), ({ body }) => {
      const state = this.statePdus;
      const answer = { state, auth_chain: this.events.map(({ pdu }) => pdu), event: body, members_omitted: false };
      this.take(body as Pdu);
      return { body: change({ ...answer, origin: this.server.name }), isWrong: true };
    });
    return this;
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
