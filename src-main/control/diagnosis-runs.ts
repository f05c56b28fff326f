import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.js';
import { type Step, WAY_STEPS } from '../matrix/diagnostics/index.js';
import type { DiagnosisRun } from './contract.js';
import { ControlError } from './procedure.js';
import type { OtherServers } from './server-host.js';

/** Finished ones are kept to be read; the oldest go first. */
const MOST_KEPT = 20;
const AT_ONCE = 4;

const NOTHING_YET = { steps: [], result: undefined };

interface Entry {
  run: DiagnosisRun;
  failure: unknown;
}

/** Diagnoses under way and lately finished: a console begins one, and asks how far it is. */
export class DiagnosisRuns {
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly clock: Clock) {}

  /**
   * One of this name that is under way already is gone on with.
   *
   * @param onChange called at each step and at the end
   * @throws ControlError TOO_MANY_CALLS
   */
  start(servers: OtherServers, serverName: string, onChange: () => void): DiagnosisRun {
    const underWay = [...this.#entries.values()].filter(({ run, failure }) => !run.result && failure === undefined);
    const same = underWay.find(({ run }) => run.serverName === serverName);
    if (same) return same.run;
    if (underWay.length >= AT_ONCE) throw new ControlError('TOO_MANY_CALLS', 'too many servers are being looked at');
    const run = { run: randomUUID(), serverName, startedAt: this.clock.now(), names: WAY_STEPS, ...NOTHING_YET };
    const entry: Entry = { run, failure: undefined };
    this.#entries.set(run.run, entry);
    this.#dropOld();
    void this.#follow(entry, servers, onChange);
    return run;
  }

  /** @throws ControlError M_NOT_FOUND; what the diagnosis failed with */
  read(run: string): DiagnosisRun {
    const entry = this.#entries.get(run);
    if (!entry) throw new ControlError('M_NOT_FOUND', 'there is no such diagnosis any more');
    if (entry.failure !== undefined) throw entry.failure;
    return entry.run;
  }

  async #follow(entry: Entry, servers: OtherServers, onChange: () => void): Promise<void> {
    const onStep = (step: Step) => {
      entry.run = { ...entry.run, steps: [...entry.run.steps, step] };
      onChange();
    };
    try {
      const { isOwn, outcome, steps } = await servers.diagnose(entry.run.serverName, onStep);
      entry.run = { ...entry.run, steps, result: { isOwn, outcome } };
    } catch (error) {
      entry.failure = error ?? new Error('a diagnosis failed');
    }
    onChange();
  }

  #dropOld(): void {
    for (const [key, { run, failure }] of this.#entries) {
      if (this.#entries.size <= MOST_KEPT) return;
      if (run.result || failure !== undefined) this.#entries.delete(key);
    }
  }
}
