import { randomLetters } from '../base/random.js';
import type { LogLevel, Sink } from './sink.js';

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

/** The newest lines, in memory, for the console: as many as `most`, the oldest go. */
export class RingSink implements Sink {
  /** another one with each start of the program: ids of another run mean nothing */
  readonly run = randomLetters(8);
  readonly #lines: (string | undefined)[];
  readonly #listeners = new Set<() => void>();
  #last = 0;

  constructor(private readonly most: number) {
    this.#lines = Array.from<string | undefined>({ length: most });
  }

  /** id of the newest line; 0 before the first */
  get last(): number {
    return this.#last;
  }

  write(line: string): void {
    this.#last += 1;
    this.#lines[this.#last % this.most] = line;
    for (const listener of this.#listeners) listener();
  }

  /** The lines after `id` that are still there, oldest first. */
  *after(id: number): Generator<LogRecord> {
    const first = Math.max(id + 1, this.#last - this.most + 1, 1);
    for (let next = first; next <= this.#last; next += 1) {
      const line = this.#lines[next % this.most];
      if (line !== undefined) yield toRecord(next, line);
    }
  }

  /** Calls `changed` at each line, until the returned function is called; it must be quick and must not throw. */
  subscribe(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }
}

function toRecord(id: number, line: string): LogRecord {
  const { time, level, part, msg, ...fields } = JSON.parse(line) as {
    time: number;
    level: LogLevel;
    part?: string;
    msg: string;
  };
  const facts = JSON.stringify(fields);
  return { id, time, level, part: part ?? 'server', text: msg, fields: facts === '{}' ? '' : facts };
}
