import { forbidden, MatrixError, notFound } from '../../../spec/errors.js';
import { RemoteError } from '../../servers/index.js';

/**
 * What a client hears when another server does not answer what the client asked for: that there is nothing (404), that
 * this server may not ask (403), and otherwise that the other one cannot be asked (502).
 *
 * @param error is thrown on when it is no failure of another server
 */
export function refusalOf(error: unknown): MatrixError {
  if (!(error instanceof RemoteError)) throw error;
  if (error.status === 404) return notFound('that server knows nothing of it');
  if (error.kind === 'refused') return forbidden('this server does not talk to that one');
  return new MatrixError(502, 'M_UNKNOWN', 'the other server could not be asked');
}

/** A text for clients, which take long ones for granted of nobody. */
export const shortText = (value: unknown, most = 4096): string | undefined =>
  typeof value === 'string' && value.length <= most ? value : undefined;
