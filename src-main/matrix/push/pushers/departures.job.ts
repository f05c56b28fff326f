import type { Clock } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import type { Job } from '../../../base/supervisor.js';
import type { Database } from '../../../storage/database.js';
import { follower } from '../../../storage/follower.js';
import type { Accounts } from '../../accounts/index.js';
import type { Pushers } from './pushers.js';

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly accounts: Pick<Accounts, 'streams'>;
  readonly pushers: Pushers;
}

/** Removes the pushers of sessions that ended. */
export const pushersOfDevices = ({ accounts, pushers, ...deps }: Deps): Job =>
  follower({
    ...deps,
    name: 'push.devices',
    stream: accounts.streams.devices,
    async handle({ userId, deviceIds, change }) {
      if (change === 'deleted') await pushers.removeOfDevices(userId, deviceIds);
    },
  });

/** Removes the pushers of accounts that were given up. */
export const pushersOfDeactivated = ({ accounts, pushers, ...deps }: Deps): Job =>
  follower({
    ...deps,
    name: 'push.deactivations',
    stream: accounts.streams.deactivations,
    handle: ({ userId }) => pushers.removeOfUser(userId),
  });
