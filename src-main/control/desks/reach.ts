import { headline, type Reach, REACH_STEPS, type StepName } from '../../matrix/diagnostics/index.js';
import type { ServerName } from '../../spec/ids.js';
import type { ReachState } from '../contract.js';

/** What the console sees of the way here. */
export interface ReachDesk {
  state(): ReachState;
  /** Ends with the look; what came of it is in the state. */
  check(options: { steps: readonly StepName[] | undefined; through: string | undefined }): Promise<void>;
}

/** The console's desk for "Can others reach us?". */
export function createReachDesk(serverName: ServerName, reach: Reach): ReachDesk {
  return {
    state() {
      const { steps, running, last } = reach.standing();
      const { step, isBlocking, waiting } = headline(steps);
      return {
        serverName,
        names: REACH_STEPS,
        steps,
        running,
        last,
        headline: step && { step: step.name, isBlocking, waiting },
      };
    },
    async check({ steps, through }) {
      await reach.check({ ...(steps ? { only: steps } : {}), through });
    },
  };
}
