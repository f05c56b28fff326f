import type { EventId, UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { Relation, RelationStore, ThreadSummary } from './relations.store.js';

/** Which events relate to which; redacted ones no longer do. */
export class RelationReader {
  constructor(private readonly deps: { readonly db: Database; readonly relations: RelationStore }) {}

  /** Relations of some types to some parents, oldest first. */
  to(parents: readonly EventId[], relTypes: readonly string[]): Promise<Relation[]> {
    return this.deps.relations.ofParents(this.deps.db, parents, relTypes);
  }

  /** The threads of those `roots` that have one, as `userId` sees them. */
  threads(roots: readonly EventId[], userId: UserId): Promise<ThreadSummary[]> {
    return this.deps.relations.threads(this.deps.db, roots, userId);
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
