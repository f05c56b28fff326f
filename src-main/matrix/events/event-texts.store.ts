import type { EventId } from '../../spec/ids.js';
import { type Reader, statement } from '../../storage/database.js';

const textsOf = statement<[readonly string[]], { event_id: EventId; json: string }>(
  'SELECT event_id, json FROM events WHERE event_id IN TEXTS(?)',
);
const idsOfNids = statement<[readonly number[]], { event_id: EventId }>(
  'SELECT event_id FROM events WHERE nid IN INTS(?)',
);

/** Events as other servers are sent them, of table `events`: text that nobody here has to read. */
export class EventTextStore {
  /** The canonical JSON of some events, in no order. */
  async texts(db: Reader, eventIds: readonly EventId[]): Promise<string[]> {
    return (await db.all(textsOf, eventIds)).map((row) => row.json);
  }

  /** The ids of some events, in no order. */
  async ids(db: Reader, nids: readonly number[]): Promise<EventId[]> {
    return (await db.all(idsOfNids, nids)).map((row) => row.event_id);
  }
}
