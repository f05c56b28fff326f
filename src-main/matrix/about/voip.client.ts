import { createHmac } from 'node:crypto';
import type { Clock } from '../../base/clock.js';
import type { Config } from '../../config/config.js';
import { endpoint } from '../../http/endpoint.js';
import { MatrixError } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';

/**
 * Names and passwords for the TURN server: made of the secret that it shares with us, good for a while, or the fixed
 * ones of the configuration.
 *
 * @returns undefined when there is no TURN server
 */
export function turnCredentials(turn: Config['turn'], userId: UserId, now: number) {
  const { uris, sharedSecret, userLifetime } = turn;
  const ttl = Math.floor(userLifetime / 1000);
  if (uris.length === 0) return undefined;
  if (sharedSecret !== undefined) {
    const username = `${Math.floor(now / 1000) + ttl}:${userId}`;
    return { username, password: createHmac('sha1', sharedSecret).update(username).digest('base64'), ttl, uris };
  }
  if (turn.username === undefined || turn.password === undefined) return undefined;
  return { username: turn.username, password: turn.password, ttl, uris };
}

export const voipEndpoints = (turn: Config['turn'], clock: Clock) => [
  endpoint({
    spec: 'client-server/voip.yaml#getTurnServer',
    method: 'GET',
    path: '/_matrix/client/v3/voip/turnServer',
    r0: true,
    auth: 'guest',
    async handle({ caller }) {
      if (caller.isGuest && !turn.allowGuests) {
        throw new MatrixError(403, 'M_GUEST_ACCESS_FORBIDDEN', 'guests may not use the TURN server');
      }
      // As Synapse: without a TURN server an empty object, which clients take as a no.
      return turnCredentials(turn, caller.userId, clock.now()) ?? {};
    },
  }),
];
