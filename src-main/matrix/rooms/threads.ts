import { invalidParam } from '../../spec/errors.js';
import type { ClientEvent } from '../../spec/client-event.js';
import type { RoomId } from '../../spec/ids.js';
import type { RelationReader, Room, RoomReader, StoredEvent, ThreadSummary, Visibility } from '../events/index.js';
import type { ClientEvents } from './client-events.js';
import type { Viewer } from './viewer.js';
import type { RoomAccess } from './room-access.js';
import { parseTimelineToken, writeTimelineToken } from './timeline-token.js';

export interface ThreadsRequest {
  /** only threads that the viewer began or wrote in */
  readonly participated: boolean;
  readonly from: string | undefined;
  readonly limit: number;
}

export interface ThreadsPage {
  readonly chunk: readonly ClientEvent[];
  readonly next_batch?: string;
}

/** A thread with the event that it hangs from. */
interface Thread extends ThreadSummary {
  readonly root: StoredEvent;
}

/** Replies looked at for one page at most. */
const MOST_REPLIES = 5_000;
/** Replies read at once. */
const CHUNK = 500;

/** The threads of a room, those with the latest replies first. @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidthreads */
export class Threads {
  constructor(
    private readonly deps: {
      readonly access: RoomAccess;
      readonly reader: RoomReader;
      readonly relations: RelationReader;
      readonly visibility: Visibility;
      readonly clientEvents: ClientEvents;
    },
  ) {}

  /** @throws MatrixError M_FORBIDDEN, M_INVALID_PARAM */
  async page(roomId: RoomId, viewer: Viewer, request: ThreadsRequest): Promise<ThreadsPage> {
    const { room } = await this.deps.access.sight(roomId, viewer.userId);
    const { threads, next } = await this.#walk(room, viewer, request);
    const page = threads.slice(0, request.limit);
    const last = page.at(-1);
    const rest = threads.length > page.length && last ? last.latestNid - 1 : next;
    const roots = page.map(({ root }) => root);
    return {
      chunk: await this.deps.clientEvents.render(roots, viewer, { withRoomId: true, withRelations: true }),
      ...(rest !== undefined && { next_batch: writeTimelineToken(rest) }),
    };
  }

  /** Replies from the latest back: a thread stands where its last reply stands. `next`: where to look on, if anywhere. */
  async #walk(room: Room, viewer: Viewer, request: ThreadsRequest): Promise<{ threads: Thread[]; next?: number }> {
    const threads: Thread[] = [];
    let upTo = placeOf(request.from);
    for (let looked = 0; looked < MOST_REPLIES; looked += CHUNK) {
      const replies = await this.deps.relations.inThreads(room.nid, upTo, CHUNK);
      const latest = new Set(replies.map(({ eventNid }) => eventNid));
      const roots = [...new Set(replies.map(({ rootId }) => rootId))];
      const here = (await this.deps.relations.threads(roots, viewer.userId)).filter((t) => latest.has(t.latestNid));
      threads.push(...(await this.#visible(room.roomId, viewer, request, here)));
      const last = replies.at(-1);
      if (replies.length < CHUNK || !last) return { threads };
      upTo = last.eventNid - 1;
      if (threads.length > request.limit) break;
    }
    return { threads, next: upTo };
  }

  async #visible(
    roomId: RoomId,
    viewer: Viewer,
    { participated }: ThreadsRequest,
    summaries: readonly ThreadSummary[],
  ): Promise<Thread[]> {
    const found = await this.deps.reader.events(summaries.map(({ rootId }) => rootId));
    const inRoom = found.filter((event) => event.roomId === roomId);
    const visible = await this.deps.visibility.visibleTo(viewer.userId, roomId, inRoom);
    const roots = new Map(visible.map((event) => [event.eventId, event]));
    return summaries
      .flatMap((summary) => {
        const root = roots.get(summary.rootId);
        return root ? [{ ...summary, root }] : [];
      })
      .filter(({ root, hasParticipated }) => !participated || hasParticipated || root.sender === viewer.userId)
      .sort((a, b) => b.latestNid - a.latestNid);
  }
}

function placeOf(token: string | undefined): number {
  if (token === undefined) return Number.MAX_SAFE_INTEGER;
  const place = parseTimelineToken(token);
  if (place === undefined) throw invalidParam('the token is not one of this server');
  return place;
}
