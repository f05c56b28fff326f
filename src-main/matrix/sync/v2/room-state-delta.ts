import { matchesRoomEventFilter } from '../../../spec/event-filter.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import { stateMapKey } from '../../../spec/state-view.js';
import type { RoomReader, StateStep, StoredEvent } from '../../events/index.js';
import type { LazyMembers } from '../lazy-members.js';
import { type SyncContext, sinceOf } from './context.js';
import type { TimelinePart } from './room-timeline.js';

export interface StateRequest {
  readonly roomId: RoomId;
  readonly timeline: TimelinePart;
  /** how far the viewer may look: up to now, or to where they left */
  readonly upTo: number;
  /** the client knows nothing of the room, or wants all of its state again */
  readonly isWhole: boolean;
}

const isMember = (event: StoredEvent): boolean => event.type === 'm.room.member';
const keyOf = (event: StoredEvent): string => stateMapKey(event.type, event.stateKey ?? '');

/**
 * The state that /sync says beside a timeline: what the client does not know yet, as of the timeline's start, or of its
 * end where the client asked for `state_after`.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync
 */
export class StateDeltas {
  constructor(private readonly deps: { readonly reader: RoomReader; readonly lazyMembers: LazyMembers }) {}

  async read(context: SyncContext, request: StateRequest): Promise<readonly StoredEvent[]> {
    // The timeline of a room that was left may go on with what happened to the viewer later.
    const at = context.stateKey === 'state' ? Math.min(request.timeline.start, request.upTo) : request.upTo;
    const { viewer } = context;
    const filter = context.filter.room?.state;
    const isLazy = filter?.lazy_load_members === true;
    const state = request.isWhole
      ? await this.#whole(request.roomId, { at, upTo: request.upTo }, !isLazy)
      : await this.#changed(request.roomId, { after: sinceOf(context), at, upTo: request.upTo });
    if (!isLazy) return state.filter((event) => matchesRoomEventFilter(event, filter));
    const acting = request.timeline.events.map((event) => event.sender);
    const members = await this.#members(context, request, state, request.isWhole ? [viewer.userId, ...acting] : acting);
    return [...state, ...members].filter((event) => matchesRoomEventFilter(event, filter));
  }

  /** Heroes without a face in `state`, for clients that load members lazily: the room is named after them. */
  async heroes(
    context: SyncContext,
    request: StateRequest,
    state: readonly StoredEvent[],
    heroes: readonly UserId[],
  ): Promise<StoredEvent[]> {
    const filter = context.filter.room?.state;
    if (filter?.lazy_load_members !== true) return [];
    const members = await this.#members(context, request, state, heroes);
    return members.filter((event) => matchesRoomEventFilter(event, filter));
  }

  /** The state at a place: that of now, with the steps since then taken back; after `upTo` also those of no timeline. */
  async #whole(
    roomId: RoomId,
    { at, upTo }: { readonly at: number; readonly upTo: number },
    withMembers: boolean,
  ): Promise<StoredEvent[]> {
    const { reader } = this.deps;
    const state = new Map<string, StoredEvent>();
    for (const event of await reader.allState(roomId, { withMembers })) state.set(keyOf(event), event);
    const steps = await reader.stateSteps(roomId, at, Number.MAX_SAFE_INTEGER);
    for (const step of steps.toReversed()) if (step.position > upTo || isInTimeline(step)) takeBack(state, step);
    return [...state.values()].filter((event) => withMembers || !isMember(event));
  }

  /** What changed up to a place, and what of it changed later without an event of the timeline, where forks met. */
  async #changed(
    roomId: RoomId,
    { after, at, upTo }: { readonly after: number; readonly at: number; readonly upTo: number },
  ): Promise<StoredEvent[]> {
    const { reader } = this.deps;
    // Alone a server has no forks: all that changes is in the timeline.
    if (at <= after && (await reader.serversIn(roomId)).length === 0) return [];
    const changed = new Map<string, StoredEvent>();
    for (const step of await reader.stateSteps(roomId, after, upTo)) {
      if (step.event && (step.position <= at || !isInTimeline(step))) changed.set(keyOf(step.event), step.event);
    }
    return [...changed.values()];
  }

  /** The member events of some that `state` lacks and the client does not know already. */
  async #members(
    context: SyncContext,
    request: StateRequest,
    state: readonly StoredEvent[],
    userIds: readonly UserId[],
  ): Promise<StoredEvent[]> {
    const { viewer, filter } = context;
    const wanted = new Set(userIds);
    for (const event of state) if (isMember(event)) wanted.delete(event.stateKey as UserId);
    if (wanted.size === 0) return [];
    // Whose member event the timeline itself brings needs no other, unless somebody acted before it.
    const now = await this.deps.reader.membersAmong(request.roomId, [...wanted]);
    for (const { userId } of now) wanted.delete(userId);
    const named = await this.deps.reader.membersNamedBy(request.roomId, wanted, request.timeline.events);
    const members = [...now.filter(({ position }) => position <= request.upTo), ...named];
    const withRedundant = filter.room?.state?.include_redundant_members === true || request.isWhole;
    const news = this.deps.lazyMembers.unknown(viewer, request.roomId, members, withRedundant);
    // Clients that ask for the state after the timeline read no state from the timeline.
    const shown = new Set(context.stateKey === 'state' ? request.timeline.events.map((event) => event.nid) : []);
    const nids = news.map((member) => member.eventNid).filter((nid) => !shown.has(nid));
    return this.deps.reader.eventsByNid(nids);
  }
}

/** Whether the timeline shows the step itself. */
const isInTimeline = ({ event, position }: StateStep): boolean => event?.ord === position;

function takeBack(state: Map<string, StoredEvent>, { event, previous }: StateStep): void {
  if (previous) state.set(keyOf(previous), previous);
  else if (event) state.delete(keyOf(event));
}
