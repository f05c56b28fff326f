import type { JsonObject } from '../../../base/json.js';
import type { ClientEvent } from '../../../spec/client-event.js';
import type { StateKey } from '../../../spec/event.js';
import type { RoomId } from '../../../spec/ids.js';
import type { RoomReader, StateAt, StoredEvent, Timeline, Visibility } from '../../events/index.js';
import type { ClientEvents } from '../client-events.js';
import type { Viewer } from '../viewer.js';
import { writeTimelineToken } from '../timeline-token.js';
import type { Found, Result } from './search.js';
import { type GroupKey, writeSearchToken } from './search-token.js';

/** What a client wants to know of what is found. */
export interface AnswerWishes {
  readonly groupBy: readonly GroupKey[];
  readonly withState: boolean;
  /** events before and after each result; undefined for none */
  readonly context: { readonly before: number; readonly after: number; readonly withProfiles: boolean } | undefined;
}

interface AnswerDeps {
  readonly reader: RoomReader;
  readonly stateAt: StateAt;
  readonly timeline: Timeline;
  readonly visibility: Visibility;
  readonly clientEvents: ClientEvents;
}

const FIRST = -Number.MAX_SAFE_INTEGER;

/** What was found, as clients read it. */
export class SearchAnswer {
  constructor(private readonly deps: AnswerDeps) {}

  async of(found: Found, viewer: Viewer, wishes: AnswerWishes): Promise<JsonObject> {
    const { results, hasMore } = found;
    const rendered = await this.#render(
      results.map(({ event }) => event),
      viewer,
    );
    const last = results.at(-1);
    const state = wishes.withState ? await this.#states(results, viewer) : undefined;
    const contexts = wishes.context ? await this.#contexts(results, viewer, wishes.context) : [];
    const answer = {
      count: found.count,
      highlights: found.words,
      results: results.map(({ rank }, at) => {
        const context = contexts[at];
        return { rank, result: rendered[at], ...(context && { context }) };
      }),
      ...(wishes.groupBy.length > 0 && { groups: groupsOf(results, wishes.groupBy, hasMore) }),
      ...(state && { state }),
      ...(hasMore && last && { next_batch: writeSearchToken({ after: last.hit, group: undefined }) }),
    };
    return answer as unknown as JsonObject;
  }

  async #states(results: readonly Result[], viewer: Viewer): Promise<Record<RoomId, ClientEvent[]>> {
    const rooms = [...new Set(results.map(({ event }) => event.roomId))];
    const states = await Promise.all(
      rooms.map(async (roomId) => {
        const events = await this.deps.reader.allState(roomId, { withMembers: true });
        return [roomId, await this.#render(events, viewer)] as const;
      }),
    );
    return Object.fromEntries(states);
  }

  #contexts(results: readonly Result[], viewer: Viewer, wish: NonNullable<AnswerWishes['context']>) {
    return Promise.all(results.map(({ event }) => this.#context(event, viewer, wish)));
  }

  async #context(event: StoredEvent, viewer: Viewer, wish: NonNullable<AnswerWishes['context']>) {
    const { timeline, visibility } = this.deps;
    const ord = event.ord ?? 0;
    const seen = (events: readonly StoredEvent[]) => visibility.visibleTo(viewer.userId, event.roomId, events);
    const range = { upTo: ord - 1, after: FIRST };
    const before = wish.before > 0 ? (await timeline.before(event.room, range, wish.before, seen)).events : [];
    const later = { after: ord, upTo: Number.MAX_SAFE_INTEGER };
    const after = wish.after > 0 ? (await timeline.after(event.room, later, wish.after, seen)).events : [];
    return {
      start: writeTimelineToken((before.at(-1)?.ord ?? ord) - 1),
      end: writeTimelineToken(after.at(-1)?.ord ?? ord),
      events_before: await this.#render(before, viewer),
      events_after: await this.#render(after, viewer),
      ...(wish.withProfiles && { profile_info: await this.#profiles(event, [...before, event, ...after]) }),
    };
  }

  /** How those who speak here were called then. */
  async #profiles(event: StoredEvent, shown: readonly StoredEvent[]): Promise<JsonObject> {
    const keys = [...new Set(shown.map(({ sender }) => sender))].map((userId): StateKey => ['m.room.member', userId]);
    const entries =
      (await this.deps.stateAt.entriesBefore([event], keys)).get(event.nid) ?? new Map<string, StoredEvent>();
    const profiles = [...entries.values()].map(({ stateKey, content: { displayname, avatar_url } }) => [
      stateKey,
      {
        ...(typeof displayname === 'string' && { displayname }),
        ...(typeof avatar_url === 'string' && { avatar_url }),
      },
    ]);
    return Object.fromEntries(profiles);
  }

  #render(events: readonly StoredEvent[], viewer: Viewer): Promise<ClientEvent[]> {
    return this.deps.clientEvents.render(events, viewer, { withRoomId: true, withRelations: true });
  }
}

function groupsOf(results: readonly Result[], keys: readonly GroupKey[], hasMore: boolean): JsonObject {
  return Object.fromEntries(
    keys.map((key) => {
      const groups = Map.groupBy(results, ({ event }) => (key === 'room_id' ? event.roomId : event.sender));
      return [
        key,
        Object.fromEntries(
          [...groups].map(([value, group], order) => [value, { ...toGroup(group, key, value, hasMore), order }]),
        ),
      ];
    }),
  );
}

function toGroup(group: readonly Result[], key: GroupKey, value: string, hasMore: boolean): JsonObject {
  const last = group.at(-1);
  return {
    results: group.map(({ event }) => event.eventId),
    ...(hasMore && last && { next_batch: writeSearchToken({ after: last.hit, group: { key, value } }) }),
  };
}
