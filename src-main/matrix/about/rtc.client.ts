import type { Config } from '../../config/config.js';
import { endpoint } from '../../http/endpoint.js';

/**
 * Where the media servers for calls are. Not in the spec yet.
 *
 * @see https://github.com/matrix-org/matrix-spec-proposals/pull/4143
 */
export const rtcEndpoints = (transports: Config['rtcTransports']) => [
  endpoint({
    spec: '-',
    method: 'GET',
    path: '/_matrix/client/unstable/org.matrix.msc4143/rtc/transports',
    aliases: ['/_matrix/client/v1/rtc/transports'],
    auth: 'guest',
    handle: async () => ({ rtc_transports: transports }),
  }),
];
