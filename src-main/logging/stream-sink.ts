import type { LogLevel, Sink } from './sink.js';

/** What a sink needs of stdout. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const COLORS: Readonly<Record<LogLevel, string>> = {
  error: '\u001B[31m',
  warn: '\u001B[33m',
  info: '\u001B[32m',
  debug: '\u001B[2m',
};
const PLAIN = '\u001B[0m';

/** Lines for whoever watches: made for people on a terminal, JSON for a program. */
export class StreamSink implements Sink {
  constructor(private readonly output: Output) {}

  write(line: string): void {
    this.output.write(this.output.isTTY ? `${forPeople(line)}\n` : `${line}\n`);
  }
}

/** `15:18:29 warn  tls  certificate changed validTo=2036-11-20` */
export function forPeople(line: string): string {
  const { time, level, part, msg, ...fields } = JSON.parse(line) as {
    time: number;
    level: LogLevel;
    part?: string;
    msg: string;
  };
  const clock = new Date(time).toTimeString().slice(0, 8);
  const facts = Object.entries(fields).map(([key, value]) => `${key}=${factOf(value)}`);
  const words = [part === undefined ? msg : `${part}: ${msg}`, ...facts].join(' ');
  return `${clock} ${COLORS[level]}${level.padEnd(5)}${PLAIN} ${words}${stackOf(fields)}`;
}

const factOf = (value: unknown): string => {
  if (typeof value === 'string') return /[\s"=]/.test(value) ? JSON.stringify(value) : value;
  if (isError(value)) return JSON.stringify(value.message);
  return JSON.stringify(value);
};

function stackOf(fields: Readonly<Record<string, unknown>>): string {
  const stacks = Object.values(fields).flatMap((value) => (isError(value) ? [value.stack] : []));
  return stacks.map((stack) => `\n${stack}`).join('');
}

const isError = (value: unknown): value is { message: string; stack: string } =>
  typeof value === 'object' && value !== null && 'stack' in value && 'message' in value;
