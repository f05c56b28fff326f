import { deadline } from '../../base/abort.js';
import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Config } from '../../config/config.js';
import type { ServerName } from '../../spec/ids.js';
import type { Route, SigningKeys } from '../servers/index.js';
import { type AskServer, clockFinding } from './ask-server.js';
import type { FindServer, Spot } from './find-server.js';
import type { ReachServer } from './reach-server.js';
import { type Diagnosis, type Finding, type Step, WAY_STEPS, type StepName, toStep } from './steps.js';

export interface DiagnosticsDeps {
  readonly config: Pick<Config, 'serverName'>;
  readonly clock: Clock;
  readonly find: FindServer;
  readonly reach: ReachServer;
  readonly ask: AskServer;
  /** to know our own answer by; undefined while this server has no key */
  readonly ownKeys: SigningKeys | undefined;
}

export interface DiagnoseOptions {
  /** called with each step as it is known */
  readonly onStep?: (step: Step) => void;
  readonly signal?: AbortSignal;
}

/** For all steps together. */
const PATIENCE: Milliseconds = 60_000;
const EARLIER: Finding = { state: 'waiting', code: 'EARLIER_STEP' };

/** Finds out, step by step, whether and how servers can be reached from this computer. */
export class Diagnostics {
  constructor(private readonly deps: DiagnosticsDeps) {}

  /**
   * Looks at everything once, without what is remembered of the server, and changes nothing. Takes a minute at most.
   *
   * @throws the signal's reason when nobody wants to know any more
   */
  async diagnose(serverName: ServerName, { onStep, signal }: DiagnoseOptions = {}): Promise<Diagnosis> {
    const limit = deadline(signal, PATIENCE);
    const run = new DiagnosisRun(this.deps, serverName, limit.signal, onStep);
    try {
      await run.all();
    } catch (error) {
      signal?.throwIfAborted();
      if (!limit.signal.aborted) throw error;
      run.outOfTime();
    } finally {
      limit.end();
    }
    return { serverName, isOwn: run.isOwn, steps: run.steps, outcome: worst(run.steps) };
  }
}

class DiagnosisRun {
  readonly steps: Step[] = [];
  readonly isOwn: boolean;
  #began = performance.now();

  constructor(
    private readonly deps: DiagnosticsDeps,
    private readonly server: ServerName,
    private readonly signal: AbortSignal,
    private readonly onStep: ((step: Step) => void) | undefined,
  ) {
    this.isOwn = server === deps.config.serverName;
  }

  async all(): Promise<void> {
    const found = await this.#find();
    const open = found && (await this.#reach(found.spots));
    if (found && open) await this.#ask(found.route, open);
    this.#fill(EARLIER);
  }

  outOfTime(): void {
    this.#fill({ state: 'could-not-check', code: 'OUT_OF_TIME' });
  }

  async #find(): Promise<{ route: Route; spots: readonly Spot[] } | undefined> {
    const { find } = this.deps;
    const name = find.name(this.server);
    this.#add('name', name);
    if (name.state === 'error') return undefined;
    const { finding, value: delegate } = await find.wellKnown(this.server, this.signal);
    this.#add('well-known', finding);
    const srv = await find.srv(this.server, delegate, this.signal);
    this.#add('srv', srv);
    const route = srv.state === 'error' ? undefined : await find.route(this.server, delegate, this.signal);
    if (!route) return undefined;
    const addresses = await find.addresses(route, this.isOwn, this.signal);
    this.#add('addresses', addresses.finding);
    return addresses.finding.state === 'ok' ? { route, spots: addresses.value } : undefined;
  }

  /** @returns where requests can go: a place that takes connections, and whose certificate is good */
  async #reach(spots: readonly Spot[]): Promise<Spot | undefined> {
    const { reach } = this.deps;
    const { finding, open } = await reach.connection(spots);
    this.#add('connection', finding);
    if (!open) return undefined;
    const certificate = await reach.certificate(open);
    this.#add('certificate', certificate);
    return certificate.state === 'error' ? undefined : open;
  }

  async #ask({ hostHeader }: Route, { place }: Spot): Promise<void> {
    const { ask, ownKeys } = this.deps;
    const asked = { server: this.server, place, hostHeader };
    const version = await ask.version(asked, this.signal);
    this.#add('version', version.finding);
    this.#add('keys', await ask.keys(asked, this.isOwn ? ownKeys : undefined, this.signal));
    this.#add('clock', clockFinding(version.clock));
  }

  #add(name: StepName, finding: Finding): void {
    this.signal.throwIfAborted();
    this.#note(name, finding);
  }

  #note(name: StepName, finding: Finding): void {
    const now = performance.now();
    const step = toStep(name, finding, Math.round(now - this.#began));
    this.#began = now;
    this.steps.push(step);
    this.onStep?.(step);
  }

  /** What is left could not be looked at. */
  #fill(finding: Finding): void {
    for (const name of WAY_STEPS.slice(this.steps.length)) this.#note(name, finding);
  }
}

/** What cannot be checked is not known to be well. */
export function worst(steps: readonly Step[]): Diagnosis['outcome'] {
  if (steps.some(({ state }) => state === 'error')) return 'error';
  return steps.some(({ state }) => state === 'warning' || state === 'could-not-check') ? 'warning' : 'ok';
}
