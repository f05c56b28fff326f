import { backoff } from '../../base/backoff.js';
import type { Clock, Milliseconds } from '../../base/clock.js';
import type { ControlResult } from '../../control/contract.js';
import type { Control, ControlEvents } from '../../control/procedure.js';
import type { FromCore, PowerChange, ToCore } from '../core-protocol.js';

/** The other process as this one sees it: Electron's utility process, or a test's child. */
export interface CoreChild {
  postMessage(message: ToCore): void;
  on(event: 'message', listener: (message: FromCore) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  kill(): boolean;
}

export interface ServerProcessDeps {
  readonly clock: Clock;
  readonly events: ControlEvents;
  /** starts the process of the server */
  fork(): CoreChild;
  /** one sentence for whoever watches the program */
  report(sentence: string): void;
}

const FIRST_WAIT: Milliseconds = 500;
const LONGEST_WAIT: Milliseconds = 30_000;
/** A process that ran for so long did not fail at once: the next wait is short again. */
const STEADY: Milliseconds = 60_000;
/** Longer than a server needs to let its requests finish. */
const LONGEST_STOP: Milliseconds = 12_000;

const unreachable = (message: string): ControlResult => ({ ok: false, error: { code: 'UNREACHABLE', message } });

/**
 * The process of the server: started, watched, and started again with a growing wait when it dies. To the console it is
 * a control like any other; while the process is away, every call fails as UNREACHABLE.
 */
export class ServerProcess implements Control {
  #child: CoreChild | undefined;
  #isReady = false;
  #isStopping = false;
  #attempt = 0;
  #startedAt: Milliseconds = 0;
  #nextId = 0;
  readonly #waiting = new Map<number, (result: ControlResult) => void>();
  readonly #early: ToCore[] = [];
  readonly #stopping = new AbortController();

  constructor(private readonly deps: ServerProcessDeps) {}

  start(): void {
    const { fork, clock } = this.deps;
    this.#startedAt = clock.now();
    const child = fork();
    this.#child = child;
    child.on('message', (message) => this.#hear(message));
    child.on('exit', (code) => this.#gone(code));
  }

  call(name: string, input: unknown): Promise<ControlResult> {
    if (!this.#child) return Promise.resolve(unreachable('the server’s process is not running'));
    this.#nextId += 1;
    const id = this.#nextId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#say({ kind: 'call', id, name, input });
    });
  }

  /** Tells the server's process of the computer's power; one that is away is told when it is back, by who asks. */
  tellPower(change: PowerChange): void {
    if (this.#child) this.#say({ kind: 'power', change });
  }

  subscribe: Control['subscribe'] = (listener) => this.deps.events.subscribe(listener);

  /** Lets the server finish, then ends its process; kills it when that takes longer than 12 s. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#stopping.abort(new Error('the app is ending'));
    const child = this.#child;
    if (!child) return;
    const gone = new Promise<void>((resolve) => child.on('exit', () => resolve()));
    const timer = setTimeout(() => child.kill(), LONGEST_STOP);
    this.#say({ kind: 'shutdown' });
    await gone;
    clearTimeout(timer);
  }

  /** A process that still loads its program would not hear: what is said early waits until it listens. */
  #say(message: ToCore): void {
    if (this.#isReady) this.#child?.postMessage(message);
    else this.#early.push(message);
  }

  #hear(message: FromCore): void {
    const { events } = this.deps;
    switch (message.kind) {
      case 'ready':
        this.#isReady = true;
        for (const early of this.#early.splice(0)) this.#child?.postMessage(early);
        return events.announce('connection.changed');
      case 'event':
        return events.announce(message.event);
      case 'reply': {
        const answer = this.#waiting.get(message.id);
        this.#waiting.delete(message.id);
        return answer?.(message.result);
      }
    }
  }

  #gone(code: number): void {
    this.#child = undefined;
    this.#isReady = false;
    this.#early.length = 0;
    for (const answer of this.#waiting.values()) answer(unreachable('the server’s process ended'));
    this.#waiting.clear();
    if (this.#isStopping) return;
    this.deps.report(`the server's process ended with code ${code}; it is started again`);
    this.deps.events.announce('connection.changed');
    void this.#startAgain();
  }

  async #startAgain(): Promise<void> {
    const { clock } = this.deps;
    if (clock.now() - this.#startedAt > STEADY) this.#attempt = 0;
    const wait = backoff(this.#attempt, FIRST_WAIT, LONGEST_WAIT);
    this.#attempt += 1;
    await clock.sleep(wait, this.#stopping.signal).catch(() => undefined);
    if (!this.#isStopping) this.start();
  }
}
