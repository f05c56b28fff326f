import type { Milliseconds } from '../base/clock.js';
import type { Logger } from '../base/logger.js';

/** A request when it is over. */
export interface FinishedRequest {
  /** unique in this run of the server; in the log of what went wrong too */
  readonly id: string;
  readonly method: string;
  /** with the query or without: it is cut off */
  readonly url: string;
  readonly status: number;
  readonly took: Milliseconds;
  readonly user: string | undefined;
  readonly address: string;
}

/** One line for each request: at `debug`, or `info` where the server failed. Query strings hold tokens and are left out. */
export function logRequest(log: Logger, request: FinishedRequest): void {
  const { id, method, status, user, address } = request;
  const fields = {
    request: id,
    method,
    path: pathOf(request.url),
    status,
    ms: Math.round(request.took),
    user,
    address,
  };
  if (status >= 500) log.info('request failed', fields);
  else log.debug('request', fields);
}

const LONGEST_PATH = 500;

/** The path without its query, at a length fit for a log. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  return path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path;
}
