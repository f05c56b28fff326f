import { type LineSearch, type Marks, patternSearch, plainSearch } from './line-search.js';
import { type LogRecord, toRecord } from './log-record.js';
import type { LineBlock } from './ring-sink.js';
import type { LogLevel } from './sink.js';

/** What a line is to be about. */
export interface Subject {
  readonly kind: 'request' | 'server' | 'room' | 'person';
  readonly value: string;
}

/** Which lines. */
export interface LineWish {
  readonly levels?: readonly LogLevel[];
  readonly part?: string;
  readonly text?: string;
  /** `text` is a regular expression */
  readonly isPattern?: boolean;
  /** lines in which `text` is not found count too, without marks */
  readonly keepsOthers?: boolean;
  readonly about?: Subject;
  /** from when to when, both included (ms since the epoch) */
  readonly from?: number;
  readonly until?: number;
}

/** A line with the places where the text was found. */
export interface FoundLine extends LogRecord {
  readonly marks?: { readonly text: Marks; readonly fields: Marks };
}

const LEVEL = /^\{"level":"(\w+)"/;

/** Chooses lines; one filter serves many blocks. */
export class LineFilter {
  readonly #levels: ReadonlySet<string> | undefined;
  readonly #search: LineSearch | undefined;
  readonly #isAbout: ((line: string) => boolean) | undefined;

  /** @throws SearchError for what is no pattern */
  constructor(private readonly wish: LineWish) {
    const { levels, text, isPattern, about } = wish;
    this.#levels = levels && new Set(levels);
    if (text) this.#search = isPattern ? patternSearch(text) : plainSearch(text);
    this.#isAbout = about && aboutFilter(about);
  }

  /** False: none of its lines is wanted, so it need not be read. */
  mayHave({ levels, parts, from, until }: LineBlock): boolean {
    const { wish } = this;
    if (wish.part !== undefined && !parts.has(wish.part)) return false;
    if (wish.from !== undefined && until < wish.from) return false;
    if (wish.until !== undefined && from > wish.until) return false;
    return wish.levels === undefined || wish.levels.some((level) => levels[level] > 0);
  }

  /**
   * @param first id of the first of `lines`; the others count up from it
   * @throws SearchError for a pattern that is too slow
   */
  choose(lines: readonly string[], first: number): FoundLine[] {
    const records = lines.flatMap((line, index) => {
      if (!this.#isLikely(line)) return [];
      const record = toRecord(first + index, line);
      return record && this.#isWanted(record) ? [record] : [];
    });
    return this.#search ? this.#find(records, this.#search) : records;
  }

  /** Cheaper than to parse it. */
  #isLikely(line: string): boolean {
    if (this.#levels && !this.#levels.has(LEVEL.exec(line)?.[1] ?? '')) return false;
    return this.#isAbout === undefined || this.#isAbout(line);
  }

  #isWanted({ part, time }: LogRecord): boolean {
    const { from = 0, until = Number.POSITIVE_INFINITY } = this.wish;
    return (this.wish.part === undefined || part === this.wish.part) && time >= from && time <= until;
  }

  #find(records: readonly LogRecord[], search: LineSearch): FoundLine[] {
    const texts = search(records.map(({ text }) => text));
    const fields = search(records.map((record) => record.fields));
    return records.flatMap((record, index) => {
      const marks = { text: texts[index] ?? [], fields: fields[index] ?? [] };
      if (marks.text.length + marks.fields.length > 0) return [{ ...record, marks }];
      return this.wish.keepsOthers ? [record] : [];
    });
  }
}

/** What may not stand before and after: `a.test` is not in `aa.test`, nor in `@x:a.test`. */
const BOUNDS: Readonly<Record<Subject['kind'], readonly [before: RegExp, after: RegExp]>> = {
  request: [/[\w-]/, /^[\w-]/],
  server: [/[\w.:@-]/, /^(?:[\w-]|\.\w)/],
  room: [/[\w!]/, /^(?:[\w:-]|\.\w)/],
  person: [/[\w@]/, /^(?:[\w:-]|\.\w)/],
};

function aboutFilter({ kind, value }: Subject): (line: string) => boolean {
  const wanted = JSON.stringify(value).slice(1, -1);
  const [before, after] = BOUNDS[kind];
  return (line) => {
    for (let at = line.indexOf(wanted); at >= 0; at = line.indexOf(wanted, at + 1)) {
      const end = at + wanted.length;
      if (!before.test(line.charAt(at - 1)) && !after.test(line.slice(end, end + 2))) return true;
    }
    return false;
  };
}
