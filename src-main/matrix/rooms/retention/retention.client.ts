import type { RetentionConfig } from '../../../config/config.js';
import { endpoint } from '../../../http/endpoint.js';

/**
 * How long this server keeps messages, and what rooms may ask for. Not in the spec yet; without retention there is no
 * such endpoint.
 *
 * @see https://github.com/matrix-org/matrix-spec-proposals/pull/1763
 */
export const retentionEndpoints = (settings: RetentionConfig | undefined) =>
  settings === undefined
    ? []
    : [
        endpoint({
          spec: '-',
          method: 'GET',
          path: '/_matrix/client/unstable/org.matrix.msc1763/retention/configuration',
          auth: 'user',
          handle: async () => configuration(settings),
        }),
      ];

function configuration({ minLifetime, maxLifetime, shortestAllowed, longestAllowed }: RetentionConfig) {
  const policy = {
    ...(minLifetime !== undefined && { min_lifetime: minLifetime }),
    ...(maxLifetime !== undefined && { max_lifetime: maxLifetime }),
  };
  const bounds = {
    ...(shortestAllowed !== undefined && { min: shortestAllowed }),
    ...(longestAllowed !== undefined && { max: longestAllowed }),
  };
  return {
    policies: Object.keys(policy).length > 0 ? { '*': policy } : {},
    limits: Object.keys(bounds).length > 0 ? { max_lifetime: bounds } : {},
  };
}
