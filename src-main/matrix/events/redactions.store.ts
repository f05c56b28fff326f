import type { EventId } from '../../spec/ids.js';
import { statement, type Transaction } from '../../storage/database.js';

const insert = statement<[number, string]>('INSERT INTO redactions (redaction_nid, redacts) VALUES (?, ?)');

/** Table `redactions`: which events redact which, known here or not. */
export class RedactionStore {
  async insert(tx: Transaction, redactionNid: number, redacts: EventId): Promise<void> {
    await tx.run(insert, redactionNid, redacts);
  }
}
