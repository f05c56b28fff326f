import type { ControlFailure, LogFilter, LogLine, LogPage } from '../../../src-main/control/contract.js';
import type { ControlClient } from '../../control/control-client.js';

/** What is shown, and how many lines wait because the list is paused. */
export interface LogView {
  readonly state: 'loading' | 'failed' | 'ready';
  readonly error: ControlFailure | undefined;
  readonly lines: readonly LogLine[];
  readonly waiting: number;
  /** the server has older ones that fit */
  readonly hasOlder: boolean;
  readonly counts: LogPage['counts'];
  readonly parts: readonly string[];
  readonly debugged: LogPage['debugged'];
}

const FIRST_PAGE = 2000;
const FETCH = 5000;
/** As many as the server keeps in memory; the files on disk have the rest. */
const MOST_LINES = 100_000;

const FIRST: LogView = {
  state: 'loading',
  error: undefined,
  lines: [],
  waiting: 0,
  hasOlder: false,
  counts: { error: 0, warn: 0, info: 0, debug: 0 },
  parts: [],
  debugged: [],
};

/** Follows the log: asks for what is new whenever there is something new; while paused, new lines wait. */
export class LogFeed {
  #view = FIRST;
  #waiting: readonly LogLine[] = [];
  #filter: LogFilter | undefined;
  #isPaused = false;
  #isAsking = false;
  #isBehind = false;
  #isAskingOlder = false;
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

  /** Asks for lines before the first that is here. @returns how many came */
  async loadOlder(): Promise<number> {
    const [first] = this.#view.lines;
    if (!first || !this.#filter || !this.#view.hasOlder || this.#isAskingOlder) return 0;
    this.#isAskingOlder = true;
    const turn = this.#turn;
    const limit = Math.min(FETCH, MOST_LINES - this.#view.lines.length);
    const result =
      limit > 0
        ? await this.control.call('logs.read', { ...this.#filter, after: 0, before: first.id, limit })
        : undefined;
    this.#isAskingOlder = false;
    if (!result?.ok || turn < this.#turn - 1 || this.#view.lines[0] !== first) return 0;
    const { lines, hasOlder } = result.value;
    this.#show({ lines: [...lines, ...this.#view.lines], hasOlder });
    return lines.length;
  }

  /** @param isFresh forget what was seen, for instance because another filter counts now */
  async #ask(isFresh: boolean): Promise<void> {
    const filter = this.#filter;
    if (!filter) return;
    if (this.#isAsking && !isFresh) {
      this.#isBehind = true;
      return;
    }
    this.#turn += 1;
    const turn = this.#turn;
    this.#isAsking = true;
    this.#isBehind = false;
    const after = isFresh ? 0 : this.#last;
    const result = await this.control.call('logs.read', { ...filter, after, limit: isFresh ? FIRST_PAGE : FETCH });
    if (turn !== this.#turn) return;
    this.#isAsking = false;
    if (!result.ok) this.#show({ error: result.error, state: this.#view.state === 'ready' ? 'ready' : 'failed' });
    else if (!isFresh && result.value.run !== this.#run) await this.#ask(true);
    else this.#take(result.value, isFresh);
    if (this.#isBehind) await this.#ask(false);
  }

  #take(page: LogPage, isFresh: boolean): void {
    this.#last = page.last;
    this.#run = page.run;
    const { counts, parts, debugged } = page;
    const shared = { state: 'ready', error: undefined, counts, parts, debugged } as const;
    if (isFresh) {
      this.#waiting = [];
      return this.#show({ ...shared, lines: page.lines, waiting: 0, hasOlder: page.hasOlder });
    }
    if (this.#isPaused) {
      this.#waiting = newest([...this.#waiting, ...page.lines]);
      return this.#show({ ...shared, waiting: this.#waiting.length });
    }
    const lines = page.lines.length === 0 ? this.#view.lines : newest([...this.#view.lines, ...page.lines]);
    this.#show({ ...shared, lines });
  }

  #show(change: Partial<LogView>): void {
    this.#view = { ...this.#view, ...change };
    for (const listener of this.#listeners) listener();
  }
}

const newest = (lines: readonly LogLine[]): readonly LogLine[] =>
  lines.length > MOST_LINES ? lines.slice(-MOST_LINES) : lines;
