import type { Clock } from '../../base/clock.js';
import type { Job } from '../../base/supervisor.js';
import type { LastSeen } from './last-seen.js';

const EVERY = 60_000;

/** Writes once a minute, and when the server stops, which device was heard of when. */
export const lastSeenJob = ({ lastSeen, clock }: { lastSeen: LastSeen; clock: Clock }): Job => ({
  name: 'accounts.last-seen',
  async run(signal) {
    try {
      for (;;) {
        await clock.sleep(EVERY, signal);
        await lastSeen.flush();
      }
    } finally {
      await lastSeen.flush();
    }
  },
});
