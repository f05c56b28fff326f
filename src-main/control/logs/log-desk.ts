import type { FileHandle } from 'node:fs/promises';
import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import { redactText } from '../../logging/redact.js';
import type { DebuggedParts } from '../../logging/debugged-parts.js';
import { type FilePlace, logFiles, readBack } from '../../logging/line-files.js';
import { LineFilter } from '../../logging/line-filter.js';
import type { LogRecord } from '../../logging/log-record.js';
import type { RingSink } from '../../logging/ring-sink.js';
import type { LogHistoryPage, LogHistoryQuery, SavedFile } from '../contract.js';
import { ControlError } from '../procedure.js';
import type { LogDesk } from '../desks/logs.js';
import { asText, type ExportSource, previewExport, rewriterOf, writeExport } from './log-export.js';
import { type ReportSection, reportText } from './problem-report.js';
import { condense, newFilter, readLines, searchFailure } from './read-lines.js';
import { SavedFiles } from './saved-files.js';

const QUARTER_OF_AN_HOUR = 15 * 60_000;
/** Lines of the log in a report. */
const REPORTED = 5000;

export interface LogDeskDeps {
  readonly ring: RingSink;
  readonly debugged: DebuggedParts;
  readonly clock: Clock;
  readonly log: Logger;
  /** where exports are put */
  readonly folder: string;
  /** the folder is somebody's: nothing of before is taken away there */
  readonly keepsAll?: boolean;
  /** the newest file of the log */
  path(): string | undefined;
  serverName(): string | undefined;
  /** what a report says beside the log */
  sections(): Promise<readonly ReportSection[]>;
}

/** The console's desk for logs. It is open whatever the server does. */
export function createLogDesk(deps: LogDeskDeps): LogDesk {
  const { ring, debugged, clock } = deps;
  const files = new SavedFiles(deps.folder, deps.keepsAll);
  const source = (): ExportSource => ({ ring, path: deps.path(), serverName: deps.serverName() });
  const nameOf = (kind: string, end: string) =>
    `hearth-${kind}-${new Date(clock.now()).toISOString().slice(0, 19).replaceAll(':', '-')}.${end}`;
  const save = async (name: string, fill: (file: FileHandle) => Promise<number>): Promise<SavedFile> => {
    let lines = 0;
    const written = await files.write(name, async (file) => {
      lines = await fill(file);
    });
    return { name, ...written, lines };
  };
  return {
    read: async (query) => ({ ...(await readLines(ring, query)), debugged: debugged.list() }),
    condensed: (filter) => condense(ring, filter),
    history: (query) => readHistory(deps.path(), query),
    debug(part, on) {
      if (!on) debugged.end(part);
      else if (!debugged.begin(part, QUARTER_OF_AN_HOUR)) {
        throw new ControlError('TOO_MANY_CALLS', 'too many parts tell every detail already');
      }
    },
    previewExport: (wish) => previewExport(source(), wish),
    export: (wish) => save(nameOf('log', 'log'), (file) => writeExport(source(), wish, file)),
    report: (wish) =>
      save(nameOf('problem-report', 'txt'), async (file) => {
        const { rewrite } = rewriterOf(wish, deps.serverName());
        const newest = await newestLines(source());
        const text = reportText(await deps.sections());
        await file.appendFile(`${rewrite(redactText(text))}\n== Log ==\n`);
        for (const line of newest) await file.appendFile(`${rewrite(asText(line))}\n`);
        return newest.length;
      }),
    piece: (name, offset) => files.piece(name, offset),
  };
}

/** Oldest first: from the files, which know of earlier runs too, else from memory. */
async function newestLines({ ring, path }: ExportSource): Promise<readonly LogRecord[]> {
  if (path === undefined) return (await readLines(ring, { after: 0, limit: REPORTED })).lines;
  const { lines } = await readBack(path, new LineFilter({}), { limit: REPORTED });
  return lines.slice(0, REPORTED).toReversed();
}

async function readHistory(path: string | undefined, query: LogHistoryQuery): Promise<LogHistoryPage> {
  if (path === undefined) return { lines: [], next: undefined, reached: undefined, files: { count: 0, bytes: 0 } };
  const { after, limit, ...wish } = query;
  const place = after === undefined ? undefined : placeOf(after);
  try {
    const [found, files] = await Promise.all([
      readBack(path, newFilter(wish), { place, limit, from: wish.from }),
      logFiles(path),
    ]);
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    const next = found.next && `${found.next.file}:${found.next.offset}`;
    return { lines: found.lines, next, reached: found.reached, files: { count: files.length, bytes } };
  } catch (error) {
    throw searchFailure(error);
  }
}

function placeOf(after: string): FilePlace {
  const [, file, offset] = /^(\d{1,40}):(\d{1,16})$/.exec(after) ?? [];
  if (file === undefined) throw new ControlError('BAD_INPUT', 'this is no place in the log');
  return { file, offset: Number(offset) };
}
