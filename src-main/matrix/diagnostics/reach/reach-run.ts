import { deadline } from '../../../base/abort.js';
import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { Config } from '../../../config/config.js';
import type { HostAddress } from '../../../net/dns.js';
import type { Network } from '../../../net/network.js';
import type { OutgoingHttp } from '../../../net/outgoing.js';
import type { OwnListener } from '../../../net/own-listener.js';
import type { ServerName } from '../../../spec/ids.js';
import type { KeyVisits, LoopBack, Route, ServerRequests, SigningKeys } from '../../servers/index.js';
import type { AskServer, ClockDifference } from '../ask-server.js';
import type { FindServer, Spot } from '../find-server.js';
import type { ReachServer } from '../reach-server.js';
import { type Finding, type Step, type StepName, toStep } from '../steps.js';

/** A gateway that apps are notified through, and how it took what it was sent last. */
export interface GatewayState {
  /** host name, or `e-mail` */
  readonly name: string;
  readonly apps: number;
  /** undefined: it takes what it is sent */
  readonly failingSince: Milliseconds | undefined;
}

export interface ReachDeps {
  readonly config: Pick<
    Config,
    'serverName' | 'publicBaseUrl' | 'listeners' | 'turn' | 'rtcTransports' | 'federation' | 'push'
  >;
  readonly network: Pick<Network, 'dns' | 'toServers' | 'probe'>;
  readonly clock: Clock;
  readonly ownKeys: SigningKeys;
  readonly find: FindServer;
  readonly reach: ReachServer;
  readonly ask: AskServer;
  /** requests to addresses that belong to us, over the way that leads to servers */
  readonly outgoing: OutgoingHttp;
  readonly requests: ServerRequests;
  readonly loopBack: LoopBack;
  readonly keyVisits: KeyVisits;
  /** servers that we share most rooms with, those first */
  partners(): Promise<readonly ServerName[]>;
  gateways(): Promise<readonly GatewayState[]>;
  /** where this program takes connections now */
  listening(): readonly OwnListener[];
  /** without loopback */
  addresses(): readonly HostAddress[];
}

/** What another server answered when it was asked whether it is there. */
export interface PartnerAnswer {
  readonly server: ServerName;
  /** undefined: it answered */
  readonly why: string | undefined;
  readonly took: Milliseconds;
  readonly clock: ClockDifference | undefined;
}

/** What steps found that further steps need. */
export interface OnTheWay {
  delegate: string | undefined;
  /** addresses of the name itself */
  site: readonly HostAddress[];
  route: Route | undefined;
  spots: readonly Spot[];
  open: Spot | undefined;
  partners: readonly PartnerAnswer[];
  hasService: boolean;
}

/** One thing to look at, and what it rests on. */
export interface ReachStep {
  readonly name: StepName;
  /** while one of these is wrong, there is nothing to be seen here */
  readonly needs: readonly StepName[];
  /** @throws the signal's reason */
  probe(run: ReachRun): Promise<Finding>;
}

export interface ReachRunOptions {
  readonly signal: AbortSignal;
  /** a server that somebody trusts to look from outside */
  readonly through: ServerName | undefined;
  onStep(step: Step): void;
}

const STEP_PATIENCE: Milliseconds = 45_000;

/** One look at everything: each step begins as soon as those that it rests on are done. */
export class ReachRun {
  readonly way: OnTheWay = {
    delegate: undefined,
    site: [],
    route: undefined,
    spots: [],
    open: undefined,
    partners: [],
    hasService: false,
  };
  readonly steps = new Map<StepName, Step>();
  readonly #running = new Map<StepName, Promise<Step>>();
  readonly #plan: ReadonlyMap<StepName, ReachStep>;

  constructor(
    readonly deps: ReachDeps,
    plan: readonly ReachStep[],
    readonly options: ReachRunOptions,
  ) {
    this.#plan = new Map(plan.map((step) => [step.name, step]));
  }

  get host(): string {
    return this.deps.config.serverName.replace(/:\d+$/, '');
  }

  /** What a step found; begins it if nobody did. */
  step(name: StepName): Promise<Step> {
    const running = this.#running.get(name);
    if (running) return running;
    const started = this.#run(name);
    this.#running.set(name, started);
    return started;
  }

  /** Says otherwise of a step that is done. */
  correct(name: StepName, change: Pick<Finding, 'state' | 'code' | 'fields'>): void {
    const before = this.steps.get(name);
    if (before) this.#note({ ...before, ...toStep(name, { ...before, ...change, code: change.code }, before.took) });
  }

  async #run(name: StepName): Promise<Step> {
    const plan = this.#plan.get(name);
    if (!plan) throw new Error(`there is no step ${name}`);
    for (const parent of plan.needs) {
      const { state } = await this.step(parent);
      if (state === 'error' || state === 'waiting') {
        return this.#note(toStep(name, { state: 'waiting', code: 'EARLIER_STEP', fields: { step: parent } }, 0));
      }
    }
    const began = performance.now();
    const finding = await this.#look(plan);
    return this.#note(toStep(name, finding, Math.round(performance.now() - began)));
  }

  async #look(plan: ReachStep): Promise<Finding> {
    const { signal } = this.options;
    const limit = deadline(signal, STEP_PATIENCE);
    try {
      return await Promise.race([plan.probe(this), outOfTime(limit.signal)]);
    } catch (error) {
      signal.throwIfAborted();
      if (limit.signal.aborted) return { state: 'could-not-check', code: 'OUT_OF_TIME' };
      throw error;
    } finally {
      limit.end();
    }
  }

  #note(step: Step): Step {
    this.options.signal.throwIfAborted();
    this.steps.set(step.name, step);
    this.options.onStep(step);
    return step;
  }
}

const outOfTime = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
