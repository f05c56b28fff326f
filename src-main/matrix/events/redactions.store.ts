import type { EventId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

const insert = statement<[number, string]>('INSERT INTO redactions (redaction_nid, redacts) VALUES (?, ?)');
const ofTarget = statement<[string], { redaction_nid: number }>(
  'SELECT redaction_nid FROM redactions WHERE redacts = ? ORDER BY redaction_nid',
);

/** Table `redactions`: which events redact which, known here or not. */
export class RedactionStore {
  async insert(tx: Transaction, redactionNid: number, redacts: EventId): Promise<void> {
    await tx.run(insert, redactionNid, redacts);
  }

  /** nids of the events that want to redact `eventId`. */
  async of(db: Reader, eventId: EventId): Promise<number[]> {
    return (await db.all(ofTarget, eventId)).map((row) => row.redaction_nid);
  }
}
