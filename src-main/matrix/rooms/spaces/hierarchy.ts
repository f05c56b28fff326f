import type { Cache, Caches } from '../../../base/caches.js';
import type { Clock, Milliseconds } from '../../../base/clock.js';
import { arrayAt, type JsonObject, objectAt } from '../../../base/json.js';
import { randomLetters } from '../../../base/random.js';
import { forbidden, invalidParam } from '../../../spec/errors.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { RoomReader } from '../../events/index.js';
import type { RemoteRooms } from '../elsewhere/remote-rooms.js';
import type { RoomCards, RoomSummary } from '../room-cards.js';
import type { SpaceChildren } from './space-children.js';

export interface HierarchyRequest {
  readonly suggestedOnly: boolean;
  /** how many steps below the space; undefined: all the way */
  readonly maxDepth: number | undefined;
  readonly limit: number;
  readonly from: string | undefined;
}

/** A room of the tree with the rooms that it holds. */
export interface HierarchyRoom extends RoomSummary {
  readonly children_state: readonly JsonObject[];
}

export interface HierarchyPage {
  readonly rooms: readonly HierarchyRoom[];
  readonly next_batch?: string;
}

interface Step {
  readonly roomId: RoomId;
  readonly depth: number;
  /** servers to be asked; none where this server is in the room */
  readonly via: readonly string[];
  /** what another server said of the room */
  readonly told?: RoomSummary | undefined;
}

/** A walk that was interrupted at the end of a page. */
interface Walk {
  /** whose walk through what: it goes on only as it began */
  readonly purpose: string;
  /** next at the end */
  readonly ahead: readonly Step[];
  readonly visited: ReadonlySet<RoomId>;
}

/** What is found at a step. */
interface Finding {
  readonly summary: RoomSummary;
  readonly children: readonly JsonObject[];
  readonly told?: ReadonlyMap<RoomId, RoomSummary>;
  readonly inaccessible?: ReadonlySet<RoomId>;
}

/** Rooms looked at for one page: some may be none of the asker's business. */
const MOST_STEPS = 2_000;
const MOST_VIA = 5;
/** A page ends early when other servers take long to answer. */
const LONGEST_PAGE: Milliseconds = 20_000;

/** What a walk takes in memory, about. */
const bytesOf = ({ ahead, visited }: Walk): number =>
  ahead.reduce((bytes, { via, told }) => bytes + 100 * (1 + via.length) + (told ? 1_000 : 0), 400 + 100 * visited.size);

/** The rooms of a space and of the spaces in it. @see https://spec.matrix.org/v1.19/client-server-api/#discovering-rooms-within-spaces */
export class SpaceHierarchy {
  readonly #walks: Cache<string, Walk>;

  constructor(
    private readonly deps: {
      readonly cards: RoomCards;
      readonly reader: Pick<RoomReader, 'isHere'>;
      readonly children: SpaceChildren;
      readonly remote: RemoteRooms;
      readonly clock: Clock;
      readonly caches: Caches;
    },
  ) {
    this.#walks = deps.caches.lru('walks through spaces', { share: 0.02, entryBytes: bytesOf, isOnlyCopy: true });
  }

  /** @throws MatrixError M_FORBIDDEN for rooms that the user may know nothing of; M_INVALID_PARAM for an unknown `from` */
  async page(roomId: RoomId, userId: UserId, request: HierarchyRequest): Promise<HierarchyPage> {
    const purpose = JSON.stringify([userId, roomId, request.suggestedOnly, request.maxDepth]);
    const walk = this.#walkFrom(request.from, purpose, roomId);
    const own = walk.ahead.filter(({ via }) => via.length === 0).map((step) => step.roomId);
    const summaries = new Map(await this.deps.cards.visibleTo(userId, [...new Set(own)]));
    if (request.from === undefined && !summaries.has(roomId)) throw forbidden('you may not look into this room');
    const end = this.deps.clock.now() + LONGEST_PAGE;
    const ahead = [...walk.ahead];
    const visited = new Set(walk.visited);
    const rooms: HierarchyRoom[] = [];
    for (let steps = 0; steps < MOST_STEPS && rooms.length < request.limit; steps += 1) {
      if (rooms.length > 0 && this.deps.clock.now() > end) break;
      const step = ahead.pop();
      if (!step) break;
      if (visited.has(step.roomId)) continue;
      visited.add(step.roomId);
      const finding = await this.#look(step, userId, request, summaries);
      if (!finding) continue;
      rooms.push({ ...finding.summary, children_state: finding.children });
      if (request.maxDepth !== undefined && step.depth >= request.maxDepth) continue;
      ahead.push(...(await this.#below(finding, step.depth + 1, userId, summaries)).reverse());
    }
    const left = ahead.filter((step) => !visited.has(step.roomId));
    if (left.length === 0) return { rooms };
    return { rooms, next_batch: this.#remember({ purpose, ahead: left, visited }) };
  }

  #walkFrom(from: string | undefined, purpose: string, roomId: RoomId): Walk {
    if (from === undefined) return { purpose, ahead: [{ roomId, depth: 0, via: [] }], visited: new Set() };
    const walk = this.#walks.get(from);
    if (walk?.purpose === purpose) return walk;
    throw invalidParam('from is no token of this server, or the request is another than before');
  }

  #remember(walk: Walk): string {
    const token = randomLetters(24);
    this.#walks.set(token, walk);
    return token;
  }

  /** @param summaries of the rooms here that the user may know of */
  async #look(
    { roomId, depth, via, told }: Step,
    userId: UserId,
    { suggestedOnly, maxDepth }: HierarchyRequest,
    summaries: ReadonlyMap<RoomId, RoomSummary>,
  ): Promise<Finding | undefined> {
    const { cards, children, remote } = this.deps;
    if (via.length === 0) {
      const summary = summaries.get(roomId);
      return summary && { summary, children: await children.of(summary, suggestedOnly) };
    }
    const isEnough = told && (told.room_type !== 'm.space' || depth === maxDepth);
    const found = isEnough ? { room: told, children: [] } : await remote.find(roomId, via, { suggestedOnly });
    if (!found || !(await cards.mayKnow(userId, found.room))) return undefined;
    const { room: summary, ...more } = found;
    return { summary, told: 'summaries' in more ? more.summaries : new Map(), ...more };
  }

  /** The steps to the rooms in a space; none to those of which the user may know nothing. */
  async #below(
    { children, told, inaccessible }: Finding,
    depth: number,
    userId: UserId,
    summaries: Map<RoomId, RoomSummary>,
  ): Promise<Step[]> {
    const links = children.map((link) => ({ roomId: link['state_key'] as RoomId, via: viaOf(link) }));
    const here = new Set<RoomId>();
    for (const { roomId } of links) if (await this.deps.reader.isHere(roomId)) here.add(roomId);
    const unknown = [...here].filter((id) => !summaries.has(id));
    const found = unknown.length === 0 ? [] : await this.deps.cards.visibleTo(userId, unknown);
    for (const [id, summary] of found) summaries.set(id, summary);
    return links.flatMap(({ roomId, via }): Step[] => {
      if (here.has(roomId)) return summaries.has(roomId) ? [{ roomId, depth, via: [] }] : [];
      if (inaccessible?.has(roomId) || via.length === 0) return [];
      return [{ roomId, depth, via, told: told?.get(roomId) }];
    });
  }
}

const viaOf = (link: JsonObject): string[] =>
  (arrayAt(objectAt(link, 'content'), 'via') ?? [])
    .filter((server): server is string => typeof server === 'string' && server.length <= 255)
    .slice(0, MOST_VIA);
