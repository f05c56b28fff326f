import type { Clock } from '../../base/clock.js';
import type { JsonObject } from '../../base/json.js';
import { type ClientEvent, clientEvent, federationEvent, type Unsigned } from '../../spec/client-event.js';
import type { StateKey } from '../../spec/event.js';
import type { EventId } from '../../spec/ids.js';
import { membershipIn, stateMapKey } from '../../spec/state-view.js';
import type { RoomReader, StateAt, StoredEvent, Visibility } from '../events/index.js';
import type { Aggregations } from './aggregations.js';
import type { Viewer } from './viewer.js';

export interface RenderOptions {
  /** false in /sync */
  readonly withRoomId: boolean;
  /**
   * The events are part of a timeline: say what relates to them (edits, references and threads, or all but threads) and
   * what the reader was at each. Events that are told as state have no relations, and each would need a look at the state
   * around it: ten thousand for the members of a large room.
   */
  readonly withRelations?: boolean | 'but threads';
  readonly format?: 'client' | 'federation';
}

interface Surroundings {
  readonly redactions: ReadonlyMap<number, StoredEvent>;
  readonly previous: ReadonlyMap<number, StoredEvent>;
  readonly memberships: ReadonlyMap<number, ReadonlyMap<string, StoredEvent>> | undefined;
  readonly relations: ReadonlyMap<EventId, JsonObject>;
}

const NONE: ReadonlyMap<never, never> = new Map<never, never>();

/** Events as clients see them, with all that belongs in `unsigned`; many at once, with a few queries for all. */
export class ClientEvents {
  constructor(
    private readonly deps: {
      readonly clock: Clock;
      readonly reader: RoomReader;
      readonly stateAt: StateAt;
      readonly visibility: Visibility;
      readonly aggregations: Aggregations;
    },
  ) {}

  /** @param events that the viewer may see; the answer has their order */
  async render(events: readonly StoredEvent[], viewer: Viewer, options: RenderOptions): Promise<ClientEvent[]> {
    if (events.length === 0) return [];
    const around = await this.#lookAround(events, viewer, options);
    const now = this.deps.clock.now();
    const plain = (event: StoredEvent, relations?: JsonObject) => {
      const unsigned = unsignedOf(event, viewer, around, now, relations);
      const redactedBecause = event.redactedBy === undefined ? undefined : around.redactions.get(event.redactedBy);
      const given = { withRoomId: options.withRoomId, unsigned, redactedBecause };
      return options.format === 'federation'
        ? (federationEvent(event, given) as ClientEvent)
        : clientEvent(event, given);
    };
    return events.map((event) => plain(event, around.relations.get(event.eventId)));
  }

  async #lookAround(events: readonly StoredEvent[], viewer: Viewer, options: RenderOptions): Promise<Surroundings> {
    const { reader, stateAt, aggregations } = this.deps;
    const redactedBy = events.flatMap((event) => event.redactedBy ?? []);
    const states = events.filter((event) => event.stateKey !== undefined);
    return {
      redactions: redactedBy.length === 0 ? NONE : await this.#redactions(redactedBy, viewer),
      previous: states.length === 0 ? NONE : await reader.previousState(states),
      memberships: options.withRelations ? await stateAt.entriesBefore(events, [memberKey(viewer)]) : undefined,
      relations: options.withRelations
        ? await aggregations.of(events, viewer, {
            withThreads: options.withRelations === true,
            render: (bundled, withRelations) => this.render(bundled, viewer, { ...options, withRelations }),
          })
        : NONE,
    };
  }

  /** Whoever left before an event was redacted does not hear by whom, nor why. */
  async #redactions(nids: readonly number[], viewer: Viewer): Promise<ReadonlyMap<number, StoredEvent>> {
    const { reader, visibility } = this.deps;
    const byRoom = Map.groupBy(await reader.eventsByNid(nids), ({ roomId }) => roomId);
    const told: StoredEvent[] = [];
    for (const [roomId, events] of byRoom) {
      const isJoined = await reader.isJoined(roomId, viewer.userId);
      told.push(...(isJoined ? events : await visibility.visibleTo(viewer.userId, roomId, events)));
    }
    return byNid(told);
  }
}

function unsignedOf(
  event: StoredEvent,
  viewer: Viewer,
  around: Surroundings,
  now: number,
  relations: JsonObject | undefined,
): Unsigned {
  const previous = around.previous.get(event.nid);
  const { transaction } = event;
  const isOwn = event.sender === viewer.userId && transaction?.deviceId === viewer.deviceId;
  return {
    age: Math.max(0, now - event.originServerTs),
    ...(around.memberships && { membership: membershipAfter(event, viewer, around.memberships) }),
    ...(transaction && isOwn && { transaction_id: transaction.txnId }),
    ...(previous && { replaces_state: previous.eventId, prev_content: previous.content, prev_sender: previous.sender }),
    ...(relations && { 'm.relations': relations }),
  };
}

function membershipAfter(
  event: StoredEvent,
  viewer: Viewer,
  memberships: ReadonlyMap<number, ReadonlyMap<string, StoredEvent>>,
): string {
  const isOwnMember = event.type === 'm.room.member' && event.stateKey === viewer.userId;
  const member = isOwnMember ? event : memberships.get(event.nid)?.get(stateMapKey(...memberKey(viewer)));
  return (member && membershipIn(member.content)) ?? 'leave';
}

const memberKey = (viewer: Viewer): StateKey => ['m.room.member', viewer.userId];

const byNid = (events: readonly StoredEvent[]) => new Map(events.map((event) => [event.nid, event]));
