import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { randomLetters } from '../base/random.js';
import type { LogLevel, Sink } from './sink.js';

/** Lines that lie beside each other, with what tells whether it is worth reading them. */
export interface LineBlock {
  /** id of the first of them */
  readonly first: number;
  readonly count: number;
  readonly levels: Readonly<Record<LogLevel, number>>;
  readonly parts: ReadonlySet<string>;
  /** when the first and the last were written (ms since the epoch) */
  readonly from: number;
  readonly until: number;
  /** oldest first */
  lines(): readonly string[];
}

interface SealedBlock extends LineBlock {
  readonly bytes: number;
}

export interface RingLimits {
  readonly lines: number;
  /** of memory */
  readonly bytes?: number;
}

const BLOCK_LINES = 512;
const BLOCK_LENGTH = 256 * 1024;
const MOST_BYTES = 12 * 1024 * 1024;
const BEGINNING = /^\{"level":"(\w+)","time":(\d+)/;
const PART = /"part":"((?:[^"\\]|\\.)*)"/g;

/**
 * The newest lines, in memory, for the console; the oldest go. All but the newest few hundred are kept compressed, a
 * tenth of their size, so that many lines cost little memory.
 */
export class RingSink implements Sink {
  /** another one with each start of the program: ids of another run mean nothing */
  readonly run = randomLetters(8);
  readonly #sealed: SealedBlock[] = [];
  readonly #listeners = new Set<() => void>();
  #open: string[] = [];
  #openLength = 0;
  #last = 0;
  #kept = 0;
  #bytes = 0;

  constructor(private readonly limits: RingLimits) {}

  /** id of the newest line; 0 before the first */
  get last(): number {
    return this.#last;
  }

  /** id of the oldest line that is still there */
  get first(): number {
    return this.#last - this.#kept - this.#open.length + 1;
  }

  /** what the compressed lines take */
  get bytes(): number {
    return this.#bytes;
  }

  write(line: string): void {
    this.#last += 1;
    this.#open.push(line);
    this.#openLength += line.length;
    if (this.#open.length >= this.#blockLines || this.#openLength >= BLOCK_LENGTH) this.#seal();
    for (const listener of this.#listeners) listener();
  }

  /** What is kept, oldest first. */
  blocks(): readonly LineBlock[] {
    if (this.#open.length === 0) return [...this.#sealed];
    const lines = [...this.#open];
    return [...this.#sealed, { ...factsOf(lines, this.#last - lines.length + 1), lines: () => lines }];
  }

  /** Calls `changed` at each line, until the returned function is called; it must be quick and must not throw. */
  subscribe(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  /** A small ring has small blocks: it forgets by whole ones. */
  get #blockLines(): number {
    return Math.max(1, Math.min(BLOCK_LINES, Math.floor(this.limits.lines / 8)));
  }

  #seal(): void {
    const lines = this.#open;
    const packed = deflateRawSync(lines.join('\n'), { level: 1 });
    const block: SealedBlock = {
      ...factsOf(lines, this.#last - lines.length + 1),
      bytes: packed.byteLength,
      lines: () => inflateRawSync(packed).toString('utf8').split('\n'),
    };
    this.#sealed.push(block);
    this.#open = [];
    this.#openLength = 0;
    this.#kept += block.count;
    this.#bytes += block.bytes;
    this.#forgetOldest();
  }

  #forgetOldest(): void {
    const { lines, bytes = MOST_BYTES } = this.limits;
    while (this.#kept > lines || this.#bytes > bytes) {
      const oldest = this.#sealed.shift();
      if (!oldest) return;
      this.#kept -= oldest.count;
      this.#bytes -= oldest.bytes;
    }
  }
}

/** Read from the beginnings of the lines, for parsing them all would take too long while the server works. */
function factsOf(lines: readonly string[], first: number): Omit<LineBlock, 'lines'> {
  const levels: Record<LogLevel, number> = { error: 0, warn: 0, info: 0, debug: 0 };
  const parts = new Set<string>();
  let [from, until] = [Number.POSITIVE_INFINITY, 0];
  for (const line of lines) {
    const [, level, time] = BEGINNING.exec(line) ?? [];
    if (level !== undefined && Object.hasOwn(levels, level)) levels[level as LogLevel] += 1;
    from = Math.min(from, Number(time ?? from));
    until = Math.max(until, Number(time ?? until));
    for (const part of partsOf(line)) parts.add(part);
  }
  return { first, count: lines.length, levels, parts, from, until };
}

/** Its part, and names that only look like one. */
function partsOf(line: string): string[] {
  const names = [...line.matchAll(PART)].map(([, name = '']) => name);
  return names.length === 0 ? ['server'] : names;
}
