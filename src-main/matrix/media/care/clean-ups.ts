import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import { MatrixError } from '../../../spec/errors.js';
import type { ClearUp, MediaCare } from './media-care.js';
import type { MediaAmount } from './media-care.store.js';

const MOST_REMEMBERED = 20;

/** A clean-up, under way or over. What it removed is gone also when it was stopped. */
export interface CleanUp {
  readonly kind: ClearUp['kind'];
  readonly state: 'running' | 'done' | 'cancelled' | 'failed';
  readonly total: MediaAmount;
  readonly gone: MediaAmount;
  readonly started: Milliseconds;
  readonly ended: Milliseconds | undefined;
}

/** Clean-ups that somebody asked for, one at a time. */
export class CleanUps {
  #current: { readonly stop: AbortController; cleanUp: CleanUp; readonly over: Promise<void> } | undefined;
  #past: readonly CleanUp[] = [];

  constructor(private readonly deps: { readonly care: MediaCare; readonly clock: Clock; readonly log: Logger }) {}

  /** The newest first, since the server started. */
  list(): CleanUp[] {
    return [...(this.#current ? [this.#current.cleanUp] : []), ...this.#past];
  }

  /** Counts, then begins. @throws MatrixError M_UNKNOWN 400 while another is under way */
  async start(what: ClearUp): Promise<CleanUp> {
    const { care, clock } = this.deps;
    if (this.#current) throw new MatrixError(400, 'M_UNKNOWN', 'another clean-up is under way');
    const total = await care.clearUpAmount(what);
    if (this.#current) throw new MatrixError(400, 'M_UNKNOWN', 'another clean-up is under way');
    const gone = { count: 0, bytes: 0 };
    const cleanUp: CleanUp = { kind: what.kind, state: 'running', total, gone, started: clock.now(), ended: undefined };
    const stop = new AbortController();
    this.#current = { stop, cleanUp, over: Promise.resolve() };
    this.#current = { stop, cleanUp, over: this.#run(what, stop.signal) };
    return cleanUp;
  }

  /** Ends the one that is under way between two files; resolves when it has ended. */
  async cancel(): Promise<void> {
    const current = this.#current;
    current?.stop.abort();
    await current?.over;
  }

  async #run(what: ClearUp, signal: AbortSignal): Promise<void> {
    const { care, log } = this.deps;
    try {
      await care.clearUp(what, signal, (gone) => this.#change({ gone }));
      this.#end(signal.aborted ? 'cancelled' : 'done');
    } catch (error) {
      log.error('a clean-up failed', { kind: what.kind, error });
      this.#end('failed');
    }
  }

  #change(change: Partial<CleanUp>): void {
    if (this.#current) this.#current.cleanUp = { ...this.#current.cleanUp, ...change };
  }

  #end(state: CleanUp['state']): void {
    this.#change({ state, ended: this.deps.clock.now() });
    const ended = this.#current?.cleanUp;
    this.#current = undefined;
    if (!ended) return;
    this.#past = [ended, ...this.#past].slice(0, MOST_REMEMBERED);
    this.deps.log.info('media were cleared away', { kind: ended.kind, state, ...ended.gone });
  }
}
