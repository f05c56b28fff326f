import { type FileHandle, open, stat } from 'node:fs/promises';
import type { FoundLine, LineFilter } from './line-filter.js';

/** Where to read on: which file it was (they move on when they are rotated), and how much of it is left. */
export interface FilePlace {
  readonly file: string;
  readonly offset: number;
}

/** Lines from files, newest first. */
export interface FilePage {
  readonly lines: readonly FoundLine[];
  /** undefined: all is read */
  readonly next: FilePlace | undefined;
  /** how far back this looked (ms since the epoch) */
  readonly reached: number | undefined;
}

interface LogFile {
  readonly path: string;
  readonly name: string;
  readonly size: number;
  readonly changed: number;
}

const FILES = 10;
const PIECE = 256 * 1024;
/** Bytes that one call looks through. */
const MOST_READ = 8 * 1024 * 1024;
const LONGEST_LINE = 2 * 1024 * 1024;
const TIME = /"time":(\d+)/;

/** The files of a log, newest first. */
export async function logFiles(path: string): Promise<LogFile[]> {
  const names = Array.from({ length: FILES }, (_, n) => (n === 0 ? path : `${path}.${n}`));
  const found = await Promise.all(
    names.map(async (name): Promise<LogFile[]> => {
      const known = await stat(name, { bigint: true }).catch(() => undefined);
      if (!known?.isFile()) return [];
      return [{ path: name, name: String(known.ino), size: Number(known.size), changed: Number(known.mtimeMs) }];
    }),
  );
  return found.flat();
}

/**
 * Reads a rotated log backwards, a bounded piece of it at a time.
 *
 * @param path of the newest file
 * @param from lines before this need not be looked at (ms since the epoch)
 * @throws SearchError
 */
export async function readBack(
  path: string,
  filter: LineFilter,
  { place, limit, from = 0 }: { place?: FilePlace | undefined; limit: number; from?: number | undefined },
): Promise<FilePage> {
  const files = await logFiles(path);
  const at = place ? files.findIndex(({ name }) => name === place.file) : 0;
  const lines: FoundLine[] = [];
  let reached: number | undefined;
  let left = MOST_READ;
  for (const [index, file] of (at < 0 ? [] : files.slice(at)).entries()) {
    if (file.changed < from) break;
    let offset = index === 0 && place ? Math.min(place.offset, file.size) : file.size;
    // oxlint-disable-next-line no-await-in-loop
    const handle = await open(file.path).catch(() => undefined);
    if (!handle) continue;
    try {
      while (offset > 0) {
        if (left <= 0 || lines.length >= limit) return { lines, next: { file: file.name, offset }, reached };
        // what comes before is not known until this is read
        // oxlint-disable-next-line no-await-in-loop
        const piece = await readPiece(handle, offset);
        left -= offset - piece.offset;
        offset = piece.offset;
        lines.push(...filter.choose(piece.lines, 0).toReversed());
        reached = Number(TIME.exec(piece.lines[0] ?? '')?.[1] ?? reached);
        if (reached < from) return { lines, next: undefined, reached };
      }
    } finally {
      // oxlint-disable-next-line no-await-in-loop
      await handle.close();
    }
  }
  return { lines, next: undefined, reached };
}

/** The whole lines that end at `end`, and where they begin. */
async function readPiece(handle: FileHandle, end: number): Promise<{ lines: string[]; offset: number }> {
  for (let length = PIECE; ; length *= 2) {
    const start = Math.max(0, end - length);
    const bytes = Buffer.alloc(end - start);
    // a longer piece only when the first holds no whole line
    // oxlint-disable-next-line no-await-in-loop
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
    const cut = start === 0 ? 0 : bytes.indexOf(0x0a) + 1;
    if (cut > 0 || start === 0 || length > LONGEST_LINE) {
      const text = bytes.subarray(cut, bytesRead).toString('utf8');
      return { lines: text.split('\n').filter((line) => line !== ''), offset: start + cut };
    }
  }
}

/** All lines of all files, oldest first, some hundred at a time. */
export async function* readForward(path: string): AsyncGenerator<readonly string[]> {
  for (const file of (await logFiles(path)).toReversed()) {
    const handle = await open(file.path).catch(() => undefined);
    if (handle) yield* linesOf(handle, file.size);
  }
}

/** Closes `handle` when it is through. */
async function* linesOf(handle: FileHandle, size: number): AsyncGenerator<readonly string[]> {
  const piece = Buffer.alloc(PIECE);
  let rest = Buffer.alloc(0);
  try {
    for (let offset = 0; offset < size; offset += PIECE) {
      // oxlint-disable-next-line no-await-in-loop
      const { bytesRead } = await handle.read(piece, 0, Math.min(PIECE, size - offset), offset);
      const bytes = Buffer.concat([rest, piece.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(0x0a) + 1;
      rest = bytes.subarray(end, Math.min(bytes.length, end + LONGEST_LINE));
      const lines = bytes.toString('utf8', 0, end).split('\n');
      yield lines.filter((line) => line !== '');
    }
  } finally {
    await handle.close();
  }
}
