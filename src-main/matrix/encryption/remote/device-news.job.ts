import type { Clock } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import type { Job } from '../../../base/supervisor.js';
import type { Database } from '../../../storage/database.js';
import { follower } from '../../../storage/follower.js';
import type { Stream } from '../../../storage/stream.js';
import type { StoredEvent, WholeRoom } from '../../events/index.js';
import type { DeviceNews } from '../device-updates.js';
import type { DeviceNewsSender } from './device-news.js';
import { type RemoteDeviceLists, STALE_LISTS } from './remote-device-lists.js';
import type { RemoteDeviceStore } from './remote-devices.store.js';
import type { SharedRoomSteps } from './shared-room-steps.js';

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Tells other servers what happened to the devices of our users. */
export const deviceNewsFollower = (deps: Deps & { stream: Stream<DeviceNews>; sender: DeviceNewsSender }): Job =>
  follower({ ...deps, name: 'encryption.device-news', handle: (news) => deps.sender.send(news) });

/** Sees who comes to share a room with whom, and who does not any more. */
export const sharedRoomsFollower = (deps: Deps & { stream: Stream<StoredEvent>; steps: SharedRoomSteps }): Job =>
  follower({ ...deps, name: 'encryption.shared-rooms', from: 'now', handle: (event) => deps.steps.see(event) });

/** Sees which rooms have all their members now. */
export const wholeRoomsFollower = (deps: Deps & { stream: Stream<WholeRoom>; steps: SharedRoomSteps }): Job =>
  follower({ ...deps, name: 'encryption.whole-rooms', handle: (room) => deps.steps.becameWhole(room) });

const AT_ONCE = 10;
const LONGEST_SLEEP = 3600_000;

/** Fetches anew the device lists of which something was missed. */
export const staleListsJob = (deps: Deps & { store: RemoteDeviceStore; lists: RemoteDeviceLists }): Job => ({
  name: 'encryption.stale-device-lists',
  async run(signal) {
    const { db, clock, store, lists } = deps;
    while (!signal.aborted) {
      const over = new AbortController();
      const stop = () => over.abort(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      const unwatch = db.news.watch([STALE_LISTS], stop);
      try {
        const stale = await store.stale(db, clock.now(), AT_ONCE);
        await Promise.all(stale.map((copy) => lists.refresh(copy)));
        if (stale.length > 0) continue;
        const next = await store.nextStale(db);
        const wait = next === undefined ? LONGEST_SLEEP : Math.max(0, next - clock.now());
        await clock.sleep(Math.min(wait, LONGEST_SLEEP), over.signal).catch(() => undefined);
      } finally {
        unwatch();
        signal.removeEventListener('abort', stop);
      }
    }
  },
});
