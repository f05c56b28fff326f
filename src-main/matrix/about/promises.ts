import type { Config } from '../../config/config.js';

/**
 * What this server promises to clients, in one place: clients choose their requests by it, so nothing may stand here
 * that does not work.
 */

/** Without a gap: old clients look for the oldest, new ones for the newest that they know. */
export const SPEC_VERSIONS: readonly string[] = [
  'r0.0.1',
  'r0.1.0',
  'r0.2.0',
  'r0.3.0',
  'r0.4.0',
  'r0.5.0',
  'r0.6.0',
  'r0.6.1',
  'v1.1',
  'v1.2',
  'v1.3',
  'v1.4',
  'v1.5',
  'v1.6',
  'v1.7',
  'v1.8',
  'v1.9',
  'v1.10',
  'v1.11',
  'v1.12',
  'v1.13',
  'v1.14',
  'v1.15',
  'v1.16',
  'v1.17',
  'v1.18',
  'v1.19',
];

/** What clients ask for by name, because it is newer than the versions above or was not in the spec for long. */
const UNSTABLE_FEATURES: Readonly<Record<string, boolean>> = {
  'org.matrix.e2e_cross_signing': true,
  'org.matrix.msc2285.stable': true,
  'org.matrix.msc3391': true,
  'org.matrix.msc3440.stable': true,
  'org.matrix.msc3771': true,
  'org.matrix.msc3773': true,
  'org.matrix.msc3827.stable': true,
  'org.matrix.msc3874': true,
  'org.matrix.msc3881': true,
  'org.matrix.msc3916.stable': true,
  'org.matrix.msc4155': true,
  'org.matrix.msc4222': true,
  'org.matrix.msc4380.stable': true,
  'uk.half-shot.msc2666.query_mutual_rooms': true,
  'uk.half-shot.msc2666.query_mutual_rooms.stable': true,
  'org.matrix.simplified_msc3575': true,
  'uk.tcpip.msc4133': true,
  'uk.tcpip.msc4133.stable': true,
};

/** All of them, with those that depend on the configuration. */
export const unstableFeatures = ({
  rooms,
  rtcTransports,
  push,
}: Pick<Config, 'rooms' | 'rtcTransports' | 'push'>): Readonly<Record<string, boolean>> => ({
  ...UNSTABLE_FEATURES,
  ...(rooms.longestEventDelay !== undefined && { 'org.matrix.msc4140': true }),
  ...(push.threadSubscriptions && { 'org.matrix.msc4306': true, 'org.matrix.msc4308': true }),
  ...(rtcTransports.length > 0 && { 'org.matrix.msc4143': true }),
});
