import type { Milliseconds } from '../../../base/clock.js';
import type { ServerName } from '../../../spec/ids.js';

/** Most PDUs and EDUs of one transaction. @see https://spec.matrix.org/v1.19/server-server-api/#transactions */
export const MOST_PDUS = 50;
export const MOST_EDUS = 100;
/** Most characters of a transaction's events, unless one alone has more: receivers bound what they read. */
export const MOST_LENGTH = 2_000_000;

/**
 * A transaction's body as canonical JSON, put together from texts that were made once for all servers.
 *
 * @param pdus canonical JSON of events
 * @param edus canonical JSON of `{ content, edu_type }`
 */
export function transactionText(
  origin: ServerName,
  ts: Milliseconds,
  pdus: readonly string[],
  edus: readonly string[],
): string {
  const said = edus.length > 0 ? `"edus":[${edus.join(',')}],` : '';
  return `{${said}"origin":${JSON.stringify(origin)},"origin_server_ts":${ts},"pdus":[${pdus.join(',')}]}`;
}

/** The first of `items` that fit into one transaction together. */
export function firstThatFit<T extends { readonly text: string }>(items: readonly T[], most: number): T[] {
  const fitting: T[] = [];
  let length = 0;
  for (const item of items) {
    length += item.text.length;
    if (fitting.length > 0 && (fitting.length >= most || length > MOST_LENGTH)) break;
    fitting.push(item);
  }
  return fitting;
}
