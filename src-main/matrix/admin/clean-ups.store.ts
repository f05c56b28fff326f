import type { Milliseconds } from '../../base/clock.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';
import type { ClearUp, MediaAmount } from '../media/index.js';

interface Row {
  clean_up_id: string;
  kind: ClearUp['kind'];
  unused_since: Milliseconds;
  is_automatic: number;
  state: CleanUpState;
  is_cancelled: number;
  total_count: number;
  total_bytes: number;
  gone_count: number;
  gone_bytes: number;
  started: Milliseconds;
  ended: Milliseconds | null;
}

const COLUMNS = `clean_up_id, kind, unused_since, is_automatic, state, is_cancelled, total_count, total_bytes, gone_count,
  gone_bytes, started, ended`;
const insert = statement<[string, string, Milliseconds, number, number, number, Milliseconds, number]>(`
  INSERT INTO media_clean_ups (clean_up_id, kind, unused_since, is_automatic, state, is_cancelled, total_count, total_bytes,
    gone_count, gone_bytes, started, pos)
  VALUES (?, ?, ?, ?, 'running', 0, ?, ?, 0, 0, ?, ?)`);
const addGone = statement<[number, number, string]>(
  'UPDATE media_clean_ups SET gone_count = gone_count + ?, gone_bytes = gone_bytes + ? WHERE clean_up_id = ?',
);
const cancel = statement<[], { clean_up_id: string }>(
  'UPDATE media_clean_ups SET is_cancelled = 1 WHERE ended IS NULL RETURNING clean_up_id',
);
const end = statement<[string, Milliseconds, string], Row>(
  `UPDATE media_clean_ups SET state = ?, ended = ? WHERE clean_up_id = ? RETURNING ${COLUMNS}`,
);
const open = statement<[], Row>(`SELECT ${COLUMNS} FROM media_clean_ups WHERE ended IS NULL ORDER BY pos LIMIT 1`);
const latest = statement<[number], Row>(`SELECT ${COLUMNS} FROM media_clean_ups ORDER BY pos DESC LIMIT ?`);
const trim = statement<[number]>(`
  DELETE FROM media_clean_ups WHERE ended IS NOT NULL
    AND pos <= (SELECT pos FROM media_clean_ups ORDER BY pos DESC LIMIT 1 OFFSET ?)`);

export type CleanUpState = 'running' | 'done' | 'cancelled' | 'failed';

/** A clean-up of media: under way, or as a record of it. What it removed is gone also when it was stopped. */
export interface CleanUp {
  readonly id: string;
  readonly kind: ClearUp['kind'];
  /** files that nobody asked for since; of previews it does not matter */
  readonly unusedSince: Milliseconds;
  /** begun by the server itself */
  readonly isAutomatic: boolean;
  readonly state: CleanUpState;
  readonly isCancelled: boolean;
  /** what there was when it began */
  readonly total: MediaAmount;
  readonly gone: MediaAmount;
  readonly started: Milliseconds;
  readonly ended: Milliseconds | undefined;
}

/** Table `media_clean_ups`. */
export class CleanUpStore {
  async insert(tx: Transaction, { id, kind, unusedSince, isAutomatic, total, started }: CleanUp): Promise<void> {
    const { count, bytes } = total;
    await tx.run(insert, id, kind, unusedSince, isAutomatic ? 1 : 0, count, bytes, started, tx.position());
  }

  async addGone(tx: Transaction, id: string, { count, bytes }: MediaAmount): Promise<void> {
    await tx.run(addGone, count, bytes, id);
  }

  /** @returns the one that is under way; undefined when there is none */
  async cancel(tx: Transaction): Promise<string | undefined> {
    return (await tx.get(cancel))?.clean_up_id;
  }

  async end(tx: Transaction, id: string, state: CleanUpState, ended: Milliseconds): Promise<CleanUp | undefined> {
    return toCleanUp(await tx.get(end, state, ended, id));
  }

  /** The one that is not over. */
  async open(db: Reader): Promise<CleanUp | undefined> {
    return toCleanUp(await db.get(open));
  }

  /** The newest first. */
  async latest(db: Reader, limit: number): Promise<CleanUp[]> {
    return (await db.all(latest, limit)).flatMap((row) => toCleanUp(row) ?? []);
  }

  /** Forgets all that are over but the newest. */
  async trim(tx: Transaction, kept: number): Promise<void> {
    await tx.run(trim, kept);
  }
}

const toCleanUp = (row: Row | undefined): CleanUp | undefined =>
  row && {
    id: row.clean_up_id,
    kind: row.kind,
    unusedSince: row.unused_since,
    isAutomatic: row.is_automatic === 1,
    state: row.state,
    isCancelled: row.is_cancelled === 1,
    total: { count: row.total_count, bytes: row.total_bytes },
    gone: { count: row.gone_count, bytes: row.gone_bytes },
    started: row.started,
    ended: row.ended ?? undefined,
  };
