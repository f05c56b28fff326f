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
  /** the end of the timeline: now, or where the viewer left */
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
    const at = context.stateKey === 'state' ? request.timeline.start : request.upTo;
    const filter = context.filter.room?.state;
    const isLazy = filter?.lazy_load_members === true;
    const state = request.isWhole
      ? await this.#whole(request.roomId, at, !isLazy)
      : await this.#changed(request.roomId, sinceOf(context), at);
    const members = isLazy ? await this.#lazyMembers(context, request, state) : [];
    return [...state, ...members].filter((event) => matchesRoomEventFilter(event, filter));
  }

  /** The state at a place: that of now, with the steps since then taken back. */
  async #whole(roomId: RoomId, at: number, withMembers: boolean): Promise<StoredEvent[]> {
    const { reader } = this.deps;
    const state = new Map<string, StoredEvent>();
    for (const event of await reader.allState(roomId, { withMembers })) state.set(keyOf(event), event);
    const steps = await reader.stateSteps(roomId, at, Number.MAX_SAFE_INTEGER);
    for (const step of steps.toReversed()) takeBack(state, step);
    return [...state.values()].filter((event) => withMembers || !isMember(event));
  }

  async #changed(roomId: RoomId, after: number, at: number): Promise<StoredEvent[]> {
    if (at <= after) return [];
    const changed = new Map<string, StoredEvent>();
    for (const { event } of await this.deps.reader.stateSteps(roomId, after, at)) {
      if (event) changed.set(keyOf(event), event);
    }
    return [...changed.values()];
  }

  /** Members whom the timeline shows, and the viewer where the whole state is said; without those known already. */
  async #lazyMembers(
    context: SyncContext,
    request: StateRequest,
    state: readonly StoredEvent[],
  ): Promise<StoredEvent[]> {
    const { viewer, filter } = context;
    const wanted = new Set<UserId>(request.timeline.events.map((event) => event.sender));
    if (request.isWhole) wanted.add(viewer.userId);
    for (const event of state) if (isMember(event)) wanted.delete(event.stateKey as UserId);
    // Whose member event the timeline itself brings needs no other, unless somebody acted before it.
    const members = await this.deps.reader.membersAmong(request.roomId, [...wanted]);
    const withRedundant = filter.room?.state?.include_redundant_members === true || request.isWhole;
    const news = this.deps.lazyMembers.unknown(viewer, request.roomId, members, withRedundant);
    // Clients that ask for the state after the timeline read no state from the timeline.
    const shown = new Set(context.stateKey === 'state' ? request.timeline.events.map((event) => event.nid) : []);
    const nids = news.map((member) => member.eventNid).filter((nid) => !shown.has(nid));
    return this.deps.reader.eventsByNid(nids);
  }
}

function takeBack(state: Map<string, StoredEvent>, { event, previous }: StateStep): void {
  if (previous) state.set(keyOf(previous), previous);
  else if (event) state.delete(keyOf(event));
}
