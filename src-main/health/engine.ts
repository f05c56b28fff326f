import { abortable, deadline } from '../base/abort.js';
import type { Clock, Milliseconds } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { Job } from '../base/supervisor.js';
import type { Check, CheckCode, CheckStanding, Finding, FindingState, Severity } from './check.js';
import { Examined } from './examined.js';
import { type Ignore, isInForce, isProblem, type Moment, type Sight, sightOf } from './visibility.js';

/** What outlives a restart. */
export interface HealthMemory {
  readonly ignores: ReadonlyMap<CheckCode, Ignore>;
  /** in which state each check was last */
  readonly states: ReadonlyMap<CheckCode, { readonly state: FindingState; readonly since: Milliseconds }>;
}

/** Where the engine keeps what must outlive it. */
export interface HealthKeeper {
  load(): Promise<HealthMemory>;
  noteState(code: CheckCode, state: FindingState, at: Milliseconds): Promise<void>;
  setIgnore(code: CheckCode, ignore: Ignore | undefined): Promise<void>;
}

export interface HealthEngineDeps {
  readonly checks: readonly Check[];
  readonly keeper: HealthKeeper;
  readonly clock: Clock;
  readonly log: Logger;
}

const SECOND: Milliseconds = 1000;
/** After a start or after sleep nothing is shown: much is found wrong that is not. */
const QUIET = 10 * SECOND;
/** The first looks come one after another, so that a start is not slowed down. */
const FIRST_LOOK = 3 * SECOND;
const BETWEEN_FIRST_LOOKS = 200;
/** For one look. */
const PATIENCE = 90 * SECOND;
/** The engine looks at the time at least so often. */
const LONGEST_WAIT = 60 * SECOND;
const DAY = 24 * 60 * 60 * SECOND;

const RANK: Readonly<Record<Severity, number>> = { critical: 4, high: 3, medium: 2, low: 1, info: 0 };

/** What is critical may not be ignored for longer than a day, and never "until it changes". */
export class IgnoredTooLongError extends Error {
  override readonly name = 'IgnoredTooLongError';
}

/** Looks at everything that can go wrong, each in its time, and decides what a person is to see of it. */
export class HealthEngine {
  /** Looks until the server stops. */
  readonly job: Job = { name: 'health.checks', run: (signal) => this.#run(signal) };
  readonly #examined: ReadonlyMap<CheckCode, Examined>;
  readonly #listeners = new Set<() => void>();
  readonly #underWay = new Map<CheckCode, Promise<void>>();
  #ignores = new Map<CheckCode, Ignore>();
  #quietUntil: Milliseconds;
  #told = '';
  #waking: (() => void) | undefined;

  constructor(private readonly deps: HealthEngineDeps) {
    const now = deps.clock.now();
    this.#examined = new Map(deps.checks.map((check) => [check.code, new Examined(check)]));
    this.#quietUntil = now + QUIET;
    this.#planAll(now);
  }

  /** All checks: what is shown first, the worst first. */
  list(): CheckStanding[] {
    const moment = this.#moment();
    const sights = this.#sights(moment);
    return [...this.#examined.values()]
      .map((examined) => examined.standing(sights.get(examined.code) ?? HIDDEN, this.#ignoredUntil(examined, moment)))
      .toSorted((a, b) => Number(b.isVisible) - Number(a.isVisible) || weight(b) - weight(a));
  }

  /** Nothing is shown yet: the server has just started, or the computer has just woken up. */
  get isQuiet(): boolean {
    return this.deps.clock.now() < this.#quietUntil;
  }

  /** Calls `listener` when something is shown, hidden or says something else, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Stops showing a problem.
   *
   * @param until a time; `changed`: until it says something else; undefined: shows it again
   * @throws IgnoredTooLongError
   */
  async ignore(code: CheckCode, until: Milliseconds | 'changed' | undefined): Promise<void> {
    const examined = this.#examined.get(code);
    if (!examined) return;
    const isTooLong = until === 'changed' || (until !== undefined && until > this.deps.clock.now() + DAY);
    if (examined.check.severity === 'critical' && isTooLong) {
      throw new IgnoredTooLongError('this is too important to be ignored for longer than a day');
    }
    const ignore = until === undefined ? undefined : toIgnore(until, examined.value);
    if (ignore) this.#ignores.set(code, ignore);
    else this.#ignores.delete(code);
    await this.deps.keeper.setIgnore(code, ignore);
    this.#tell();
    this.#waking?.();
  }

  /** Looks at these, or at all, now. Resolves when it has looked. */
  async runNow(codes: readonly CheckCode[] = [...this.#examined.keys()], signal?: AbortSignal): Promise<void> {
    const wanted = codes.flatMap((code) => this.#examined.get(code) ?? []);
    await Promise.all(wanted.map((examined) => this.#look(examined, signal ?? new AbortController().signal)));
    this.#tell();
  }

  /** The computer slept, or its clock was set: everything is looked at anew, and until then nothing is shown. */
  resumed(): void {
    const now = this.deps.clock.now();
    this.#quietUntil = now + QUIET;
    for (const examined of this.#examined.values()) examined.restartPatience(now);
    this.#planAll(now);
    this.#tell();
    this.#waking?.();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { ignores, states } = await this.deps.keeper.load();
    this.#ignores = new Map(ignores);
    for (const [code, known] of states) this.#examined.get(code)?.remember(known.state, known.since);
    try {
      while (!signal.aborted) {
        this.#lookAtDue(signal);
        this.#tell();
        await this.#wait(signal);
      }
    } finally {
      await Promise.all(this.#underWay.values());
    }
  }

  #planAll(now: Milliseconds): void {
    let at = now + FIRST_LOOK;
    for (const examined of this.#examined.values()) {
      examined.nextCheck = at;
      at += BETWEEN_FIRST_LOOKS;
    }
  }

  #lookAtDue(signal: AbortSignal): void {
    const now = this.deps.clock.now();
    for (const examined of this.#examined.values()) {
      if (examined.isDue(now)) void this.#look(examined, signal);
    }
  }

  /** One look at a time. */
  #look(examined: Examined, signal: AbortSignal): Promise<void> {
    const underWay = this.#underWay.get(examined.code);
    if (underWay) return underWay;
    const looking = this.#lookOnce(examined, signal).finally(() => {
      this.#underWay.delete(examined.code);
      this.#waking?.();
    });
    this.#underWay.set(examined.code, looking);
    return looking;
  }

  async #lookOnce(examined: Examined, signal: AbortSignal): Promise<void> {
    const { clock, keeper, log } = this.deps;
    examined.begin();
    const finding = await findingOf(examined.check, signal);
    if (signal.aborted) return;
    const now = clock.now();
    const hasChanged = examined.note(finding, now);
    if (!hasChanged) return;
    log.debug('a check changed', { check: examined.code, state: finding.state, reason: finding.reason });
    await keeper.noteState(examined.code, finding.state, now).catch((error: unknown) => {
      if (!signal.aborted) log.warn('the state of a check could not be kept', { check: examined.code, error });
    });
  }

  /** Sleeps until something is due, something may be shown or hidden, or somebody wakes it. */
  async #wait(signal: AbortSignal): Promise<void> {
    const now = this.deps.clock.now();
    const moment = this.#moment();
    const times = [...this.#sights(moment).values()].map(({ until }) => until);
    if (moment.quietUntil > now) times.push(moment.quietUntil);
    for (const examined of this.#examined.values()) {
      if (!this.#underWay.has(examined.code)) times.push(examined.nextCheck);
    }
    const next = Math.min(...times.filter((time) => time !== undefined), now + LONGEST_WAIT);
    const waking = new AbortController();
    this.#waking = () => waking.abort(WOKEN);
    try {
      await this.deps.clock.sleep(Math.max(next - now, 50), AbortSignal.any([signal, waking.signal]));
    } catch (error) {
      if (!waking.signal.aborted && !signal.aborted) throw error;
    } finally {
      this.#waking = undefined;
    }
  }

  #moment(): Moment {
    return { now: this.deps.clock.now(), quietUntil: this.#quietUntil, ignores: this.#ignores };
  }

  #sights(moment: Moment): ReadonlyMap<CheckCode, Sight> {
    const sights = new Map<CheckCode, Sight>();
    for (const examined of this.#examined.values())
      sights.set(examined.code, sightOf(examined, this.#examined, moment));
    return sights;
  }

  #ignoredUntil(examined: Examined, { now, ignores }: Moment): CheckStanding['ignoredUntil'] {
    const ignore = ignores.get(examined.code);
    if (!ignore || !isInForce(ignore, examined.value, now)) return undefined;
    return ignore.until ?? 'changed';
  }

  /** Tells those who listen, once for each change. */
  #tell(): void {
    const sights = this.#sights(this.#moment());
    for (const [code, sight] of sights) if (sight.isVisible) this.#examined.get(code)?.show();
    const told = [...this.#examined.values()]
      .map((examined) => `${examined.state}/${examined.value}/${sights.get(examined.code)?.hidden ?? ''}`)
      .concat(String(this.isQuiet))
      .join(' ');
    if (told === this.#told) return;
    this.#told = told;
    for (const listener of this.#listeners) listener();
  }
}

const WOKEN = new Error('there is something to do');
const HIDDEN: Sight = { isVisible: false, hidden: undefined, parent: undefined, until: undefined };

const toIgnore = (until: Milliseconds | 'changed', value: string): Ignore => ({
  until: until === 'changed' ? undefined : until,
  value,
});

/** An error weighs more than a warning of the same severity; what is no problem weighs nothing. */
const weight = ({ severity, state }: CheckStanding): number =>
  isProblem(state) ? RANK[severity] * 2 + (state === 'error' ? 1 : 0) + 1 : 0;

/** What a probe that throws, or does not come back, has found: nothing. */
async function findingOf(check: Check, signal: AbortSignal): Promise<Finding> {
  const limit = deadline(signal, PATIENCE);
  try {
    return await abortable(check.probe(limit.signal), limit.signal);
  } catch (error) {
    return { state: 'could-not-check', evidence: error instanceof Error ? error.message : String(error) };
  } finally {
    limit.end();
  }
}
