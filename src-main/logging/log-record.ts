import type { LogLevel } from './sink.js';

/** A line as the console shows it. */
export interface LogRecord {
  /** counts up by one with every line since the program started */
  readonly id: number;
  /** ms since the epoch */
  readonly time: number;
  readonly level: LogLevel;
  /** which part of the server wrote it */
  readonly part: string;
  readonly text: string;
  /** the facts beside the words as the text of a JSON object; '' when there are none */
  readonly fields: string;
}

const LEVELS: ReadonlySet<unknown> = new Set(['error', 'warn', 'info', 'debug']);

/** @returns undefined for what is no line of a log, such as half of one after a crash */
export function toRecord(id: number, line: string): LogRecord | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { time, level, part, msg, ...fields } = parsed as Record<string, unknown>;
  if (typeof time !== 'number' || !LEVELS.has(level)) return undefined;
  const facts = JSON.stringify(fields);
  return {
    id,
    time,
    level: level as LogLevel,
    part: typeof part === 'string' ? part : 'server',
    text: typeof msg === 'string' ? msg : '',
    fields: facts === '{}' ? '' : facts,
  };
}
