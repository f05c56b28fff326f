import type { Database, Position } from '../../storage/database.js';
import { streamTopic } from '../../storage/news.js';
import type { Change, Stream } from '../../storage/stream.js';
import type { EventStore, StoredEvent } from './events.store.js';
import { EVENTS_STREAM } from './topics.js';

/** All that came after a place, as of a moment. */
interface Tail {
  readonly asOf: Position;
  readonly after: Position;
  readonly changes: readonly Change<StoredEvent>[];
}

/**
 * All rooms' events in the order in which they came; the table is its own record. Its followers mostly stand at the same
 * place, so what the first of them reads after a commit serves the others.
 */
export class EventsStream implements Stream<StoredEvent> {
  readonly name = EVENTS_STREAM;
  #tail: Tail | undefined;

  constructor(private readonly deps: { readonly db: Database; readonly events: EventStore }) {}

  async after(position: Position, limit: number): Promise<Change<StoredEvent>[]> {
    const { db } = this.deps;
    const tail = this.#tail;
    if (tail && this.#isAtEnd(tail, position)) return [];
    if (tail && tail.asOf === db.position() && tail.after <= position) {
      return tail.changes.filter((change) => change.position > position).slice(0, limit);
    }
    const asOf = db.position();
    const changes = await this.#read(position, limit);
    if (changes.length < limit) this.#tail = { asOf, after: position, changes };
    return [...changes];
  }

  /** Whether all that there was is handled, and nothing came since: asked after each batch, so no database is. */
  #isAtEnd({ asOf, after, changes }: Tail, position: Position): boolean {
    const end = changes.at(-1)?.position ?? after;
    return position >= end && !this.deps.db.news.mayHaveChangedSince(streamTopic(EVENTS_STREAM), asOf);
  }

  async #read(position: Position, limit: number): Promise<readonly Change<StoredEvent>[]> {
    const { db, events } = this.deps;
    const rows = await events.stream(db, position, limit);
    const found = await events.byNids(
      db,
      rows.map((row) => row.nid),
    );
    return found.map((event) => ({ position: event.ord ?? event.nid, change: event }));
  }
}
