import type { ReachState, Step, StepName } from '../../../src-main/control/contract.js';
import type { ReachDesk } from '../../../src-main/control/desks/reach.js';
import { headline, REACH_STEPS } from '../../../src-main/matrix/diagnostics/index.js';

/** A way to the server that a test says how it is. */
export class FakeReach implements ReachDesk {
  steps: readonly Step[] = [];
  running: readonly StepName[] = [];
  last: ReachState['last'];
  /** what was asked for, in order */
  readonly asked: { steps: readonly StepName[] | undefined; through: string | undefined }[] = [];
  /** what a look finds */
  finds: readonly Step[] = REACH_STEPS.map((name) => fakeStep(name));

  constructor(
    private readonly changed: () => void,
    private readonly now: () => number,
  ) {}

  state(): ReachState {
    const { step, isBlocking, waiting } = headline(this.steps);
    return {
      serverName: 'family.test',
      names: REACH_STEPS,
      steps: this.steps,
      running: this.running,
      last: this.last,
      headline: step && { step: step.name, isBlocking, waiting },
    };
  }

  async check(asked: { steps: readonly StepName[] | undefined; through: string | undefined }): Promise<void> {
    this.asked.push(asked);
    this.steps = this.finds;
    const isWrong = this.steps.some(({ state }) => state === 'error');
    this.last = { at: this.now(), outcome: isWrong ? 'error' : 'ok' };
    this.changed();
  }
}

/** A step that is well unless said. */
export const fakeStep = (name: StepName, more: Partial<Step> = {}): Step => ({
  name,
  state: 'ok',
  code: undefined,
  fields: {},
  found: '',
  evidence: [],
  took: 2,
  ...more,
});
