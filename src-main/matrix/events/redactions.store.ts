import type { EventId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

const insert = statement<[number, string, number]>(`
  INSERT INTO redactions (redaction_nid, redacts, has_power) VALUES (?, ?, ?)
  ON CONFLICT (redaction_nid) DO NOTHING`);
const of = statement<[string], { redaction_nid: number; has_power: number }>(
  'SELECT redaction_nid, has_power FROM redactions WHERE redacts = ? ORDER BY redaction_nid LIMIT 100',
);

/** A redaction of an event, known here or not. */
export interface Redaction {
  readonly redactionNid: number;
  /** its sender had the level to redact what others sent */
  readonly hasPower: boolean;
}

/** Table `redactions`: which events redact which, known here or not. */
export class RedactionStore {
  async insert(tx: Transaction, redacts: EventId, { redactionNid, hasPower }: Redaction): Promise<void> {
    await tx.run(insert, redactionNid, redacts, hasPower ? 1 : 0);
  }

  /** The first accepted redactions of an event. */
  async of(db: Reader, redacts: EventId): Promise<Redaction[]> {
    const rows = await db.all(of, redacts);
    return rows.map((row) => ({ redactionNid: row.redaction_nid, hasPower: row.has_power === 1 }));
  }
}
