import { deadline } from '../../../base/abort.js';
import type { Milliseconds } from '../../../base/clock.js';
import type { ServerName } from '../../../spec/ids.js';
import { worst } from '../diagnosis.js';
import { type Diagnosis, REACH_STEPS, type Step, type StepName } from '../steps.js';
import { machineSteps } from './machine-steps.js';
import { elsewhere, nameSteps } from './name-steps.js';
import { otherSteps } from './other-steps.js';
import { peopleSteps } from './people-steps.js';
import { type ReachDeps, ReachRun } from './reach-run.js';
import { waySteps } from './way-steps.js';

export interface CheckOptions {
  /** only these and what they rest on; all unless said */
  readonly only?: readonly StepName[];
  /** another server that is asked to look from outside */
  readonly through?: ServerName | undefined;
  /** called with each step as it is known; again when a later one shows it in another light */
  readonly onStep?: (step: Step) => void;
  readonly signal?: AbortSignal;
}

/** Whether others can reach this server, as it was found last. */
export interface ReachReport extends Diagnosis {
  readonly at: Milliseconds;
}

const PATIENCE: Milliseconds = 120_000;
const PLAN = [...machineSteps, ...nameSteps, ...waySteps, ...otherSteps, ...peopleSteps];

/** Finds out whether others can reach this server: from here, by its public name, and through servers that we know. */
export class Reach {
  #last: ReachReport | undefined;
  readonly #listeners = new Set<(report: ReachReport, before: ReachReport | undefined) => void>();

  constructor(private readonly deps: ReachDeps) {}

  /** What was found last; undefined before the first look. */
  get last(): ReachReport | undefined {
    return this.#last;
  }

  /** Calls `listener` after each look, until the returned function is called. Must not throw. */
  onReport(listener: (report: ReachReport, before: ReachReport | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Looks at everything, or at some of it, and changes nothing. Takes two minutes at most.
   *
   * @throws the signal's reason when nobody wants to know any more
   */
  async check({ only = REACH_STEPS, through, onStep, signal }: CheckOptions = {}): Promise<ReachReport> {
    const limit = deadline(signal, PATIENCE);
    const run = new ReachRun(this.deps, PLAN, {
      signal: limit.signal,
      through,
      onStep: (step) => onStep?.(step),
    });
    try {
      await Promise.all(only.map((name) => run.step(name)));
      this.#inItsLight(run);
    } finally {
      limit.end();
    }
    return this.#keep(run);
  }

  /** That the name leads to another computer matters once that one is not us, whoever it is. */
  #inItsLight(run: ReachRun): void {
    const isWrong = (['connection', 'keys'] as const).some((name) => run.steps.get(name)?.state === 'error');
    const found = run.way.spots.map(({ address }) => address);
    const places = isWrong ? elsewhere(found, this.deps.addresses()) : undefined;
    if (places) run.correct('addresses', { state: 'error', code: 'ADDRESSES_ELSEWHERE', fields: places });
  }

  #keep({ steps: found }: ReachRun): ReachReport {
    const before = this.#last;
    const steps = REACH_STEPS.flatMap(
      (name) => found.get(name) ?? before?.steps.find((step) => step.name === name) ?? [],
    );
    const { serverName } = this.deps.config;
    const report = { serverName, isOwn: true, steps, outcome: outcomeOf(steps), at: this.deps.clock.now() };
    this.#last = report;
    for (const listener of this.#listeners) listener(report, before);
    return report;
  }
}

/** What need not be known to say that all is well: nobody can tell it from here. */
const MAY_BE_UNKNOWN: ReadonlySet<StepName> = new Set<StepName>(['domain', 'public-address', 'clock', 'outgoing']);

const outcomeOf = (steps: readonly Step[]): Diagnosis['outcome'] =>
  worst(steps.filter(({ name, state }) => state !== 'could-not-check' || !MAY_BE_UNKNOWN.has(name)));

/** Those without which other servers cannot reach us, in the order in which they are looked at. */
const BLOCKING: readonly StepName[] = [
  'online',
  'name',
  'port',
  'dns',
  'srv',
  'addresses',
  'connection',
  'certificate',
  'version',
  'keys',
  'signed-request',
  'clock',
  'round-trip',
];

/** The step that matters: the first that keeps others out, else the first that is wrong; and how many wait for it. */
export function headline(steps: readonly Step[]): {
  readonly step: Step | undefined;
  readonly isBlocking: boolean;
  readonly waiting: number;
} {
  const wrong = steps.filter(({ state }) => state === 'error');
  const blocking = BLOCKING.flatMap((name) => wrong.find((step) => step.name === name) ?? [])[0];
  const step = blocking ?? wrong[0] ?? steps.find(({ state }) => state === 'warning');
  return { step, isBlocking: blocking !== undefined, waiting: steps.filter(({ state }) => state === 'waiting').length };
}
