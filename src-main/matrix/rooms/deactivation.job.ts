import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Job } from '../../base/supervisor.js';
import type { Database } from '../../storage/database.js';
import { follower } from '../../storage/follower.js';
import type { Accounts } from '../accounts/index.js';
import type { StandingRooms } from './standing-rooms.js';

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly streams: Accounts['streams'];
  readonly standingRooms: StandingRooms;
}

/** Takes people who gave up their account out of their rooms. */
export const deactivationDepartures = ({ streams, standingRooms, ...deps }: Deps): Job =>
  follower({
    ...deps,
    name: 'rooms.deactivations',
    stream: streams.deactivations,
    handle: ({ userId }, signal) => standingRooms.leave(userId, signal),
  });
