import type { Milliseconds } from '../../base/clock.js';
import type { OutgoingErrorKind } from '../../net/outgoing-error.js';
import type { ServerName } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

/** How another server fares, as far as we tried. */
export interface Destination {
  readonly server: ServerName;
  /** ms since the epoch; undefined: it does not fail */
  readonly failingSince: Milliseconds | undefined;
  /** in a row */
  readonly failures: number;
  /** ms since the epoch: not asked before, unless somebody waits or it speaks to us */
  readonly nextTry: Milliseconds | undefined;
  readonly lastSuccess: Milliseconds | undefined;
  readonly lastFailure: LastFailure | undefined;
}

/**
 * Why another server is not well: it could not be reached (as outgoing requests have it), does not believe our signature
 * (`unauthorized`), asks to be left alone (`busy`), fails itself (`server-error`), or answers what cannot be used
 * (`invalid`).
 */
export type FailureCause = OutgoingErrorKind | 'unauthorized' | 'busy' | 'server-error' | 'invalid';

export interface LastFailure {
  readonly at: Milliseconds;
  /** English, for logs and administrators */
  readonly why: string;
  /** undefined: it was written down by an older version */
  readonly cause: FailureCause | undefined;
}

/** Which servers are listed. */
export interface DestinationPage {
  /** the last one of the page before */
  readonly after?: ServerName;
  readonly limit: number;
  /** part of the name, any case */
  readonly search?: string;
  /** only those that failed when they were asked last */
  readonly onlyFailing?: boolean;
}

interface DestinationRow {
  server: string;
  failing_since: number | null;
  failures: number;
  next_try: number | null;
  last_success: number | null;
  last_failure: number | null;
  last_why: string | null;
  last_cause: string | null;
}

type PutParameters = [
  string,
  number | null,
  number,
  number | null,
  number | null,
  number | null,
  string | null,
  string | null,
];

const COLUMNS = 'server, failing_since, failures, next_try, last_success, last_failure, last_why, last_cause';
const put = statement<PutParameters>(`
  INSERT INTO destinations (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (server) DO UPDATE SET
    failing_since = excluded.failing_since,
    failures = excluded.failures,
    next_try = excluded.next_try,
    last_success = coalesce(excluded.last_success, destinations.last_success),
    last_failure = coalesce(excluded.last_failure, destinations.last_failure),
    last_why = coalesce(excluded.last_why, destinations.last_why),
    last_cause = coalesce(excluded.last_cause, destinations.last_cause)
`);
const one = statement<[string], DestinationRow>(`SELECT ${COLUMNS} FROM destinations WHERE server = ?`);
const failing = statement<[number], DestinationRow>(`
  SELECT ${COLUMNS} FROM destinations WHERE failures > 0 ORDER BY failures LIMIT ?
`);
const page = statement<[string, string, number, number], DestinationRow>(`
  SELECT ${COLUMNS} FROM destinations
  WHERE server > ? AND lower(server) LIKE ? ESCAPE '!' AND failures >= ?
  ORDER BY server LIMIT ?
`);

const forget = statement<[number]>(`
  DELETE FROM destinations WHERE failures > 0 AND last_success IS NULL AND last_failure < ?
`);

const remove = statement<[string]>('DELETE FROM destinations WHERE server = ?');

/** Table `destinations`: every server that was asked for something. */
export class DestinationStore {
  /** What is undefined of the last success and failure stays as it was. */
  async putAll(tx: Transaction, destinations: readonly Destination[]): Promise<void> {
    await tx.runMany(put, destinations.map(toParameters));
  }

  async one(db: Reader, server: ServerName): Promise<Destination | undefined> {
    const row = await db.get(one, server);
    return row && toDestination(row);
  }

  /** Those that failed when they were asked last, at most `limit`. */
  async failing(db: Reader, limit: number): Promise<Destination[]> {
    return (await db.all(failing, limit)).map(toDestination);
  }

  /** Forgets servers that never answered and were not tried since `before`. */
  async forgetUnknown(tx: Transaction, before: Milliseconds): Promise<void> {
    await tx.run(forget, before);
  }

  async remove(tx: Transaction, server: ServerName): Promise<void> {
    await tx.run(remove, server);
  }

  /** By name. */
  async page(db: Reader, { after = '', limit, search = '', onlyFailing = false }: DestinationPage) {
    const pattern = `%${search.toLowerCase().replaceAll(/[!%_]/g, '!$&')}%`;
    return (await db.all(page, after, pattern, onlyFailing ? 1 : 0, limit)).map(toDestination);
  }
}

const toParameters = (destination: Destination): PutParameters => [
  destination.server,
  destination.failingSince ?? null,
  destination.failures,
  destination.nextTry ?? null,
  destination.lastSuccess ?? null,
  destination.lastFailure?.at ?? null,
  destination.lastFailure?.why ?? null,
  destination.lastFailure?.cause ?? null,
];

const toDestination = (row: DestinationRow): Destination => ({
  server: row.server,
  failingSince: row.failing_since ?? undefined,
  failures: row.failures,
  nextTry: row.next_try ?? undefined,
  lastSuccess: row.last_success ?? undefined,
  lastFailure: lastFailure(row),
});

function lastFailure({ last_failure: at, last_why: why, last_cause: cause }: DestinationRow): LastFailure | undefined {
  if (at === null) return undefined;
  return { at, why: why ?? '', cause: cause !== null && isFailureCause(cause) ? cause : undefined };
}

const CAUSES: ReadonlySet<string> = new Set<FailureCause>([
  'denied',
  'dns',
  'connect',
  'tls',
  'timeout',
  'too-large',
  'broken',
  'redirects',
  'unauthorized',
  'busy',
  'server-error',
  'invalid',
]);

/** As it was stored, by whatever version of this program. */
export const isFailureCause = (text: string): text is FailureCause => CAUSES.has(text);
