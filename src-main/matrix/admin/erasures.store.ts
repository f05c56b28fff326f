import type { Milliseconds } from '../../base/clock.js';
import { parseOwn } from '../../base/json.js';
import type { UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

interface Row {
  erasure_id: string;
  user_id: UserId;
  state: ErasureState;
  was_locked: number;
  is_cancelled: number;
  place: string | null;
  total: number;
  done: number;
  kept: number;
  files: number;
  bytes: number;
  error: string | null;
  started: Milliseconds;
  ended: Milliseconds | null;
}

const COLUMNS = `erasure_id, user_id, state, was_locked, is_cancelled, place, total, done, kept, files, bytes, error,
  started, ended`;
const insert = statement<[string, string, string, number, number, Milliseconds, number]>(`
  INSERT INTO erasures (erasure_id, user_id, state, was_locked, is_cancelled, total, done, kept, files, bytes, started, pos)
  VALUES (?, ?, ?, ?, 0, ?, 0, 0, 0, 0, ?, ?)`);
const save = statement<
  [string, string | null, number, number, number, number, string | null, Milliseconds | null, string]
>(`
  UPDATE erasures SET state = ?, place = ?, done = ?, kept = ?, files = ?, bytes = ?, error = ?, ended = ?
  WHERE erasure_id = ?`);
const cancel = statement<[string]>(
  "UPDATE erasures SET is_cancelled = 1 WHERE erasure_id = ? AND ended IS NULL AND state <> 'closing'",
);
const one = statement<[string], Row>(`SELECT ${COLUMNS} FROM erasures WHERE erasure_id = ?`);
const firstOpen = statement<[], Row>(`SELECT ${COLUMNS} FROM erasures WHERE ended IS NULL ORDER BY pos LIMIT 1`);
const openOf = statement<[string], Row>(
  `SELECT ${COLUMNS} FROM erasures WHERE user_id = ? AND ended IS NULL ORDER BY pos LIMIT 1`,
);
const of = statement<[string, number], Row>(
  `SELECT ${COLUMNS} FROM erasures WHERE user_id = ? ORDER BY pos DESC LIMIT ?`,
);
const latest = statement<[number], Row>(`SELECT ${COLUMNS} FROM erasures ORDER BY pos DESC LIMIT ?`);

/**
 * `waiting`: others are before it; `redacting`: what they wrote is taken back; `files`: uploads are deleted; `closing`:
 * the account is given up, which cannot be stopped.
 */
export type ErasureState = 'waiting' | 'redacting' | 'files' | 'closing' | 'done' | 'failed' | 'cancelled';

/** How far the taking back is: which room, and where in its timeline. */
export interface ErasurePlace {
  readonly roomNid: number;
  readonly ord: number;
}

/** The erasure of a person: under way, or as a record of it. */
export interface Erasure {
  readonly id: string;
  readonly userId: UserId;
  readonly state: ErasureState;
  /** the account was locked before it began */
  readonly wasLocked: boolean;
  readonly isCancelled: boolean;
  readonly place: ErasurePlace | undefined;
  /** messages that there were, about */
  readonly total: number;
  /** of them taken back */
  readonly done: number;
  /** of them nobody here could take back */
  readonly kept: number;
  /** uploads deleted, and how many bytes */
  readonly files: number;
  readonly bytes: number;
  /** English, why it failed */
  readonly error: string | undefined;
  readonly started: Milliseconds;
  readonly ended: Milliseconds | undefined;
}

/** Table `erasures`. */
export class ErasureStore {
  async insert(tx: Transaction, { id, userId, state, wasLocked, total, started }: Erasure): Promise<void> {
    await tx.run(insert, id, userId, state, wasLocked ? 1 : 0, total, started, tx.position());
  }

  /** How far it is, or how it ended. */
  async save(tx: Transaction, { id, state, place, done, kept, files, bytes, error, ended }: Erasure): Promise<void> {
    const at = place === undefined ? null : JSON.stringify(place);
    await tx.run(save, state, at, done, kept, files, bytes, error ?? null, ended ?? null, id);
  }

  /** @returns false when it is over, or too late */
  async cancel(tx: Transaction, id: string): Promise<boolean> {
    return (await tx.run(cancel, id)) > 0;
  }

  async one(db: Reader, id: string): Promise<Erasure | undefined> {
    return toErasure(await db.get(one, id));
  }

  /** The first that is not over. */
  async firstOpen(db: Reader): Promise<Erasure | undefined> {
    return toErasure(await db.get(firstOpen));
  }

  async openOf(db: Reader, userId: UserId): Promise<Erasure | undefined> {
    return toErasure(await db.get(openOf, userId));
  }

  /** The newest first. */
  async of(db: Reader, userId: UserId, limit: number): Promise<Erasure[]> {
    return (await db.all(of, userId, limit)).flatMap((row) => toErasure(row) ?? []);
  }

  /** The newest first. */
  async latest(db: Reader, limit: number): Promise<Erasure[]> {
    return (await db.all(latest, limit)).flatMap((row) => toErasure(row) ?? []);
  }
}

const toErasure = (row: Row | undefined): Erasure | undefined =>
  row && {
    id: row.erasure_id,
    userId: row.user_id,
    state: row.state,
    wasLocked: row.was_locked === 1,
    isCancelled: row.is_cancelled === 1,
    place: row.place === null ? undefined : parseOwn<ErasurePlace>(row.place),
    total: row.total,
    done: row.done,
    kept: row.kept,
    files: row.files,
    bytes: row.bytes,
    error: row.error ?? undefined,
    started: row.started,
    ended: row.ended ?? undefined,
  };
