import type { FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { LineFilter } from '../../logging/line-filter.js';
import { readForward } from '../../logging/line-files.js';
import type { LogRecord } from '../../logging/log-record.js';
import { Pseudonyms } from '../../logging/pseudonyms.js';
import type { RingSink } from '../../logging/ring-sink.js';
import type { ExportPreview, ExportWish } from '../contract.js';
import { chosen, newFilter } from './read-lines.js';

/** Lines of which a preview tells. */
const LOOKED_AT = 2000;
const SAMPLES = 12;
const LONGEST_SAMPLE = 600;
/** Lines that are worked on before others get their turn. */
const AT_ONCE = 64;

export interface ExportSource {
  readonly ring: RingSink;
  /** the newest file of the log */
  readonly path: string | undefined;
  readonly serverName: string | undefined;
}

/** A line as people read it. */
export const asText = ({ time, level, part, text, fields }: LogRecord): string =>
  `${new Date(time).toISOString()} ${level.toUpperCase().padEnd(5)} ${part}: ${text} ${fields}`.trimEnd();

/** How lines are written into an export. */
export function rewriterOf({ realNames, custom }: Pick<ExportWish, 'realNames' | 'custom'>, serverName?: string) {
  const names = new Pseudonyms({ serverName, ...(custom ? { custom } : {}) });
  return { names, rewrite: realNames ? (text: string) => text : (text: string) => names.apply(text) };
}

/** What the newest lines would look like. */
export async function previewExport(source: ExportSource, wish: ExportWish): Promise<ExportPreview> {
  const { names, rewrite } = rewriterOf(wish, source.serverName);
  const newest: LogRecord[] = [];
  for await (const lines of linesOf(source, wish)) {
    newest.push(...lines);
    if (newest.length > 2 * LOOKED_AT) newest.splice(0, newest.length - LOOKED_AT);
  }
  const samples: { before: string; after: string }[] = [];
  const looked = newest.slice(-LOOKED_AT).toReversed();
  for (const [index, line] of looked.entries()) {
    const before = asText(line);
    const after = rewrite(before);
    if (after !== before && samples.length < SAMPLES) samples.push({ before: short(before), after: short(after) });
    // oxlint-disable-next-line no-await-in-loop
    if (index % AT_ONCE === 0) await setImmediate();
  }
  const replaced = [...names.counts].map(([kind, count]) => ({ kind, count }));
  return { replaced, samples, lines: looked.length };
}

const short = (text: string) => (text.length > LONGEST_SAMPLE ? `${text.slice(0, LONGEST_SAMPLE)}…` : text);

/** Writes all that fits `wish`, oldest first. @returns how many lines */
export async function writeExport(source: ExportSource, wish: ExportWish, file: FileHandle): Promise<number> {
  const { rewrite } = rewriterOf(wish, source.serverName);
  let count = 0;
  for await (const lines of linesOf(source, wish)) {
    for (let start = 0; start < lines.length; start += AT_ONCE) {
      const some = lines.slice(start, start + AT_ONCE).map((line) => rewrite(asText(line)));
      await file.appendFile(`${some.join('\n')}\n`);
      count += some.length;
    }
  }
  return count;
}

/** Blocks of lines, oldest first. */
async function* linesOf({ ring, path }: ExportSource, { filter: wish = {}, source }: ExportWish) {
  const filter = newFilter({ ...wish, keepsOthers: false });
  if (source === 'files') {
    if (path !== undefined) for await (const lines of readForward(path)) yield chosen(filter, lines, 0);
    return;
  }
  yield* fromMemory(ring, filter);
}

async function* fromMemory(ring: RingSink, filter: LineFilter) {
  for (const block of ring.blocks()) {
    if (!filter.mayHave(block)) continue;
    yield chosen(filter, block.lines(), block.first);
    await setImmediate();
  }
}
