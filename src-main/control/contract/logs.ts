import type { Replaced } from '../../logging/pseudonyms.js';

/** What the server wrote down. */
export interface LogsProcedures {
  /** the newest lines, from memory; SearchError codes: BAD_PATTERN, SLOW_PATTERN */
  'logs.read': { input: LogQuery; output: LogPage };
  /** what is in files, newest first, a piece at a time */
  'logs.history': { input: LogHistoryQuery; output: LogHistoryPage };
  /** lines in memory by what they say */
  'logs.condensed': { input: LogFilter; output: readonly LogGroup[] };
  /** every detail of one part, for a quarter of an hour at most */
  'logs.debug': { input: { part: string; on: boolean }; output: undefined };
  'logs.previewExport': { input: ExportWish; output: ExportPreview };
  'logs.export': { input: ExportWish; output: SavedFile };
  /** what somebody who helps needs to know, in one file */
  'logs.report': { input: { realNames: boolean; custom?: string[] }; output: SavedFile };
  /** a piece of a saved file: to keep it where the console is */
  'logs.piece': { input: { name: string; offset: number }; output: { text: string; next: number | undefined } };
}

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface LogLine {
  /** counts up by one with every line since the program started; lines from files have none that means something */
  readonly id: number;
  readonly time: number;
  readonly level: LogLevel;
  /** which part of the server wrote it: `rooms`, `http` … */
  readonly part: string;
  readonly text: string;
  /** the facts beside the words, as JSON text; '' when there are none */
  readonly fields: string;
  /** where what was looked for stands: beginnings and ends by turns */
  readonly marks?: { readonly text: readonly number[]; readonly fields: readonly number[] };
}

/** Whom or what a line is to be about. */
export interface LogSubject {
  readonly kind: 'request' | 'server' | 'room' | 'person';
  readonly value: string;
}

export interface LogFilter {
  levels?: LogLevel[];
  part?: string;
  /** in the words or the fields; any case */
  text?: string;
  /** `text` is a regular expression */
  isPattern?: boolean;
  /** show lines without `text` too */
  keepsOthers?: boolean;
  about?: LogSubject;
  from?: number;
  until?: number;
}

export interface LogQuery extends LogFilter {
  /** only lines after this id; 0 for all that are kept */
  after: number;
  /** only lines before this id */
  before?: number;
  /** at most so many, the newest */
  limit: number;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** the newest line looked at: ask after it next */
  readonly last: number;
  /** there may be older ones that fit: ask before the first of these */
  readonly hasOlder: boolean;
  /** how many of each level are kept, whatever was asked for */
  readonly counts: Readonly<Record<LogLevel, number>>;
  readonly parts: readonly string[];
  /** parts that write every detail for now, and until when */
  readonly debugged: readonly { readonly part: string; readonly until: number }[];
  /** begins anew with each start of the program: ids of another run mean nothing */
  readonly run: string;
}

export interface LogHistoryQuery extends LogFilter {
  /** `next` of the page before */
  after?: string;
  limit: number;
}

export interface LogHistoryPage {
  /** newest first */
  readonly lines: readonly LogLine[];
  readonly next: string | undefined;
  /** how far back this looked */
  readonly reached: number | undefined;
  /** what there is on disk in all */
  readonly files: { readonly count: number; readonly bytes: number };
}

/** Lines that say the same. */
export interface LogGroup {
  readonly level: LogLevel;
  readonly part: string;
  readonly text: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  /** the newest of them */
  readonly example: LogLine;
}

export interface ExportWish {
  /** undefined: everything */
  filter?: LogFilter;
  source: 'memory' | 'files';
  /** leave names and addresses as they are */
  realNames: boolean;
  /** more words to replace */
  custom?: string[];
}

export type { Replaced as ReplacedKind };

/** What an export would look like. */
export interface ExportPreview {
  /** how many different things of each kind are replaced in the lines looked at */
  readonly replaced: readonly { readonly kind: Replaced; readonly count: number }[];
  /** lines as they are and as they would be; only such as change */
  readonly samples: readonly { readonly before: string; readonly after: string }[];
  /** how many lines this looked at */
  readonly lines: number;
}

/** A file in the folder for exports, on the server's computer. */
export interface SavedFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly lines: number;
}
