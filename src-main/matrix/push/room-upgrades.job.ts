import type { Clock } from '../../base/clock.js';
import type { Job } from '../../base/supervisor.js';
import type { Database } from '../../storage/database.js';
import type { Events } from '../events/index.js';
import { successionFollower } from '../rooms/index.js';
import type { PushRules } from './push-rules.js';

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly events: Pick<Events, 'stream' | 'reader'>;
  readonly rules: PushRules;
}

/** Carries people's push rules about a room to the room that takes its place. */
export const successionOfRules = ({ rules, ...deps }: Deps): Job =>
  successionFollower({
    ...deps,
    name: 'push.upgrades',
    carry: async (userId, from, to) => {
      await rules.carryOver(userId, from, to);
    },
  });
