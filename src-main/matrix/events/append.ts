import type { Clock } from '../../base/clock.js';
import { NotCanonicalError } from '../../spec/canonical-json.js';
import { checkAuth } from '../../spec/auth-rules/auth-rules.js';
import { badJson, forbidden, invalidParam, notFound, tooLarge } from '../../spec/errors.js';
import type { RoomEvent, StateKey } from '../../spec/event.js';
import { checkEventLimits } from '../../spec/event-limits.js';
import type { DeviceId, RoomId } from '../../spec/ids.js';
import { isPolicyChoice, POLICY_KEYS } from '../../spec/policy-server.js';
import type { RoomVersionRules } from '../../spec/room-version.js';
import type { StateView } from '../../spec/state-view.js';
import type { Transaction } from '../../storage/database.js';
import { type Author, type BuiltEvent, buildEvent, type EventContent, type GraphPlace } from './build-event.js';
import { checkNewEvent } from './check-new-event.js';
import type { DraftPlace, DraftPlaces } from './draft-place.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { NameStore } from './names.store.js';
import type { PersistEvent } from './persist.js';
import { mayRedact } from './redact-event.js';
import type { RoomHead, RoomHeads } from './room-heads.js';
import type { RoomStore } from './rooms.store.js';
import { isSameContent } from './same-content.js';
import type { StateResolver } from './state-resolver.js';
import type { StatesAfter } from './states-after.js';

/** An event that a local user (or this server for them) adds to a room. */
export interface EventDraft extends EventContent {
  readonly roomId: RoomId;
  /** makes sending idempotent: the same device, transaction id, room and type is the same event */
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

/** An event that may be added. */
interface Made {
  readonly head: RoomHead;
  readonly place: DraftPlace;
  readonly built: BuiltEvent;
  readonly transaction: EventDraft['transaction'];
}

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
      readonly places: DraftPlaces;
      readonly states: StatesAfter;
      readonly resolver: StateResolver;
      readonly author: Author;
      readonly clock: Clock;
    },
  ) {}

  /** Makes a room: stores it with its create event. */
  async create(tx: Transaction, draft: CreateDraft): Promise<StoredEvent> {
    const { rules, roomId, sender, content } = draft;
    const said = { sender, type: CREATE_KEY[0], stateKey: '', content };
    const place = { roomId, prevEvents: [], authEvents: [], depth: 1, originServerTs: this.deps.clock.now() };
    let built = this.#build(said, place, rules);
    // Where the id is a hash, rooms made alike within a millisecond would be the same.
    while (roomId === undefined && (await this.deps.rooms.byId(tx, built.event.roomId))) {
      place.originServerTs += 1;
      built = this.#build(said, place, rules);
    }
    authorize(built.event, { get: () => undefined });
    const room = await this.deps.rooms.insert(tx, built.event.roomId, rules, place.originServerTs);
    const head = await this.deps.heads.open(tx, room);
    return this.deps.persist.run(tx, head, built, {});
  }

  /**
   * Adds an event to a room. A state event that changes nothing, and one whose transaction was seen before, is not
   * added again: the event that stands is returned.
   *
   * @param check what else must hold, asked for events that are really added
   * @throws MatrixError M_FORBIDDEN when the auth rules refuse it, and for an unknown room, so that strangers cannot tell
   *   the two; M_TOO_LARGE; M_BAD_JSON for a content that is wrong or not canonical JSON; M_NOT_FOUND and M_INVALID_PARAM
   *   for redactions of what is not in the room
   */
  async append(tx: Transaction, draft: EventDraft, check?: () => Promise<void>): Promise<StoredEvent> {
    const made = await this.#make(tx, draft, check);
    return 'event' in made ? made.event : this.#persist(tx, made);
  }

  /**
   * As `append` does; in rooms whose state names a policy server only prepares the event, which needs no network.
   *
   * @returns the event that stands, or the one that is to be shown to the policy server first
   */
  async appendUnlessPoliced(
    tx: Transaction,
    draft: EventDraft,
    check?: () => Promise<void>,
  ): Promise<{ readonly event: StoredEvent } | { readonly built: BuiltEvent }> {
    const made = await this.#make(tx, draft, check);
    if ('event' in made) return made;
    if (!isPolicyChoice(draft) && (await this.#namesPolicy(tx, made.head))) return { built: made.built };
    return { event: await this.#persist(tx, made) };
  }

  /** The event that `append` would add, or the one that stands instead; throws as it does. */
  async prepare(
    tx: Transaction,
    draft: EventDraft,
    check?: () => Promise<void>,
  ): Promise<{ readonly event: StoredEvent } | { readonly built: BuiltEvent }> {
    return this.#make(tx, draft, check);
  }

  async #make(tx: Transaction, draft: EventDraft, check?: () => Promise<void>): Promise<Made | { event: StoredEvent }> {
    const room = await this.deps.rooms.byId(tx, draft.roomId);
    if (!room) throw forbidden('you are not in this room');
    if (draft.type === CREATE_KEY[0]) throw forbidden('a room is created once');
    const head = await this.deps.heads.open(tx, room);
    const standing = (await this.#sentBefore(tx, head, draft)) ?? (await this.#sameState(tx, head, draft));
    if (standing) return { event: standing };
    await check?.();
    checkNewEvent(draft, this.deps.author.serverName);
    const place = await this.deps.places.find(tx, head, draft);
    const built = this.#complete(head, draft, place);
    authorize(built.event, place.state);
    if (built.event.redacts !== undefined) await this.#checkRedaction(tx, head, built.event);
    return { head, place, built, transaction: draft.transaction };
  }

  #persist(tx: Transaction, { head, place, built, transaction }: Made): Promise<StoredEvent> {
    if (!place.followsAll) return this.#appendToSome(tx, head, built, place, transaction);
    return this.deps.persist.run(tx, head, built, { transaction });
  }

  async #namesPolicy(tx: Transaction, head: RoomHead): Promise<boolean> {
    for (const key of POLICY_KEYS) if (await this.deps.heads.entry(tx, head, key)) return true;
    return false;
  }

  #complete(head: RoomHead, draft: EventDraft, place: DraftPlace): BuiltEvent {
    const { rules, roomId } = head.room;
    const originServerTs = draft.originServerTs ?? this.deps.clock.now();
    return this.#build(draft, { ...place, roomId, originServerTs }, rules);
  }

  /** With more leaves than an event may name, the state before it is not that of the room. */
  async #appendToSome(
    tx: Transaction,
    head: RoomHead,
    built: BuiltEvent,
    place: DraftPlace,
    transaction: EventDraft['transaction'],
  ): Promise<StoredEvent> {
    const { persist, states, resolver, events } = this.deps;
    const { before, prevEvents } = place;
    const isState = built.event.stateKey !== undefined;
    const standing = isState ? await persist.aside(tx, head.room, built, { status: 'accepted' }) : undefined;
    const after = standing ? await states.over(tx, before, standing) : before;
    const followed = prevEvents.map(({ nid }) => nid);
    const others = head.extremities.filter(({ nid }) => !followed.includes(nid)).map(({ nid }) => nid);
    const beside = await states.of(await events.byNids(tx, others), tx);
    const current = await resolver.resolve(head.room, [after, ...beside], tx);
    return persist.fork(tx, head, built, { before, after, followed, current }, { standing, transaction });
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
    const typeNid = await this.deps.names.find(tx, draft.type);
    if (senderNid === undefined || typeNid === undefined) return undefined;
    const place = { senderNid, typeNid, roomNid: head.room.nid };
    const nid = await this.deps.events.byTransaction(tx, place, draft.transaction);
    return nid === undefined ? undefined : this.deps.events.byNid(tx, nid);
  }

  async #sameState(tx: Transaction, head: RoomHead, draft: EventDraft): Promise<StoredEvent | undefined> {
    if (draft.stateKey === undefined) return undefined;
    const standing = await this.deps.heads.entry(tx, head, [draft.type, draft.stateKey]);
    if (!standing || standing.sender !== draft.sender) return undefined;
    return isSameContent(standing.content, draft.content) ? standing : undefined;
  }

  /** Whoever may not redact what others sent must name an event of their own. */
  async #checkRedaction(tx: Transaction, head: RoomHead, event: RoomEvent): Promise<void> {
    const target = event.redacts && (await this.deps.events.byId(tx, event.redacts));
    if (target) {
      if (target.room.nid !== head.room.nid) throw invalidParam('the event to redact is in another room');
      if (NEVER_REDACTED.has(target.type)) throw forbidden(`an event of type ${target.type} cannot be redacted`);
    }
    const state = await this.deps.heads.view(tx, head, [CREATE_KEY, ['m.room.power_levels', '']]);
    if (mayRedact(event.sender, state)) return;
    if (!target) throw notFound('there is no such event in this room');
    if (target.sender !== event.sender) throw forbidden('you may only redact events that you sent');
  }
}

/** Without them a room would be lost, or open to those whom it shut out. */
const NEVER_REDACTED: ReadonlySet<string> = new Set(['m.room.create', 'm.room.server_acl']);

function authorize(event: RoomEvent, state: StateView): void {
  const verdict = checkAuth(event, state);
  if (!verdict.allowed) throw forbidden(verdict.why);
}
