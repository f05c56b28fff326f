import { useMemo, useState } from 'react';
import type { LogFilter, LogLevel, LogSubject } from '../../../src-main/control/contract.js';

export const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

const MINUTE = 60_000;
/** How far back one looks; undefined: as far as there is anything. */
export const SPANS = {
  all: undefined,
  minutes: 5 * MINUTE,
  hour: 60 * MINUTE,
  day: 24 * 60 * MINUTE,
} as const;
export type Span = keyof typeof SPANS | 'between';

/** What the person chose, as the controls show it. */
export interface Choices {
  readonly levels: readonly LogLevel[];
  readonly part: string;
  readonly text: string;
  readonly isPattern: boolean;
  /** lines without the text stay */
  readonly keepsOthers: boolean;
  readonly about: LogSubject | undefined;
  readonly span: Span;
  /** when `span` was chosen: that is what it counts from */
  readonly asOf: number;
  /** of `between`, as a field for dates writes them */
  readonly from: string;
  readonly until: string;
}

export const firstChoices = (about?: LogSubject): Choices => ({
  levels: about ? LEVELS : ['error', 'warn', 'info'],
  part: '',
  text: '',
  isPattern: false,
  keepsOthers: false,
  about,
  span: 'all',
  asOf: Date.now(),
  from: '',
  until: '',
});

/** What the person chose, in the server's words. */
export function wireFilter(choices: Choices): LogFilter {
  const { levels, part, text, isPattern, keepsOthers, about } = choices;
  return {
    levels: [...levels],
    ...(part === '' ? {} : { part }),
    ...(text === '' ? {} : { text, isPattern, keepsOthers }),
    ...(about === undefined ? {} : { about }),
    ...timesOf(choices),
  };
}

function timesOf({ span, asOf, from, until }: Choices): Pick<LogFilter, 'from' | 'until'> {
  if (span !== 'between') {
    const length = SPANS[span];
    return length === undefined ? {} : { from: asOf - length };
  }
  const [begin, end] = [Date.parse(from), Date.parse(until)];
  return { ...(Number.isNaN(begin) ? {} : { from: begin }), ...(Number.isNaN(end) ? {} : { until: end }) };
}

/** Choices that change one by one. */
export function useChoices(about?: LogSubject) {
  const [choices, setChoices] = useState(() => firstChoices(about));
  return useMemo(
    () => ({ choices, change: (some: Partial<Choices>) => setChoices((before) => ({ ...before, ...some })) }),
    [choices],
  );
}

export type Change = ReturnType<typeof useChoices>['change'];
