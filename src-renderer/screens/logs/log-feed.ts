import type { ControlFailure, LogLevel, LogLine, LogPage } from '../../../src-main/control/contract.js';
import type { ControlClient } from '../../control/control-client.js';

/** What the person wants to see. */
export interface LogFilter {
  readonly levels: readonly LogLevel[];
  readonly part: string;
  readonly text: string;
}

/** What is shown, and how many lines wait because the list is paused. */
export interface LogView {
  readonly state: 'loading' | 'failed' | 'ready';
  readonly error: ControlFailure | undefined;
  readonly lines: readonly LogLine[];
  readonly waiting: number;
  readonly counts: LogPage['counts'];
  readonly parts: readonly string[];
}

const FETCH = 5000;
/** More than anybody reads; the files on disk have the rest. */
const MOST_LINES = 20_000;

const FIRST: LogView = {
  state: 'loading',
  error: undefined,
  lines: [],
  waiting: 0,
  counts: { error: 0, warn: 0, info: 0, debug: 0 },
  parts: [],
};

/** Follows the log: asks for what is new whenever there is something new; while paused, new lines wait. */
export class LogFeed {
  #view = FIRST;
  #waiting: readonly LogLine[] = [];
  #filter: LogFilter | undefined;
  #isPaused = false;
  #isAsking = false;
  #turn = 0;
  #last = 0;
  #run = '';
  readonly #listeners = new Set<() => void>();

  constructor(private readonly control: ControlClient) {}

  view = (): LogView => this.#view;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Follows what the server announces, until the returned function is called. */
  follow(): () => void {
    return this.control.subscribe((event) => {
      if (event === 'logs.changed' || event === 'connection.changed') void this.#ask(false);
    });
  }

  setFilter(filter: LogFilter): void {
    this.#filter = filter;
    void this.#ask(true);
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (isPaused || this.#waiting.length === 0) return;
    const lines = newest([...this.#view.lines, ...this.#waiting]);
    this.#waiting = [];
    this.#show({ lines, waiting: 0 });
  }

  reload(): void {
    void this.#ask(true);
  }

  /** @param isFresh forget what was seen, for instance because another filter counts now */
  async #ask(isFresh: boolean): Promise<void> {
    const filter = this.#filter;
    if (!filter || (this.#isAsking && !isFresh)) return;
    this.#turn += 1;
    const turn = this.#turn;
    this.#isAsking = true;
    const after = isFresh ? 0 : this.#last;
    const result = await this.control.call('logs.read', { ...wireFilter(filter), after, limit: FETCH });
    if (turn !== this.#turn) return;
    this.#isAsking = false;
    if (!result.ok) this.#show({ error: result.error, state: this.#view.state === 'ready' ? 'ready' : 'failed' });
    else if (!isFresh && result.value.run !== this.#run) await this.#ask(true);
    else this.#take(result.value, isFresh);
  }

  #take(page: LogPage, isFresh: boolean): void {
    this.#last = page.last;
    this.#run = page.run;
    if (this.#isPaused && !isFresh) this.#waiting = newest([...this.#waiting, ...page.lines]);
    else if (isFresh) this.#waiting = [];
    const before = isFresh ? [] : this.#view.lines;
    const lines = this.#isPaused && !isFresh ? before : newest([...before, ...page.lines]);
    const { counts, parts } = page;
    this.#show({ state: 'ready', error: undefined, lines, waiting: this.#waiting.length, counts, parts });
  }

  #show(change: Partial<LogView>): void {
    this.#view = { ...this.#view, ...change };
    for (const listener of this.#listeners) listener();
  }
}

const wireFilter = ({ levels, part, text }: LogFilter) => ({
  levels: [...levels],
  ...(part === '' ? {} : { part }),
  ...(text === '' ? {} : { text }),
});

const newest = (lines: readonly LogLine[]): readonly LogLine[] =>
  lines.length > MOST_LINES ? lines.slice(-MOST_LINES) : lines;
