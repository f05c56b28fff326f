import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import type { Job } from '../../../base/supervisor.js';
import type { Reach } from './reach.js';

export interface ReachJobDeps {
  readonly reach: Reach;
  readonly clock: Clock;
  readonly log: Logger;
  /** what the way depends on: when it says something else, it is looked at anew */
  surroundings(): Promise<string>;
}

const AFTER_START: Milliseconds = 60_000;
const LOOK_EVERY: Milliseconds = 60_000;
/** So much later than was asked for: the whole computer slept. */
const ASLEEP = 3 * LOOK_EVERY;
const CHECK_EVERY: Milliseconds = 6 * 3_600_000;

/** Looks after the start, when the address or the certificate changes, after a sleep, and every six hours. */
export const reachJob = ({ reach, clock, log, surroundings }: ReachJobDeps): Job => ({
  name: 'diagnostics.reach',
  async run(signal) {
    let seen = await surroundings();
    let due = clock.now() + AFTER_START;
    while (!signal.aborted) {
      const slept = clock.now();
      await clock.sleep(LOOK_EVERY, signal).catch(() => undefined);
      if (signal.aborted) return;
      const now = await surroundings();
      const wasAsleep = clock.now() - slept > ASLEEP;
      if (now === seen && !wasAsleep && clock.now() < due) continue;
      seen = now;
      due = clock.now() + CHECK_EVERY;
      const { outcome, steps } = await reach.check({ signal });
      const wrong = steps.filter(({ state }) => state === 'error').map(({ name, code }) => `${name}: ${code}`);
      log.info('looked whether others can reach this server', { outcome, wrong });
    }
  },
});
