import type { Clock } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import type { Job } from '../../../base/supervisor.js';
import type { Database } from '../../../storage/database.js';
import { follower } from '../../../storage/follower.js';
import type { Accounts } from '../../accounts/index.js';
import type { AutoJoin } from './auto-join.js';

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly streams: Accounts['streams'];
  readonly users: Pick<Accounts['users'], 'isGuest'>;
  readonly autoJoin: AutoJoin;
}

/**
 * Takes people who made an account into the rooms that are for all; those who have to accept the terms first, once they
 * did: before, they cannot go anywhere.
 */
export const autoJoining = ({ streams, users, autoJoin, ...deps }: Deps): Job[] => [
  follower({
    ...deps,
    name: 'rooms.auto-join',
    stream: streams.newAccounts,
    handle: (account, signal) => autoJoin.welcome(account, signal),
  }),
  follower({
    ...deps,
    name: 'rooms.auto-join-on-consent',
    stream: streams.consents,
    async handle({ userId }, signal) {
      await autoJoin.welcome({ userId, isGuest: await users.isGuest(userId), isFirst: false }, signal);
    },
  }),
];
