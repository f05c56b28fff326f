import type { Cache, Caches } from '../../../base/caches.js';
import { arrayAt, type JsonObject, stringAt } from '../../../base/json.js';
import { randomLetters } from '../../../base/random.js';
import { forbidden, invalidParam } from '../../../spec/errors.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { RoomReader, StoredEvent } from '../../events/index.js';
import type { RoomCards, RoomSummary } from '../room-cards.js';

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
}

/** A walk that was interrupted at the end of a page. */
interface Walk {
  /** whose walk through what: it goes on only as it began */
  readonly purpose: string;
  /** next at the end */
  readonly ahead: readonly Step[];
  readonly visited: ReadonlySet<RoomId>;
}

/** Rooms of one space that are looked at. */
const MOST_CHILDREN = 1_000;
/** Rooms looked at for one page: some may be none of the asker's business. */
const MOST_STEPS = 2_000;

/** What a walk takes in memory, about. */
const bytesOf = ({ ahead, visited }: Walk): number => 400 + 100 * (ahead.length + visited.size);

/** The rooms of a space and of the spaces in it. @see https://spec.matrix.org/v1.19/client-server-api/#discovering-rooms-within-spaces */
export class SpaceHierarchy {
  readonly #walks: Cache<string, Walk>;

  constructor(
    private readonly deps: { readonly cards: RoomCards; readonly reader: RoomReader; readonly caches: Caches },
  ) {
    this.#walks = deps.caches.lru('walks through spaces', { share: 0.02, entryBytes: bytesOf, isOnlyCopy: true });
  }

  /** @throws MatrixError M_FORBIDDEN for rooms that the user may know nothing of; M_INVALID_PARAM for an unknown `from` */
  async page(roomId: RoomId, userId: UserId, request: HierarchyRequest): Promise<HierarchyPage> {
    const purpose = JSON.stringify([userId, roomId, request.suggestedOnly, request.maxDepth]);
    const walk = this.#walkFrom(request.from, purpose, roomId);
    const summaries = new Map(await this.deps.cards.visibleTo(userId, ids(walk.ahead)));
    if (request.from === undefined && !summaries.has(roomId)) throw forbidden('you may not look into this room');
    const ahead = [...walk.ahead];
    const visited = new Set(walk.visited);
    const rooms: HierarchyRoom[] = [];
    for (let steps = 0; steps < MOST_STEPS && rooms.length < request.limit; steps += 1) {
      const step = ahead.pop();
      if (!step) break;
      const summary = summaries.get(step.roomId);
      if (!summary || visited.has(step.roomId)) continue;
      visited.add(step.roomId);
      const children = await this.#children(summary, request.suggestedOnly);
      rooms.push({ ...summary, children_state: children.map(strippedChild) });
      if (request.maxDepth !== undefined && step.depth >= request.maxDepth) continue;
      const below = children.map((child) => ({ roomId: child.stateKey as RoomId, depth: step.depth + 1 })).reverse();
      ahead.push(...below);
      const unknown = ids(below).filter((id) => !summaries.has(id));
      if (unknown.length === 0) continue;
      for (const [id, found] of await this.deps.cards.visibleTo(userId, unknown)) summaries.set(id, found);
    }
    const left = ahead.filter((step) => summaries.has(step.roomId) && !visited.has(step.roomId));
    if (left.length === 0) return { rooms };
    return { rooms, next_batch: this.#remember({ purpose, ahead: left, visited }) };
  }

  #walkFrom(from: string | undefined, purpose: string, roomId: RoomId): Walk {
    if (from === undefined) return { purpose, ahead: [{ roomId, depth: 0 }], visited: new Set() };
    const walk = this.#walks.get(from);
    if (walk?.purpose === purpose) return walk;
    throw invalidParam('from is no token of this server, or the request is another than before');
  }

  #remember(walk: Walk): string {
    const token = randomLetters(24);
    this.#walks.set(token, walk);
    return token;
  }

  /** The rooms that a space names, in its order. */
  async #children(room: RoomSummary, suggestedOnly: boolean): Promise<StoredEvent[]> {
    if (room.room_type !== 'm.space') return [];
    const events = await this.deps.reader.stateOfTypes(room.room_id, ['m.space.child']);
    const children = events.filter(isChild).filter(({ content }) => !suggestedOnly || content['suggested'] === true);
    return children.sort(inOrder).slice(0, MOST_CHILDREN);
  }
}

const ids = (steps: readonly Step[]): RoomId[] => [...new Set(steps.map(({ roomId }) => roomId))];

/** An entry without servers is one that was taken away. */
function isChild({ content, stateKey }: StoredEvent): boolean {
  const via = arrayAt(content, 'via') ?? [];
  return via.length > 0 && via.every((server) => typeof server === 'string') && stateKey?.startsWith('!') === true;
}

/** By `order` where it is one, then by age, then by id. @see https://spec.matrix.org/v1.19/client-server-api/#ordering-of-children-within-a-space */
function inOrder(a: StoredEvent, b: StoredEvent): number {
  const [first, second] = [orderOf(a), orderOf(b)];
  if (first !== second) {
    if (first === undefined) return 1;
    return second === undefined || first < second ? -1 : 1;
  }
  return a.originServerTs - b.originServerTs || ((a.stateKey ?? '') < (b.stateKey ?? '') ? -1 : 1);
}

function orderOf({ content }: StoredEvent): string | undefined {
  const order = stringAt(content, 'order');
  return order !== undefined && /^[\x20-\x7e]{1,50}$/.test(order) ? order : undefined;
}

const strippedChild = ({ type, stateKey, sender, content, originServerTs }: StoredEvent): JsonObject => ({
  type,
  state_key: stateKey,
  sender,
  content,
  origin_server_ts: originServerTs,
});
