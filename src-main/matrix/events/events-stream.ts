import type { Database, Position } from '../../storage/database.js';
import type { Change, Stream } from '../../storage/stream.js';
import type { EventStore, StoredEvent } from './events.store.js';
import { EVENTS_STREAM } from './topics.js';

/** All rooms' events in the order in which they came; the table is its own record. */
export class EventsStream implements Stream<StoredEvent> {
  readonly name = EVENTS_STREAM;

  constructor(private readonly deps: { readonly db: Database; readonly events: EventStore }) {}

  async after(position: Position, limit: number): Promise<Change<StoredEvent>[]> {
    const { db, events } = this.deps;
    const rows = await events.stream(db, position, limit);
    if (rows.length === 0) return [];
    const found = await events.byNids(
      db,
      rows.map((row) => row.nid),
    );
    const page = found.map((event) => ({ position: event.ord ?? event.nid, change: event }));
    const last = rows.at(-1);
    if (!last || rows.length < limit || page.length === limit) return page;
    // Some were removed for good since: who gets few takes it that there are no more.
    return [...page, ...(await this.after(last.ord, limit - page.length))];
  }
}
