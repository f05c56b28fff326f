import { deadline } from '../../../base/abort.js';
import { Lanes } from '../../../base/lane.js';
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

/** Where it stands while somebody looks, and in between. */
export interface ReachStanding {
  /** in the order of the pipeline, as far as they are known */
  readonly steps: readonly Step[];
  /** those that are being looked at */
  readonly running: readonly StepName[];
  /** undefined before the first look has ended */
  readonly last: Pick<ReachReport, 'at' | 'outcome'> | undefined;
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
  #current: { readonly run: ReachRun; readonly only: readonly StepName[] } | undefined;
  readonly #turns = new Lanes<'reach'>();
  readonly #watchers = new Set<() => void>();
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

  /** Calls `watcher` whenever a step is known and when a look begins or ends. Must not throw. */
  onChange(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  standing(): ReachStanding {
    const { run, only = [] } = this.#current ?? {};
    return {
      steps: this.#together(run),
      running: run ? only.filter((name) => !run.steps.has(name)) : [],
      last: this.#last && { at: this.#last.at, outcome: this.#last.outcome },
    };
  }

  /**
   * Looks at everything, or at some of it, and changes nothing; one look after the other. Takes two minutes at most.
   *
   * @throws the signal's reason when nobody wants to know any more
   */
  check(options: CheckOptions = {}): Promise<ReachReport> {
    return this.#turns.run('reach', () => this.#check(options));
  }

  async #check({ only = REACH_STEPS, through, onStep, signal }: CheckOptions): Promise<ReachReport> {
    const limit = deadline(signal, PATIENCE);
    const run = new ReachRun(this.deps, PLAN, {
      signal: limit.signal,
      through,
      onStep: (step) => {
        onStep?.(step);
        this.#changed();
      },
    });
    this.#current = { run, only };
    this.#changed();
    try {
      await Promise.all(only.map((name) => run.step(name)));
      this.#inItsLight(run);
      return this.#keep(run);
    } finally {
      limit.end();
      this.#current = undefined;
      this.#changed();
    }
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** That the name leads to another computer matters once that one is not us, whoever it is. */
  #inItsLight(run: ReachRun): void {
    const isWrong = (['connection', 'keys'] as const).some((name) => run.steps.get(name)?.state === 'error');
    const found = run.way.spots.map(({ address }) => address);
    const places = isWrong ? elsewhere(found, this.deps.addresses()) : undefined;
    if (places) run.correct('addresses', { state: 'error', code: 'ADDRESSES_ELSEWHERE', fields: places });
  }

  #keep(run: ReachRun): ReachReport {
    const before = this.#last;
    const steps = this.#together(run);
    const { serverName } = this.deps.config;
    const report = { serverName, isOwn: true, steps, outcome: outcomeOf(steps), at: this.deps.clock.now() };
    this.#last = report;
    for (const listener of this.#listeners) listener(report, before);
    return report;
  }

  /** What was found just now, and of the rest what was found before. */
  #together(run: ReachRun | undefined): Step[] {
    const before = this.#last?.steps ?? [];
    return REACH_STEPS.flatMap((name) => run?.steps.get(name) ?? before.find((step) => step.name === name) ?? []);
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
