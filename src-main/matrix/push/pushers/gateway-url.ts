import { isObject } from '../../../base/json.js';
import { missingParam } from '../../../spec/errors.js';

const PATH = '/_matrix/push/v1/notify';
const MOST_LETTERS = 2_000;

/**
 * Checks the address of a push gateway. It must be one with TLS, unless the configuration opens the network that it
 * names.
 *
 * @param mayBePlain whether plain HTTP may be spoken with an address (no name): one of our own networks
 * @throws MatrixError M_MISSING_PARAM, as Synapse says it
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3pushersset
 */
export function checkGatewayUrl(given: unknown, mayBePlain: (host: string) => boolean): void {
  if (given === undefined) throw missingParam("'url' required in data for HTTP pusher");
  const url = typeof given === 'string' && given.length <= MOST_LETTERS ? URL.parse(given) : null;
  if (!url) throw missingParam("'url' must be the address of a push gateway");
  if (url.pathname !== PATH) throw missingParam(`'url' must have a path of '${PATH}'`);
  if (url.username !== '' || url.password !== '') throw missingParam("'url' may not have a password");
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol === 'https:' || (url.protocol === 'http:' && mayBePlain(host))) return;
  throw missingParam("'url' must be an HTTPS URL");
}

/** Whether a payload for the gateway is to have no more than ids. */
export const isEventIdOnly = (data: unknown): boolean => isObject(data) && data['format'] === 'event_id_only';
