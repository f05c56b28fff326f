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

/** The fields of a profile that member events repeat. */
const SHOWN: ReadonlySet<string> = new Set(['displayname', 'avatar_url']);

/** Carries new names and pictures into the member events of all rooms. */
export const profilePropagation = ({ streams, standingRooms, ...deps }: Deps): Job =>
  follower({
    ...deps,
    name: 'rooms.profiles',
    stream: streams.profiles,
    async handle({ userId, field }, signal) {
      if (SHOWN.has(field)) await standingRooms.renew(userId, signal);
    },
  });
