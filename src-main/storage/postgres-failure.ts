import pg from 'pg';
import { StorageError } from './database.js';

/** What an error of PostgreSQL or of the connection to it means; undefined when it is the statement's own fault. */
export function postgresFailure(error: unknown): StorageError | undefined {
  if (error instanceof StorageError) return error;
  if (!(error instanceof Error)) return undefined;
  const failure = (kind: StorageError['kind'], message: string) => new StorageError(kind, message, { cause: error });
  if (!(error instanceof pg.DatabaseError)) {
    return isConnectionError(error) ? failure('unavailable', 'PostgreSQL cannot be reached') : undefined;
  }
  const code = error.code ?? '';
  if (code === '53100') return failure('full', "PostgreSQL's disk is full");
  if (/^(08|53|57P)/.test(code)) return failure('unavailable', `PostgreSQL is not available (${code})`);
  if (/^(58|XX)/.test(code)) return failure('broken', `PostgreSQL failed (${code})`);
  if (/^(25006|28|3D|42501)/.test(code)) return failure('refused', `PostgreSQL refused: ${error.message}`);
  return undefined;
}

/** The driver has no class for these: the system's errors have codes, its own have only words. */
const isConnectionError = (error: Error): boolean =>
  /^(E[A-Z]+)$/.test(String((error as NodeJS.ErrnoException).code)) ||
  /connection|Client was closed|not queryable|timeout/i.test(error.message);
