import { objectAt, stringAt } from '../../base/json.js';
import { MatrixError } from '../../spec/errors.js';
import type { EventId, RoomId, UserId } from '../../spec/ids.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { EventContent } from './build-event.js';
import type { NameStore } from './names.store.js';
import type { RoomMemory } from './room-memory.js';
import type { Relation, RelationStore, ThreadReply, ThreadSummary } from './relations.store.js';

/** So many events come at once where people talk, and everybody asks for the same. */
const FEW = 10;
/** Relations to the events of one page that are read at once. */
const MANY = 1_000;
/** Replies that are counted: of a longer thread one knows that it is long. */
const MOST_REPLIES = 10_000;

/** Which events relate to which; redacted ones no longer do. */
export class RelationReader {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly names: NameStore;
      readonly relations: RelationStore;
      readonly memory: RoomMemory;
    },
  ) {}

  /** @throws MatrixError M_DUPLICATE_ANNOTATION when the sender already put this very annotation on the event */
  async refuseDuplicate(tx: Transaction, { sender, type, content }: Pick<EventContent, 'sender' | 'type' | 'content'>) {
    const { names, relations } = this.deps;
    const relatesTo = objectAt(content, 'm.relates_to');
    const [parentId, key] = [stringAt(relatesTo, 'event_id'), stringAt(relatesTo, 'key')];
    const [senderNid, typeNid] = [await names.find(tx, sender), await names.find(tx, type)];
    if (parentId === undefined || key === undefined || senderNid === undefined || typeNid === undefined) return;
    if (!(await relations.hasAnnotation(tx, parentId as EventId, senderNid, typeNid, key))) return;
    throw new MatrixError(400, 'M_DUPLICATE_ANNOTATION', 'you already reacted with this');
  }

  /**
   * Those of `events` that something of these types relates to: mostly none.
   *
   * @param roomId the room of all of them, where they are of one
   */
  parentsAmong(
    events: readonly EventId[],
    relTypes: readonly string[],
    roomId: RoomId | undefined,
  ): Promise<readonly EventId[]> {
    const { db, relations, memory } = this.deps;
    const ask = () => relations.parentsAmong(db, events, relTypes);
    if (roomId === undefined || events.length > FEW) return ask();
    return memory.recall(roomId, `parents among ${relTypes.join()} ${events.join()}`, ask);
  }

  /** What may be bundled with some events: their last edits, and the first references to each; oldest first. */
  async bundled(parents: readonly EventId[], most: { edits: number; references: number }): Promise<Relation[]> {
    const { db, relations } = this.deps;
    const all = await relations.ofParents(db, parents, ['m.replace', 'm.reference'], MANY);
    if (all) return all;
    // Somebody edits without end, or means to be a burden: so many of each, and not one more.
    const found: Relation[] = [];
    for (const parent of parents) {
      found.push(...(await relations.editsOf(db, parent, most.edits)));
      found.push(...(await relations.referencesOf(db, parent, most.references)));
    }
    return found.sort((a, b) => a.eventNid - b.eventNid);
  }

  /** Relations of any type to some parents, oldest first. */
  toAny(parents: readonly EventId[], limit: number): Promise<Relation[]> {
    return this.deps.relations.ofAny(this.deps.db, parents, limit);
  }

  /** The threads of those `roots` that have one, as `userId` sees them. */
  threads(roots: readonly EventId[], userId: UserId): Promise<ThreadSummary[]> {
    return this.deps.relations.threads(this.deps.db, roots, userId, MOST_REPLIES);
  }

  /** What a room's threads hold, of nids up to `upTo`: the newest first. */
  inThreads(roomNid: number, upTo: number, limit: number): Promise<ThreadReply[]> {
    return this.deps.relations.inThreads(this.deps.db, roomNid, upTo, limit);
  }

  /** Relations to `parent` with nids in (`after`, `upTo`], the newest first. */
  before(parent: EventId, range: { after: number; upTo: number }, limit: number): Promise<Relation[]> {
    return this.deps.relations.before(this.deps.db, parent, range.upTo, range.after, limit);
  }

  /** Relations to `parent` with nids in (`after`, `upTo`], the oldest first. */
  after(parent: EventId, range: { after: number; upTo: number }, limit: number): Promise<Relation[]> {
    return this.deps.relations.after(this.deps.db, parent, range.after, range.upTo, limit);
  }

  /** What those of `eventNids` that relate to something relate to. */
  parentsOf(eventNids: readonly number[]): Promise<ReadonlyMap<number, { parentId: EventId; relType: string }>> {
    return this.deps.relations.parentsOf(this.deps.db, eventNids);
  }
}
