import type { Clock } from '../../../base/clock.js';
import type { Job } from '../../../base/supervisor.js';
import { batchFollower } from '../../../storage/batch-follower.js';
import type { Database } from '../../../storage/database.js';
import type { Events } from '../../events/index.js';
import { NOTICES_TOPIC, type Noticing } from './noticing.js';
import type { NoticeStore } from './notices.store.js';

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly events: Pick<Events, 'stream'>;
  readonly noticing: Noticing;
  readonly store: NoticeStore;
}

/** Writes down which events notify people who have pushers, a moment after they come. */
export const noticeFollower = ({ events, noticing, store, ...deps }: Deps): Job =>
  batchFollower({
    ...deps,
    name: 'push.notices',
    stream: events.stream,
    gather: 100,
    async prepare(changes) {
      const notices = await noticing.of(changes.map(({ change }) => change));
      if (notices.length === 0) return undefined;
      return async (tx) => {
        await store.insert(tx, notices);
        tx.announce(NOTICES_TOPIC);
      };
    },
  });
