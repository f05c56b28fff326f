import type { Milliseconds } from '../../base/clock.js';
import type { ServerName } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';
import { type FailureCause, isFailureCause } from './destinations.store.js';

/** A turn in how another server fares: it failed, or answers again. */
export interface Attempt {
  readonly server: ServerName;
  readonly at: Milliseconds;
  /** undefined: it answered, after it had failed */
  readonly failure: { readonly why: string; readonly cause: FailureCause | undefined } | undefined;
}

const put = statement<[string, number, string | null, string | null]>(`
  INSERT INTO server_attempts (server, at, why, cause) VALUES (?, ?, ?, ?)
  ON CONFLICT (server, at) DO UPDATE SET why = excluded.why, cause = excluded.cause`);
const trim = statement<[string, string, number]>(`
  DELETE FROM server_attempts WHERE server = ? AND at < (
    SELECT at FROM server_attempts WHERE server = ? ORDER BY at DESC LIMIT 1 OFFSET ?)`);
const forget = statement<[number]>('DELETE FROM server_attempts WHERE at < ?');
const remove = statement<[string]>('DELETE FROM server_attempts WHERE server = ?');
const ofServer = statement<[string, number], { at: number; why: string | null; cause: string | null }>(
  'SELECT at, why, cause FROM server_attempts WHERE server = ? ORDER BY at DESC LIMIT ?',
);

/** Table `server_attempts`: the last turns of each server, bounded in number and age. */
export class AttemptStore {
  async put(tx: Transaction, attempts: readonly Attempt[], most: number): Promise<void> {
    await tx.runMany(
      put,
      attempts.map(({ server, at, failure }) => [server, at, failure?.why ?? null, failure?.cause ?? null]),
    );
    for (const server of new Set(attempts.map((attempt) => attempt.server))) {
      await tx.run(trim, server, server, most - 1);
    }
  }

  async forget(tx: Transaction, before: Milliseconds): Promise<void> {
    await tx.run(forget, before);
  }

  async remove(tx: Transaction, server: ServerName): Promise<void> {
    await tx.run(remove, server);
  }

  /** The newest first. */
  async ofServer(db: Reader, server: ServerName, limit: number): Promise<Attempt[]> {
    return (await db.all(ofServer, server, limit)).map(({ at, why, cause }) => ({
      server,
      at,
      failure: why === null ? undefined : { why, cause: cause !== null && isFailureCause(cause) ? cause : undefined },
    }));
  }
}
