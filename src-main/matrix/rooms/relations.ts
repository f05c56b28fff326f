import { invalidParam } from '../../spec/errors.js';
import type { ClientEvent } from '../../spec/client-event.js';
import type { EventId, RoomId } from '../../spec/ids.js';
import type { Relation, RelationReader, RoomReader, StoredEvent, Visibility } from '../events/index.js';
import type { ClientEvents } from './client-events.js';
import type { Viewer } from './viewer.js';
import type { RoomAccess } from './room-access.js';
import { parseTimelineToken, writeTimelineToken } from './timeline-token.js';

export interface RelationsRequest {
  readonly relType: string | undefined;
  readonly eventType: string | undefined;
  readonly direction: 'b' | 'f';
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly limit: number;
  /** also what relates to what relates */
  readonly recurse: boolean;
}

export interface RelationsPage {
  readonly chunk: readonly ClientEvent[];
  readonly next_batch?: string;
  readonly prev_batch?: string;
  readonly recursion_depth?: number;
}

/** Depth of `recurse`, as the spec asks for at least. */
const RECURSION_DEPTH = 3;
/** Relations looked at for one page at most. */
const MOST_RELATIONS = 2_000;
/** Relations read at once. */
const CHUNK = 200;
const FIRST = -Number.MAX_SAFE_INTEGER;

/** Pages of events that relate to one. @see https://spec.matrix.org/v1.19/client-server-api/#relationships-api */
export class Relations {
  constructor(
    private readonly deps: {
      readonly access: RoomAccess;
      readonly reader: RoomReader;
      readonly relations: RelationReader;
      readonly visibility: Visibility;
      readonly clientEvents: ClientEvents;
    },
  ) {}

  /** @throws MatrixError M_NOT_FOUND, M_INVALID_PARAM */
  async page(roomId: RoomId, parentId: EventId, viewer: Viewer, request: RelationsRequest): Promise<RelationsPage> {
    await this.deps.access.event(roomId, parentId, viewer.userId);
    const found = request.recurse
      ? await this.#visible(roomId, viewer, request, await this.#descendants(parentId, request))
      : await this.#direct(roomId, parentId, viewer, request);
    const page = found.slice(0, request.limit);
    const last = page.at(-1);
    const hasMore = found.length > page.length && last !== undefined;
    const back = request.direction === 'b';
    return {
      chunk: await this.deps.clientEvents.render(page, viewer, { withRoomId: true, withRelations: true }),
      ...(hasMore && { next_batch: writeTimelineToken(back ? last.nid - 1 : last.nid) }),
      ...(request.from !== undefined && { prev_batch: request.from }),
      ...(request.recurse && { recursion_depth: RECURSION_DEPTH }),
    };
  }

  /** One event more than the page holds, where there are so many; read bit by bit, since some may not be wanted. */
  async #direct(roomId: RoomId, parentId: EventId, viewer: Viewer, request: RelationsRequest): Promise<StoredEvent[]> {
    const { relations } = this.deps;
    const back = request.direction === 'b';
    const range = rangeOf(request);
    const found: StoredEvent[] = [];
    for (let looked = 0; looked < MOST_RELATIONS && found.length <= request.limit; looked += CHUNK) {
      const chunk = back
        ? await relations.before(parentId, range, CHUNK)
        : await relations.after(parentId, range, CHUNK);
      found.push(...(await this.#visible(roomId, viewer, request, chunk)));
      const last = chunk.at(-1);
      if (chunk.length < CHUNK || !last) break;
      if (back) range.upTo = last.eventNid - 1;
      else range.after = last.eventNid;
    }
    return found;
  }

  /** What relates to the event, and what relates to that, in the direction asked for. */
  async #descendants(parentId: EventId, request: RelationsRequest): Promise<Relation[]> {
    const { after, upTo } = rangeOf(request);
    const all = (await this.#related(parentId)).filter(({ eventNid }) => eventNid > after && eventNid <= upTo);
    return all.sort((a, b) => (request.direction === 'b' ? b.eventNid - a.eventNid : a.eventNid - b.eventNid));
  }

  async #related(parentId: EventId): Promise<Relation[]> {
    const all = new Map<number, Relation>();
    let parents: EventId[] = [parentId];
    for (let depth = 0; depth < RECURSION_DEPTH && parents.length > 0 && all.size < MOST_RELATIONS; depth += 1) {
      const children = (await this.deps.relations.toAny(parents, MOST_RELATIONS)).filter(
        ({ eventNid }) => !all.has(eventNid),
      );
      for (const child of children) all.set(child.eventNid, child);
      parents = children.map(({ eventId }) => eventId);
    }
    return [...all.values()];
  }

  async #visible(
    roomId: RoomId,
    viewer: Viewer,
    request: RelationsRequest,
    relations: readonly Relation[],
  ): Promise<StoredEvent[]> {
    const wanted = relations.filter((relation) => isWanted(relation, request));
    const events = await this.deps.reader.eventsByNid(wanted.map(({ eventNid }) => eventNid));
    return this.deps.visibility.visibleTo(
      viewer.userId,
      roomId,
      events.filter((event) => event.roomId === roomId),
    );
  }
}

function rangeOf(request: RelationsRequest): { after: number; upTo: number } {
  const [from, to] = [placeOf(request.from), placeOf(request.to)];
  return request.direction === 'b'
    ? { upTo: from ?? Number.MAX_SAFE_INTEGER, after: to ?? FIRST }
    : { after: from ?? FIRST, upTo: to ?? Number.MAX_SAFE_INTEGER };
}

const isWanted = (relation: Relation, { relType, eventType }: RelationsRequest): boolean =>
  (relType ?? relation.relType) === relation.relType && (eventType ?? relation.type) === relation.type;

function placeOf(token: string | undefined): number | undefined {
  if (token === undefined) return undefined;
  const place = parseTimelineToken(token);
  if (place === undefined) throw invalidParam('the token is not one of this server');
  return place;
}
