import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Job } from '../../base/supervisor.js';
import type { Database } from '../../storage/database.js';
import { follower } from '../../storage/follower.js';
import type { Events } from '../events/index.js';
import { successionBy } from '../rooms/index.js';
import type { PushRules } from './push-rules.js';

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: Pick<Events, 'stream' | 'reader'>;
  readonly rules: PushRules;
}

/** Carries people's push rules about a room to the room that takes its place. */
export const successionOfRules = ({ events, rules, ...deps }: Deps): Job =>
  follower({
    ...deps,
    name: 'push.upgrades',
    stream: events.stream,
    async handle(event, signal) {
      const succession = await successionBy(event, events.reader);
      for (const userId of succession?.userIds ?? []) {
        signal.throwIfAborted();
        if (succession) await rules.carryOver(userId, succession.from, succession.to);
      }
    },
  });
