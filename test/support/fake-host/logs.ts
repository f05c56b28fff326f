import type {
  LogGroup,
  LogHistoryPage,
  LogLevel,
  LogLine,
  LogPage,
  LogQuery,
} from '../../../src-main/control/contract.js';
import type { LogDesk } from '../../../src-main/control/desks/logs.js';
import { ControlError } from '../../../src-main/control/procedure.js';

const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];
const QUARTER = 15 * 60_000;

/** A log without a server: lines are put in, and asked for. */
export class FakeLogs implements LogDesk {
  readonly lines: LogLine[] = [];
  /** what is in files, newest first */
  readonly filed: LogLine[] = [];
  debugged: { part: string; until: number }[] = [];

  constructor(
    private readonly changed: () => void,
    private readonly now: () => number,
  ) {}

  add(level: LogLevel, part: string, text: string, fields: object = {}): void {
    const id = this.lines.length + 1;
    const time = this.now() - 1000 * Math.max(0, 200 - id);
    this.lines.push({ id, time, level, part, text, fields: JSON.stringify(fields) });
    this.changed();
  }

  async read(query: LogQuery): Promise<LogPage> {
    const { after, before = Number.POSITIVE_INFINITY, limit } = query;
    const found = this.find(query).filter(({ id }) => id > after && id < before);
    const count = (level: LogLevel) => this.lines.filter((line) => line.level === level).length;
    return {
      lines: found.slice(-limit),
      last: this.lines.length,
      hasOlder: found.length > limit,
      counts: Object.fromEntries(LEVELS.map((level) => [level, count(level)])) as LogPage['counts'],
      parts: [...new Set(this.lines.map((line) => line.part))].sort(),
      debugged: this.debugged,
      run: 'one',
    };
  }

  async history({ limit, after = '0' }: { limit: number; after?: string }): Promise<LogHistoryPage> {
    const start = Number(after);
    const lines = this.filed.slice(start, start + limit);
    const next = start + limit < this.filed.length ? String(start + limit) : undefined;
    return { lines, next, reached: lines.at(-1)?.time, files: { count: 3, bytes: 24_000_000 } };
  }

  async condensed(): Promise<LogGroup[]> {
    const groups = Map.groupBy(this.lines, ({ level, part, text }) => `${level} ${part} ${text}`);
    return [...groups.values()].flatMap((lines) => {
      const [first, last] = [lines[0], lines.at(-1)];
      if (!first || !last) return [];
      const { level, part, text } = last;
      return [{ level, part, text, count: lines.length, first: first.time, last: last.time, example: last }];
    });
  }

  debug(part: string, on: boolean): void {
    this.debugged = this.debugged.filter((each) => each.part !== part);
    if (on) this.debugged.push({ part, until: this.now() + QUARTER });
  }

  async previewExport({ realNames }: { realNames: boolean }) {
    const samples = [{ before: 'joined @sam:family.test', after: 'joined @person-1' }];
    return {
      replaced: realNames ? [] : [{ kind: 'person' as const, count: 1 }],
      samples: realNames ? [] : samples,
      lines: this.lines.length,
    };
  }

  export = async () => this.saved('hearth-log.log');
  report = async () => this.saved('hearth-problem-report.txt');
  piece = async (_name: string, offset: number) => ({ text: `piece at ${offset}\n`, next: undefined });

  private saved(name: string) {
    return { name, path: `/srv/hearth/exports/${name}`, bytes: 48_000, lines: this.lines.length };
  }

  private find({ levels, part, text = '', isPattern, keepsOthers, about }: LogQuery): LogLine[] {
    if (isPattern && text === '(') throw new ControlError('BAD_PATTERN', 'Unterminated group');
    const low = text.toLowerCase();
    return this.lines.flatMap((line) => {
      if (levels && !levels.includes(line.level)) return [];
      if (part && line.part !== part) return [];
      if (about && !line.fields.includes(about.value)) return [];
      if (low === '') return [line];
      const marks = { text: place(line.text, low), fields: place(line.fields, low) };
      if (marks.text.length + marks.fields.length > 0) return [{ ...line, marks }];
      return keepsOthers ? [line] : [];
    });
  }
}

function place(text: string, wanted: string): number[] {
  const at = text.toLowerCase().indexOf(wanted);
  return at < 0 ? [] : [at, at + wanted.length];
}
