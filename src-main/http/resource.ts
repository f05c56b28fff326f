import type { ListenerResource } from '../config/config.js';

/** What must be among a listener's resources for it to answer a path: one of these. */
const RESOURCES: readonly (readonly [prefix: string, resources: readonly ListenerResource[]])[] = [
  ['/_matrix/client/v1/media/', ['media', 'client']],
  ['/_matrix/media/', ['media', 'client']],
  ['/_matrix/federation/v1/media/', ['media', 'federation']],
  ['/_matrix/federation/', ['federation']],
  ['/_matrix/key/', ['keys', 'federation']],
  ['/_synapse/metrics', ['metrics']],
];
const ALWAYS = '/health';

/** Whether a listener with `carried` answers `path`. The health check is answered everywhere, all that is left is the clients'. */
export function carries(carried: readonly ListenerResource[], path: string): boolean {
  if (path === ALWAYS) return true;
  const needed = RESOURCES.find(([prefix]) => path.startsWith(prefix))?.[1] ?? ['client'];
  return needed.some((resource) => carried.includes(resource));
}
