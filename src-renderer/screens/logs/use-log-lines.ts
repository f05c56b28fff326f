import { useCallback, useEffect, useRef, useState } from 'react';
import type { ControlFailure, LogLevel, LogLine, LogPage } from '../../../src-main/control/contract.js';
import { useControl } from '../../control/use-control.js';

/** What the person wants to see. */
export interface LogFilter {
  readonly levels: readonly LogLevel[];
  readonly part: string;
  readonly text: string;
}

/** What is shown, and what arrived since the list was paused. */
export interface LogLines {
  readonly state: 'loading' | 'failed' | 'ready';
  readonly error: ControlFailure | undefined;
  readonly lines: readonly LogLine[];
  readonly waiting: number;
  readonly counts: LogPage['counts'];
  readonly parts: readonly string[];
  reload(): void;
}

const FETCH = 5000;
/** More than anybody reads; the files on disk have the rest. */
const MOST_LINES = 20_000;
const NO_COUNTS = { error: 0, warn: 0, info: 0, debug: 0 };

interface Held {
  readonly lines: readonly LogLine[];
  readonly waiting: readonly LogLine[];
  readonly page: LogPage;
}

/** Follows the log: asks for what is new whenever there is something new; while paused, new lines wait. */
export function useLogLines(filter: LogFilter, isPaused: boolean): LogLines {
  const control = useControl();
  const [held, setHeld] = useState<Held>();
  const [error, setError] = useState<ControlFailure>();
  const place = useRef({ last: 0, run: '', isAsking: false, turn: 0 });
  const paused = useRef(isPaused);
  paused.current = isPaused;
  const key = JSON.stringify(filter);

  const ask = useCallback(
    async (isFresh: boolean) => {
      const here = place.current;
      if (here.isAsking && !isFresh) return;
      if (isFresh) here.last = 0;
      const turn = ++here.turn;
      here.isAsking = true;
      const result = await control.call('logs.read', { ...wireFilter(key), after: here.last, limit: FETCH });
      if (turn !== here.turn) return;
      here.isAsking = false;
      if (!result.ok) return setError(result.error);
      setError(undefined);
      const page = result.value;
      const isNew = isFresh || page.run !== here.run;
      if (page.run !== here.run && !isFresh) return void ask(true);
      Object.assign(here, { last: page.last, run: page.run });
      setHeld((before) => hold(isNew ? undefined : before, page, paused.current && !isNew));
    },
    [control, key],
  );

  useEffect(() => {
    void ask(true);
    return control.subscribe((event) => {
      if (event === 'logs.changed' || event === 'connection.changed') void ask(false);
    });
  }, [ask, control]);

  useEffect(() => {
    if (!isPaused) setHeld((before) => before && release(before));
  }, [isPaused]);

  return {
    state: held ? 'ready' : error ? 'failed' : 'loading',
    error,
    lines: held?.lines ?? [],
    waiting: held?.waiting.length ?? 0,
    counts: held?.page.counts ?? NO_COUNTS,
    parts: held?.page.parts ?? [],
    reload: () => void ask(true),
  };
}

function wireFilter(key: string) {
  const { levels, part, text } = JSON.parse(key) as LogFilter;
  return { levels: [...levels], ...(part === '' ? {} : { part }), ...(text === '' ? {} : { text }) };
}

const newest = (lines: readonly LogLine[]): readonly LogLine[] =>
  lines.length > MOST_LINES ? lines.slice(-MOST_LINES) : lines;

function hold(before: Held | undefined, page: LogPage, isPaused: boolean): Held {
  if (!before) return { lines: page.lines, waiting: [], page };
  if (isPaused) return { lines: before.lines, waiting: newest([...before.waiting, ...page.lines]), page };
  return { lines: newest([...before.lines, ...before.waiting, ...page.lines]), waiting: [], page };
}

const release = ({ lines, waiting, page }: Held): Held => ({
  lines: newest([...lines, ...waiting]),
  waiting: [],
  page,
});
