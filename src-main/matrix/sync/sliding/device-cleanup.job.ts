import type { Clock } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import type { Job } from '../../../base/supervisor.js';
import type { Database } from '../../../storage/database.js';
import { follower } from '../../../storage/follower.js';
import type { Accounts } from '../../accounts/index.js';
import type { ConnectionStore } from './connections.store.js';

/** Drops the connections of deleted devices. */
export const slidingDevicesFollower = (deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly accounts: Pick<Accounts, 'streams'>;
  readonly store: ConnectionStore;
}): Job =>
  follower({
    ...deps,
    name: 'sync.devices',
    stream: deps.accounts.streams.devices,
    async handle({ userId, deviceIds, change }) {
      if (change === 'deleted') await deps.db.write((tx) => deps.store.removeDevices(tx, userId, deviceIds));
    },
  });
