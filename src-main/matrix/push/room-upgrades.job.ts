import type { Clock } from '../../base/clock.js';
import type { Job } from '../../base/supervisor.js';
import { batchFollower, type Writing } from '../../storage/batch-follower.js';
import type { Database } from '../../storage/database.js';
import type { Events } from '../events/index.js';
import { type Succession, successionBy } from '../rooms/index.js';
import type { PushRules } from './push-rules.js';

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly events: Pick<Events, 'stream' | 'reader'>;
  readonly rules: PushRules;
}

/** Carries people's push rules about a room to the room that takes its place. */
export const successionOfRules = ({ events, rules, ...deps }: Deps): Job =>
  batchFollower({
    ...deps,
    name: 'push.upgrades',
    stream: events.stream,
    gather: 50,
    async prepare(changes, signal) {
      let writing: Writing | undefined;
      for (const { change } of changes) {
        const succession = await successionBy(change, events.reader);
        if (!succession) continue;
        await carry(succession, rules, signal);
        writing = PLACE_ONLY;
      }
      return writing;
    },
  });

/** Everything is written already: only that this is done needs to be. */
const PLACE_ONLY: Writing = async () => undefined;

async function carry({ from, to, userIds }: Succession, rules: PushRules, signal: AbortSignal): Promise<void> {
  for (const userId of userIds) {
    signal.throwIfAborted();
    await rules.carryOver(userId, from, to);
  }
}
