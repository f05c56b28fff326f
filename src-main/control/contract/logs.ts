/** What the server wrote down. */
export interface LogsProcedures {
  'logs.read': { input: LogQuery; output: LogPage };
}

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface LogLine {
  /** counts up by one with every line since the program started */
  readonly id: number;
  readonly time: number;
  readonly level: LogLevel;
  /** which part of the server wrote it: `rooms`, `http` … */
  readonly part: string;
  readonly text: string;
  /** the facts beside the words, as JSON text; '' when there are none */
  readonly fields: string;
}

export interface LogQuery {
  /** only lines after this id; 0 for all that are kept */
  after: number;
  levels?: LogLevel[];
  part?: string;
  /** in the words, the part or the fields; any case */
  text?: string;
  /** at most so many, the newest */
  limit: number;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** the newest line looked at: ask after it next */
  readonly last: number;
  /** how many of each level are kept, whatever was asked for */
  readonly counts: Readonly<Record<LogLevel, number>>;
  readonly parts: readonly string[];
  /** begins anew with each start of the program: ids of another run mean nothing */
  readonly run: string;
}
