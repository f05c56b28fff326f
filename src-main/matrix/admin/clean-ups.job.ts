import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Job } from '../../base/supervisor.js';
import type { Database } from '../../storage/database.js';
import { workOff } from '../../storage/work-off.js';
import { CLEAN_UPS_TOPIC, type CleanUps } from './clean-ups.js';

const HOUR: Milliseconds = 3_600_000;

/** Clears away what somebody asked to clear; what a stop broke off goes on. */
export const cleaningUp = ({ db, cleanUps }: { readonly db: Database; readonly cleanUps: CleanUps }): Job =>
  workOff({ name: 'admin.clean-ups', db, topic: CLEAN_UPS_TOPIC, next: (signal) => cleanUps.runNext(signal) });

/** Begins, hourly, to clear what people here uploaded and nobody opened for as long as the configuration says. */
export const clearingOldUploads = ({
  clock,
  cleanUps,
  lifetime,
}: {
  readonly clock: Clock;
  readonly cleanUps: CleanUps;
  readonly lifetime: Milliseconds;
}): Job => ({
  name: 'admin.old-uploads',
  async run(signal) {
    while (!signal.aborted) {
      await cleanUps.beginAutomatic(clock.now() - lifetime);
      await clock.sleep(HOUR, signal);
    }
  },
});
