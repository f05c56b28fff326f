import type { Logger } from '../base/logger.js';
import { MatrixError } from '../spec/errors.js';
import { StorageError } from '../storage/database.js';
import { Reply } from './endpoint.js';

/** Nobody is there to read an answer. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

/** True for the end of a request's signal, bare or as the cause of what it ended. */
export const isClientGone = (error: unknown): boolean =>
  error instanceof ClientGoneError || (error instanceof Error && error.cause instanceof ClientGoneError);

/** What the log says beside an error. */
export interface ErrorContext {
  readonly log: Logger;
  readonly requestId: string;
  readonly method: string;
  /** the route as declared, or undefined where none was found */
  readonly route: string | undefined;
  readonly isStopping: boolean;
}

/**
 * Turns what a handler threw into the standard error response. What has no name in the spec is logged in full and
 * answered without details.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#standard-error-response
 */
export function errorReply(error: unknown, context: ErrorContext): Reply {
  if (error instanceof MatrixError) return new Reply(error.status, error.toBody(), retryHeaders(error));
  if (error instanceof StorageError) return storageReply(error, context);
  if (context.isStopping) return standard(503, 'the server is stopping');
  const { log, requestId, method, route } = context;
  log.error('request failed unexpectedly', { request: requestId, method, route, error });
  return standard(500, 'internal server error');
}

/**
 * A full disk is 507: clients and servers try a 5xx again, which is right, since nothing was stored. The spec's
 * M_RESOURCE_LIMIT_EXCEEDED does not fit: it is a 403, which they take for a final no.
 */
function storageReply(error: StorageError, { log, requestId, method, route }: ErrorContext): Reply {
  log.error('the store failed', { request: requestId, method, route, kind: error.kind, error });
  if (error.kind === 'full') return standard(507, 'the disk of this server is full; nothing was stored');
  if (error.kind === 'unavailable') return standard(503, 'the database of this server does not answer');
  return standard(500, 'the database of this server failed');
}

const standard = (status: number, why: string) => new Reply(status, { errcode: 'M_UNKNOWN', error: why });

/** `retry_after_ms` again as the header that replaces it. @see https://spec.matrix.org/v1.19/client-server-api/#rate-limiting */
function retryHeaders({ fields }: MatrixError): Record<string, string> {
  const wait = fields['retry_after_ms'];
  return typeof wait === 'number' ? { 'retry-after': String(Math.ceil(wait / 1000)) } : {};
}
