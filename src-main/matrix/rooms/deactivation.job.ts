import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Job } from '../../base/supervisor.js';
import type { Database } from '../../storage/database.js';
import { follower } from '../../storage/follower.js';
import type { Accounts } from '../accounts/index.js';
import type { Events } from '../events/index.js';
import type { StandingRooms } from './standing-rooms.js';

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly streams: Accounts['streams'];
  readonly standingRooms: StandingRooms;
  readonly erased: Pick<Events['erased'], 'add'>;
}

/** Takes people who gave up their account out of their rooms, and hides what they wrote from who comes later if they want. */
export const deactivationDepartures = ({ streams, standingRooms, erased, ...deps }: Deps): Job =>
  follower({
    ...deps,
    name: 'rooms.deactivations',
    stream: streams.deactivations,
    async handle({ userId, erase }, signal) {
      if (erase) await erased.add(userId);
      await standingRooms.leave(userId, signal);
    },
  });
