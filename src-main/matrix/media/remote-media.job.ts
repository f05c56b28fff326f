import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Job } from '../../base/supervisor.js';
import type { MediaUse } from './care/media-use.js';
import type { MediaRetention } from './media-retention.js';
import type { RemoteMedia } from './remote-media.js';

const MINUTE: Milliseconds = 60_000;
const HOUR: Milliseconds = 60 * MINUTE;

/** Notes, each minute, which files were asked for. */
export const mediaUse = ({ remote, own, clock }: { remote: RemoteMedia; own: MediaUse; clock: Clock }): Job => ({
  name: 'media.use',
  async run(signal) {
    try {
      while (!signal.aborted) {
        await clock.sleep(MINUTE, signal);
        await remote.saveUse();
        await own.save();
      }
    } finally {
      await remote.saveUse();
      await own.save();
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
