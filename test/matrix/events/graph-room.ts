import { Caches } from '../../../src-main/base/caches.js';
import { keyPairFromSeed, verify } from '../../../src-main/base/ed25519.js';
import { silentLogger } from '../../../src-main/base/logger.js';
import type { JsonObject, JsonValue } from '../../../src-main/base/json.js';
import {
  createEvents,
  type CheckedEvent,
  type Events,
  type StoredEvent,
} from '../../../src-main/matrix/events/index.js';
import type { SignatureCheck, SignatureVerdict } from '../../../src-main/matrix/servers/index.js';
import { fromBase64 } from '../../../src-main/base/base64.js';
import { authEventKeys } from '../../../src-main/spec/auth-events.js';
import { checkAuth } from '../../../src-main/spec/auth-rules/auth-rules.js';
import { type Pdu, type RoomEvent, roomEvent } from '../../../src-main/spec/event.js';
import { roomIdOfCreate } from '../../../src-main/spec/event-id.js';
import type { EventId, RoomId, RoomVersion, ServerName, UserId } from '../../../src-main/spec/ids.js';
import { type RoomVersionRules, roomVersionRules } from '../../../src-main/spec/room-version.js';
import { type PduDraft, sealPdu } from '../../../src-main/spec/seal-pdu.js';
import { signPdu, type SigningKey } from '../../../src-main/spec/signing.js';
import { resolveState } from '../../../src-main/spec/state-resolution/resolve.js';
import { domainOf, type StateMap, stateMapKey, viewOfState } from '../../../src-main/spec/state-view.js';
import type { Database } from '../../../src-main/storage/database.js';
import { FakeClock } from '../../support/fake-clock.js';

export const HERE: ServerName = 'hearth.test';
export const ME: UserId = '@me:hearth.test';

/** The key of any server, from its name. */
export function keyOf(server: ServerName): SigningKey {
  const seed = Buffer.alloc(32, server);
  return { keyId: 'ed25519:1', ...keyPairFromSeed(seed) };
}

/** Other servers' keys as `servers.keys` knows them. */
export const testKeys = {
  unreachable: new Set<ServerName>(),
  async verify(checks: readonly SignatureCheck[]): Promise<SignatureVerdict[]> {
    return checks.map(({ signer, signatures, text }) => {
      if (testKeys.unreachable.has(signer)) return { holds: false, why: 'missing-key' };
      const signature = fromBase64(signatures['ed25519:1'] ?? '');
      const holds = signature && verify(Buffer.from(text), signature, keyOf(signer).publicKey);
      return holds ? { holds: true } : { holds: false, why: 'wrong' };
    });
  },
};

/** The events of a database, as a server that others talk to. */
export const serverOn = (db: Database, serverName: ServerName = HERE): Events =>
  createEvents({
    db,
    config: { rooms: { retention: undefined } },
    author: { serverName, signingKey: keyOf(serverName) },
    keys: testKeys,
    clock: new FakeClock(),
    log: silentLogger,
    caches: new Caches(20_000_000),
  });

/** What somebody says in the room, and where. */
export interface Said {
  readonly sender: UserId;
  readonly type: string;
  readonly stateKey?: string;
  readonly content?: JsonObject;
  readonly redacts?: EventId;
  /** the events that it follows; the leaves, unless said */
  readonly prev?: readonly EventId[];
  /** its auth events, when they are not to be the right ones */
  readonly auth?: readonly EventId[];
  /** ms after the room's last event */
  readonly later?: number;
  readonly ts?: number;
  readonly depth?: number;
}

/** A room as a model knows it that has all events: who makes them, and what state follows from them. */
export class GraphRoom {
  readonly events = new Map<EventId, RoomEvent>();
  readonly checked = new Map<EventId, CheckedEvent>();
  readonly stateAfter = new Map<EventId, StateMap>();
  readonly stateBefore = new Map<EventId, StateMap>();
  readonly rules: RoomVersionRules;
  roomId: RoomId = '!graph:one.test';
  leaves: EventId[] = [];
  #ts = 1_700_000_000_000;

  constructor(
    version: RoomVersion,
    readonly creator: UserId = '@alice:one.test',
  ) {
    const rules = roomVersionRules(version);
    if (!rules) throw new Error(`no room version ${version}`);
    this.rules = rules;
    const content = { room_version: version, ...(rules.creatorInContent && { creator }) };
    const create = this.say({ sender: creator, type: 'm.room.create', stateKey: '', content });
    if (rules.roomIdIsCreateHash) this.roomId = roomIdOfCreate(create.eventId);
    this.member(creator, 'join');
    const users = rules.privilegedCreators ? {} : { [creator]: 100 };
    this.state('m.room.power_levels', '', { users, invite: 0 });
    this.state('m.room.join_rules', '', { join_rule: 'public' });
  }

  state(type: string, stateKey: string, content: JsonObject, more: Partial<Said> = {}): RoomEvent {
    return this.say({ sender: this.creator, type, stateKey, content, ...more });
  }

  member(userId: UserId, membership: string, more: Partial<Said> = {}): RoomEvent {
    return this.say({
      sender: userId,
      type: 'm.room.member',
      stateKey: userId,
      ...more,
      content: { membership, ...more.content },
    });
  }

  message(sender: UserId, body: string, more: Partial<Said> = {}): RoomEvent {
    return this.say({ sender, type: 'm.room.message', content: { msgtype: 'm.text', body }, ...more });
  }

  /** Makes an event and takes it into the model; whether it is allowed is not looked at. */
  say(said: Said): RoomEvent {
    const event = this.make(said);
    this.take(event);
    return event.event;
  }

  /** Makes an event and leaves the model as it is. */
  make(said: Said): CheckedEvent {
    const prev = said.prev ?? this.leaves;
    const before = this.resolved(prev.flatMap((id) => this.stateAfter.get(id) ?? []));
    const { sender, type, stateKey, content = {}, redacts } = said;
    const keys = authEventKeys({ type, sender, stateKey, content }, this.rules);
    const auth = said.auth ?? keys.flatMap((key) => before.get(stateMapKey(...key)) ?? []);
    this.#ts += said.later ?? 1_000;
    const reference = (id: EventId) => (this.rules.eventReferences === 'ids' ? id : ([id, {}] as const));
    const server = domainOf(sender);
    const isNamed = !(this.rules.roomIdIsCreateHash && type === 'm.room.create');
    const draft = {
      auth_events: auth.map(reference),
      prev_events: prev.map(reference),
      content: redacts !== undefined && this.rules.redactsInContent ? { ...content, redacts } : content,
      depth: said.depth ?? 1 + Math.max(0, ...prev.map((id) => this.events.get(id)?.depth ?? 0)),
      origin_server_ts: said.ts ?? this.#ts,
      sender,
      type,
      ...(isNamed && { room_id: this.roomId }),
      ...(stateKey !== undefined && { state_key: stateKey }),
      ...(redacts !== undefined && !this.rules.redactsInContent && { redacts }),
      ...(this.rules.eventIds === 'random' && { event_id: `$e${this.events.size}x${this.#ts}:${server}` }),
    } as unknown as PduDraft;
    const { pdu, eventId, text } = sealPdu(draft, this.rules, server, keyOf(server));
    return { event: roomEvent(pdu, this.rules, eventId, isNamed ? this.roomId : roomIdOfCreate(eventId)), text };
  }

  /** Takes an event that somebody made into the model. */
  take(checked: CheckedEvent): void {
    const { event } = checked;
    const { eventId, prevEvents, stateKey, type } = event;
    const before = this.resolved(prevEvents.flatMap((id) => this.stateAfter.get(id) ?? []));
    this.events.set(eventId, event);
    this.checked.set(eventId, checked);
    this.stateBefore.set(eventId, before);
    const after = new Map(before);
    if (stateKey !== undefined) after.set(stateMapKey(type, stateKey), eventId);
    this.stateAfter.set(eventId, after);
    this.leaves = [...this.leaves.filter((leaf) => !prevEvents.includes(leaf)), eventId];
  }

  /** Whether the state before an event, as the model has it, allows it. */
  allows({ event }: CheckedEvent): boolean {
    const before = this.resolved(event.prevEvents.flatMap((id) => this.stateAfter.get(id) ?? []));
    return checkAuth(
      event,
      viewOfState(before, (id) => this.events.get(id)),
    ).allowed;
  }

  resolved(sets: readonly StateMap[]): StateMap {
    return resolveState(this.rules, sets, { event: (id) => this.events.get(id) });
  }

  /** The state of the room with these leaves, sorted. */
  stateOf(leaves: readonly EventId[] = this.leaves): EventId[] {
    return [...this.resolved(leaves.flatMap((id) => this.stateAfter.get(id) ?? [])).values()].sort();
  }

  of(eventId: EventId): CheckedEvent {
    const checked = this.checked.get(eventId);
    if (!checked) throw new Error(`no event ${eventId}`);
    return checked;
  }

  /** The auth chains of some events. */
  authChain(ids: Iterable<EventId>): EventId[] {
    const seen = new Set<EventId>();
    const open = [...ids].flatMap((id) => this.#authEvents(id));
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.size === seen.add(id).size) continue;
      open.push(...this.#authEvents(id));
    }
    return [...seen];
  }

  #authEvents(id: EventId): EventId[] {
    const event = this.events.get(id);
    if (!event) return [];
    const create = this.rules.roomIdIsCreateHash && event.type !== 'm.room.create';
    return [...event.authEvents, ...(create ? [`$${this.roomId.slice(1)}` as EventId] : [])];
  }

  /** Lets somebody of a server join by this model, as `/send_join` would. */
  async open(events: Events, userId: UserId = ME, more: Partial<Said> = {}) {
    const join = this.member(userId, 'join', more);
    const state = [...(this.stateBefore.get(join.eventId) ?? new Map<string, EventId>()).values()];
    return events.intake.openRoom({
      roomId: this.roomId,
      rules: this.rules,
      event: this.of(join.eventId),
      state: state.map((id) => this.of(id)),
      authChain: this.authChain([...state, join.eventId]).map((id) => this.of(id)),
    });
  }

  /** Gives an event to a server as `/send` would. */
  send(events: Events, event: RoomEvent | EventId, stateBefore?: readonly EventId[]) {
    const checked = this.of(typeof event === 'string' ? event : event.eventId);
    return events.intake.append(checked, {
      origin: domainOf(checked.event.sender),
      ...(stateBefore && { stateBefore }),
    });
  }
}

/** What a server takes for the state of a room, sorted. */
export async function stateOn(events: Events, roomId: RoomId): Promise<EventId[]> {
  const state = await events.reader.allState(roomId, { withMembers: true });
  return state.map(({ eventId }) => eventId).sort();
}

/** All of a room's timeline, the oldest first. */
export async function timelineOn(events: Events, roomId: RoomId): Promise<StoredEvent[]> {
  const room = await events.reader.knownRoom(roomId);
  const range = { after: -Number.MAX_SAFE_INTEGER, upTo: Number.MAX_SAFE_INTEGER };
  return [...(await events.timeline.after(room, range, 10_000)).events];
}

/** The same event with a change that its hash, or its signature, does not cover. */
export const changed = ({ event }: CheckedEvent, changes: JsonObject): JsonValue => ({ ...event.pdu, ...changes });

/** The event with the signature of one server more. */
export const alsoSignedBy = ({ event }: CheckedEvent, server: ServerName): Pdu =>
  signPdu(event.pdu, event.rules, server, keyOf(server));
