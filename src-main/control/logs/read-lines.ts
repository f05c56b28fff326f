import { setImmediate } from 'node:timers/promises';
import { type FoundLine, LineFilter } from '../../logging/line-filter.js';
import { SearchError } from '../../logging/line-search.js';
import type { RingSink } from '../../logging/ring-sink.js';
import type { LogFilter, LogGroup, LogLevel, LogPage, LogQuery } from '../contract.js';
import { ControlError } from '../procedure.js';

const MOST_PARTS = 100;
const MOST_GROUPS = 500;

/** What of a page comes from the ring. */
export type RingPage = Omit<LogPage, 'debugged'>;

/** The newest lines that fit `query`. Others get their turn between blocks, for there can be very many. */
export async function readLines(ring: RingSink, query: LogQuery): Promise<RingPage> {
  const { after, before = Number.POSITIVE_INFINITY, limit } = query;
  const filter = newFilter(query);
  const blocks = ring.blocks();
  const last = ring.last;
  let lines: FoundLine[] = [];
  let hasOlder = false;
  for (const block of blocks.toReversed()) {
    if (block.first + block.count <= after + 1) break;
    if (block.first >= before || !filter.mayHave(block)) continue;
    if (lines.length >= limit) {
      hasOlder = true;
      break;
    }
    const found = chosen(filter, block.lines(), block.first).filter(({ id }) => id > after && id < before);
    lines = [...found, ...lines];
    // oxlint-disable-next-line no-await-in-loop
    await setImmediate();
  }
  hasOlder ||= lines.length > limit;
  return { lines: lines.slice(-limit), last, hasOlder, ...overview(blocks), run: ring.run };
}

function overview(blocks: ReturnType<RingSink['blocks']>): Pick<LogPage, 'counts' | 'parts'> {
  const counts: Record<LogLevel, number> = { error: 0, warn: 0, info: 0, debug: 0 };
  const parts = new Set<string>();
  for (const block of blocks) {
    for (const level of Object.keys(counts) as LogLevel[]) counts[level] += block.levels[level];
    for (const part of block.parts) if (parts.size < MOST_PARTS) parts.add(part);
  }
  return { counts, parts: [...parts].toSorted() };
}

/** Lines by what they say, those that were said last first. Words are fixed; what changes is in the fields. */
export async function condense(ring: RingSink, wish: LogFilter): Promise<LogGroup[]> {
  const filter = newFilter(wish);
  const groups = new Map<string, LogGroup>();
  for (const block of ring.blocks()) {
    if (!filter.mayHave(block)) continue;
    for (const line of chosen(filter, block.lines(), block.first)) addTo(groups, line);
    // oxlint-disable-next-line no-await-in-loop
    await setImmediate();
  }
  return [...groups.values()].toSorted((a, b) => b.last - a.last);
}

function addTo(groups: Map<string, LogGroup>, line: FoundLine): void {
  const { level, part, text, time } = line;
  const key = `${level} ${part} ${text}`;
  const known = groups.get(key);
  if (!known && groups.size >= MOST_GROUPS) return;
  const { count = 0, first = time } = known ?? {};
  groups.set(key, { level, part, text, count: count + 1, first, last: time, example: line });
}

/** @throws ControlError BAD_PATTERN */
export const newFilter = (wish: LogFilter): LineFilter => inWords(() => new LineFilter(wish));

/** @throws ControlError SLOW_PATTERN */
export const chosen = (filter: LineFilter, lines: readonly string[], first: number): FoundLine[] =>
  inWords(() => filter.choose(lines, first));

export function inWords<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw searchFailure(error);
  }
}

/** A failed search in the console's words; others as they are. */
export function searchFailure(error: unknown): unknown {
  if (!(error instanceof SearchError)) return error;
  return new ControlError(error.reason === 'slow' ? 'SLOW_PATTERN' : 'BAD_PATTERN', error.message);
}
