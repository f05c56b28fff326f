import type { Milliseconds } from '../base/clock.js';
import { type Reader, statement, type Transaction } from '../storage/database.js';
import type { CheckCode, CheckSpan, FindingState } from './check.js';
import type { Ignore } from './visibility.js';

interface StateRow {
  code: string;
  at: number;
  state: string;
}

const addState = statement<[string, number, string]>(`
  INSERT INTO check_states (code, at, state) VALUES (?, ?, ?)
  ON CONFLICT (code, at) DO UPDATE SET state = excluded.state`);
const newestStates = statement<[], StateRow>(`
  SELECT s.code, s.at, s.state FROM check_states s
  WHERE s.at = (SELECT max(l.at) FROM check_states l WHERE l.code = s.code)`);
const statesSince = statement<[string, string, number, number], StateRow>(`
  SELECT code, at, state FROM check_states
  WHERE code = ? AND at >= coalesce((SELECT max(at) FROM check_states WHERE code = ? AND at <= ?), 0)
  ORDER BY at DESC LIMIT ?`);
const trimStates = statement<[number, number]>(`
  DELETE FROM check_states WHERE at < ?
    AND EXISTS (SELECT 1 FROM check_states l WHERE l.code = check_states.code 
      AND l.at > check_states.at AND l.at <= ?)`);
const ignores = statement<[], { code: string; until_ts: number | null; value: string }>(
  'SELECT code, until_ts, value FROM check_ignores',
);
const putIgnore = statement<[string, number | null, string]>(`
  INSERT INTO check_ignores (code, until_ts, value) VALUES (?, ?, ?)
  ON CONFLICT (code) DO UPDATE SET until_ts = excluded.until_ts, value = excluded.value`);
const removeIgnore = statement<[string]>('DELETE FROM check_ignores WHERE code = ?');
const mark = statement<[string], { value: string; at: number }>('SELECT value, at FROM health_marks WHERE name = ?');
const putMark = statement<[string, string, number]>(`
  INSERT INTO health_marks (name, value, at) VALUES (?, ?, ?)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at`);
const removeMark = statement<[string]>('DELETE FROM health_marks WHERE name = ?');

/** Tables `check_states`, `check_ignores` and `health_marks`. */
export class CheckStore {
  async addState(tx: Transaction, code: CheckCode, at: Milliseconds, state: FindingState): Promise<void> {
    await tx.run(addState, code, at, state);
  }

  /** In which state each check is, and since when. */
  async newestStates(db: Reader): Promise<{ code: CheckCode; at: Milliseconds; state: FindingState }[]> {
    return (await db.all(newestStates)).map(toState);
  }

  /** The times in one state that reach beyond `since`, oldest first; the newest `limit` of them. */
  async spans(db: Reader, code: CheckCode, since: Milliseconds, limit: number): Promise<CheckSpan[]> {
    const rows = (await db.all(statesSince, code, code, since, limit)).map(toState).toReversed();
    return rows.map(({ at, state }, index) => ({ from: Math.max(at, since), to: rows[index + 1]?.at, state }));
  }

  /** Forgets what was over before `before`. */
  async trim(tx: Transaction, before: Milliseconds): Promise<void> {
    await tx.run(trimStates, before, before);
  }

  async ignores(db: Reader): Promise<Map<CheckCode, Ignore>> {
    const rows = await db.all(ignores);
    return new Map(
      rows.map(({ code, until_ts: until, value }) => [code as CheckCode, { until: until ?? undefined, value }]),
    );
  }

  async putIgnore(tx: Transaction, code: CheckCode, { until, value }: Ignore): Promise<void> {
    await tx.run(putIgnore, code, until ?? null, value);
  }

  async removeIgnore(tx: Transaction, code: CheckCode): Promise<void> {
    await tx.run(removeIgnore, code);
  }

  async mark(db: Reader, name: string): Promise<{ value: string; at: Milliseconds } | undefined> {
    return db.get(mark, name);
  }

  async putMark(tx: Transaction, name: string, value: string, at: Milliseconds): Promise<void> {
    await tx.run(putMark, name, value, at);
  }

  async removeMark(tx: Transaction, name: string): Promise<void> {
    await tx.run(removeMark, name);
  }
}

const toState = ({ code, at, state }: StateRow) => ({
  code: code as CheckCode,
  at,
  state: state as FindingState,
});
