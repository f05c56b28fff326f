import type { Clock } from '../../base/clock.js';
import { canonicalJson, NotCanonicalError } from '../../spec/canonical-json.js';
import { authEventKeys } from '../../spec/auth-events.js';
import { checkAuth } from '../../spec/auth-rules/auth-rules.js';
import { badJson, forbidden, notFound, tooLarge } from '../../spec/errors.js';
import type { RoomEvent, StateKey } from '../../spec/event.js';
import { checkEventLimits } from '../../spec/event-limits.js';
import type { DeviceId, RoomId } from '../../spec/ids.js';
import type { RoomVersionRules } from '../../spec/room-version.js';
import type { StateView } from '../../spec/state-view.js';
import type { Transaction } from '../../storage/database.js';
import { type Author, type BuiltEvent, buildEvent, type EventContent, type GraphPlace } from './build-event.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { NameStore } from './names.store.js';
import type { PersistEvent } from './persist.js';
import { mayRedact } from './redact-event.js';
import type { RoomHead, RoomHeads } from './room-heads.js';
import type { RoomStore } from './rooms.store.js';

/** An event that a local user (or this server for them) adds to a room. */
export interface EventDraft extends EventContent {
  readonly roomId: RoomId;
  /** makes sending idempotent: the same device and transaction id in the same room is the same event */
  readonly transaction?: { readonly deviceId: DeviceId; readonly txnId: string } | undefined;
  /** ms since the epoch; now, unless an application service says when */
  readonly originServerTs?: number | undefined;
}

/** The first event of a room. */
export interface CreateDraft {
  readonly sender: EventContent['sender'];
  readonly rules: RoomVersionRules;
  readonly content: EventContent['content'];
  /** the room's id in versions where it is not the hash of this event */
  readonly roomId: RoomId | undefined;
}

/** An event names at most so many of the room's leaves; the others wait for a later one. */
const MOST_PREV_EVENTS = 10;
const CREATE_KEY: StateKey = ['m.room.create', ''];

/**
 * The only way for a local event into a room. All of it happens inside the caller's transaction: who writes to a room
 * sees it as the writer before left it, so a check can not be overtaken.
 */
export class EventAppender {
  constructor(
    private readonly deps: {
      readonly rooms: RoomStore;
      readonly events: EventStore;
      readonly names: NameStore;
      readonly heads: RoomHeads;
      readonly persist: PersistEvent;
      readonly author: Author;
      readonly clock: Clock;
    },
  ) {}

  /** Makes a room: stores it with its create event. */
  async create(tx: Transaction, draft: CreateDraft): Promise<StoredEvent> {
    const { rules, roomId, sender, content } = draft;
    const said = { sender, type: 'm.room.create', stateKey: '', content };
    const place = { roomId, prevEvents: [], authEvents: [], depth: 1, originServerTs: this.deps.clock.now() };
    const built = this.#build(said, place, rules);
    authorize(built.event, { get: () => undefined });
    const room = await this.deps.rooms.insert(tx, built.event.roomId, rules, place.originServerTs);
    const head = await this.deps.heads.open(tx, room);
    return this.deps.persist.run(tx, head, built, undefined);
  }

  /**
   * Adds an event to a room. A state event that changes nothing, and one whose transaction was seen before, is not
   * added again: the event that stands is returned.
   *
   * @throws MatrixError M_NOT_FOUND for an unknown room; M_FORBIDDEN when the auth rules refuse it; M_TOO_LARGE;
   *   M_BAD_JSON when the content is not canonical JSON
   */
  async append(tx: Transaction, draft: EventDraft): Promise<StoredEvent> {
    const room = await this.deps.rooms.byId(tx, draft.roomId);
    if (!room) throw notFound('this server does not know that room');
    const head = await this.deps.heads.open(tx, room);
    const standing = (await this.#sentBefore(tx, head, draft)) ?? (await this.#sameState(tx, head, draft));
    if (standing) return standing;
    const { built, state } = await this.#prepare(tx, head, draft);
    authorize(built.event, state);
    if (built.event.redacts !== undefined) await this.#checkRedaction(tx, head, built.event);
    return this.deps.persist.run(tx, head, built, draft.transaction);
  }

  async #prepare(tx: Transaction, head: RoomHead, draft: EventDraft): Promise<{ built: BuiltEvent; state: StateView }> {
    const { rules, roomId } = head.room;
    const authKeys = authEventKeys(draftKeys(draft), rules);
    const state = await this.deps.heads.view(tx, head, [CREATE_KEY, ...authKeys]);
    const prevEvents = head.extremities.slice(0, MOST_PREV_EVENTS);
    const built = this.#build(
      draft,
      {
        roomId,
        prevEvents,
        authEvents: authKeys.flatMap((key) => state.get(...key) ?? []),
        depth: 1 + Math.max(0, ...head.extremities.map(({ depth }) => depth)),
        originServerTs: draft.originServerTs ?? this.deps.clock.now(),
      },
      rules,
    );
    return { built, state };
  }

  #build(said: EventContent, place: GraphPlace, rules: RoomVersionRules): BuiltEvent {
    try {
      const built = buildEvent(said, place, rules, this.deps.author);
      const verdict = checkEventLimits(built.event.pdu, rules, built.event, built.text);
      if (!verdict.within) throw verdict.limit === 'size' ? tooLarge(verdict.why) : badJson(verdict.why);
      return built;
    } catch (error) {
      if (error instanceof NotCanonicalError) throw badJson(error.message);
      throw error;
    }
  }

  async #sentBefore(tx: Transaction, head: RoomHead, draft: EventDraft): Promise<StoredEvent | undefined> {
    if (!draft.transaction) return undefined;
    const senderNid = await this.deps.names.find(tx, draft.sender);
    if (senderNid === undefined) return undefined;
    const { deviceId, txnId } = draft.transaction;
    const nid = await this.deps.events.byTransaction(tx, senderNid, deviceId, txnId, head.room.nid);
    return nid === undefined ? undefined : this.deps.events.byNid(tx, nid);
  }

  async #sameState(tx: Transaction, head: RoomHead, draft: EventDraft): Promise<StoredEvent | undefined> {
    if (draft.stateKey === undefined) return undefined;
    const standing = await this.deps.heads.entry(tx, head, [draft.type, draft.stateKey]);
    if (!standing || standing.sender !== draft.sender) return undefined;
    return sameJson(standing.content, draft.content) ? standing : undefined;
  }

  async #checkRedaction(tx: Transaction, head: RoomHead, event: RoomEvent): Promise<void> {
    const target = event.redacts && (await this.deps.events.byId(tx, event.redacts));
    if (!target || target.room.nid !== head.room.nid) return;
    const state = await this.deps.heads.view(tx, head, [CREATE_KEY, ['m.room.power_levels', '']]);
    if (target.sender !== event.sender && !mayRedact(event.sender, state)) {
      throw forbidden('you may only redact events that you sent');
    }
  }
}

const draftKeys = ({ type, sender, stateKey, content }: EventDraft) => ({ type, sender, stateKey, content });

function authorize(event: RoomEvent, state: StateView): void {
  const verdict = checkAuth(event, state);
  if (!verdict.allowed) throw forbidden(verdict.why);
}

function sameJson(a: EventContent['content'], b: EventContent['content']): boolean {
  try {
    return canonicalJson(a) === canonicalJson(b);
  } catch (error) {
    if (error instanceof NotCanonicalError) return false;
    throw error;
  }
}
