import type { Clock, Milliseconds } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { Queues, WakeUpCalls } from '../matrix/federation/index.js';
import type { Activity } from './activity.js';
import type { CheckCode } from './check.js';
import type { HealthEngine } from './engine.js';

export interface WakingDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly activity: Pick<Activity, 'add'>;
  readonly engine: Pick<HealthEngine, 'runNow'>;
  readonly wakeUps: Pick<WakeUpCalls, 'tell'>;
  readonly queues: Pick<Queues, 'servers' | 'sendNow'>;
  /** other servers can reach this one at all */
  readonly isReached: boolean;
  isOnline(): boolean;
}

const SECOND: Milliseconds = 1000;
/** How long the network may take to be there again after sleep. */
const NETWORK_PATIENCE = 120 * SECOND;
const LOOK_EVERY = 2 * SECOND;
/** What is looked at before others are told, each after the one before: each may be wrong because of it. */
const IN_ORDER: readonly (readonly CheckCode[])[] = [
  ['offline'],
  ['clock'],
  ['address-changed', 'dns-record'],
  ['certificate', 'certificate-chain'],
];

/**
 * What is done when the computer woke up, or the server was off for long, one after another: wait for the network, look
 * at clock, address and certificate, tell other servers, send what waits.
 */
export class Waking {
  #round: { readonly ending: AbortController; readonly done: Promise<void> } | undefined;

  constructor(private readonly deps: WakingDeps) {}

  /**
   * Begins it; what is left of an earlier time is given up.
   *
   * @param noted the note of it, which is told how many servers heard of us
   * @param signal ends it
   */
  begin(noted: Promise<number | undefined>, signal: AbortSignal): void {
    const ending = new AbortController();
    const before = this.#round;
    before?.ending.abort(new Error('the computer slept again'));
    const done = this.#run(before?.done, noted, AbortSignal.any([signal, ending.signal]));
    this.#round = { ending, done };
  }

  /** Resolves once nothing of it runs any more. */
  async ended(): Promise<void> {
    await this.#round?.done;
  }

  async #run(before: Promise<void> | undefined, noted: Promise<number | undefined>, signal: AbortSignal) {
    await before;
    if (!this.deps.isReached) return;
    try {
      await this.#waitForNetwork(signal);
      for (const codes of IN_ORDER) if (!signal.aborted) await this.deps.engine.runNow(codes, signal);
      await this.#tellOthers(noted, signal);
      if (!signal.aborted) this.#sendWhatWaits();
    } catch (error) {
      if (!signal.aborted) this.deps.log.error('what is to be done after sleep failed', { error });
    }
  }

  async #waitForNetwork(signal: AbortSignal): Promise<void> {
    const { clock } = this.deps;
    const until = clock.now() + NETWORK_PATIENCE;
    while (!this.deps.isOnline() && clock.now() < until) await clock.sleep(LOOK_EVERY, signal);
  }

  async #tellOthers(noted: Promise<number | undefined>, signal: AbortSignal): Promise<void> {
    const { activity, wakeUps, log } = this.deps;
    if (signal.aborted) return;
    const { told, answered } = await wakeUps.tell(signal);
    if (told === 0) return;
    log.info('other servers were told that this one is back', { told, answered });
    const note = await noted;
    if (note !== undefined) await activity.add(note, { told, answered });
  }

  /** Whoever could not be told may be there a moment later. */
  #sendWhatWaits(): void {
    const { queues } = this.deps;
    for (const { server } of queues.servers()) queues.sendNow(server);
  }
}
