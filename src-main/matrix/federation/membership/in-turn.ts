import type { Logger } from '../../../base/logger.js';
import { type ErrCode, MatrixError } from '../../../spec/errors.js';
import type { ServerName } from '../../../spec/ids.js';
import { isServerName } from '../../../spec/server-name.js';
import { RemoteError } from '../../servers/index.js';
import { UnusableAnswer } from './template.js';

/** Servers asked for one thing at most. */
export const MOST_SERVERS = 20;

export interface Turn {
  /** a verb for logs and errors: `join` */
  readonly what: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Asks one server after the other until one does what it is asked. What a server says of the user or the room ends the
 * search; what is wrong with that one server does not.
 *
 * @throws MatrixError with what a server refused, for a reason that holds everywhere; M_UNKNOWN 502 when none could help;
 *   the signal's reason
 */
export async function askInTurn<T>(
  servers: readonly ServerName[],
  { what, log, signal }: Turn,
  attempt: (server: ServerName) => Promise<T>,
): Promise<T> {
  for (const server of servers) {
    signal.throwIfAborted();
    try {
      return await attempt(server);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof UnusableAnswer || error instanceof RemoteError) {
        const refusal = refusalOf(error);
        if (refusal) throw refusal;
        log.info('another server could not help', { what, server, error: error.message });
        continue;
      }
      throw error;
    }
  }
  throw new MatrixError(502, 'M_UNKNOWN', `no server could be found that lets you ${what}`);
}

/** Errcodes with which a server says that another may do what it cannot. */
const ASK_OTHERS: ReadonlySet<string | undefined> = new Set([
  'M_NOT_FOUND',
  'M_UNRECOGNIZED',
  'M_UNABLE_TO_AUTHORISE_JOIN',
  'M_UNABLE_TO_GRANT_JOIN',
  'M_LIMIT_EXCEEDED',
]);
/** It means that what we sent was wrong, which is not the client's fault. */
const OURS: ReadonlySet<string | undefined> = new Set(['M_MISSING_PARAM', 'M_INVALID_PARAM']);
/** What clients may hear of another server: never that their token is unknown, which would sign them out. */
const PASSED_ON: ReadonlySet<number | undefined> = new Set([400, 403]);

/**
 * The refusal of another server as our client hears it; undefined when the next server should be asked.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#get_matrixfederationv1make_joinroomiduserid
 */
export function refusalOf(error: RemoteError | UnusableAnswer): MatrixError | undefined {
  if (error instanceof UnusableAnswer || error.kind !== 'answered') return undefined;
  const { status, errcode, fields } = error;
  if (status === undefined || !PASSED_ON.has(status) || errcode === undefined || ASK_OTHERS.has(errcode))
    return undefined;
  if (OURS.has(errcode)) return new MatrixError(502, 'M_UNKNOWN', `${error.server} did not understand this server`);
  if (!/^M_[A-Z_]{1,60}$/.test(errcode) || errcode.endsWith('_TOKEN')) return undefined;
  const version = fields['room_version'];
  const more = typeof version === 'string' ? { room_version: version.slice(0, 100) } : {};
  return new MatrixError(status, errcode as ErrCode, error.why.slice(0, 500), more);
}

/** Those of the names that can be asked: servers, not ourselves, each once, and not too many. */
export function askable(servers: Iterable<string | undefined>, own: ServerName): ServerName[] {
  const names = new Set<ServerName>();
  for (const server of servers) {
    if (names.size >= MOST_SERVERS) break;
    if (server !== undefined && server !== own && isServerName(server)) names.add(server);
  }
  return [...names];
}
