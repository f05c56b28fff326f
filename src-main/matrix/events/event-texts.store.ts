import type { EventId } from '../../spec/ids.js';
import { type Reader, statement } from '../../storage/database.js';

const textsOf = statement<[readonly string[]], { json: string }>('SELECT json FROM events WHERE event_id IN TEXTS(?)');

/** Events as other servers are sent them, of table `events`: text that nobody here has to read. */
export class EventTextStore {
  /** The canonical JSON of some events, in no order. */
  async texts(db: Reader, eventIds: readonly EventId[]): Promise<string[]> {
    return (await db.all(textsOf, eventIds)).map((row) => row.json);
  }
}
