import type { JsonObject } from '../../../base/json.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import { parsePaths, project } from '../../../spec/property-path.js';
import type { RoomReader, StoredEvent } from '../../events/index.js';
import { type ClientEvents, writeTimelineToken } from '../../rooms/index.js';
import { type SyncContext, sinceOf } from './context.js';
import type { StateDeltas } from './room-state-delta.js';
import type { RoomTimelines, TimelinePart } from './room-timeline.js';
import type { Summaries } from './summary.js';

interface RoomDeps {
  readonly reader: RoomReader;
  readonly timelines: RoomTimelines;
  readonly deltas: StateDeltas;
  readonly summaries: Summaries;
  readonly clientEvents: ClientEvents;
}

/** A room's share of /sync: timeline, state and summary; the rest is laid over it. */
export class RoomBlocks {
  constructor(private readonly deps: RoomDeps) {}

  /** A room that the viewer is in. */
  async joined(context: SyncContext, roomId: RoomId): Promise<JsonObject> {
    const own = context.ownChanges.get(roomId) ?? [];
    const hasJoined = own.some((change) => change.membership === 'join');
    const isNew = context.since === undefined || hasJoined || context.appeared.has(roomId);
    const isWhole = isNew || context.fullState;
    const span = {
      after: isNew ? undefined : sinceOf(context),
      upTo: context.now.position,
      isAllVisible: own.length === 0 && !isNew,
    };
    return this.#block(context, roomId, span, isWhole);
  }

  /**
   * A room that the viewer is out of since this event. Its state is told up to where they left and no further, even
   * where they were banned later; to those who were never in it, only what happened to themselves.
   */
  async left(context: SyncContext, roomId: RoomId, leftAt: number): Promise<JsonObject> {
    const { since, viewer } = context;
    const steps = await this.deps.reader.membershipHistory(roomId, viewer.userId);
    const stay = steps.findLast(({ previous, position }) => previous === 'join' && position <= leftAt);
    const own = context.ownChanges.get(roomId) ?? [];
    const wasIn = stay !== undefined && stay.position > (since?.position ?? 0);
    const isNew = since === undefined || (wasIn && own[0]?.previous !== 'join');
    const span = { after: isNew ? undefined : sinceOf(context), upTo: leftAt, isAllVisible: false };
    const room = await this.deps.reader.knownRoom(roomId);
    const timeline = await this.#leaving(await this.deps.timelines.read(context, room, span), roomId, viewer.userId);
    const isWhole = isNew || context.fullState;
    const state = wasIn ? await this.deps.deltas.read(context, { roomId, timeline, upTo: stay.position, isWhole }) : [];
    return {
      [context.stateKey]: { events: await this.#render(context, state) },
      timeline: await this.#timeline(context, timeline),
    };
  }

  /** Who turned down, or was turned away by, a room elsewhere hears just that: it has no place in the room's timeline. */
  async #leaving(timeline: TimelinePart, roomId: RoomId, userId: UserId): Promise<TimelinePart> {
    const membership = await this.deps.reader.membership(roomId, userId);
    const own = membership && (await this.deps.reader.eventByNid(membership.eventNid));
    if (timeline.events.length > 0 || !own || own.ord !== undefined) return timeline;
    return { ...timeline, events: [own] };
  }

  async #block(
    context: SyncContext,
    roomId: RoomId,
    span: { after: number | undefined; upTo: number; isAllVisible: boolean },
    isWhole: boolean,
  ): Promise<JsonObject> {
    const room = await this.deps.reader.knownRoom(roomId);
    const timeline = await this.deps.timelines.read(context, room, span);
    const request = { roomId, timeline, upTo: span.upTo, isWhole };
    const state = await this.deps.deltas.read(context, request);
    const showsMembers = isWhole || [...timeline.events, ...state].some((event) => event.type === 'm.room.member');
    const summary = showsMembers ? await this.deps.summaries.of(roomId, context.viewer.userId) : undefined;
    const heroes = summary ? await this.deps.deltas.heroes(context, request, state, summary['m.heroes'] ?? []) : [];
    return {
      ...(summary && { summary }),
      [context.stateKey]: { events: await this.#render(context, [...state, ...heroes]) },
      timeline: await this.#timeline(context, timeline),
    };
  }

  async #timeline(context: SyncContext, { events, isLimited, start }: TimelinePart): Promise<JsonObject> {
    return {
      events: await this.#render(context, events, true),
      limited: isLimited,
      prev_batch: writeTimelineToken(start),
    };
  }

  async #render(context: SyncContext, events: readonly StoredEvent[], withRelations = false): Promise<JsonObject[]> {
    const { event_format: format = 'client', event_fields: fields } = context.filter;
    const options = { withRoomId: false, withRelations, format };
    const rendered = await this.deps.clientEvents.render(events, context.viewer, options);
    if (!fields) return rendered;
    const paths = parsePaths(fields);
    return rendered.map((event) => project(event, paths));
  }
}

/** Whether a block says anything at all. */
export const saysAnything = (block: JsonObject, stateKey: SyncContext['stateKey']): boolean =>
  hasEvents(block['timeline']) ||
  hasEvents(block[stateKey]) ||
  hasEvents(block['ephemeral']) ||
  hasEvents(block['account_data']);

const hasEvents = (part: JsonObject[string]): boolean => {
  const events =
    typeof part === 'object' && part !== null && !Array.isArray(part) ? (part as JsonObject)['events'] : undefined;
  return Array.isArray(events) && events.length > 0;
};
