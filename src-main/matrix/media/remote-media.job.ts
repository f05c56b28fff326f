import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Job } from '../../base/supervisor.js';
import type { MediaRetention } from './media-retention.js';
import type { RemoteMedia } from './remote-media.js';

const MINUTE: Milliseconds = 60_000;
const HOUR: Milliseconds = 60 * MINUTE;

/** Notes, each minute, which copies were asked for. */
export const remoteMediaUse = ({ remote, clock }: { remote: RemoteMedia; clock: Clock }): Job => ({
  name: 'media.use-of-copies',
  async run(signal) {
    try {
      while (!signal.aborted) {
        await clock.sleep(MINUTE, signal);
        await remote.saveUse();
      }
    } finally {
      await remote.saveUse();
    }
  },
});

/** Drops, hourly, what is kept too long. */
export const mediaRetention = ({ retention, clock }: { retention: MediaRetention; clock: Clock }): Job => ({
  name: 'media.retention',
  async run(signal) {
    while (!signal.aborted) {
      await retention.sweep(signal);
      await clock.sleep(HOUR, signal);
    }
  },
});
