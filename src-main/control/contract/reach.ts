import type { Diagnosis, Step, StepName } from '../../matrix/diagnostics/index.js';
import type { ServerName } from '../../spec/ids.js';

/** Whether others can reach this server. */
export interface ReachProcedures {
  'reach.state': { input: undefined; output: ReachState };
  /**
   * Begins to look, at everything or at some steps and what they rest on; `through` names a server that is asked to look
   * from outside. Announces `reach.changed` with each step.
   */
  'reach.check': { input: { steps?: StepName[]; through?: string }; output: ReachState };
}

export interface ReachState {
  readonly serverName: ServerName;
  /** the whole pipeline, in order */
  readonly names: readonly StepName[];
  /** those that are known, in the same order */
  readonly steps: readonly Step[];
  readonly running: readonly StepName[];
  /** of the last look that ended; undefined before */
  readonly last: { readonly at: number; readonly outcome: Diagnosis['outcome'] } | undefined;
  /** what matters most; undefined while nothing is wrong */
  readonly headline: ReachHeadline | undefined;
}

export interface ReachHeadline {
  readonly step: StepName;
  /** others cannot reach us because of it */
  readonly isBlocking: boolean;
  /** how many checks wait for it */
  readonly waiting: number;
}
